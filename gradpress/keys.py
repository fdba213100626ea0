"""The keys of `gradpress.yml` and of a page's header, and the kind of value that each has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradpress import theme
from gradpress.amounts import duration, size
from gradpress.kinds import (
    Kind,
    address,
    anything,
    choice,
    citation,
    flag,
    level,
    levels,
    loss,
    mapping,
    names,
    number,
    picture,
    prefixes,
    several,
    shade,
    style,
    tex,
    text,
    texts,
    whole,
)

MATH: dict[str, Kind | Mapping[str, Any]] = {
    "method": choice("mathjax", "katex", "mathml", "webtex", "prerendered"),
    "source": text,
    "version": text,
    "bundle": text,
    "config": mapping,
}
EXECUTE: dict[str, Kind] = {
    "run": choice("marked", "all", "none"),
    "enabled": flag,
    "eval": flag,
    "echo": anything,
    "output": anything,
    "include": flag,
    "warning": flag,
    "error": flag,
    "timeout": number,
    "seed": whole,
    "threads": whole,
    "preload": texts,
    "memory": size,
    "cache-limit": size,
    "keep-warm": duration,
    "env": texts,
    "report": flag,
    "loss": loss,
    **dict.fromkeys(("cache", "freeze", "daemon", "daemon-restart", "keep-ipynb", "keep-md", "fig-width"), anything),
    "fig-height": anything,
    "code-fold": anything,
    "code-summary": text,
}
THEMES = (
    *("own", "beige", "black", "black-contrast", "blood", "dracula", "league", "moon", "night", "serif", "simple"),
    *("sky", "solarized", "white", "white-contrast"),
)
"""The look of our pages, and the themes of reveal.js."""
SLIDES: dict[str, Any] = {
    "enabled": flag,
    "level": level,
    "split": choice("headings", "rules"),
    "dividers": levels,
    "theme": choice(*THEMES),
    "style": text,
    "size": choice("16:9", "4:3"),
    "transition": choice("none", "fade", "slide", "convex", "concave", "zoom"),
    "incremental": flag,
    "title-slide": flag,
    "numbers": flag,
    "header": text,
    "footer": text,
    "class": text,
    "color": shade,
    "background-color": shade,
    **dict.fromkeys(("background-image", "background-size", "background-position", "background-repeat"), text),
    "first": mapping,
}
"""Keys of `slides:`; some of them are how `decks.marp_header` says what Marp calls otherwise."""
_SHARED: dict[str, Any] = {
    "title": text,
    "author": names,
    "lang": text,
    "header-includes": tex,
    "include-in-header": anything,
    "from": anything,
    "math": MATH,
    "numbering": {
        "equations": choice("labelled", "all", "none"),
        "sections": flag,
        "style": style,
        "chapters": flag,
        "prefixes": prefixes,
        "captions": prefixes,
        "plurals": prefixes,
        "within": choice("section", "subsection"),
        "appendices": texts,
        "index": flag,
    },
    "crossref": mapping,
    "execute": EXECUTE,
    "bibliography": texts,
    "csl": text,
    "citation-abbreviations": text,
    "link-citations": flag,
    "reference-section-title": text,
    "toc": flag,
    "toc-depth": whole,
    "search": flag,
    "engine": choice("xelatex", "lualatex", "pdflatex"),
    "image": picture,
    "image-alt": text,
    "date-modified": text,
    "citation": citation,
    "feed": flag,
    "repo-actions": several("edit", "source", "issue"),
    "downloads": several("source", "pdf", "tex", "notebook", "slides"),
}
_LATEX_VARIABLES = ("documentclass", "fontsize", "papersize", "mainfont", "sansfont", "monofont", "linestretch")
SITE: dict[str, Any] = {
    **_SHARED,
    "base-url": address,
    "repo-url": address,
    "repo-branch": text,
    "repo-subdir": text,
    "repo-type": choice("github", "gitlab", "gitea"),
    "description": text,
    "theme": theme.KEYS,
    "css": texts,
    "nav": anything,
    "unnumbered": texts,
    "diagnostics": mapping,
}
PAGE: dict[str, Any] = {
    **_SHARED,
    **dict.fromkeys(_LATEX_VARIABLES, text),
    "classoption": texts,
    "geometry": texts,
    "subtitle": text,
    "date": text,
    "abstract": text,
    "css": texts,
    "description": text,
    "keywords": texts,
    "number-sections": flag,
    "order": number,
    "draft": flag,
    "slides": SLIDES,
    "categories": texts,
    "aliases": texts,
    "html-math-method": anything,
    "mathjax": text,
    "seed": whole,
    "kernel": text,
    **dict.fromkeys(("format", "jupyter", "kernelspec", "jupytext", "references"), anything),
    "nocite": text,
    "fig-cap-location": choice("top", "bottom", "margin"),
    "tbl-cap-location": choice("top", "bottom", "margin"),
    "code-line-numbers": flag,
    "link-bibliography": flag,
    "suppress-bibliography": flag,
    "notes-after-punctuation": flag,
}
NO_OPTIONS = ("run", "enabled", "seed", "threads", "env", "preload", "memory", "keep-warm", "cache-limit", "report")
"""Keys of `execute` that are about processes, not about single cells."""
MISSPELT = {
    "include-header": "header-includes",
    "include-headers": "header-includes",
    "header-include": "header-includes",
    "headers-include": "header-includes",
    "header_includes": "header-includes",
}
INHERITED = (
    "author", "lang", "toc", "toc-depth", "bibliography", "csl", "citation-abbreviations", "link-citations",
    "reference-section-title", "from", "search", "date-modified", "citation", "feed", "repo-actions", "downloads",
)  # fmt: skip
"""Keys of the site that hold for its pages."""
