"""The page 'Execution': what the cells of all pages cost when they ran.

It says what stored results know, and so is the same in every build of the same notes with the same cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from gradpress import interface
from gradpress.cell_costs import Cost
from gradpress.formats import execution_phrases, listing
from gradpress.navigation import EXECUTION
from gradpress.page import SiteView
from gradpress.records import dataclass, replace


@dataclass(frozen=True)
class Row:
    """A cell, or a page, as the tables show it."""

    name: str
    line: int
    cells: int
    time: str
    memory: str
    outcome: str
    url: str = ""
    """Empty for what its page does not show."""
    rows: tuple[Row, ...] = ()
    """The cells of a page."""
    heading: str = ""
    """The name of a page's heading here."""


def execution(site: SiteView, costs: Mapping[str, Sequence[Cost]]) -> bytes:
    """Its HTML; `costs` by the names of the pages that have cells."""
    every = [cost for page in costs.values() for cost in page]
    said = execution_phrases.said(site.lang)
    return listing.made(
        "execution.html.j2",
        interface.said(site.lang)["execution"],
        EXECUTION,
        site,
        said=said,
        pages=[_page(name, title, costs[name], said) for name, title in _titles(site, costs).items()],
        time=duration(sum(cost.seconds for cost in every)),
        memory=size(max(cost.memory for cost in every)),
    )


def _titles(site: SiteView, names: Mapping[str, object]) -> dict[str, str]:
    """Pages with their titles in the order of the navigation; those that it does not have come last."""
    known = {(entry.url or "").removesuffix(".html"): listing.titled(entry, site).title for entry in site.nav.pages}
    return {name: title for name, title in known.items() if name in names} | {
        name: name for name in sorted(names) if name not in known
    }


def _page(name: str, title: str, costs: Sequence[Cost], said: Mapping[str, str]) -> Row:
    url = f"{quote(name)}.html"
    values = [cost for cost in costs if not cost.number]
    rows = [_cell(cost, url, said) for cost in costs if cost.number]
    rows += [_row(said["values"].format(len(values)), values, said)] if values else []
    return replace(_row(title, costs, said), url=url, heading=f"page:{name}", rows=tuple(rows))


def _cell(cost: Cost, url: str, said: Mapping[str, str]) -> Row:
    row = _row(cost.label or said["numbered"].format(cost.number), [cost], said)
    return replace(row, url=f"{url}#{quote(cost.anchor)}") if cost.anchor else row


def _row(name: str, costs: Sequence[Cost], said: Mapping[str, str]) -> Row:
    """Several cells together: their time, the largest process, the worst of what became of them."""
    outcome = min((cost.outcome for cost in costs), key=execution_phrases.OUTCOMES.index)
    time = duration(sum(cost.seconds for cost in costs))
    return Row(name, costs[0].line, _count(costs), time, size(max(cost.memory for cost in costs)), said[outcome])


def _count(costs: Sequence[Cost]) -> int:
    return sum(bool(cost.number) for cost in costs)


def duration(seconds: float) -> str:
    """A length of time for readers: `0.25 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 0.01:
        return "< 0.01 s" if seconds else "–"
    if round(seconds) < 100:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def size(memory: int) -> str:
    """An amount of memory for readers: `85 MB`, `1.24 GB`."""
    if not memory:
        return "–"
    return f"{memory / 1e6:.0f} MB" if memory < 1e9 else f"{memory / 1e9:.2f} GB"
