"""What a Dask worker does for a builder: say what it has installed, keep files, run a session.

Cells never run in the worker's own process: each session has a host (`cluster_host.py`), which ends with
the task, with its cancellation, and with the worker.
"""

from __future__ import annotations

import os
import platform
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

import gradpress
from gradpress.cache import Memory
from gradpress.execution import Message
from gradpress.execution.cluster_host import OVER
from gradpress.execution.installed import identities
from gradpress.execution.plain import ROOT
from gradpress.execution.protocol import Reader, send
from gradpress.execution.strays import kill_strays

LIBRARIES = ("numpy", "torch", "matplotlib", "ipython")
LIVE = frozenset({"begin", "loss"})
"""Messages that the builder gets while the session runs, too."""
_BOOT = f"import sys; sys.path.append({ROOT!r}); from gradpress.execution.cluster_host import main; main()"
_TICK = 0.2
"""Seconds between two looks at whether the task is still wanted."""
_PATIENCE = 20.0
"""Seconds that a host has for stopping its session."""


def versions() -> dict[str, str]:
    """Everything that must be equal on builder and worker for their results to be the same."""
    found = {
        "gradpress": gradpress.__version__,
        "Python": platform.python_version(),
        "system": f"{sys.platform} {platform.machine()}",
    }
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def difference(worker: str, theirs: Mapping[str, str]) -> str:
    """The first version in which a worker differs; empty if there is none."""
    for name, version in versions().items():
        if (other := theirs.get(name, "none")) != version:
            return f"the worker {worker} has {name} {other}, this machine {version}"
    return ""


def store(worker: Any) -> Path:
    """The worker's folder for files, by hash; it goes with the worker's own."""
    folder = Path(worker.local_directory).resolve() / "gradpress"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keep(contents: Iterable[bytes], dask_worker: Any) -> None:
    """Keep files."""
    folder = store(dask_worker)
    for data in contents:
        new = folder / f".new-{time.monotonic_ns()}"
        new.write_bytes(data)
        new.rename(folder / sha256(data).hexdigest())


def run(job: Mapping[str, Any], topic: str) -> dict[str, Any]:
    """Run one session; or say which files, or which versions, are missing for that."""
    from distributed import get_worker

    worker = get_worker()
    folder = store(worker)
    answer: dict[str, Any] = {"is": "ran", "worker": worker.address}
    if (mine := versions()) != job["versions"]:
        return answer | {"is": "refused", "versions": mine}
    if missing := sorted({h for h in job["files"].values() if not (folder / h).exists()}):
        return answer | {"is": "missing", "hashes": missing}
    messages = []
    for message in hosted({**job, "store": str(folder)}, _wanted(worker)):
        if message["is"] in LIVE:
            worker.log_event(topic, {"job": job["id"], "message": message})
        messages.append(message)
    return answer | {"messages": messages, "packages": _used(messages)}


def _used(messages: Iterable[Message]) -> dict[str, str]:
    """What is installed here of all that the session can have reached."""
    here = identities(Memory())
    ends = (m for m in messages if m["is"] == "end")
    return {name: here.get(name, "") for m in ends for name in m["seen"]["imports"]}


def other_packages(worker: str, theirs: Mapping[str, str]) -> str:
    """The first package that a session used and of which a worker has another version; empty if there is none."""
    here = identities(Memory())
    for name, version in theirs.items():
        if (mine := here.get(name, "")) != version:
            return f"the worker {worker} has {version or f'no {name}'}, this machine {mine or f'no {name}'}"
    return ""


def _wanted(worker: Any) -> Callable[[], bool]:
    """Whether anyone waits for the task that runs in this thread.

    A worker cannot interrupt a task; it only notes that the task was cancelled, or its client is gone.
    """
    key = worker.get_current_task()

    def wanted() -> bool:
        state = worker.state.tasks.get(key)
        return state is not None and state.state == "executing" and worker.status.name in ("running", "paused")

    return wanted


def hosted(job: Mapping[str, Any], wanted: Callable[[], bool]) -> Iterator[Message]:
    """The messages of a session in a host of its own; RuntimeError when it is not wanted any more, or died."""
    host = subprocess.Popen(
        [sys.executable, "-P", "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert host.stdin
    assert host.stdout
    try:
        send(host.stdin.fileno(), dict(job))
        yield from _messages(host.stdout.fileno(), wanted)
    finally:
        with suppress(BrokenPipeError):
            host.stdin.close()
        host.stdout.close()
        try:
            host.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            host.kill()
            host.wait()
        if host.returncode:
            kill_strays(f"{host.pid}-")  # the tokens of its sessions begin with its number


def _messages(fd: int, wanted: Callable[[], bool]) -> Iterator[Message]:
    reader = Reader()
    while wanted():
        if not select.select([fd], [], [], _TICK)[0]:
            continue
        data = os.read(fd, 1 << 16)
        if not data:
            raise RuntimeError("the process that looks after the session has died")
        for message in reader.feed(data):
            if message["is"] == OVER:
                return
            yield message
    raise RuntimeError("the task was cancelled")
