"""What the manual tells editors about our findings is true."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from builds import ROOT, Build

from gradpress.diagnostics import Diagnostic, Place

MANUAL = (ROOT / "content" / "manual" / "serve.md").read_text()
NOTE = "# A note\n\n[](#nowhere)\n"


def shown(language: str) -> str:
    found = re.search(rf"````{language}\n(.*?)````", MANUAL, re.S)
    assert found
    return found[1]


def test_vs_code_reads_findings(notes: Path, build: Build) -> None:
    (notes / "sub").mkdir()
    (notes / "sub" / "a.md").write_text(NOTE)
    matcher = json.loads(shown("json"))["tasks"][0]["problemMatcher"]["pattern"]
    warned = str(Diagnostic("x-y", "warning", Place("a b.md", 7), "two words: more", "do something"))
    for line, expected in (
        (build("check", "--quiet").err.strip(), ("sub/a.md", "3", "error", "label-unknown")),
        (warned, ("a b.md", "7", "warning", "x-y")),
    ):
        found = re.match(matcher["regexp"], line)
        assert found, line
        assert tuple(found[matcher[name]] for name in ("file", "line", "severity", "code")) == expected


def test_vim_goes_to_the_line(tmp_path: Path) -> None:
    (tmp_path / "content" / "sub").mkdir(parents=True)
    note = tmp_path / "content" / "sub" / "a.md"
    note.write_text(NOTE)
    for name in ("build.py", "gradpress", "filters", "templates"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = tmp_path / "script.vim"
    result = "writefile([expand('%:p'), line('.'), getqflist()[-1].type, getqflist()[-1].text], 'found')"
    script.write_text(f"{shown('vim')}make\ncall {result}\nqa!\n")
    command = ["vim", "-u", "NONE", "-N", "-es", "-S", str(script)]
    subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, timeout=120, check=False)
    file, line, kind, text = (tmp_path / "found").read_text().splitlines()
    assert (file, line, kind) == (str(note), "3", "e")
    assert text.endswith("[label-unknown]")


def test_emacs_is_told_where_files_are() -> None:
    assert re.search(r"make: Entering directory 'content'", shown("elisp"))
