"""Mermaid: its npm package draws in a Chromium of this machine, one for all diagrams of a build.

HTML is given the SVG, whose labels are HTML and whose formulas are MathML; no other program than a browser shows
those, so LaTeX is given the page that Chromium prints, cut to the drawing, with its text kept as text.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from gradpress.diagnostics import GradpressError
from gradpress.diagrams import Diagram, Drawing, Failed, Tools, svg
from gradpress.math import npm
from gradpress.patterns import pattern

VERSION = "11.17.2"
options = {"format": "svg|png|pdf", "scale": r"[1-9]|10|\d\.\d+", "theme": r"default|neutral|dark|forest|base"}
_SCRIPT = "dist/mermaid.min.js"
FILES = ("package.json", "LICENSE", _SCRIPT)
"""What is kept of the package."""
_DRAW = Path(__file__).parent.parent / "data" / "diagrams" / "mermaid.js"
_HEADER = pattern(r"\A\s*---[ \t]*\n.*?\n---[ \t]*\n", re.S)
_DIRECTIVE = pattern(r"^\s*%%\{.*?\}%%[ \t]*$", re.S | re.M)
_COMMENT = pattern(r"^[ \t]*%%(?!\{).*$", re.M)
_FORMULA = pattern(r"\$\$(.*?)\$\$", re.S)
_PARSE = pattern(r"Parse error on line \d+:\n(.*)\n-*\^\n(.*)", re.S)
_AT_LINE = pattern(r"on line (\d+)")
_LEXED = pattern(r"^Parsing failed:\s*(?:Lexer|Parse) error on line \d+, column \d+: (.*?)(?: at offset: .*)?$", re.S)
_KATEX = pattern(r"KaTeX parse error: (.*?)(?: at (?:position \d+|end of input): (.*))?$", re.S)


def drawn(diagram: Diagram, tools: Tools) -> Drawing:
    """The diagram as SVG and PDF, or as PNG.  Raises Failed."""
    form = "png" if diagram.options.get("format") == "png" else "svg"
    asked = [VERSION, _drawing_script(), form, diagram.options.get("scale", ""), diagram.options.get("theme", "")]
    key = sha256(json.dumps([*asked, diagram.text]).encode()).hexdigest()
    known = tools.store.get("mermaid", key)
    if isinstance(known, dict) and all(tools.store.blob(known[k]) is not None for k in ("image", "pdf") if known[k]):
        return Drawing(**known)
    made = _made(diagram, tools, form)
    kept = {"image": made.image, "words": made.words, "pdf": made.pdf, "pixels": made.pixels, "dark": made.dark}
    tools.store.put("mermaid", key, kept)
    return made


@lru_cache
def _drawing_script() -> str:
    return sha256(_DRAW.read_bytes()).hexdigest()


def _made(diagram: Diagram, tools: Tools, form: str) -> Drawing:
    from gradpress import processes
    from gradpress.diagrams import browser as chromium

    if processes.is_fork():
        from gradpress.page_forks import Deferred

        raise Deferred  # the builder has the browser
    if not chromium.program():
        message = "Mermaid diagrams are drawn by Chromium, which was not found"
        raise Failed("diagram-missing", message, hint="install chromium")
    library = _library(tools)
    browser, store = chromium.browser, tools.store
    try:
        with browser.lock:
            browser.open({"mermaid": library, "draw": _DRAW.read_text(encoding="utf-8")})
            said = browser.value(f"gradpressDraw({json.dumps(_themed(diagram))})")
            if "error" in said:
                raise _fault(said["error"], int(said["line"]), diagram.text)
            width, height, dark = said["width"], said["height"], said["dark"]
            made = svg.bare(said["svg"])
            words = svg.words(made)
            if form == "png":
                scale = float(diagram.options.get("scale", "2"))
                image = browser.png(width, height, scale)
                return Drawing(store.put_blob(image, "png"), words, pixels=width, dark=dark)
            sheet = _undated(browser.pdf(width, height))
    except chromium.BrowserError as error:
        message = f"Mermaid diagrams are drawn by Chromium, which failed: {error}"
        raise Failed("diagram-missing", message, hint="see whether it starts by itself") from None
    return Drawing(store.put_blob(made.encode(), "svg"), words, store.put_blob(sheet, "pdf"), dark=dark)


def _undated(sheet: bytes) -> bytes:
    """A PDF that is the same whenever it is made."""
    return re.sub(rb"/(?:Creation|Mod)Date \(D:[^)]*\)", lambda found: re.sub(rb"\d", b"0", found[0]), sheet)


def _library(tools: Tools) -> str:
    """The text of mermaid.  Raises Failed."""
    try:
        folder = npm.patiently("mermaid", VERSION, tools.cache, tools.root, only=FILES)
        return (folder / _SCRIPT).read_text(encoding="utf-8")
    except GradpressError as error:
        reason = error.diagnostic.message
    except OSError as error:
        reason = str(error.strerror)
    message = f"Mermaid diagrams need the npm package mermaid@{VERSION}, which is not there: {reason}"
    raise Failed("diagram-missing", message, hint=f"run 'npm install mermaid@{VERSION}' here") from None


def _themed(diagram: Diagram) -> str:
    """The text as mermaid reads it: comments are empty lines, so that its numbers of lines are ours."""
    text = _COMMENT.sub("", diagram.text)
    theme = diagram.options.get("theme", "")
    if not theme:
        return text
    header = _HEADER.match(text)
    at = header.end() if header else 0
    return f"{text[:at]}%%{{init: {{'theme': '{theme}'}}}}%%\n{text[at:]}"


def _skipped(text: str) -> int:
    """Lines at the top that mermaid takes away before it counts: header, directives, comments, empty ones."""
    rest = _COMMENT.sub("", text)
    header = _HEADER.match(rest)
    at = header.end() if header else 0
    while (found := _DIRECTIVE.match(rest, at)) is not None and found.end() > at:
        at = found.end()
    at += len(rest[at:]) - len(rest[at:].lstrip())
    return rest.count("\n", 0, at)


def _fault(said: str, line: int, text: str) -> Failed:
    """What mermaid says, in one line, and the line of the diagram that it is about."""
    skipped, last = _skipped(text), text.rstrip().count("\n")
    if formula := _KATEX.match(said):
        return _in_formula(formula, text)
    if "No diagram type detected" in said:
        first = text.split("\n")[min(skipped, last)].strip()
        return Failed("diagram-syntax", f"Mermaid has no kind of diagram that begins with '{first}'", skipped)
    at_line = _AT_LINE.search(said)
    number = line or (int(at_line[1]) if at_line else 1)
    parsed = _PARSE.match(said)
    lexed = _LEXED.match(said)
    message = f"Mermaid: {lexed[1] if lexed else said}"
    if parsed:
        message = f"Mermaid cannot read '{_short(parsed[1])}': {_expected(parsed[2])}"
    return Failed("diagram-syntax", " ".join(message.split()), min(skipped + number - 1, last))


def _short(excerpt: str) -> str:
    return " ".join(excerpt.removeprefix("...").split())


def _expected(said: str) -> str:
    """`Expecting 'A', 'B', 'C', got 'D'` without the ten tokens of which nobody has heard."""
    names, _, got = said.strip().rpartition(", got ")
    wanted = re.findall(r"'([^']*)'", names)
    more = " …" if len(wanted) > 4 else ""
    return f"{got} where {', '.join(wanted[:4])}{more} should stand" if wanted and got else said


def _in_formula(found: re.Match[str], text: str) -> Failed:
    """KaTeX names no line: it is that of the formula which ends as it says."""
    tail = re.sub("[\u0332\u0300-\u036f…]", "", found[2] or "").strip()
    formulas = list(_FORMULA.finditer(text))
    wrong = next((f for f in formulas if tail and tail in f[1]), formulas[0] if formulas else None)
    offset = text.count("\n", 0, wrong.start()) if wrong else 0
    return Failed("diagram-syntax", f"KaTeX, which sets formulas in Mermaid: {' '.join(found[1].split())}", offset)
