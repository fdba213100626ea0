"""The workflow in the manual does what it says, as far as that goes without GitHub."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from builds import ROOT

_TEXT = (ROOT / "content" / "manual" / "publishing.md").read_text()
_BLOCKS = [block for block in re.findall(r"^````yaml\n(.*?)^````$", _TEXT, re.M | re.S) if "- run:" in block]


def _steps() -> list[dict[str, Any]]:
    workflow, more = map(yaml.safe_load, _BLOCKS)
    steps = workflow["jobs"]["site"]["steps"]
    at = next(k for k, step in enumerate(steps) if "upload" in step.get("uses", ""))
    return [*steps[:at], *more, *steps[at:]]


def test_the_workflow_publishes_what_it_has_built(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "gradpress.yml").write_text("title: T\nbase-url: https://example.org/notes/\n")
    (tmp_path / "content" / "a.md").write_text("---\ntitle: T\ndate: 2024-01-01\n---\n\nText with $x$.\n")
    ours = [step["run"] for step in _steps() if step.get("run", "").startswith("python build.py")]
    assert [line.split()[2] for line in ours] == ["html", "pdf"]
    for line in ours:
        words = [sys.executable, str(ROOT / "build.py"), *shlex.split(line)[2:]]
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    upload = next(step for step in _steps() if "upload" in step.get("uses", ""))
    site = tmp_path / upload["with"]["path"]
    assert {"a.html", "a.pdf", "index.html", "404.html", "feed.xml", "sitemap.xml"} <= {p.name for p in site.iterdir()}


def test_the_workflow_has_what_pages_ask_for() -> None:
    workflow = yaml.safe_load(_BLOCKS[0])
    assert workflow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    steps = workflow["jobs"]["site"]["steps"]
    checkout = next(step for step in steps if step.get("uses", "").startswith("actions/checkout"))
    assert checkout["with"]["fetch-depth"] == 0
    assert steps[-1]["id"] == "deployment"
    assert workflow["jobs"]["site"]["environment"]["url"] == "${{ steps.deployment.outputs.page_url }}"


def test_a_new_site_has_the_same_workflow() -> None:
    """But for the place of Gradpress: beside its notes, not around them."""
    new = yaml.safe_load((ROOT / "gradpress" / "data" / "starter" / ".github" / "workflows" / "site.yml").read_text())
    known = yaml.safe_load(_BLOCKS[0])
    steps, known_steps = (w["jobs"]["site"].pop("steps") for w in (new, known))
    assert new == known
    assert steps[0]["with"].pop("submodules") is True
    assert steps[1]["with"].pop("cache-dependency-path") == "gradpress/pyproject.toml"
    said = [step.pop("run") for step in steps if "run" in step]
    assert said == ["pip install -e gradpress", "gradpress html --format github"]
    assert [step.pop("run") for step in known_steps if "run" in step] == [
        "pip install -e .",
        "python build.py html --format github",
    ]
    assert steps == known_steps


def test_an_error_ends_the_workflow_before_the_upload(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("See @eq-none.\n")
    line = next(step["run"] for step in _steps() if step.get("run", "").startswith("python build.py"))
    words = [sys.executable, str(ROOT / "build.py"), *shlex.split(line)[2:]]
    done = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "::error file=content/a.md,line=1" in done.stderr
