"""A whole received record understood: `understand` is what every intake path calls, once a row.

A value that cannot be used is reported and left out; the others of its row go in. The caller keeps what was
received verbatim. Budget 40 µs a row: plain values take short ways, and what repeats in a file (countries,
companies, domains, phone prefixes) is remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from offhook.kernel.errors import FieldError
from offhook.people.model import Understood
from offhook.people.normalise import emails, names, phones, places, values, zones
from offhook.people.normalise.companies import is_company_name, split_legal_form
from offhook.people.normalise.domains import company_domain_of_mail, company_domain_of_website
from offhook.people.normalise.values import Rejected

T = TypeVar("T")

LONGEST = {
    "first_name": names.LONGEST,
    "last_name": names.LONGEST,
    "full_name": names.LONGEST,
    "email": 1000,
    "phone": phones.LONGEST,
    "mobile": phones.LONGEST,
    "company": 300,
    "website": 500,
    "title": 300,
    "street": 300,
    "city": 200,
    "postal_code": 30,
    "region": 200,
    "country": 100,
    "born_on": 60,
    "external_id": 300,
    "industry": 200,
    "employees": 60,
    "language": 60,
    "do_not_call": 30,
    "do_not_email": 30,
    "time_zone": 60,
}
"""Most characters taken of each field; a longer value is reported and left out, never cut silently."""

LONGEST_ATTRIBUTE = 10_000

KNOWN_FIELDS = tuple(LONGEST)
"""The fields that a received column can be mapped to."""

# Values that look like a word for "nothing" but are some people's names.
_NAMES_AFTER_ALL = frozenset({"Null", "Na", "Nil", "X", "Blank", "Nan"})
_NAME_FIELDS = frozenset({"first_name", "last_name"})


@dataclass(slots=True)
class _Reading:
    """One record being read: its tidy values, and what was wrong so far."""

    fields: dict[str, str]
    errors: list[FieldError] = field(default_factory=list[FieldError])

    def reject(self, name: str, reason: str) -> None:
        self.errors.append(FieldError(name, reason, self.fields.get(name)))

    def take(self, name: str, read: T | Rejected) -> T | None:
        """What was read, or None with the reason noted."""
        if isinstance(read, Rejected):
            self.reject(name, read.reason)
            return None
        return read


def understand(
    fields: Mapping[str, str],
    attributes: Mapping[str, str],
    region: str,
    *,
    area_code: str | None = None,
    day_first: bool | None = None,
) -> tuple[Understood, list[FieldError]]:
    """Normalise one received record; returns it with what could not be used of it, and why.

    `fields` is keyed by `KNOWN_FIELDS`; `region` (ISO 3166-1 alpha-2) is how national phone numbers and regions
    are read where the record names no country. `area_code` completes local numbers; `day_first` says how the
    column of dates is written. Raises KeyError for a field that is not known.
    """
    reading = _tidied(fields)
    known = reading.fields
    country = reading.take("country", places.read_country(known["country"])) if "country" in known else None
    here = country or region
    place_region = places.read_region(known["region"], here) if "region" in known else None
    numbers = _phones(reading, here, area_code)
    zone_hints = _zone_hints(numbers)
    labels, extensions = _notes(numbers)
    addresses = _emails(reading)
    first, last, full, company = _names(known)
    get = known.get
    return (
        Understood(
            first,
            last,
            full,
            get("title"),
            company,
            tuple(dict.fromkeys(address.address for address in addresses)),
            tuple(dict.fromkeys(phone.number for _, phone in numbers)),
            _external_ids(get("external_id")),
            get("street"),
            get("city"),
            _postal_code(get("postal_code")),
            place_region,
            country,
            _born_on(reading, day_first),
            _zone(reading, zone_hints, country, place_region, here),
            _domain(get("website"), addresses, company),
            get("industry"),
            reading.take("employees", values.read_count(known["employees"])) if "employees" in known else None,
            reading.take("language", values.read_language(known["language"])) if "language" in known else None,
            _flag(reading, "do_not_call"),
            _flag(reading, "do_not_email"),
            _attributes(attributes, reading.errors) if attributes else {},
            labels,
            extensions,
        ),
        reading.errors,
    )


def _tidied(fields: Mapping[str, str]) -> _Reading:
    reading = _Reading({})
    kept = reading.fields
    for name, received in fields.items():
        if not received:
            continue
        if len(received) > LONGEST[name]:
            reason = f"has {len(received):,} characters; at most {LONGEST[name]:,} are taken"
            reading.errors.append(FieldError(name, reason, received))
            continue
        value, had_controls = values.tidy(received)
        if had_controls:
            reading.errors.append(FieldError(name, "held control characters, which were left out", received))
        if value.lower() in values.NULL_WORDS and not (name in _NAME_FIELDS and value in _NAMES_AFTER_ALL):
            continue
        kept[name] = value
    return reading


def _phones(reading: _Reading, region: str, area_code: str | None) -> list[tuple[str, phones.Phone]]:
    found: list[tuple[str, phones.Phone]] = []
    for name in ("phone", "mobile"):
        text = reading.fields.get(name)
        if text is None:
            continue
        phone = phones.read_phone(text, region, area_code)
        if isinstance(phone, Rejected):
            reading.reject(name, phone.reason)
        else:
            found.append((name, phone))
    return found


def _notes(numbers: list[tuple[str, phones.Phone]]) -> tuple[dict[str, str], dict[str, str]]:
    labels = {phone.number: name for name, phone in numbers if name == "mobile"}
    return labels, {phone.number: phone.extension for _, phone in numbers if phone.extension}


def _zone_hints(numbers: list[tuple[str, phones.Phone]]) -> tuple[str, ...]:
    for _, phone in numbers:
        if phone.is_geographic:
            return zones.zones_of_prefix(phone.number[: zones.LONGEST_PREFIX])
    return ()


def _emails(reading: _Reading) -> list[emails.Email]:
    text = reading.fields.get("email")
    if text is None:
        return []
    found: list[emails.Email] = []
    for email in emails.read_emails(text):
        if isinstance(email, Rejected):
            reading.reject("email", email.reason)
        else:
            found.append(email)
    return found


def _names(known: Mapping[str, str]) -> tuple[str | None, str | None, str | None, str | None]:
    """First, last and full name, and the company, which may stand where a person's name was expected."""
    company = known.get("company")
    first, last, whole = known.get("first_name"), known.get("last_name"), known.get("full_name")
    if first is None and last is None:
        if whole is None:
            return None, None, None, company
        if company is None and split_legal_form(whole)[1] and is_company_name(whole):
            return None, None, None, whole
        name = names.read_name(whole)
        return name.first, name.last, name.full or None, company
    first = names.proper_case(first) if first else None
    last = names.proper_case(last) if last else None
    full = names.proper_case(whole) if whole else " ".join(part for part in (first, last) if part)
    return first, last, full, company


