"""Which number is shown to whom we call. Pure.

Only numbers that the organisation owns are ever shown: showing others is spoofing (47 CFR 64.1604, Ofcom's CLI
guidance, Section 120 TKG). What is near is read off the numbers themselves by libphonenumber's metadata.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number

from offhook.voice.trunks.model import CallerPreference, OwnedNumber


def caller_number(
    called: str,
    preference: CallerPreference,
    owned: Sequence[OwnedNumber],
    *,
    own_id: UUID | None = None,
    default_id: UUID | None = None,
) -> OwnedNumber | None:
    """The owned number to show to `called` (E.164); None when none that the rules allow is owned.

    `organisation`: the default, else the user's own (`own_id`). `fixed`: the user's own, else the default.
    `local`: one of the same area code, else of the same part of the country, else of the same country, else the
    user's own, else the default. An id of a number that is no longer owned counts as none.
    """
    by_id = {one.id: one for one in owned}
    own, default = (by_id.get(one) if one else None for one in (own_id, default_id))
    if preference is CallerPreference.ORGANISATION:
        return default or own
    if preference is CallerPreference.FIXED:
        return own or default
    return nearest(called, owned, preferred=(own_id, default_id)) or own or default


def nearest(
    called: str, owned: Sequence[OwnedNumber], preferred: Sequence[UUID | None] = ()
) -> OwnedNumber | None:
    """The owned number nearest to `called`: same area code, part of the country, country; None outside of all.

    Among equally near ones those in `preferred` come first, then the lowest, so that the same person always sees
    the same number.
    """
    number = _parsed(called)
    if number is None:
        return None
    ranks = {identifier: rank for rank, identifier in reversed([*enumerate(preferred)]) if identifier}
    ordered = sorted(owned, key=lambda one: (ranks.get(one.id, len(preferred)), one.number))
    for place in _PLACES:
        wanted = place(number)
        near = (one for one in ordered if (other := _parsed(one.number)) and place(other) == wanted)
        if wanted is not None and (found := next(near, None)):
            return found
    return None


def _area(number: PhoneNumber) -> tuple[str, str] | None:
    """Country and geographical area code; None for numbers that have none (mobile, freephone)."""
    length = phonenumbers.length_of_geographical_area_code(number)
    country = _country(number)
    if not length or country is None:
        return None
    return country, phonenumbers.national_significant_number(number)[:length]


def _part(number: PhoneNumber) -> tuple[str, tuple[str, ...]] | None:
    """Country and the time zones of the number's prefix: what tells its part of a country without an area code."""
    country = _country(number)
    zones = tuple(time_zones_for_geographical_number(number))
    if country is None or not zones or zones == (UNKNOWN_TIMEZONE,):
        return None
    return country, zones


def _country(number: PhoneNumber) -> str | None:
    """ISO 3166-1 alpha-2; numbers of no country, such as +800, have none."""
    region = phonenumbers.region_code_for_number(number)
    return None if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region


_PLACES: Sequence[Callable[[PhoneNumber], object | None]] = (_area, _part, _country)


@lru_cache(maxsize=4096)
def _parsed(number: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(number, None)
    except NumberParseException:
        return None
