"""Sessions on other machines: `--executor dask://host:port`.

Before anything runs, every worker is asked what it has installed: results made with other versions are
not those of this machine, and would be kept under its name.
"""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from gradpress.diagnostics import Place, UsageError
from gradpress.execution import Sessions, cluster_job
from gradpress.execution.cluster_sessions import Cluster, remote, why

REACH = 10
"""Seconds for reaching the scheduler, and for its first worker to be there."""
_GREETING = 1 << 20
"""Bytes that the first message of a scheduler has at most."""


def connect(url: str) -> Sessions:
    """Sessions on the workers of a Dask scheduler; UsageError when they cannot be used."""
    client = _client(_address(url), url)
    try:
        _compare(client, url)
    except BaseException:
        client.close()
        raise
    return Cluster(client)


def _client(address: str, url: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise _usage("'dask' is not installed", "pip install 'gradpress[cluster]'") from None
    make: Any = Client
    try:
        _probe(address)
        return make(address, timeout=REACH, set_as_default=False, name="gradpress")
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _usage(f"no Dask scheduler answers at {url}: {reason}", "start one with `dask scheduler`") from None


def _probe(address: str) -> None:
    """OSError unless something there begins as Dask does; its client waits without end for anything else."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=REACH) as connection:
        length = connection.recv(8, socket.MSG_WAITALL)
    if len(length) < 8 or int.from_bytes(length, "little") > _GREETING:
        raise OSError("what answers is no Dask scheduler")


def _address(url: str) -> str:
    """The scheduler's address as Dask writes it."""
    try:
        parts = urlsplit(url)
        known = parts.scheme == "dask" and parts.hostname and parts.port and parts.path in ("", "/")
    except ValueError:
        known = False
    if not known:
        raise _usage(f"'{url}' names no executor", "write dask://HOST:PORT, e.g. dask://localhost:8786")
    return f"tcp://{parts.netloc}"


def _compare(client: Any, url: str) -> None:
    """Every worker must have what this machine has; UsageError names the first difference."""
    try:
        client.wait_for_workers(1, timeout=REACH)
    except (TimeoutError, OSError):
        hint = f"start one with `dask worker tcp://{urlsplit(url).netloc}`"
        raise _usage(f"the Dask scheduler at {url} has no worker", hint) from None
    told = client.get_versions()  # asks without code of ours, which another Python could not even read
    here = told["client"]["host"]["python"]
    for worker, found in told["workers"].items():
        if found and found["host"]["python"] != here:
            raise _different(f"the worker {worker} has Python {found['host']['python']}, this machine {here}")
    for worker, answer in client.run(remote("versions"), on_error="return").items():
        if isinstance(answer, ImportError):
            hint = "install gradpress there, or start the worker in the project's folder"
            raise _usage(f"the worker {worker} cannot import gradpress: {answer}", hint)
        if isinstance(answer, Exception):
            raise _usage(f"the worker {worker} does not answer: {why(answer)}", "see the worker's log")
        if text := cluster_job.difference(worker, answer):
            raise _different(text)


def _different(text: str) -> UsageError:
    return _usage(text, "results would not be the same: install the same versions on both")


def _usage(message: str, hint: str) -> UsageError:
    return UsageError("usage", message, Place("build.py"), hint)
