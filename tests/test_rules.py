"""Every rule has a page that breaks it and one that does not; the manual shows both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builds import Build
from rule_examples import BESIDE, Example, examples, rewrite

from gradpress.rules import RULES

EXAMPLES = examples()
COMMANDS = dict.fromkeys(("latex-error", "latex-overfull", "glyph-missing", "package-refused"), "pdf")
COMMANDS["cell-undefined"] = "check"
ELSEWHERE = frozenset(
    "file-unreadable file-encoding file-too-large nested-too-deep page-duplicate mathjax-local label-ambiguous "
    "math-error notebook-syntax image-format link-dead link-unreachable cell-stale cell-not-run verify-differs "
    "verify-rounding verify-missing verify-page pandoc-error pandoc-timeout latex-missing disk-error "
    "internal-error usage".split()
)
"""Rules about files, programs and the machine, which no page alone can break; other tests have them."""


def test_every_rule_has_an_example_or_a_reason() -> None:
    assert set(EXAMPLES) | ELSEWHERE == set(RULES)
    assert not set(EXAMPLES) & ELSEWHERE


def _found(build: Build, notes: Path, example: Example, which: str) -> list[str]:
    for block, name in BESIDE.items():
        if block in example.blocks:
            (notes / name).write_text(example.blocks[block])
    (notes / "gradpress.yml").write_text(example.blocks.get("config", "title: Notes\n"))
    (notes / "note.md").write_text(example.blocks[which])
    return build(COMMANDS.get(example.rule, "html")).diagnostics


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_the_wrong_page_breaks_the_rule(
    notes: Path, build: Build, example: Example, pytestconfig: pytest.Config
) -> None:
    found = [d for d in _found(build, notes, example, "wrong") if d.endswith(f"[{example.rule}]")]
    assert len(found) >= 1
    said = re.sub(r" \(in [^)]*\)", "", found[0])
    if pytestconfig.getoption("--rewrite"):
        rewrite(example.rule, said)
    else:
        assert said == example.blocks["said"].strip()


@pytest.mark.parametrize("example", [e for e in EXAMPLES.values() if "right" in e.blocks], ids=lambda e: e.rule)
def test_the_right_page_says_nothing(notes: Path, build: Build, example: Example) -> None:
    assert _found(build, notes, example, "right") == []
