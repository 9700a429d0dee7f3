"""Free ports of this machine."""

import socket


def free_port(host: str) -> int:
    """A port of this address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
