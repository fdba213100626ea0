#!/usr/bin/env python3
"""Whether `serve` stays as it is while somebody writes for long: saves every few seconds, faults among them.

    python tests/bench/serve_long.py [--minutes 120] [--pages 30] [--every 3]

Two readers hold a page open all the time.  Each minute says what the server and its processes hold; at the end every
fault is mended, and the site is compared with what a clean build makes of the same notes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from measuring import ROOT
from serve import same_as_clean, settle

sys.path.insert(0, str(ROOT / "tests"))
from served import Served

CONFIGURATION = (
    "title: Long\nheader-includes: |\n  \\newcommand{\\w}{\\boldsymbol{\\omega}}\nmath:\n  source: jsdelivr\n"
)
FAULTS = {
    "command": "\n$\\undefined$\n",
    "cell": "\n```{python}\nraise ValueError(numbers)\n```\n",
    "syntax": "\n```{python}\ndef broken(:\n```\n",
    "reference": "\nSee @eq-nowhere and [there](nowhere.md).\n",
    "formula": "\n$$\n\\frac{1}{2\n$$\n",
    "end": "\n```{python}\nimport os\nos._exit(3)\n```\n",
}
HEADER_FAULT = "---\ntitle: [\n---\n"


@dataclass
class Note:
    """What a page says at the moment."""

    number: int
    words: list[str] = field(default_factory=lambda: ["first"])
    steps: int = 40
    fault: str = ""

    @property
    def text(self) -> str:
        head = HEADER_FAULT if self.fault == "header" else f"---\ntitle: Note {self.number}\n---\n"
        words = "\n\n".join(f"A paragraph with the {word} and $\\w_{k}$." for k, word in enumerate(self.words))
        return head + _BODY % (self.number, words, self.steps) + FAULTS.get(self.fault, "")


_BODY = """
# Part

$$ L_{%d}(\\w) = \\|\\w\\|^2 $$ {#eq-loss}

%s See @eq-loss.

```{python}
numbers = [int(line) for line in open("numbers.txt")]
print(sum(numbers))
```

```{.python .train}
import time

loss = 1.0
for step in range(%d):
    loss *= 0.95
    time.sleep(0.01)
```

```{python}
print(f"{loss:.6f}")
```
"""


def main() -> None:
    """Save, look, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--every", type=float, default=3, metavar="SECONDS")
    parser.add_argument("--program", type=Path, default=ROOT, help="folder of the build.py that serves")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="serve-long-"))
    author = Author(work / "content", given.pages)
    with Served(work, home=given.program).built() as served:
        readers = [Reader(served.port, page) for page in ("/n00.html", "/index.html")]
        print(f"{'minute':>6} {'saves':>5}  {held(served.process.pid)}", flush=True)
        began, minute = time.monotonic(), 0
        while time.monotonic() - began < given.minutes * 60:
            author.edit()
            time.sleep(author.chance.uniform(0.3, 2 * given.every - 0.3))
            if (time.monotonic() - began) // 60 > minute:
                minute += 1
                print(f"{minute:6} {author.saves:5}  {held(served.process.pid)}", flush=True)
        author.mend()
        settle(served)
        time.sleep(5)
        settle(served)
        print(f"   end {author.saves:5}  {held(served.process.pid)}", flush=True)
        print(*sorted(f"  {p} {_state(p)} {_command(p)[:110]}" for p in _below(served.process.pid)), sep="\n")
        print(f"news read by the readers: {[reader.size for reader in readers]} bytes")
    print(f"failures of the program: {served.said.count('bug of ours')}")
    left = [p for p in _processes() if str(work) in _command(p)]
    print(f"processes left: {len(left)} {[_command(p) for p in left[:3]]}")
    if not same_as_clean(work):
        shutil.rmtree(work)
    else:
        print(f"both are in {work}")


