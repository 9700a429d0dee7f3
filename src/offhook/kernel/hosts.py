"""Hosts as users write them, and which addresses must not be called from inside a network."""

import ipaddress
import re

from offhook.kernel.errors import invalid_field

LONGEST_HOST = 253

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def checked_host(field: str, text: str) -> str:
    """A host name or IP address, lower case; IPv6 without brackets. Raises `Invalid` naming the field."""
    clean = text.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(clean))
    except ValueError:
        pass  # a name then
    labels = clean.split(".")
    is_name = len(clean) <= LONGEST_HOST and all(_LABEL.fullmatch(one) for one in labels)
    if not is_name or labels[-1].isdecimal():
        raise invalid_field(field, "must be a host name or an IP address, without a scheme or port", text[:80])
    return clean


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address rather than a name."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def not_public(address: str) -> str | None:
    """Why an IP address must not be called from inside a network (SSRF), or None when it may be.

    Only addresses of the public internet may be: no private, loopback, link-local (169.254.169.254 tells cloud
    machines their credentials), shared, multicast, reserved or unspecified ones, whether written as IPv4 or
    inside IPv6 (mapped, 6to4, Teredo, NAT64). Source: IANA special-purpose address registries, as kept by
    Python's `ipaddress`; OWASP Server-Side Request Forgery Prevention Cheat Sheet.
    """
    if not all(map(_is_public, _reached(address))):
        return f"{address} is not an address of the public internet"
    return None


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out to the public internet (IANA, IPv6 Global Unicast Address Assignments)."""


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    is_unicast = isinstance(address, ipaddress.IPv4Address) or address in _UNICAST
    return is_unicast and address.is_global and not address.is_multicast


def _reached(address: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The address, and the IPv4 addresses that an IPv6 address leads to."""
    written = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(written, ipaddress.IPv4Address):
        return [written]
    if written in _NAT64:
        return [ipaddress.IPv4Address(int(written) & 0xFFFFFFFF)]
    inside = (written.ipv4_mapped, written.sixtofour, *(written.teredo or ()))
    return [written, *(one for one in inside if one is not None)]
