"""What a reader sees of a page, section by section, taken from its HTML: words, formulas as text, code.

HTML is what all methods of showing formulas have in common, and all that cells and directives make ends there.  Only
what Gradpress and pandoc write is read, so a scan of the tags suffices; a parser would take ten times as long.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from gradpress.patterns import pattern
from gradpress.records import dataclass, field

_TAG = pattern(r"""<!--.*?-->|<(/?)([A-Za-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""", 16)  # 16: re.DOTALL
_ATTRIBUTE = pattern(r"""([\w:-]+)(?:=(?:"([^"]*)"|'([^']*)'))?""")
_NO_TAGS = pattern(r"<[^>]*>")
_ANNOTATION = pattern(r'<annotation[^>]*encoding="application/x-tex"[^>]*>(.*?)</annotation>', 16)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LEFT_OUT = (
    "svg",
    "script",
    "style",
    "button",
    "nav",
    "template",
    "select",
    "noscript",
    "iframe",
    "object",
    "mjx-container",
)
"""Elements whose text is no text of the page."""
_SILENT_CLASSES = frozenset(
    (
        "output",
        "curve-data",
        "inline-error",
        "footnote-ref",
        "footnote-back",
        "header-anchor",
        "line-number",
        "header-section-number",
    )
)
_INLINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var wbr".split()
)
_DELIMITERS = (("\\(", "\\)"), ("\\[", "\\]"))


@dataclass
class Section:
    """A heading with what stands below it, up to the next one."""

    anchor: str
    """The name that a link leads to; empty for the beginning of the page."""
    heading: str = ""
    text: str = ""
    code: str = ""
    named: str = ""
    """Words of the text that are the name of something, such as a theorem."""
    hidden: set[str] = field(default_factory=set)
    """What is not shown, but may be looked for: commands of formulas, labels."""


def sections(body: str, labels: frozenset[str], formula: Callable[[str], tuple[str, frozenset[str]]]) -> list[Section]:
    """The sections of a page's body.  `formula` reads TeX as text, and tells its commands."""
    return _Scan(body, labels, formula).all()


@dataclass
class _Scan:
    """One pass over the HTML of a page."""

    body: str
    labels: frozenset[str]
    formula: Callable[[str], tuple[str, frozenset[str]]]
    at: int = 0
    parts: list[str] = field(default_factory=list)
    """The text of the section so far."""
    code: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    found: list[Section] = field(default_factory=lambda: [Section("")])

    def all(self) -> list[Section]:
        """Every section that has something."""
        for closing, name, attributes in self._tags():
            if not closing:
                self._opened(name, attributes)
            if name not in _INLINE:
                self.parts.append(" ")
        self._end()
        return [s for s in self.found if s.heading or s.text or s.code or s.hidden]

    def _tags(self) -> Iterator[tuple[str, str, str]]:
        """Each tag that is not passed over; the text before it is taken."""
        while tag := _TAG.search(self.body, self.at):
            self._say(self.body[self.at : tag.start()])
            self.at = tag.end()
            if tag[2]:
                yield tag[1], tag[2].lower(), tag[3]
        self._say(self.body[self.at :])

    def _say(self, text: str) -> None:
        if text:
            self.parts.append(html.unescape(text) if "&" in text else text)

    def _opened(self, name: str, written: str) -> None:
        attributes = _attributes(written) if written else {}
        classes = attributes.get("class", "").split()
        label = attributes.get("id", "")
        if name in _HEADINGS:
            self._heading(name, attributes)
        if label in self.labels:
            self.found[-1].hidden.add(label)
        if attributes.get("role") == "doc-endnotes":  # they belong to no section
            self._end()
            self.found.append(Section(label, "Footnotes"))
        elif "math" in classes or name == "math":
            self._formula(name, attributes)
        elif name in _LEFT_OUT or _SILENT_CLASSES & {*classes} or attributes.get("aria-hidden") == "true":
            self._inside(name)
        elif name == "pre":
            self.code.append(html.unescape(_NO_TAGS.sub("", self._inside(name))))
        elif "theorem-head" in classes or name in ("figcaption", "caption", "dt"):
            self._name(name)

    def _inside(self, name: str) -> str:
        """What stands in the element that was opened, which is passed over."""
        start, depth = self.at, 1
        if self.body[start - 2] == "/" or name in ("img", "br", "hr", "input"):
            return ""
        end = self.body.find(f"</{name}>", start)
        if end >= 0 and self.body.find(f"<{name}", start, end) < 0:
            self.at = end + len(name) + 3
            return self.body[start:end]
        for tag in pattern(rf"<(/?){name}\b[^>]*?(/?)>").finditer(self.body, start):
            depth += -1 if tag[1] else 0 if tag[2] else 1
            if not depth:
                self.at = tag.end()
                return self.body[start : tag.start()]
        self.at = len(self.body)
        return self.body[start:]

    def _formula(self, name: str, attributes: Mapping[str, str]) -> None:
        tex = attributes.get("alt") or attributes.get("data-tex") or ""
        inside = self._inside(name)
        if not tex:
            written = _ANNOTATION.search(inside)
            tex = written[1] if written else "" if "<" in inside else inside
        self.parts.append(self._read(html.unescape(tex).strip()))

    def _read(self, tex: str) -> str:
        for left, right in _DELIMITERS:
            if tex.startswith(left) and tex.endswith(right):
                tex = tex[2:-2]
        text, names = self.formula(tex)
        self.found[-1].hidden |= names
        return text

    def _heading(self, name: str, attributes: Mapping[str, str]) -> None:
        words = self._nested(self._inside(name))
        if not attributes.get("id") and self.found[-1].heading:
            self.parts += [" ", words, " "]  # no link can lead to it
            return
        self._end()
        if attributes.get("id"):
            self.found.append(Section(attributes["id"]))
        self.found[-1].heading = words

    def _name(self, name: str) -> None:
        """Words that are shown as text, and count as a name."""
        words = self._nested(self._inside(name))
        self.named.append(words)
        self.parts += [" ", words, " "]

    def _nested(self, inner: str) -> str:
        """The text of a part; what is hidden in it is hidden in the section."""
        scan = _Scan(inner, self.labels, self.formula)
        whole = scan.all()
        for section in whole:
            self.found[-1].hidden |= section.hidden
        return " ".join(filter(None, (f"{s.heading} {s.text} {s.code}".strip() for s in whole)))

    def _end(self) -> None:
        """The section that is open has all its text."""
        last = self.found[-1]
        last.text = _joined(last.text, "".join(self.parts))
        last.code = _joined(last.code, " ".join(self.code))
        last.named = _joined(last.named, " ".join(self.named))
        self.parts, self.code, self.named = [], [], []


def _joined(before: str, more: str) -> str:
    return " ".join(f"{before} {more}".split())


@lru_cache(maxsize=200)  # of ten tags, nine are written like one before
def _attributes(written: str) -> Mapping[str, str]:
    return {m[1]: m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(written)}
