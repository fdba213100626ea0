"""The command line: what each command does with its options, and exit codes.

0 built, no error; 1 some page has an error; 2 wrong usage or configuration; 70 a bug of ours; 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress import __version__, is_needed, unchanged
from gradpress.command_line import parser, usage
from gradpress.diagnostics import Diagnostic, GradpressError, UsageError, render

if TYPE_CHECKING:
    from gradpress.site import Options, Report


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    style = _style(given)
    try:
        return _run(parser(given).parse_args(given, argparse.Namespace(arguments=given)))
    except UsageError as error:
        _say(error.diagnostic, style)
        return 2
    except GradpressError as error:  # outside every page, such as a disk without room for the navigation
        _say(error.diagnostic, style)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was published is whole", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr = None  # nobody reads us any more
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    except ModuleNotFoundError as error:
        if not is_needed(error):
            return _bug()
        _say(usage(f"the Python package {error.name} is not installed", "pip install -e .").diagnostic, style)
        return 2
    except Exception:
        return _bug()


def _bug() -> int:
    import traceback

    traceback.print_exc()
    print(f"gradpress {__version__}: this is a bug of ours, please report it", file=sys.stderr)
    return 70


def _style(given: list[str]) -> str:
    return next((s for s in ("json", "github") if f"--format={s}" in given or s in given), "text")


def _run(given: argparse.Namespace) -> int:
    if given.command == "new":
        from gradpress.starter import start

        return start(Path(given.folder))
    if given.command == "clean":
        return _clean(given)
    if given.command == "verify":
        return _verify(given)
    if given.command == "serve":
        return _serve(given)
    return _build(given)


def _clean(given: argparse.Namespace) -> int:
    from gradpress.execution.warm_client import stop
    from gradpress.publish import Publisher

    cache = Path(next(filter(None, given.cache or ()), ".gradpress"))
    stop(cache)
    if given.cache and None in given.cache:
        return _clean_cache(given, cache)
    count = Publisher(Path(given.output)).clean()
    if not given.quiet:
        print(f"{count} files removed from {given.output}", file=sys.stderr)
    return 0


def _clean_cache(given: argparse.Namespace, cache: Path) -> int:
    from gradpress.amounts import size
    from gradpress.cache import Store
    from gradpress.lock import exclusive

    try:
        limit = size(given.limit)
    except ValueError as error:
        raise usage(f"--limit must be {error}", "") from None
    with exclusive(cache):
        removed, left = Store(cache).prune(limit, young=0)
    if not given.quiet:
        print(f"{removed / 1e6:.1f} MB removed from {cache}, {left / 1e6:.1f} MB left", file=sys.stderr)
    return 0


def _options(given: argparse.Namespace) -> Options:
    from gradpress.site import Options

    if given.jobs < 0:
        raise usage("--jobs must be a whole number from 0 on", "0 means as many as there are cores")
    return Options(
        content=Path(given.content),
        output=Path(given.output),
        cache=Path(given.cache),
        pages=tuple(given.pages),
        execute=not given.no_execute,
        strict=given.strict,
        mathjax=given.mathjax,
        engine=given.engine,
        jobs=given.jobs,
        executor=given.executor,
        drafts=given.drafts,
        links=getattr(given, "links", False),
        keep_warm=_duration(given.keep_warm),
    )


def _verify(given: argparse.Namespace) -> int:
    from gradpress.progress import watching
    from gradpress.verifying import verify

    options, started = _options(given), time.monotonic()
    with watching(quiet=given.quiet, style=given.format) as watcher:
        diagnostics, tally = verify(options, watcher)
    for diagnostic in diagnostics:
        _say(diagnostic, given.format, options.content)
    if not given.quiet and given.format == "text":
        print(f"verify: {tally}; {time.monotonic() - started:.1f} s", file=sys.stderr)
    return _code(diagnostics, strict=given.strict)


def _serve(given: argparse.Namespace) -> int:
    if not 0 < given.port < 65536:
        raise usage(f"--port must be a number from 1 to 65535, not {given.port}", "")
    from gradpress.serving.command import serve

    options = _options(given)

    def say(diagnostic: Diagnostic) -> None:
        _say(diagnostic, given.format, options.content)

    return serve(options, given.port, opens=given.open, quiet=given.quiet, style=given.format, say=say)


def _code(diagnostics: Sequence[Diagnostic], *, strict: bool) -> int:
    errors = any(d.severity == "error" for d in diagnostics)
    return 1 if errors or (strict and diagnostics) else 0


def _build(given: argparse.Namespace) -> int:
    from gradpress.lock import exclusive
    from gradpress.progress import watching
    from gradpress.site import BOOK, Site

    options = _options(given)
    command = BOOK if getattr(given, "book", False) else given.command
    if command == BOOK and options.pages:
        raise usage("--book takes all pages", f"leave out {options.pages[0]}, or --book")
    started = time.monotonic()
    with exclusive(options.cache), watching(quiet=given.quiet, style=given.format) as watcher:
        site = Site(options, watcher)
        report = site.build(command)
    for diagnostic in report.diagnostics:
        _say(diagnostic, given.format, options.content)
    errors = sum(d.severity == "error" for d in report.diagnostics)
    warnings = len(report.diagnostics) - errors
    if not given.quiet and given.format == "text":
        print(
            _summary(given.command, report.built, report.unchanged, errors, warnings, time.monotonic() - started),
            file=sys.stderr,
        )
    code = 70 if report.bugs else _code(report.diagnostics, strict=given.strict)
    if code == 0 and (files := site.rests_on(command)):
        _remember(given, files, report)
    return code


def _remember(
    given: argparse.Namespace, rests: tuple[Mapping[str, Sequence[int]], frozenset[str]], report: Report
) -> None:
    """Let the same command end at once next time."""
    said = [_rendered(d, given.format, Path(given.content)) for d in report.diagnostics]
    if not given.quiet and given.format == "text":
        said.append(_summary(given.command, 0, report.built + report.unchanged, 0, len(report.diagnostics), 0.0))
    with suppress(OSError):  # a full disk makes the next build slower, nothing else
        unchanged.remember(given.arguments, given.cache, *rests, "".join(f"{line}\n" for line in said))


def _duration(text: str) -> str:
    if not text:
        return ""
    from gradpress.amounts import duration

    try:
        return duration(text)
    except ValueError as error:
        raise usage(f"--keep-warm must be {error}", "") from None


def _summary(command: str, built: int, unchanged: int, errors: int, warnings: int, seconds: float) -> str:
    done = "checked" if command == "check" else "built"
    same = f", {unchanged} unchanged" if unchanged else ""
    found = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}"
    return f"{command}: {_many(built, 'page')} {done}{same}; {found}; {seconds:.1f} s"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _say(diagnostic: Diagnostic, style: str, content: Path | None = None) -> None:
    print(_rendered(diagnostic, style, content), file=sys.stderr)


def _rendered(diagnostic: Diagnostic, style: str, content: Path | None) -> str:
    """One line; annotations of GitHub name files from the repository's root."""
    if style == "github" and content:
        from dataclasses import replace

        place = replace(diagnostic.place, file=(content / diagnostic.place.file).as_posix())
        diagnostic = replace(diagnostic, place=place)
    return render(diagnostic, style)
