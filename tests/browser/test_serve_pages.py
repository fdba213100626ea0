"""`serve` in Chromium: what a reader sees while an author writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builds import ROOT
from playwright.sync_api import Page, expect
from served import PATIENCE, Served
from visits import Visit

expect.set_options(timeout=PATIENCE * 1000)
LONG = "\n\n".join(f"Paragraph {k} of the text, with $x_{{{k}}}$ in it." for k in range(60))
PAGE = f"""---
title: A note
header-includes: |
  \\newcommand{{\\w}}{{\\omega}}
---

# First {{#first}}

The first word.

$$ a = \\w $$ {{#eq-a}}

See @eq-a and $\\eqref{{eq-b}}$.

{LONG}

$$ b = c $$ {{#eq-b}}

# Last {{#last}}

The last word.
"""
TYPESET = "document.querySelectorAll('.math').length === document.querySelectorAll('mjx-container').length"
Start = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path, npm_cache: Path) -> Iterator[Start]:
    """Serve a folder with these notes; MathJax is taken from the test cache."""
    (tmp_path / "content").mkdir()
    (tmp_path / "cache").mkdir()
    (npm_cache / "npm").mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    started: list[Served] = []

    def start(*arguments: str, **notes: str) -> Served:
        for name, text in notes.items():
            (tmp_path / "content" / f"{name}.md").write_text(text)
        started.append(Served(tmp_path, "--mathjax=local", *arguments))
        return started[-1]

    yield start
    for served in started:
        with served:
            pass


def shown(visit: Visit, served: Served, page: str = "") -> Page:
    """A page that is complete, marked so that a reload would be seen."""
    visit.page.goto(served.url + page)
    visit.page.wait_for_function("window.MathJax?.startup?.promise?.then(() => true)")
    visit.page.wait_for_function("document.querySelector('[data-gradpress=overlay]')")
    visit.page.evaluate("window.notReloaded = true")
    return visit.page


def is_same(page: Page) -> bool:
    return bool(page.evaluate("window.notReloaded === true"))


def overlay(page: Page) -> str:
    """What is wrong, as it can be read without opening anything."""
    return page.locator("[data-gradpress=overlay] .findings").inner_text()


def errors(visit: Visit) -> list[str]:
    """Without the streams that end with a page."""
    return [error for error in visit.errors if "_gradpress/events" not in error]


def test_a_save_changes_the_text_and_nothing_else(visit: Visit, serve: Start) -> None:
    served = serve(index=PAGE).built()
    page = shown(visit, served)
    page.locator("#last").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.getElementById('last').offsetTop - 200)")
    place = page.evaluate("document.getElementById('last').getBoundingClientRect().top")
    assert page.evaluate("scrollY") > 500
    page.evaluate("document.querySelectorAll('p').forEach(p => p.isOld = true)")
    served.save("index.md", PAGE.replace("The first word.", "The first words.\n\n$$ \\w^2 + 1 $$\n\nMore words.\n" * 3))
    expect(page.get_by_text("The first words.").first).to_be_attached()
    page.wait_for_function("!document.querySelector('main').textContent.includes('\\\\[')")
    assert is_same(page)
    assert abs(page.evaluate("document.getElementById('last').getBoundingClientRect().top") - place) < 2
    kept = page.evaluate("[...document.querySelectorAll('p')].filter(p => p.isOld).length")
    assert kept > 55, "paragraphs that did not change are the ones from before"
    assert page.locator(".math").count() == page.locator("mjx-container").count()
    assert page.locator("mjx-merror").count() == 0
    assert errors(visit) == []
    assert visit.outside == []


def test_numbers_follow_an_edit(visit: Visit, serve: Start) -> None:
    served = serve(index=PAGE).built()
    page = shown(visit, served)
    served.save("index.md", PAGE.replace("The first word.", "$$ \\w^3 $$ {#eq-new}"))
    expect(page.locator("#eq-new")).to_be_attached()
    page.wait_for_function(
        "document.querySelectorAll('.math').length === document.querySelectorAll('mjx-container').length"
    )
    named = page.locator("p", has_text="See Equation").locator("mjx-container")
    expect(named).to_have_count(1)
    read = "e => e.querySelector('mjx-assistive-mml').textContent"
    page.wait_for_function("document.querySelector('p a.ref').textContent.endsWith('(2)')")
    assert "3" in named.evaluate(read)
    assert page.locator("mjx-merror").count() == 0
    assert is_same(page)
    served.save("index.md", PAGE)
    expect(page.locator("#eq-new")).not_to_be_attached()
    page.wait_for_function(
        "document.querySelectorAll('.math').length === document.querySelectorAll('mjx-container').length"
    )
    assert "2" in page.locator("p", has_text="See Equation").locator("mjx-container").evaluate(read)
    assert page.locator("mjx-merror").count() == 0
    assert is_same(page)
    assert errors(visit) == []


def test_new_code_has_its_button_and_new_references_their_preview(visit: Visit, serve: Start) -> None:
    served = serve(index=PAGE + "\n~~~ python\nfirst = 1\n~~~\n").built()
    page = shown(visit, served)
    expect(page.locator(".code-tools")).to_have_count(1)
    more = "\n~~~ python\nfirst = 2\n~~~\n\nNow see [@eq-b] there.\n\n~~~\nplain\n~~~\n\n# More {#more}\n"
    served.save("index.md", PAGE + more)
    expect(page.locator(".code-tools")).to_have_count(2)
    expect(page.locator(".page-toc a[href='#more']")).to_be_attached()
    link = page.locator("p", has_text="Now see").locator("a.ref")
    link.focus()
    expect(page.locator(".preview mjx-container")).to_be_attached()
    served.save("index.md", PAGE + more.replace("plain", "plain words"))
    expect(page.get_by_text("plain words")).to_be_attached()
    expect(page.locator(".code-tools")).to_have_count(2)
    assert is_same(page)
    assert errors(visit) == []


def test_another_macro_loads_the_page_again_at_the_same_place(visit: Visit, serve: Start) -> None:
    served = serve(index=PAGE).built()
    page = shown(visit, served)
    page.evaluate("window.scrollTo(0, document.getElementById('last').offsetTop - 200)")
    place = page.evaluate("document.getElementById('last').getBoundingClientRect().top")
    served.save("index.md", PAGE.replace("{\\omega}", "{\\frac{\\Omega}{2}}"))
    page.wait_for_function("window.notReloaded === undefined && window.MathJax?.startup?.promise")
    page.evaluate("MathJax.startup.promise")
    page.wait_for_timeout(1000)
    page.wait_for_function(
        "before => Math.abs(document.getElementById('last').getBoundingClientRect().top - before) < 2", arg=place
    )


def test_a_style_sheet_is_exchanged(visit: Visit, tmp_path: Path) -> None:
    program = tmp_path / "program"
    for name in ("gradpress", "filters", "templates"):
        shutil.copytree(ROOT / name, program / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", program)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "index.md").write_text("# Home\n")
    with Served(tmp_path, home=program).built() as served:
        page = visit.page
        page.goto(served.url)
        expect(page.locator("[data-gradpress=overlay]")).to_be_attached()
        page.evaluate("window.notReloaded = true")
        style = max((program / "templates").rglob("*.css"), key=lambda path: path.stat().st_size)
        style.write_text(style.read_text() + "\nh1 { letter-spacing: 7px !important; }\n")
        expect(page.locator("h1").first).to_have_css("letter-spacing", "7px")
        assert is_same(page)


def test_a_broken_save_is_told_in_the_page_which_stays(visit: Visit, serve: Start) -> None:
    served = serve(index=PAGE, other="# Other\n").built()
    page = shown(visit, served)
    findings = page.locator("[data-gradpress=overlay] .findings")
    expect(findings).to_be_hidden()
    served.save("index.md", PAGE.replace("title: A note", "title: ["))
    expect(findings).to_contain_text("index.md:")
    expect(findings).to_be_visible()
    assert "1 error" in overlay(page)
    assert "The first word." in page.inner_text("main")
    findings.get_by_label("Hide").click()
    expect(findings).to_be_hidden()
    served.save("index.md", PAGE.replace("first word", "new word") + "\n$\\undefined$\n")
    expect(page.get_by_text("The new word.")).to_be_attached()
    expect(findings).to_be_visible()
    expect(findings).to_contain_text("index.md:")
    served.save("index.md", PAGE)
    expect(page.get_by_text("The first word.")).to_be_attached()
    expect(findings).to_be_hidden()
    assert is_same(page)


def test_findings_of_other_pages_stand_back(visit: Visit, serve: Start) -> None:
    served = serve(index="# Home\n", other="# Other\n\n[](#nowhere)\n\n$\\undefined$\n").built()
    visit.page.goto(served.url)
    findings = visit.page.locator("[data-gradpress=overlay] .findings")
    expect(findings).to_be_visible()
    assert "other.md" not in overlay(visit.page)
    findings.get_by_role("button").first.click()
    expect(findings.get_by_text("other.md:").first).to_be_visible()


def test_a_broken_configuration_is_told_and_goes(visit: Visit, serve: Start) -> None:
    served = serve(index=PAGE).built()
    page = shown(visit, served)
    findings = page.locator("[data-gradpress=overlay] .findings")
    served.save("gradpress.yml", "title: [\n")
    expect(findings).to_contain_text("gradpress.yml:")
    served.save("gradpress.yml", "title: My notes\n")
    expect(findings).to_be_hidden()
    expect(page.locator("header.site, body > header").first).to_contain_text("My notes")


def test_a_page_that_is_not_built_yet_and_one_that_is_gone(visit: Visit, serve: Start) -> None:
    served = serve(index="# Home\n").built()
    page = visit.page
    page.goto(f"{served.url}new.html")
    expect(page.get_by_role("heading")).to_have_text("Page not found")
    served.save("new.md", "# A new page\n")
    expect(page.get_by_role("heading", name="A new page")).to_be_visible()
    (served.content / "new.md").unlink()
    expect(page.locator("[data-gradpress=overlay] .findings")).to_contain_text("gone")
    assert "A new page" in page.inner_text("main")
    served.save("new.md", "# A new page\n\nOnce more.\n")
    expect(page.get_by_text("Once more.")).to_be_visible()
    expect(page.locator("[data-gradpress=overlay] .findings")).to_be_hidden()


def test_a_running_cell_shows_its_losses_until_its_page_is_there(visit: Visit, serve: Start) -> None:
    train = (
        "# Fit\n\n```{.python .train}\nimport time\n\nloss = 1.0\n"
        "for k in range(STEPS):\n    loss *= 0.97\n    other_loss = 2 * loss\n    time.sleep(0.02)\n```\n"
    )
    served = serve("--jobs=1", fit=train.replace("STEPS", "150"))
    page = visit.page
    page.goto(f"{served.url}fit.html")
    card = page.locator("[data-gradpress=overlay] .running")
    expect(card).to_contain_text("fit.md:4 runs")
    expect(card).to_contain_text("loss 0.")
    expect(card).to_contain_text("other_loss ")
    expect(card.locator("path.curve").first).to_be_attached()
    expect(page.get_by_role("heading", name="Fit")).to_be_visible()
    expect(page.locator("figure.loss-plot")).to_be_attached()
    expect(page.locator("[data-gradpress=overlay] .running")).to_be_hidden()
    page.evaluate("window.notReloaded = true")
    served.save("fit.md", train.replace("STEPS", "151"))
    expect(card).to_contain_text("loss 0.")
    expect(card).to_be_hidden()
    page.wait_for_function("document.querySelector('figure.loss-plot').innerHTML.includes('150')")
    assert is_same(page)
