r"""Theorems and their relatives: which environments there are, and what they are called.

    \newtheorem{thm}{Theorem}[section]     numbers of its own, that begin anew in each section
    \newtheorem{lem}[thm]{Lemma}           the numbers of `thm`
    \newtheorem*{rem}{Remark}              no numbers

The usual names (`theorem`, `lemma`, …) are there without a declaration, each with numbers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradpress.patterns import pattern
from gradpress.records import dataclass, replace
from gradpress.tex.groups import BRACES

PREFIXES = {
    "thm": "theorem",
    "lem": "lemma",
    "cor": "corollary",
    "prp": "proposition",
    "prop": "proposition",
    "cnj": "conjecture",
    "def": "definition",
    "defn": "definition",
    "exm": "example",
    "exr": "exercise",
    "sol": "solution",
    "rem": "remark",
    "rmk": "remark",
    "alg": "algorithm",
    "axm": "axiom",
    "hyp": "hypothesis",
}
"""How labels of theorems begin (`thm-x`), and short names of environments."""
_UPRIGHT = dict.fromkeys(
    ("definition", "example", "exercise", "axiom", "algorithm", "assumption", "notation"), "definition"
)
_STYLES = {**_UPRIGHT, **dict.fromkeys(("remark", "solution", "proof"), "remark")}
_UNNUMBERED = ("proof", "solution", "remark")
"""What has a number only when it has a label, as in Quarto."""

_COMMENT = pattern(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_DECLARATION = pattern(
    rf"\\theoremstyle\s*{BRACES}"
    rf"|\\newtheorem(\*?)\s*(?:\[[^\]]*\]\s*)?{BRACES}\s*(?:\[([^\]]*)\])?\s*{BRACES}(?:\s*\[([^\]]*)\])?"
    rf"|\\declaretheorem\s*(?:\[([^\]]*)\])?\s*{BRACES}(?:\s*\[([^\]]*)\])?"
)
_WITHIN = pattern(rf"\\(?:numberwithin|counterwithin\*?)\s*{BRACES}\s*{BRACES}")
_COUNTERS = (
    "part paragraph subparagraph equation figure table footnote page lstlisting listing algorithm algocf enumi".split()
)
"""Counters that LaTeX and common packages have."""
_NEW = pattern(r"\\(?:newcounter|newaliascnt|newfloat|DeclareFloatingEnvironment(?:\[[^\]]*\])?)\s*\{([^{}]*)\}")
DEPTHS = {"chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3}
"""Counters of headings, with the number of parts that they have below the chapter."""


@dataclass(frozen=True, slots=True)
class Theorem:
    """One environment."""

    environment: str
    kind: str
    """`theorem`, `lemma`, …, or the name of the environment."""
    title: str = ""
    """What the author calls it; empty for the word of the page's language."""
    style: str = "plain"
    """`plain` (slanted), `definition` (upright) or `remark` (upright, light head)."""
    counter: str = ""
    """Whose numbers it takes; empty for none."""
    declared: bool = False
    """The preamble defines it, so LaTeX has it."""


def standard(kind: str) -> Theorem:
    """A kind that nobody has declared."""
    return Theorem(kind, kind, style=_STYLES.get(kind, "plain"), counter="" if kind == "proof" else kind)


_OTHERS = ("proof", "property", "observation", "assumption", "criterion", "notation")
STANDARD = {kind: standard(kind) for kind in (*dict.fromkeys(PREFIXES.values()), *_OTHERS)}


def declared(preamble: str) -> dict[str, Theorem]:
    """Environment → what it is, of everything that a preamble declares."""
    found: dict[str, Theorem] = {}
    style = "plain"
    if "theorem" not in preamble:
        return found
    for match in _DECLARATION.finditer(_COMMENT.sub(r"\1", preamble)):
        chosen, star, name, shared, title, _, options, other, late = match.groups()
        if chosen is not None:
            style = chosen.strip()
            continue
        keys = _keys(f"{options or ''},{late or ''}") if other else {}
        name = (name or other or "").strip()
        title = title if title is not None else keys.get("name", keys.get("title", name.capitalize()))
        counter = shared or keys.get("sibling") or keys.get("numberlike") or keys.get("sharecounter") or name
        if star or keys.get("numbered") == "no" or "unnumbered" in keys:
            counter = ""
        counter = found[counter].counter if counter in found else counter
        found[name] = Theorem(name, kind_of(name, title), title.strip(), keys.get("style", style), counter, True)
    return found


def _keys(options: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in options.split(","))
    return {key.strip(): value.strip().strip("{}") for key, _, value in pairs if key.strip()}


def kind_of(name: str, title: str) -> str:
    """The kind that an environment is by its name or title."""
    for word in (name.rstrip("*").lower(), title.lower()):
        kind = PREFIXES.get(word, word)
        if kind in STANDARD:
            return kind
    return name


def within(preamble: str) -> dict[str, str]:
    """Counter → the counter of headings with which it begins anew."""
    text = _COMMENT.sub(r"\1", preamble)
    found: dict[str, str] = {}
    for match in _DECLARATION.finditer(text):
        _, _, name, shared, _, outer, options, other, late = match.groups()
        keys = _keys(f"{options or ''},{late or ''}") if other else {}
        outer = outer or keys.get("numberwithin") or keys.get("parent") or keys.get("within")
        if outer and not shared:
            found[(name or other).strip()] = outer.strip()
    found.update({inner.strip(): outer.strip() for inner, outer in _WITHIN.findall(text)})
    return {inner: outer for inner, outer in found.items() if outer in DEPTHS or outer in found}


def lost_counters(preamble: str) -> list[tuple[str, int]]:
    r"""Counters that `\newtheorem` and `\numberwithin` name and nothing declares, with their places."""
    if "theorem" not in preamble and "within" not in preamble:
        return []
    known = {*declared(preamble), *DEPTHS, *_COUNTERS, *_NEW.findall(preamble)}
    found = [
        (name.strip(), match.start())
        for match in _DECLARATION.finditer(preamble)
        for name in (match[4], match[6])
        if name and match[1] is None
    ]
    found += [(name.strip(), match.start()) for match in _WITHIN.finditer(preamble) for name in match.groups()]
    return [(name, at) for name, at in found if name not in known]


def meant(identifier: str, classes: list[str], known: Mapping[str, Theorem]) -> Theorem | None:
    """The theorem that a division `::: {#thm-x .class}` is; None if it is none."""
    for name in classes:
        if name in known:
            return _numbered(known[name], identifier)
        if name in STANDARD:
            return _numbered(_by_kind(name, known), identifier)
    prefix = re.match(r"^([a-z]+)[-:]", identifier)
    if prefix and prefix[1] in PREFIXES:
        return _by_kind(PREFIXES[prefix[1]], known)
    return None


def _by_kind(kind: str, known: Mapping[str, Theorem]) -> Theorem:
    """A kind as the preamble declares it, else as it is by itself."""
    return next((t for t in known.values() if t.kind == kind), STANDARD[kind])


def _numbered(theorem: Theorem, identifier: str) -> Theorem:
    light = theorem.kind in _UNNUMBERED and not theorem.declared and not identifier
    return replace(theorem, counter="") if light else theorem
