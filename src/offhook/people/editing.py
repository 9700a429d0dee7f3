"""What an edit by hand makes of a person or an account: read like received values, but refused where wrong.

Pure. An import leaves out what it cannot use and goes on; somebody who types a value is there to mend it. What was
said before is kept as a variant, so that an old list still finds the person by the old name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from offhook.kernel.errors import FieldError, Invalid
from offhook.people.merges.rules import Standing
from offhook.people.model import ContactKind, ContactPoint, Understood
from offhook.people.normalise import understand
from offhook.people.normalise.names import read_name
from offhook.people.normalise.values import is_missing, tidy
from offhook.people.normalise.zones import zone_of_phones
from offhook.people.resolving import MOST_VARIANTS
from offhook.people.variants import variant_of

PLACE = ("street", "city", "postal_code", "region", "country")

PERSON_EDITS: Mapping[str, str] = {
    **{
        name: name
        for name in ("first_name", "last_name", "full_name", "title", *PLACE, "born_on", "time_zone", "language")
    },
    **{name: name for name in ("industry", "employees", "do_not_call", "do_not_email")},
    "company": "company_name",
    "website": "domain",
}
"""What of a person can be edited, by the received field's name, and where it is understood."""

ACCOUNT_EDITS: Mapping[str, str] = {
    "name": "company_name",
    "website": "domain",
    "phone": "phones",
    **{name: name for name in (*PLACE, "industry", "employees")},
}
"""Likewise of an account; its name is read as a company's."""

LONGEST_ATTRIBUTE_NAME = 300

_LIST_OF = {ContactKind.EMAIL: "emails", ContactKind.PHONE: "phones", ContactKind.EXTERNAL_ID: "external_ids"}

Told = Mapping[str, str | None]
"""Fields by name, as typed; None clears."""


def understood_or_refused(fields: Mapping[str, str], attributes: Mapping[str, str], region: str) -> Understood:
    """A record typed by hand. Raises `Invalid` that names every value which cannot be used."""
    understood, errors = understand(fields, attributes, region)
    for name in attributes:
        if not 0 < len(name) <= LONGEST_ATTRIBUTE_NAME or tidy(name) != (name, False):
            reason = f"a name has 1 to {LONGEST_ATTRIBUTE_NAME} characters, none of them invisible"
            errors.append(FieldError("attributes", reason, name))
    if errors:
        wrong = "; ".join(f"{error.field}: {error.reason}" for error in errors)
        raise Invalid(f"Not everything here can be used: {wrong}.", fields=errors)
    return understood


def edit_person(now: Standing, told: Told, attributes: Told, region: str) -> Standing:
    """The person after the edit. Raises `Invalid` for values that cannot be used, and for a person left nameless.

    A name in parts gives the full name and the other way round, unless both are told; a time zone that followed
    from the place follows the new one.
    """
    changes = _read(now.known, told, PERSON_EDITS, region)
    changes |= _names(now.known, told, changes)
    known = replace(now.known, **changes)  # pyright: ignore[reportArgumentType] # names and types are Understood's own
    if "time_zone" not in told and now.known.time_zone == zone_of(now.known):
        known = replace(known, time_zone=zone_of(known))
    known = replace(known, attributes=_attributes(known.attributes, attributes))
    refuse_nobody(known)
    return _with_variant(now, known)


def edit_account(now: Standing, told: Told, attributes: Told, region: str) -> Standing:
    """The account after the edit. Raises `Invalid` for values that cannot be used."""
    if "name" in told and not (told["name"] or "").strip():
        raise Invalid("An account needs a name.", fields=[FieldError("name", "is empty")])
    changes = _read(now.known, told, ACCOUNT_EDITS, region)
    if not changes.get("company_name", now.known.company_name):
        raise Invalid("An account needs a name.", fields=[FieldError("name", "says only that there is none")])
    known = replace(now.known, **changes)  # pyright: ignore[reportArgumentType] # names and types are Understood's own
    known = replace(known, attributes=_attributes(known.attributes, attributes))
    return _with_variant(now, known)


