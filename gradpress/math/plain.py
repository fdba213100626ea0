r"""Formulas that cannot be wrong, recognized in one pass: `\sum_{i=1}^{n} x_i^2`, `\frac{\partial f}{\partial x}`.

Most formulas of a page are made of letters, well-known signs, scripts and complete groups.  Nothing in them is to be
braced, defined or reported, and reading them for a dozen checks took a third of a build.  What is not recognized here
is not wrong for that: it is looked at by the checks.  A test holds what is recognized against all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache

from gradpress.math.regions import Same
from gradpress.patterns import pattern
from gradpress.tex.macros import Macro, Preamble

LETTERS = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    infty partial nabla ell Re Im aleph emptyset top bot prime ast star dagger perp
""".split()
"""Names of single letters, which can be a script without braces."""
SIGNS = """
    sum prod int oint iint bigcup bigcap bigoplus bigotimes sin cos tan exp log ln max min sup inf lim arg det dim ker
    deg gcd Pr sinh cosh tanh cdot times div pm mp circ bullet oplus otimes odot cup cap setminus wedge vee le leq ge
    geq ne neq ll gg sim simeq approx equiv cong propto in ni notin subset subseteq supset supseteq mid parallel prec
    succ to mapsto rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow iff implies
    forall exists neg lnot land lor gets dots ldots cdots vdots ddots quad qquad langle rangle lVert rVert lvert rvert
    lfloor rfloor lceil rceil Vert hbar colon
""".split()
"""Other names that take no argument."""
TAKING = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "binom"), 2),
    **dict.fromkeys(("mathbb", "mathbf", "mathcal", "mathsf", "mathfrak", "mathit"), 1),
    **dict.fromkeys(("hat", "bar", "tilde", "vec", "dot", "ddot", "overline", "underline"), 1),
    **dict.fromkeys(("widehat", "widetilde", "sqrt"), 1),
}
"""Name → how many groups follow it."""
WORDED = ("text", "mathrm", "operatorname")
"""Names whose argument is recognized if it is made of letters and spaces."""
BOLD = "boldsymbol"
"""Recognized around one letter."""

_BOLD = rf"\\{BOLD}\{{(?:[A-Za-z0-9]|\\(?:{'|'.join(LETTERS)}))\}}"
"""One letter only: MathJax takes `\boldsymbol{a_1}_i` for two subscripts of one symbol."""
_PIECE = pattern(
    rf"{_BOLD}|\\(?:{'|'.join(WORDED)})\{{[A-Za-z ]+\}}|\\(?:left|right)(?:[()\[\]|.]|\\[{{}}|])"
    r"|\\[A-Za-z]+|\\.|[ \n]+|.",
    re.S,
)
_LETTER = rf"\\(?:{'|'.join(LETTERS)})(?![A-Za-z])"
_SCRIPT = rf"(?:[A-Za-z0-9]|\{{[A-Za-z0-9+\-=,()]+\}}|{_LETTER})"
_ATOM = rf"\\[A-Za-z]+(?![A-Za-z])(?:\{{(?:[A-Za-z0-9]|{_LETTER})\}})?|\\[|{{}}]|[A-Za-z0-9*+\-/=<>()\[\],.;:!]"
_SIMPLE = pattern(rf"(?:(?:{_ATOM})(?:_{_SCRIPT})?(?:\^{_SCRIPT})?|\\[,;:!]| )+")
"""Symbols and signs with scripts of letters and digits: most formulas, and seen at a glance.

After the name of a command no letter may follow: there would be as many ways to read `\alpha` as it has letters.
"""
_NAME = pattern(r"\\([A-Za-z]+)(\{?)")
_SINGLE = "*+-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_ALIGNED = ("align", "align*", "aligned")
"""Environments with any number of `&` in a row."""
_ROWS = ("gather", "gather*", "gathered", "equation", "equation*")
"""Environments without."""
_DISPLAY = pattern(rf"\s*\\begin\{{({'|'.join(map(re.escape, (*_ALIGNED, *_ROWS)))})\}}(.*)\\end\{{\1\}}\s*", re.DOTALL)
_NUMBER = pattern(r"\\(?:label|tag)\{[A-Za-z0-9:.-]+\}|\\(?:notag|nonumber)(?![A-Za-z])")
_ROW_END = pattern(r"\\\\(?!\s*[\[*])")
_SCRIPTED = pattern(r"[_^']")
_SIDES = ("(", ")", "[", "]", "|", ".", "\\{", "\\}", "\\|")


