"""The page 'Execution': what the cells of all pages cost when they ran."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from builds import Build

from gradpress.formats.execution_page import duration, size

NOTE = """# A note

```{.python .run}
import time

time.sleep(0.4)
print("slept")
```

```{.python .run include=false}
hidden = 7
```

```{.python .run #sums}
print(hidden + 1)
```

`{python} hidden` and `{python} hidden + 1`.
"""


class _Rows(HTMLParser):
    """The cells of all rows of tables, and the links in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._inside = True
            self.rows[-1].append("")
        if tag == "a" and self._inside:
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rows(tmp_path: Path) -> list[list[str]]:
    return _Rows((tmp_path / "site" / "execution.html").read_text()).rows


def test_every_page_and_cell_has_a_row(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "sub").mkdir()
    (notes / "a.md").write_text(NOTE)
    (notes / "sub" / "b c.md").write_text("# Other\n\n```{.python .run}\n1 + 1\n```\n")
    (notes / "plain.md").write_text("# Plain\n\nText.\n")
    assert build("html").code == 0
    pages = _Rows((tmp_path / "site" / "execution.html").read_text())
    assert [row[:2] for row in pages.rows[:3]] == [["Page", "Cells"], ["A note", "3"], ["Other", "1"]]
    assert [row[:2] + row[4:] for row in pages.rows[3:8]] == [
        ["Cell", "Line", "Result"],
        ["cell 1", "4", "kept"],
        ["cell 2", "11", "kept"],
        ["sums", "15", "kept"],
        ["values in the text: 2", "18", "kept"],
    ]
    times = [float(re.findall(r"[\d.]+", row[2])[0]) for row in (pages.rows[1], pages.rows[4])]
    assert all(0.4 <= time < 5 for time in times), "of the page and of the cell that sleeps"
    assert all(int(row[3].removesuffix(" MB")) > 5 for row in pages.rows[4:8])
    site = tmp_path / "site"
    assert pages.links == [
        "#page%3Aa",
        "#page%3Asub/b%20c",
        "a.html#cell%3A1",
        "a.html#sums",
        "sub/b%20c.html#cell%3A1",
    ]
    assert 'id="cell:1"' in (site / "a.html").read_text()
    assert '<a href="execution.html">Execution</a>' in (site / "a.html").read_text()
    assert '<a href="../execution.html">Execution</a>' in (site / "sub" / "b c.html").read_text()
    assert "execution.html" not in (site / "plain.html").read_text()


def test_it_is_the_same_in_a_clean_build_with_the_same_cache(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text(NOTE)
    (notes / "b.md").write_text("# Other\n\n```{.python .run}\n1 + 1\n```\n")
    build("html")
    first = rows(tmp_path)
    (notes / "a.md").write_text(NOTE.replace("A note", "Another title"))
    build("html")
    assert rows(tmp_path)[1:] != first[1:], "it names the page"
    assert [row[1:] for row in rows(tmp_path)] == [row[1:] for row in first], "nothing ran"
    (notes / "a.md").write_text(NOTE.replace("sleep(0.4)", "sleep(0.9)"))
    build("html")
    assert float(rows(tmp_path)[1][2].removesuffix(" s")) >= 0.9
    edited = tree(tmp_path / "site")
    shutil.rmtree(tmp_path / "site")
    shutil.rmtree(tmp_path / "cache" / "state")
    build("html")
    assert edited == tree(tmp_path / "site")
    for page in ("a.md", "b.md"):
        (notes / page).write_text("# Without cells\n\nText.\n")
    build("html")
    assert not (tmp_path / "site" / "execution.html").exists()


def test_what_failed_is_said(notes: Path, build: Build, tmp_path: Path) -> None:
    cells = ("1 + 1", "1 / 0", "2 + 2")
    (notes / "a.md").write_text("# A\n\n" + "".join(f"```{{.python .run}}\n{code}\n```\n\n" for code in cells))
    assert build("html").code == 1
    assert [row[-1] for row in rows(tmp_path)] == ["Result", "failed", "Result", "kept", "failed", "skipped"]


def test_what_no_build_may_keep_is_said(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text(
        "# A\n\n```{.python .run}\nimport os\nos.system('true')\n```\n\n```{.python .run}\n1\n```\n"
    )
    assert build("html").code == 0
    assert [row[-1] for row in rows(tmp_path)[3:]] == ["runs in each build"] * 2


@pytest.mark.parametrize("where", ["site", "page"])
def test_it_can_be_left_out(notes: Path, build: Build, tmp_path: Path, where: str) -> None:
    header = "---\nexecute: {report: false}\n---\n\n" if where == "page" else ""
    (notes / "gradpress.yml").write_text("execute: {report: false}\n" if where == "site" else "title: T\n")
    (notes / "a.md").write_text(header + NOTE)
    assert build("html").diagnostics == []
    assert not (tmp_path / "site" / "execution.html").exists()
    assert "execution.html" not in (tmp_path / "site" / "a.html").read_text()


def test_a_page_of_the_author_stands_in_its_place(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "execution.md").write_text("# How we run\n\nSlowly.\n")
    (notes / "a.md").write_text(NOTE)
    assert build("html").code == 0
    assert "Slowly." in (tmp_path / "site" / "execution.html").read_text()


def test_amounts_for_readers() -> None:
    times = [0.0, 0.004, 0.25, 9.876, 12.34, 99.7, 200.2, 7512.0]
    assert [*map(duration, times)] == [
        "–",
        "< 0.01 s",
        "0.25 s",
        "9.88 s",
        "12.3 s",
        "1 min 40 s",
        "3 min 20 s",
        "2 h 5 min",
    ]
    assert [*map(size, (0, 85_400_000, 1_240_000_000))] == ["–", "85 MB", "1.24 GB"]
