#!/usr/bin/env python3
"""Build the notes: `python build.py html`, `python build.py pdf`, `python build.py --help`."""

import sys

from gradpress.cli import main

if __name__ == "__main__":
    sys.exit(main())
