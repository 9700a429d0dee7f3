"""From what was typed or clicked to what is dialled. Pure.

    read_dialled("(212) 555-0101 x23", "US", ...)  ->  Outside("+12125550101", ",23")

Emergency numbers come before everything else, so that no extension or contact can stand in front of one. What
cannot be dialled is refused with the reason. Sources: RFC 3966 (`tel:` addresses), libphonenumber's metadata for
numbers, short codes and emergency numbers of every country; a comma is two seconds' pause, as in address books.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, shortnumberinfo

from offhook.people import Rejected, read_phone

LONGEST = 200
"""Characters of what may be typed, digits to send after the answer included."""

LONGEST_POST_DIAL = 60
SHORTEST_EXTENSION, LONGEST_EXTENSION = 2, 6
"""Digits of an internal number; none has so many that it could be a subscriber's."""


class Refusal(StrEnum):
    """Why something is not dialled."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    EMERGENCY = "emergency"
    SHORT_CODE = "short_code"
    INVALID = "invalid"
    POST_DIAL = "post_dial"
    """What should be sent after the answer holds something that is no key."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A number in E.164; `post_dial` is sent as tones after the answer: 0-9 * # and `,` for two seconds' pause."""

    number: str
    post_dial: str = ""


@dataclass(frozen=True, slots=True)
class Internal:
    """A colleague's extension."""

    extension: str
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Emergency:
    """Emergency services of the region: dialled as it stands, over the trunk chosen for it, past every policy."""

    number: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not dialled: why, and a sentence that says what was wrong."""

    why: Refusal
    reason: str


Dialled = Outside | Internal | Emergency | Refused


def read_dialled(
    text: str, region: str, extensions: Mapping[str, UUID], *, emergency_is_configured: bool = False
) -> Dialled:
    """Understand what was typed or clicked in `region` (ISO 3166-1 alpha-2).

    Numbers, `tel:` addresses, words on the keypad (1-800-FLOWERS), internal extensions (number to user), an
    extension after the number (`x23`, `;ext=23`) and keys to send after the answer (`,,1#`).
    """
    if len(text) > LONGEST:
        return Refused(Refusal.TOO_LONG, f"has {len(text)} characters, more than any phone number")
    typed = _written(text, region)
    number, comma, after = typed.partition(",")
    plain = _SPACING.sub("", number)
    if not plain and not comma:
        return Refused(Refusal.EMPTY, "is empty: type a number or an extension")
    if is_emergency(plain, region):
        return _emergency(plain, region, emergency_is_configured)
    if user_id := extensions.get(plain):
        return Internal(plain, user_id)
    return _outside(number, comma + after, region)


def is_emergency(text: str, region: str) -> bool:
    """Whether these characters, dialled in a region, reach emergency services (112, 911, 110, …).

    Also what only begins so: where networks connect after the last digit of 911, `9115` must not be tried either.
    What is a whole number of the region is none.
    """
    plain = _SPACING.sub("", text)
    if shortnumberinfo.is_emergency_number(plain, region):
        return True
    return shortnumberinfo.connects_to_emergency_number(plain, region) and isinstance(
        read_phone(plain, region), Rejected
    )


def _emergency(plain: str, region: str, is_configured: bool) -> Dialled:
    if not shortnumberinfo.is_emergency_number(plain, region):
        return Refused(Refusal.EMERGENCY, f"begins with an emergency number of {region} and is no number itself")
    if is_configured:
        return Emergency(plain)
    return Refused(
        Refusal.EMERGENCY,
        f"reaches emergency services in {region}. Calls from here are not set up for that, and would not tell"
        " where you are: use a mobile or fixed phone",
    )


def _outside(number: str, after: str, region: str) -> Outside | Refused:
    phone = read_phone(number.strip(), region)
    if isinstance(phone, Rejected):
        if _is_short_code(_SPACING.sub("", number), region):
            return Refused(Refusal.SHORT_CODE, f"is a short code of {region}, which trunks do not reach")
        return Refused(Refusal.INVALID, phone.reason)
    keys = _SPACING.sub("", after)
    if wrong := _NO_KEY.search(keys):
        return Refused(Refusal.POST_DIAL, f"'{wrong.group()}' cannot be sent after the answer: only 0-9 * # and ,")
    post_dial = (f",{phone.extension}" if phone.extension else "") + keys
    if len(post_dial) > LONGEST_POST_DIAL:
        return Refused(
            Refusal.POST_DIAL, f"has more than {LONGEST_POST_DIAL} keys to send after the answer: {len(post_dial)}"
        )
    return Outside(phone.number, post_dial if _A_KEY.search(post_dial) else "")


_SPACING = re.compile(r"[\s().\-\u2010-\u2015\u2212\u00a0/]+")
_NO_KEY = re.compile(r"[^0-9*#,]")
_A_KEY = re.compile(r"[0-9*#]")


def _is_short_code(plain: str, region: str) -> bool:
    if not plain.isdecimal():
        return False
    try:
        number = phonenumbers.parse(plain, region)
    except NumberParseException:
        number = PhoneNumber(country_code=phonenumbers.country_code_for_region(region), national_number=int(plain))
    return shortnumberinfo.is_valid_short_number_for_region(number, region)


def _written(text: str, region: str) -> str:
    """What a `tel:` address says, written as people write numbers; other text as it stands, in ASCII digits."""
    clean = phonenumbers.normalize_digits_only(text, True) if _HAS_OTHER_DIGITS.search(text) else text
    clean = clean.strip()
    if not clean[:4].lower().startswith("tel:"):
        return clean
    number, *parameters = unquote(clean[4:]).lstrip("/").split(";")
    told = {name.strip().lower(): value.strip() for name, _, value in (one.partition("=") for one in parameters)}
    context = told.get("phone-context", "")
    is_local = not number.strip().startswith("+") and not is_emergency(number, region)
    if context.startswith("+") and is_local:
        number = context + number
    extension = _SPACING.sub("", told.get("ext", ""))
    return f"{number} ;ext={extension}" if extension else number


_HAS_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
