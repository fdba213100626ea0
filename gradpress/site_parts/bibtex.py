"""A page as an entry of a BibTeX file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from gradpress.patterns import pattern
from gradpress.site_parts import dates
from gradpress.site_parts.about import About

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "&": r"\&",
    "%": r"\%", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
"""Braces as words: BibTeX counts those behind a backslash, too."""
_SPECIAL = pattern(r"[\\{}$&%#_~^]")
_FORMULA = pattern(r"(?<!\\)\$((?:[^$\\]|\\.)+)\$")
_MARKS = pattern(r"(?<!\\)(?:\*\*?|`)|(?<![\w\\])_|_(?!\w)|\[([^\]]*)\]\([^)]*\)")
_WORD = pattern(r"[a-z]{4,}|[a-z]+")
_SMALL = {"with", "from", "that", "this", "about", "into", "over", "some", "when", "what", "your"}


def entry(about: About, title: str = "") -> str:
    """The entry; `title` is what the author wrote, in Markdown or TeX, where that is not plain text."""
    journal = about.where("container-title")
    fields = {
        "author": " and ".join(_name(author) for author in about.authors),
        "title": f"{{{_title(title or about.title)}}}",
        "journal": escaped(journal),
        "volume": escaped(about.where("volume")),
        "number": escaped(about.where("issue")),
        "pages": escaped(about.where("page")),
        "publisher": escaped(about.where("publisher")),
        "year": about.published[:4],
        "month": dates.month(about.published) if about.published else "",
        "doi": _address(about.where("doi")),
        "url": _address(about.where("url") or about.url),
    }
    lines = [f"  {name} = {_value(name, value)},\n" for name, value in fields.items() if value]
    return f"@{'article' if journal else 'misc'}{{{key(about)},\n{''.join(lines)}}}\n"


def _value(name: str, value: str) -> str:
    return value if name == "month" else f"{{{value}}}"


def key(about: About) -> str:
    """Last name, year and the first word of weight of the title: `example2024cubic`."""
    last = _last(about.authors[0]) if about.authors else ""
    words = [w for w in _WORD.findall(_ascii(about.title)) if w not in _SMALL]
    long = [w for w in words if len(w) > 3]
    made = f"{''.join(_letters(last))}{about.published[:4]}{(long or words or [''])[0]}"
    return made if made.strip("0123456789") else "".join(_letters(about.name.replace("/", ""))) or "page"


def _last(name: str) -> str:
    return name.partition(",")[0] if "," in name else name.split()[-1]


def _letters(text: str) -> Iterator[str]:
    return (c for c in _ascii(text) if c.isalnum())


def _ascii(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    return spread.encode("ascii", "ignore").decode().lower()


def _name(author: str) -> str:
    """A name that holds BibTeX's own word between names is one in braces."""
    shown = escaped(author)
    return f"{{{shown}}}" if " and " in f" {author} ".lower() else shown


def _title(markdown: str) -> str:
    """Formulas as they are, Markdown's marks gone, the rest for TeX."""
    shown = " ".join(markdown.split())
    pieces, at = [], 0
    for formula in _FORMULA.finditer(shown):
        if _is_balanced(formula[1]):
            pieces += [_words(shown[at : formula.start()]), formula[0]]
            at = formula.end()
    return "".join([*pieces, _words(shown[at:])])


def _words(markdown: str) -> str:
    return escaped(_MARKS.sub(lambda m: m[1] or "", markdown))


def _is_balanced(tex: str) -> bool:
    depth = 0
    for sign in tex:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def escaped(text: str) -> str:
    """Plain text for TeX."""
    return _SPECIAL.sub(lambda m: _TEX[m[0]], text)


def _address(url: str) -> str:
    """BibTeX passes an address on as it is; braces would end it."""
    return "".join(f"%{ord(c):02X}" if c in "{}\\ " else c for c in url)
