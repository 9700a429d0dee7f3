"""Host names to addresses, remembered for a while: a packet must not wait for a look-up each time.

A and AAAA records only. Which of a carrier's hosts to use by SRV and NAPTR (RFC 3263) is decided in the trunks'
list, or by the proxy in front.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping

KEPT_SECONDS = 60.0
"""How long an answer counts; an old one goes on counting when the next look-up fails."""


class Names:
    """The names looked up so far."""

    def __init__(self, family: socket.AddressFamily, fixed: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Addresses of `family` only: our socket cannot send to others. `fixed` stands before any look-up."""
        self._family = family
        self._fixed = dict(fixed or {})
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def known(self, host: str, now: float) -> str | None:
        """The address, if it is known without asking; an address is its own."""
        if is_address(host):
            return host
        if host in self._fixed:
            return self._fixed[host][0]
        at, addresses = self._known.get(host, (0.0, ()))
        return addresses[0] if addresses and now - at < KEPT_SECONDS else None

    async def addresses(self, host: str, now: float) -> tuple[str, ...]:
        """All addresses of a name; none: it has none, as far as can be known now."""
        if host in self._fixed:
            return self._fixed[host]
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, family=self._family)
            addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        except (OSError, UnicodeError):  # the latter for labels that no name can have
            addresses = self._known.get(host, (0.0, ()))[1]
        self._known[host] = (now, addresses)
        return addresses


def is_address(host: str) -> bool:
    """No name, but an address itself."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
