"""MyST Markdown: directives in backtick or colon fences, roles, labels, comments, and labelled dollars.

    ```{math}            :::{note} Title      {eq}`label`   {numref}`Fig. %s <fig-a>`   {cite:p}`key`
    :label: eq-a         Text                 (label)=      $$ x $$ (eq-b)              [](#label)
    x = y                :::                  % comment     +++

How each directive becomes pandoc's Markdown is in `directives`, what stands in a paragraph in `myst_inline`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gradpress.diagnostics import report
from gradpress.dialects import (
    Lines,
    Surroundings,
    commonmark,
    directive_code,
    directives,
    glossary,
    glue,
    myst_blocks,
    myst_header,
    myst_labels,
)
from gradpress.dialects.directives import Directive, Inside
from gradpress.dialects.myst_inline import Words, quoted
from gradpress.dialects.myst_signs import OPENING, OWN, TARGET, is_language
from gradpress.patterns import pattern
from gradpress.reading.included import SPAN
from gradpress.records import dataclass, field, replace

_ATTRIBUTES = pattern(r"^\{(?=[#.])(?P<inside>[^{}]*)\}[ \t]*$")
_DOLLARS = pattern(r"\$\$[ \t]*\((?P<label>[\w:.-]+)\)[ \t]*$")
_COMMENT = pattern(r"^ {0,3}%(?!\\).*$")
_BREAK = pattern(r"^\+\+\+(?:[ \t].*)?$")
_HEADING = pattern(r"^(?P<text>#{1,6}[ \t]+.*?)(?:[ \t]+#+)?(?:[ \t]*\{(?P<given>[^{}]*)\})?[ \t]*$")
_ITEM = pattern(r"^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|\||>|:[ \t]|\[\^)")
_PICTURE = pattern(r"^(?P<indent>[ \t]*)!\[(?P<words>.+)\]\((?P<url>[^()\s]+)(?P<title>[ \t]+\"[^\"]*\")?\)[ \t]*$")
_CITATION = pattern(r"(?<![\w@/.:`])@[A-Za-z]")


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines with MyST's marks as pandoc's and LaTeX's."""
    text = "\n".join(line for line, _ in lines)
    given = myst_labels.given(text) | frozenset(glossary.terms(text.split("\n")))
    lines = glossary.as_directives(glue.with_store(lines))
    words = Words(
        page,
        given,
        myst_header.substitutions(page.header, page.root),
        glued=glue.places(lines),
        twofold=myst_labels.twofold(text),
    )
    walk = _Walk(page, words, cites="{cite" in text or bool(_CITATION.search(text)))
    return list(_in_order(_one_name(walk.blocks(lines), walk.also)))


