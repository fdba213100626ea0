"""`check --links`: whether the pages elsewhere that a page links to still answer.

An answer is remembered for a week, a failure for an hour, and no more than `MOST` links are tried for one page.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urldefrag

import panflute as pf

from gradpress.cache import Store
from gradpress.diagnostics import report
from gradpress.page import Page
from gradpress.reading.places import line_of
from gradpress.walking import walk

MOST = 200
"""Links that are tried for one page."""
PATIENCE = 10.0
"""Seconds for one answer."""
_WEEK, _HOUR = 7 * 86400, 3600
_GONE = (404, 410)
_REFUSES_HEAD = (400, 403, 405, 429, 500, 501, 503)
_AGENT = {"User-Agent": "Mozilla/5.0 (compatible; gradpress check --links)"}


def check(page: Page, store: Store) -> None:
    """Report every link of `page` to another site that is gone, or that nobody answers."""
    urls = list(dict.fromkeys(_links(page)))
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(urls, pool.map(lambda url: _remembered(url, store), urls[:MOST]), strict=False))
    for url, said in answers.items():
        line = line_of(f"]({url}") or line_of(url)
        if said in map(str, _GONE):
            report("link-dead", f"{url} answers {said}: the page is gone", line=line, hint="correct or remove the link")
        elif said:
            report("link-unreachable", f"{url} does not answer as it should: {said}", line=line)
    if len(urls) > MOST:
        report("link-unreachable", f"{len(urls) - MOST} links were not tried: no more than {MOST} are for one page")


def _links(page: Page) -> Iterable[str]:
    found: list[str] = []

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Link | pf.Image) and element.url.startswith(("http://", "https://")):
            found.append(urldefrag(element.url).url)

    walk(page.document.seen(), see, pf.Link, pf.Image)
    return found


def _remembered(url: str, store: Store) -> str:
    """What is wrong with a link; empty if nothing is."""
    known = store.get("links", url)
    if isinstance(known, dict) and time.time() - known["at"] < (_HOUR if known["said"] else _WEEK):
        return str(known["said"])
    said = _tried(url, "HEAD")
    store.put("links", url, {"said": said, "at": time.time()})
    return said


def _tried(url: str, method: str) -> str:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=_AGENT, method=method), timeout=PATIENCE):
            return ""
    except urllib.error.HTTPError as error:
        if method == "HEAD" and error.code in _REFUSES_HEAD:
            return _tried(url, "GET")
        return "" if error.code in (401, 403, 429) else str(error.code)  # it is there, but not for programs
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return " ".join(str(reason).split())[:80] or type(error).__name__
