"""`new DIR`: a site to go on with: notes with a shared preamble, how they are built and published."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from gradpress.diagnostics import Place, UsageError

STARTER = Path(__file__).parent / "data" / "starter"


def start(folder: Path) -> int:
    """Copy the starter.  Raises UsageError when `folder` holds anything already."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                "usage", f"'{folder}' is there already and not empty", Place("build.py"), "name a new folder"
            )
        shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError("disk-error", f"cannot write '{folder}': {error.strerror}", Place("build.py")) from None
    print(f"{folder} is ready; build it with: python build.py html --content {folder}/content", file=sys.stderr)
    return 0