def _external_ids(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return (text if ":" in text else f"external:{text}",)


def _postal_code(text: str | None) -> str | None:
    return text.removesuffix(".0").upper() if text else None


def _born_on(reading: _Reading, day_first: bool | None) -> date | None:
    text = reading.fields.get("born_on")
    if not text:
        return None
    return reading.take("born_on", values.read_date(text, day_first, values.EARLIEST_BIRTH_YEAR))


def _zone(
    reading: _Reading, hints: tuple[str, ...], country: str | None, region: str | None, here: str
) -> str | None:
    given = reading.fields.get("time_zone")
    read = reading.take("time_zone", zones.read_zone(given)) if given else None
    return read or zones.zone_of_place(hints, country or (here if region else None), region)


def _domain(website: str | None, addresses: list[emails.Email], company: str | None) -> str | None:
    if website:
        found = company_domain_of_website(website, company or "")
        if found:
            return found
    for address in addresses:
        found = company_domain_of_mail(address.domain)
        if found:
            return found
    return None


def _flag(reading: _Reading, name: str) -> bool:
    text = reading.fields.get(name)
    return bool(reading.take(name, values.read_boolean(text))) if text else False


def _attributes(received: Mapping[str, str], errors: list[FieldError]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, text in received.items():
        if not text:
            continue
        if len(text) > LONGEST_ATTRIBUTE:
            reason = f"has {len(text):,} characters; at most {LONGEST_ATTRIBUTE:,} are taken"
            errors.append(FieldError(name, reason, text))
            continue
        value, had_controls = values.tidy(text)
        if had_controls:
            errors.append(FieldError(name, "held control characters, which were left out", text))
        if value.lower() not in values.NULL_WORDS:
            kept[name] = value
    return kept
