"""After each kind of edit exactly those cells run whose results it can have changed.

A page is built once; its folder and cache are copied for each test, as to another machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from builds import ROOT

PAGE = """\
---
title: Edits
---
Some words.

```{python}
#| fig-cap: A caption
import json  # the first cell
a = 1
```

```{python}
import local
b = local.double(a)
```

```{python}
rows = open('data.csv').read().split()
print(rows, b)
```

```{python}
import numpy
c = numpy.arange(3).sum() + b
```

```{python}
print(c)
```
"""
CONFIGURATION = "execute: {run: all, env: [WANTED]}\n"
FILES = {
    "page.md": PAGE,
    "gradpress.yml": CONFIGURATION,
    "local.py": "def double(x): return 2 * x\n",
    "data.csv": "1 2\n",
}
ALL = "ABCDE"
"""The cells; a capital letter ran for a reason of its own, a small one for its state, a dash was replayed."""


class Notes:
    """A content folder, built as an author builds it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        """Build; what became of the cells of the page."""
        self.cells = [e for e in self.told(*arguments, env=env) if e.get("type") == "cell" and e["file"] == "page.md"]
        if not self.cells:
            return "-" * len(ALL)  # the page was not even opened
        return "".join(map(_letter, ALL, self.cells))

    def told(self, *arguments: str, env: dict[str, str] | None = None) -> list[dict[str, str]]:
        """Everything that a build says."""
        places = [f"--{name}={self.root / name}" for name in ("content", "output", "cache")]
        command = [sys.executable, str(ROOT / "build.py"), "html", "--format=json", *places, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env)
        assert "Traceback" not in done.stderr
        return [json.loads(line) for line in done.stderr.splitlines()]

    def write(self, name: str, text: str) -> None:
        """A file of the content folder."""
        (self.root / "content" / name).write_text(text)

    def replace(self, old: str, new: str, name: str = "page.md") -> None:
        """One edit."""
        text = (self.root / "content" / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    @property
    def why(self) -> str:
        """Why the first cell that had to run did."""
        told = zip(map(_letter, ALL, self.cells), self.cells, strict=False)
        return next(cell["why"] for letter, cell in told if letter.isupper())


def _letter(letter: str, cell: dict[str, str]) -> str:
    if cell["status"] == "ran":
        return letter.lower() if "needs its state" in cell["why"] else letter
    return {"replayed": "-", "skipped": "x"}[cell["status"]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("edits") / "one"
    (root / "content").mkdir(parents=True)
    notes = Notes(root)
    for name, text in FILES.items():
        notes.write(name, text)
    assert notes() == ALL
    assert {c["why"] for c in notes.cells} == {"it is new"}
    return root


@pytest.fixture
def notes(built: Path, tmp_path: Path) -> Notes:
    """A copy; the built site is left behind, so that the page is opened again."""
    for name in ("content", "cache"):
        shutil.copytree(built / name, tmp_path / name)
    return Notes(tmp_path)


Edit = Callable[[Notes], object]
EDITS: dict[str, tuple[Edit, str, str]] = {
    "nothing": (lambda n: None, "-----", ""),
    "prose": (lambda n: n.replace("Some words.", "Other words.\n\nAnd a paragraph."), "-----", ""),
    "title": (lambda n: n.replace("title: Edits", "title: Others"), "-----", ""),
    "caption": (lambda n: n.replace("A caption", "Another"), "-----", ""),
    "echo": (lambda n: n.replace("#| fig-cap: A caption", "#| echo: false"), "-----", ""),
    "comment": (lambda n: n.replace("# the first cell", "# a cell"), "-----", ""),
    "layout": (lambda n: n.replace("a = 1", "\na  =  1\n"), "-----", ""),
    "another page": (lambda n: n.write("other.md", "# Other\n"), "-----", ""),
    "last cell": (lambda n: n.replace("print(c)", "print(c + 1)"), "abcdE", "its code changed"),
    "middle cell": (lambda n: n.replace("print(rows, b)", "print(rows)"), "abCDE", "its code changed"),
    "first cell": (lambda n: n.replace("a = 1", "a = 2"), "ABCDE", "its code changed"),
    "option of a cell": (
        lambda n: n.replace("```{python}\nprint(c)", "```{python}\n#| error: true\nprint(c)"),
        "abcdE",
        "its options changed",
    ),
    "new last cell": (lambda n: n.write("page.md", PAGE + "\n```{python}\n1\n```\n"), "abcde", ""),
    "last cell removed": (lambda n: n.replace("```{python}\nprint(c)\n```\n", ""), "----", ""),
    "middle cell removed": (
        lambda n: n.replace("```{python}\nrows = open('data.csv').read().split()\nprint(rows, b)\n```\n", ""),
        "abCD",
        "the cells before it are not the same as before",
    ),
    "data file": (lambda n: n.write("data.csv", "3\n"), "abCDE", "'data.csv' changed"),
    "data file is gone": (lambda n: (n.root / "content/data.csv").unlink(), "abCxx", "'data.csv' changed"),
    "module": (lambda n: n.write("local.py", "def double(x): return x + x\n"), "aBCDE", "'local.py' changed"),
    "seed": (lambda n: n.replace("title: Edits", "title: Edits\nseed: 3"), "ABCDE", "the seed changed"),
    "threads": (
        lambda n: n.write("gradpress.yml", "execute: {run: all, env: [WANTED], threads: 2}\n"),
        "ABCDE",
        "the number of threads changed",
    ),
}


@pytest.mark.parametrize(("edit", "wanted", "why"), EDITS.values(), ids=EDITS)
def test_edit(notes: Notes, edit: Edit, wanted: str, why: str) -> None:
    edit(notes)
    assert notes()[: len(wanted)] == wanted
    assert not why or notes.why == why
    if "x" not in wanted:  # an error is never kept
        assert notes() == "-----"


def test_edit_and_back(notes: Notes) -> None:
    notes.replace("a = 1", "a = 2")
    assert notes() == ALL
    notes.replace("a = 2", "a = 1")
    assert notes() == "-----"


def test_declared_variable(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANTED", "1")
    assert (notes(), notes.why) == (ALL, "the environment variable WANTED changed")
    assert notes() == "-----"
    monkeypatch.setenv("WANTED", "2")
    assert notes() == ALL, "also when nothing else has changed"
    monkeypatch.setenv("OTHER", "2")
    assert notes() == "-----"


def test_version_of_an_imported_package(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages that were there are changed in the cache, since the test cannot install another numpy."""
    changed = 0
    for file in (notes.root / "cache/cells").rglob("*.json"):
        entry = _opened(file)
        if "numpy" in entry["packages"]:
            entry["packages"]["numpy"] = "numpy 1.0"
            _sealed(file, entry)
            changed += 1
    assert changed == 2  # the cells from the import on
    assert notes() == "abcDE"
    assert notes.why.startswith("numpy 1.0 then, numpy ")


def test_interpreter(notes: Notes) -> None:
    file = next((notes.root / "cache/pages").rglob("*.json"))
    past = _opened(file)
    past["circumstances"]["interpreter"] = "cpython 3 0 0"
    _sealed(file, past)
    shutil.rmtree(notes.root / "cache/cells")
    assert (notes(), notes.why) == (ALL, "the interpreter changed")


def _opened(file: Path) -> dict[str, dict[str, str]]:
    entry: dict[str, dict[str, str]] = json.loads(file.read_bytes().partition(b"\n")[2])
    return entry


def _sealed(file: Path, value: object) -> None:
    from hashlib import sha256

    from gradpress.cache import MAGIC

    body = json.dumps(value).encode()
    file.write_bytes(MAGIC + sha256(body).hexdigest().encode() + b"\n" + body)


# ── what cells rest on besides the folder of the notes ───────────────────────────────────────────


def cell(code: str) -> str:
    return f"```{{python}}\n{code}\n```\n"


def again(notes: Notes, *codes: str) -> str:
    """Build a page of these cells twice, the second time opened again; what ran then."""
    notes.write("page.md", "\n".join(map(cell, codes)))
    notes()
    shutil.rmtree(notes.root / "output")
    return notes()


def test_file_outside_the_content_folder(notes: Notes) -> None:
    (notes.root / "data").mkdir()
    file = notes.root / "data" / "far.txt"
    file.write_text("1")
    assert again(notes, "1", "print(open('../data/far.txt').read())") == "--"
    file.write_text("2")
    assert (notes(), notes.why) == ("aB", "'../data/far.txt' changed")


def test_listed_folder(notes: Notes) -> None:
    folder = notes.root / "content" / "many"
    folder.mkdir()
    assert again(notes, "import glob, os\nfrom pathlib import Path", "print(len(list(Path('many').iterdir())))") == "--"
    (folder / "x").touch()
    assert (notes(), notes.why) == ("aB", "there are other files in 'many/'")


def test_file_that_was_not_there(notes: Notes) -> None:
    code = "try:\n    print(open('later').read())\nexcept OSError:\n    print('none')"
    assert again(notes, "1", code) == "--"
    notes.write("later", "now")
    assert (notes(), notes.why) == ("aB", "'later' is there now")


def test_module_that_was_not_there(notes: Notes) -> None:
    code = "try:\n    import later\nexcept ImportError:\n    later = None\nprint(later is None)"
    assert again(notes, "1", code) == "--"
    notes.write("later.py", "")
    assert (notes(), notes.why) == ("aB", "'later.py' is there now")


def test_module_of_a_module(notes: Notes) -> None:
    notes.write("outer.py", "def f():\n    import inner\n    return inner.x\n")
    notes.write("inner.py", "x = 1\n")
    assert again(notes, "import outer", "outer.f()", "2") == "---"
    notes.write("inner.py", "x = 2\n")
    assert notes() == "aBC"
    notes.write("outer.py", "def f():\n    import inner\n    return -inner.x\n")
    assert notes() == "ABC"


def test_file_that_is_left_behind(notes: Notes) -> None:
    assert again(notes, "1", "open('made.txt', 'w').write('x')", "import os; os.remove('made.txt')") == "---"
    assert again(notes, "1", "open('made.txt', 'w').write('x')") == "--"
    (notes.root / "content" / "made.txt").unlink()
    assert (notes(), notes.why) == ("aB", "'made.txt', which it writes, is gone")


def test_file_that_is_read_and_then_written_is_read_again(notes: Notes) -> None:
    notes.write("count", "1")
    assert again(notes, "n = int(open('count').read())", "open('count', 'w').write(str(n + 1))") == "AB"
    assert (notes.root / "content" / "count").read_text() == "3"


def test_program_without_depends_runs_again(notes: Notes) -> None:
    assert again(notes, "1", "import subprocess\nsubprocess.run(['true']).returncode") == "aB"
    assert notes.why == "it starts a program, and names no files in `depends`"
    assert again(notes, "1", "#| depends: [data.csv]\nimport subprocess\nsubprocess.run(['true']).returncode") == "--"
    assert again(notes, "1", "!true") == "aB"


def test_network_is_asked_again(notes: Notes) -> None:
    code = "import socket\ntry:\n    socket.getaddrinfo('example.invalid', 80)\nexcept OSError:\n    print('none')"
    assert (again(notes, "1", code), notes.why) == ("aB", "it asks another machine")
    assert again(notes, "1", code.replace("example.invalid", "127.0.0.1")) == "--"


def test_date_holds_for_a_day(notes: Notes) -> None:
    assert again(notes, "1", "import datetime\nprint(datetime.date.today())") == "--"
    for file in (notes.root / "cache/cells").rglob("*.json"):
        _sealed(file, {**_opened(file), "day": "2001-01-01"})
    shutil.rmtree(notes.root / "output")
    assert (notes(), notes.why) == ("aB", "it looks at the date, and ran on 2001-01-01")


def test_durations_are_kept(notes: Notes) -> None:
    assert again(notes, "import time\nt = time.time()", "print(time.time() - t)") == "--"


def test_cell_that_looks_at_its_own_text(notes: Notes) -> None:
    code = "import inspect\ndef f():\n    return 1  # one\nprint(inspect.getsource(f))"
    assert again(notes, "1", code) == "--"
    notes.replace("# one", "# two")
    assert notes() == "aB"


def test_error_is_never_kept(notes: Notes) -> None:
    assert again(notes, "1", "1 / 0") == "aB"
    assert notes.why == "it did not end well the last time"


# ── the cache ────────────────────────────────────────────────────────────────────────────────────


def test_without_running(notes: Notes) -> None:
    assert notes("--no-execute") == "-----"
    notes.replace("print(rows, b)", "print(rows)")
    notes.write("page.md", (notes.root / "content/page.md").read_text() + cell("'new'"))
    told = notes.told("--no-execute")
    status = [e["status"] for e in told if e.get("type") == "cell"]
    assert status == ["replayed", "replayed", "stale", "stale", "stale", "missing"]
    assert [e["rule"] for e in told if "rule" in e] == ["cell-stale"] * 3 + ["cell-not-run"]
    page = (notes.root / "output" / "page.html").read_text()
    assert page.count("Stored result of an earlier version") == 2  # the third cell shows nothing
    assert "[&#x27;1&#x27;, &#x27;2&#x27;] 2" in page or "['1', '2'] 2" in page


def test_damaged_entries_are_misses(notes: Notes) -> None:
    files = sorted((notes.root / "cache/cells").rglob("*.json"))
    for number, file in enumerate(files):
        data = file.read_bytes()
        file.write_bytes((data[:-7], b"", data.replace(b"ran", b"run"), b"\0" * 50, b"{}")[number % 5])
    assert notes() == ALL
    shutil.rmtree(notes.root / "output")
    assert notes() == "-----"


def test_two_builds_at_once(notes: Notes) -> None:
    """In two output folders, with one cache between them."""
    for file in (notes.root / "cache/cells").rglob("*.json"):
        file.unlink()
    places = [f"--content={notes.root / 'content'}", f"--cache={notes.root / 'cache'}"]
    command = [sys.executable, str(ROOT / "build.py"), "html", *places]
    running = [
        subprocess.Popen([*command, f"--output={notes.root / name}"], stderr=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    ends = [(p.communicate(timeout=120)[1], p.returncode) for p in running]
    assert [code for _, code in ends] == [0, 0], ends
    one, two = ((notes.root / name / "page.html").read_bytes() for name in "ab")
    assert one == two
    assert notes() == "-----"


def test_nothing_is_written_when_nothing_changed(notes: Notes) -> None:
    notes()
    before = {p: p.stat().st_mtime_ns for p in (notes.root / "cache").rglob("*") if p.is_file()}
    time.sleep(0.01)
    shutil.rmtree(notes.root / "output")
    notes()
    changed = {p.relative_to(notes.root / "cache").parts[0] for p, t in before.items() if p.stat().st_mtime_ns != t}
    assert changed <= {"state", "lock", "build.lock", "unchanged"}