class Author:
    """Writes at random, but the same every time."""

    def __init__(self, folder: Path, pages: int) -> None:
        self.folder, self.chance, self.saves = folder, random.Random(7), 0
        self.notes = {f"n{k:02}": Note(k) for k in range(pages)}
        folder.mkdir()
        self._configured("")
        (folder / "numbers.txt").write_text("1\n2\n")
        (folder / "index.md").write_text("# Home\n\n[One](n00.md), [two](n01.md).\n")
        for name in self.notes:
            self._write(name)

    def edit(self) -> None:
        """One thing that authors do."""
        weights = {self._words: 10, self._steps: 4, self._fault: 5, self._mended: 5, self._new: 1, self._gone: 1,
                   self._data: 1, self._configuration: 1, self._several: 1}  # fmt: skip
        self.chance.choices(list(weights), list(weights.values()))[0]()
        self.saves += 1

    def mend(self) -> None:
        """Let nothing be wrong any more."""
        self._configured("")
        for name, note in self.notes.items():
            if note.fault:
                note.fault = ""
                self._write(name)

    def _any(self) -> str:
        return self.chance.choice(sorted(self.notes))

    def _write(self, name: str) -> None:
        (self.folder / f"{name}.md").write_text(self.notes[name].text)

    def _words(self) -> None:
        note = self.notes[name := self._any()]
        note.words = [*note.words, f"word{self.saves}"][-12:]
        self._write(name)

    def _steps(self) -> None:
        self.notes[name := self._any()].steps = self.chance.randrange(20, 200)
        self._write(name)

    def _fault(self) -> None:
        self.notes[name := self._any()].fault = self.chance.choice([*FAULTS, "header"])
        self._write(name)

    def _mended(self) -> None:
        if self.is_misconfigured:
            self._configured("")
            return
        for name, note in self.notes.items():
            if note.fault:
                note.fault = ""
                self._write(name)
                return

    def _new(self) -> None:
        name = f"n{(number := self.chance.randrange(50, 99)):02}"
        self.notes[name] = Note(number)
        self._write(name)

    def _gone(self) -> None:
        if more := sorted(name for name, note in self.notes.items() if note.number >= 50):
            del self.notes[name := self.chance.choice(more)]
            (self.folder / f"{name}.md").unlink()

    def _data(self) -> None:
        (self.folder / "numbers.txt").write_text(f"{self.chance.randrange(9)}\n2\n")

    def _configuration(self) -> None:
        self._configured(self.chance.choice(["title: [\n", "lang: de\n", "unknown-key: 1\n", ""]))

    def _configured(self, more: str) -> None:
        self.is_misconfigured = "title" in more
        (self.folder / "gradpress.yml").write_text(CONFIGURATION + more)

    def _several(self) -> None:
        for _ in range(4):
            self._words()


class Reader:
    """A browser that shows a page: it reads the stream of news, and loads the page again now and then."""

    def __init__(self, port: int, page: str) -> None:
        self.size, self._port, self._page = 0, port, page
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(OSError):  # the server has ended
            self._follow()

    def _follow(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as stream:
            self._ask(stream, f"/_gradpress/events?page={self._page}")
            while news := stream.recv(1 << 16):
                self.size += len(news)
                with socket.create_connection(("127.0.0.1", self._port)) as page:
                    self._ask(page, self._page, "Connection: close\r\n")
                    while page.recv(1 << 16):
                        pass

    def _ask(self, stream: socket.socket, path: str, more: str = "") -> None:
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{more}\r\n".encode())


def held(pid: int) -> str:
    """What a process and those below it hold: the server's own, and all together."""
    below = _below(pid)
    dead = sum(_state(process) == "Z" for process in below)
    own = f"server: {_count(pid, 'task'):3} threads {_count(pid, 'fd'):3} descriptors {_memory(pid):4.0f} MB"
    total = sum(_memory(process) for process in below)
    return f"{own}   with its processes: {len(below):2} ({dead} dead) {total:5.0f} MB"


def _below(pid: int) -> list[int]:
    """The process and all that come from it."""
    below = [pid]
    for process in below:
        below += _children(process)
    return below


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""


def _command(pid: int) -> str:
    return _read(pid, "cmdline").replace("\0", " ")


def _state(pid: int) -> str:
    return _read(pid, "stat").rpartition(")")[2].strip()[:1]


def _memory(pid: int) -> float:
    return int((_read(pid, "statm").split() or ["0", "0"])[1]) * 4096 / 1e6


def _count(pid: int, folder: str) -> int:
    return len(os.listdir(f"/proc/{pid}/{folder}"))


if __name__ == "__main__":
    main()
