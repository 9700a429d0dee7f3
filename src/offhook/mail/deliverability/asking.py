"""Asks the DNS, by dnspython: short patience, no search list, every failure one kind of error in words."""

from collections.abc import Sequence
from typing import Protocol

import dns.exception
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.resolver
import dns.reversename
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

SECONDS = 4.0
"""How long one question may take, whoever has to be asked for it."""
DNS_PORT = 53


class DnsTrouble(Exception):
    """The DNS did not answer: whether there is such a record is not known."""


class Dns(Protocol):
    """What is asked of the DNS. Each answers with nothing where there is nothing, and raises `DnsTrouble`."""

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name."""
        ...

    def mail_servers(self, domain: str) -> tuple[str, ...]:
        """The MX hosts of a domain, the preferred first; `.` says that it takes no mail (RFC 7505)."""
        ...

    def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of a host."""
        ...

    def names_of(self, address: str) -> tuple[str, ...]:
        """The names that an address is said to have (PTR)."""
        ...


class SystemDns:
    """The DNS as this machine asks it, or as the named servers (`host` or `host:port`) tell it."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        """Prepare. Raises `DnsTrouble` when the machine is told of no server."""
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration as error:
            raise DnsTrouble("This machine is told of no DNS server.") from error
        if servers:
            self._resolver.nameservers = [_server(one) for one in servers]
        self._resolver.lifetime = SECONDS

    def texts(self, name: str) -> tuple[str, ...]:
        """See `Dns`. A record's strings are one text (RFC 7208, section 3.3)."""
        return tuple(
            b"".join(one.strings).decode("utf-8", "replace")
            for one in self._answers(name, dns.rdatatype.TXT)
            if isinstance(one, TXT)
        )

    def mail_servers(self, domain: str) -> tuple[str, ...]:
        """See `Dns`."""
        found = [one for one in self._answers(domain, dns.rdatatype.MX) if isinstance(one, MX)]
        return tuple(_plain(one.exchange) for one in sorted(found, key=lambda one: one.preference))

    def addresses(self, host: str) -> tuple[str, ...]:
        """See `Dns`."""
        kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
        return tuple(one.to_text() for kind in kinds for one in self._answers(host, kind))

    def names_of(self, address: str) -> tuple[str, ...]:
        """See `Dns`."""
        name = dns.reversename.from_address(address)
        return tuple(one.to_text().rstrip(".") for one in self._answers(name, dns.rdatatype.PTR))

    def _answers(self, name: str | dns.name.Name, kind: dns.rdatatype.RdataType) -> Sequence[dns.rdata.Rdata]:
        try:
            return list(self._resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise DnsTrouble(f"The DNS did not answer for {name}.") from error


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "."


def _server(told: str) -> dns.nameserver.Nameserver:
    host, _, port = told.rpartition(":")
    if host and port.isdigit() and ":" not in host:
        return dns.nameserver.Do53Nameserver(host, int(port))
    return dns.nameserver.Do53Nameserver(told, DNS_PORT)
