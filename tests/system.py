#!/usr/bin/env python3
"""The programs that the tests need from the system: installed where we may, else named.

Debian's packages; on other systems the names of the programs tell what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    "xelatex": ["texlive-xetex", "lmodern", "texlive-latex-recommended", "texlive-fonts-recommended"],
    "pdftotext": ["poppler-utils"],
    "pdftocairo": ["poppler-utils"],
    "rsvg-convert": ["librsvg2-bin"],
    "dot": ["graphviz"],
    "chromium": ["chromium"],
    "npm": ["npm"],
    "vim": ["vim"],
    "NotoSerifCJK-Regular.ttc": ["fonts-noto-cjk"],
    "Symbola_hint.ttf": ["fonts-symbola"],
}
"""Program or font file → Debian packages."""
_FONTS = Path("/usr/share/fonts")


def missing() -> list[str]:
    """Programs and fonts that are not on this machine."""
    return [name for name in NEEDED if not shutil.which(name) and not (_is_font(name) and any(_FONTS.rglob(name)))]


def _is_font(name: str) -> bool:
    return name.endswith((".ttf", ".ttc"))


def main() -> int:
    """Install what is missing as root on Debian; elsewhere say what to do and fail."""
    wanted = [package for name in missing() for package in NEEDED[name]]
    if not wanted:
        return 0
    install = ["apt-get", "install", "-y", "--no-install-recommends", *wanted]
    if not shutil.which("apt-get"):
        print(f"the tests need these programs and fonts: {', '.join(missing())}", file=sys.stderr)
        return 1
    if os.geteuid() != 0:
        print(f"the tests need system packages; install them with:\n  sudo {' '.join(install)}", file=sys.stderr)
        return 1
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=True)
    subprocess.run([install[0], "-qq", *install[1:]], env=quiet, check=True, stdout=subprocess.DEVNULL)
    return 1 if missing() else 0


if __name__ == "__main__":
    sys.exit(main())
