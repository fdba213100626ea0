"""Who may ask: pages that this server has sent, and nobody else.

A browser lets every site on the web send requests to this machine.  Such a request names the other site in its `Host`
(when a name was bent to this address), its `Origin`, or as `Sec-Fetch-Site`.
"""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("localhost", "127.0.0.1", "[::1]")
"""What this machine is called by itself."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


class Guard:
    """Refuses requests from elsewhere, and what is no question."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in scope["headers"]]
        if not self._is_ours(headers):
            await PlainTextResponse("This server answers pages of its own only.\n", 403)(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            allow = {"Allow": "GET, HEAD"}
            await PlainTextResponse("Only GET and HEAD.\n", 405, allow)(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _is_ours(self, headers: list[tuple[str, str]]) -> bool:
        hosts = [value.lower() for key, value in headers if key == "host"]
        origins = [value.lower() for key, value in headers if key == "origin"]
        fetch = dict(headers)
        foreign = fetch.get("sec-fetch-site") in ("cross-site", "same-site")  # another port is the same site
        link = fetch.get("sec-fetch-mode") == "navigate"
        named = len(hosts) == 1 and hosts[0] in self._hosts
        return named and all(origin in self._origins for origin in origins) and (link or not foreign)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(key.lower().encode(), value.encode()) for key, value in _HEADERS.items()]
            message = {**message, "headers": [*message["headers"], *own]}
        await send(message)

    return sending
