"""What code looks at besides its data, as far as its text tells: its own place, the clock, the date, programs.

The text decides, not what happens: a name is found also in a branch that did not run this time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

SOURCE = frozenset(
    {
        "__file__",
        "getsource",
        "getsourcelines",
        "getsourcefile",
        "getframeinfo",
        "findsource",
        "currentframe",
        "_getframe",
        "f_lineno",
        "tb_lineno",
        "co_firstlineno",
        "linecache",
        "inspect",
        "get_ipython",
        "traceback",
    }
)
"""Names by which code can see its own text or place."""
_CLOCKS = frozenset(
    {
        *("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "time_ns", "clock_gettime", "process_time"),
        *("process_time_ns", "thread_time", "timeit", "default_timer", "uuid1"),
    }
)
_DATES = frozenset({"now", "today", "utcnow", "localtime", "gmtime", "ctime", "asctime", "strftime"})
_ON_DATES = frozenset({"datetime", "date", "time", "Timestamp", "dt", "pd", "pandas"})
"""What `now`, `today` and the like are asked of; `tensor.now` would be something else."""
_CLOCK_MAGIC = re.compile(r"^\s*%%?time(it)?\b", re.MULTILINE)
_PROGRAM_MAGIC = re.compile(r"^\s*!|=\s*!|^\s*%%?(?:bash|sh|script|sx|system|perl|ruby)\b|^\s*%%!", re.MULTILINE)
_PROCESS = (
    *("getpid", "getppid", "gettid", "native_id", "current_process", "psutil", "/proc/self"),
    *("process_time", "thread_time", "getrusage", "os.times"),
    *("register_at_fork", "addaudithook", "gc.callbacks"),
)


def at_itself(code: str) -> bool:
    """Whether the code may depend on its own text or place."""
    return any(name in code for name in SOURCE)


def at_process(code: str) -> bool:
    """Whether the code depends on being the same process, or watches it."""
    return any(name in code for name in _PROCESS)


def marks(code: str) -> set[str]:
    """Among `clock` (durations), `date`, and `program` (magics that start one)."""
    found = {"program"} if _PROGRAM_MAGIC.search(code) else set()
    if _CLOCK_MAGIC.search(code):
        found.add("clock")
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.parse("")
        found |= {"clock"} if any(name in code for name in ("time.time(", *_CLOCKS)) else set()
        found |= {"date"} if re.search(r"\b(date(time)?|Timestamp)\.(now|today|utcnow)\b", code) else set()
    return found | set(_named(tree))


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _attribute(node)
        elif isinstance(node, ast.Name) and node.id in _CLOCKS:
            yield "clock"
        elif isinstance(node, ast.ImportFrom):
            yield from _imported(node)
        elif isinstance(node, ast.Constant) and node.value in ("now", "today"):  # numpy.datetime64("now")
            yield "date"


def _attribute(node: ast.Attribute) -> Iterator[str]:
    owner = _last_name(node.value)
    if node.attr in _CLOCKS or (node.attr == "time" and owner in ("time", "_time")):
        yield "clock"
    if node.attr in _DATES and owner in _ON_DATES:
        yield "date"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _imported(node: ast.ImportFrom) -> Iterator[str]:
    names = {alias.name for alias in node.names}
    if node.module == "time":
        if names & (_CLOCKS | {"time"}):
            yield "clock"
        if names & _DATES:
            yield "date"
