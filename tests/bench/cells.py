#!/usr/bin/env python3
"""Pages with cells, as an author waits for them: `python tests/bench/cells.py [SECONDS]`.

Twenty pages with five cells each, cold, against the same code in one plain process; and an edit of the prose beside a
training of SECONDS (20 if not said otherwise) against the same edit of a page without code.  Nothing is asserted.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from measuring import build, cost, forget, report

PAGES = 20
CODE = (
    "import numpy as np\nimport matplotlib.pyplot as plt\nrng = np.random.default_rng({k})",
    "x = np.linspace(-3, 3, 400)\ny = np.sin(x) + 0.1 * rng.standard_normal(400)\nprint(y.mean(), y.std())",
    "A = np.vander(x, 8)\nw = np.zeros(8)\nfor step in range(3000):\n    loss = np.mean((A @ w - y) ** 2)\n"
    "    w -= 1e-9 * (A.T @ (A @ w - y))\nprint(loss)",
    "plt.plot(x, y, '.')\nplt.plot(x, A @ np.linalg.lstsq(A, y, rcond=None)[0])\nplt.show()",
    "M = rng.standard_normal((300, 300))\nnp.round(np.linalg.svd(M, compute_uv=False)[:5], 3)",
)
_PLAIN = """
import io, sys
import matplotlib
matplotlib.use("svg")
import matplotlib.pyplot as plt
plt.show = lambda: (plt.savefig(io.BytesIO(), format="svg"), plt.close("all"))
for code in open(sys.argv[1]).read().split("# ----\\n"):
    exec(compile(code, "page", "exec"), {})
"""
_TRAINING = """import time

loss = 1.0
end = time.process_time() + {seconds}
while time.process_time() < end:
    loss *= 0.9"""


def main() -> None:
    """Both comparisons."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with tempfile.TemporaryDirectory() as name:
        _many(Path(name) / "many")
        _prose(Path(name) / "prose", seconds)


def _many(work: Path) -> None:
    pages = [[code.format(k=k) for code in CODE] for k in range(PAGES)]
    for k, codes in enumerate(pages):
        _note(work, f"p{k:02}", f"# Page {k}\n\n" + "\n\n".join(map(_cell, codes)))
    plain = work / "plain.txt"
    plain.write_text("# ----\n".join("\n".join(codes) + "\n" for codes in pages))
    ours, theirs = cost(build(work), 3, lambda: forget(work)), cost([sys.executable, "-c", _PLAIN, str(plain)], 3)
    report(f"{PAGES} pages of {len(CODE)} cells, cold", ours, theirs, "one plain process")


def _prose(work: Path, seconds: float) -> None:
    code = (_TRAINING.format(seconds=seconds), "print(loss)")
    shown = "\n\n".join(f"```python\n{one}\n```" for one in code)
    run = "\n\n".join(map(_cell, code))
    notes = {
        name: _note(work / name, "note", f"# Fit\n\nText.\n\n{cells}")
        for name, cells in (("run", run), ("text", shown))
    }
    costs = {}
    for name, note in notes.items():
        cost(build(work / name), 2)
        costs[name] = cost(build(work / name), 7, partial(_edit, note))
    report(f"prose beside a training of {seconds:.0f} s", costs["run"], costs["text"], "the page, no code that runs")


def _note(work: Path, name: str, text: str) -> Path:
    path = work / "content" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")
    return path


def _cell(code: str) -> str:
    return f"```{{python}}\n{code}\n```"


def _edit(note: Path) -> None:
    note.write_text(note.read_text().replace("Text", "Text and text", 1))


if __name__ == "__main__":
    main()
