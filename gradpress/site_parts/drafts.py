"""Pages with `draft: true`: they are in no site unless `--drafts` asks for them, or the command line names them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress.content import Facts, Found, facts
from gradpress.context import Context
from gradpress.diagnostics import report
from gradpress.numbers.target import given
from gradpress.reading import inputs

if TYPE_CHECKING:
    from gradpress.site import Options

HINT = "build it with --drafts, or take the reference out"


def all_of(found: Sequence[Found], known: Mapping[str, Facts], options: Options) -> list[Found]:
    """The pages that a build of the whole site leaves out."""
    return [f for f in found if known[f.name].draft and not options.drafts]


def left_out(drafts: Sequence[Found], options: Options) -> frozenset[Found]:
    """Those of them that this build leaves out, too: not the ones that its command line names by themselves."""
    content = options.content.as_posix().rstrip("/")
    named = {page.removeprefix("./").removeprefix(f"{content}/") for page in options.pages}
    return frozenset(f for f in drafts if not named & {f.file, f.name})


def without(found: Sequence[Found], options: Options) -> list[Found]:
    """The pages of a command that needs no outline of the site."""
    away = left_out(all_of(found, {f.name: facts(f) for f in found}, options), options)
    return [f for f in found if f not in away]


def told(label: str, context: Context, line: int) -> bool:
    """Whether a draft gives the label, which is then said of the reference to it."""
    for file in context.drafts:
        path = Path(context.root) / file
        inputs.note(path)
        if re.search(given(label), path.read_text(encoding="utf-8", errors="replace")):
            message = f"what has the label '{label}' stands in a draft, {file}, which is not in the site"
            report("draft-reference", message, line=line, hint=HINT)
            return True
    return False
