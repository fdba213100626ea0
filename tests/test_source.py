"""Reading a page's file: encodings, headers, fences and lists, with the lines of the file kept."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradpress.diagnostics import Diagnostic, Log, PageError, collecting
from gradpress.reading import blank_lines, fences, source


def read(tmp_path: Path, text: str | bytes) -> tuple[source.Source, list[Diagnostic]]:
    path = tmp_path / "n.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with collecting(Log(), "n.md") as log:
        return source.read(path, "n.md"), log.found


def refusal(tmp_path: Path, data: bytes) -> Diagnostic:
    with pytest.raises(PageError) as caught:
        read(tmp_path, data)
    return caught.value.diagnostic


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("```{python}", '```{.python .run line="1"}'),
        ("```{python name, echo=FALSE}", '```{.python .run #name echo="FALSE" line="1"}'),
        ('```{python fig.cap="a \\"b\\""}', '```{.python .run fig-cap="a \\"b\\"" line="1"}'),
        ("```{code-cell} ipython3", '```{.python .run .myst line="1"}'),
        ("```{code-cell} julia", '```{.julia .norun line="1"}'),
        ("```python", '```{.python line="1"}'),
        ("```{.python .run #id key='a {b}'}", "```{.python .run #id key='a {b}' line=\"1\"}"),
        ("```python {.train}", '```{.python .train line="1"}'),
        ("```{.bash}", "```{.bash}"),
        ("```bash", "```bash"),
        ("```{=latex}", "```{=latex}"),
        ("```{mermaid}", '```{.mermaid .foreign-cell line="1"}'),
        ("```mermaid", '```{.mermaid line="1"}'),
        ("```{.dot #fig-a scale=2}", '```{.dot #fig-a scale=2 line="1"}'),
        ("```{{python}}", '```{.python .norun .fenced line="1"}'),
        ("~~~ {.python .run}", '~~~{.python .run line="1"}'),
        ("> ```{python}", '> ```{.python .run line="1"}'),
    ],
)
def test_fence_is_rewritten_in_place(tmp_path: Path, written: str, read_as: str) -> None:
    quote, ticks = ("> " if written.startswith(">") else ""), written.lstrip("> ")[:3]
    text, found = read(tmp_path, f"{written}\n{quote}1\n{quote}{ticks}\n")
    assert text.body.split("\n")[0] == read_as
    assert found == []


@pytest.mark.parametrize("info", ['python exec="on"', "python {cmd}", "python title here"])
def test_unreadable_info_is_kept_as_a_block_and_reported(tmp_path: Path, info: str) -> None:
    text, found = read(tmp_path, f"a\n\n```{info}\n1\n```\n")
    assert text.body.split("\n")[2].startswith("```{.python .norun")
    assert [(d.rule, d.place.line) for d in found] == [("fence-syntax", 3)]


def test_unclosed_fence_is_text_and_nothing_runs(tmp_path: Path) -> None:
    text, found = read(tmp_path, "a\n\n```{.python .run}\n1\n")
    assert "\\`\\`\\`{.python .run}" in text.body
    assert [(d.rule, d.place.line) for d in found] == [("fence-unclosed", 3)]


def test_fence_inside_a_fence_of_the_same_length_is_shown(tmp_path: Path) -> None:
    text, found = read(tmp_path, "```pandoc\n```{.python .run}\n1\n```\n```\n\nb\n")
    assert text.body.split("\n")[:5] == ["``````pandoc", "```{.python .run}", "1", "```", "``````"]
    assert [d.place.line for d in found] == [1]


def test_indented_code_is_no_fence_but_a_fence_in_a_list_is(tmp_path: Path) -> None:
    text, _ = read(tmp_path, "    ```python\n    x\n\n- a\n\n    ```python\n    x\n    ```\n")
    lines = text.body.split("\n")
    assert lines[0] == "    ```python"
    assert lines[5] == '    ```{.python line="6"}'


def test_header_is_blanked_and_lines_stay(tmp_path: Path) -> None:
    text, _ = read(tmp_path, "---\ntitle: x\nauthor: y\n---\nText:\n- a\n- b\n")
    assert text.header.values == {"title": "x", "author": "y"}
    assert text.body.split("\n") == ["", "", "", "", "Text:", "", "- a", "- b", ""]
    assert text.lines == (1, 2, 3, 4, 5, 6, 6, 7, 8)


@pytest.mark.parametrize(
    ("text", "becomes_list"),
    [
        ("Text:\n- a\n", True),
        ("Text\n- a\n- b\n", True),
        ("Text:\n1. a\n2. b\n", True),
        ("$$\nx\n$$\n- a\n- b\n", True),
        ("Text:\n- a\n  - deep\n- b\n", True),
        ("prose that wraps\n- once\n", False),
        ("in\n1984. And\n1985. Or\n", False),
        ("- a\n  more\n- b\n", False),
        ("$$\na\n- b\n- c\n$$\n", False),
        ("\\begin{align}\na\n- b\n- c\n\\end{align}\n", False),
        ("```\nx:\n- a\n- b\n```\n", False),
        ("| a:\n| - b\n", False),
        ("    code:\n    - a\n    - b\n", False),
        ("a\n+ b\n", False),
    ],
)
def test_blank_line_before_certain_lists_only(tmp_path: Path, text: str, becomes_list: bool) -> None:
    body = read(tmp_path, text)[0].body
    assert (len(body.split("\n")) > len(text.split("\n"))) == becomes_list


def test_what_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a\ncaf\xe9\n").place.line == 2
    assert refusal(tmp_path, b"a\nb\0c").place.line == 2
    assert refusal(tmp_path, b"---\ntitle: [\n---\n").rule == "yaml-syntax"
    assert refusal(tmp_path, b"---\ntitle: x\n\ntext\n").place.line == 1
    assert refusal(
        tmp_path,
        b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (n, n, *[n - 1] * 9) for n in range(98, 104))
        + b"---\n",
    ).message.startswith("YAML: aliases")


def test_bom_and_line_ends_make_no_difference(tmp_path: Path) -> None:
    plain = read(tmp_path, "---\ntitle: x\n---\n\na\n")[0]
    other = read(tmp_path, b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\n\r\na\r\n")[0]
    assert (plain.body, plain.header) == (other.body, other.header)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.md")
    with pytest.raises(PageError):
        source.read_text(tmp_path / "p.md")


_LINES = st.lists(
    st.sampled_from(
        [
            "",
            "text",
            "text:",
            "- a",
            "  - b",
            "1. x",
            "> q",
            "> ```",
            "```",
            "````",
            "```python",
            "~~~",
            "    ```",
            "$$",
        ]
    ),
    max_size=14,
)


@given(_LINES)
def test_fences_never_overlap_and_contain_their_lines(lines: list[str]) -> None:
    found = fences.find(lines)
    for before, after in pairwise(found):
        assert before.start < after.start
        assert not before.closed or before.end < after.start
    assert all(0 <= f.start <= f.end < len(lines) for f in found)


@given(_LINES)
def test_a_second_pass_puts_no_more_blank_lines(lines: list[str]) -> None:
    once: list[str] = []
    wanted = set(blank_lines.places(lines, set()))
    for at, line in enumerate(lines):
        once += ["", line] if at in wanted else [line]
    assert blank_lines.places(once, set()) == []