def _read(known: Understood, told: Told, edits: Mapping[str, str], region: str) -> dict[str, object]:
    """The new values by their names in `Understood`."""
    unknown = next((name for name in told if name not in edits), None)
    if unknown is not None:
        raise Invalid(
            f"'{unknown}' cannot be changed here; these can: {', '.join(edits)}.",
            fields=[FieldError(unknown, "is no field of this")],
        )
    typed = {_received(name): text for name, text in told.items() if text}
    if "country" not in told and known.country:
        region = known.country
    understood = understood_or_refused(typed, {}, region)
    if typed.get("website") and understood.domain is None:
        raise Invalid(
            "The web site has no domain of the company's own.",
            fields=[FieldError("website", "is not a domain of their own", typed["website"])],
        )
    return {edits[name]: getattr(understood, edits[name]) for name in told}


def _received(name: str) -> str:
    return "company" if name == "name" else name


def _names(known: Understood, told: Told, changes: Mapping[str, object]) -> dict[str, object]:
    """The parts of a name that follow from those that were told."""
    parts_told = [part for part in ("first_name", "last_name") if part in told]
    if "full_name" in told and not parts_told:
        text, _ = tidy(told["full_name"] or "")
        if not text or is_missing(text):
            return {"full_name": None, "first_name": None, "last_name": None}
        name = read_name(text)
        return {"full_name": name.full or None, "first_name": name.first, "last_name": name.last}
    if parts_told and "full_name" not in told:
        parts = (changes.get(part, getattr(known, part)) for part in ("first_name", "last_name"))
        return {"full_name": " ".join(str(part) for part in parts if part) or None}
    return {}


def zone_of(known: Understood) -> str | None:
    """The time zone that follows from phones, region and country."""
    return zone_of_phones(known.phones, known.country, known.region)


def _attributes(present: Mapping[str, str], told: Told) -> dict[str, str]:
    """Custom attributes after an edit: null removes one."""
    typed = {name: text for name, text in told.items() if text is not None}
    read = understood_or_refused({}, typed, "US").attributes
    return {name: value for name, value in {**present, **read}.items() if name not in told or name in read}


def refuse_nobody(known: Understood) -> None:
    """Raise `Invalid` for a person of whom nothing tells who it is."""
    if known.full_name or known.emails or known.phones or known.external_ids:
        return
    raise Invalid(
        "A person needs a name, an e-mail address, a phone number or an id of another system.",
        fields=[FieldError("full_name", "is missing, and so is all else that tells who it is")],
    )


def _with_variant(before: Standing, known: Understood) -> Standing:
    variant = variant_of(known, before.known)
    variants = before.variants
    if variant is not None and variant not in variants and len(variants) < MOST_VARIANTS:
        variants += (variant,)
    return replace(before, known=known, variants=variants)


def read_contact(kind: ContactKind, text: str, region: str) -> str:
    """A contact point as it is stored. Raises `Invalid` for what is none."""
    field = {ContactKind.EMAIL: "email", ContactKind.PHONE: "phone", ContactKind.EXTERNAL_ID: "external_id"}[kind]
    understood = understood_or_refused({field: text}, {}, region)
    values: Sequence[str] = getattr(understood, _LIST_OF[kind])
    if len(values) != 1:
        raise Invalid(f"This is not one {kind}.", fields=[FieldError("value", f"is not one {kind}", text)])
    return values[0]


def with_contact(now: Standing, point: ContactPoint) -> Standing:
    """The person with a contact point added, or with what is said of one they have replaced."""
    name = _LIST_OF[ContactKind(point.kind)]
    had: tuple[str, ...] = getattr(now.known, name)
    values = had if point.value in had else (*had, point.value)
    if point.is_primary:
        values = (point.value, *(value for value in had if value != point.value))
    labels = {value: label for value, label in now.known.labels.items() if value != point.value}
    extensions = {value: one for value, one in now.known.extensions.items() if value != point.value}
    return replace(
        now,
        known=replace(
            now.known,
            labels=labels | ({point.value: point.label} if point.label else {}),
            extensions=extensions | ({point.value: point.extension} if point.extension else {}),
            **{name: values},  # pyright: ignore[reportArgumentType] # a list of texts by name
        ),
    )


def without_contact(now: Standing, kind: ContactKind, value: str) -> Standing:
    """The person without one contact point. Raises `Invalid` where nothing would tell who it is."""
    name = _LIST_OF[kind]
    values = tuple(one for one in getattr(now.known, name) if one != value)
    known = replace(
        now.known,
        labels={one: label for one, label in now.known.labels.items() if one != value},
        extensions={one: extension for one, extension in now.known.extensions.items() if one != value},
        **{name: values},  # pyright: ignore[reportArgumentType] # a list of texts by name
    )
    refuse_nobody(known)
    return replace(now, known=known)
