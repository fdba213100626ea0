"""MyST Markdown: directives in backtick or colon fences, roles, labels, and labelled dollars.

    ```{math}            :::{note} Title      {eq}`label`   {numref}`Fig. %s <fig-a>`   {cite:p}`key`
    :label: eq-a         Text                 (label)=      $$ x $$ (eq-b)
    x = y                :::
    ```

How each directive becomes pandoc's Markdown is in `directives`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gradpress.diagnostics import report
from gradpress.dialects import Lines, Surroundings, directives, in_code
from gradpress.dialects.directives import Directive

_OPENING = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,}|:{3,})\{(?P<name>[A-Za-z][\w:.-]*)\}[ \t]*(?P<argument>.*?)[ \t]*$"
)
_OPTION = re.compile(r"^[ \t]*:(?P<key>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")
_TARGET = re.compile(r"^\((?P<label>[^()\s]+)\)=[ \t]*$")
_ROLE = re.compile(r"(?<![\w`])\{(?P<role>[a-z][\w:.+-]*)\}(?P<ticks>`+)(?P<value>[^`\n]+)(?P=ticks)(?!`)")
_DOLLARS = re.compile(r"\$\$[ \t]*\((?P<label>[\w:.-]+)\)[ \t]*$")
_TITLED = re.compile(r"^(?P<title>.*?)\s*<(?P<label>[^<>]+)>$", re.S)
_CODE = re.compile(r"(`+)(?!`)(?:(?!\1).)+\1")
_OWN = frozenset(["python", "code-cell", "code", "sourcecode", "mermaid", "r", "julia", "tikz", "dot", "ojs"])
"""Names in braces that are no directives, or that `gradpress.fences` reads."""


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines with MyST's marks as pandoc's and LaTeX's."""
    return _targets(_text(_directives(lines, page, 0), page))


def _directives(lines: Lines, page: Surroundings, depth: int) -> Lines:
    done: Lines = []
    at = 0
    while at < len(lines):
        opening = _OPENING.match(lines[at][0])
        end = _end(lines, at, opening["mark"]) if opening else None
        if opening is None or end is None or opening["name"].lower() in _OWN:
            stop = _after_plain_fence(lines, at)
            done += lines[at:stop]
            at = stop
            continue
        found = _read(opening, lines[at][1], lines[at + 1 : end])
        inside: Callable[[Lines], Lines] = lambda body: _directives(body, page, depth + 1)  # noqa: E731
        made = directives.markdown(found, page, inside)
        if made is None and opening["mark"][0] != ":":
            done += lines[at : end + 1]  # a cell in another language
            at = end + 1
            continue
        if made is None:
            message = f"the directive '{{{found.name}}}' is not known; what is in it is shown as text"
            report("dialect-unknown", message, line=found.line)
            made = [("", found.line), *inside(found.body), ("", found.line)]
        done += [(opening["indent"] + text if text else text, number) for text, number in made]
        at = end + 1
    return done


def _after_plain_fence(lines: Lines, at: int) -> int:
    """Index after the fence that opens in line `at`: nothing inside it is MyST; the next line if none does."""
    fence = re.match(r"^[ \t>]*(`{3,}|~{3,})", lines[at][0])
    end = _end(lines, at, fence[1]) if fence else None
    return at + 1 if end is None else end + 1


def _end(lines: Lines, start: int, mark: str) -> int | None:
    """Index of the line that closes a fence; inside colons other fences may stand."""
    closing = re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    at, depth = start + 1, 0
    while at < len(lines):
        text = lines[at][0]
        if mark[0] == ":" and (inner := re.match(r"^[ \t]*(`{3,}|~{3,})", text)):
            at = _end(lines, at, inner[1]) or at
        elif mark[0] == ":" and re.match(rf"^[ \t]*:{{{len(mark)}}}(?!:)\s*\S", text):
            depth += 1
        elif closing.match(text):
            if not depth:
                return at
            depth -= 1
        at += 1
    return None


def _read(opening: re.Match[str], line: int, inside: Lines) -> Directive:
    """Options are `:key: value` lines, or YAML between two `---`."""
    options: dict[str, str] = {}
    at = 0
    if inside and inside[0][0].strip() == "---":
        at = next((k for k, (text, _) in enumerate(inside) if k and text.strip() == "---"), 0)
        pairs = (text.partition(":") for text, _ in inside[1:at])
        options = {key.strip(): value.strip().strip("\"'") for key, _, value in pairs if key.strip()}
        at += 1 if at else 0
    else:
        while at < len(inside) and (option := _OPTION.match(inside[at][0])):
            options[option["key"]] = option["value"]
            at += 1
    indent = len(opening["indent"])
    body = [(text[indent:] if not text[:indent].strip() else text, number) for text, number in inside[at:]]
    return Directive(opening["name"].lower(), opening["argument"], options, body, line)


