"""Options of cells: what they mean, and reading them from the words that authors write."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from gradpress.records import dataclass, fields, replace

DEFAULT_LOSSES = ("loss", "*_loss", "loss_*", "cost", "objective")
"""Names that are recorded in a training cell that names none."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a cell is run and shown.  Names and meanings are Quarto's where it has them."""

    label: str = ""
    """Target of references, e.g. `fig-fit`."""
    echo: bool | Literal["fenced"] = True
    """Show the code; `fenced` shows it with its fence and options."""
    eval: bool = True
    """Run the code."""
    include: bool = True
    """Show anything at all; the code runs all the same."""
    output: bool | Literal["asis", "fold"] = True
    """Show the output; `asis` reads what is printed as Markdown."""
    error: bool = False
    """An exception is part of the page, not a mistake: it is shown and the next cell runs."""
    warning: bool = True
    """Show Python warnings."""
    fig_cap: str = ""
    """Caption of the figure."""
    fig_caps: tuple[str, ...] = ()
    """Captions of several figures, each with a number of its own: `fig-cap` as a list."""
    fig_alt: str = ""
    """Text for readers who cannot see the figure."""
    fig_width: float | None = None
    """Width of figures in inches, unless the code sets a size itself."""
    fig_height: float | None = None
    """Height of figures in inches, unless the code sets a size itself."""
    fig_subcap: tuple[str, ...] | Literal[True] = ()
    """Captions of the parts of a figure; True: parts with letters only."""
    tbl_cap: str = ""
    """Caption of the table."""
    tbl_subcap: tuple[str, ...] | Literal[True] = ()
    """Captions of several tables; True: tables with letters only."""
    fig_cap_location: str = ""
    """Where captions of figures stand: `top` or `bottom`."""
    tbl_cap_location: str = ""
    """Where captions of tables stand."""
    cap_location: str = ""
    """Where both stand."""
    lst_cap: str = ""
    """Caption of the code as a listing."""
    lst_label: str = ""
    """Target of references to the listing."""
    layout_ncol: int | None = None
    """How many figures stand side by side."""
    layout_nrow: int | None = None
    """In how many rows the figures stand."""
    layout: str = ""
    """Widths of figures, row by row: `[[70, 30], [100]]`."""
    out_width: str = ""
    """Width of figures on the page: `80%`."""
    column: str = ""
    """Where the output stands: `margin`."""
    code_summary: str = ""
    """What is written on the box of folded code."""
    filename: str = ""
    """Name of a file, shown above the code."""
    code_line_numbers: str = ""
    """Whether lines of the code have numbers, or which lines are emphasised: `2,4-6`."""
    linenos: bool = False
    """The same for MyST."""
    lineno_start: int | None = None
    """Number of the first line."""
    emphasize_lines: str = ""
    """Lines of the code that are emphasised."""
    code_fold: bool | Literal["show"] = False
    """Put the code in a box that opens; `show` opens it at first."""
    timeout: float | None = None
    """Seconds the cell may run; None takes the page's limit, 0 means no limit."""
    depends: tuple[str, ...] = ()
    """Files whose contents the cell reads, relative to the page, where that is not seen by itself."""
    loss: tuple[str, ...] | Literal[False] | None = None
    """Names to record; False records none; None means the default names of a training cell."""
    loss_scale: Literal["auto", "log", "linear"] = "auto"
    """Scale of the loss plot."""
    loss_label: str = ""
    """Target of references to the loss plot."""
    loss_cap: str = ""
    """Caption of the loss plot."""
    session: str = ""
    """Name of the namespace and process; the page's own has no name."""
    seed: int | None = None
    """Seed the random numbers again before this cell."""


_TAGS: dict[str, dict[str, Any]] = {
    "norun": {"eval": False},
    "skip-execution": {"eval": False},
    "hide-input": {"code_fold": True},
    "remove-input": {"echo": False},
    "hide-output": {"output": "fold"},
    "hide-cell": {"code_fold": True, "output": "fold"},
    "remove-output": {"output": False},
    "remove-cell": {"include": False},
    "raises-exception": {"error": True},
}
"""Class names and MyST tags that stand for options."""

