"""YAML as authors write it: loaded safely, with the line of every key, and with findings instead of surprises.

PyYAML parses; what differs from its `safe_load` is YAML 1.2's view of scalars (pandoc's, too): `no`,
`on` and `2026-11-23` stay text, only `true` and `false` are booleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from gradpress.diagnostics import PageError, here, report
from gradpress.patterns import pattern
from gradpress.records import dataclass, field

MAX_VALUES = 20_000
"""More values than this, aliases expanded, are a mistake or an attack (six levels of nine: 29 s in pandoc)."""

_BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc, valid-type]
    """The safe loader with YAML 1.2's booleans and without dates."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("timestamp", "bool")]
    for first, resolvers in _BASE.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", pattern("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))

_PRIVATE = pattern(r"!(?!!)")
"""How tags begin that other programs give a meaning, such as `!r` and `!expr` of R Markdown."""
_FOR_OTHERS = ("params",)
"""Keys whose values other programs alone read."""


def _untagged(loader: Any, _: str, node: yaml.Node) -> Any:
    """What stands behind such a tag, as it is written."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _untagged)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A parsed mapping and where its keys stand."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    """Key path, e.g. `("math", "source")`, to the line of the key in the file."""
    items: dict[tuple[str, str], int] = field(default_factory=dict)
    """A key of the first level, and a value somewhere below it, to the line of the value."""

    def line(self, *path: str) -> int:
        """Line of the key, or of the nearest key around it that has one."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 0

    def line_of(self, key: str, value: object) -> int:
        """Line of a value in the list of `key`, or of the key."""
        return self.items.get((key, str(value))) or self.line(key)


def parse(text: str, first_line: int = 1) -> Document:
    """Read one YAML mapping whose text begins in line `first_line` of the current file.

    Raises PageError with the rule `yaml-syntax`.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(error, first_line, text) from None
    if node is None:
        return Document()
    if not isinstance(node, yaml.MappingNode):
        raise PageError("yaml-syntax", "the YAML is not a mapping of keys to values", here(first_line))
    _refuse_bombs(node, first_line)
    lines: dict[Path, int] = {}
    _note_lines(node, (), first_line, lines)
    items = {
        (str(key.value), scalar.value): first_line + scalar.start_mark.line
        for key, value in node.value
        for scalar in reversed([*_scalars(value)])
    }
    return Document(_construct(text, first_line), lines, items)


def _construct(text: str, first_line: int) -> dict[str, Any]:
    try:
        return {str(key): value for key, value in yaml.load(text, Loader=_Loader).items()}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise _syntax_error(error, first_line, text) from None


def _syntax_error(error: Exception, first_line: int, text: str) -> PageError:
    mark = getattr(error, "problem_mark", None)
    context = str(getattr(error, "context", ""))
    if mark is None or re.match("while parsing a flow|while (?:scanning|parsing) a quoted", context):
        mark = getattr(error, "context_mark", None) or mark  # an unclosed [ or quote is where it opens
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = first_line + min(mark.line if mark else 0, text.rstrip().count("\n"))
    hint = "quote a value that contains ': ' or begins with [, {, @, ` or %, and indent with spaces"
    where = "" if context in ("", "None") else f"{context}: "
    return PageError("yaml-syntax", f"YAML: {where}{problem}", here(line), hint)


def _note_lines(node: yaml.MappingNode, path: Path, first_line: int, lines: dict[Path, int]) -> None:
    for key, value in node.value:
        name = (*path, str(key.value))
        line = first_line + key.start_mark.line
        if name in lines:
            hint = f"first in line {lines[name]}; the last one is used"
            report("yaml-duplicate-key", f"the key '{key.value}' stands twice", line=line, hint=hint)
        lines[name] = line
        if _PRIVATE.match(value.tag) and name[0] not in _FOR_OTHERS:
            message = f"the tag '{value.tag}' of the key '{key.value}' is not understood; its value is what follows it"
            report("dialect-unknown", message, line=line)
        if isinstance(value, yaml.MappingNode) and len(path) < 8:
            _note_lines(value, name, first_line, lines)


def _refuse_bombs(root: yaml.Node, first_line: int) -> None:
    """Count the values that expanding every alias would make, each distinct node once."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, depth: int) -> int:
        if depth > 100:
            return MAX_VALUES
        if id(node) not in sizes:
            sizes[id(node)] = 1  # a cycle counts once here and is refused by its depth or size
            children = _children(node)
            sizes[id(node)] = 1 + sum(size(child, depth + 1) for child in children)
        return sizes[id(node)]

    if size(root, 0) >= MAX_VALUES:
        raise PageError("yaml-syntax", "YAML: aliases or nesting too large", here(first_line), "write it out")


def _scalars(node: yaml.Node, depth: int = 0) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for child in _children(node) if depth < 8 else ():
        yield from _scalars(child, depth + 1)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
