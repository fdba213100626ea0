r"""What a preamble tells cleveref: `\usepackage[capitalise,noabbrev]{cleveref}`, `\crefname{thm}{Thm.}{Thms.}`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gradpress.numbers import theorems
from gradpress.patterns import pattern
from gradpress.records import dataclass, field
from gradpress.tex.macros import Preamble, Rest

_NAME = pattern(r"\\(?P<form>[cC])refname\s*\{(?P<kinds>[^{}]*)\}\s*\{(?P<one>[^{}]*)\}\s*\{(?P<several>[^{}]*)\}")
_COMMENT = pattern(r"(?<!\\)((?:\\\\)*)%.*")


@dataclass(frozen=True)
class Cleveref:
    r"""How `\cref` and `\Cref` write the words before numbers."""

    capitalised: bool = False
    full: bool = False
    """Words are not abbreviated."""
    names: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    r"""`c` or `C`, and a kind or the title of a theorem → the word for one, and for several."""

    def name(self, kind: str, title: str, *, short: bool, several: bool = False) -> str:
        """The author's word; empty where there is none."""
        for form in "cC" if short else "Cc":
            for key in (title, kind):
                if found := self.names.get((form, key)):
                    word = found[several].replace("~", " ").strip()
                    first = word[:1] if short and form == "c" else word[:1].upper()
                    return f"{first.lower() if short and form == 'C' and not self.capitalised else first}{word[1:]}"
        return ""


def of(preamble: Preamble) -> Cleveref:
    """What a page's preamble says."""
    options = ",".join(p.options for p in preamble.packages if p.name == "cleveref")
    names = any("refname" in item.text for item in preamble.items if isinstance(item, Rest))
    return _read(options, preamble.rest if names else "") if options or names else Cleveref()


@lru_cache(maxsize=64)
def _read(options: str, tex: str) -> Cleveref:
    tex = _COMMENT.sub(r"\1", tex)
    declared = theorems.declared(tex)
    given = {option.strip() for option in options.split(",")}
    names = {
        (found["form"], declared[kind].title if kind in declared else kind): (found["one"], found["several"])
        for found in _NAME.finditer(tex)
        for kind in (each.strip() for each in found["kinds"].split(","))
    }
    return Cleveref(bool(given & {"capitalise", "capitalize"}), "noabbrev" in given, names)