class _Kind(Enum):
    """What a piece of a formula is to the reader."""

    SYMBOL = "may have scripts, and may be one by itself; letters and digits are arguments, too"
    SIGN = "may have scripts"
    BETWEEN = "neither"
    SPACE = "nothing"
    SUB = "_"
    SUP = "^"
    PRIME = "'"
    OPEN = "{"
    CLOSE = "}"
    LEFT = "\\left and its delimiter"
    RIGHT = "\\right and its delimiter"
    TAKING = "wants groups"


_PIECES = {
    **dict.fromkeys(_SINGLE, _Kind.SYMBOL),
    **dict.fromkeys([*"/=<>()[]|,.;:!?", "\\{", "\\}", "\\|"], _Kind.SIGN),
    **dict.fromkeys(["\\,", "\\;", "\\:", "\\!"], _Kind.BETWEEN),
    **{f"\\left{side}": _Kind.LEFT for side in _SIDES},
    **{f"\\right{side}": _Kind.RIGHT for side in _SIDES},
    "_": _Kind.SUB,
    "^": _Kind.SUP,
    "'": _Kind.PRIME,
    "{": _Kind.OPEN,
    "}": _Kind.CLOSE,
}


_NAMES = frozenset([*LETTERS, *SIGNS, *TAKING, *WORDED, BOLD])
_REMEMBERED = 1_000


class Words:
    """The names that one page can use without a check: ours, unless redefined, and simple macros of the author's."""

    def __init__(self, macros: Iterable[Macro], known: frozenset[str] | None) -> None:
        own = {macro.name: macro for macro in macros}
        free = (known or _NAMES) - own.keys()
        self.is_usable = not own.keys() & {"left", "right"} and free.issuperset([*WORDED, BOLD])
        self.kinds = dict(_PIECES)
        self.kinds |= {f"\\{name}": _Kind.SYMBOL for name in LETTERS if name in free}
        self.kinds |= {f"\\{name}": _Kind.SIGN for name in SIGNS if name in free}
        self.kinds |= {f"\\{name}": _Kind.TAKING for name in TAKING if name in free}
        self._simple = self._names()
        constants = {f"\\{name}" for name, macro in own.items() if _is_constant(macro) and self._is_plain(macro.body)}
        self.kinds |= dict.fromkeys(constants, _Kind.SIGN)
        self._simple = self._names()
        """Commands that are a symbol or a sign by themselves, and those that take one group."""
        self._answers: dict[str, bool] = {}

    def _names(self) -> frozenset[tuple[str, str]]:
        kinds = {piece[1:]: kind for piece, kind in self.kinds.items() if piece[1:].isalpha()}
        alone = {(name, "") for name, kind in kinds.items() if kind in (_Kind.SYMBOL, _Kind.SIGN)}
        taking = {(name, "{") for name, kind in kinds.items() if kind is _Kind.TAKING and TAKING[name] == 1}
        return frozenset((*alone, *taking, (BOLD, "{")))

    def allow(self, formula: str, *, display: bool = False) -> bool:
        """Whether nothing in `formula` needs a check; a display may have rows.

        Remembered, since every formula is asked for twice or more.
        """
        known = self._answers.get(formula)
        if known is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            known = self._answers[formula] = all(map(self._is_plain, _cells(formula)))
        return known and (display or "\\begin" not in formula)

    def _is_plain(self, cell: str) -> bool:
        if not self.is_usable:
            return False
        if _SIMPLE.fullmatch(cell) and self._simple.issuperset(_NAME.findall(cell)):
            return True
        return _Reading(self.kinds).is_complete(_PIECE.findall(cell))


def _cells(formula: str) -> list[str]:
    """What stands between `&` and `\\\\` in a display with rows; any other formula as it is."""
    display = _DISPLAY.fullmatch(formula)
    if not display:
        return [formula]
    name, rows = display[1], _ROW_END.split(display[2])
    if not name.endswith("ed"):  # the parts of a display have no numbers
        rows = [_NUMBER.sub(r"\\,", row, count=1) for row in rows]
    return [cell for row in rows for cell in (row.split("&") if name in _ALIGNED else [row])]


