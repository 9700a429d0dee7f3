"""In which time zone a person lives: by phone prefix, else region, else country.

Phone prefixes come from `phonenumbers` (libphonenumber's time-zone data); countries from CLDR and, for those with
several zones, the zone in which most people live. None when nothing tells: then the organisation's zone holds.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from zoneinfo import available_timezones

from phonenumbers import PhoneNumber
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_LONGEST_PREFIX

from offhook.people.normalise import cldr
from offhook.people.normalise.phones import Phone, read_phone
from offhook.people.normalise.places import zone_of_region
from offhook.people.normalise.values import Rejected

LONGEST_PREFIX = TIMEZONE_LONGEST_PREFIX + 1
"""Characters of E.164, with the plus, that can tell a zone."""

_MOST_PEOPLE = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


@lru_cache(maxsize=65536)
def zones_of_prefix(prefix: str) -> tuple[str, ...]:
    """The zones of all numbers in E.164 that begin so; empty when unknown."""
    digits = prefix.lstrip("+")
    found = time_zones_for_geographical_number(_as_number(digits))
    return tuple(zone for zone in found if zone in available_zones())


def _as_number(digits: str) -> PhoneNumber:
    """The prefix table is searched by the digits alone, so it does not matter where the country code ends.

    All but the last digit go there: it is the part that cannot begin with zeros, which a number would lose.
    """
    return PhoneNumber(country_code=int(digits[:-1] or 0), national_number=int(digits[-1:] or 0))


@lru_cache(maxsize=512)
def zone_of_country(country: str) -> str | None:
    """The zone of a country, ISO 3166-1 alpha-2; of several the one in which most people live."""
    if country in _MOST_PEOPLE:
        return _MOST_PEOPLE[country]
    zones = [zone for zone in _zones_by_country().get(country, ()) if zone in available_zones()]
    return zones[0] if zones else None


def country_of_zone(zone: str) -> str | None:
    """The country that a zone lies in, ISO 3166-1 alpha-2; None for zones of none."""
    return _countries_of_zones().get(zone)


@cache
def _countries_of_zones() -> dict[str, str]:
    return cldr.countries_of_zones()


@cache
def _zones_by_country() -> dict[str, list[str]]:
    zones: dict[str, list[str]] = {}
    for zone, country in cldr.countries_of_zones().items():
        zones.setdefault(country, []).append(zone)
    return zones


@cache
def available_zones() -> frozenset[str]:
    """All IANA names this machine knows."""
    return frozenset(available_timezones())


@cache
def _zones_by_lower_case() -> dict[str, str]:
    return {zone.lower(): zone for zone in available_zones()}


def read_zone(text: str) -> str | Rejected:
    """An IANA zone name in any case."""
    zone = _zones_by_lower_case().get(text.strip().replace(" ", "_").lower())
    return zone or Rejected("not an IANA time zone, such as Europe/Berlin")


@lru_cache(maxsize=65536)
def zone_of_place(zones_of_phone: tuple[str, ...], country: str | None, region: str | None) -> str | None:
    """The likeliest zone from what the phone prefix, region and country say, in this order.

    A prefix of several zones is narrowed by the region or the country if one of theirs is among them.
    """
    if len(zones_of_phone) == 1:
        return zones_of_phone[0]
    by_region = zone_of_region(country, region) if country and region else None
    by_country = zone_of_country(country) if country else None
    if by_region:
        return by_region
    if not zones_of_phone or by_country in zones_of_phone:
        return by_country
    return by_country


def zone_of_phones(numbers: Sequence[str], country: str | None, region: str | None) -> str | None:
    """The likeliest zone of somebody with these numbers in E.164; the first that tells a place counts."""
    for number in numbers:
        phone = read_phone(number, None)
        if isinstance(phone, Phone) and phone.is_geographic:
            return zone_of_place(zones_of_prefix(number[:LONGEST_PREFIX]), country, region)
    return zone_of_place((), country, region)