def _in_order(lines: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Line numbers never go back, but for lines of included files: what is moved up counts where it comes to stand."""
    last = 0
    for text, number in lines:
        if number < SPAN:
            last = max(last, number)
        yield text, last if number < SPAN else number


def _one_name(lines: Lines, also: dict[str, str]) -> Iterator[tuple[str, int]]:
    """What has several names is referred to by the first."""
    if not also:
        yield from lines
        return
    names = "|".join(re.escape(quoted(name)) for name in also)
    pattern = re.compile(rf"(?<=labels=)({names})(?= line=)")
    for text, number in lines:
        yield pattern.sub(lambda m: quoted(also[m[1].strip('"')]), text) if "labels=" in text else text, number


@dataclass
class _Walk:
    """Goes through the blocks of a page."""

    page: Surroundings
    words: Words
    also: dict[str, str] = field(default_factory=dict)
    """Further names of what has one → the name."""
    waiting: list[str] = field(default_factory=list)
    """Labels whose block has not come yet."""
    cites: bool = True
    """Whether the page has a citation."""
    depth: int = -1
    """Directives around."""

    def blocks(self, lines: Lines) -> Lines:
        """Lines of the page, or of a directive, translated."""
        outer, self.waiting = self.waiting, []
        self.depth += 1
        done: Lines = []
        at = 0
        while at < len(lines):
            made, at = self._block(lines, at)
            done += made
        for label in self.waiting:
            done.append((f"[]{{.place #{label}}}", lines[-1][1]))
        self.waiting = outer
        self.depth -= 1
        return done

    def _block(self, lines: Lines, at: int) -> tuple[Lines, int]:
        """The block that begins in a line, and the index after it."""
        text, number = lines[at]
        if target := TARGET.match(text):
            self.waiting.append(target["label"])
            return [("", number)], at + 1
        if not text.strip() or _COMMENT.match(text) or _BREAK.match(text):
            return [("", number)], at + 1
        inside, stop = myst_blocks.quotation(lines, at)
        if inside:
            return [*self._place(number), *((f"> {text}".rstrip(), n) for text, n in self.blocks(inside))], stop
        opening = OPENING.match(text)
        if opening and opening["name"].lower() not in OWN:
            end, stop = myst_blocks.extent(lines, at, opening)
            closing = [] if stop > end else [(" " * len(opening["indent"]) + opening["mark"], lines[end - 1][1])]
            made = self._directive(opening, [*lines[at:stop], *closing])
            return myst_blocks.placed(made, opening["indent"], lines, at), stop
        stop = myst_blocks.after_plain_fence(lines, at)
        if stop > at + 1:
            return [*self._place(number), *lines[at:stop]], stop
        if (stop := myst_blocks.after_display(lines, at)) > at:
            return self._display(lines[at:stop]), stop
        if given := _ATTRIBUTES.match(text):
            self.waiting += re.findall(r"#([^\s{}]+)", given["inside"])
            return [("", number)], at + 1
        return self._paragraph(lines, at)

    def _place(self, number: int) -> Lines:
        """A mark of its own for labels before something that cannot be named."""
        labels, self.waiting = self.waiting, []
        return [("".join(f"[]{{.place #{label}}}" for label in labels), number), ("", number)] if labels else []

    def _directive(self, opening: re.Match[str], whole: Lines) -> Lines:
        found = myst_blocks.read(opening, whole[0][1], whole[1:-1])
        own = [name for name in (found.options.get("label"), found.options.get("name")) if name]
        own += re.findall(r"#([^\s{}]+)", found.attributes)
        if found.name == "math":
            own = [self.words.formula(name) for name in own]
        labels = tuple(dict.fromkeys([*own, *self.waiting]))
        self.waiting = []
        self.also |= dict.fromkeys(labels[1:], next(iter(labels), ""))
        found = replace(found, labels=labels)
        inside = Inside(self.blocks, self.words, self.page, self.cites, self._included)
        is_glued = found.name.split(":")[0] == "glue"
        made = glue.directive(found, inside, self.words.glued) if is_glued else directives.markdown(found, inside)
        if made is None:
            made = self._unknown(opening, found, whole)
        return self._still_named(found, made)

    def _still_named(self, found: Directive, made: Lines) -> Lines:
        """A label of a directive that shows nothing is the next block's; where nothing else has it, a place has."""
        text = "\n".join(line for line, _ in made)
        if not found.labels or f"#{found.label}" in text or f"\\label{{{found.label}}}" in text:
            return made
        if found.name in ("raw", *directives.SILENT):
            self.waiting = list(found.labels)
            return made
        return [("", found.line), (f"[]{{.place #{found.label}}}", found.line), ("", found.line), *made]

    def _unknown(self, opening: re.Match[str], found: Directive, whole: Lines) -> Lines:
        if opening["mark"][0] != ":" and is_language(opening["name"]):
            indent = len(opening["indent"])
            return [(text[indent:], number) for text, number in whole]  # a cell in another language
        is_code = opening["mark"][0] != ":"
        if found.name.split(":")[0] == "glue":  # said already
            return directive_code.fenced([(found.argument, found.line), *found.body], "{.text .norun}", found.line)
        shown = "its source is shown" if is_code else "what is in it is shown as text"
        report("dialect-unknown", f"the directive '{{{found.name}}}' is not known; {shown}", line=found.line)
        if is_code:
            first = [(found.argument, found.line)] if found.argument else []
            return directive_code.fenced([*first, *found.body], "{.text .norun}", found.line)
        return [("", found.line), *self.blocks(found.body), ("", found.last)]

    def _included(self, found: Directive) -> Lines:
        from gradpress.dialects import quarto

        if "literal" in found.options:
            inside = Inside(self.blocks, self.words, self.page)
            return directive_code.markdown(replace(found, name="literalinclude"), inside)
        lines = quarto.translated([(f"{{{{< include {found.argument} >}}}}", found.line)], self.page)
        chosen = directive_code.selected([text for text, _ in lines], found.options)
        if len(chosen) < len(lines):
            at = next((k for k in range(len(lines)) if [t for t, _ in lines[k : k + len(chosen)]] == chosen), 0)
            lines = lines[at : at + len(chosen)]
        path = (self.page.folder / found.argument).parent
        inner = _Walk(replace(self.page, folder=path), replace(self.words, labels=self.words.labels), self.also)
        return [("", found.line), *inner.blocks(lines), ("", found.line)]

    def _display(self, lines: Lines) -> Lines:
        """A display in dollars or an environment, with `(label)` behind it or `(label)=` before it."""
        done = list(lines)
        last, number = done[-1]
        if label := _DOLLARS.search(last):
            name = self.words.formula(label["label"])
            done[-1:] = [(f"{last[: label.start()]}\\label{{{name}}}", number), ("$$", number)]
        labels, self.waiting = self.waiting, []
        own = myst_labels.given("\n".join(text for text, _ in done))
        labels = [label for label in labels if label not in own]
        if not labels:
            return done
        if own:
            self.also |= dict.fromkeys(labels, sorted(own)[0])
            return done
        self.also |= dict.fromkeys(labels[1:], next(iter(labels), ""))
        text, number = done[-1]
        mark = "$$" if "$$" in text else "\\end{"
        at = text.rindex(mark)
        done[-1:] = [(f"{text[:at]}\\label{{{labels[0]}}}", number), (text[at:], number)]
        return done

    def _paragraph(self, lines: Lines, at: int) -> tuple[Lines, int]:
        """Text up to a line that cannot belong to it."""
        stop = at + 1
        while stop < len(lines) and not self._ends(lines, at, stop):
            stop += 1
        part = lines[at:stop]
        heading = _HEADING.match(part[0][0])
        is_underlined = stop < len(lines) and re.match(r"^(?:=+|-+)[ \t]*$", lines[stop][0]) is not None
        if self.waiting:
            part = self._named(part, heading, is_underlined)
        elif len(part) == 1 and _PICTURE.match(part[0][0]):
            return [(commonmark.without_caption(part[0][0]), part[0][1])], stop
        text = self.words("\n".join(text for text, _ in part), part[0][1])
        made = text.split("\n")
        numbers = [number for _, number in part]
        numbers += [numbers[-1]] * (len(made) - len(numbers))
        done = list(zip(made, numbers, strict=False))
        if stop < len(lines) and commonmark.interrupts(part[0][0], lines[stop][0]):
            done.append(("", numbers[-1]))
        return done, stop

    def _ends(self, lines: Lines, start: int, at: int) -> bool:
        text = lines[at][0]
        if not text.strip() or TARGET.match(text) or _COMMENT.match(text) or _BREAK.match(text):
            return True
        if re.match(r"^(?:=+|-+)[ \t]*$", text) or _HEADING.match(lines[start][0]) or _HEADING.match(text):
            return True
        if re.match(r"^[ \t]*(?:`{3,}|~{3,}|:{3,}|\$\$)", text) or myst_blocks.ENVIRONMENT.match(text):
            return True
        return bool(_ITEM.match(text) or OPENING.match(text))

    def _named(self, part: Lines, heading: re.Match[str] | None, is_underlined: bool) -> Lines:
        labels, self.waiting = list(dict.fromkeys(self.waiting)), []
        text, number = part[0]
        picture = _PICTURE.match(text) if len(part) == 1 else None
        if heading or is_underlined or picture:
            given = (heading["given"] or "") if heading else ""
            text = heading["text"] if heading else text
            own = re.search(r"#([^\s{}]+)", given)
            names = [own[1], *labels] if own else labels
            self.also |= dict.fromkeys(names[1:], names[0])
            others = f" labels={quoted(','.join(names[1:]))}" if names[1:] and not picture else ""
            mark = "" if picture else " "
            return [(f"{text.rstrip()}{mark}{{#{names[0]}{others} {_without_name(given)}}}".replace(" }", "}"), number)]
        places = "".join(f"[]{{.place #{label}}}" for label in labels)
        if _ITEM.match(text) or text.lstrip().startswith("<"):
            return [(places, number), ("", number), *part]
        return [(places + text, number), *part[1:]]


def _without_name(attributes: str) -> str:
    return " ".join(part for part in attributes.split() if not part.startswith("#"))
