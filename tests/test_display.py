"""What a cell shows: values in all their forms, figures, and nothing that nobody asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from cell_runs import FIRST, Bench, text

from gradpress.cells import Failure, Figure, Result, Rich

PLOT = "import matplotlib.pyplot as plt\n"


@pytest.fixture
def run(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def plain(result: Result) -> list[str]:
    """The values that are shown, as text; `figure` for each figure."""
    return [
        "figure" if isinstance(o, Figure) else o.data["text/plain"]
        for o in result.outputs
        if isinstance(o, Figure | Rich)
    ]


def shown(result: Result) -> Rich:
    [rich] = [o for o in result.outputs if isinstance(o, Rich)]
    return rich


VALUES = {
    "expression": ("1 + 1", ["2"]),
    "string": ("'a'", ["'a'"]),
    "none": ("None", []),
    "assignment": ("x = 3", []),
    "semicolon": ("3;", []),
    "semicolon and comment": ("3  ;  # quiet", []),
    "semicolon in a string": ("'a;'", ["'a;'"]),
    "comment after": ("3  # loud;", ["3"]),
    "wide characters": ("'é' + 'ü';", []),
    "only the last": ("1\n2\n3", ["3"]),
    "not in a block": ("if True:\n    4", []),
    "pretty": ("{'b': list(range(40)), 'a': 1}", None),
    "class": ("class A:\n    def __repr__(self): return 'me'\nA()", ["me"]),
    "empty": ("# nothing", []),
}


@pytest.mark.parametrize(("code", "wanted"), VALUES.values(), ids=VALUES)
def test_last_value(run: Bench, code: str, wanted: list[str] | None) -> None:
    [result] = run(code)
    assert result.error is None
    if wanted is None:
        assert "\n" in plain(result)[0]
    else:
        assert plain(result) == wanted


def test_rich_forms(run: Bench) -> None:
    code = (
        "class A:\n    def __repr__(self): return 'a'\n    def _repr_html_(self): return '<b>a</b>'\n"
        "    def _repr_latex_(self): return '$a$'\n    def _repr_markdown_(self): return '**a**'\n"
        "    def _repr_svg_(self): return '<svg/>'\n    def _repr_png_(self): return b'png'\n"
        "    def _repr_json_(self): return {'a': [1]}\nA()"
    )
    rich = shown(run(code)[0])
    assert {m: d for m, d in rich.data.items() if m != "application/json"} == {
        "text/plain": "a",
        "text/html": "<b>a</b>",
        "text/latex": "$a$",
        "text/markdown": "**a**",
    }
    assert rich.data["application/json"] == '{"a": [1]}'
    assert run.store.blob(rich.files["image/svg+xml"]) == b"<svg/>"
    assert run.store.blob(rich.files["image/png"]) == b"png"


def test_display_in_order(run: Bench) -> None:
    code = (
        "from IPython.display import HTML, Markdown, Image\nprint('a')\n"
        "display(HTML('<i>b</i>'), Markdown('*c*'))\nprint('d')\n5"
    )
    [result] = run(code)
    kinds = [type(o).__name__ for o in result.outputs]
    assert kinds == ["Stream", "Rich", "Rich", "Stream", "Rich"]
    assert plain(result)[-1] == "5"


def test_display_without_import_and_of_several(run: Bench) -> None:
    assert plain(run("display(1, [2])")[0]) == ["1", "[2]"]


def test_display_that_is_updated_and_cleared(run: Bench) -> None:
    [result] = run("h = display('a', display_id=True)\nprint('x')\nh.update('b')\nNone")
    assert plain(result) == ["'b'"]
    [result] = run("from IPython.display import clear_output\nprint('old')\nclear_output()\nprint('new')")
    assert text(result) == "new\n"


def test_broken_representation_shows_the_plain_one(run: Bench) -> None:
    [result] = run("class A:\n    def __repr__(self): return 'a'\n    def _repr_html_(self): 1 / 0\nA()")
    assert plain(result) == ["a"]
    assert text(result, "stderr") == "ZeroDivisionError: division by zero\n"


def test_magics_and_commands(run: Bench) -> None:
    [result] = run("%matplotlib inline\nx = !echo hi\nprint(x[0])\n%who_ls")
    assert text(result) == "hi\n"
    assert plain(result) == ["['x']"]
    [result] = run("!echo from the shell")
    assert text(result) == "from the shell\n"


def test_unknown_magic_is_an_error_of_the_cell(run: Bench) -> None:
    [result] = run("x = 1\n%no_such_magic")
    assert result.error is not None
    assert result.error.line == FIRST + 1


INLINE = {"number": ("1 / 4", "0.25"), "string": ("'a' + 'b'", "ab"), "list": ("[1, 2]", "[1, 2]")}


@pytest.mark.parametrize(("code", "wanted"), INLINE.values(), ids=INLINE)
def test_inline(run: Bench, code: str, wanted: str) -> None:
    assert shown(run(code, inline=True)[0]).data["text/plain"] == wanted


def test_inline_numpy_number_is_a_number(run: Bench) -> None:
    assert shown(run("__import__('numpy').float64(0.5)", inline=True)[0]).data["text/plain"] == "0.5"


# ── figures ──────────────────────────────────────────────────────────────────────────────────────

FIGURES = {
    "plot": ("plt.plot([1, 2])", ["figure"]),
    "hist": ("plt.hist([1, 2, 2])", ["figure"]),
    "bar": ("plt.bar([1, 2], [3, 4])", ["figure"]),
    "title": ("plt.plot([1])\nplt.title('t')", ["figure"]),
    "boxplot": ("plt.boxplot([1, 2, 3])", ["figure"]),
    "contour": ("plt.contourf([[1, 2], [3, 4]])", ["figure"]),
    "subplots": ("fig, axes = plt.subplots(1, 2)\naxes", ["figure"]),
    "tuple": ("plt.subplots()", ["figure"]),
    "figure as value": ("fig, ax = plt.subplots()\nfig", ["figure"]),
    "figure displayed": ("fig, ax = plt.subplots()\ndisplay(fig)\n7", ["figure", "7"]),
    "figure without pyplot": ("from matplotlib.figure import Figure\nf = Figure()\n_ = f.subplots()\nf", ["figure"]),
    "show": ("plt.plot([1])\nplt.show()\nplt.plot([2])\nplt.show()", ["figure", "figure"]),
    "two open": ("plt.figure().add_subplot()\nplt.figure().add_subplot()", ["figure", "figure"]),
    "show in the middle": ("plt.plot([1]); plt.show()\n3", ["figure", "3"]),
    "nothing drawn": ("plt.figure()\nplt.close('all')\n1", ["1"]),
    "blank": ("f = plt.figure()", []),
}


def test_figures_and_no_echo(run: Bench) -> None:
    results = run(*(PLOT + code for code, _ in FIGURES.values()), timeout=60)
    assert {n: plain(r) for n, r in zip(FIGURES, results, strict=True)} == {n: w for n, (_, w) in FIGURES.items()}
    assert all(text(r) == text(r, "stderr") == "" for r in results)


def test_figure_files_are_the_same_in_every_run(run: Bench) -> None:
    code = PLOT + "plt.plot([1, 2], label='a'); plt.legend(); plt.title('$x^2$')"
    first, second = run(code, timeout=60), run(code, timeout=60)
    assert first[0].outputs == second[0].outputs
    figure = first[0].outputs[0]
    assert isinstance(figure, Figure)
    svg, pdf = (run.store.blob(figure.files[m]) or b"" for m in ("image/svg+xml", "application/pdf"))
    assert b"<svg" in svg
    assert pdf.startswith(b"%PDF")


def test_size_of_figures(run: Bench) -> None:
    sized = [
        run(PLOT + c, fig_width=3.0, fig_height=2.0, timeout=60)[0].outputs[0]
        for c in ("plt.plot([1])", "plt.figure(figsize=(5, 4)); plt.plot([1])")
    ]
    assert [(f.width, f.height) for f in sized if isinstance(f, Figure)] == [(3.0, 2.0), (5.0, 4.0)]


def test_figure_that_cannot_be_drawn_is_an_error_of_the_cell(run: Bench) -> None:
    bad, after = run(PLOT + "plt.plot([1])\nplt.title('$\\\\frac$')", "print('on')", error=True, timeout=60)
    failure = bad.outputs[-1]
    assert isinstance(failure, Failure)
    assert (failure.ename, failure.line) == ("ValueError", FIRST + 2)
    assert text(after) == "on\n"


def test_figures_before_an_error_are_shown(run: Bench) -> None:
    [result] = run(PLOT + "plt.plot([1])\n1 / 0", timeout=60)
    assert [type(o).__name__ for o in result.outputs] == ["Figure", "Failure"]


def test_huge_figure_becomes_an_image(run: Bench) -> None:
    [result] = run(PLOT + "import numpy as np\nx = np.random.rand(60_000)\nplt.scatter(x, x[::-1], s=1)", timeout=60)
    figure = result.outputs[0]
    assert isinstance(figure, Figure)
    assert set(figure.files) == {"image/png", "application/pdf"}


def test_loss_and_figure_of_one_cell(run: Bench) -> None:
    [result] = run(PLOT + "for t in range(5):\n    loss = 2.0 ** -t\nplt.plot([1])", train=True, timeout=60)
    assert plain(result) == ["figure"]
    assert [(c.name, c.line, c.total) for c in result.curves] == [("loss", FIRST + 2, 5)]
