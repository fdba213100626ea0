r"""Algorithms of `algorithm2e`, `algorithmic` and `algpseudocode` as text that both outputs can show.

\begin{algorithm} \caption{Name}\label{alg:x} … \end{algorithm}

becomes a theorem of kind `algorithm`, whose lines are indented as its blocks are.  Lines of the file stay.
"""

from __future__ import annotations

import re

from gradpress.patterns import pattern
from gradpress.records import dataclass, field
from gradpress.tex.groups import BRACES, GROUP

_FLOAT = pattern(r"\\begin\s*\{algorithm(?P<star>\*?)\}(?:\s*\[[^\]]*\])?(?P<inside>.*?)\\end\s*\{algorithm\*?\}", re.S)
_BARE = pattern(
    r"\\begin\s*\{(?P<name>algorithmic|algpseudocode|algorithm2e)\}(?:\s*\[[^\]]*\])?(?P<inside>.*?)\\end\s*\{(?P=name)\}",
    re.S,
)
_OUTER = pattern(
    r"\\(?:begin|end)\s*\{(?:algorithmic|algpseudocode|algorithm2e)\}(?:\s*\[[^\]]*\])?|\\centering\b|\\small\b|\\footnotesize\b"
)
_CAPTION = pattern(rf"\\caption\s*(?:\[[^\]]*\])?\s*{BRACES}")
_LABEL = pattern(r"\\label\s*\{[^{}]*\}")
_PACKAGE = pattern(r"\\usepackage\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")
_PACKAGES = frozenset(
    "algorithm algorithm2e algorithmic algorithmicx algpseudocode algpseudocodex algcompatible".split()
)
_PREAMBLE = pattern(
    r"\\(?:alg(?:re)?newcommand\*?|algdef|algblockdefx?|algnotext|algtext|algloopdefx?|renewcommand\*?\s*\{\\algorithmic\w+\}"
    r"|renewcommand\*?\s*\\algorithmic\w+|floatname\s*\{algorithm\})(?![A-Za-z])"
    rf"(?:\s*\[[^\]]*\]|\s*{GROUP}|\s*\\[A-Za-z]+(?=\s*[\[{{]))*"
)
"""How algorithms are to look."""
_SETTING = pattern(
    r"\\(?:DontPrintSemicolon|PrintSemicolon|LinesNumbered|LinesNotNumbered|BlankLine|RestyleAlgo|nl"
    rf"|SetNlSty|SetKw[A-Za-z]*|SetAlgo[A-Za-z]*)(?![A-Za-z])(?:\s*{BRACES})*"
)
_BLOCKS = {
    "for": "for", "forall": "for all", "foreach": "for each", "while": "while", "if": "if", "uif": "if", "lif": "if",
    "elseif": "else if", "uelseif": "else if", "elsif": "else if", "else": "else", "uelse": "else",
    "lfor": "for", "lwhile": "while", "loop": "loop", "repeat": "repeat",
}  # fmt: skip
_WORDS = {
    "require": "Require:", "ensure": "Ensure:", "input": "Input:", "output": "Output:", "kwin": "Input:",
    "kwout": "Output:", "kwdata": "Data:", "kwresult": "Result:", "return": "return", "kwret": "return",
    "print": "print", "kwto": "to", "to": "to", "true": "true", "false": "false", "not": "not", "and": "and",
}  # fmt: skip
_TOKEN = pattern(
    r"\\(?P<name>[A-Za-z]+)\*?|(?P<end>\\;)|(?P<math>\$[^$]*\$|\\\(.*?\\\))|(?P<brace>[{}])|(?P<line>\n)|(?P<other>\\.|.)",
    re.S,
)


def readable(text: str) -> str:
    """The text with its algorithms as theorems."""
    if "algorithm" not in text and "algpseudocode" not in text:
        return text
    text = _PACKAGE.sub(_without_ours, text)
    at = max(text.find("\\begin{document}"), 0)
    text = _SETTING.sub(_lines_only, _PREAMBLE.sub(_lines_only, text[:at])) + text[at:]
    text = _FLOAT.sub(_theorem, text)
    return _BARE.sub(lambda m: _lines(m["inside"]), text)


