"""MyST inside a paragraph: roles, links to labels and files, `@label`, `{{ substitution }}`, loose dollars.

A reference becomes the division that `filters/references.py` makes of all references, here with its text:
`[]{.ref form=Cref labels=fig-a line=3}`, `[Part %s]{.ref form=said …}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from gradpress.diagnostics import report
from gradpress.dialects import Surroundings, myst_labels, myst_roles
from gradpress.patterns import pattern
from gradpress.reading import inputs
from gradpress.records import dataclass, field

_TOKEN = pattern(
    r"(?P<escape>\\[^A-Za-z\n])"
    r"|(?P<role>(?<![`\\$}])\{(?P<name>[A-Za-z][\w:.+-]*)(?:[ \t][^{}`\n]*)?\}"
    r"(?P<ticks>`+)(?P<value>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<code>(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)(?:\{[^{}\n]*\})?)"
    r"|(?P<display>\$\$.+?\$\$)"
    r"|(?P<comment><!--.*?-->|<https?:[^<>\s]+>)"
    r"|(?P<auto><(?P<scheme>project|path|doc|wiki|xref|inv|gh|rrid|myst):(?P<place>[^<>\s]*)>|<(?P<hash>#[^<>\s]+)>)"
    r"|(?P<dollar>\$)"
    r"|(?P<cites>\[(?:-?@[\w:.+/-]+)(?:;\s*-?@[\w:.+/-]+)*\](?![(\[{]))"
    r"|(?P<bracket>!?\[)"
    r"|(?P<at>(?<![\w@/.:`-])@(?P<key>[A-Za-z_][\w:+/-]*(?:[.][\w:+/-]+)*))"
    r"|(?P<value_of>\{\{[ \t]*(?P<expression>[^{}]+?)[ \t]*\}\})",
    re.S,
)
_LINK = pattern(
    r"(?P<image>!?)\[(?P<text>(?:[^\[\]\\`]|\\.|`[^`]*`|\[(?:[^\[\]\\]|\\.)*\])*)\]"
    r"\((?P<url><[^<>\n]*>|(?:[^()\s\\]|\\.|\([^()\s]*\))*)(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)",
    re.S,
)
_FORMULA = pattern(r"\\[A-Za-z]|[_^={}<>]|^\s*[A-Za-z](?:\s*[-+*/,]\s*\w)?\s*$|^\s*[A-Za-z]\([^)]*\)\s*$")
_DOLLARS = pattern(r"\$((?:\\.|[^$\\])+?)\$", re.S)
_PLACE = pattern(r"%s|\{(?:number|name|subEnumerator)\}")
_SCHEMES = {
    "wiki": "https://en.wikipedia.org/wiki/",
    "doi": "https://doi.org/",
    "gh": "https://github.com/",
    "github": "https://github.com/",
    "rrid": "https://scicrunch.org/resolver/",
    "ror": "https://ror.org/",
}
_ADDRESS = pattern(r"(?:https?|mailto|tel|s?ftp|data|urn|javascript|file|git|ssh|irc|news|matrix|about)$", re.I)


_SHORT = pattern(r"[A-Za-z][\w+.-]*:(?!//)\S")


@dataclass(frozen=True)
class Words:
    """Translates text of one page."""

    page: Surroundings
    labels: frozenset[str] = frozenset()
    """Those that the page gives."""
    substitutions: Mapping[str, str] = field(default_factory=dict)
    others: dict[str, Path] = field(default_factory=dict)
    """Labels of the project with their pages, once they are asked for."""

    twofold: frozenset[str] = frozenset()
    """Labels that a formula and a place of the page have."""
    glued: Mapping[str, int] = field(default_factory=dict)
    """What cells of the page glue, with the lines where they do."""

    def __call__(self, text: str, line: int) -> str:
        """A text, which may have several lines; `line` is the number of its first one."""
        if not any(c in text for c in "{[@$<"):
            return text
        done, at = "", 0
        while found := _TOKEN.search(text, at):
            done += text[at : found.start()]
            here = line + text.count("\n", 0, found.start())
            made, at = self._token(found, text, here)
            done += made
        return done + text[at:]

    def known(self, label: str) -> bool:
        """Whether the page, or another one of the project, gives this label."""
        part = re.match(r"(.+)-[a-z]$", label)
        names = [label, *([part[1]] if part else [])]  # a part of a figure need not be named
        return any(name in self.labels or self._elsewhere(name) for name in names)

    def formula(self, label: str) -> str:
        """What the formula is called that has this label."""
        elsewhere = label not in self.labels and self._elsewhere(label)
        shared = myst_labels.twofold_in(self.others[label]) if elsewhere else self.twofold
        return myst_labels.of_formula(label) if label in shared else label

    def _elsewhere(self, label: str) -> bool:
        if not self.others:
            self.others.update(myst_labels.of_project(self.page.root))
        if label in self.others:
            inputs.note(self.others[label])
        return label in self.others

    def _token(self, found: re.Match[str], text: str, line: int) -> tuple[str, int]:
        kind, end = found.lastgroup, found.end()
        if found["role"]:
            return myst_roles.markdown(found["name"], found["value"], line, self), end
        if found["auto"]:
            return self._auto(found, line), end
        if found["dollar"]:
            return dollar(text, found.start())
        if found["cites"]:
            return self._cites(found["cites"], line), end
        if found["bracket"]:
            link = _LINK.match(text, found.start())
            return (self._link(link, line), link.end()) if link else (found[0], end)
        if found["at"]:
            return (reference("auto", found["key"], line) if self.known(found["key"]) else found[0]), end
        if found["value_of"] and self.substitutions:
            return self._substituted(found["expression"], found[0], line), end
        return found[0], end if kind else found.end()

    def _substituted(self, expression: str, text: str, line: int) -> str:
        if expression in self.substitutions:
            return self.substitutions[expression]
        report("dialect-unknown", f"the substitution '{text}' has no value", line=line, hint="write what it stands for")
        return text

    def _cites(self, text: str, line: int) -> str:
        """`[@a; @b]` are references where they are labels, else citations."""
        keys = [key.strip().lstrip("-").lstrip("@") for key in text[1:-1].split(";")]
        if all(map(self.known, keys)):
            return ", ".join(reference("auto", key, line) for key in keys)
        return text

    def _auto(self, found: re.Match[str], line: int) -> str:
        target = found["hash"] or f"{found['scheme']}:{found['place']}"
        return self.link("", target, line) or found["place"]

    def _link(self, found: re.Match[str], line: int) -> str:
        words = self(found["text"], line)
        if found["image"] and found["url"].startswith("#"):
            message = f"'{found['url']}' shows a part of another page, which is not possible; it is a reference"
            report("dialect-unknown", message, line=line, hint="write the part here")
            return reference("auto", found["url"][1:], line, "")
        if found["image"]:
            return f"![{words}]({found['url']}{found['title'] or ''})"
        made = self.link(words, found["url"].strip("<>"), line)
        return made if made is not None else f"[{words}]({found['url']}{found['title'] or ''})"

    def link(self, words: str, url: str, line: int) -> str | None:
        """A link to a label, to a page of the project or to a place with a short name; None for any other."""
        scheme, _, rest = url.partition(":")
        if scheme in ("project", "path", "doc", "pdf") and "/" not in scheme:
            url = rest
        elif scheme in _SCHEMES:
            return f"[{words or rest.replace('_', ' ')}]({_SCHEMES[scheme]}{rest})"
        elif (
            rest
            and not rest.startswith("//")
            and re.fullmatch(r"[A-Za-z][\w+.-]*", scheme)
            and not _ADDRESS.match(scheme)
        ):
            message = f"'{url}' names a place of another project; its words are shown"
            report("dialect-unknown", message, line=line, hint="write its address")
            return words or f"`{rest.rpartition('#')[2]}`"
        if url.startswith("#"):
            return self._to_label(words, url[1:], line)
        if re.match(r"[A-Za-z][\w+.-]*:|//", url):
            return f"<{url}>" if not words and url.startswith("http") else None
        return self._to_file(words, url, line)

    def _abroad(self, words: str, scheme: str, rest: str, line: int) -> str:
        """`xref:project/page#place`, with the address that the project's configuration gives."""
        from gradpress.projects import myst as myst_project

        name, mark, place = rest.partition("#")
        project, _, path = name.partition("/")
        base = myst_project.references(self.page.root).get(project) if scheme == "xref" else None
        if base:
            return f"[{words or place or path}]({base.rstrip('/')}{'/' if path else ''}{path}{mark}{place})"
        message = f"'{scheme}:{rest}' names a place of another project; its words are shown"
        report("dialect-unknown", message, line=line, hint="write its address")
        return words or f"`{place or name}`"

    def _to_label(self, words: str, label: str, line: int) -> str | None:
        if not words:
            return reference("auto", label, line)
        if _PLACE.search(words) or self.known(label):
            return reference("said", label, line, words)
        return None

    def _to_file(self, words: str, url: str, line: int) -> str | None:
        path, mark, label = url.partition("#")
        folder, root = self.page.folder, self.page.root
        file = myst_labels.file_of(path, folder, root) if path else None
        if file is None:
            is_name = path and not mark and not re.search(r"[/.\s]", path)
            return self._to_label(words, path, line) if is_name and self.known(path) else None
        if words:
            return f"[{words}]({file}{mark}{label})" if file != path else None
        if label:
            return reference("auto", label, line) if self.known(label) else f"[{label}]({file}#{label})"
        is_page = file.endswith(myst_labels.SUFFIXES)
        title = self(myst_labels.title_of(file, folder, root), line) if is_page else ""
        return f"[{title or file.rpartition('/')[2]}]({file})"


def reference(form: str, label: str, line: int, words: str = "") -> str:
    """A reference as pandoc's span."""
    return f"[{words}]{{.ref form={form} labels={quoted(label)} line={line}}}"


def quoted(label: str) -> str:
    """A value of an attribute, quoted only where it must be: references stand in titles, which are quoted."""
    return label if re.fullmatch(r"[\w:./+-]+(?:,[\w:./+-]+)*", label) else '"' + label.replace('"', "") + '"'


def dollar(text: str, at: int) -> tuple[str, int]:
    r"""`$ x $` and `$x$2` are formulas in MyST, and text in pandoc; sums of money are text in both."""
    found = _DOLLARS.match(text, at)
    if not found:
        return "$", at + 1
    inner, follows = found[1], text[found.end() : found.end() + 1]
    if not inner[:1].isspace() and not inner[-1:].isspace() and not follows.isdigit():
        return found[0], found.end()
    if not _FORMULA.search(inner):
        return "$", at + 1
    if "\n" in (inner[:1], inner[-1:]) and not follows.isdigit():
        return f"\\\\({inner}\\\\)", found.end()
    return f"${inner.strip()}${'<!-- -->' if follows.isdigit() else ''}", found.end()
