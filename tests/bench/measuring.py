"""What every benchmark needs: CPU and wall seconds of a command, a line of comparison, and a corpus of mathematics."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from gradpress.pandoc import executable

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Cost:
    """Medians over a few runs."""

    cpu: float
    """Seconds, with all children."""
    wall: float


def cost(command: list[str], runs: int = 5, before: Callable[[], object] = lambda: None) -> Cost:
    """What a command costs; it may fail, its output is dropped."""
    cpu, wall = [], []
    for _ in range(runs):
        before()
        start, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        wall.append(time.perf_counter() - clock)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime)
    return Cost(median(cpu), median(wall))


def build(work: Path, command: str = "html", program: tuple[str, ...] = ("build.py",)) -> list[str]:
    """The command that builds `work/content` into `work/site`."""
    places = [f"--content={work / 'content'}", f"--output={work / 'site'}", f"--cache={work / 'cache'}"]
    return [sys.executable, *program, command, "--quiet", *places]


def forget(work: Path) -> None:
    """Let the next build be the first one."""
    for name in ("cache", "site", "public"):
        shutil.rmtree(work / name, ignore_errors=True)


def edit(page: Path) -> None:
    """One word more."""
    page.write_text(page.read_text() + "\nword\n")


def corpora(work: Path, pages: int, note: Path | None) -> list[tuple[Path, list[Path], str]]:
    """Many pages, and one note by itself, which may be the user's: folder, pages, what they are called."""
    many, one = corpus(work / "many" / "content", pages), corpus(work / "one" / "content", 1)
    if note:
        shutil.copy(note, one[0])
    return [(work / "many", many, f"{pages} pages"), (work / "one", one, "one note")]


def report(what: str, ours: Cost, theirs: Cost, reference: str) -> None:
    """One line: our seconds, theirs, and the ratios."""
    print(
        f"{what:44} wall {ours.wall:8.3f} s  CPU {ours.cpu:8.3f} s   {reference:34} wall {theirs.wall:8.3f} s  "
        f"CPU {theirs.cpu:8.3f} s   ratio wall {ours.wall / theirs.wall:6.2f}  CPU {ours.cpu / theirs.cpu:6.2f}",
        flush=True,
    )


def pandoc(pages: list[Path], *arguments: str, at_once: int = 2) -> list[str]:
    """The command that converts every page with a process of its own, so many at the same time."""
    one = " ".join([str(executable()), "-s", *(arguments or ("--mathjax",)), "-o", os.devnull])
    names = " ".join(str(page) for page in pages)
    return ["sh", "-c", f"printf '%s\\n' {names} | xargs -P {at_once} -n 1 {one}"]


WORDS = (
    "the gradient of a smooth function points along its steepest ascent and every step of descent moves against it "
    "until curvature noise or rounding stops the decrease while momentum keeps what earlier steps have learnt so that "
    "narrow valleys are crossed quickly and wide plateaus do not hold the iterate for long which we now make precise"
).split()
HEADER = """---
title: Note {number}
header-includes: |
  \\newcommand{{\\ww}}{{\\boldsymbol{{\\omega}}}}
  \\newcommand{{\\RR}}{{\\mathbb{{R}}}}
---
"""


def corpus(folder: Path, pages: int, seed: int = 1) -> list[Path]:
    """Pages of about 10 KB: 60 formulas in text and tables, 10 displays, 2 tables, 3 listings, no two pages alike."""
    folder.mkdir(parents=True)
    written = []
    for number in range(pages):
        chance = random.Random(seed * 1_000_003 + number)
        path = folder / f"n{number:05}.md"
        path.write_text(HEADER.format(number=number) + "".join(_section(chance, k) for k in range(5)), encoding="utf-8")
        written.append(path)
    return written


def _section(chance: random.Random, number: int) -> str:
    parts = [f"## Section {number}: {_prose(chance, 3, formulas=0)}", _prose(chance, 60, formulas=5), _align(chance)]
    parts += [_prose(chance, 50, formulas=4), _display(chance)]
    if number in (1, 3):
        parts.append(_table(chance))
    if number in (0, 2, 4):
        parts.append(_listing(chance))
    return "\n\n" + "\n\n".join(parts) + "\n"


def _prose(chance: random.Random, words: int, formulas: int) -> str:
    text = [chance.choice(WORDS) for _ in range(words)]
    for _ in range(formulas):
        text.insert(chance.randrange(len(text)), f"${_formula(chance)}$")
    return " ".join(text)


def _formula(chance: random.Random) -> str:
    a, b = chance.sample("abcdghkmnpqrstuvxyz", 2)
    k = chance.randrange(2, 99)
    shapes = (
        rf"{a}_{{{k}}} \in \RR^{{{b}}}",
        rf"\sum_{{i=1}}^{{{k}}} {a}_i^2",
        rf"f_\ww({a} + {k} {b})",
        rf"\nabla {a}({b}_{{{k}}})",
        rf"\frac{{\partial {a}}}{{\partial {b}_{{{k}}}}}",
        rf"\|\ww_{{{k}}} - {a}\|_2 \le \varepsilon",
    )
    return chance.choice(shapes)


def _align(chance: random.Random) -> str:
    lines = " \\\\\n".join(f"  {_formula(chance)} &= {_formula(chance)} + {_formula(chance)}" for _ in range(3))
    return f"\\begin{{align}}\n{lines}\n\\end{{align}}"


def _display(chance: random.Random) -> str:
    return f"$$\n\\int_0^{{{chance.randrange(1, 99)}}} {_formula(chance)} \\, dx = {_formula(chance)}\n$$"


def _table(chance: random.Random) -> str:
    rows = "\n".join(f"| ${_formula(chance)}$ | {_prose(chance, 3, 0)} | {chance.random():.4f} |" for _ in range(7))
    return f"| Quantity | Meaning | Value |\n|:---|:---|---:|\n{rows}"


def _listing(chance: random.Random) -> str:
    rate, steps = chance.random(), chance.randrange(10, 999)
    return (
        f"```{{.python .norun}}\ndef descend(w, gradient, rate={rate:.4f}):\n    for step in range({steps}):\n"
        f'        w = w - rate * gradient(w)  # one step\n    return w, "done after {steps}"\n```'
    )


def formulas_page(count: int) -> str:
    """A page of so many formulas, a quarter of them displays."""
    chance, lines, made = random.Random(1), ["---", "title: A page of formulas", "---"], 0
    while made < count:
        if made % 16 == 0:
            lines.append(f"# Part {made // 16 + 1}")
        small = [f"${chance.choice(_SMALL)}$" for _ in range(min(3, count - made))]
        lines.append(f"What depends on {', on '.join(small)}, is to be small, as a reader may have expected.")
        lines.append(f"$$\n{chance.choice(_LARGE)}_{{{made}}}\n$$")
        made += len(small) + 1
    return "\n\n".join(["\n".join(lines[:3]), *lines[3:]]) + "\n"


_SMALL = (r"x_i", r"\alpha", r"f(x)", r"\mathbb{R}^n", r"\hat\theta", r"O(n \log n)", r"\|v\|_2", r"\nabla L(w)")
_LARGE = (
    r"\sum_{i=1}^{n} \left| f_{\boldsymbol{\omega}}(x_i) - y_i \right|",
    r"\nabla L(\boldsymbol{w}) = \frac{2}{n} X^\top (X \boldsymbol{w} - \boldsymbol{y})",
    r"\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
)
