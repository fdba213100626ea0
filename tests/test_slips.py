"""Slips that passed in silence, or were told on another line or twice: each is told once, on its line."""

from __future__ import annotations

from pathlib import Path

from builds import Build

HEAD = "# Page\n\n(start)=\nText.\n\n"
"""What makes a page MyST; the slip stands from line 6 on."""


def said(notes: Path, build: Build, text: str, name: str = "note.md") -> list[str]:
    """What `html` says of a page."""
    (notes / name).write_text(text)
    run = build("html")
    assert "Traceback" not in run.err
    return run.diagnostics


def test_an_option_that_a_directive_does_not_have_is_told_on_its_line(notes: Path, build: Build) -> None:
    text = f"""{HEAD}```{{csv-table}} Words
:header-rows: 1
:widht: 50%

a, b
c, d
```

```{{code-cell}} python
:tagz: [remove-input]
1 + 1
```

:::{{tip}}
---
class: wide
nmae: tip-a
---
Text.
:::

```{{math}}
:label: eq-a
:nowrap: true
x = 1
```

```{{toctree}}
:whatever: 2
```

```{{note}}
:color: red
Text.
```
"""
    assert said(notes, build, text) == [
        "note.md:8: warning: the directive '{csv-table}' has no option 'widht'; did you mean width?  [directive-option]",
        "note.md:15: warning: unknown option tagz; did you mean tags?  [cell-option]",
        "note.md:22: warning: the directive '{tip}' has no option 'nmae'; did you mean name?  [directive-option]",
    ]
