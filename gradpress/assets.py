"""The style sheet and the script of a site: one file each, made of small ones that are about one thing each.

A reader's browser asks for two files instead of twenty, and needs no bundler to be told so.  What makes plots of losses
answer is a third one, for pages that have some.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gradpress import theme

STYLE = "assets/gradpress.css"
SCRIPT = "assets/gradpress.js"
CURVES = "assets/curves.js"
_FOLDERS = {STYLE: ("styles", "*.css"), SCRIPT: ("scripts", "*.js"), CURVES: ("scripts/curves", "*.js")}


def bundled(templates: Path, wishes: Mapping[str, str]) -> dict[str, bytes]:
    """Contents by target.  Files follow each other by name; a later style wins over an earlier one."""
    made = {
        target: b"\n".join(part.read_bytes() for part in sorted((templates / folder).glob(files)))
        for target, (folder, files) in _FOLDERS.items()
    }
    made[STYLE] += theme.style(wishes)
    return made
