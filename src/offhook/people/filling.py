"""What a later record adds to what is known: gaps are filled, nothing known is overwritten by something emptier.

An address is one thing: its parts are filled only from a record whose other parts agree, so that no street is
put into the wrong town. A wish not to be called or mailed stays once it was said.
"""

from dataclasses import fields, replace

from offhook.people.model import Understood
from offhook.people.normalise.values import fold

SINGLE_FIELDS = ("title", "company_name", "born_on", "time_zone", "language", "domain", "industry", "employees")
ADDRESS_FIELDS = ("street", "city", "postal_code", "region", "country")
NAME_FIELDS = ("first_name", "last_name", "full_name")
LIST_FIELDS = ("emails", "phones", "external_ids")
WISH_FIELDS = ("do_not_call", "do_not_email")
MAP_FIELDS = ("attributes", "labels", "extensions")

ALL_FIELDS = tuple(f.name for f in fields(Understood))


def fill_gaps(known: Understood, received: Understood) -> tuple[Understood, tuple[str, ...]]:
    """What is known after `received` was added, and the names of the fields that it changed.

    Returns `known` itself where nothing changed.
    """
    changes: dict[str, object] = {}
    for name in SINGLE_FIELDS:
        value: object = getattr(received, name)
        if value is not None and getattr(known, name) is None:
            changes[name] = value
    changes |= _address(known, received) | _names(known, received)
    for name in LIST_FIELDS:
        had: tuple[str, ...] = getattr(known, name)
        new = tuple(value for value in getattr(received, name) if value not in had)
        if new:
            changes[name] = had + new
    for name in WISH_FIELDS:
        if getattr(received, name) and not getattr(known, name):
            changes[name] = True
    for name in MAP_FIELDS:
        given: dict[str, str] = getattr(received, name)
        if given and not given.keys() <= getattr(known, name).keys():
            changes[name] = given | getattr(known, name)
    if not changes:
        return known, ()
    return replace(known, **changes), tuple(changes)  # pyright: ignore[reportArgumentType] # names and types are Understood's own


def _address(known: Understood, received: Understood) -> dict[str, object]:
    """The parts of an address that were missing, if all that both have agree."""
    gaps: dict[str, object] = {}
    for name in ADDRESS_FIELDS:
        had: str | None = getattr(known, name)
        value: str | None = getattr(received, name)
        if value is None:
            continue
        if had is None:
            gaps[name] = value
        elif had != value and fold(had) != fold(value):
            return {}
    return gaps


def _names(known: Understood, received: Understood) -> dict[str, object]:
    """A whole name where there was none, or the missing half where the other one agrees."""
    if received.full_name is None or known.full_name == received.full_name:
        return {}
    if known.full_name is None:
        return {name: value for name in NAME_FIELDS if (value := getattr(received, name)) is not None}
    if known.last_name and known.first_name:
        return {}
    agrees = all(
        had is None or (value is not None and fold(had) == fold(value))
        for had, value in ((known.first_name, received.first_name), (known.last_name, received.last_name))
    )
    if not agrees or not (received.first_name and received.last_name):
        return {}
    gaps: dict[str, object] = {"full_name": received.full_name}
    if known.first_name is None:
        gaps["first_name"] = received.first_name
    if known.last_name is None:
        gaps["last_name"] = received.last_name
    return gaps
