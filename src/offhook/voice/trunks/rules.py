"""What trunks, numbers and extensions may look like. Pure; a check returns the cleaned value or raises `Invalid`.

Sources: RFC 1035 and RFC 1123 for host names, E.164 for prefixes (at most 15 digits), RFC 3261 for SIP itself.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import phonenumbers

from offhook.kernel.errors import invalid_field
from offhook.kernel.hosts import checked_host
from offhook.people import Rejected, read_phone
from offhook.voice.trunks.dialing import LONGEST_EXTENSION, SHORTEST_EXTENSION, is_emergency
from offhook.voice.trunks.model import Rate, Trunk

LONGEST_NAME = 100
LONGEST_CREDENTIAL = 128
MOST_SOURCES = 50
MOST_RATES = 2_000
LONGEST_PREFIX = 15
DEAREST = Decimal(1_000)
FINEST_COST = 6
"""Digits after the point of a cost per minute."""
HIGHEST_PRIORITY = 1_000
SHORTEST_RING, LONGEST_RING = 5, 120
DEFAULT_RING = 25
"""Seconds: five rings, before most carriers' own voicemail would answer."""

_VISIBLE = re.compile(r"[!-~]+")


def checked_trunk(trunk: Trunk) -> Trunk:
    """The trunk, cleaned. Raises `Invalid` naming the field that does not do."""
    clean = replace(
        trunk,
        name=checked_name("name", trunk.name),
        host=checked_host("host", trunk.host),
        domain=checked_host("domain", trunk.domain) if trunk.domain else None,
        username=_checked_credential("username", trunk.username) if trunk.username else None,
        region=checked_region(trunk.region),
        sends_from=_checked_sources(trunk.sends_from),
        rates=_checked_rates(trunk.rates),
    )
    if not 1 <= trunk.port <= 65_535:
        raise invalid_field("port", "must be 1 to 65535", trunk.port)
    if clean.registers and not clean.username:
        raise invalid_field("registers", "needs a user name to register with", None)
    return clean


def checked_password(password: str | None) -> str | None:
    """The password as it is sent; None or nothing for none. It is never told back."""
    return _checked_credential("password", password) if password else None


def checked_name(field: str, text: str) -> str:
    """A name in one line."""
    clean = " ".join(text.replace("\x00", " ").split())
    if not 0 < len(clean) <= LONGEST_NAME:
        raise invalid_field(field, f"must have 1 to {LONGEST_NAME} characters", text[:40])
    return clean


def checked_region(text: str) -> str:
    """A country that has phone numbers, by its ISO 3166-1 code."""
    clean = text.strip().upper()
    if clean not in phonenumbers.SUPPORTED_REGIONS:
        raise invalid_field("region", "must be a country's two letters (ISO 3166-1), such as DE", text[:20])
    return clean


def checked_number(text: str, region: str) -> str:
    """A number of ours in E.164."""
    phone = read_phone(text, region)
    if isinstance(phone, Rejected):
        raise invalid_field("number", phone.reason, text[:60])
    if phone.extension:
        raise invalid_field("number", "must be the number alone, without an extension", text[:60])
    return phone.number


def checked_extension(text: str, region: str) -> str:
    """An internal number: two to six digits, not zero first, and no emergency number."""
    clean = text.strip()
    is_short = clean.isascii() and clean.isdecimal() and SHORTEST_EXTENSION <= len(clean) <= LONGEST_EXTENSION
    if not is_short or clean.startswith("0"):
        reason = f"must be {SHORTEST_EXTENSION} to {LONGEST_EXTENSION} digits that do not begin with 0"
        raise invalid_field("number", reason, text[:20])
    if is_emergency(clean, region):
        raise invalid_field("number", f"is, or begins with, an emergency number in {region}", clean)
    return clean


def checked_ring_seconds(seconds: int) -> int:
    """How long a phone rings."""
    if not SHORTEST_RING <= seconds <= LONGEST_RING:
        raise invalid_field("ring_seconds", f"must be {SHORTEST_RING} to {LONGEST_RING}", seconds)
    return seconds


def _checked_credential(field: str, text: str) -> str:
    if len(text) > LONGEST_CREDENTIAL or not _VISIBLE.fullmatch(text):
        raise invalid_field(
            field, f"must be 1 to {LONGEST_CREDENTIAL} visible ASCII characters without spaces", None
        )
    return text


def _checked_sources(sources: Sequence[str]) -> tuple[str, ...]:
    if len(sources) > MOST_SOURCES:
        raise invalid_field(
            "sends_from", f"name at most {MOST_SOURCES}; networks such as 203.0.113.0/24 are one", None
        )
    return tuple(dict.fromkeys(_checked_source(one) for one in sources))


def _checked_source(text: str) -> str:
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise invalid_field(
            "sends_from", "must be IP addresses or networks such as 203.0.113.0/24", text[:80]
        ) from None
    if network.prefixlen == 0:
        raise invalid_field("sends_from", "must not be the whole internet: anybody could call in", text[:80])
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _checked_rates(rates: Sequence[Rate]) -> tuple[Rate, ...]:
    if len(rates) > MOST_RATES:
        raise invalid_field("rates", f"has more than {MOST_RATES} prefixes", len(rates))
    clean = tuple(sorted(map(_checked_rate, rates), key=lambda rate: rate.prefix))
    for one, other in pairwise(clean):
        if one.prefix == other.prefix:
            raise invalid_field("rates", "names a prefix twice", one.prefix or "(every number)")
    return clean


def _checked_rate(rate: Rate) -> Rate:
    prefix = rate.prefix.strip().removeprefix("+")
    if prefix and not (prefix.isascii() and prefix.isdecimal() and len(prefix) <= LONGEST_PREFIX):
        raise invalid_field(
            "rates", "a prefix is digits of the international number, such as 4930", rate.prefix[:40]
        )
    cost = rate.cost_per_minute
    if not (cost.is_finite() and 0 <= cost <= DEAREST):
        raise invalid_field("rates", f"a cost per minute is 0 to {DEAREST}", cost)
    if not 1 <= rate.priority <= HIGHEST_PRIORITY:
        raise invalid_field("rates", f"a priority is 1 to {HIGHEST_PRIORITY}", rate.priority)
    return Rate(prefix, Decimal(f"{cost:.{FINEST_COST}f}".rstrip("0").rstrip(".")), rate.priority)
