"""Free ports of this machine."""

import socket
from contextlib import ExitStack

from offhook.kernel.errors import Unavailable


def free_ports(host: str, count: int) -> list[int]:
    """So many ports of this address that nobody listens on at this moment, each another."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((host, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def check_free(host: str, port: int) -> None:
    """Raise `Unavailable` when something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"The virtual post office cannot listen on {host}:{port}: {error.strerror}."
            ) from error
