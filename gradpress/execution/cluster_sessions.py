"""Sessions on the workers of a Dask scheduler.

A session goes to a worker as plain data with the hashes of the files it may need; the worker asks for
those that it has not seen, runs it in a child process, and gives its messages back.  Dask runs it again
when the worker is lost on the way.  Only the builder collects, so it alone writes to the cache.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from gradpress.cells import Failure
from gradpress.execution import Message, PageRun, cluster_job
from gradpress.execution.cluster_files import Hashes, Inputs, inputs
from gradpress.execution.reads import REMOVED, WRITTEN
from gradpress.execution.wire import page_to_json

ALONE = 30.0
"""Seconds without any worker after which a page is given up."""
_LOOK = 2.0
"""Seconds of silence after which the workers are counted."""
_ROUNDS = 20
"""How often a session is sent: each time a worker that lacks files may have taken it."""
_PIECE = 32_000_000
"""Bytes of files in one message to a worker."""

Answer = dict[str, Any]


class Cluster:
    """Runs every session on some worker of a scheduler."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._hashes = Hashes()
        self._topic = f"gradpress-{uuid4().hex}"
        self._numbers = itertools.count()
        self._heard: dict[int, queue.Queue[Message | None]] = {}
        self._closed = threading.Event()
        client.subscribe_topic(self._topic, self._hear)

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        needed = inputs(page, self._hashes)
        refusal = needed.refusal(page) if not page.kernel else "a page with `kernel` does not run on a cluster"
        if refusal:
            yield _failed(page, refusal)
            return
        number = next(self._numbers)
        heard = self._heard[number] = queue.Queue()
        begun: set[int] = set()
        try:
            answer = yield from self._answer(_job(page, needed, number), needed, heard, begun)
        except _Lost as lost:
            yield _failed(page, str(lost))
            return
        finally:
            del self._heard[number]
        for message in answer["messages"]:
            if message["is"] == "begin" and message["cell"] in begun:
                continue
            if message["is"] != "loss" or not begun:
                yield self._ours(message, page, needed)

    def close(self) -> None:
        """Stop everything, from any thread."""
        self._closed.set()
        for heard in list(self._heard.values()):
            heard.put(None)
        with suppress(TimeoutError):  # the scheduler may be gone
            self._client.close()

    def _hear(self, event: tuple[Any, Any]) -> None:
        """What a worker tells while it runs a session."""
        told = event[1]
        if heard := self._heard.get(told["job"]):
            heard.put(told["message"])

    def _answer(
        self, job: Mapping[str, Any], needed: Inputs, heard: queue.Queue[Message | None], begun: set[int]
    ) -> Generator[Message, None, Answer]:
        """Send the session until a worker that has all its files has run it."""
        wish: list[str] | None = None
        for _ in range(_ROUNDS):
            future = self._client.submit(
                remote("run"), job, self._topic, pure=False, retries=2, workers=wish, allow_other_workers=bool(wish)
            )
            try:
                answer = yield from self._follow(future, heard, begun)
            finally:
                future.release()  # nobody else holds it: the worker is told to stop
            if answer["is"] == "ran":
                if other := cluster_job.other_packages(answer["worker"], answer["packages"]):
                    raise _Lost(f"{other}: install the same versions on both")
                return answer
            if answer["is"] == "refused":
                raise _Lost(
                    cluster_job.difference(answer["worker"], answer["versions"]) or "the worker refused the page"
                )
            wish = [answer["worker"]]
            self._send(needed, set(answer["hashes"]), wish)
        raise _Lost(f"no worker kept the files of the page ({_ROUNDS} tries)")

    def _follow(
        self, future: Any, heard: queue.Queue[Message | None], begun: set[int]
    ) -> Generator[Message, None, Answer]:
        """Pass on what is heard until the task has ended; its answer."""
        future.add_done_callback(lambda _: heard.put(None))
        alone = Alone(self._client)
        while not future.done():
            if self._closed.is_set():
                raise _Lost("the build was stopped")
            try:
                message = heard.get(timeout=_LOOK)
            except queue.Empty:
                if alone.too_long():
                    raise _Lost(f"for {ALONE:g} s there was no worker, or no scheduler") from None
                continue
            if message and not (message["is"] == "begin" and message["cell"] in begun):
                begun.update([message["cell"]] if message["is"] == "begin" else [])
                yield message
        if future.status in ("cancelled", "lost"):
            raise _Lost("the build was stopped" if self._closed.is_set() else "the scheduler was lost")
        if future.status == "error":
            raise _Lost(why(future.exception()))
        answer: Answer = future.result()
        return answer

    def _send(self, needed: Inputs, hashes: set[str], workers: list[str]) -> None:
        """Send files to a worker; one that is gone meanwhile does not matter."""
        piece: list[bytes] = []
        paths = {digest: path for path, digest in needed.sent.items() if digest in hashes}
        for path in paths.values():
            with suppress(OSError), open(os.path.join(needed.root, path), "rb") as file:
                piece.append(file.read())
            if sum(map(len, piece)) > _PIECE:
                self._keep(piece, workers)
                piece = []
        self._keep(piece, workers)

    def _keep(self, piece: Iterable[bytes], workers: list[str]) -> None:
        self._client.run(_kept, list(piece), workers=workers, on_error="ignore")

    def _ours(self, message: Message, page: PageRun, needed: Inputs) -> Message:
        """The end of a cell as if it had run here."""
        if message["is"] != "end":
            return message
        # what a cell writes there stays there
        reads = [
            self._read(needed.root, read) for read in message["seen"]["reads"] if read[3] not in (WRITTEN, REMOVED)
        ]
        failure = message["failure"]
        if failure and (hint := needed.explain(page, failure["evalue"])):
            failure = {**failure, "evalue": f"{failure['evalue']}; {hint}"}
        return {**message, "failure": failure, "seen": {**message["seen"], "reads": reads}}

    def _read(self, root: str, read: list[Any]) -> list[Any]:
        """The file as it is here; as it was there, if it has changed: then the result is not used again."""
        path, size, _, digest = read
        here = self._hashes.of(root, path)
        return list(here) if here[3] == digest else [path, size, 0, digest]


