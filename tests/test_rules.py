"""Every rule is broken by an example and kept by its mended twin; the manual shows both."""

from __future__ import annotations

import http.server
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from builds import Build, Run
from npm_packages import npm_cache  # noqa: F401
from rule_examples import Example, examples, rewrite

from gradpress.math import mathjax_node
from gradpress.rules import RULES
from gradpress.settings import Math

EXAMPLES = examples()
ELSEWHERE = {"pandoc-timeout", "internal-error"}
"""A minute of waiting, and a fault of the program itself: other tests have them."""


def test_every_rule_has_an_example_or_a_reason() -> None:
    assert set(EXAMPLES) | ELSEWHERE == set(RULES)
    assert not set(EXAMPLES) & ELSEWHERE


@pytest.fixture
def web() -> Iterator[dict[str, str]]:
    """A proxy for which no page exists; how a program finds it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http_proxy": f"http://127.0.0.1:{server.server_port}"}
    server.shutdown()
    server.server_close()


class _Nothing(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        if "nobody" in self.path:
            self.close_connection = True
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def _run(build: Build, line: str, env: dict[str, str]) -> Run:
    settings = dict(word.split("=", 1) for word in line.split() if re.match(r"[A-Z]+=", word))
    words = [word for word in line.split() if not re.match(r"[A-Z]+=", word)]
    return build(*words, env=os.environ | env | settings)


def _found(build: Build, notes: Path, example: Example, which: str, env: dict[str, str]) -> list[str]:
    for block in example.of("file"):
        (notes / block.name).write_text(block.text)
    for block in example.of("before"):
        (notes / "note.md").write_text(block.text)
        assert build("html").code == 0
    for block in example.of("shell") if which == "wrong" else ():
        subprocess.run(["sh", "-ec", block.text], cwd=notes, check=True)
    for block in example.of(which):
        (notes / (block.name or "note.md")).write_text(block.text)
    found = [_run(build, line, env) for line in example.runs][-1].diagnostics
    return [line.replace(f"{notes.parent}/", "") for line in found]


def _masked(said: str) -> str:
    """Without numbers that no seed can make the same, and those that depend on the fonts of the machine."""
    return re.sub(r"'[0-9a-f.]+'|\b\d+ px", "'…'", said)


@pytest.fixture(autouse=True)
def mathjax(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """MathJax is at hand for the one rule that is its own."""
    if "math-error" in request.node.name:
        cache = request.getfixturevalue("npm_cache")
        assert mathjax_node.components(Math(), cache, cache, fetch=True), "node and npm are part of what the tests need"
        (tmp_path / "cache").mkdir()
        (tmp_path / "cache" / "npm").symlink_to(cache / "npm")


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_the_wrong_page_breaks_the_rule(
    notes: Path, build: Build, example: Example, web: dict[str, str], pytestconfig: pytest.Config
) -> None:
    found = [d for d in _found(build, notes, example, "wrong", web) if d.endswith(f"[{example.rule}]")]
    assert len(found) >= 1
    said = re.sub(r" \(in [^)]*\)", "", found[0])
    if pytestconfig.getoption("--rewrite"):
        rewrite(example.rule, said)
    else:
        assert _masked(said) == _masked(example.said)


@pytest.mark.parametrize("example", [e for e in EXAMPLES.values() if e.of("right")], ids=lambda e: e.rule)
def test_the_right_page_says_nothing(notes: Path, build: Build, example: Example, web: dict[str, str]) -> None:
    assert _found(build, notes, example, "right", web) == []
