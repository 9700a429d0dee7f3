"""What a number tells of where it rings, from libphonenumber's data (`phonenumbers`): pure.

How exact: the country is sure. The state is that of the area code, which for numbers of the United States is the
state they were given out in; a number that was carried along or a mobile may ring elsewhere, so the state on the
person's record holds beside it (Florida presumes the area code's state: Fla. Stat. 501.059(8)(d)). The zones are
all in which numbers of this beginning lie. A toll-free number is a firm's and tells no place (libphonenumber gives
all zones from Guam to Bermuda, which are never open together): the zone in which most of its country live counts.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, geocoder, shortnumberinfo
from phonenumbers.timezone import time_zones_for_number

from offhook import people
from offhook.compliance.model import Destination, NumberKind

SATELLITE_CODES = frozenset({870, 878, 881, 882, 883})
"""ITU E.164: Inmarsat, universal personal numbers, mobile satellite systems, international networks."""
PREMIUM_CODES = frozenset({979})
"""International premium rate (ITU)."""

_KINDS = {
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.PAGER: NumberKind.PREMIUM,
    PhoneNumberType.UNKNOWN: NumberKind.UNKNOWN,
}
"""Pagers call back at the caller's cost in most plans that still have them."""

_STATE = re.compile(r", ([A-Z]{2})$")
_ODD_NAMES = {"Washington State": "WA", "Washington D.C.": "DC"}
STATE_LETTERS = 2


@lru_cache(maxsize=65536)
def read_destination(text: str, home: str) -> Destination:
    """Understand a number as somebody in `home` (ISO 3166-1) would dial it."""
    dialled = re.sub(r"[^\d+*#]", "", text)
    if not dialled.startswith("+") and shortnumberinfo.is_emergency_number(dialled, home):
        return Destination(dialled, NumberKind.EMERGENCY, home, None, ())
    parsed = _parse(text, home)
    if parsed is None:
        return Destination(dialled, NumberKind.UNKNOWN, None, None, ())
    country = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    national = phonenumbers.national_significant_number(parsed)
    if shortnumberinfo.is_emergency_number(national, country):
        return Destination(dialled, NumberKind.EMERGENCY, country, None, ())
    kind = _kind(parsed)
    if kind is NumberKind.UNKNOWN and len(national) <= LONGEST_SHORT:
        return Destination(dialled, NumberKind.SHORT, country, None, ())
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    place = _country(parsed)
    state = _state(parsed) if place == "US" else None
    return Destination(number, kind, place, state, _zones(parsed, kind, place))


LONGEST_SHORT = 6
"""Digits; no national number that is dialled from abroad is as short and unknown to libphonenumber."""


def _parse(text: str, home: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, home)
    except NumberParseException:
        return None


def _country(parsed: PhoneNumber) -> str | None:
    found = phonenumbers.region_code_for_number(parsed)
    return found if found and found != "001" else None


def _kind(parsed: PhoneNumber) -> NumberKind:
    if parsed.country_code in SATELLITE_CODES:
        return NumberKind.SATELLITE
    if parsed.country_code in PREMIUM_CODES:
        return NumberKind.PREMIUM
    return _KINDS.get(phonenumbers.number_type(parsed), NumberKind.ORDINARY)


def _zones(parsed: PhoneNumber, kind: NumberKind, country: str | None) -> tuple[str, ...]:
    if kind is NumberKind.TOLL_FREE:
        found = people.zone_of_country(country or "")
        return (found,) if found else ()
    return tuple(zone for zone in time_zones_for_number(parsed) if zone != "Etc/Unknown")


def _state(parsed: PhoneNumber) -> str | None:
    """ISO 3166-2 without the country, by the area code."""
    told: str = geocoder.description_for_number(parsed, "en", region="US")
    found = _STATE.search(told)
    if found:
        return found[1]
    code = _ODD_NAMES.get(told) or people.read_region(told, "US")
    return code if len(code) == STATE_LETTERS else None
