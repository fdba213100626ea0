#!/usr/bin/env python3
"""What `serve` takes from a save to what a reader sees, in Chromium, and whether it stays as it is after many saves.

    python tests/bench/serve.py [--pages 200] [--training 20] [--saves 100]

The clock begins before the file is written and ends at the first frame in which the browser shows the new text.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measuring import ROOT, corpus
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(ROOT / "tests"))
from served import Served, wait_for

TRAINING = """# Training

```{{python}}
import time

for k in range({seconds} * 10):
    loss = 1 / (k + 1)
    time.sleep(0.1)
```

```{{python}}
print("{word}", k)
```
"""
MEASURED = {"execution.html"}
"""Says how long cells have taken, which is another time in another run."""
SEEN = """word => new Promise(done => {
  const look = () => document.querySelector('main').textContent.includes(word)
    ? requestAnimationFrame(() => done()) : requestAnimationFrame(look);
  look(); })"""
"""Resolves at the frame after the one in which the word is there."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--training", type=int, default=20, metavar="SECONDS")
    parser.add_argument("--saves", type=int, default=100)
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="serve"))
    pages = corpus(work / "content", given.pages)
    (work / "content" / "training.md").write_text(TRAINING.format(seconds=given.training, word="first"))
    if cached := os.environ.get("GRADPRESS_TEST_CACHE"):  # MathJax need not be fetched
        (work / "cache").mkdir()
        (work / "cache" / "npm").symlink_to(Path(cached) / "npm")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    started = time.perf_counter()
    with sync_playwright() as playwright, Served(work, pages[0].name) as served:
        wait_for(lambda: served.get(f"/{pages[0].stem}.html")[0] == 200, "the first page")
        print(f"first page of {given.pages}: {time.perf_counter() - started:.2f} s")
        while "built: " not in served.said:
            time.sleep(0.05)
        print(f"whole site: {time.perf_counter() - started:.2f} s")
        page = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"]).new_page()
        prose(page, served, pages[0])
        last_cell(page, served, given.training)
        stays(served, pages, given.saves)
    other = same_as_clean(work)
    if other:
        print(f"both are in {work}")
    else:
        shutil.rmtree(work)


def prose(page: Page, served: Served, path: Path, runs: int = 12) -> None:
    """A word in a long page."""
    opened(page, served, path.stem)
    times = [shown(page, path, path.read_text() + f"\nword{k}\n", f"word{k}") for k in range(runs)]
    report("one word of a page", times, "asked < 500 ms")


def last_cell(page: Page, served: Served, seconds: int, runs: int = 6) -> None:
    """The cell after a training."""
    path = served.content / "training.md"
    opened(page, served, "training")
    times = [shown(page, path, TRAINING.format(seconds=seconds, word=f"run{k}"), f"run{k} ") for k in range(runs)]
    report(f"the last cell after {seconds} s of training", times, "asked < 1000 ms")


def opened(page: Page, served: Served, name: str) -> None:
    page.goto(f"{served.url}{name}.html")
    page.wait_for_function("document.querySelector('[data-gradpress=overlay]')")
    page.wait_for_timeout(1000)


def shown(page: Page, path: Path, text: str, word: str) -> float:
    """Milliseconds from the save to the frame that shows it."""
    began = time.perf_counter()
    path.write_text(text)
    page.evaluate(SEEN, word)
    taken = (time.perf_counter() - began) * 1000
    time.sleep(0.7)
    return taken


def report(what: str, times: list[float], asked: str) -> None:
    print(f"{what}: median {median(times):.0f} ms, least {min(times):.0f}, most {max(times):.0f}   ({asked})")


def stays(served: Served, pages: list[Path], saves: int) -> None:
    """Processes, descriptors and memory after some saves, and after many."""
    chance = random.Random(1)
    served.says(" saved: ")
    print(f"{saves} saves, a third of them broken, some before the last one is built:")
    for count in range(saves):
        path = chance.choice(pages)
        text = path.read_text().replace("\nBROKEN $\\undefined$\n", "")
        path.write_text(text + chance.choice([f"\nmore {count}\n", f"\nmore {count}\n", "\nBROKEN $\\undefined$\n"]))
        time.sleep(chance.choice([0.02, 0.2, 0.4]))
        if count in (saves // 4, saves - 1):
            settle(served)
            print(f"  after {count + 1}: {state(served.process.pid)}")


def settle(served: Served) -> None:
    """Until nothing is built any more."""
    while True:
        size = len(served.said)
        time.sleep(1.5)
        if len(served.said) == size and not is_building(served):
            return


def is_building(served: Served) -> bool:
    """Whether the server says so to a browser that comes."""
    with socket.create_connection(("127.0.0.1", served.port)) as stream:
        stream.sendall(f"GET /_gradpress/events?page=/ HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n\r\n".encode())
        told = b""
        while b"event: cells" not in told and (more := stream.recv(1 << 16)):
            told += more
    return b'"building": true' in told


def state(pid: int) -> str:
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    zombies = subprocess.run(["ps", "-o", "stat=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    dead = zombies.stdout.count("Z")
    count = len(children.stdout.split())
    return f"{count} processes ({dead} dead), {threads} threads, {files} descriptors, {memory:.0f} MB"


def same_as_clean(work: Path) -> list[str]:
    """The site that was served, and the one that a clean build makes of the same notes."""
    places = [f"--content={work / 'content'}", f"--output={work / 'clean'}", f"--cache={work / 'cache-2'}"]
    subprocess.run(
        [sys.executable, "build.py", "html", "--quiet", *places], cwd=ROOT, stderr=subprocess.DEVNULL, check=False
    )
    served, clean = tree(work / "site"), tree(work / "clean")
    other = sorted(name for name in (served.keys() | clean.keys()) - MEASURED if served.get(name) != clean.get(name))
    print(f"files that a clean build makes otherwise: {len(other)} of {len(clean)} {' '.join(other[:5])}")
    return other


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


if __name__ == "__main__":
    main()
