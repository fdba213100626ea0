r"""The parser of preambles: finds the definitions in LaTeX and leaves the rest as it is.

TeX alone can know what a preamble does; this reads what authors write, and hands what it does not understand to TeX.
"""

from __future__ import annotations

import re

from gradpress.nearest import nearest, steps
from gradpress.patterns import pattern
from gradpress.records import dataclass, field
from gradpress.tex.cursor import Unreadable
from gradpress.tex.forms import COMMANDS, DEFINING, DEFS, DOCUMENT, ENVIRONMENTS, PAIRED, Forms
from gradpress.tex.macros import Definition, Environment, Item, Macro, Package, Preamble, Redefinitions, Rest
from gradpress.tex.parameters import highest
from gradpress.tex.tokens import KNOWN, REGIMES, Problem, Token, join, source_of

__all__ = ["Package", "Reader", "read"]

_PREFIXES = frozenset(["long", "global", "protected", "outer"])
_ALLOCATORS = frozenset(
    ["newlength", "newsavebox", "newtoks", "newdimen", "newcount", "newskip", "newbox", "newcounter", "newtheorem"]
)
_ALLOCATED = pattern(r"\\?[A-Za-z@]+\*?")
_VITAL = frozenset(
    [
        "newcommand",
        "renewcommand",
        "providecommand",
        "def",
        "gdef",
        "edef",
        "xdef",
        "let",
        "relax",
        "csname",
        "endcsname",
        "expandafter",
        "makeatletter",
        "makeatother",
        "fi",
        "else",
        "ifx",
        "iffalse",
        "newenvironment",
        "usepackage",
        "DeclareMathOperator",
        "DeclareRobustCommand",
        "newtheorem",
        "newlength",
        "long",
        "global",
        *PAIRED,
        "NewDocumentCommand",
        "DeclareDocumentCommand",
        "ExplSyntaxOn",
        "ExplSyntaxOff",
        "operatorname",
    ]
)
"""Without these no preamble works, and what follows could not be read."""
_STRUCTURE = frozenset(["left", "right", "middle", "begin", "end"])
_HIDDEN = pattern(r"\\(?:new|renew|provide)command\b|\\[gex]?def\b|\\DeclareMathOperator\b|\\let\b")


