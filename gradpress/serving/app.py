"""The server: files of the site, and the events that keep pages up to date.

Pages are sent with one line more than they have: the script that listens.  The files of the site do not have it.
"""

from __future__ import annotations

import asyncio
import html
import mimetypes
import time
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from pathlib import Path
from string import Template

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from gradpress.serving import files
from gradpress.serving.guard import Guard
from gradpress.serving.news import News

OWN = "/_gradpress"
"""Addresses of our own: no page's name begins with an underscore."""
SCRIPTS = Path(__file__).resolve().parent.parent / "data" / "serving"
PATIENCE, LONG = 1.0, 20.0
"""Seconds that a request waits for a page, and for what a page shows, while they are being built."""
_LOOK = 0.03
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
"""What a system may know under another name."""
_FRESH = {"Cache-Control": "no-cache"}


class Site:
    """Answers requests."""

    def __init__(self, output: Path, news: News, want: Callable[[str], bool]) -> None:
        self._output = output
        self._news = news
        self._want = want
        """Has a page built next that is not there yet; whether it will ever be."""

    def app(self, port: int) -> Guard:
        """The application."""
        routes = [
            Route(f"{OWN}/events", self._events),
            Route(f"{OWN}/{{name}}", _script),
            Route("/{path:path}", self._page),
        ]
        return Guard(Starlette(routes=routes), port)

    async def _events(self, request: Request) -> Response:
        """The event stream of one page."""
        shown = files.target(request.query_params.get("page", "")) or ""
        found = files.find(self._output, shown)
        other = found and found.etag != request.query_params.get("etag")
        news = self._news.read(shown, [shown] if other else [])
        return StreamingResponse(_stream(news), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _page(self, request: Request) -> Response:
        path = request.scope["path"]
        name = files.target(path)
        if name is None:
            return self._missing(request)
        if not path.endswith("/") and files.is_folder(self._output, name):
            return RedirectResponse(f"{files.address(name)}/")
        found = await self._found(name)
        if found is None:
            return self._missing(request, waits=name.endswith(".html") and self._comes(name))
        return _file(request, found)

    async def _found(self, name: str) -> files.File | None:
        """The file; when it is still to be built, after a while."""
        is_page = name.endswith(".html")
        if is_page and not self._comes(name):
            return files.find(self._output, name)
        until = time.monotonic() + (PATIENCE if is_page else LONG)
        found = files.find(self._output, name)
        while found is None and self._news.is_building and not self._news.is_over and time.monotonic() < until:
            await asyncio.sleep(_LOOK)
            found = files.find(self._output, name)
        return found or files.find(self._output, name)

    def _comes(self, name: str) -> bool:
        """Whether a page that is not there will be."""
        there = files.find(self._output, name) is not None
        return not there and self._news.is_building and self._want(name.removesuffix(".html"))

    def _missing(self, request: Request, *, waits: bool = False) -> Response:
        """A page in the place of one that is not there: it turns into that one by itself."""
        own = None if waits else files.find(self._output, "404.html")
        text = own.path.read_bytes() if own else _plain(*(_WAITING if waits else _NONE))
        body = _with_script(text, "")
        headers = {"Cache-Control": "no-store"} | ({"Retry-After": "1"} if waits else {})
        return Response(body, 503 if waits else 404, headers, "text/html")


def _file(request: Request, found: files.File) -> Response:
    headers = {**_FRESH, "ETag": found.etag}
    asked = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if found.etag in asked:
        return Response(status_code=304, headers=headers)
    if found.path.suffix == ".html":
        return Response(_with_script(found.path.read_bytes(), found.etag), 200, headers, "text/html")
    kind = _TYPES.get(found.path.suffix) or mimetypes.guess_type(found.path.name)[0] or "application/octet-stream"
    return FileResponse(found.path, headers=headers, media_type=kind)


async def _script(request: Request) -> Response:
    """Our part of a page."""
    name = request.path_params["name"]
    found = files.find(SCRIPTS, name) if files.target(f"/{name}") else None
    return _file(request, found) if found else Response("Not found\n", 404, media_type="text/plain")


async def _stream(news: AsyncIterator[str]) -> AsyncIterator[str]:
    yield "retry: 500\n\n"
    async for line in news:
        yield line


def _with_script(page: bytes, etag: str) -> bytes:
    """The page with our script at the end of its head, where it is told which version this is."""
    tag = f'<script type="module" src="{OWN}/client.js" data-gradpress="{html.escape(etag)}"></script>'.encode()
    head, end, rest = page.partition(b"</head>")
    return head + tag + end + rest if end else page + tag


@lru_cache
def _plain(title: str, text: str) -> bytes:
    template = Template((SCRIPTS / "plain.html").read_text(encoding="utf-8"))
    return template.substitute(title=title, text=text).encode()


_WAITING = ("Building…", "This page is shown as soon as it is built.")
_NONE = ("Not found", 'No page has this address. <a href="/">To the first page</a>')
