"""Shared fixtures: a switch that rewrites expected outputs, and building small sites."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builds import ROOT, Build, Run
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # no test asserts how long something takes
settings.load_profile("untimed")
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would builds


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write what the program gives as what is expected")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """An empty content folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Run `build.py` as a process, with content, output and cache below the test's folder."""

    def run(command: str, *arguments: str, timeout: float = 300, env: dict[str, str] | None = None) -> Run:
        places = [] if command == "new" else [f"--content={tmp_path / 'content'}", f"--output={tmp_path / 'site'}"]
        cache = [] if command == "new" else [f"--cache={tmp_path / 'cache'}"]
        done = subprocess.run(
            [sys.executable, str(ROOT / "build.py"), command, *arguments, *places, *cache],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=tmp_path,
            env=env,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return run
