"""What pandoc-crossref and pandoc-fignos, -eqnos, -tablenos have beyond pandoc's citations.

$$ x $$ {#eq:a tag="B.1"}      a number of one's own
: Caption {#lst:a}             right before or behind code: a listing
+@fig:a   *@fig:a   !@fig:a   {@fig:a}b      fig. 1, Figure 1, 1, and 1b
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gradpress.dialects import Lines, Surroundings, in_code
from gradpress.patterns import pattern
from gradpress.reading import fences

_EQUATION = pattern(
    r"\$\$(?P<space>[ \t]*)\{#(?P<label>eq[:-][^\s{}]*)(?P<rest>(?:\s+[\w-]+=(?:\"[^\"]*\"|[^\s}]+)|\s+\.[\w-]+)+)\s*\}"
)
_SPAN = pattern(r"\$\$\]\{#(?P<label>eq[:-][^\s{}]*)(?P<rest>[^{}]*)\}")
_TAG = pattern(r"\b(?:tag|label)=(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\s}]+))")
_KIND = r"(?:fig|eq|tbl|tab|sec|lst)"
_CLEVER = pattern(
    rf"(?P<code>(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    rf"|\{{(?P<inner>[+*!]?)@(?P<braced>{_KIND}:[\w/:.-]*\w)\}}"
    rf"|(?<![\w*+!@])\\?(?P<mark>[+*!])@(?P<marked>{_KIND}:[\w/:-]*\w)(?!\*)"
)
_PLAIN = pattern(rf"(?<![\w\[@;+*!{{-])@(?P<label>{_KIND}:[\w/:-]*\w)(?![\w\]])")
_NAMELESS = pattern(r"\{#(?P<kind>eq|fig|tbl|lst|sec):(?=[\s}])(?P<rest>[^{}]*)\}")
_CAPTION = pattern(r"^(?:Listing)?:[ \t]+(?P<text>\S.*?)[ \t]*(?:\{#(?P<label>lst[:-][^\s{}]+)[^{}]*\})?[ \t]*$", re.S)
_OWN_LABEL = pattern(r"#lst[:-]")


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines with these marks as pandoc's and LaTeX's."""
    lines = _without_spans(_listings(lines))
    code = in_code(lines)
    lines = [(t if at in code else _named(t, number), number) for at, (t, number) in enumerate(lines)]
    own = _of_xnos(lines, code, page.header)
    return [(text if at in code else _text(text, own), number) for at, (text, number) in enumerate(lines)]


def _named(text: str, number: int) -> str:
    """`{#eq:}` numbers what nothing refers to: an equation is named by its line, all else has its number anyway."""

    def name(found: re.Match[str]) -> str:
        if found["kind"] == "eq":
            return f"{{#eq:line-{number}-{found.start()}{found['rest']}}}"
        return f"{{{found['rest'].strip()}}}" if found["rest"].strip() else ""

    return _NAMELESS.sub(name, text) if "{#" in text else text


def _without_spans(lines: Lines) -> Lines:
    """`[$$x$$]{#eq:a label="A"}`, also over several lines."""
    done = list(lines)
    for at, (text, number) in enumerate(lines):
        closing = _SPAN.search(text)
        opening = next((k for k in range(at, -1, -1) if "[$$" in done[k][0]), None) if closing else None
        if closing is None or opening is None:
            continue
        done[at] = (_SPAN.sub(r"$$ {#\g<label>\g<rest>}", done[at][0]), number)
        done[opening] = (done[opening][0].replace("[$$", "$$", 1), done[opening][1])
    return done


def _of_xnos(lines: Lines, code: set[int], header: Mapping[str, object]) -> bool:
    """Whether `@fig:a` is a number alone: in notes for fignos and its like, unless they say otherwise."""
    keys = [key for key in header if re.match(r"(?:fig|eq|table|sec|x)nos-|cleveref$", key)]
    if any(key.endswith("cleveref") and header[key] not in (False, "Off", "off") for key in keys):
        return False
    marks = (m for at, (text, _) in enumerate(lines) if at not in code for m in _CLEVER.finditer(text))
    return bool(keys) or any(m["inner"] or m["mark"] or m["braced"] for m in marks)


def _text(text: str, own: bool) -> str:
    if "{#eq" in text:
        text = _EQUATION.sub(_with_tag, text)
    if "@" in text:
        text = _CLEVER.sub(lambda m: _clever(m, own), text)
        text = _PLAIN.sub(r"[-@\g<label>]", text) if own else text
    return text


def _with_tag(found: re.Match[str]) -> str:
    tag = _TAG.search(found["rest"])
    said = f"\\tag{{{tag['quoted'] or tag['plain']}}}" if tag else ""
    return f"{said}$${found['space']}{{#{found['label']}}}"


def _clever(found: re.Match[str], own: bool) -> str:
    if found["code"]:
        return found[0]
    label = found["marked"] or found["braced"]
    mark = found["mark"] or found["inner"]
    form = {"+": "cref", "*": "Cref", "!": "ref"}.get(mark, "ref" if own else "Cref")
    return f"\\{form}{{{label}}}"


def _listings(lines: Lines) -> Lines:
    """A caption beside code becomes an attribute of its fence."""
    texts = [text for text, _ in lines]
    for fence in fences.find(texts):
        if not fence.closed or fence.prefix.strip():
            continue
        for first, last in (_before(texts, fence.start), _after(texts, fence.end)):
            caption = _CAPTION.match("\n".join(texts[first:last])) if first < last else None
            if caption and (caption["label"] or _OWN_LABEL.search(fence.info)):
                opening = _opening(fence, caption["label"], caption["text"])
                if opening:
                    texts[fence.start] = opening
                    texts[first:last] = [""] * (last - first)
                    break
    return [(text, number) for text, (_, number) in zip(texts, lines, strict=True)]


def _before(texts: list[str], start: int) -> tuple[int, int]:
    """The paragraph right above a line."""
    last = start
    while last and not texts[last - 1].strip():
        last -= 1
    first = last
    while first and texts[first - 1].strip():
        first -= 1
    return first, last


def _after(texts: list[str], end: int) -> tuple[int, int]:
    first = end + 1
    while first < len(texts) and not texts[first].strip():
        first += 1
    last = first
    while last < len(texts) and texts[last].strip() and not re.match(r"\s*(?:`{3,}|~{3,})", texts[last]):
        last += 1
    return first, last


def _opening(fence: fences.Fence, label: str | None, caption: str) -> str:
    """The fence's first line with a caption; empty where its attributes are of another kind."""
    info = fence.info.strip()
    words = " ".join(caption.split()).replace("\\", "\\\\").replace('"', '\\"')
    added = f"{f'#{label} ' if label else ''}"
    if info.startswith("{") and info.endswith("}") and re.match(r"\{\s*[.#]", info):
        inside = info[1:-1].strip()
    elif re.fullmatch(r"[\w+-]*", info):
        inside = f".{info}" if info else ""
    else:
        return ""
    return f'{fence.prefix}{fence.ticks}{{{added}{inside} lst-cap="{words}"}}'
