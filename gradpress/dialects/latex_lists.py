r"""Labels of items: `\item\label{it:a}` is a place, and `\ref{it:a}` a link that says `(a)`, or what else LaTeX says.

How items are numbered is told by `\begin{enumerate}[label=(\alph*)]`, `\begin{enumerate}[(i)]`,
`\setlist[enumerate]{label=…}` and `\renewcommand{\theenumi}{…}`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradpress.diagnostics import report
from gradpress.dialects.latex_text import masked
from gradpress.nearest import steps
from gradpress.numbers.crossref import written
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.tex.groups import GROUP, INSIDE

_MARK = pattern(
    rf"\\begin\s*\{{(?P<begin>[A-Za-z]+\*?)\}}(?:\s*\[(?P<option>(?:[^\[\]{{}}]|{GROUP})*)\])?"
    r"|\\end\s*\{(?P<end>[A-Za-z]+\*?)\}|(?P<item>\\item(?![A-Za-z]))(?P<own>\s*\[)?|\\label\s*\{(?P<label>[^{}]*)\}"
)
_REFERENCE = pattern(r"\\(?P<form>ref|eqref|autoref|cref|Cref|labelcref)\*?\s*\{(?P<labels>[^{}]*)\}")
_SETLIST = pattern(rf"\\setlist\s*\[\s*enumerate\s*(?:,\s*(?P<level>\d))?\s*\]\s*\{{(?P<option>{INSIDE})\}}")
_RENEWED = pattern(rf"\\renewcommand\s*\{{?\\(?P<what>the|label)enum(?P<level>i{{1,3}})\}}?\s*\{{(?P<body>{INSIDE})\}}")
_RENEWED_INSIDE = pattern(rf"\\begin\s*\{{enumerate\}}\s*{_RENEWED.pattern}")
_LABEL = pattern(rf"\blabel\s*=\s*(?P<label>{GROUP}|(?:[^,{{}}]|{GROUP})*)")
_REF = pattern(rf"\bref\s*=\s*(?P<label>{GROUP}|(?:[^,{{}}]|{GROUP})*)")
_START = pattern(r"\bstart\s*=\s*(?P<start>\d+)")
_SIGN = pattern(r"\\(?P<kind>alph|Alph|roman|Roman|arabic)\s*(?:\*|\{enumi{1,3}v?\})")
_SHORT = pattern(r"^(?P<before>[^A-Za-z1]*)(?P<sign>[aAiI1])(?P<after>[^A-Za-z1]*)$")
_FORMS = {"alph": "alpha a", "Alph": "alpha A", "roman": "roman i", "Roman": "roman", "arabic": "arabic"}
_SHORT_FORMS = {"a": "alph", "A": "Alph", "i": "roman", "I": "Roman", "1": "arabic"}
_PLAIN = ("\\arabic*", "\\alph*", "\\roman*")
_TRANSPARENT = frozenset("center itemize description quote quotation minipage flushleft proof trivlist".split())


_LIST = pattern(r"\\(begin|end)\s*\{(?:enumerate|itemize|description)\*?\}")
_LIKE_ITEM = pattern(r"^[ \t]*\\(?!item(?![a-z]))(?P<name>[a-z]{3,5})(?![A-Za-z])", re.M)


def with_items(text: str, lines: Sequence[int]) -> str:
    r"""The text with `\itme` as it was meant: pandoc drops what stands in a list before its first item, in silence."""
    shown = masked(text)
    begun = max(shown.find("\\begin{document}"), 0)
    for found in reversed(list(_LIKE_ITEM.finditer(shown, begun))):
        name = found["name"]
        if steps(name, "item") > 1 or not _in_list(shown[begun : found.start()]) or _is_defined(name, text):
            continue
        line = lines[shown.count("\n", 0, found.start("name"))]
        report("undefined-macro", f"\\{name} is not defined", line=line, hint="did you mean \\item?")
        text = f"{text[: found.start('name')]}item{text[found.end('name') :]}"
    return text


def _in_list(before: str) -> bool:
    return sum(1 if mark[1] == "begin" else -1 for mark in _LIST.finditer(before)) > 0


def _is_defined(name: str, text: str) -> bool:
    return bool(re.search(rf"\\(?:(?:re|provide)?newcommand|def|let)\*?\s*\{{?\\{name}(?![A-Za-z])", text))


@dataclass
class _Level:
    """An environment that is begun."""

    name: str
    form: str = ""
    """How \\ref writes its items, with `\\alph*` for the number."""
    prefixed: bool = False
    """LaTeX's own form, before which stands that of the outer list."""
    last: int = 0


