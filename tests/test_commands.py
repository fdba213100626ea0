"""The command line as a process: exit codes, diagnostics, what is written and what is left alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builds import ROOT, Build

GOOD = "---\ntitle: Good\n---\n\nA formula $x^2$.\n"


def page(notes: Path, name: str, text: str | bytes) -> Path:
    path = notes / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def site(notes: Path) -> Path:
    return notes.parent / "site"


# ── bad input: one line with file and line, the documented code, the rest built ─────────────────────


@pytest.mark.parametrize(
    ("name", "text", "start", "rule"),
    [
        ("bad.md", "---\ntitle: [\n---\nx\n", "bad.md:2: error: ", "yaml-syntax"),
        ("bad.md", "---\ntitle: a\n\tb: c\n---\nx\n", "bad.md:3: error: ", "yaml-syntax"),
        ("bad.md", b"a\n\ncaf\xe9\n", "bad.md:3: error: ", "file-encoding"),
        ("bad.md", "a\n\n$\\nosuch$\n", "bad.md:3: error: ", "undefined-macro"),
        ("bad.md", "a\n\n$$\nx\n\\frac{1}{2\n$$\n", "bad.md:", "math-unbalanced"),
        ("bad.md", "see \\eqref{eq:nope}\n", "bad.md:1: error: ", "label-unknown"),
        ("bad.md", "![alt](nope.png)\n", "bad.md:1: error: ", "image-missing"),
        ("bad.md", "a\n\n![alt](../../../etc/passwd)\n", "bad.md:3: error: ", "path-outside"),
        ("bad.md", "a\n\n```{.python .run}\nx = 1\n1/0\n```\n", "bad.md:5: error: ZeroDivisionError", "cell-error"),
        ("bad.md", "```{.python .run timeout=1}\nwhile True: pass\n```\n", "bad.md:2: error: ", "cell-timeout"),
        ("bad.md", "```{.python .run}\nimport os\nos._exit(3)\n```\n", "bad.md:3: error: ", "cell-crash"),
        ("bad.md", "```{.python .run}\nx = (\n```\n", "bad.md:2: error: SyntaxError", "cell-error"),
    ],
)
def test_a_bad_page_is_one_line_and_the_others_are_built(
    notes: Path, build: Build, name: str, text: str | bytes, start: str, rule: str
) -> None:
    page(notes, "good.md", GOOD)
    page(notes, name, text)
    run = build("html")
    assert run.code == 1, run.err
    assert [d for d in run.diagnostics if d.startswith(start) and d.endswith(f"[{rule}]")], run.err
    assert len([d for d in run.diagnostics if ": error: " in d]) == 1, run.err
    assert "Traceback" not in run.err
    assert (site(notes) / "good.html").exists()


@pytest.mark.parametrize("rule", ["file-empty"])
def test_an_empty_page_is_built_with_a_warning(notes: Path, build: Build, rule: str) -> None:
    page(notes, "empty.md", "")
    run = build("html")
    assert run.code == 0
    assert f"[{rule}]" in run.err
    assert (site(notes) / "empty.html").exists()


def test_a_folder_or_pipe_named_like_a_page(notes: Path, build: Build) -> None:
    page(notes, "good.md", GOOD)
    (notes / "x.md").mkdir()
    os.mkfifo(notes / "y.md")
    run = build("html")
    assert run.code == 1
    assert run.err.count("[file-unreadable]") == 2
    assert (site(notes) / "good.html").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("html", "--content=/nonexistent"),
        ("html", "nope.md"),
        ("html", "--format=xml"),
        ("pdf", "--book", "good.md"),
        ("nonsense",),
        (),
    ],
)
def test_wrong_usage_is_exit_code_2(notes: Path, arguments: tuple[str, ...]) -> None:
    page(notes, "good.md", GOOD)
    command = [sys.executable, str(ROOT / "build.py"), *arguments[:1], "--content=content", *arguments[1:]]
    given = command if arguments and arguments[0] in ("html", "pdf") else [*command[:2], *arguments]
    done = subprocess.run(given, cwd=notes.parent, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not site(notes).exists()


def test_a_broken_configuration_builds_nothing(notes: Path, build: Build) -> None:
    page(notes, "good.md", GOOD)
    page(notes, "gradpress.yml", "title: x\nmath: {source\n")
    run = build("html")
    assert run.code == 2
    assert "gradpress.yml:2: error: " in run.err


def test_unknown_keys_are_warned_about_with_the_nearest_one(notes: Path, build: Build) -> None:
    page(notes, "good.md", "---\ntitle: x\nauhtor: y\n---\n\nx\n")
    run = build("html")
    assert run.code == 0
    assert "good.md:3: warning: unknown key 'auhtor'; did you mean 'author'?  [key-unknown]" in run.err


def test_an_impossible_bundle_names_the_possible_ones(notes: Path, build: Build) -> None:
    page(notes, "good.md", GOOD)
    page(notes, "gradpress.yml", "math: {version: 4.1.3, bundle: tex-chtml-full}\n")
    run = build("html")
    assert run.code in (1, 2)
    assert "tex-chtml" in run.err
    assert "[mathjax-bundle]" in run.err


# ── pages that were good stay ────────────────────────────────────────────────────────────────────────


def test_the_previous_good_page_stays(notes: Path, build: Build) -> None:
    path = page(notes, "a.md", GOOD)
    build("html")
    before = (site(notes) / "a.html").read_bytes()
    path.write_text("---\ntitle: [\n---\n")
    assert build("html").code == 1
    assert (site(notes) / "a.html").read_bytes() == before


def test_a_failing_cell_is_shown_on_the_page(notes: Path, build: Build) -> None:
    page(notes, "a.md", "Text.\n\n```{.python .run}\nraise ValueError('what happened')\n```\n")
    assert build("html").code == 1
    assert "what happened" in (site(notes) / "a.html").read_text()


def test_strict_counts_warnings_and_does_not_publish(notes: Path, build: Build) -> None:
    page(notes, "a.md", "---\nauhtor: y\n---\n\nx\n")
    assert build("html", "--strict").code == 1
    assert not (site(notes) / "a.html").exists()


def test_pages_that_are_gone_leave_nothing_behind(notes: Path, build: Build) -> None:
    page(notes, "a.md", GOOD)
    other = page(notes, "b/c.md", GOOD)
    mine = site(notes) / "mine.txt"
    build("html")
    mine.write_text("not ours")
    other.unlink()
    build("html")
    assert not (site(notes) / "b").exists()
    assert build("clean").code == 0
    assert [p.name for p in site(notes).iterdir()] == ["mine.txt"]


# ── nothing changed ──────────────────────────────────────────────────────────────────────────────────

HEAVY = ("torch", "matplotlib", "panflute", "IPython", "numpy", "yaml", "jinja2", "pygments", "rich", "asyncio")


def test_a_build_with_nothing_to_do_imports_nothing_heavy_and_starts_nothing(notes: Path, build: Build) -> None:
    page(notes, "a.md", GOOD + "\n```{.python .run}\nprint(1)\n```\n")
    page(notes, "b.md", "---\nauhtor: y\n---\n\nx\n")
    first = build("html")
    program = (
        "import sys, subprocess, os\n"
        "def refuse(*a, **k): raise AssertionError('a program was started')\n"
        "subprocess.Popen = refuse\n"
        "from gradpress.cli import main\n"
        f"code = main(['html', '--content={notes}', '--output={site(notes)}', '--cache={notes.parent / 'cache'}'])\n"
        f"print(sorted(m for m in {HEAVY!r} if m in sys.modules))\n"
        "sys.exit(code)\n"
    )
    second = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (first.code, second.returncode) == (0, 0), second.stderr
    assert second.stdout.strip() == "[]"
    assert "0 pages built, 2 unchanged" in second.stderr
    assert "[key-unknown]" in second.stderr, "warnings are told again"


def test_nothing_is_touched_that_did_not_change(notes: Path, build: Build) -> None:
    page(notes, "a.md", GOOD)
    changed = page(notes, "b.md", GOOD)
    build("html")
    before = (site(notes) / "a.html").stat().st_mtime_ns
    changed.write_text(GOOD.replace("x^2", "y^2"))
    build("html")
    assert (site(notes) / "a.html").stat().st_mtime_ns == before
    assert "y^2" in (site(notes) / "b.html").read_text()


def test_a_change_with_an_old_time_is_seen(notes: Path, build: Build) -> None:
    path = page(notes, "a.md", GOOD)
    build("html")
    times = path.stat()
    path.write_text(GOOD.replace("x^2", "z^2"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    build("html")
    assert "z^2" in (site(notes) / "a.html").read_text()


def test_a_prose_edit_runs_no_cell(notes: Path, build: Build) -> None:
    text = "A\n\n```{.python .run}\nopen('ran', 'a').write('x')\n```\n"
    path = page(notes, "a.md", text)
    build("html")
    path.write_text(text.replace("A\n", "B\n"))
    build("html")
    assert (notes / "ran").read_text() == "x"
    path.write_text(text.replace("'x'", "'y'"))
    build("html")
    assert (notes / "ran").read_text() == "xy"


def test_no_execute_shows_what_is_stored_and_marks_the_rest(notes: Path, build: Build) -> None:
    path = page(notes, "a.md", "```{.python .run}\nprint('stored')\n```\n")
    build("html")
    path.write_text("```{.python .run}\nprint('stored')\n```\n\n```{.python .run}\nprint('never ' + 'ran')\n```\n")
    run = build("html", "--no-execute")
    assert "a.md:6: warning: " in run.err
    assert "[cell-not-run]" in run.err
    assert "stored" in (site(notes) / "a.html").read_text()
    assert "never ran" not in (site(notes) / "a.html").read_text()


# ── the other commands ───────────────────────────────────────────────────────────────────────────────


def test_check_writes_nothing(notes: Path, build: Build) -> None:
    page(notes, "a.md", "a\n\n$\\nosuch$\n")
    run = build("check")
    assert run.code == 1
    assert "a.md:3: error: " in run.err
    assert not site(notes).exists() or not any(site(notes).iterdir())


def test_new_makes_a_folder_that_builds(tmp_path: Path, build: Build) -> None:
    made = build("new", str(tmp_path / "my"))
    assert made.code == 0
    assert f"--content {tmp_path}/my/content" in made.err
    shutil.copytree(tmp_path / "my" / "content", tmp_path / "content")
    for command in ("html", "pdf", "check"):
        run = build(command, "--strict")
        assert (run.code, run.diagnostics) == (0, []), run.err
    site = tmp_path / "site"
    assert {p.relative_to(site).as_posix() for p in site.rglob("*.pdf")} == {
        "about.pdf",
        "index.pdf",
        "notes/gradient-descent.pdf",
        "notes/least-squares.pdf",
    }
    page = (site / "notes" / "gradient-descent.html").read_text()
    assert "loss-plot" in page
    assert 'href="least-squares.html#thm:normal"' in page
    assert ">never</td>" in page
    assert {p.name for p in (tmp_path / "my").iterdir()} == {".github", ".gitignore", "README.md", "content"}
    assert build("new", str(tmp_path / "my")).code == 2


def test_one_page_by_name(notes: Path, build: Build) -> None:
    page(notes, "a.md", GOOD)
    page(notes, "b/c.md", GOOD)
    assert build("html", "b/c.md").code == 0
    made = {p.name for p in site(notes).rglob("*.html")}
    assert made == {"c.html", "index.html", "404.html"}


def test_diagnostics_as_json_and_as_annotations(notes: Path, build: Build) -> None:
    page(notes, "a.md", "a\n\n$\\nosuch$\n")
    line = build("html", "--format=json").err.strip().splitlines()
    found = [json.loads(text) for text in line]
    assert [(d["rule"], d["place"]["line"]) for d in found] == [("undefined-macro", 3)]
    assert "::error file=" in build("html", "--format=github").err


def test_a_rule_can_be_turned_off_for_some_pages(notes: Path, build: Build) -> None:
    page(notes, "old/a.md", "---\nauhtor: y\n---\n\nx\n")
    page(notes, "gradpress.yml", "diagnostics:\n  key-unknown: {'old/*': ignore}\n")
    assert "[key-unknown]" not in build("html").err


# ── interruption ─────────────────────────────────────────────────────────────────────────────────────


def test_ctrl_c_ends_within_a_second_and_leaves_nothing_running(notes: Path, tmp_path: Path) -> None:
    page(notes, "a.md", GOOD)
    page(
        notes,
        "b.md",
        "```{.python .run}\nimport os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n```\n",
    )
    command = [sys.executable, str(ROOT / "build.py"), "html", f"--content={notes}", f"--output={site(notes)}"]
    process = subprocess.Popen([*command, f"--cache={tmp_path / 'cache'}"], stderr=subprocess.PIPE, text=True)
    for _ in range(1200):
        if (notes / "pid").exists() and (notes / "pid").read_text() and (site(notes) / "a.html").exists():
            break
        time.sleep(0.1)
    pid = int((notes / "pid").read_text())
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    assert process.wait(timeout=40) == 130
    assert time.monotonic() - started < 20  # the cell would sleep for 60: nobody has waited for it
    time.sleep(0.3)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (site(notes) / "a.html").exists()


def test_clean_cache_leaves_the_site_alone(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text("```{.python .run}\nprint(1)\n```\n")
    build("html")

    def sizes() -> tuple[int, int]:
        held = [p for p in (tmp_path / "cache").rglob("*.json") if "state" not in p.parts]
        return len(held), len(list((tmp_path / "site").rglob("a.html")))

    assert sizes()[0] > 0
    kept = build("clean", "--cache")  # the folder is named by the option that the fixture adds
    assert (kept.code, sizes()[0] > 0, sizes()[1]) == (0, True, 1)
    gone = build("clean", "--cache", "--limit=0")
    assert (gone.code, sizes()) == (0, (0, 1))
    assert " MB removed from " in gone.err
    wrong = build("clean", "--cache", "--limit=much")
    assert (wrong.code, "--limit must be an amount of memory" in wrong.err) == (2, True)
    assert build("html").code == 0
    assert build("clean").code == 0
    assert sizes()[1] == 0


@pytest.mark.parametrize("pages", [1, 14])
@pytest.mark.parametrize("package", ["panflute", "jinja2", "pygments", "yaml"])
def test_a_package_that_is_not_installed_is_named(notes: Path, tmp_path: Path, package: str, pages: int) -> None:
    for k in range(pages):
        (notes / f"p{k}.md").write_text("Text $x$.\n\n```python\nx = 1\n```\n")
    program = (
        f"import sys; sys.modules['{package}'] = None; from gradpress.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    places = [f"--content={notes}", f"--output={tmp_path / 'site'}", f"--cache={tmp_path / 'cache'}"]
    command = [sys.executable, "-c", program, "html", "--quiet", "--jobs=2", *places]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    expected = f"build.py: error: the Python package {package} is not installed; pip install -e .  [usage]\n"
    assert (done.returncode, done.stderr) == (2, expected)


LATE = """
import sys, time


class Late:
    def find_spec(self, name, path=None, target=None):
        if name == "panflute":
            time.sleep(0.7)  # meanwhile pandoc has read the page
            raise ModuleNotFoundError("No module named 'panflute'", name=name)


sys.meta_path.insert(0, Late())
from gradpress.cli import main

sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("pages", [1, 2])
def test_a_package_that_fails_late_is_named_all_the_same(notes: Path, tmp_path: Path, pages: int) -> None:
    """Two threads import it at once, and Python shows the second a module that is only half made."""
    for k in range(pages):
        (notes / f"p{k}.md").write_text("Text $x$.\n")
    places = [f"--content={notes}", f"--output={tmp_path / 'site'}", f"--cache={tmp_path / 'cache'}"]
    command = [sys.executable, "-c", LATE, "html", "--quiet", *places]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    expected = "build.py: error: the Python package panflute is not installed; pip install -e .  [usage]\n"
    assert (done.returncode, done.stderr) == (2, expected)
