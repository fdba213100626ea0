"""MyST's and Sphinx's directives as pandoc's Markdown: what each is, and the ones that are short.

Mathematics, figures, tables and code have modules of their own: `directive_math`, `directive_figures`,
`directive_tables`, `directive_code`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gradpress.dialects import Lines, Surroundings
from gradpress.patterns import pattern
from gradpress.records import dataclass, field


@dataclass(frozen=True)
class Directive:
    """A directive as it is written."""

    name: str
    argument: str
    options: dict[str, str]
    body: Lines
    line: int
    """Where it opens."""
    labels: tuple[str, ...] = ()
    """What `(label)=` before it, and its own options, call it; the first one names it."""
    attributes: str = ""
    """What stands behind the name in the braces: `#id .class key=value`."""
    places: dict[str, int] = field(default_factory=dict)
    """Options → the lines in which they stand."""

    @property
    def label(self) -> str:
        """Its name for references."""
        return self.labels[0] if self.labels else ""

    @property
    def last(self) -> int:
        """The last line of its body."""
        return self.body[-1][1] if self.body else self.line

    @property
    def classes(self) -> list[str]:
        """Words of `:class:`, which commas or spaces separate."""
        return [c for c in re.split(r"[\s,]+", self.options.get("class", "")) if c]

    def says(self, *keys: str) -> bool:
        """Whether one of these options is given and not denied."""
        return any(self.options.get(key, "false").lower() != "false" for key in keys)


@dataclass(frozen=True)
class Inside:
    """How what stands in a directive is translated."""

    blocks: Callable[[Lines], Lines]
    words: Callable[[str, int], str]
    """Text in a line: titles, captions."""
    page: Surroundings
    cites: bool = True
    """Whether the page has a citation."""
    included: Callable[[Directive], Lines] = field(default=lambda found: [])
    """Another file's text, translated."""


Made = Lines | None
_TITLES = {
    "attention": "Attention",
    "danger": "Danger",
    "error": "Error",
    "hint": "Hint",
    "seealso": "See also",
    "todo": "To do",
    "versionadded": "New in version {}",
    "versionchanged": "Changed in version {}",
    "deprecated": "Deprecated since version {}",
}
_REMARKS = {
    **{name: name for name in ("note", "tip", "warning", "important", "caution")},
    **dict.fromkeys(("attention", "danger", "error", "deprecated"), "warning"),
    **dict.fromkeys(("seealso", "admonition", "topic", "todo", "versionadded", "versionchanged"), "note"),
    **dict.fromkeys(("dropdown", "toggle"), "note"),
    "hint": "tip",
}
_FOLDS = ("dropdown", "toggle")
_PLAIN = (
    "margin aside sidebar grid grid-item grid-item-child div container span panels column hlist parsed "
    "card-carousel full-width compound"
).split()
_QUOTES = ("epigraph", "pull-quote", "blockquote", "highlights")
_CARDS = ("card", "grid-item-card", "panel")
SILENT = (
    "toctree tableofcontents contents index meta highlight currentmodule show-index toc role default-role "
    "sectionauthor codeauthor tabularcolumns list-of-figures no-search"
).split()
"""What shows nothing here."""
_THEOREMS = (
    "theorem lemma corollary proposition conjecture definition example exercise solution remark algorithm axiom proof "
    "property observation assumption criterion notation"
).split()
_MARK = "::::::"
"""Six colons: divisions inside have fewer or as many, pandoc pairs them."""


def markdown(found: Directive, inside: Inside) -> Made:
    """The directive in Markdown; None when it is not known."""
    from gradpress.dialects import (
        directive_code,
        directive_figures,
        directive_math,
        directive_options,
        directive_tables,
    )

    name = {"criteria": "criterion"}.get(name := found.name.removeprefix("prf:"), name)
    directive_options.check(found, name)
    for family in (directive_math, directive_figures, directive_tables, directive_code):
        if name in family.NAMES:
            made: Made = family.markdown(found, inside)
            return made
    if name in _REMARKS:
        return _remark(found, name, inside)
    if name in _THEOREMS:
        return _theorem(found, name, inside)
    if name.removesuffix("-start") in _THEOREMS and name.endswith("-start"):
        return [*_opened(found, name.removesuffix("-start"), inside), ("", found.last)]
    if name.removesuffix("-end") in _THEOREMS and name.endswith("-end"):
        return [("", found.line), (_MARK, found.line), ("", found.line)]
    if name in SILENT:
        return [("", found.line)]
    return _other(found, name, inside)


