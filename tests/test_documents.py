"""Every section of `tests/commands/*.md` and `tests/pages/*.md` gives what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import Case, cases, results, rewrite

HERE = Path(__file__).parent
CASES = cases(HERE / "commands") + cases(HERE / "pages")


@pytest.mark.parametrize("case", CASES, ids=[f"{c.file.stem}: {c.title}" for c in CASES])
def test_document(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    given = results(case, tmp_path)
    if request.config.getoption("--rewrite"):
        rewrite(case, given)
        return
    compared = ("html", "tex", "github", "notebook", "diagnostics")
    expected = {name: case.blocks[name] for name in case.blocks if name in compared}
    assert {name: given.get(name, "") for name in expected} == expected
