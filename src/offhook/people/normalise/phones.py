"""Phone numbers: read by `phonenumbers` (libphonenumber), written in E.164.

A national number is read with the record's country, else the default region. Nothing is guessed: a number that
fits no country, or a local one without its area code, is rejected with the reason, unless an area code was given
for all of them. An extension stands apart from its number.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from offhook.people.normalise.values import Rejected

LONGEST = 60
"""Characters; the longest phone number with the longest extension and all its ornaments is shorter."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in use, in E.164; its extension, empty if none; whether its prefix tells a place."""

    number: str
    extension: str = ""
    is_geographic: bool = True


@lru_cache(maxsize=65536)
def read_phone(text: str, region: str | None, area_code: str | None = None) -> Phone | Rejected:
    """Understand one phone number as dialled in `region` (ISO 3166-1 alpha-2).

    `area_code` is put before numbers that have none; without it they are rejected.
    """
    short = _read_north_american(text, region)
    if short is not None:
        return short
    if _IS_MANGLED.match(text):
        return Rejected("a spreadsheet has shortened this number; format the column as text and export it again")
    read = _read(text.removesuffix(".0"), region)
    if isinstance(read, Phone) or area_code is None:
        return read
    with_area = _read(f"{area_code}{text}", region) if _lacks_area(text, region) else read
    return with_area if isinstance(with_area, Phone) else read


_IS_MANGLED = re.compile(r"^[+-]?\d[.,]\d+e\+?\d+$", re.IGNORECASE)
_TRUNK_00 = re.compile(r"^\s*\(?00\)?[ ()./-]*(?=[1-9])")


_TEN_DIGITS = re.compile(r"(\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]{0,3}([2-9]\d\d)[ .-]?(\d{4})", re.ASCII)


@cache
def _north_american() -> tuple[frozenset[str], re.Pattern[str]]:
    """The countries that share +1, and libphonenumber's own pattern of ordinary numbers of the United States."""
    countries = frozenset(phonenumbers.region_codes_for_country_code(1))
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("US", None)
    pattern = metadata.fixed_line.national_number_pattern if metadata and metadata.fixed_line else None
    return countries, re.compile(pattern or "(?!)")


def _read_north_american(text: str, region: str | None) -> Phone | None:
    """The short way for the usual spellings of ten-digit numbers; None where the library must look."""
    found = _TEN_DIGITS.fullmatch(text)
    if found is None:
        return None
    countries, pattern = _north_american()
    country_code, area, exchange, line = found.groups()
    if region not in countries and not (country_code and country_code[0] == "+"):
        return None
    national = area + exchange + line
    return Phone(f"+1{national}") if pattern.fullmatch(national) else None


def _read(text: str, region: str | None) -> Phone | Rejected:
    parsed = _parse(text, region)
    if isinstance(parsed, PhoneNumber) and (phone := _phone(parsed)):
        return phone
    if _TRUNK_00.match(text):
        abroad = _parse(_TRUNK_00.sub("+", text), None)
        if isinstance(abroad, PhoneNumber) and (phone := _phone(abroad)):
            return phone
    return parsed if isinstance(parsed, Rejected) else _why_not(parsed, region)


def _parse(text: str, region: str | None) -> PhoneNumber | Rejected:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException as error:
        return Rejected(_UNREADABLE.get(error.error_type, "not a phone number"))


_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: (
        "a number of no country: begin it with + and a country code that exists, or give the record a country"
    ),
    NumberParseException.TOO_SHORT_AFTER_IDD: "too short after the international prefix",
    NumberParseException.TOO_SHORT_NSN: "too short for a phone number",
    NumberParseException.TOO_LONG: "too long for a phone number",
}


def _phone(number: PhoneNumber) -> Phone | None:
    """The number if it is in use: one that is of no type is not valid, which is asked once for both."""
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN:
        return None
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        number.extension or "",
        kind in _OF_PEOPLE or phonenumbers.is_number_type_geographical(kind, number.country_code or 0),
    )


_OF_PEOPLE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})


def _why_not(number: PhoneNumber, region: str | None) -> Rejected:
    where = phonenumbers.region_code_for_country_code(number.country_code or 0)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return Rejected(f"has no area code, so it could be anywhere in {region or where}")
    if possible == ValidationResult.TOO_SHORT:
        return Rejected(f"too short for a number of {where} (+{number.country_code})")
    if possible == ValidationResult.TOO_LONG:
        return Rejected(f"too long for a number of {where} (+{number.country_code})")
    return Rejected(f"no such number is in use in {where} (+{number.country_code})")


def _lacks_area(text: str, region: str | None) -> bool:
    parsed = _parse(text, region)
    if isinstance(parsed, Rejected):
        return False
    return phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE_LOCAL_ONLY


def region_of_phone(number: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of the country that a number in E.164 belongs to; None for numbers of none."""
    parsed = _parse(number, None)
    return None if isinstance(parsed, Rejected) else phonenumbers.region_code_for_number(parsed)
