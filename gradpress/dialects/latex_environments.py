r"""The author's environments of text, written out: pandoc does not look into what it does not know.

`\newenvironment{solution}{\begin{proof}[Solution]}{\end{proof}}` becomes the proof that it is; of an environment
that only changes how text looks, the words are left.  Those that open formulas are the matter of
`filters.environments`.
"""

from __future__ import annotations

import re

from gradpress.dialects.latex_macros import end_of_arguments, on_as_many_lines
from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.tex import preamble
from gradpress.tex.groups import GROUP
from gradpress.tex.macros import Environment, Macro, Preamble

_LAYOUT = pattern(
    rf"\\(?:begin|end)\s*\{{(?:trivlist|samepage|singlespace|spacing|onehalfspace)\}}(?:{GROUP})?"
    rf"|\\(?:begin)\s*\{{(?:list|adjustwidth)\}}\s*{GROUP}\s*{GROUP}|\\end\s*\{{(?:list|adjustwidth)\}}"
    rf"|\\(?:vspace|hspace|addvspace|vskip|hskip|setlength|addtolength|color|rule|pagebreak)\*?(?![A-Za-z])(?:\s*(?:\[[^\]]*\]|{GROUP}))+"
    r"|\\(?:leftskip|rightskip|parindent|parskip|hskip|vskip|kern|hangindent|hangafter|baselineskip)(?![A-Za-z])\s*=?\s*"
    r"(?:-?[\d.]*\s*(?:pt|em|ex|cm|mm|in|bp)|-?[\d.]*\\[A-Za-z]+|-?\d+)(?:\s*(?:plus|minus)\s*-?[\d.]+\s*[a-z]+)*"
    r"|\\(?:noindent|indent|smallskip|medskip|bigskip|centering|raggedright|small|normalsize|footnotesize|large|Large|sffamily"
    r"|rmfamily|ignorespaces|ignorespacesafterend|unskip|nopagebreak|allowbreak|begingroup|endgroup|bgroup|egroup|hfill|hrule"
    r"|hrulefill|sloppy|leavevmode|nobreak|goodbreak|clearpage|newpage|qed|protect|upshape|labelsep|parindent)(?![A-Za-z])\*?"
)
_ITEM = pattern(rf"\\item\s*\[(?P<words>(?:[^\[\]{{}}]|{GROUP})*)\]")
_UNREADABLE = pattern(
    r"\\(?:def|edef|gdef|let|newcommand|renewcommand|if[A-Za-z]*|fi|else|expandafter|csname|setbox|usebox|sbox|lrbox|savebox"
    r"|comment|verbatim|VerbatimEnvironment|Collect@Body|vbox|hbox|vtop|halign"
    r"|begin\s*\{(?:lrbox|tikzpicture|tabular|Sbox|verbatim|Verbatim|lstlisting|comment|minted))(?![A-Za-z])|@"
)
_BRANCHES = (
    pattern(
        r"\\if\s*\\relax\s*\\detokenize\s*\{(?P<test>[^{}]*)\}\s*\\relax(?P<yes>.*?)(?:\\else(?P<no>.*?))?\\fi", re.S
    ),
    pattern(r"\\ifx\s*\\\\(?P<test>[^\\]*?)\\\\(?P<yes>.*?)(?:\\else(?P<no>.*?))?\\fi", re.S),
    pattern(
        rf"\\(?:ifstrempty|ifblank|ifthenelse\s*\{{\s*\\equal)\s*\{{(?P<test>[^{{}}]*)\}}(?:\s*\{{\s*\}}\s*\}})?"
        rf"\s*(?P<yes>{GROUP})\s*(?P<no>{GROUP})"
    ),
)
"""Tests whether an argument was given."""
_MATHEMATICAL = pattern(
    r"\\\[|\$\$|\\begin\s*\{(?:equation|align|gather|multline|alignat|flalign|eqnarray|displaymath|subequations|math|[a-zA-Z]*matrix"
    r"|array|cases|aligned|split|gathered)\*?\}"
)


def written_out(text: str, known: Preamble) -> str:
    """The text of a document with these environments expanded."""
    shapes = {name: shape for name, own in known.environments.items() if (shape := _shape(own)) is not None}
    if not shapes:
        return text
    mark = re.compile(rf"\\(begin|end)\s*\{{({'|'.join(map(re.escape, shapes))})\}}")
    shown = masked(text)
    done, at = [], 0
    while found := mark.search(shown, at):
        begin, end = shapes[found[2]]
        done.append(text[at : found.start()])
        stop = end_of_arguments(shown, found.end(), begin.parameters) if found[1] == "begin" else found.end()
        stop = found.end() if stop < 0 else stop
        one = begin if found[1] == "begin" else end
        call = f"\\{one.name}{text[found.end() : stop]}"
        only = Preamble((one,))
        words = _decided(preamble.expand(call, only))
        done.append(on_as_many_lines(_spaced(words, found[1]), text[found.start() : stop]))
        at = stop
    return "".join([*done, text[at:]])


def _spaced(text: str, side: str) -> str:
    return f"{text} " if side == "begin" else f" {text}" if text else ""


def _shape(own: Environment) -> tuple[Macro, Macro] | None:
    """Beginning and end as macros; None for one that opens formulas, or that only TeX can follow."""
    both = _decided(f"{own.begin} {own.end}")
    if _MATHEMATICAL.search(both) or _UNREADABLE.search(both) or "Document" in own.kind:
        return None
    begin = Macro("gpbegin", "newcommand", _plain(own.begin), own.parameters)
    return begin, Macro("gpend", "newcommand", _plain(own.end))


def _decided(text: str) -> str:
    """The branch that holds of each test whether an argument was given."""
    for branches in _BRANCHES:
        text = branches.sub(lambda m: (m["no"] or "") if m["test"].strip() else m["yes"], text)
    return text


def _plain(text: str) -> str:
    """Without layout; the head of an item of one is words."""
    text = _ITEM.sub(lambda found: f"\\par {found['words']} ", text)
    return " ".join(_LAYOUT.sub(" ", text).split())