@dataclass
class Reader(Forms):
    """Reads one text.  `spans` are the pieces of it that define something."""

    origin: str = ""
    items: list[Item] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    depth: int = 0
    letters: str = ""
    seen: Redefinitions = field(default_factory=Redefinitions)

    def run(self) -> Preamble:
        """The whole text."""
        tokens = self.source.tokens
        passed = 0
        while self.index < len(tokens):
            for token in tokens[passed : self.index + 1]:
                if token.text in REGIMES:
                    self._flush()
                    self.letters = REGIMES[token.text]
            passed = self.index + 1
            self._statement(tokens[self.index])
        self._flush()
        return Preamble(tuple(self.items), tuple(self.packages), tuple(self.problems), tuple(self.broken))

    def _statement(self, token: Token) -> None:
        """One definition, one group, or one token of the rest."""
        start = self.index
        if token.text in REGIMES:
            self.index += 1  # the emission puts these where they are needed
        elif token.kind == "word":
            name = self._after_prefixes()
            if self.defines(name):
                self._definition(start, name)
                return
            self.index = start
            self._conditions(token.name)
            if self._misspelt(token):
                self._to_end_of_line()  # as text it would leave the preamble, and the rest with it
            elif token.name in ("expandafter", "noexpand", "string", "newif"):
                self._pass(self.source.skip(start + 1) + 1)
            elif token.name in _ALLOCATORS:
                self._allocation()
            elif token.name == "iffalse":
                self._pass(self._end_of_condition())
            else:
                self._pass(start + 1)
        elif token.kind in ("open", "close"):
            self._group(token)
        else:
            self.pending.append("\n" if token.kind == "comment" else token.text)
            self.index += 1

    def _misspelt(self, token: Token) -> bool:
        """Whether it is nearly a defining command, and defines something."""
        if token.name in KNOWN or not 5 < len(token.name) < 30 or self.letters:
            return False
        at = self.source.skip(self.index + 1)
        at += at < len(self.source.tokens) and self.source.tokens[at].text == "*"
        inner = self.source.tokens[at + 1 : at + 2] if self.source.group(at) else ()
        meant = nearest(token.name, DEFINING) if any(t.kind == "word" or t.text.isalpha() for t in inner) else ""
        if meant and steps(token.name, meant) <= 2:
            message = f"\\{token.name} is not known; did you mean \\{meant}?"
            self._problem("macro-syntax", token.offset, message)
            self.broken += [t.name for t in inner if t.name]
            return True
        return False

    def _pass(self, stop: int) -> None:
        """Leave the tokens up to `stop` to TeX."""
        self.pending.append(self.source.text(self.index, stop))
        self.index = min(stop, len(self.source.tokens))

    def _group(self, token: Token) -> None:
        stop = self.source.group(self.index)
        if stop is None:
            self._problem("macro-syntax", token.offset, f"a {token.text} without its partner; it is left out")
            self.index += 1
            return
        text = self.source.text(self.index, stop)
        if _HIDDEN.search(text) and self.pending and not self.depth:
            message = "definitions inside another command are for TeX only"
            self._problem("macro-unsupported", token.offset, message)
        self._pass(stop)

    def _conditions(self, name: str) -> None:
        if name.startswith("if") and name not in ("iff", "iffalse", "ifthenelse") and not name.startswith("iftoggle"):
            self.depth += 1
        elif name == "fi":
            self.depth = max(0, self.depth - 1)

    def _end_of_condition(self) -> int:
        depth = 0
        for index in range(self.index, len(self.source.tokens)):
            name = self.source.tokens[index].name
            if self.source.tokens[index].kind == "word":
                depth += name.startswith("if") and name != "iff"
                depth -= name == "fi"
            if not depth:
                return index + 1
        return len(self.source.tokens)

    def _after_prefixes(self) -> str:
        """The name of the command at the index, once prefixes such as `\\long` are passed."""
        tokens = self.source.tokens
        while self.index < len(tokens) and tokens[self.index].kind == "word" and tokens[self.index].name in _PREFIXES:
            self.index = self.source.skip(self.index + 1)
        return tokens[self.index].name if self.index < len(tokens) and tokens[self.index].kind == "word" else ""

    def _definition(self, start: int, name: str) -> None:
        """Read a definition; what cannot be read is reported and left out, to the end of its line."""
        tokens = self.source.tokens
        prefix = join(t for t in tokens[start : self.index] if t.kind == "word")
        self.index += 1
        try:
            item = self._read(name, prefix, tokens[start].offset)
        except Unreadable as reason:
            self._problem("macro-syntax", tokens[start].offset, f"\\{name} cannot be read: {reason}")
            self.broken += [token.name for token in tokens[start + 1 : start + 5] if token.kind == "word"][:1]
            self.broken += [token.text for token in tokens[start + 2 : start + 3] if token.kind == "char"]
            self._to_end_of_line()
            return
        stop = tokens[self.index].offset if self.index < len(tokens) else tokens[-1].offset + len(tokens[-1].text)
        self.spans.append((tokens[start].offset, stop))
        if item is not None:
            if isinstance(item, Macro) and item.name in _STRUCTURE:
                self._problem("macro-unsupported", item.offset, f"a new \\{item.name} is for TeX only")
                self.pending.append(self.source.text(start, self.index))
                return
            self._flush()
            self.items.append(item)
            if problem := self.seen.check(item):
                self.problems.append(problem)

    def _read(self, name: str, prefix: str, offset: int) -> Definition | None:
        if name in ("usepackage", "RequirePackage"):
            self._packages(offset)
            return None
        common = {"offset": offset, "origin": self.origin, "conditional": self.depth > 0, "letters": self.letters}
        match = DOCUMENT.fullmatch(name)
        if name in ENVIRONMENTS or (match and match[1] == "Environment"):
            return Environment(kind=name, **common, **self.environment(documented=bool(match)))  # type: ignore[arg-type]
        star = "*" if name in COMMANDS | {"DeclareMathOperator"} and self.star() else ""
        own = self.name()
        if own in _VITAL:
            raise Unreadable(f"\\{own} must keep its meaning")
        if name in COMMANDS:
            fields = self.command()
        elif name in DEFS:
            fields = self.template()
        elif name in PAIRED:
            fields = self.paired(name)
        elif name == "let":
            fields = {"body": self.target()}
        elif match:
            spec = self.body()
            fields = {"spec": spec, "parameters": self.specification(spec), "body": self.body()}
        else:
            fields = {"body": self.body()}
        macro = Macro(own, name + star, prefix=prefix, **common, **fields)  # type: ignore[arg-type]
        self._check_parameters(macro)
        return macro

    def _check_parameters(self, macro: Macro) -> None:
        used = max(highest(text) for text in (macro.body, *macro.parts))
        if used > len(macro.parameters):
            raise Unreadable(f"\\{macro.name} uses #{used} and has {len(macro.parameters)} arguments")

    def _packages(self, offset: int) -> None:
        options = self.optional() or ""
        names = self.body()
        self.optional()
        options = " ".join(options.split())
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        self.packages += (Package(name, options, offset) for name in wanted)

    def _allocation(self) -> None:
        r"""`\newtheorem{x}[y]{z}` and the like, as a statement of its own: they must not be made twice."""
        start, kind = self.index, self.source.tokens[self.index].name
        self.index += 1
        self.star()
        try:
            name = self.body().strip()
            if not _ALLOCATED.fullmatch(name):
                raise Unreadable
        except Unreadable:
            self.index = start
            if self._opens_for_ever(start + 1):  # the brace is left out, and what follows would be the argument
                self.index = start + 1
            else:
                self._pass(start + 1)
            return
        while kind in ("newtheorem", "newcounter") and (stop := self._argument_stop()):
            self.index = stop
        counted = kind in ("newtheorem", "newcounter")
        names = {"newcounter": (f"c@{name}",), "newtheorem": (name, f"c@{name}")}.get(kind, (name.lstrip("\\"),))
        text = self.source.text(start, self.index)
        self._flush()
        self.items.append(Rest(text, names if counted or name.startswith("\\") else (), self.letters))

    def _opens_for_ever(self, index: int) -> bool:
        at = self.source.skip(index)
        tokens = self.source.tokens
        return at < len(tokens) and tokens[at].text == "{" and self.source.group(at) is None

    def _argument_stop(self) -> int | None:
        at = self.source.skip(self.index)
        return self.source.bracket(at) or self.source.group(at)

    def _to_end_of_line(self) -> None:
        tokens = self.source.tokens
        while self.index < len(tokens) and "\n" not in tokens[self.index].text:
            self.index = self.source.group(self.index) or self.index + 1

    def _flush(self) -> None:
        text = "".join(self.pending).strip()
        self.pending.clear()
        if text:
            self.items.append(Rest(re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n", text), letters=self.letters))

    def _problem(self, rule: str, offset: int, message: str) -> None:
        self.problems.append(Problem(rule, offset, message, origin=self.origin))


def read(text: str, origin: str) -> tuple[Preamble, list[tuple[int, int]]]:
    """The preamble in `text`, and which spans of it define something."""
    reader = Reader(source_of(text), origin=origin)
    return reader.run(), reader.spans
