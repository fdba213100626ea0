r"""What follows the name in each form of a definition: `[2][x]{body}`, `#1.#2{body}`, `{begin}{end}`."""

from __future__ import annotations

from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.tex.cursor import Cursor, Unreadable
from gradpress.tex.macros import Parameter
from gradpress.tex.parameters import from_specification, from_template, highest

COMMANDS = frozenset(["newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"])
DEFS = frozenset(["def", "gdef", "edef", "xdef"])
PAIRED = {"DeclarePairedDelimiter": 2, "DeclarePairedDelimiterX": 3, "DeclarePairedDelimiterXPP": 5}
DOCUMENT = pattern(r"(?:New|Renew|Provide|Declare)(?:Expandable)?Document(Command|Environment)")
ENVIRONMENTS = frozenset(["newenvironment", "renewenvironment"])
DEFINING = frozenset(
    [*COMMANDS, *PAIRED, *ENVIRONMENTS, "DeclareMathOperator", "usepackage", "newtheorem", "NewDocumentCommand"]
)
_LONGEST_TEMPLATE = 200


@dataclass
class Forms(Cursor):
    """Reads what stands behind a name.  Every method raises Unreadable with what is missing."""

    @staticmethod
    def defines(name: str) -> bool:
        """Whether the command makes a definition."""
        return (
            name in COMMANDS
            or name in DEFS
            or name in PAIRED
            or name in ENVIRONMENTS
            or name in ("let", "DeclareMathOperator", "usepackage", "RequirePackage")
            or DOCUMENT.fullmatch(name) is not None
        )

    def command(self) -> dict[str, object]:
        r"""Behind `\newcommand{\x}`: `[2][default]{body}`."""
        parameters = self.counted()
        at = self.source.skip(self.index)
        if at < len(self.source.tokens) and self.defines(self.source.tokens[at].name):
            raise Unreadable(f"its body is missing, and \\{self.source.tokens[at].name} would be taken for it")
        return {"parameters": parameters, "body": self.body()}

    def counted(self) -> tuple[Parameter, ...]:
        """`[2][x]`: two arguments, the first optional."""
        count = (self.optional() or "0").strip()
        default = self.optional()
        if count not in tuple("0123456789"):
            raise Unreadable(f"[{count}] is no number of arguments")
        parameters = [Parameter()] * int(count)
        if default is not None and parameters:
            parameters[0] = Parameter("o", default)
        return tuple(parameters)

    def template(self) -> dict[str, object]:
        r"""Behind `\def\x`: `#1.#2{body}`."""
        start, tokens = self.index, self.source.tokens
        limit = min(len(tokens), start + _LONGEST_TEMPLATE)
        while self.index < limit and tokens[self.index].kind not in ("open", "close"):
            self.index += 1
        template = from_template([t for t in tokens[start : self.index] if t.kind != "comment"])
        if template is None:
            raise Unreadable("its parameters are not #1, #2, … in order")
        plain = not any(template)
        parameters = (Parameter(),) * (len(template) - 1)
        return {"parameters": parameters, "template": () if plain else template, "body": self.body(group=True)}

    def paired(self, name: str) -> dict[str, object]:
        """Behind the name of a paired delimiter: its two sides, and what else its command takes."""
        count = self.optional() if name != "DeclarePairedDelimiter" else None
        if count is not None and count.strip() not in tuple("123456789"):
            raise Unreadable(f"[{count}] is no number of arguments")
        texts = [self.body() for _ in range(PAIRED[name])]
        before, after, body = "", "", "#1"
        if name.endswith("XPP"):
            before, after, body = texts.pop(0), texts[-2], texts[-1]
        elif name.endswith("X"):
            body = texts[-1]
        parameters = (Parameter(),) * int(count or 1)
        return {"parameters": parameters, "body": body, "parts": (texts[0], texts[1], before, after)}

    def environment(self, *, documented: bool) -> dict[str, object]:
        """An environment: name, arguments, what begins it and what ends it."""
        self.star()
        name = self.body().strip()
        if not name or "\\" in name:
            raise Unreadable("the name of the environment is missing")
        spec = self.body() if documented else ""
        parameters = self.specification(spec) if documented else self.counted()
        begin, end = self.body(), self.body()
        if max(highest(begin), highest(end)) > len(parameters):
            raise Unreadable(f"{name} uses more than its {len(parameters)} arguments")
        return {"name": name, "spec": spec, "parameters": parameters, "begin": begin, "end": end}

    def specification(self, spec: str) -> tuple[Parameter, ...]:
        """Arguments as xparse writes them: `m O{x}`."""
        parameters = from_specification(spec)
        if parameters is None:
            raise Unreadable(f"the argument specification {{{spec}}} is not understood")
        return parameters
