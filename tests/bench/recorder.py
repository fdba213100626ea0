#!/usr/bin/env python3
"""What recording losses costs: `python tests/bench/recorder.py [REPETITIONS]`.

The same code with and without the added calls, in turns in one process; medians of CPU seconds, and their ratio.
The median of the ratios of neighbours is what load on the machine disturbs least.  Nothing here is asserted.
"""

from __future__ import annotations

import ast
import builtins
import sys
import time
from collections.abc import Callable
from statistics import median
from types import CodeType
from typing import Any

from gradpress.cells import DEFAULT_LOSSES
from gradpress.execution.instrument import NAME
from gradpress.execution.recorder import Recorder

STEPS = 2000
TORCH = f"""\
import torch
torch.set_num_threads(1)
torch.manual_seed(0)
x = torch.linspace(-3, 3, 200)[:, None]
y = torch.sin(x)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for step in range({STEPS}):
    loss = ((model(x) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
POLYNOMIAL = f"""\
import torch, math
torch.set_num_threads(1)
torch.manual_seed(0)
x = torch.linspace(-math.pi, math.pi, 2000)
y = torch.sin(x)
a, b, c, d = (torch.randn((), requires_grad=True) for _ in range(4))
for step in range({STEPS}):
    loss = (a + b * x + c * x**2 + d * x**3 - y).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        for weight in (a, b, c, d):
            weight -= 1e-6 * weight.grad
            weight.grad = None
"""
NUMPY = f"""\
import numpy as np
x = np.linspace(-3, 3, 2000)
y, w = np.sin(x), np.zeros(4)
powers = x[:, None] ** np.arange(4)
for step in range({STEPS}):
    error = powers @ w - y
    loss = np.square(error).sum()
    w -= 1e-8 * 2 * powers.T @ error
"""
LOADER = """\
import torch
torch.set_num_threads(1)
torch.manual_seed(0)
data = torch.utils.data.TensorDataset(torch.randn(2048, 8), torch.randn(2048, 1))
model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(6):
    total_loss = 0.0
    for inputs, targets in torch.utils.data.DataLoader(data, batch_size=32):
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
"""
EMPTY = "for step in range(100_000): loss = step * 1.0"
CASES = {
    "nn.Linear and SGD, 2,000 steps": (TORCH, STEPS),
    "plain torch, a cubic, 2,000 steps": (POLYNOMIAL, STEPS),
    "numpy, 2,000 steps": (NUMPY, STEPS),
    "nn.Module, Adam, DataLoader, 384 steps": (LOADER, 384),
    "nothing but the loss, 100,000 steps": (EMPTY, 100_000),
}


def plain(code: str) -> Callable[[], object]:
    compiled = compile(code, "a.md", "exec")
    return lambda: exec(compiled, {"__name__": "__main__"})


def recorded(code: str) -> Callable[[], object]:
    recorder = Recorder(lambda *_: None)
    vars(builtins)[NAME] = recorder.calls
    compiled: CodeType = compile(recorder.instrument(ast.parse(code), DEFAULT_LOSSES), "a.md", "exec")

    def run() -> None:
        recorder.start()
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compiled, names)
        assert recorder.curves(None, names, code), "nothing was recorded"

    return run


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for name, (code, steps) in CASES.items():
        without, within = plain(code), recorded(code)
        without(), within()  # imports
        pairs = [(cpu(without), cpu(within)) for _ in range(repetitions)]
        a, b = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(y / x for x, y in pairs)
        print(
            f"{name:40} {1e3 * a:7.1f} ms  recorded {1e3 * b:7.1f} ms  ratio {ratio:.3f}  "
            f"{1e6 * a * (ratio - 1) / steps:+.2f} µs of {1e6 * a / steps:.1f} µs a step",
            flush=True,
        )


if __name__ == "__main__":
    main()
