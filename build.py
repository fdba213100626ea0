#!/usr/bin/env python3
"""Build the notes: `python build.py html`, `python build.py pdf`, `python build.py --help`."""

import sys

from gradpress.unchanged import told

if __name__ == "__main__":
    if told(sys.argv[1:]):
        sys.exit(0)
    from gradpress.cli import main

    sys.exit(main())
