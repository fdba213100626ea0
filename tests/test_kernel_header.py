"""What a page's header and `gradpress.yml` say about processes reaches the executor."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradpress import pipeline
from gradpress.cache import Memory
from gradpress.cells import Result
from gradpress.context import Context
from gradpress.diagnostics import Log, collecting
from gradpress.execution import PRELOAD, PageRun
from gradpress.reading.manuscript import read
from gradpress.reading.yaml_text import parse
from gradpress.running import Runner, using
from gradpress.settings import Settings, site_settings


class Asked:
    """An executor that notes what it is asked for."""

    def __init__(self) -> None:
        self.run_of: PageRun | None = None

    def run(self, page: PageRun) -> list[Result]:
        self.run_of = page
        return [Result() for _ in page.cells]


HEADERS = {
    "ours": ("kernel: ir", "ir", 0, PRELOAD, []),
    "none": ("title: T", "", 0, PRELOAD, []),
    "of Quarto": ("jupyter: python3", "", 0, PRELOAD, []),
    "of MyST": ("kernelspec: {name: python3, display_name: Python 3}", "", 0, PRELOAD, []),
    "memory and preload": ("execute: {memory: 1.5 GB, preload: [numpy]}", "", 1_500_000_000, ("numpy",), []),
    "memory in binary units": ("execute: {memory: 512MiB}", "", 2**29, PRELOAD, []),
    "memory that is none": ("execute: {memory: much}", "", 0, PRELOAD, ["key-value"]),
    "warm": ("execute: {keep-warm: 10m}", "", 0, PRELOAD, []),
    "not warm": ("execute: {keep-warm: off}", "", 0, PRELOAD, []),
    "warm for how long?": ("execute: {keep-warm: long}", "", 0, PRELOAD, ["key-value"]),
}


@pytest.mark.parametrize(("header", "kernel", "memory", "preload", "rules"), HEADERS.values(), ids=HEADERS)
def test_header(
    tmp_path: Path, header: str, kernel: str, memory: int, preload: tuple[str, ...], rules: list[str]
) -> None:
    (tmp_path / "a.md").write_text(f"---\n{header}\n---\n\n```{{.python .run}}\n1\n```\n")
    asked, log = Asked(), Log()
    around = Context(folder=str(tmp_path), root=str(tmp_path), cache=str(tmp_path / "cache"))
    with collecting(log, "a.md"), using(Runner(asked, Memory())):
        pipeline.make(read(tmp_path / "a.md", "a.md", Settings(), around), "a", around)
    assert asked.run_of is not None
    assert (asked.run_of.kernel, asked.run_of.memory, asked.run_of.preload) == (kernel, memory, preload)
    assert [d.rule for d in log.found] == rules


def test_how_long_to_stay_warm() -> None:
    def keep_warm(text: str) -> str:
        return site_settings(parse(text)).execute.keep_warm

    assert [keep_warm(t) for t in ("title: T", "execute: {keep-warm: 10m}", "execute: {keep-warm: off}")] == [
        "off",
        "10m",
        "off",
    ]
