"""Plots of losses in a page: the picture alone without scripts, and what they answer with them, from a file."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builds import ROOT
from playwright.sync_api import Browser, Locator
from visits import Visit

NOTE = """---
math: {method: mathml}
---

```{.python .train #fig-slow loss="loss, val_loss" loss-cap="Small steps $x^2$."}
for t in range(41):
    loss = 100 * 0.8**t
    val_loss = loss + 2
```

```{.python .train #fig-fast loss-cap="Large steps."}
for t in range(21):
    loss = 100 * 0.5**t
```

```{.python .train loss-scale="linear" loss-cap="Too large."}
import math

for t in range(9):
    loss = -1.0 - t if t < 6 else math.nan
```

```{.python .train loss="other_loss"}
for t in range(5000):
    other_loss = 3.0 if t == 4000 else 1 / (1 + t)
```
"""
GERMAN = """---
lang: de
math: {method: mathml}
---

```{.python .train loss-cap="Zu groß."}
import math

for t in range(9):
    loss = 1.0 + t if t < 6 else math.nan
```

```{.python .train}
for t in range(9):
    loss = 1.0 + t
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The note, built once."""
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("curves")
    (folder / "content").mkdir()
    (folder / "content" / "a.md").write_text(NOTE)
    (folder / "content" / "de.md").write_text(GERMAN)
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "html"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return folder / "site"


@pytest.fixture
def page(site: Path, visit: Visit) -> Iterator[Visit]:
    """The page, open; it may not ask other machines, nor fail."""
    visit.open(site / "a.html")
    yield visit
    assert (visit.errors, visit.outside) == ([], [])


def plot(visit: Visit, number: int = 0) -> Locator:
    return visit.page.locator("figure.loss-plot").nth(number)


def data(figure: Locator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(figure.locator(".curves-data").text_content() or "")["curves"]
    return found


def shown(figure: Locator) -> tuple[int, dict[str, float]]:
    """The step and the values in the box at the cursor."""
    step, *lines = figure.locator(".curves-tip").inner_text().split("\n")
    values = {}
    for line in lines:
        name, value = line.rsplit(" ", 1)
        values[name] = number(value)
    return int(step.removeprefix("step ")), values


def number(said: str) -> float:
    plain = said.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-"))
    return float(re.sub(r"·10(-?\d+)", r"e\1", plain))


def hover(figure: Locator, share: float) -> None:
    area = figure.locator(".curves-area")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    area.hover(position={"x": share * box["width"], "y": box["height"] / 3})


def test_the_cursor_shows_the_values_of_all_curves(page: Visit) -> None:
    figure = plot(page)
    seen = []
    for share in (0.2, 0.5, 0.9):
        hover(figure, share)
        step, values = shown(figure)
        seen.append(step)
        assert values["loss"] == pytest.approx(100 * 0.8**step, rel=1e-3)
        assert values["val_loss"] == pytest.approx(100 * 0.8**step + 2, rel=1e-3)
        circle = figure.locator(".curves-pointer circle").first.bounding_box()
        area = figure.locator(".curves-area").bounding_box()
        assert circle
        assert area
        middle = circle["x"] + circle["width"] / 2 - area["x"]
        assert middle == pytest.approx(share * area["width"], abs=12), "the nearest step to the cursor"
    assert seen == sorted(set(seen))
    page.page.mouse.move(1, 1)
    assert figure.locator(".curves-tip").is_hidden()


def test_keys_walk_along_the_steps(page: Visit) -> None:
    area = plot(page).locator(".curves-area")
    area.focus()
    seen = [area.get_attribute("aria-valuenow")]
    for key in ("ArrowLeft", "Home", "ArrowLeft", "ArrowRight", "PageUp", "End", "ArrowRight"):
        area.press(key)
        seen.append(area.get_attribute("aria-valuenow"))
    assert seen == ["40", "39", "0", "0", "1", "5", "40", "40"]
    area.press("Home")
    assert area.get_attribute("aria-valuetext") == "step 0, loss 100, val_loss 102"
    assert shown(plot(page)) == (0, {"loss": 100, "val_loss": 102})
    area.press("Escape")
    assert plot(page).locator(".curves-tip").is_hidden()


def ticks(figure: Locator) -> list[str]:
    return figure.locator(".curves-area text[text-anchor=end]").all_text_contents()


def test_the_scale_is_switched(page: Visit) -> None:
    figure = plot(page)
    scale = figure.get_by_role("button", name="log")
    assert (scale.get_attribute("aria-pressed"), ticks(figure)) == ("true", ["0.01", "0.1", "1", "10", "100"])
    curve = figure.locator(".curves-area .curves-line").first
    bent = curve.get_attribute("d")
    scale.click()
    assert scale.get_attribute("aria-pressed") == "false"
    assert ticks(figure) == ["0", "20", "40", "60", "80", "100"]
    assert curve.get_attribute("d") != bent
    hover(figure, 0.5)
    step, values = shown(figure)
    assert values["loss"] == pytest.approx(100 * 0.8**step, rel=1e-3)


def test_without_positive_values_there_is_no_logarithm(page: Visit) -> None:
    assert plot(page, 2).get_by_role("button", name="log").is_disabled()


def test_curves_go_and_come_and_the_scale_follows(page: Visit) -> None:
    figure = plot(page)
    first, second = (figure.get_by_role("button", name=name, exact=True) for name in ("loss", "val_loss"))
    first.press("Enter")
    assert (first.get_attribute("aria-pressed"), second.get_attribute("aria-pressed")) == ("false", "true")
    assert figure.locator(".curves-area .curves-line").count() == 1
    assert "0.1" not in ticks(figure), "val_loss never is below 2"
    hover(figure, 0.5)
    assert list(shown(figure)[1]) == ["val_loss"]
    second.click()
    assert figure.locator(".curves-area .curves-line").count() == 0
    first.click()
    second.click()
    assert ticks(figure) == ["0.01", "0.1", "1", "10", "100"]


def test_runs_are_compared(page: Visit) -> None:
    figure = plot(page, 1)
    figure.get_by_text("Compare").click()
    choices = figure.locator(".curves-compare label").all_inner_texts()
    assert [choice.strip() for choice in choices] == [
        "Figure 1: Small steps x^2.",
        "Figure 3: Too large. loss diverged at step 6.",
    ]
    figure.get_by_label("Figure 1: Small steps x^2.").check()
    keys = figure.locator(".curves-keys button")
    assert keys.all_inner_texts() == ["loss", "loss · Figure 1"], "only what both have"
    assert figure.get_by_label("Figure 1: Small steps x^2.").evaluate("(box) => box === document.activeElement")
    hover(figure, 0.25)
    step, values = shown(figure)
    assert values == {
        "loss": pytest.approx(100 * 0.5**step, rel=1e-3),
        "loss · Figure 1": pytest.approx(100 * 0.8**step, rel=1e-3),
    }
    hover(figure, 0.9)
    step, values = shown(figure)
    assert step > 20
    assert list(values) == ["loss · Figure 1"], "the other one has ended"
    assert (
        len({line.get_attribute("stroke-dasharray") for line in figure.locator(".curves-area .curves-line").all()}) == 2
    )
    figure.get_by_label("Figure 1: Small steps x^2.").uncheck()
    assert keys.count() == 1
    page.page.keyboard.press("Escape")
    assert not figure.get_by_label("Figure 1: Small steps x^2.").is_visible()
    assert plot(page, 3).get_by_text("Compare").count() == 0, "no other plot has this curve"


def test_divergence_is_marked(page: Visit) -> None:
    figure = plot(page, 2)
    assert figure.locator(".curves-area .curves-cross").count() == 1
    assert "diverged at step 6" in (figure.locator(".curves-area").text_content() or "")
    figure.locator(".curves-area").focus()
    assert figure.locator(".curves-area").get_attribute("aria-valuetext") == "step 8, loss not finite"


def test_plots_speak_the_language_of_the_page(site: Path, visit: Visit) -> None:
    visit.open(site / "de.html")
    figure = plot(visit)
    assert figure.locator(".curves-bar summary").inner_text() == "Vergleichen"
    assert figure.locator(".curves-scale").get_attribute("title") == "Logarithmische Skala"
    area = figure.locator(".curves-area")
    area.focus()
    assert area.get_attribute("aria-label") == "Schritt"
    assert area.get_attribute("aria-valuetext") == "Schritt 8, loss nicht endlich"
    assert "divergiert in Schritt 6" in (area.text_content() or "")
    assert "loss divergiert in Schritt 6." in figure.locator("figcaption").inner_text()
    assert "lineare Skala. loss: zuerst 1, zuletzt nan" in (
        figure.locator("svg[role=img]").get_attribute("aria-label") or ""
    )
    figure.get_by_text("Daten").click()
    assert figure.get_by_role("rowheader").all_inner_texts()[:3] == ["zuerst", "zuletzt", "kleinster"]
    assert visit.page.get_by_role("link", name="Ausführung").count() == 1
    assert (visit.errors, visit.outside) == ([], [])


def test_long_curves_keep_their_peaks(page: Visit) -> None:
    [curve] = data(plot(page, 3))
    assert 600 < len(curve["values"]) <= 1000
    assert (max(curve["values"]), curve["total"]) == (3, 5000)


def test_without_scripts_the_picture_stands(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((site / "a.html").as_uri())
    figure = opened.locator("figure.loss-plot").first
    picture = figure.locator("svg[role=img]")
    assert picture.is_visible()
    assert "loss: first 100" in (picture.get_attribute("aria-label") or "")
    assert figure.locator(".curves").count() == 0
    figure.get_by_text("Data").click()
    table = figure.get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts() == ["step", "loss", "val_loss"]
    rows = [row.locator("th, td").all_inner_texts() for row in table.get_by_role("row").all()]
    assert rows[1:4] == [["first", "100", "102"], ["last", "0.01329", "2.013"], ["least", "0.01329", "2.013"]]
    assert (rows[4], rows[-1]) == (["0", "100", "102"], ["40", "0.01329", "2.013"])
    assert figure.get_by_role("link", name="CSV").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_colours_are_those_of_the_theme(site: Path, browser: Browser, scheme: Any, scripts: bool) -> None:
    context = browser.new_context(color_scheme=scheme, java_script_enabled=scripts)
    opened = context.new_page()
    opened.goto((site / "a.html").as_uri())
    where = ".curves-area .curves-line" if scripts else 'svg[role=img] path[style*="var(--curve-1"]'
    line = opened.locator("figure.loss-plot").first.locator(where).first
    wanted = opened.evaluate(
        """() => { const probe = document.body.appendChild(document.createElement("i"));
                   probe.style.color = "var(--curve-1)"; return getComputedStyle(probe).color; }"""
    )
    assert wanted != "rgb(0, 0, 0)"
    assert line.evaluate("(line) => getComputedStyle(line).stroke") == wanted
    context.close()


def test_colours_change_with_the_switch_of_the_theme(page: Visit) -> None:
    line, seen = plot(page).locator(".curves-area .curves-line").first, []
    for theme in ("light", "dark"):
        page.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        seen.append(line.evaluate("(line) => getComputedStyle(line).stroke"))
    assert len(set(seen)) == 2


def test_paper_has_the_picture(page: Visit) -> None:
    page.page.emulate_media(media="print")
    figure = plot(page)
    assert figure.locator("svg[role=img]").is_visible()
    assert figure.locator(".curves").is_hidden()
    assert figure.locator(".curve-data").is_hidden()


def test_all_points_are_downloaded_from_a_file(page: Visit, tmp_path: Path) -> None:
    with page.page.expect_download() as waited:  # which ends a navigation before its time
        plot(page, 3).get_by_role("link", name="CSV").click()
    waited.value.save_as(tmp_path / "losses.csv")
    page.errors.remove(f"failed: {waited.value.url}")
    head, *rows = csv.reader((tmp_path / "losses.csv").read_text().splitlines())
    assert head == ["step", "other_loss"]
    assert len(rows) > len(data(plot(page, 3))[0]["values"])
    assert all(float(value) == (3.0 if int(step) == 4000 else 1 / (1 + int(step))) for step, value in rows)


def test_nothing_moves_when_the_script_comes(site: Path, browser: Browser) -> None:
    context = browser.new_context()
    opened = context.new_page()
    held: list[Any] = []
    opened.route("**/gradpress.js", lambda route: held.append(route))
    opened.goto((site / "a.html").as_uri(), wait_until="commit")
    last = opened.locator("figure.loss-plot").last
    last.wait_for()
    before = last.bounding_box()
    assert len(held) == 1
    held[0].continue_()
    opened.locator(".curves").last.wait_for()
    after = last.bounding_box()
    assert before
    assert after
    assert after["y"] == pytest.approx(before["y"], abs=8)
    context.close()
