"""`verify` finds what is not reproducible, says where, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builds import Build

FINE = """\
import torch
w = torch.zeros(2, requires_grad=True)
for step in range(5):
    loss = ((w - 1) ** 2).sum()
    loss.backward()
    w.data -= 0.1 * w.grad
    w.grad = None
"""
CELLS = {
    "fine": (FINE, ""),
    "fine figure": ("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])", ""),
    "seeded by us": ("import random\nprint(random.random())", ""),
    "order of a set": ("print({'apple', 'pear', 'plum', 'fig', 'kiwi', 'lime'})", "the same words in another order"),
    "address": ("class A: pass\nprint(A())", "an address in memory"),
    "clock": ("import time\nprint(time.time_ns())", "it measures time"),
    "no seed": ("import numpy as np\nprint(np.random.default_rng().random())", "seed every generator"),
    "figure": (
        "import matplotlib.pyplot as plt, numpy as np\nplt.plot(np.random.default_rng().random(50))",
        "its image ",
    ),
    "fails now": (
        "from pathlib import Path\nn = Path('runs')\nn.write_text(n.read_text() + 'x' if n.exists() else 'x')\n"
        "assert n.read_text() == 'x', 'again'",
        "it fails now: AssertionError: again",
    ),
    "rounding": ("import os\nprint(1 + 1e-7 * (os.getpid() % 1000 + 1))", "[verify-rounding]"),
}


def page(code: str, kind: str = "run") -> str:
    return f"Prose.\n\n```{{.python .{kind}}}\n{code}\n```\n"


@pytest.fixture
def site(notes: Path) -> Path:
    for name, (code, _) in CELLS.items():
        (notes / f"{name.replace(' ', '-')}.md").write_text(page(code, "train" if name == "fine" else "run"))
    return notes


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}


def test_site(site: Path, build: Build, tmp_path: Path) -> None:
    assert build("html").code == 0
    ours = [tmp_path / "site", tmp_path / "cache"]
    before = [tree(folder) for folder in ours]
    run = build("verify")
    assert [tree(folder) for folder in ours] == before
    assert run.code == 1
    found = {d.partition(".md:")[0]: d for d in run.diagnostics}
    assert len(run.diagnostics) == len(found), "one finding each"
    for name, (_, wanted) in CELLS.items():
        assert wanted in found.pop(name.replace(" ", "-"), ""), name
    assert not found
    assert "10 cells on 10 pages compared; 6 differ, 1 up to rounding, 0 without a stored result" in run.err
    assert "fails-now.md:7: error: " in run.err, "the line of the failure"
    assert "address.md:4: error: " in run.err, "the line of the cell"


def test_some_pages(site: Path, build: Build) -> None:
    build("html")
    assert build("verify", "fine", "fine-figure").code == 0
    assert build("verify", "rounding").code == 0
    assert build("verify", "rounding", "--strict").code == 1
    wrong = build("verify", "nothing-of-this-name")
    assert (wrong.code, "there is no page 'nothing-of-this-name'" in wrong.err) == (2, True)
    told = [json.loads(line) for line in build("verify", "address", "--format=json").err.splitlines()]
    assert [(t["rule"], t["place"]["line"]) for t in told] == [("verify-differs", 4)]


def test_what_is_not_stored(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text(page("1 + 1") + page("2 + 2"))
    run = build("verify")
    assert (run.code, [d.rpartition("[")[2] for d in run.diagnostics]) == (0, ["verify-missing]"])
    assert not (tmp_path / "cache").exists()
    assert not (tmp_path / "site").exists()
    build("html")
    (notes / "a.md").write_text(page("1 + 1") + page("2 + 3"))
    run = build("verify")
    assert "1 cell on 1 page compared; 0 differ, 0 up to rounding, 1 without a stored result" in run.err
    assert [d.partition(": ")[0] for d in run.diagnostics] == ["a.md:9"]


def test_pages_that_cannot_be_read(notes: Path, build: Build) -> None:
    (notes / "a.md").write_bytes(b"\xff\xfe\x00")
    (notes / "b.md").write_text(page("1"))
    build("html")
    run = build("verify")
    assert run.code == 1
    assert ["a.md" in d and "[verify-page]" in d for d in run.diagnostics] == [True]
    assert "1 cell" in run.err
    assert "Traceback" not in run.err
