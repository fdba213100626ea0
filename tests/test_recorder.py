"""Loss recording: which numbers become which curve, and that nobody notices."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradpress.cells import DEFAULT_LOSSES, Curve
from gradpress.execution.instrument import NAME
from gradpress.execution.recorder import Recorder
from gradpress.execution.series import KEPT, Series


@pytest.fixture(autouse=True)
def _without_trace() -> Iterator[None]:
    yield
    vars(builtins).pop(NAME, None)


def record(code: str, wanted: Sequence[str] | None = None, names: dict[str, Any] | None = None) -> list[Curve]:
    """The curves of a cell."""
    namespace = {} if names is None else names
    recorder = Recorder()
    vars(builtins)[NAME] = recorder.calls
    tree = recorder.instrument(ast.parse(code), wanted or DEFAULT_LOSSES)
    with suppress(StopIteration):
        exec(compile(tree, "a.md", "exec"), namespace)
    return recorder.curves(wanted, namespace, code)


def points(code: str, wanted: Sequence[str] | None = None) -> dict[str, list[float]]:
    """The values of each curve, by name."""
    curves = record(code, wanted)
    assert len({c.name for c in curves}) == len(curves)
    return {c.name: list(c.values) for c in curves}


CASES: dict[str, tuple[str, dict[str, list[float]]]] = {
    "plain": ("for t in range(4): loss = 1.0 * t", {"loss": [0, 1, 2, 3]}),
    "while": ("t = 0\nwhile t < 3:\n    t += 1\n    loss = t * 2", {"loss": [2, 4, 6]}),
    "other names are not recorded": ("for t in range(4): lost = x = l = t * 1.5", {}),
    "names": (
        "for t in range(3):\n    a_loss = t\n    loss_b = -t\n    cost = objective = t + 1.0",
        {"a_loss": [0, 1, 2], "loss_b": [0, -1, -2], "cost": [1, 2, 3]},
    ),
    "outside a loop": ("loss = 3.0\nloss = 4.0", {}),
    "one point only": ("for t in range(1): loss = t + 1.0", {}),
    "annotated": ("for t in range(3): loss: float = t + 0.5", {"loss": [0.5, 1.5, 2.5]}),
    "tuple": ("for t in range(3): (loss, a), *b = (t + 1, 2), 3", {"loss": [1, 2, 3]}),
    "two targets": ("for t in range(3): a = loss = t + 1", {"loss": [1, 2, 3]}),
    "walrus in a condition": ("t = 5\nwhile (loss := t - 1) > 1: t -= 1", {"loss": [4, 3, 2, 1]}),
    "walrus in a comprehension": ("_ = [(loss := t * t) for t in range(4)]", {"loss": [0, 1, 4, 9]}),
    "loop variable": ("for loss in iter([3, 2, 1]): pass", {"loss": [3, 2, 1]}),
    "last value of an iteration": (
        "for t in range(3):\n    loss = t * 1.0\n    loss = loss + 10",
        {"loss": [10, 11, 12]},
    ),
    "augmented in an iteration": ("for t in range(3):\n    loss = t * 1.0\n    loss += 10", {"loss": [10, 11, 12]}),
    "branches": (
        "for t in range(4):\n    if t % 2: loss = t * 1.0\n    else: loss = -t * 1.0",
        {"loss": [0, 1, -2, 3]},
    ),
    "try": (
        "for t in range(3):\n    try: loss = 1 / t\n    except ZeroDivisionError: loss = 9 * (t + 1)",
        {"loss": [9, 1, 0.5]},
    ),
    "with": (
        "import contextlib\nfor t in range(3):\n    with contextlib.nullcontext(): loss = t + 1",
        {"loss": [1, 2, 3]},
    ),
    "match": (
        "for t in range(3):\n    match t:\n        case 0: loss = t + 5\n        case _: loss = t + 6",
        {"loss": [5, 7, 8]},
    ),
    "sum of terms": ("for t in range(3):\n    loss = 0.\n    for k in range(4): loss += t", {"loss": [0, 4, 8]}),
    "sum with the old value": (
        "for t in range(3):\n    loss = 0.\n    for k in range(4): loss = loss + t",
        {"loss": [0, 4, 8]},
    ),
    "mean per epoch": (
        "for e in range(3):\n    epoch_loss = 0\n    for b in range(4): epoch_loss += e\n    epoch_loss /= 4",
        {"epoch_loss": [0, 1, 2]},
    ),
    "reset at the end": (
        "total_loss = 0.\nfor e in range(3):\n    for b in range(4): total_loss += e\n    total_loss = 0.0",
        {"total_loss": [0, 4, 8]},
    ),
    "reset now and then": (
        "for e in range(2):\n    running_loss = 0.0\n    for i in range(5):\n        running_loss += i + e\n"
        "        if i % 2 == 1:\n            running_loss = 0.0",
        {"running_loss": [1, 5, 3, 7]},
    ),
    "sum in a function": (
        "def epoch(e):\n    loss = 0\n    for b in range(3): loss += e\n    return loss\nfor e in range(3): epoch(e)",
        {"loss": [0, 3, 6]},
    ),
    "function": ("def step(t):\n    loss = t * 2.0\n    return loss\nfor t in range(3): step(t)", {"loss": [0, 2, 4]}),
    "function and loop are one": (
        "def step(t):\n    loss = t * 2.0\n    return loss\nfor t in range(3): loss = step(t)",
        {"loss": [0, 2, 4]},
    ),
    "training function": (
        "def train():\n    'doc'\n    for t in range(3):\n        loss = t + 1\ntrain()",
        {"loss": [1, 2, 3]},
    ),
    "closure called in turns": (
        "def closure():\n    global n\n    n += 1\n    loss = 1 / n\n    return loss\nn = 0\n"
        "for t in range(2):\n    for k in range(3): closure()",
        {"loss": [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6]},
    ),
    "nonlocal": (
        "def outer():\n    loss = 1.0\n    def inner(t):\n        nonlocal loss\n        loss = t * 2.0\n"
        "    for t in range(3): inner(t)\n    return loss\nassert outer() == 4.0",
        {"loss": [0, 2, 4]},
    ),
    "early stop": ("for t in range(100):\n    loss = 1 / (t + 1)\n    if t == 2: break", {"loss": [1, 1 / 2, 1 / 3]}),
    "exception in the middle": (
        "for t in range(100):\n    loss = 1 / (t + 1)\n    if t == 2: raise StopIteration",
        {"loss": [1, 1 / 2, 1 / 3]},
    ),
    "truth values": ("for t in range(3): loss = t == 1", {}),
    "complex values": ("for t in range(3): loss = t * 1j", {}),
    "other values": ("for t in range(3): loss = [str(t)]", {}),
    "fractions": ("from fractions import Fraction as F\nfor t in range(3): loss = F(t, 2)", {"loss": [0, 0.5, 1]}),
    "method": (
        "class A:\n    def step(self, t):\n        loss = t + 1\na = A()\nfor t in range(3): a.step(t)",
        {"loss": [1, 2, 3]},
    ),
    "class attribute": ("for t in range(3):\n    class A:\n        loss = t", {}),
    "list that is a copy": (
        "losses = []\nfor t in range(3):\n    loss = t + 1.0\n    losses.append(loss)",
        {"loss": [1, 2, 3]},
    ),
    "list of some of them": (
        "losses = []\nfor t in range(9):\n    loss = t + 1.0\n    if t % 3 == 0: losses.append(loss)",
        {"loss": [1, 2, 3, 4, 5, 6, 7, 8, 9]},
    ),
    "list alone": ("losses = []\nfor t in range(3): losses.append(t + 1.0)", {"losses": [1, 2, 3]}),
    "list from a function": ("def train(): return [3.0, 2.0]\ntrain_losses = train()", {"train_losses": [3, 2]}),
    "list that is no numbers": ("losses = ['a', 'b']", {}),
    "generator": (
        "def train():\n    for t in range(3):\n        loss = t + 1\n        yield loss\nfor x in train(): pass",
        {"loss": [1, 2, 3]},
    ),
}


@pytest.mark.parametrize(("code", "wanted"), CASES.values(), ids=CASES)
def test_case(code: str, wanted: dict[str, list[float]]) -> None:
    assert points(code) == wanted


EXPLICIT: dict[str, tuple[str, list[str], dict[str, list[float]]]] = {
    "name": ("for t in range(2): x = t + 1", ["x"], {"x": [1, 2]}),
    "only what is named": ("for t in range(2): x = loss = t + 1", ["x"], {"x": [1, 2]}),
    "pattern": ("for t in range(2):\n    xa = t + 1\n    xb = t", ["x*"], {"xa": [1, 2], "xb": [0, 1]}),
    "attribute": ("class A: pass\nm = A()\nfor t in range(2): m.loss = t + 1", ["m.loss"], {"m.loss": [1, 2]}),
    "self": (
        "class A:\n    def step(self, t): self.loss = t + 1\nm = A()\nfor t in range(2): m.step(t)",
        ["self.loss"],
        {"self.loss": [1, 2]},
    ),
    "item": ("h = {}\nfor t in range(2): h['val'] = t + 1", ['h["val"]'], {"h['val']": [1, 2]}),
    "list under a key": (
        "h = {'val': []}\nfor t in range(2): h['val'].append(t + 1)",
        ['h["val"]'],
        {"h['val']": [1, 2]},
    ),
    "property that cannot be read": (
        "class A:\n    loss = property(None, lambda self, v: None)\nm = A()\nfor t in range(2): m.loss = t",
        ["m.loss"],
        {},
    ),
    "a name that never appears": ("for t in range(2): loss = t", ["nothing", "a[", "f(x)"], {}),
}


@pytest.mark.parametrize(("code", "names", "wanted"), EXPLICIT.values(), ids=EXPLICIT)
def test_explicit(code: str, names: list[str], wanted: dict[str, list[float]]) -> None:
    assert points(code, names) == wanted


def test_two_loops_are_two_curves_with_their_lines() -> None:
    curves = record("for t in range(3): loss = t + 1\n\nfor t in range(4): loss = t + 2")
    assert [(c.name, c.line, c.total) for c in curves] == [("loss", 1, 3), ("loss", 3, 4)]


def test_loss_per_epoch_is_on_the_steps_of_the_batches() -> None:
    batch, epoch = record("for e in range(3):\n    for b in range(10): loss = e + b / 10\n    val_loss = e + 5")
    assert (batch.name, batch.steps) == ("loss", tuple(range(30)))
    assert (epoch.name, epoch.steps, epoch.values) == ("val_loss", (9, 19, 29), (5.0, 6.0, 7.0))


def test_now_and_then_keeps_its_steps() -> None:
    [curve] = record("for t in range(9):\n    if t % 3 == 1: loss = t * 1.0")
    assert curve.steps == (1, 4, 7)


def test_divergence() -> None:
    [curve] = record("for t in range(6): loss = 2.0 - t if t < 3 else float('nan') if t == 3 else float('inf')")
    assert (curve.first_bad, curve.last, curve.least) == (3, math.inf, 0.0)
    assert math.isnan(curve.values[3])


def test_long_runs_are_thinned_and_their_ends_exact() -> None:
    [curve] = record(
        "for t in range(200_000): loss = 1.0 if t == 77_777 else float('inf') if t == 123_457 else 5.0 + t"
    )
    assert len(curve.values) <= KEPT + 1
    assert curve.total == 200_000
    assert (curve.least, curve.last, curve.first_bad) == (1.0, 200_004.0, 123_457)
    assert {b - a for a, b in zip(curve.steps, curve.steps[1:], strict=False)} == {64}


@given(st.lists(st.floats(), max_size=300))
def test_series(values: list[float]) -> None:
    series = Series()
    for step, value in enumerate(values):
        series.add(step, value)
    finite = [v for v in values if math.isfinite(v)]
    bad = [i for i, v in enumerate(values) if not math.isfinite(v)]
    assert (series.total, series.least, series.first_bad) == (
        len(values),
        min(finite, default=None),
        bad[0] if bad else None,
    )


def test_a_function_of_an_earlier_cell_records_in_the_cell_that_calls_it() -> None:
    recorder, names = Recorder(), dict[str, Any]()
    vars(builtins)[NAME] = recorder.calls
    for code in ("def train():\n    for t in range(3): loss = t + 1", "train()"):
        recorder.start()
        exec(compile(recorder.instrument(ast.parse(code), DEFAULT_LOSSES), "a.md", "exec"), names)
    assert [c.values for c in recorder.curves(None, names, "train()")] == [(1, 2, 3)]


def test_nobody_notices() -> None:
    code = (
        "import sys\nbefore = set(dir()), set(globals())\n"
        "def f():\n    'doc'\n    loss = 1\n    for t in range(2):\n        loss = t\n"
        "    code = f.__code__\n"
        "    return sorted(locals()), f.__doc__, code.co_varnames, code.co_cellvars, sys._getframe().f_lineno\n"
        "seen = f()\nafter = set(dir()) - {'before', 'f', 'seen'}, set(globals()) - {'before', 'f', 'seen'}\n"
    )
    plain: dict[str, Any] = {}
    exec(compile(ast.parse(code), "a.md", "exec"), plain)
    changed: dict[str, Any] = {}
    record(code, names=changed)
    assert changed["seen"] == plain["seen"]
    assert changed["before"] == changed["after"]
    assert sorted(changed) == sorted(plain)


def test_line_of_an_exception_is_the_author_s() -> None:
    code = (
        "def f(t):\n    loss = t\n    loss = 1 / (2 - t)\n    return loss\n\n"
        "for t in range(5):\n    loss = f(t)\n    x = 1"
    )
    with pytest.raises(ZeroDivisionError) as caught:
        record(code)
    assert [e.lineno + 1 for e in caught.traceback[-2:]] == [7, 3]


def test_a_fault_of_a_value_is_swallowed() -> None:
    class Bad(float):
        def __float__(self) -> float:
            raise RuntimeError

    names: dict[str, Any] = {"Bad": Bad}
    assert record("for t in range(3): loss = Bad(t)\ndone = True", names=names) == []
    assert names["done"]


def test_progress_is_throttled() -> None:
    told: list[tuple[str, float, int]] = []
    recorder = Recorder(lambda *args: told.append(args))
    vars(builtins)[NAME] = recorder.calls
    code = "import time\nfor t in range(5000): loss = t + 1.0\ntime.sleep(0.25)\nfor t in range(9): loss = -1.0 - t"
    exec(compile(recorder.instrument(ast.parse(code), ["loss"]), "a.md", "exec"), {})
    assert told[0] == ("loss", 1.0, 0)
    assert ("loss", -1.0, 0) in told
    assert len(told) < 6


TRAIN = """\
def train(rate, steps=3):
    for t in range(steps):
        loss = t + rate
    return loss