def _text(lines: Lines, page: Surroundings) -> Lines:
    """Roles, and labels behind displays, outside code."""
    code = in_code(lines)
    done: Lines = []
    for at, (text, number) in enumerate(lines):
        if at not in code and "`" in text and "{" in text:
            text = _roles(text, number, page)
        label = _DOLLARS.search(text) if at not in code else None
        if label:
            text = f"{text[: label.start()]}\\label{{{label['label']}}}$$"
        done.append((text, number))
    return done


def _roles(text: str, number: int, page: Surroundings) -> str:
    def replaced(found: re.Match[str]) -> str:
        made = _role(found["role"], found["value"], page)
        if made is None:
            message = f"the role '{{{found['role']}}}' is not known; its text is shown as code"
            report("dialect-unknown", message, line=number)
            return f"`{found['value']}`"
        return made

    code = [m.span() for m in _CODE.finditer(_ROLE.sub(lambda m: " " * len(m[0]), text))]
    return _ROLE.sub(lambda m: m[0] if any(a <= m.start() < b for a, b in code) else replaced(m), text)


_REFERENCES = {"eq": "eqref", "numref": "Cref", "prf:ref": "Cref", "math:numref": "eqref", "ref": "Cref"}
_CITES = {"cite", "cite:p", "cite:ps", "citep", "cite:t", "cite:ts", "citet", "footcite", "cite:author", "cite:year"}


def _role(name: str, value: str, page: Surroundings) -> str | None:
    titled = _TITLED.match(value)
    title, label = (titled["title"], titled["label"].strip()) if titled else ("", value.strip())
    if name in _REFERENCES:
        return _reference(_REFERENCES[name], title, label)
    if name in ("doc", "download"):
        suffix = next((s for s in (".md", ".ipynb", ".qmd", ".tex") if (page.folder / f"{label}{s}").is_file()), ".md")
        target = label if "." in label.rpartition("/")[2] else label + suffix
        return f"[{title or label}]({target})"
    if name in _CITES:
        keys = [f"@{key.strip()}" for key in label.split(",")]
        return "; ".join(keys) if name.endswith(("t", "ts")) else f"[{'; '.join(keys)}]"
    simple = {"math": f"${value}$", "sub": f"~{value}~", "sup": f"^{value}^", "subscript": f"~{value}~"}
    simple |= {"superscript": f"^{value}^", "strong": f"**{value}**", "emphasis": f"*{value}*", "kbd": f"`{value}`"}
    simple |= dict.fromkeys(("code", "file", "command", "program", "guilabel", "menuselection"), f"`{value}`")
    simple |= dict.fromkeys(("term", "abbr", "dfn", "index"), title or value)
    if name.startswith("py:") or name in ("class", "func", "meth", "mod", "attr"):
        return f"`{label.lstrip('~')}`"
    return simple.get(name)


def _reference(form: str, title: str, label: str) -> str:
    """`{numref}`: `%s` and `{number}` in a title stand for the number; another title is the link's text."""
    if "%s" in title or "{number}" in title:
        return re.sub(r"%s|\{number\}", lambda _: f"\\ref{{{label}}}", title)
    return f"[{title}](#{label})" if title else f"\\{form}{{{label}}}"


def _targets(lines: Lines) -> Lines:
    """`(label)=` names what follows: a heading gets the identifier, everything else an empty span before it."""
    code = in_code(lines)
    done = list(lines)
    marks = [k for k, (text, _) in enumerate(lines) if k not in code and _TARGET.match(text)]
    for at in marks:
        found = _TARGET.match(lines[at][0])
        assert found
        following = next((k for k in range(at + 1, len(lines)) if lines[k][0].strip() and k not in marks), None)
        done[at] = ("", lines[at][1])
        text = done[following][0] if following is not None else ""
        if following is not None and re.match(r"^#{1,6}\s", text) and "{#" not in text:
            done[following] = (f"{text.rstrip()} {{#{found['label']}}}", done[following][1])
        elif following is not None and text.startswith("$$"):
            done[following] = (f"$$\\label{{{found['label']}}}{text[2:]}", done[following][1])
        else:
            done[at] = (f"[]{{#{found['label']}}}", lines[at][1])
    return done
