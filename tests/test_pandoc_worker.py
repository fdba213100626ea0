"""Resident pandocs answer what the command line answers, and nothing is lost when one dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradpress import pandoc, pandoc_worker
from gradpress.diagnostics import PageError
from gradpress.formats.parts import _TEMPLATE

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*(ROOT / "content").rglob("*.md"), *(ROOT / "tests" / "pages").rglob("*.md")])
READ = ("-f", pandoc.READER, "-t", "json")
PLAIN = ("--wrap=preserve", "--syntax-highlighting=none")
WRITES = {
    "html": ("-f", "json", "-t", "html5", *PLAIN, f"--template={_TEMPLATE}", "--toc", "--toc-depth=4", "--mathjax"),
    "latex": ("-f", "json", "-t", "latex", *PLAIN, f"--template={_TEMPLATE}"),
    "katex": ("-f", "json", "-t", "html5", *PLAIN, "--email-obfuscation=none", "--katex"),
}


@pytest.fixture(autouse=True)
def workers() -> Iterator[None]:
    with pandoc_worker.resident():
        yield


def asked(text: str, options: tuple[str, ...], limit: float = 60) -> pandoc_worker.Reply | None:
    return pandoc_worker.ask(pandoc.executable(), pandoc._environment(), options, text, limit)


def test_reads_and_writes_like_the_command_line() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8", errors="replace")
        document = pandoc._converted(text, READ, ())
        assert asked(text, READ) == document, page
        for options in WRITES.values():
            written = pandoc._converted(document.text, options, ())
            assert asked(document.text, options) == written, page


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\tb\r\n\r\n    x\ty\r\n",
        "e.g. this, Mr. Smith\n",
        "| a | b |\n|---|---|\n" + "| long words in a cell that is wide | " * 3 + "\n",
        "# a {#x}\n\n# b {#x}\n\n[^none]\n",
        "\\newcommand{\\Q}{q} $\\Q$\n",
        "Grüße 漢字 🙂\n",
    ],
)
def test_odd_texts(text: str) -> None:
    assert asked(text, READ) == pandoc._converted(text, READ, ())


def test_no_definition_goes_from_one_document_to_the_next() -> None:
    options = ("-f", "markdown", "-t", "html5")
    first = asked("\\newcommand{\\Q}{q} $\\Q$", options)
    second = asked("$\\Q$", options)
    assert first is not None
    assert second is not None
    assert "\\Q" in second.text


def test_what_it_does_not_know_is_for_the_command_line() -> None:
    assert asked("x", ("-f", "markdown", "-t", "json", "--citeproc")) is None
    assert asked("x", ("-f", "json", "-t", "html5", "--mathml")) is None
    assert asked("no json", ("-f", "json", "-t", "html5")) is None
    with pytest.raises(PageError, match="pandoc"):
        pandoc.convert("no json", "-f", "json", "-t", "html5")


def test_another_takes_the_place_of_one_that_was_killed() -> None:
    assert asked("a", READ)
    [worker] = pandoc_worker._idle
    os.kill(worker._process.pid, signal.SIGKILL)
    assert pandoc.convert("*b*", *READ).text == pandoc._converted("*b*", READ, ()).text
    assert worker not in pandoc_worker._idle
    assert asked("c", READ)


def test_a_text_on_which_pandoc_does_not_end() -> None:
    began = time.monotonic()
    with pytest.raises(pandoc_worker.OutOfTime):
        asked("[" * 40 + "a", READ, limit=1.0)
    assert time.monotonic() - began < 30
    assert not pandoc_worker._idle
    assert asked("b", READ)


def test_one_that_has_grown_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pandoc_worker, "LARGEST", 1)
    monkeypatch.setattr(pandoc_worker, "_CHECKED", 1)
    assert asked("a", READ)
    assert not pandoc_worker._idle


def test_a_prepared_worker_is_the_one_that_answers() -> None:
    pandoc_worker.close()
    pandoc.prepare()
    assert asked("x\n", READ) == pandoc._converted("x\n", READ, ())
    assert len(pandoc_worker._idle) == 1


def test_pandoc_that_cannot_be_started_is_told_where_it_is_needed(tmp_path: Path) -> None:
    pandoc_worker.close()
    pandoc_worker.prepare(str(tmp_path / "nothing"), {})
    assert pandoc_worker.ask(str(tmp_path / "nothing"), {}, READ, "x", 5) is None
    assert not pandoc_worker._idle
