"""The manual says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builds import ROOT
from manual_tables import MANUAL, RULE_PAGES, pages

from gradpress import keys
from gradpress.rules import RULES

PAGES = pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(MANUAL)))
def test_generated_parts_are_up_to_date(path: Path) -> None:
    assert path.read_text() == PAGES[path], "run python tests/manual_tables.py"


def test_no_page_of_a_rule_that_is_gone() -> None:
    assert {path.stem for path in RULE_PAGES.glob("*.md")} == {*RULES, "index"}


def test_every_rule_that_is_reported_exists_and_every_rule_is_reported() -> None:
    source = "\n".join(p.read_text() for folder in ("gradpress", "filters") for p in (ROOT / folder).rglob("*.py"))
    table = (ROOT / "gradpress" / "rules.py").read_text()
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)+|usage)"', source.replace(table, "")))
    assert set(RULES) <= used, f"never reported: {sorted(set(RULES) - used)}"


def test_every_key_of_a_header_is_in_the_manual() -> None:
    text = (MANUAL / "configuration.md").read_text()
    missing = [
        key for key in (*keys.SITE, *keys.MATH, *keys.EXECUTE) if f"`{key}" not in text and f"{key}:" not in text
    ]
    assert missing == []