class Alone:
    """Notices that a scheduler has no workers."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._since: float | None = None

    def too_long(self) -> bool:
        """Whether there has been none for `ALONE` seconds."""
        if self._client.status == "running" and self._client.nthreads():
            self._since = None
        elif self._since is None:
            self._since = time.monotonic()
        return self._since is not None and time.monotonic() - self._since > ALONE


class _Lost(Exception):
    """A session that no worker has run to its end."""


def remote(name: str) -> Callable[..., Any]:
    """A function of `cluster_job`, for a worker.

    Local functions travel by value: the scheduler unpacks them too, and needs no Gradpress for this one.
    """

    def on_worker(*arguments: Any) -> Any:
        from gradpress.execution import cluster_job

        return getattr(cluster_job, name)(*arguments)

    return on_worker


def _kept(contents: list[bytes], dask_worker: Any) -> None:
    from gradpress.execution.cluster_job import keep

    keep(contents, dask_worker)


def _job(page: PageRun, needed: Inputs, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "page": page_to_json(page),
        "inside": os.path.relpath(os.path.abspath(page.folder), needed.root),
        "files": dict(needed.sent),
        "left": list(needed.left),
        "env": {name: os.environ.get(name) for name in page.env},
        "versions": cluster_job.versions(),
    }


def why(error: BaseException | None) -> str:
    """One line for an author about what went wrong on a worker."""
    if type(error).__name__ == "KilledWorker":
        return "several workers were lost while they ran the page"
    first = (str(error).splitlines() or [""])[0]
    return f"the page could not be run on a worker: {type(error).__name__}: {first}"


def _failed(page: PageRun, text: str) -> Message:
    failure = Failure("crash", "Cluster", text, "", page.cells[0].place.line)
    return {"is": "failed", "failure": asdict(failure)}
