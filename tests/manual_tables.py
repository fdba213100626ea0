#!/usr/bin/env python3
"""The parts of the manual that come from the code: `python tests/manual_tables.py` writes them.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; the test suite fails when one is out of date.
"""

from __future__ import annotations

import re
from dataclasses import fields
from inspect import getsource
from pathlib import Path

from rule_examples import Example, examples

from gradpress import cli
from gradpress.cells import Options
from gradpress.rules import RULES

MANUAL = Path(__file__).resolve().parent.parent / "content" / "manual"
_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.S)


def rules() -> str:
    """Every rule with its meaning, a page that breaks it, the finding, and the page mended."""
    text = "\n".join(_rule(name, examples().get(name)) for name in sorted(RULES))
    return text.replace("\U0001e900", "(U+1E900)")  # the PDF of the manual has no font for it, either


def _rule(name: str, example: Example | None) -> str:
    rule = RULES[name]
    lines = [f"# {name} {{#{name}}}", "", f"*{rule.severity.capitalize()}.* {rule.meaning}", ""]
    for block, word in (("config", "In `gradpress.yml`:"), ("bib", "In `refs.bib`:"), ("wrong", "Wrong:")):
        if example and block in example.blocks:
            lines += [word, "", "`````{.markdown .norun}", example.blocks[block].rstrip("\n"), "`````", ""]
    if example:
        lines += ["`````text", example.blocks["said"].strip(), "`````", ""]
    if example and "right" in example.blocks:
        lines += ["Right:", "", "`````{.markdown .norun}", example.blocks["right"].rstrip("\n"), "`````", ""]
    return "\n".join(lines)


def commands() -> str:
    """Every command with an example, and every option."""
    rows = [f"| `{name}` | {makes} | `{example}` |" for name, (makes, example) in cli.COMMANDS.items()]
    later = [f"| `{name}` | {makes}; comes in a later version | |" for name, makes in cli.LATER.items()]
    options = [f"| `{_flag(flags[0], settings)}` | {sentence} |" for flags, settings, sentence in cli.OPTIONS]
    head = ["| Command | What it does | Example |", "|:----|:-------|:--------|"]
    return "\n".join([*head, *rows, *later, "", "| Option | Meaning |", "|:------|:---------|", *options])


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


def diagnostics() -> str:
    """Every rule id."""
    rows = [
        f"| [`{name}`](rules.md#{name}) | {rule.severity} | {rule.meaning} |" for name, rule in sorted(RULES.items())
    ]
    return "\n".join(["| Name | Severity | Meaning |", "|:-----|:---|:-----------|", *rows])


PARTS = {"commands": commands, "cell-options": cell_options, "diagnostics": diagnostics, "rules": rules}


def filled(text: str) -> str:
    """A manual page with its generated parts up to date."""
    return _PART.sub(lambda m: f"{m[1]}\n{PARTS[m[2]]()}\n\n{m[4]}", text)


if __name__ == "__main__":
    for page in sorted(MANUAL.glob("*.md")):
        page.write_text(filled(page.read_text()))
