"""The rule ids of all diagnostics, with their default severity and a sentence for the manual.

An id is part of the contract: it never changes its meaning, and `gradpress.yml` refers to it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "ignore"]


class Rule(NamedTuple):
    """What a rule id stands for."""

    severity: Severity
    """Severity unless `diagnostics:` in the configuration says otherwise."""
    meaning: str
    """One sentence for the manual: what was found and what to do."""


def _error(meaning: str) -> Rule:
    return Rule("error", meaning)


def _warning(meaning: str) -> Rule:
    return Rule("warning", meaning)


RULES: dict[str, Rule] = {
    # files and headers
    "file-unreadable": _error("The file cannot be read: permissions, a folder or a device named like a page."),
    "file-encoding": _error("The file is not UTF-8; the line of the first bad byte is given."),
    "file-empty": _warning("The page has no text; an empty page is written."),
    "file-too-large": _error("The page is larger than 20 MB; split it."),
    "nested-too-deep": _error("Quotes, lists or divisions of the page stand inside each other hundreds of times."),
    "path-outside": _error("A link, image or include leads outside the content folder; it is refused."),
    "page-duplicate": _error("Two files make the same page, such as `a.md` and `a.ipynb`; one of them is built."),
    "yaml-syntax": _error("The YAML of a header or of `gradpress.yml` does not parse."),
    "yaml-duplicate-key": _warning("A key stands twice in one YAML mapping; the last one is used."),
    "key-unknown": _warning("A key that Gradpress does not know; the nearest known one is suggested."),
    "key-misspelt": _warning("A known misspelling such as `include-header`; it is used as the key it stands for."),
    "key-value": _error("A key has a value of the wrong kind."),
    # preamble and mathematics
    "macro-redefined": _warning(
        "A macro is defined twice with different bodies, or has the name of a command of LaTeX; the last one is used."
    ),
    "macro-loop": _error("A macro expands to itself; TeX would never end."),
    "macro-syntax": _error("A definition cannot be read: braces or the number of arguments are wrong."),
    "macro-unsupported": _warning("A definition that HTML cannot be given; it is used in TeX only."),
    "package-unknown": _warning("A LaTeX package that has no counterpart in MathJax; it is used in TeX only."),
    "undefined-macro": _error("A formula uses a command that neither MathJax nor the preamble defines."),
    "undefined-environment": _error("A formula uses an environment that neither MathJax nor the preamble defines."),
    "math-unbalanced": _error("Braces, `\\left…\\right` or `\\begin…\\end` of a formula do not match."),
    "math-argument": _error("A command of a formula has too few arguments."),
    "math-error": _error("MathJax, which was asked while the page was built, cannot read a formula."),
    "misplaced-alignment": _error("An `&` in a formula that aligns nothing."),
    "math-misplaced": _error("A command or sign of a formula stands where neither LaTeX nor MathJax allows it."),
    "math-lookalike": _warning(
        "A letter or sign of another script in a formula, which looks like the one that is meant."
    ),
    "math-comment": _warning("A `%` inside a formula takes the rest of the line away; write `\\%`."),
    "double-script": _error("Two subscripts or two superscripts on one symbol; group them with braces."),
    "script-argument": _warning("A script has no argument, or one whose extent is ambiguous; write braces."),
    "text-underscore": _warning("An underscore inside `\\text{…}`; LaTeX needs `\\_` there."),
    "label-duplicate": _error("The same label is given twice on a page."),
    "label-unknown": _error("A reference to a label that nothing has, on this page or another one."),
    "label-ambiguous": _error("A reference to a label that several other pages give; the first of them is meant."),
    "citation-unknown": _error("A citation of a key that no entry of the bibliography has."),
    "citation-no-bibliography": _warning("A citation on a page without a bibliography; it is shown as text."),
    "bibliography-missing": _error("A file of `bibliography` or `csl` does not exist."),
    "bibliography-syntax": _error("The bibliography cannot be read; the line in its file is given."),
    "math-method": _warning("The chosen `math.method` cannot show this formula or feature."),
    "mathjax-bundle": _error("The MathJax version has no such bundle; the possible ones are named."),
    "mathjax-local": _error("The npm package that `source: local` copies could not be found or fetched."),
    "prerender-missing": _warning(
        "`math.method: prerendered` needs Node.js and the npm package `mathjax`; MathJax shows the formulas instead."
    ),
    "package-refused": _warning("A LaTeX package that breaks the mathematics of the template is not loaded."),
    "raw-tex-dropped": _warning("TeX outside mathematics that HTML cannot show; it appears in TeX and PDF only."),
    # Markdown
    "script-dropped": _warning("A `<script>` that loads MathJax is dropped: the template loads it already."),
    "dialect-unknown": _warning(
        "A directive, role or shortcode of another program that is not understood; it is kept as text."
    ),
    "directive-option": _warning("An option that a directive of MyST does not have; the nearest known one is named."),
    "include-missing": _error("A file to include does not exist, or includes itself."),
    "brace-unmatched": _error("A brace in the text of a LaTeX page is never closed, or closes nothing."),
    "notebook-syntax": _error("A notebook, or an output in it, cannot be read."),
    "math-as-text": _warning("Text that looks like a formula, with the reason why pandoc did not read it as one."),
    "marker-as-text": _warning(
        "A `:::`, or a `\\begin` in the text, that opens or closes nothing, or Markdown in LaTeX, is shown as text."
    ),
    "heading-duplicate": _warning("The same heading twice in one section: links and contents cannot tell them apart."),
    "anchor-missing": _error("A link leads to a place on a page that does not exist."),
    "fence-unclosed": _warning("A code fence, or the fence of a directive, is opened and never closed."),
    "comment-unclosed": _warning("A comment of HTML is opened and never closed, or only by the end of the next one."),
    "fence-syntax": _warning("A code fence whose attributes cannot be read; it is shown, not run."),
    "list-swallowed": _warning("A list directly after a line of text may be read as text; put a blank line before it."),
    "heading-swallowed": _warning(
        "A heading directly after a line of text is read as text; put a blank line before it."
    ),
    "layout-syntax": _warning("A layout of a division or a cell cannot be read; its blocks stand below each other."),
    "table-cells": _warning("A row of a table, or of `eqnarray`, has more or fewer cells than there are columns."),
    "image-missing": _error("The image file does not exist."),
    "image-alt": _warning("An image has neither alternative text nor a caption."),
    "css-missing": _error("A file of `css` does not exist."),
    "image-format": _warning("An image in a format that this output cannot include; its words stand in its place."),
    "link-missing": _error("A link leads to a page or file that does not exist."),
    "draft-reference": _warning(
        "A link or reference leads to a page with `draft: true`, which is not in the site; its words stay."
    ),
    "alias-path": _error("An alias is no path of a page inside the site."),
    "alias-taken": _error("An alias is the address of a page or of a file of the site, or is given twice."),
    "link-dead": _error("`check --links`: a page elsewhere that a link leads to is gone."),
    "link-unreachable": _warning("`check --links`: a page elsewhere does not answer, or was not tried."),
    # slides
    "marp-directive": _warning("A directive of a Marp deck that has no counterpart here, or that Marp does not know."),
    "slide-overflow": _warning(
        "The text of a slide is larger than the slide; Chromium, where it is found, has measured it."
    ),
    "slides-missing": _error("The npm package reveal.js, which slides need, could not be found or fetched."),
    # cells
    "cell-option": _warning("An option of a cell is unknown or has a wrong value."),
    "cell-error": _error("A cell raised an exception."),
    "cell-timeout": _error("A cell ran longer than its time limit and was stopped."),
    "cell-crash": _error("The process of a page died while a cell ran."),
    "cell-stale": _warning("`--no-execute` is given, and the stored result of a cell is of other code or data."),
    "verify-differs": _error("`verify`: a cell that runs again shows something else than the cache has."),
    "verify-rounding": _warning("`verify`: a cell that runs again shows numbers that differ in their last digits."),
    "verify-missing": _warning("`verify`: from this cell on there is no stored result to compare with; build first."),
    "verify-page": _error("`verify`: the page cannot be read, so its cells were not compared."),
    "cell-not-run": _warning("A cell has no stored result and `--no-execute` is given."),
    "cell-language": _warning(
        "A cell in a language that is not run here; its code is shown.  The first on a page is named."
    ),
    "cell-depends": _error("A file named in `depends` does not exist."),
    "cell-undefined": _warning("`check`: a Python block that is only shown uses a name that the page never defines."),
    "loss-missing": _warning("A cell that should plot a loss recorded none."),
    "export-unsupported": _warning(
        "`github` and `notebook`: a command of a formula, an element of HTML or an option that others do not have."
    ),
    # diagrams
    "diagram-missing": _error(
        "The program or package that draws a kind of diagram was not found; it is named, and the code is shown."
    ),
    "diagram-syntax": _error("A diagram cannot be read by what draws it; its code is shown."),
    "diagram-warning": _warning("What draws a diagram has done something else than the author may have meant."),
    # programs
    "pandoc-error": _error("pandoc could not read or write the page."),
    "pandoc-timeout": _error("pandoc did not end within its time limit."),
    "pandoc-warning": _warning("pandoc warned about the page."),
    "latex-error": _error("LaTeX stopped at an error."),
    "latex-missing": _error("No LaTeX engine was found; the package to install is named."),
    "latex-overfull": _warning("A formula or a line sticks out of the text of the PDF by more than 10 pt."),
    "glyph-missing": _error("No font has a character, so the PDF lacks it; the character and its line are given."),
    "disk-error": _error("A file could not be written."),
    "internal-error": _error("Gradpress itself failed on the page; the traceback above says where."),
    # the run itself
    "usage": _error("The command line is wrong."),
    "option-later": _warning("An option or key that is accepted, but has no effect in this version."),
}
