r"""`thebibliography`: a list that the document writes itself, and the `\cite` that point into it.

\begin{thebibliography}{9} \bibitem[Label]{key} Text … \end{thebibliography}

becomes a numbered list of paragraphs, each of which has a name, and `\cite{key}` a link to it.
"""

from __future__ import annotations

import re

from gradpress.diagnostics import report
from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.tex.groups import GROUP

_LIST = pattern(r"\\begin\s*\{thebibliography\}\s*(?:\{[^{}]*\})?(?P<items>.*?)\\end\s*\{thebibliography\}", re.S)
_ITEM = pattern(rf"\\bibitem\s*(?:\[(?P<label>(?:[^\[\]{{}}]|{GROUP})*)\])?\s*\{{(?P<key>[^{{}}]*)\}}")
_CITE = pattern(
    r"\\(?P<form>[cC]ite[a-z]*)\*?\s*(?:\[(?P<first>[^\]]*)\])?\s*(?:\[(?P<second>[^\]]*)\])?\s*\{(?P<keys>[^{}]+)\}"
)
_PLAIN = pattern(r"[cC]ite(?:[pt]|al[pt]|year|yearpar)?")
"""Citations of keys; `\\citestyle` and its like are none."""
_NATBIB = pattern(r"^\s*(?P<author>[^()]+?)\s*\((?P<year>[^()]*)\)")


def resolved(text: str, lines: list[int]) -> str:
    """The text with its own list as paragraphs, and the citations of it as links."""
    shown = masked(text)
    found = _LIST.search(shown)
    if found is None:
        return text
    labels: dict[str, str] = {}
    for item in _ITEM.finditer(text, found.start(), found.end()):
        labels[item["key"].strip()] = item["label"] or str(len(labels) + 1)
    before = _cited(text[: found.start()], labels, lines)
    items = _ITEM.sub(lambda m: _paragraph(m, labels), text[found.start("items") : found.end("items")])
    items = re.sub(r"\\newblock\b\s?", "", items)
    opening = re.sub(r"[^\n]", "", text[found.start() : found.start("items")])
    after = _cited(text[found.end() :], labels, lines)
    return f"{before}\\section*{{References}}{opening}{items}{after}"


def _paragraph(item: re.Match[str], labels: dict[str, str]) -> str:
    key = item["key"].strip()
    lost = item[0].count("\n") * "\n"
    return f"\\par\\hypertarget{{bib-{key}}}{{}}[{_shown(labels[key])}] {lost}"


def _shown(label: str) -> str:
    named = _NATBIB.match(label)
    return f"{_author(named)}, {named['year']}" if named else label


def _author(named: re.Match[str]) -> str:
    """The names before the year, without the brace that opens the whole label."""
    words = str(named["author"])
    while words.startswith("{") and words.count("{") > words.count("}"):
        words = words[1:]
    return words


def _cited(text: str, labels: dict[str, str], lines: list[int]) -> str:
    shown = masked(text)
    done, at = "", 0
    for cite in _CITE.finditer(shown):
        keys = [key.strip() for key in cite["keys"].split(",") if key.strip()]
        is_known = any(key in labels for key in keys)
        if cite["form"].lower() == "citeauthor" or not (is_known or _PLAIN.fullmatch(cite["form"])):
            continue
        for key in keys:
            if key not in labels:
                line = lines[text.count("\n", 0, cite.start())]
                report("citation-unknown", f"no \\bibitem has the key '{key}'", line=line, hint="correct the key")
        done += text[at : cite.start()] + _link(cite, keys, labels)
        at = cite.end()
    return done + text[at:]


def _link(cite: re.Match[str], keys: list[str], labels: dict[str, str]) -> str:
    before, after = (cite["first"], cite["second"]) if cite["second"] is not None else ("", cite["first"])
    named = [_NATBIB.match(labels.get(key, "")) for key in keys]
    lost = "\n" * cite[0].count("\n")
    said = f", {after}" if after else ""
    if cite["form"].lower().startswith(("citet", "citealt")) and all(named):
        texts = [f"\\hyperlink{{bib-{k}}}{{{_author(m)} ({m['year']}{said})}}" for k, m in _pairs(keys, named)]
        return "; ".join(texts) + lost
    texts = [f"\\hyperlink{{bib-{key}}}{{{_shown(labels[key])}}}" if key in labels else "?" for key in keys]
    opening, closing = ("(", ")") if all(named) else ("[", "]")
    inside = ("; " if all(named) else ", ").join(texts)
    return f"{{}}{opening}{before + ' ' if before else ''}{inside}{said}{closing}{lost}"


def _pairs(keys: list[str], named: list[re.Match[str] | None]) -> list[tuple[str, re.Match[str]]]:
    return [(key, match) for key, match in zip(keys, named, strict=True) if match]
