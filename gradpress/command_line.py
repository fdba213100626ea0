"""What the command line knows: commands, options and their sentences, which are also the manual's."""

from __future__ import annotations

import argparse
from typing import NoReturn

from gradpress import __version__
from gradpress.diagnostics import Place, UsageError

COMMANDS: dict[str, tuple[str, str]] = {
    "html": ("the site: site/a/b.html for content/a/b.md", "python build.py html notes/sine-fit.md"),
    "pdf": ("one PDF a page: site/a/b.pdf", "python build.py pdf --output /tmp/pdf"),
    "tex": ("stand-alone LaTeX, what pdf compiles: site/a/b.tex", "python build.py tex notes/sine-fit.md"),
    "github": (
        "Markdown that GitHub shows as it stands: site/github/a/b.md",
        "python build.py github notes/sine-fit.md",
    ),
    "notebook": ("Jupyter notebooks with outputs: site/a/b.ipynb", "python build.py notebook notes/sine-fit.md"),
    "slides": ("talks of the pages with slides: true: site/a/b.slides.html", "python build.py slides notes/talk.md"),
    "serve": ("the site in a browser, built again after every save", "python build.py serve notes/sine-fit.md"),
    "check": ("every diagnostic of html and pdf; writes nothing", "python build.py check --strict"),
    "verify": ("re-runs cells in cold processes and compares with the cache", "python build.py verify notes/fit.md"),
    "clean": ("removes the files that builds have written, nothing else", "python build.py clean"),
    "new": ("a site to start from: notes, bibliography, README, workflow", "python build.py new my-notes"),
}
"""Command → what it makes, and an example."""

OPTIONS: tuple[tuple[tuple[str, ...], dict[str, object], str], ...] = (
    (("--content",), {"metavar": "DIR", "default": "content"}, "folder of the notes (default: content)"),
    (("--output",), {"metavar": "DIR", "default": "site"}, "folder of the site (default: site)"),
    (("--cache",), {"metavar": "DIR", "default": ".gradpress"}, "folder of the cache (default: .gradpress)"),
    (("--jobs",), {"metavar": "N", "type": int, "default": 0}, "pages at a time (default: one for each processor)"),
    (("--no-execute",), {"action": "store_true"}, "run no cell; show stored results and mark what is missing"),
    (
        ("--executor",),
        {"metavar": "URL", "default": ""},
        "where cells run: dask://host:port (default: on this machine)",
    ),
    (
        ("--keep-warm",),
        {"metavar": "TIME", "default": ""},
        "leave the processes running for the next build, e.g. 10m (default: off)",
    ),
    (("--drafts",), {"action": "store_true"}, "pages with draft: true are in the site, too, and marked"),
    (("--strict",), {"action": "store_true"}, "warnings count as errors, a page with one is not published"),
    (("--quiet",), {"action": "store_true"}, "diagnostics only, no progress and no summary"),
    (("--format",), {"choices": ("text", "json", "github"), "default": "text"}, "form of the diagnostics"),
    (("--mathjax",), {"metavar": "NAME|URL", "default": ""}, "source of MathJax: jsdelivr, unpkg, cdnjs, local, a URL"),
    (("--engine",), {"choices": ("xelatex", "lualatex", "pdflatex"), "default": ""}, "LaTeX engine (default: xelatex)"),
)
"""Options of every building command, with argparse's arguments and the sentence of the manual."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are diagnostics like all others."""

    def error(self, message: str) -> NoReturn:
        """What argparse found wrong, in our words' form."""
        raise usage(message[:1].lower() + message[1:], f"see 'python {self.prog} --help'")


def parser(given: list[str]) -> argparse.ArgumentParser:
    """Reads the commands that are given."""
    whole = _Parser(
        prog="build.py",
        description="Markdown notes with mathematics and training code in, a site and PDFs out.",
        epilog="example: python build.py html    help on a command: python build.py html --help",
    )
    whole.add_argument("--version", action="version", version=f"gradpress {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (makes, example) in COMMANDS.items():
        sub = commands.add_parser(
            name, help=makes, description=makes[0].upper() + makes[1:] + ".", epilog=f"example: {example}"
        )
        if name not in given:
            continue  # nobody asks for its options, and all together take 5 ms
        if name == "new":
            sub.add_argument("folder", metavar="DIR", help="a folder that does not exist yet, or is empty")
            continue
        if name != "clean":
            sub.add_argument(
                "pages", metavar="PAGE", nargs="*", help="a page or folder below the content folder; none: all"
            )
        for flags, settings, sentence in OPTIONS:
            if name == "clean" and flags == ("--cache",):
                _clean_options(sub)
                continue
            sub.add_argument(*flags, help=sentence, **settings)  # type: ignore[arg-type]
        if name == "check":
            sub.add_argument(
                "--links", action="store_true", help="try links to other sites, too; answers are remembered"
            )
        if name == "serve":
            _serve_options(sub)
        if name == "pdf":
            sub.add_argument("--book", action="store_true", help="all pages as one PDF: site/book.pdf")
    return whole


def _serve_options(sub: argparse.ArgumentParser) -> None:
    sentence = "where the site is served: http://127.0.0.1:N/ (default: 8000; the next one if it is taken)"
    sub.add_argument("--port", metavar="N", type=int, default=8000, help=sentence)
    sub.add_argument("--open", action="store_true", help="open the first page in a browser")


def _clean_options(sub: argparse.ArgumentParser) -> None:
    """`--cache DIR` names the cache, as everywhere; `--cache` alone asks that it be cleaned, and not the site."""
    sentence = "folder of the cache; without DIR: make the cache smaller, and leave the site alone"
    sub.add_argument("--cache", metavar="DIR", nargs="?", action="append", default=None, help=sentence)
    sentence = "with --cache: what it may hold afterwards, 0 for nothing (default: 2GB)"
    sub.add_argument("--limit", metavar="SIZE", default="2GB", help=sentence)


def usage(message: str, hint: str) -> UsageError:
    """The command line is wrong."""
    return UsageError("usage", message, Place("build.py"), hint)
