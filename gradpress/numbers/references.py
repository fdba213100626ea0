"""What a reference says, and where it leads, once every page has its numbers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

import panflute as pf

from gradpress.diagnostics import report, reported
from gradpress.nearest import nearest
from gradpress.numbers import cleveref, several, titles, words
from gradpress.numbers.target import SECTIONS, Index, Target, given
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading import leftovers
from gradpress.reading.places import line_in, line_of
from gradpress.records import dataclass, replace
from gradpress.site_parts import drafts

_LABEL = pattern(r"\\label\s*\{([^{}]*)\}")
_TAG = pattern(r"\\tag(\*?)\s*\{([^{}]*)\}")
_INSIDE = pattern(r"\\(?P<form>eqref|ref|[cC]ref|autoref|labelcref|[vV]ref)\*?\s*\{(?P<labels>[^{}]*)\}")
_FORMS = {"labelcref": "label", "vref": "ref", "Vref": "Cref"}


@dataclass(frozen=True)
class Reference:
    """One label of a reference, resolved."""

    target: Target
    text: str
    """What it says; a tag of the author's own stands in it as TeX."""
    words: tuple[pf.Element, ...] = ()
    """What its author says instead, with the number in it."""
    before: str = ", "
    """What stands between it and the one before it."""

    def number(self, page: Page) -> str:
        """Its number as it is written in a reference."""
        return in_style(self.target.number, page) if self.target.kind == "equation" else self.target.number

    @property
    def around(self) -> tuple[str, str, str]:
        r"""What stands before, in and after an own tag such as `$\star$`; all of it before, where there is none."""
        tag = self.target.number
        return self.text.partition(tag) if "$" in tag or "\\" in tag else (self.text, "", "")


def resolve(span: pf.Span, page: Page, index: Index) -> list[Reference]:
    """What a `Span.ref` on `page` refers to; a label that leads nowhere is reported and left out."""
    line = int(span.attributes.get("line", 0))
    found = []
    for label in span.attributes["labels"].split(","):
        target = _one(label, page, index, line)
        if target:
            found.append(_reference(target, span, page, index))
    how = span.attributes.get("together", "")
    return several.together(found, how, page, short=span.attributes["form"] == "cref") if how else found


def _reference(target: Target, span: pf.Span, page: Page, index: Index) -> Reference:
    form = span.attributes["form"]
    if form == "said":
        return Reference(target, pf.stringify(span), tuple(_filled(span, target)))
    if target.kind == "place" and _is_in_pieces(target.label, page):
        return Reference(target, target.label)
    if target.kind == "place":
        line, hint = int(span.attributes.get("line", 0)), "write the words of the reference"
        report("label-unknown", f"what has the label '{target.label}' has no number", line=line, hint=hint)
        return Reference(target, target.label)
    solved = index.find(target.of, page.name)[:1] if target.of else ()
    if solved:
        return Reference(target, words.solves(_text(solved[0], "Cref", page), page.settings.get("lang", "en")))
    return Reference(target, _text(target, form, page))


_PLACES = pattern(r"%s|\{number\}|\{name\}|\{subEnumerator\}")


def _filled(span: pf.Span, target: Target) -> list[pf.Element]:
    """The words of a reference with the number, or the name, where MyST's marks stand for it."""
    values = {"{name}": target.word or target.shown or target.label}
    number = target.number or values["{name}"]
    values |= {"%s": number, "{number}": number, "{subEnumerator}": re.sub(r"^.*\d", "", number)}

    def fill(element: pf.Element, _: pf.Doc | None) -> None:
        if isinstance(element, pf.Str) and _PLACES.search(element.text):
            element.text = _PLACES.sub(lambda m: values[m[0]], element.text)

    span.walk(fill)
    return list(span.content)


def _one(label: str, page: Page, index: Index, line: int) -> Target | None:
    meant = index.find(label, page.name)
    if not meant:
        lost = leftovers.unclosed()
        if 0 < lost < line or _is_in_pieces(label, page) or index.is_unread(label):
            return None  # the formula or the display that has it fell apart, which has been reported
        if label in page.identifiers:
            hint = "give it a caption"
            report("label-unknown", f"what has the label '{label}' has no number", line=line, hint=hint)
        elif not drafts.told(label, page.context, line):
            near = nearest(label, index.by_label, (t.label for t in page.targets))
            hint = f"did you mean {near}?" if near else ""
            report(
                "label-unknown", f"nothing has the label '{label}', on this page or another one", line=line, hint=hint
            )
        return None
    if len({t.page for t in meant}) > 1:
        where = " and ".join(sorted({f"{t.page}.md" for t in meant})[:2])
        hint = "give it another name on one of them"
        report("label-ambiguous", f"the label '{label}' is given on several pages, {where}", line=line, hint=hint)
    return _spoken(meant[0], page, index)


def _spoken(target: Target, page: Page, index: Index) -> Target:
    """The target with the references in its title said."""
    word, shown = (title(text, target.page, page, index) for text in (target.word, target.shown))
    return target if (word, shown) == (target.word, target.shown) else replace(target, word=word, shown=shown)


def title(text: str, of: str, page: Page, index: Index) -> str:
    """The title of the page `of`, or of one of its sections, as `page` shows it."""

    def say(form: str, label: str) -> str:
        found = index.find(label, of)
        if not found:
            return label
        word, shown = (titles.numbered(text, found[0].page, index) for text in (found[0].word, found[0].shown))
        return _text(replace(found[0], word=word, shown=shown), form, page) or label

    return titles.resolved(text, say)