def _other(found: Directive, name: str, inside: Inside) -> Made:
    if name in ("tab-set", "tabset", "tabs"):
        return wrapped(found.line, "{.panel-tabset}", inside.blocks(found.body))
    if name in ("tab-item", "tab", "tabbed", "group-tab"):
        title = (f"###### {inside.words(found.argument, found.line)}", found.line)
        return [("", found.line), title, ("", found.line), *inside.blocks(found.body)]
    if name in _CARDS:
        return _card(found, inside)
    if name in _QUOTES:
        return [("", found.line), *((f"> {text}", number) for text, number in inside.blocks(found.body))]
    if name in ("bibliography", "footbibliography"):
        return _bibliography(found, inside)
    if name == "glossary":
        from gradpress.dialects import glossary

        return glossary.markdown(found, inside)
    if name == "include":
        return inside.included(found)
    if name in ("rubric", "centered"):
        return [("", found.line), (f"**{inside.words(found.argument, found.line)}**", found.line), ("", found.line)]
    if name == "only":
        return _only(found, inside)
    return _division(found, name, inside) if name in _PLAIN else None


def _bibliography(found: Directive, inside: Inside) -> Lines:
    """The list of references; on a page that cites nothing, of what the other pages cite."""
    from gradpress.dialects import myst_labels

    texts = ["::: {#refs}", ":::", ""]
    if not inside.cites and "filter" not in found.options:
        keys = ["*"] if "all" in found.options else myst_labels.cited(inside.page.root) or ["*"]
        listed = ", ".join(f"@{key}" for key in keys)
        texts = ["---", f"nocite: '{listed}'", "---", "", *texts]
    return [("", found.line), *((text, found.line) for text in texts)]


def wrapped(line: int, attributes: str, body: Lines) -> Lines:
    """Lines in a division."""
    last = body[-1][1] if body else line
    return [("", line), (f"{_MARK} {attributes}", line), *body, ("", last), (_MARK, last), ("", last)]


def identifier(found: Directive) -> str:
    """The beginning of pandoc's attributes."""
    return f"#{found.label} " if found.label else ""


