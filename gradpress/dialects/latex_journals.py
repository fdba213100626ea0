r"""What classes of journals and styles of conferences define for the text itself.

\apj, \mnras, …                       the names that ADS writes into lists of references
\acknowledgments, \facility{…}        a heading; a line
\defcitealias{key}{AB99}              `\citetalias{key}` and `\citepalias{key}` say AB99, by natbib
\pdfoutput=1                          for pdfTeX alone; xelatex would stop
\icmltitle{…}, \icmlauthor{A}{x}      title and author; `icmlauthorlist` has nothing to show
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.tex.groups import BRACES

NAMES = {
    "aj": "AJ", "actaa": "Acta Astron.", "araa": "ARA&A", "apj": "ApJ", "apjl": "ApJ", "apjlett": "ApJ",
    "apjs": "ApJS", "apjsupp": "ApJS", "ao": "Appl. Opt.", "apss": "Ap&SS", "aap": "A&A", "aapr": "A&A Rev.",
    "aaps": "A&AS", "azh": "AZh", "baas": "BAAS", "icarus": "Icarus", "jcap": "JCAP", "jrasc": "JRASC",
    "memras": "MmRAS", "mnras": "MNRAS", "na": "New A", "nar": "New A Rev.", "pra": "Phys. Rev. A",
    "prb": "Phys. Rev. B", "prc": "Phys. Rev. C", "prd": "Phys. Rev. D", "pre": "Phys. Rev. E",
    "prl": "Phys. Rev. Lett.", "pasa": "PASA", "pasp": "PASP", "pasj": "PASJ", "qjras": "QJRAS",
    "rmxaa": "Rev. Mexicana Astron. Astrofis.", "skytel": "S&T", "solphys": "Sol. Phys.", "ssr": "Space Sci. Rev.",
    "nat": "Nature", "iaucirc": "IAU Circ.", "aplett": "Astrophys. Lett.", "gca": "Geochim. Cosmochim. Acta",
    "grl": "Geophys. Res. Lett.", "jcp": "J. Chem. Phys.", "jgr": "J. Geophys. Res.", "nphysa": "Nucl. Phys. A",
    "physrep": "Phys. Rep.", "physscr": "Phys. Scr", "planss": "Planet. Space Sci.", "procspie": "Proc. SPIE",
}  # fmt: skip
"""Command → what the classes of AAS, A&A and MNRAS print for it."""
_NAME = pattern(rf"\\(?P<name>{'|'.join(sorted(NAMES, key=len, reverse=True))})(?![A-Za-z])")
_LIST = pattern(r"\\begin\s*\{thebibliography\}.*?\\end\s*\{thebibliography\}", re.S)
_THANKS = pattern(r"\\(?P<name>acknowledge?ments?)(?![A-Za-z])")
_OPENING = pattern(r"\\(?P<what>begin|end)\s*\{(?P<name>acknowledge?ments?)\}")
_LINE = pattern(r"\\(?P<name>facilit(?:y|ies)|software)\s*(?=\{)")
_ALIAS = pattern(rf"\\defcitealias\s*\{{([^{{}}]*)\}}\s*{BRACES}")
_USED = pattern(r"\\cite(?P<form>[tp])alias\s*\{(?P<key>[^{}]*)\}")
_DRIVER = pattern(
    r"\\pdf(?:output|minorversion|objcompresslevel|compresslevel|suppresswarningpagegroup|suppresswarningdupdest)"
    rf"\s*=?\s*\d+|\\pdfinfo\s*{BRACES}"
)
_CONFERENCE = pattern(
    rf"\\icmltitle(?=\s*\{{)|\\icmlauthor\s*\{{(?P<name>[^{{}}]*)\}}\s*{BRACES}|\\(?:begin|end)\s*\{{icmlauthorlist\}}"
    rf"|\\(?:icmltitlerunning|icmlsetsymbol|printAffiliationsAndNotice)(?:\s*{BRACES})+"
)
_DEFINED = pattern(r"\\(?:(?:re|provide)?newcommand\*?|providecommand\*?|let|[gex]?def)\s*\{?\s*\\([A-Za-z]+)")


def written_out(text: str) -> str:
    """The text with these commands in words of LaTeX, unless the author defines them; its lines stay."""
    shown = masked(text)
    own = set(_DEFINED.findall(shown))
    aliases = {found[1].strip(): found[2] for found in _ALIAS.finditer(shown)}

    def alias(found: re.Match[str]) -> str:
        said = aliases.get(found["key"].strip())
        if said is None:
            return found[0]
        return f"({said})" if found["form"] == "p" else said

    def thanks(found: re.Match[str]) -> str:
        return found[0] if found["name"] in own else "\\section*{Acknowledgments}"

    def line(found: re.Match[str]) -> str:
        return found[0] if found["name"] in own else f"\\par\\textit{{{found['name'].capitalize()}:}} "

    def ends(found: re.Match[str]) -> str:
        return "\\section*{Acknowledgments}" if found["what"] == "begin" else ""

    def head(found: re.Match[str]) -> str:
        if found[0] == "\\icmltitle":
            return "\\title"
        author = f"\\author{{{found['name']}}}" if found["name"] else ""
        return author + "\n" * (found[0].count("\n") - author.count("\n"))

    text = _replaced(_DRIVER, _replaced(_CONFERENCE, text, head), lambda found: "\n" * found[0].count("\n"))
    text = _replaced(_ALIAS, text, lambda found: "\n" * found[0].count("\n")) if aliases else text
    text = _replaced(_USED, text, alias) if aliases else text
    if not re.search(r"\\newenvironment\*?\s*\{acknowledge?ments?\}", text):
        text = _replaced(_OPENING, text, ends)
    text = _replaced(_LINE, _replaced(_THANKS, text, thanks), line)
    return _LIST.sub(lambda m: _replaced(_NAME, m[0], lambda found: _name(found, own)), text)


def _name(found: re.Match[str], own: set[str]) -> str:
    return found[0] if found["name"] in own else NAMES[found["name"]].replace("&", "\\&")


def _replaced(pattern: re.Pattern[str], text: str, said: Callable[[re.Match[str]], str]) -> str:
    """The text with what the pattern finds in its LaTeX replaced."""
    done, at = "", 0
    for found in pattern.finditer(masked(text)):
        done += text[at : found.start()] + said(found)
        at = found.end()
    return done + text[at:]