ELSEWHERE = frozenset(
    "fig_align fig_pos fig_env fig_scap fig_link fig_format fig_dpi fig_asp fig_show fig_keep fig_ext fig_path fig_id "
    "fig_column tbl_column lst_cap_location tbl_colwidths "
    "out_height out_extra layout_align layout_valign code_overflow code_copy code_block_name class "
    "classes panel results message cache freeze comment collapse prompt tidy dev dpi engine purl autodep dependson "
    "ref_label lightbox renderings html_table_processing id key title name padding height width eval_after "
    "slideshow editable scrolled vscode cache_path cache_extra dev_args opts_label ojs_define prefix prefer_html "
    "output_location html_code html_code_annotations code_annotations".split()
)
"""Options of Quarto and R Markdown that are known, and have no meaning here."""
_WORDS = {"true": True, "yes": True, "on": True, "t": True, "f": False, "false": False, "no": False, "off": False}
_CHOICES: dict[str, tuple[str, ...]] = {"echo": ("fenced",), "output": ("asis",), "code_fold": ("show",)}
_SWITCHES = {f.name for f in fields(Options) if f.type == "bool"} | _CHOICES.keys()
_NUMBERS = {"fig_width", "fig_height", "timeout"}
_COUNTS = {"layout_ncol", "layout_nrow", "lineno_start"}
_USUAL = Options()
_SCALES = ("auto", "log", "linear")


def parse_options(
    raw: Mapping[str, Any], defaults: Options = _USUAL, flags: Iterable[str] = ()
) -> tuple[Options, tuple[str, ...]]:
    """`defaults` changed by `flags` (class names), then by `raw`; and what is wrong with `raw`, as sentences."""
    chosen: dict[str, Any] = {}
    problems: list[str] = []
    for flag in flags:
        chosen |= _TAGS.get(flag, {})
    for key, value in raw.items():
        name = key.strip().replace("-", "_").replace(".", "_").lower()
        if name in ELSEWHERE:
            continue
        try:
            name = "linenos" if name == "number_lines" else name
            name = "fig_caps" if name == "fig_cap" and isinstance(value, list) else name
            chosen |= _tagged(value) if name == "tags" else {name: _value(name, value)}
        except KeyError:
            problems.append(f"unknown option {key}{_nearest(name)}")
        except ValueError as error:
            problems.append(f"option {key}: {_shown(value)} is not {error}")
    return replace(defaults, **chosen), tuple(problems)


def _tagged(value: Any) -> dict[str, Any]:
    """MyST's `tags`; those that mean nothing here are for other programs."""
    return {name: v for tag in _listed(value) for name, v in _TAGS.get(tag, {}).items()}


def _value(name: str, value: Any) -> Any:
    if name not in Options.__dataclass_fields__:
        raise KeyError(name)
    if name in _SWITCHES:
        return _switch(value, _CHOICES.get(name, ()))
    if name in _NUMBERS:
        return _positive(value, zero=name == "timeout")
    if name == "fig_caps":
        return _listed(value)
    if name in _COUNTS:
        return max(1, _whole(value))
    if name in ("fig_subcap", "tbl_subcap"):
        return _subcaptions(value)
    if name == "loss":
        return _losses(value)
    if name == "seed":
        return _whole(value)
    if name == "loss_scale":
        return _one_of(value, _SCALES)
    return _listed(value) if name == "depends" else _shown(value)


def _subcaptions(value: Any) -> tuple[str, ...] | Literal[True]:
    if isinstance(value, list | tuple):
        return tuple("" if v is None else str(v).strip() for v in value)
    if _WORDS.get(_shown(value).lower()) is True:
        return True
    return _listed(value) if _shown(value)[:1] == "[" else (_shown(value),)


def _switch(value: Any, words: tuple[str, ...]) -> bool | str:
    word = _shown(value).lower()
    if word in words:
        return word
    if word not in _WORDS:
        raise ValueError(" or ".join(("true", "false", *words)))
    return _WORDS[word]


def _positive(value: Any, *, zero: bool) -> float:
    number = _floated(value)
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError("a positive number")
    return number


def _floated(value: Any) -> float:
    try:
        return float(_shown(value))
    except ValueError:
        raise ValueError("a positive number") from None


def _whole(value: Any) -> int:
    try:
        number = int(_shown(value))
    except ValueError:
        raise ValueError("a whole number") from None
    if not 0 <= number < 2**32:
        raise ValueError("between 0 and 4294967295, which is what numpy takes")
    return number


def _one_of(value: Any, words: tuple[str, ...]) -> str:
    word = _shown(value).lower()
    if word not in words:
        raise ValueError("one of " + ", ".join(words))
    return word


def _losses(value: Any) -> tuple[str, ...] | Literal[False] | None:
    """`false`, `true` or `auto` (the default names), or names; a comma inside brackets separates nothing."""
    word = _shown(value).lower()
    if word in ("auto", ""):
        return None
    if word in _WORDS:
        return False if not _WORDS[word] else DEFAULT_LOSSES
    return _listed(value)


def _listed(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(str(v).strip() for v in value)
    text = _shown(value)
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return tuple(p.strip().strip("\"'") if p.strip()[:1] in "\"'" else p.strip() for p in parts if p.strip())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _nearest(name: str) -> str:
    import difflib

    known = [n.replace("_", "-") for n in (*Options.__dataclass_fields__, "tags")]
    near = difflib.get_close_matches(name.replace("_", "-"), known, n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""
