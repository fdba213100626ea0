r"""LaTeX files as pages: the preamble becomes the header's, the body is read by pandoc's LaTeX reader.

`\title`, `\author`, `\date` and the abstract become the page's; `\bibliography{refs}` its bibliography.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_BRACES = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_KEYS = {key: re.compile(rf"\\{key}\s*(?:\[[^\]]*\])?\s*{_BRACES}") for key in ("title", "author", "date")}
_CLASS = re.compile(rf"\\documentclass\s*(?:\[[^\]]*\])?\s*{_BRACES}")
_BIBLIOGRAPHY = re.compile(rf"\\(?:bibliography|addbibresource)\s*{_BRACES}")
_STYLE = re.compile(rf"\\bibliographystyle\s*{_BRACES}")
_LAYOUT = re.compile(
    r"\\(?:maketitle|tableofcontents|listoffigures|listoftables|clearpage|newpage|printbibliography|appendix"
    r"|frontmatter|mainmatter|backmatter)\b(?:\[[^\]]*\])?"
)


@dataclass(frozen=True)
class Parts:
    """A LaTeX file taken apart."""

    header: dict[str, Any]
    """What a Markdown page would say in its YAML header."""
    body: str
    """With as many lines as the file."""


def read(text: str) -> Parts:
    """The parts of a LaTeX file; one without `\\begin{document}` is all body."""
    plain = _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), text)
    begin, end = plain.find("\\begin{document}"), plain.rfind("\\end{document}")
    preamble = plain[:begin] if begin >= 0 else ""
    start = begin + len("\\begin{document}") if begin >= 0 else 0
    body = plain[start : end if end >= start else len(plain)]
    header: dict[str, Any] = {}
    for key, pattern in _KEYS.items():
        found = pattern.search(plain)
        if found and found[1].strip() and not (key == "date" and "\\today" in found[1]):
            header[key] = " ".join(found[1].split())
            preamble, body = (part.replace(found[0], _blank(found[0])) for part in (preamble, body))
    if isinstance(header.get("author"), str):
        header["author"] = re.split(r"\s*\\and\s*|\s*\\\\\s*", header["author"])
    names = [f"{n.strip().removesuffix('.bib')}.bib" for m in _BIBLIOGRAPHY.findall(plain) for n in m.split(",")]
    if names:
        header["bibliography"] = names
    preamble = _CLASS.sub("", preamble)
    for pattern in (_BIBLIOGRAPHY, _STYLE, _LAYOUT):
        preamble, body = (pattern.sub(lambda m: _blank(m[0]), part) for part in (preamble, body))
    if preamble.strip():
        header["header-includes"] = preamble.strip("\n")
    return Parts(header, _blank(text[:start]) + body)


def _blank(text: str) -> str:
    """As many lines, and nothing on them."""
    return re.sub(r"[^\n]", "", text)