def _lines_only(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _without_ours(found: re.Match[str]) -> str:
    """Packages without those for algorithms: these are text, so that LaTeX needs none of them."""
    names = [name.strip() for name in found[1].split(",")]
    kept = [name for name in names if name not in _PACKAGES]
    if len(kept) == len(names):
        return found[0]
    return (f"\\usepackage{{{','.join(kept)}}}" if kept else "") + "\n" * found[0].count("\n")


def _theorem(found: re.Match[str]) -> str:
    inside = _OUTER.sub("", found["inside"])
    caption, label = _CAPTION.search(inside), _LABEL.search(inside)
    name = f"[{{{' '.join(caption[1].split())}}}]" if caption else ""
    for part in (_CAPTION, _LABEL):
        inside = part.sub(lambda m: "\n" * m[0].count("\n"), inside)
    head = found[0][: found.start("inside") - found.start()].count("\n") * "\n"
    own = _LABEL.search(caption[1]) if caption else None
    name = _LABEL.sub("", name)
    said = (label or own or [""])[0]
    return f"\\begin{{algorithm}}{name}{said}{head}{_lines(inside)}\\end{{algorithm}}"


@dataclass
class _Written:
    """Lines as they grow."""

    text: str = ""
    depth: int = 0
    fresh: bool = True
    """Nothing stands on the line yet."""
    closers: list[str] = field(default_factory=list)
    """What ends with each open brace: a word of an end, or nothing."""

    def add(self, part: str) -> None:
        if self.fresh and part.strip():
            self.text += "\N{NO-BREAK SPACE}" * 4 * self.depth
            self.fresh = False
        self.text += part

    def end_line(self) -> None:
        if not self.fresh:
            self.text += "\\\\ "
        self.fresh = True


def _lines(inside: str) -> str:
    """Statements, each on a line of its own."""
    inside = _SETTING.sub("", inside)
    made = _Written()
    at = 0
    while at < len(inside):
        found = _TOKEN.match(inside, at)
        if found is None:
            break
        at = found.end()
        if found["name"]:
            at = _command(found["name"], found[0], inside, at, made)
        elif found["end"]:
            made.end_line()
        elif found["brace"] == "{" and made.closers[-1:] == ["skip"]:
            made.closers[-1] = "end"
        elif found["brace"] == "{":
            made.closers.append("")
            made.add("{")
        elif found["brace"]:
            _close(made)
        elif found["line"]:
            made.text += "\n" if inside[at:].lstrip(" \t")[:1] != "\n" else "%\n"
        else:
            made.add(found[0])
    return re.sub(r"(?:\\\\ ?)+([%\s]*)$", r"\1", made.text)


def _command(name: str, written: str, inside: str, at: int, made: _Written) -> int:
    """What a command stands for; where the text goes on."""
    low = name.lower()
    if low in ("state", "statex"):
        made.end_line()
    elif low.startswith("end") and low[3:] in (*_BLOCKS, "procedure", "function", "") and low != "end":
        _step_back(made)
        made.add(f"\\textbf{{end {_BLOCKS.get(low[3:], low[3:])}}}")
        made.end_line()
    elif low in _BLOCKS or low == "eif":
        return _block(low, inside, at, made)
    elif low == "until":
        _step_back(made)
        condition, at = _argument(inside, at)
        made.add(f"\\textbf{{until}} {condition}")
        made.end_line()
    elif low in ("procedure", "function"):
        title, at = _argument(inside, at)
        arguments, at = _argument(inside, at)
        made.end_line()
        made.add(f"\\textbf{{{low}}} \\textsc{{{title}}}({arguments})")
        made.end_line()
        made.depth += 1
    elif low == "call":
        title, at = _argument(inside, at)
        arguments, at = _argument(inside, at)
        made.add(f"\\textsc{{{title}}}({arguments})")
    elif low in ("comment", "tcp", "tcc", "tcpp"):
        said, at = _argument(inside, at)
        made.add(f" \\textit{{// {said}}}")
        if low != "comment":
            made.end_line()
    elif low in _WORDS:
        if low in ("require", "ensure", "input", "output") or low.startswith("kw"):
            made.end_line() if low != "kwto" else None
        said, at = _argument(inside, at)
        made.add(f"\\textbf{{{_WORDS[low]}}} {said}")
        if low.startswith("kw") and said:
            made.end_line()
    else:
        made.add(written)
    return at


def _block(low: str, inside: str, at: int, made: _Written) -> int:
    """`\\If{c}` of algpseudocode, and `\\If{c}{…}` of algorithm2e, whose braces hold the block."""
    has_condition = low not in ("else", "uelse", "loop", "repeat")
    condition, at = _argument(inside, at) if has_condition else ("", at)
    if low in ("else", "elseif", "uelse", "elsif", "uelseif") and not _opens(inside, at):
        _step_back(made)
    made.end_line()
    word = _BLOCKS.get(low, "if")
    tail = {"for": " \\textbf{do}", "while": " \\textbf{do}"}.get(
        word.split()[0], " \\textbf{then}" if "if" in word else ""
    )
    made.add(f"\\textbf{{{word}}} {condition}{tail}".replace("}  ", "} "))
    made.end_line()
    made.depth += 1
    opening = _opens(inside, at)
    if not opening:
        return at
    made.closers.append("eif" if low == "eif" else "end")
    return at + opening


def _close(made: _Written) -> None:
    closer = made.closers.pop() if made.closers else ""
    if not closer:
        made.add("}")
        return
    _step_back(made)
    if closer == "eif":
        made.add("\\textbf{else}")
        made.end_line()
        made.depth += 1
        made.closers.append("skip")
    else:
        made.add("\\textbf{end}")
        made.end_line()


def _step_back(made: _Written) -> None:
    made.end_line()
    made.depth = max(made.depth - 1, 0)


def _opens(inside: str, at: int) -> int:
    found = re.compile(r"\s*\{").match(inside, at)
    return len(found[0]) if found else 0


def _argument(inside: str, at: int) -> tuple[str, int]:
    found = re.compile(rf"\s*{BRACES}").match(inside, at)
    return (" ".join(found[1].split()), found.end()) if found else ("", at)
