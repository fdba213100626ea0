"""Roles of MyST and Sphinx in pandoc's Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradpress.diagnostics import report
from gradpress.dialects import glossary, glue, myst_labels
from gradpress.patterns import pattern

if TYPE_CHECKING:
    from gradpress.dialects.myst_inline import Words

_TITLED = pattern(r"^(?P<title>.*?)\s*<(?P<label>[^<>]+)>$", re.S)
_REFERENCES = {"eq": "eqref", "math:numref": "eqref", "numref": "Cref", "prf:ref": "Cref", "ref": "Cref", "any": "Cref"}
_CITED = pattern(r"^(?:\{(?P<before>[^{}]*)\})?(?P<key>[^{}]+)(?:\{(?P<after>[^{}]*)\})?$")
_CODE = frozenset(
    "code literal file command program guilabel menuselection samp option envvar env keyword token regexp makevar "
    "mimetype newsgroup class func meth mod attr data exc obj const func confval".split()
)
_MARKS = {
    **dict.fromkeys(("sub", "subscript"), "~"),
    **dict.fromkeys(("sup", "superscript"), "^"),
    **dict.fromkeys(("strong", "b", "bold"), "**"),
    **dict.fromkeys(("emphasis", "i", "italic", "dfn"), "*"),
    **dict.fromkeys(("del", "delete", "strike", "s"), "~~"),
}
_SPANS = {"u": "underline", "underline": "underline", "sc": "smallcaps", "smallcaps": "smallcaps"}
_ICONS = ("octicon", "fas", "fab", "far", "material-regular", "material-outlined", "material-round", "icon")


def markdown(name: str, value: str, line: int, words: Words) -> str:
    """The role in Markdown; one that is not known is reported and shown as code."""
    if name.lower().split(":")[0] == "glue":
        return glue.role(name, value, line, words.glued) or _code(value)
    made = _role(name.lower(), value, line, words)
    if made is None:
        report("dialect-unknown", f"the role '{{{name}}}' is not known; its text is shown as code", line=line)
        return _code(value)
    return made


def _role(name: str, value: str, line: int, words: Words) -> str | None:
    titled = _TITLED.match(value)
    title, label = (titled["title"], titled["label"].strip()) if titled else ("", value.strip())
    if name in _REFERENCES:
        if _REFERENCES[name] == "eqref":
            label = ",".join(words.formula(one.strip()) for one in label.split(","))
        return _reference(_REFERENCES[name], words(title, line), label, line)
    if name in ("doc", "download"):
        return _file(name, title, label, line, words)
    if name.startswith(("cite", "footcite")):
        return _citation(name, label)
    if name == "term":
        return _term(title, label, line, words)
    return _styled(name, value, title, label)


def _styled(name: str, value: str, title: str, label: str) -> str | None:
    if name == "math":
        return f"${value.strip()}$"
    if name in _MARKS:
        mark = _MARKS[name]
        text = value.replace(" ", "\\ ") if mark in "~^" else value
        return f"{mark}{text}{mark}"
    if name in _SPANS:
        return f"[{value}]{{.{_SPANS[name]}}}"
    if name in _CODE or name.startswith(("py:", "c:", "cpp:", "js:", "rst:", "myst:")):
        return _code((title or label).lstrip("~!"))
    if name in ("kbd", "keyboard"):
        return _code(value)
    if name in ("abbr", "abbreviation"):
        return _abbreviation(value)
    if name == "index":
        return title or re.sub(r"^\s*(?:single|pair|triple|see|seealso):\s*", "", label).replace(";", ",").lstrip("! ")
    if name == "eval":
        return f"`{{python}} {value}`"
    if name == "chem":
        return re.sub(r"(?<=[A-Za-z)])(\d+)", r"~\1~", value)
    if name.startswith(("bdg", "badge")):
        return f"[{title or label}]({label})" if "link" in name or "ref" in name else f"[{value}]{{.badge}}"
    return "" if name in _ICONS or name.startswith(("octicon", "material")) else None


def _code(text: str) -> str:
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    space = " " if "`" in text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _abbreviation(value: str) -> str:
    found = re.match(r"^(?P<short>.+?)\s*\((?P<long>[^()]+)\)$", value, re.S)
    if not found:
        return value
    return f'[{found["short"]}]{{title="{found["long"]}"}}'.replace("\n", " ")


def _reference(form: str, title: str, label: str, line: int) -> str:
    """`{numref}`: `%s` and `{number}` in a title stand for the number; another title is the link's text."""
    from gradpress.dialects.myst_inline import reference

    label = label.removeprefix("#").removeprefix("!")
    if title:
        return reference("said", label, line, title)
    if form == "eqref" and "," in label:
        return ", ".join(reference(form, one.strip(), line) for one in label.split(","))
    return reference(form, label, line)


def _file(name: str, title: str, label: str, line: int, words: Words) -> str:
    folder, root = words.page.folder, words.page.root
    path, mark, place = label.partition("#")
    file = myst_labels.file_of(path, folder, root)
    if file is None and name == "doc" and ":" in path:
        message = f"'{label}' names a page of another project; its words are shown"
        report("dialect-unknown", message, line=line, hint="write its address")
        return title or path.partition(":")[2]
    shown = words(title, line) if title else ""
    if not shown and name == "doc" and file:
        shown = words(myst_labels.title_of(file, folder, root), line)
    target = file or (path if "." in path.rpartition("/")[2] else f"{path}.md")
    return f"[{shown or (label if name == 'doc' else target.rpartition('/')[2])}]({target}{mark}{place})"


def _citation(name: str, label: str) -> str:
    """`{cite:p}`, `{cite:t}`, `{footcite}`, …; several keys, each perhaps with words before and after it."""
    kind = name.rpartition(":")[2] if ":" in name else name.removeprefix("foot").removeprefix("cite")
    cites = []
    for part in label.split(",") if "{" not in label else re.split(r",(?![^{]*\})", label):
        found = _CITED.match(part.strip())
        if not found:
            continue
        key = found["key"].strip()
        sign = "-@" if kind.startswith("year") else "@"
        before = f"{found['before']} " if found["before"] else ""
        after = f", {found['after']}" if found["after"] else ""
        safe = re.fullmatch(r"\w+(?:[:.#$%&+?<>~/-]\w+)*", key)
        cites.append(f"{before}{sign}{key if safe else '{' + key + '}'}{after}")
    if name.startswith("foot"):
        return f"^[[{'; '.join(cites)}].]"
    if kind.startswith(("t", "ct", "author")) and not any("{" in part for part in label.split(",")):
        return "; ".join(cites)
    return f"[{'; '.join(cites)}]"


def _term(title: str, label: str, line: int, words: Words) -> str:
    from gradpress.dialects.myst_inline import reference

    place = glossary.label(label)
    if words.known(place):
        return reference("said", place, line, title or label)
    report("label-unknown", f"no glossary explains the term '{label}'", line=line, hint="add it to one")
    return f"*{title or label}*"
