#!/usr/bin/env python3
"""The parts of the manual that come from the code: `python tests/manual_tables.py` writes them.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; the test suite fails when one is out of date.
"""

from __future__ import annotations

import re
from dataclasses import fields
from inspect import getsource
from pathlib import Path

from documents import cases
from rule_examples import Example, examples

from gradpress import command_line
from gradpress.cells import Options
from gradpress.rules import RULES

MANUAL = Path(__file__).resolve().parent.parent / "content" / "manual"
DOCUMENTS = Path(__file__).resolve().parent / "commands"
RULE_PAGES = MANUAL / "rules"
_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.S)


def rule_page(name: str, example: Example | None) -> str:
    """The page of one rule: its meaning, what breaks it, the finding, and the same mended."""
    rule = RULES[name]
    meaning = f"*{rule.severity.capitalize()}.* {rule.meaning}"
    lines = ["---", f'title: "`{name}`"', "toc: false", "---", "", meaning, ""]
    if example is None:
        lines += ["No page alone shows it.", ""]
        return "\n".join(lines)
    for block in example.of("file"):
        lines += [*_shown(f"`{block.name}`, beside the page:", block.text, "text")]
    for block in example.of("before"):
        lines += [*_shown("The page when the site was built:", block.text)]
    for block in example.of("wrong"):
        lines += [*_shown(f"Wrong, in `{block.name or 'note.md'}`:", block.text)]
    for block in example.of("shell"):
        lines += [*_shown("Wrong, after this in the content folder:", block.text, "sh")]
    runs = [_command(line) for line in example.runs]
    lines += [*_shown(f"Said by `{runs[-1]}`{_after(runs[:-1])}:", example.said, "text")]
    for block in example.of("right"):
        lines += [*_shown("Right:", block.text)]
    lines += ["[All rules](index.md)", ""]
    return "\n".join(lines).replace("\U0001e900", "(U+1E900)")  # the PDF of the manual has no font for it, either


def _command(line: str) -> str:
    words = line.split()
    at = next(k for k, word in enumerate(words) if "=" not in word)
    return " ".join([*words[:at], "python build.py", *words[at:]])


def _after(runs: list[str]) -> str:
    return f", after {' and '.join(f'`{run}`' for run in runs)}" if runs else ""


def _shown(words: str, text: str, language: str = "markdown") -> list[str]:
    return [words, "", f"`````{{.{language} .norun}}", text.rstrip("\n"), "`````", ""]


def commands() -> str:
    """Every command with an example, and every option."""
    rows = [f"| `{name}` | {makes} | `{example}` |" for name, (makes, example) in command_line.COMMANDS.items()]
    options = [f"| `{_flag(flags[0], settings)}` | {sentence} |" for flags, settings, sentence in command_line.OPTIONS]
    head = ["| Command | What it does | Example |", "|:----|:-------|:--------|"]
    return "\n".join([*head, *rows, "", "| Option | Meaning |", "|:------|:---------|", *options])


def _flag(flag: str, settings: dict[str, object]) -> str:
    choices = settings.get("choices")
    values = settings.get("metavar") or ("|".join(choices) if isinstance(choices, tuple) else "")
    return f"{flag} {values}".strip().replace("|", "\\|")


def cell_options() -> str:
    """Every cell option with the sentence that stands under its field."""
    said = dict(re.findall(r'^    (\w+): [^\n]*\n    """(.*?)"""', getsource(Options), re.S | re.M))
    defaults = Options()
    rows = [
        f"| `{f.name.replace('_', '-')}` | {_value(getattr(defaults, f.name))} | {' '.join(said[f.name].split())} |"
        for f in fields(Options)
    ]
    return "\n".join(["| Option | Default | Meaning |", "|:-----|:----|:-------------|", *rows])


def _value(value: object) -> str:
    if value is None or value in ("", ()):
        return ""
    return f"`{str(value).lower()}`"


def rules() -> str:
    """Every rule id."""
    rows = [f"| [`{name}`]({name}.md) | {rule.severity} | {rule.meaning} |" for name, rule in sorted(RULES.items())]
    return "\n".join(["| Name | Severity | Meaning |", "|:-----|:---|:-----------|", *rows])


def _example(title: str, *formats: str) -> str:
    """A document that the tests compare: the note, and what becomes of it."""
    case = next(c for c in cases(DOCUMENTS) if c.title == title)
    lines = _shown("The note", case.blocks["note"])
    for name in formats:
        lines += _shown(f"becomes, by `python build.py {name}`,", case.blocks[name], _LANGUAGES[name])
    return "\n".join(lines).rstrip()


_LANGUAGES = {"github": "markdown", "notebook": "text"}


def github() -> str:
    """What becomes of a small page."""
    return _example("A page for those who read it on GitHub", "github")


def notebook() -> str:
    """What becomes of a small page."""
    return _example("A page for those who read it in Jupyter", "notebook")


PARTS = {"github": github, "notebook": notebook, "commands": commands, "cell-options": cell_options, "rules": rules}


def filled(text: str) -> str:
    """A manual page with its generated parts up to date."""
    return _PART.sub(lambda m: f"{m[1]}\n{PARTS[m[2]]()}\n\n{m[4]}", text)


def pages() -> dict[Path, str]:
    """Every page of the manual that has generated parts, or is generated as a whole, as it should be."""
    known = examples()
    whole = {RULE_PAGES / f"{name}.md": rule_page(name, known.get(name)) for name in RULES}
    return whole | {path: filled(path.read_text()) for path in sorted(MANUAL.rglob("*.md")) if path not in whole}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