def _is_in_pieces(label: str, page: Page) -> bool:
    """Whether the label is in what fell apart, failed or is not there, or in a comment that was meant as text."""
    if reported("math-unbalanced", *_LOSING) and re.search(given(label), page.source.text):
        return True
    if (reported("math-unbalanced") and label in page.identifiers) or reported("include-missing"):
        return True
    return bool(reported("math-comment")) and f"\\label{{{label}}}" in page.source.text


_LOSING = ("cell-error", "cell-timeout", "cell-crash", "cell-option", "fence-unclosed", "marker-as-text")
"""Rules of faults after which something that has a label may be missing."""


def in_style(number: str, page: Page) -> str:
    """A number as `numbering.style` writes it: `(1)`, `[1]`, `1`."""
    return page.settings.number_style.replace("1", number, 1)


def _text(target: Target, form: str, page: Page) -> str:
    """What stands for a number: it, its word and it, or the title of what has none."""
    if not target.number:
        return target.word
    if form == "name":
        return target.shown if target.kind in SECTIONS else target.word or target.number
    if form in ("ref", "bare"):
        return target.number
    number = in_style(target.number, page) if target.kind == "equation" or form == "eqref" else target.number
    if form in ("eqref", "label") or (form == "auto" and target.kind == "equation"):
        return number
    word = target.word if target.kind not in SECTIONS else ""
    return named(target.kind, number, page, short=form == "cref", word=word)


def named(kind: str, number: str, page: Page, *, short: bool = False, word: str = "") -> str:
    """`Figure 3` in the language of the page; `word` is what its author calls it."""
    lang = page.settings.get("lang", "en")
    said = cleveref.of(page.preamble)
    if own := said.name(kind, word, short=short):
        word = own
    elif word:
        word = words.lowered(word, lang) if short and not said.capitalised else word
    else:
        word = _word(kind, page, said, short=short)
    return _joined(kind, word, number, page)


def _word(kind: str, page: Page, said: cleveref.Cleveref, *, short: bool) -> str:
    """The word of the page's language for a kind; the site's own words stay as they are."""
    lang, own = page.settings.get("lang", "en"), page.settings.reference_words
    word = words.word(kind, lang, short=short and not said.full, own=own)
    return word if not short or kind in own else cased(word, lang, said)


def cased(word: str, lang: object, said: cleveref.Cleveref) -> str:
    r"""A word as `\cref` writes it."""
    return word[:1].upper() + word[1:] if said.capitalised else words.lowered(word, lang)


def titled(kind: str, number: str, page: Page) -> str:
    """`Figure 3` as it stands before a caption."""
    word = words.word(kind, page.settings.get("lang", "en"), own=page.settings.caption_words)
    return _joined(kind, word, number, page)


def _joined(kind: str, word: str, number: str, page: Page) -> str:
    if page.settings.numbers.tight(kind):
        return f"{word}{number}"
    return words.joined(word, number, page.settings.get("lang", "en"))


def labels_in(formula: str) -> list[str]:
    """The labels that a formula gives, last one first."""
    return [name.strip() for name in reversed(_LABEL.findall(formula))]


def without_labels(formula: str, method: str) -> str:
    """A formula for a method that knows no labels, or, but for KaTeX, no tags: the number stands as text."""
    text = _LABEL.sub("", formula)
    if method == "katex":
        return text
    return _TAG.sub(lambda m: f"\\qquad \\text{{{m[2] if m[1] else f'({m[2]})'}}}", text)


def written_in(formula: str, page: Page, index: Index, *, linked: bool = True) -> str:
    """References inside a formula as their text, where they lead to other pages or cannot be links."""
    if "ref" not in formula:
        return formula

    def text(found: re.Match[str]) -> str:
        form, labels = _FORMS.get(found["form"], found["form"]), found["labels"]
        together = {"together": "list"} if "," in labels and form in ("cref", "Cref") else {}
        line = str(line_in(formula, found.start(), line_of(formula)))
        labels = ",".join(label.strip() for label in labels.split(",") if label.strip())
        given = {"form": form, "labels": labels, "line": line, **together}
        said = resolve(pf.Span(attributes=given), page, index)
        can_be_link = linked and form in ("ref", "eqref") and all(one.target.page == page.name for one in said)
        if not said or can_be_link:
            return found[0]
        joined = "".join(part for one in said for part in (one.before, one.text)).removeprefix(said[0].before)
        return f"\\textrm{{{joined}}}"  # where MathJax reads text it knows no `\\text`

    return _INSIDE.sub(text, formula)


def url(target: Target, page: Page) -> str:
    """Where the target is, as a link in Markdown would say it."""
    anchor = target.anchor or target.label
    if target.page == page.name:
        return f"#{anchor}"
    path = posixpath.relpath(f"{target.page}.md", posixpath.dirname(page.name) or ".")
    return f"{path}#{anchor}"


def joined(parts: Sequence[pf.Element], found: Sequence[Reference]) -> list[pf.Element]:
    """Several references one after the other, with what stands between them."""
    made: list[pf.Element] = []
    for part, one in zip(parts, found, strict=True):
        made += [*(_spaced(one.before) if made else []), part]
    return made


def _spaced(text: str) -> list[pf.Element]:
    words_of = [[pf.Space(), pf.Str(word)] for word in text.split(" ")]
    return [e for pair in words_of for e in pair if not (isinstance(e, pf.Str) and not e.text)][1:]
