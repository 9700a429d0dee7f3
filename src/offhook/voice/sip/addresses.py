"""Where packets go and come from."""

import ipaddress
from typing import NamedTuple


class Address(NamedTuple):
    """`transport` is "udp" or "tcp"; `host` an address or a name, IPv6 without brackets."""

    transport: str
    host: str
    port: int


_OWN_NETS = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def is_private(host: str) -> bool:
    """An address that only its own network can reach (RFC 1918, 6598, 4193, loopback); a name is not."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or any(address in net for net in _OWN_NETS if net.version == address.version)


def in_brackets(host: str) -> str:
    """As it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
