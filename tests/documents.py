"""Document tests: Markdown files whose sections hold a note and what must come of it.

A section is a heading and fenced blocks (four tildes): `note` is the page, `config` a `gradpress.yml`; the
others are compared: `html` and `tex` with the body that the format writes, `github` with the whole Markdown,
`notebook` with its cells, `diagnostics` with the findings.
`pytest --rewrite` puts what the program gives into the expected blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gradpress import formats
from gradpress.configuration import load
from gradpress.diagnostics import Log, PageError, collecting, in_order, record
from gradpress.formats import github, html, tex
from gradpress.navigation import Navigation
from gradpress.numbers.target import Index
from gradpress.pipeline import make
from gradpress.reading.manuscript import read
from gradpress.reading.places import located
from gradpress.running import local, using
from gradpress.site import Options

_SECTION = re.compile(r"^# (.+)\n\n(?=~~~~ note\n)", re.M)
_BLOCK = re.compile(r"^~~~~ (\w+)\n(.*?)^~~~~$", re.M | re.S)


@dataclass(frozen=True)
class Case:
    """One section of a document."""

    file: Path
    title: str
    blocks: dict[str, str]


def cases(folder: Path) -> list[Case]:
    """All sections of all documents in `folder` that hold a note."""
    found = []
    for file in sorted(folder.glob("*.md")):
        for title, section in _sections(file.read_text()):
            found.append(Case(file, title, dict(_BLOCK.findall(section))))
    return found


def _sections(text: str) -> list[tuple[str, str]]:
    """Title and text of each section; a heading inside a note begins none."""
    starts = list(_SECTION.finditer(text))
    ends = [m.start() for m in starts[1:]] + [len(text)]
    return [(m[1], text[m.start() : end]) for m, end in zip(starts, ends, strict=True)]


def results(case: Case, folder: Path) -> dict[str, str]:
    """What the program gives for each block that the case compares; drawings are left out of the HTML."""
    (folder / "note.md").write_text(case.blocks["note"])
    (folder / "gradpress.yml").write_text(case.blocks.get("config", ""))
    options = Options(content=folder, output=folder / "site", cache=folder / "cache")
    log = Log()
    configuration = load(options, log)
    view = configuration.view(Navigation())
    given: dict[str, str] = {}
    runner = local(options.cache)
    with collecting(log, "note.md"), using(runner):
        try:
            found = _found(folder)
            surroundings = configuration.context(found)
            given_page = read(found.path, found.file, configuration.settings, surroundings)
            page = make(given_page, found.name, surroundings, keep="notebook" in case.blocks)
            view = replace(view, targets=Index.of(page.targets))
            if "diagnostics" in case.blocks:
                with located(page.places):
                    (github.Github() if "github" in case.blocks else html.Html()).write(page, view)
            for name, parts_of in (("html", html.parts_of), ("tex", tex.parts_of)):
                if name in case.blocks:
                    with located(page.places):
                        given[name] = parts_of(page, view)[0].body
            for name in case.blocks.keys() & WHOLE.keys():
                with located(page.places):
                    written = formats.get(name).write(page, view)
                given[name] = WHOLE[name](next(iter(written.files.values())))
        except PageError as error:
            record(error.diagnostic)
        finally:
            runner.close()
    given["diagnostics"] = "".join(f"{d}\n" for d in in_order(log.found))
    return {name: _tidy(text) for name, text in given.items()}


def _cells(data: bytes) -> str:
    """A notebook for people: each cell below a line that says what it is, its outputs below it."""
    lines: list[str] = []
    for cell in json.loads(data)["cells"]:
        tags = "".join(f" {tag}" for tag in cell["metadata"].get("tags", ()))
        lines += [f"[{cell['cell_type']}{tags}]", "".join(cell["source"]).rstrip("\n")]
        lines += [_output(output) for output in cell.get("outputs", ())]
    return "\n".join(lines)


def _output(output: dict[str, Any]) -> str:
    kind = output["output_type"]
    if kind == "stream":
        return f"> {output['name']}: {output['text']!r}"
    if kind == "error":
        return f"> error: {output['ename']}: {output['evalue']}"
    forms = {form: value for form, value in output["data"].items() if not form.startswith("image/")}
    pictures = [form for form in output["data"] if form.startswith("image/")]
    return f"> {kind}: {json.dumps(forms)}{''.join(f' and {form}' for form in pictures)}"


WHOLE: dict[str, Callable[[bytes], str]] = {"github": bytes.decode, "notebook": _cells}
"""Formats whose file is compared as a whole."""


def _found(folder: Path):  # type: ignore[no-untyped-def]
    from gradpress.content import Found

    return Found("note", folder / "note.md", "note.md")


def _tidy(text: str) -> str:
    text = re.sub(r"<svg.*?</svg>", "<svg></svg>", text, flags=re.S)  # its bytes change with matplotlib
    text = re.sub(r"(<script type=\"application/json\"[^>]*>).*?(?=</script>)", r"\1", text)  # a hundred points
    text = re.sub(r"[0-9a-f]{32}(?=\.(?:svg|pdf|png|csv))", "HASH", text)
    return f"{text.strip()}\n" if text.strip() else ""


def rewrite(case: Case, given: dict[str, str]) -> None:
    """Put what the program gave into the document."""
    text = case.file.read_text()
    section = next(part for title, part in _sections(text) if title == case.title)
    start, end = text.index(section), text.index(section) + len(section)
    for name in case.blocks:
        if name in given:
            section = re.sub(
                rf"(^~~~~ {name}\n).*?(^~~~~$)", lambda m, n=name: m[1] + given[n] + m[2], section, flags=re.M | re.S
            )
    case.file.write_text(text[:start] + section + text[end:])
