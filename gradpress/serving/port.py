"""A place to listen at: this machine only, and the next port when one is taken."""

from __future__ import annotations

import errno
import socket

from gradpress.command_line import usage

HOST = "127.0.0.1"
_TRIES = 50


def listening(wanted: int) -> socket.socket:
    """A socket that listens at `wanted`, or at the first port after it that nobody uses.  Raises UsageError."""
    for port in range(wanted, min(wanted + _TRIES, 65536)):
        found = _bound(port)
        if found:
            return found
    raise usage(f"no port from {wanted} on is free", "choose another with --port N")


def _bound(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)  # some systems give a port away twice as long as nobody listens
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise usage(f"port {port} cannot be used: {error.strerror}", "choose another with --port N") from None
    return listener