def _is_constant(macro: Macro) -> bool:
    r"""Whether a macro stands for one thing without scripts: `\newcommand{\RR}{\mathbb{R}}`."""
    plain = macro.kind in ("newcommand", "def", "DeclareMathOperator", "DeclareMathOperator*") and not macro.prefix
    simple = plain and not (macro.parameters or macro.template or macro.conditional or macro.letters)
    return simple and bool(macro.body.strip()) and not _SCRIPTED.search(macro.body)


_SUB, _SUP, _PRIMED, _NO_BASE = 1, 2, 4, 7
"""Bits of `_Reading.has`."""


class _Reading:
    """One pass over the pieces of a formula."""

    def __init__(self, kinds: Mapping[str, _Kind]) -> None:
        self.kinds = kinds
        self.open: list[tuple[_Kind, int, int]] = []
        """What is open: by what, how many more groups are due after it, the scripts of what is before a script."""
        self.due = 0
        """Groups that must come next."""
        self.is_script = False
        """Whether the next piece is a script."""
        self.has = _NO_BASE
        """The scripts that the last symbol has."""

    def is_complete(self, pieces: Iterable[str]) -> bool:
        """Whether all of it is known, and everything that is opened is closed."""
        for piece in pieces:
            kind = self.kinds.get(piece) or _kind(piece)
            if kind is _Kind.OPEN:
                self._open()
            elif kind is _Kind.SYMBOL and not (self.due and piece in "*+-"):
                self.has = self.has if self.is_script else 0
                self.is_script, self.due = False, max(self.due - 1, 0)
            elif self.due and kind is _Kind.SPACE:
                continue
            elif self.due or kind is None:
                return False
            elif kind is _Kind.CLOSE or kind is _Kind.RIGHT:
                if not self._close(kind):
                    return False
            elif self.is_script or not self._other(kind, piece):
                return False
        return not (self.open or self.due or self.is_script)

    def _open(self) -> None:
        self.open.append((_Kind.SUB if self.is_script else _Kind.OPEN, max(self.due - 1, 0), self.has))
        self.due, self.is_script, self.has = 0, False, _NO_BASE

    def _close(self, kind: _Kind) -> bool:
        opener, self.due, before = self.open.pop() if self.open else (None, 0, 0)
        self.has = before if opener is _Kind.SUB else 0
        matches = opener is _Kind.LEFT if kind is _Kind.RIGHT else opener in (_Kind.SUB, _Kind.OPEN)
        return matches and not self.is_script

    def _other(self, kind: _Kind, piece: str) -> bool:
        """A piece that is no script; whether it can stand here."""
        if kind is _Kind.SUB or kind is _Kind.SUP:
            bit = _SUB if kind is _Kind.SUB else _SUP
            free, self.has, self.is_script = not self.has & bit, self.has | bit, True
            return free
        if kind is _Kind.PRIME:
            free, self.has = self.has in (0, _SUP | _PRIMED), _SUP | _PRIMED
            return free
        if kind is _Kind.LEFT:
            self.open.append((kind, 0, 0))
        if kind is not _Kind.SPACE:
            self.has = 0 if kind is _Kind.SIGN else _NO_BASE
        self.due = TAKING[piece[1:]] if kind is _Kind.TAKING else 0
        return True


def _kind(piece: str) -> _Kind | None:
    """What is known of a piece by its form."""
    if piece.isspace():
        return _Kind.SPACE if piece.count("\n") < 2 else None
    return _Kind.SIGN if piece[0] == "\\" and piece[-1] == "}" and len(piece) > 2 else None


def words(preamble: Preamble, known: frozenset[str] | None = None) -> Words:
    """What is plain on a page with this preamble.  `known` are the commands that the output understands."""
    return _words(Same.of(preamble), None if known is None or known.issuperset(_NAMES) else known)


@lru_cache(maxsize=32)
def _words(for_preamble: Same, known: frozenset[str] | None) -> Words:
    preamble: Preamble = for_preamble.value
    return Words(preamble.macros.values(), known)


def is_plain(formula: str, preamble: Preamble, known: frozenset[str] | None = None, *, display: bool = False) -> bool:
    """Whether no check can find anything in `formula`; ask `words` where there are many formulas."""
    return words(preamble, known).allow(formula, display=display)