def quoted(text: str) -> str:
    """A value of pandoc's attributes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _remark(found: Directive, name: str, inside: Inside) -> Lines:
    title, body = found.argument, found.body
    if _continues(found, name):
        title, body = "", [(found.argument, found.line), *body]
    if form := _TITLES.get(name):
        version, _, rest = title.partition(" ") if "{}" in form else ("", "", "")
        body = [(rest, found.line), *body] if rest else body
        title = form.format(version) if "{}" in form else title or form
    kind = next((_REMARKS[c] for c in found.classes if c in _REMARKS and c not in _FOLDS), _REMARKS[name])
    said = f" title={quoted(inside.words(title, found.line))}" if title else ""
    folds = name in _FOLDS or any(c in _FOLDS for c in found.classes)
    folded = f' collapse="{"false" if found.says("open") or "toggle-shown" in found.classes else "true"}"'
    return wrapped(
        found.line, f"{{{identifier(found)}.callout-{kind}{said}{folded if folds else ''}}}", inside.blocks(body)
    )


def _continues(found: Directive, name: str) -> bool:
    """Whether the first line is text, as in Sphinx, and no title."""
    if name in ("admonition", "dropdown", "topic", "toggle") or not found.argument or "{}" in _TITLES.get(name, ""):
        return False
    following = found.body[0][0].strip() if found.body else ""
    is_empty = not any(text.strip() for text, _ in found.body)
    return is_empty or (following[:1].islower() and not found.options)


def _theorem(found: Directive, name: str, inside: Inside) -> Lines:
    if found.says("hidden"):
        return [("", found.line)]
    body = found.body
    if name == "proof" and found.argument and not _TITLE_OF_PROOF.match(found.argument):
        body = [(found.argument, found.line), *body]
        found = Directive(name, "", found.options, body, found.line, found.labels)
    return [*_opened(found, name, inside), *inside.blocks(body), *_closed(found)]


_TITLE_OF_PROOF = pattern(r"(?:proof|sketch|of|idea|outline)\b|\(", re.I)
"""sphinx-proof has no titles of proofs, but text in the first line; mystmd has titles."""


def _opened(found: Directive, name: str, inside: Inside) -> Lines:
    attributes = f"{identifier(found)}.{name}"
    if name == "solution" and found.argument:
        attributes += f" of={quoted(found.argument)}"
    elif found.argument:
        attributes += f" name={quoted(inside.words(found.argument, found.line))}"
    if found.says("nonumber") or found.options.get("enumerated") == "false":
        attributes += " .unnumbered"
    if "dropdown" in found.classes:
        attributes += " .folds"
    return [("", found.line), (f"{_MARK} {{{attributes}}}", found.line), ("", found.line)]


def _closed(found: Directive) -> Lines:
    return [("", found.last), (_MARK, found.last), ("", found.last)]


def _division(found: Directive, name: str, inside: Inside) -> Lines:
    takes_title = found.argument and name not in ("div", "grid", "container", "panels", "span")
    words = inside.words(found.argument, found.line) if takes_title else ""
    title = [(f"**{words}**", found.line), ("", found.line)] if words else []
    named = found.argument.split() if name in ("div", "container") else []
    classes = " ".join(f".{c}" for c in [name, *named, *found.classes] if re.fullmatch(r"[A-Za-z][\w-]*", c))
    return wrapped(found.line, f"{{{identifier(found)}{classes}}}", [*title, *inside.blocks(found.body)])


def _card(found: Directive, inside: Inside) -> Lines:
    """Header, body and footer, which `^^^` and `+++` separate."""
    marks = {
        text.strip(): k for k, (text, _) in enumerate(found.body) if re.fullmatch(r"\s*(?:\^{3,}|\+{3,})\s*", text)
    }
    head = next((k for mark, k in marks.items() if mark[0] == "^"), -1)
    foot = next((k for mark, k in marks.items() if mark[0] == "+"), len(found.body))
    parts = [found.body[: max(head, 0)], found.body[head + 1 : foot], found.body[foot + 1 :]]
    for at, key in ((0, "header"), (2, "footer")):
        if found.options.get(key):
            parts[at] = [(found.options[key], found.line), *parts[at]]
    link = found.options.get("link", "")
    if link and found.options.get("link-type") == "ref":
        link = f"#{link}"
    title = f"[{found.argument}]({link})" if found.argument and link else found.argument
    if title:
        title = inside.words(f"**{title}**", found.line)
    elif link:
        parts[2] = [*parts[2], (f"[{link}]({link})", found.line)]
    picture = found.options.get("img-top") or found.options.get("img-background")
    image = [(f"![]({picture}){{fig-alt={quoted(found.options.get('img-alt', ''))}}}", found.line)] if picture else []
    body: Lines = []
    for block in (parts[0], image, [(title, found.line)] if title else [], parts[1], parts[2]):
        if block:
            body += [*(block if block[0][0] == title else inside.blocks(block)), ("", block[-1][1])]
    return wrapped(found.line, f"{{{identifier(found)}.card}}", body)


def _only(found: Directive, inside: Inside) -> Lines:
    wanted = re.split(r"\s+or\s+", found.argument.strip())
    formats = {"html": "html", "latex": "pdf", "pdf": "pdf", "latexpdf": "pdf"}
    known = {formats[word] for word in wanted if word in formats}
    if len(known) > 1:
        return inside.blocks(found.body)
    if not known:
        return [("", found.line)]
    return wrapped(found.line, f'{{.content-visible when-format="{known.pop()}"}}', inside.blocks(found.body))
