"""The command `serve`: a builder, a server and somebody who watches the files, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import FrameType

import uvicorn

from gradpress.content import CONFIGURATION, chosen, scan
from gradpress.diagnostics import Diagnostic, Log, collecting
from gradpress.serving.app import Site
from gradpress.serving.builder import Builder
from gradpress.serving.news import News
from gradpress.serving.port import HOST, listening
from gradpress.serving.saves import Saves
from gradpress.serving.saying import Saying
from gradpress.site import ROOT, TEMPLATES, Options, content_exists

PATIENCE = 0.6
"""Seconds that the builder has for its end; what runs then is killed."""
_FOREVER = 24 * 3600
"""Seconds that connections stay: pages that are built in forks hold copies of them, which do not answer."""


def serve(
    options: Options, port: int, *, opens: bool, quiet: bool, style: str, say: Callable[[Diagnostic], None]
) -> int:
    """Serve until interrupted: 130.  Raises UsageError when nothing can be served at all."""
    content_exists(options.content)
    first, options = _first(options), replace(options, pages=(), drafts=True)
    with listening(port) as listener:
        real = listener.getsockname()[1]
        saying = Saying(quiet=quiet, style=style, say=say)
        if real != port:
            saying.note(f"port {port} is taken, using {real}")
        saying.note(f"serving http://{HOST}:{real}/  (Ctrl-C stops)")
        news = News()
        builder = Builder(options, first, news, saying)
        saves = _saves(options)
        builder.start()
        threading.Thread(target=_watch, args=(saves, builder, news, saying), daemon=True).start()
        if opens:
            _open(f"http://{HOST}:{real}/")
        site = Site(options.output, news, builder.want)
        config = uvicorn.Config(
            site.app(real), log_config=None, lifespan="off", ws="none", timeout_keep_alive=_FOREVER, server_header=False
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: nothing is left running
        try:
            _Server(config, news).run(sockets=[listener])
        except KeyboardInterrupt:
            pass
        finally:
            saves.close()
            ended = builder.close(PATIENCE)
    if not ended:
        _kill()
    return 130


class _Server(uvicorn.Server):
    """Lets event streams go before it waits for connections to end."""

    def __init__(self, config: uvicorn.Config, news: News) -> None:
        super().__init__(config)
        self._news = news

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._news.begin()
        await super().startup(sockets)  # type: ignore[arg-type]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._news.close()
        self.force_exit = True
        super().handle_exit(sig, frame)


def _first(options: Options) -> list[str]:
    """The pages that are built before the others: those that the command line names, else the first one.

    Raises UsageError for a name that no page has.
    """
    with collecting(Log(), CONFIGURATION):
        found = scan(options.content, (options.output, options.cache))
    if options.pages:
        return [page.file for page in chosen(found, options.pages, options.content)]
    start = [page.file for page in found if page.name == "index"] or [page.file for page in found]
    return start[:1]


def _saves(options: Options) -> Saves:
    program, away = (ROOT / "gradpress", ROOT / "filters"), (options.output, options.cache)
    return Saves(options.content, TEMPLATES, program, away)


def _watch(saves: Saves, builder: Builder, news: News, saying: Saying) -> None:
    """In a thread of its own."""
    changed: dict[str, None] = {}

    def restart(names: list[str]) -> None:
        changed.update(dict.fromkeys(names))
        saying.note(f"{', '.join(names)} of Gradpress changed: start serve again to use it")
        news.state(restart=list(changed))

    try:
        saves.watch(builder.saved, restart)
    except OSError as error:
        saying.note(f"saves are not seen: {error}; start serve again after a change")


def _open(url: str) -> None:
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _kill() -> None:
    """End at once, with everything that was started: a thread is in the middle of something that takes long."""
    if sys.platform == "linux":
        from gradpress.execution import linux

        linux.kill_below(os.getpid())
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(130)