"""
RUNS: dict[str, tuple[str, dict[str, list[float]]]] = {
    "one training": (f"{TRAIN}train(0.5)", {"loss": [0.5, 1.5, 2.5]}),
    "two trainings": (
        f"{TRAIN}train(0.25)\nx = train(0.5)",
        {"loss (1)": [0.25, 1.25, 2.25], "loss (2)": [0.5, 1.5, 2.5]},
    ),
    "trainings of other lengths": (
        f"{TRAIN}train(1)\ntrain(2, 1)\ntrain(3, 2)",
        {"loss (1)": [1, 2, 3], "loss (2)": [3, 4]},
    ),
    "the same training twice": (f"{TRAIN}train(1)\ntrain(1)", {"loss (1)": [1, 2, 3], "loss (2)": [1, 2, 3]}),
    "epochs in a loop": (f"{TRAIN}for epoch in range(2): train(10 * epoch)", {"loss": [0, 1, 2, 10, 11, 12]}),
    "a step in a function": (
        "def step(t):\n    loss = t * 1.0\n    return loss\nfor t in range(2): step(t)\nfor t in range(3): step(t + 5)",
        {"loss": [0, 1, 5, 6, 7]},
    ),
    "sums in a function": (
        "def train():\n    for e in range(2):\n        total_loss = 0\n        for b in range(3):\n"
        "            total_loss += b + e\ntrain()\ntrain()",
        {"total_loss (1)": [3, 6], "total_loss (2)": [3, 6]},
    ),
    "loops in the cell": (
        "for t in range(2): loss = t\nfor t in range(3): loss = -t",
        {"loss": [0, 1], "loss ": [0, -1, -2]},
    ),
}


@pytest.mark.parametrize(("code", "wanted"), RUNS.values(), ids=RUNS)
def test_runs(code: str, wanted: dict[str, list[float]]) -> None:
    """Each statement of a cell that calls a training function is a training of its own."""
    recorder = Recorder()
    vars(builtins)[NAME] = recorder.calls
    namespace: dict[str, Any] = {}
    for statement in recorder.instrument(ast.parse(code), DEFAULT_LOSSES).body:
        recorder.statement()
        exec(compile(ast.Module([statement], []), "a.md", "exec"), namespace)
    curves = recorder.curves(None, namespace, code)
    assert [(c.name, list(c.values)) for c in curves] == [(name.strip(), values) for name, values in wanted.items()]
    assert all(list(c.steps) == list(range(c.total)) for c in curves if "total" not in c.name)


def test_a_function_of_an_earlier_cell() -> None:
    recorder = Recorder()
    vars(builtins)[NAME] = recorder.calls
    namespace: dict[str, Any] = {}
    for code, wanted in (
        (TRAIN, []),
        ("train(1)", [[1, 2, 3]]),
        ("train(2)\ntrain(3)", [[2, 3, 4], [3, 4, 5]]),
        ("1", []),
    ):
        recorder.start()
        for statement in recorder.instrument(ast.parse(code), DEFAULT_LOSSES).body:
            recorder.statement()
            exec(compile(ast.Module([statement], []), "a.md", "exec"), namespace)
        assert [list(c.values) for c in recorder.curves(None, namespace, code)] == wanted


@given(st.lists(st.floats(width=32), max_size=40), st.integers(1, 9))
def test_points_in_batches_are_points_one_by_one(values: list[float], size: int) -> None:
    one, many = Series(), Series()
    for step, value in enumerate(values):
        one.add(step, value)
    for start in range(0, len(values), size):
        batch = values[start : start + size]
        many.extend(range(start, start + len(batch)), batch)
    assert repr(one) == repr(many)


def test_numpy() -> None:
    code = (
        "import numpy as np\nfor t in range(3):\n    loss = np.float32(t) / 2\n    a_loss = np.array(t + 1)\n"
        "    b_loss = np.ones(3)\n    c_loss = np.bool_(True)\n    d_loss = np.complex64(1j)\n"
        "losses = np.arange(4) * 3.0\n"
    )
    assert points(code) == {"loss": [0, 0.5, 1], "a_loss": [1, 2, 3], "losses": [0, 3, 6, 9]}


def test_torch() -> None:
    code = (
        "import gc, torch\nw = torch.tensor([3.0], requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.25)\n"
        "for t in range(4):\n    opt.zero_grad()\n    loss = (w ** 2).sum()\n    loss.backward()\n    opt.step()\n"
        "    all_loss = w.detach() * torch.ones(2)\n    yes_loss = loss > 0\nloss = None\ngc.collect()\n"
        "kept = sum(isinstance(o, torch.Tensor) and o.grad_fn is not None for o in gc.get_objects())"
    )
    names: dict[str, Any] = {}
    [curve] = record(code, names=names)
    assert curve.values == (9.0, 2.25, 0.5625, 0.140625)
    assert names["kept"] == 0


def test_torch_optimizer_that_calls_a_closure() -> None:
    code = (
        "import torch\nw = torch.tensor([3.0, 1.0], requires_grad=True)\nopt = torch.optim.LBFGS([w], max_iter=5)\n"
        "calls = 0\ndef closure():\n    global calls\n    calls += 1\n    opt.zero_grad()\n"
        "    loss = ((w - 1) ** 4).sum()\n    loss.backward()\n    return loss\n"
        "for t in range(3):\n    opt.step(closure)"
    )
    names: dict[str, Any] = {}
    [curve] = record(code, names=names)
    assert curve.total == names["calls"] > 5


def test_tracing_is_left_alone() -> None:
    code = (
        "import torch, torch.fx\ndef f(x):\n    loss = x * 2\n    loss = loss + 1\n    return loss\n"
        "graph = torch.fx.symbolic_trace(f)\nnodes = [n.op for n in graph.graph.nodes]\n"
        "grads = torch.vmap(torch.func.grad(f))(torch.ones(3))"
    )
    names: dict[str, Any] = {}
    record(code, names=names)
    assert names["nodes"] == ["placeholder", "call_function", "call_function", "output"]
    assert names["grads"].tolist() == [2.0, 2.0, 2.0]