def linked(text: str) -> str:
    """The text with labels of items as places and references to them as links; lists have their forms."""
    text = _RENEWED_INSIDE.sub(_as_option, text)
    shown = masked(text)
    if "\\begin{enumerate}" not in shown:
        return text
    defaults = _defaults(shown)
    said: dict[str, str] = {}
    edits: list[tuple[int, int, str]] = []
    stack: list[_Level] = []
    begun = max(shown.find("\\begin{document}"), 0)
    for mark in _MARK.finditer(shown, begun):
        if mark["begin"]:
            stack.append(_Level(mark["begin"]))
            if mark["begin"] == "enumerate":
                edits += _begin(stack, mark, defaults, short="shortlabels" in shown)
        elif mark["end"]:
            _closed(stack, mark["end"])
        elif mark["item"] and stack and stack[-1].name == "enumerate" and not mark["own"]:
            stack[-1].last += 1
        elif mark["label"] and (items := _items(stack)) and items[-1].last:
            said[mark["label"].strip()] = _said(items)
            edits.append((mark.start(), mark.end(), f"\\hypertarget{{{mark['label'].strip()}}}{{}}"))
    edits += [(m.start(), m.end(), _link(m, said)) for m in _REFERENCE.finditer(shown) if _is_known(m, said)]
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _as_option(found: re.Match[str]) -> str:
    r"""A form that is given right behind `\\begin{enumerate}`, as an option of the list."""
    form = _SIGN.sub(lambda m: f"\\{m['kind']}*", found["body"])
    given = f"label={form},ref=\\arabic*" if found["what"] == "label" else f"label={form}.,ref={form}"
    return f"\\begin{{enumerate}}[{given}]" + "\n" * found[0].count("\n")


def _begin(
    stack: list[_Level], mark: re.Match[str], defaults: dict[int, str], *, short: bool
) -> list[tuple[int, int, str]]:
    """Set the form of the list that begins; what changes in the text when a default holds for it."""
    level, depth = stack[-1], sum(each.name == "enumerate" for each in stack)
    option = mark["option"] or ""
    label, ref, start = _LABEL.search(option), _REF.search(option), _START.search(option)
    brief = _SHORT.match(option.strip()) if not label else None
    level.last = int(start["start"]) - 1 if start else 0
    if ref or label:
        level.form = _form((ref or label)["label"])  # type: ignore[index]
    elif brief:
        around = (brief["before"], brief["after"]) if short else ("", "")
        level.form = f"{around[0]}\\{_SHORT_FORMS[brief['sign']]}*{around[1]}"
    elif depth in defaults:
        level.form = _form(defaults[depth])
        added = f"[{f'{option},' if option else ''}label={defaults[depth]}]"
        return [(mark.end() if mark["option"] is None else mark.start("option") - 1, mark.end(), added)]
    else:
        level.form, level.prefixed = _PLAIN[min(depth, 3) - 1], True
    return []


def _defaults(text: str) -> dict[int, str]:
    """Depth → the form that the preamble gives."""
    text = text[: max(text.find("\\begin{document}"), 0)]
    found: dict[int, str] = {}
    for setting in _SETLIST.finditer(text):
        label = _LABEL.search(setting["option"])
        for depth in [int(setting["level"])] if setting["level"] else [1, 2, 3]:
            found |= {depth: _bare(label["label"])} if label else {}
    renewed = {(m["what"], len(m["level"])): m["body"] for m in _RENEWED.finditer(text)}
    for (what, depth), body in renewed.items():
        own = re.sub(r"\\theenum(i{1,3})(?![a-z])", lambda m: renewed.get(("the", len(m[1])), m[0]), body)
        if what == "label" or ("label", depth) not in renewed:
            found[depth] = _SIGN.sub(lambda m: f"\\{m['kind']}*", own) + ("." if what == "the" else "")
    return found


def _bare(label: str) -> str:
    label = label.strip()
    return label[1:-1] if label[:1] == "{" and label[-1:] == "}" else label


def _form(label: str) -> str:
    r"""`{\upshape(\roman*)}` as `(\roman*)`; the point behind LaTeX's own `1.` is not part of a reference."""
    marked = _SIGN.sub(lambda m: f"\x00{m['kind']}\x01", _bare(label))
    plain = re.sub(r"\\[A-Za-z]+\*?|[{}$]", "", marked).strip()
    return re.sub(r"\x00([A-Za-z]+)\x01", r"\\\1*", plain)


def _closed(stack: list[_Level], name: str) -> None:
    names = [level.name for level in stack]
    if name in names:
        del stack[len(names) - 1 - names[::-1].index(name) :]


def _items(stack: list[_Level]) -> list[_Level]:
    """The lists round a label of an item; none if something else would take it."""
    inside = [level for level in stack if level.name not in _TRANSPARENT]
    if not inside or inside[-1].name != "enumerate":
        return []
    return [level for level in inside if level.name == "enumerate"]


def _said(items: list[_Level]) -> str:
    """What LaTeX writes for a reference: `2`, `2a`, `(iii)`."""
    numbers = [_written(level) for level in items]
    if not items[-1].prefixed or len(items) == 1:
        return numbers[-1]
    return f"{numbers[0]}{f'({numbers[1]})' if len(items) > 2 else ''}{numbers[-1]}"


def _written(level: _Level) -> str:
    return _SIGN.sub(lambda m: written(level.last, _FORMS[m["kind"]]), level.form)


def _is_known(found: re.Match[str], said: dict[str, str]) -> bool:
    return all(label.strip() in said for label in found["labels"].split(","))


def _link(found: re.Match[str], said: dict[str, str]) -> str:
    labels = [label.strip() for label in found["labels"].split(",")]
    links = [f"\\hyperlink{{{label}}}{{{said[label]}}}" for label in labels]
    words = ", ".join(links[:-1]) + (" and " if len(links) > 1 else "") + links[-1]
    if found["form"] in ("ref", "labelcref"):
        return words
    if found["form"] == "eqref":
        return words if said[labels[0]].startswith("(") else f"({words})"
    word = "item" if found["form"] in ("cref", "autoref") else "Item"
    return f"{word}{'s' if len(links) > 1 else ''}~{words}"
