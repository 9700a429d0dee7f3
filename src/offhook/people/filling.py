"""What a later record adds to what is known: gaps are filled, nothing known is overwritten by something emptier.

An address is one thing: its parts are filled only from a record whose other parts agree, so that no street is
put into the wrong town. A wish not to be called or mailed stays once it was said.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from operator import attrgetter

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
    changes: dict[str, object] = {
        name: value
        for name, had, value in zip(SINGLE_FIELDS, _singles(known), _singles(received), strict=True)
        if had is None and value is not None
    }
    if _addresses(received) != _addresses(known):
        changes |= _address(known, received)
    if received.full_name is not None and received.full_name != known.full_name:
        changes |= _names(known, received)
    changes |= _gained(known, received)
    if not changes:
        return known, ()
    return replace(known, **changes), tuple(changes)  # pyright: ignore[reportArgumentType] # names and types are Understood's own


def _gained(known: Understood, received: Understood) -> dict[str, object]:
    """What lists and maps gain, and wishes said for the first time."""
    gained: dict[str, object] = {}
    for name, had, given in zip(LIST_FIELDS, _lists(known), _lists(received), strict=True):
        if given and given != had:
            new = tuple(value for value in given if value not in had)
            if new:
                gained[name] = had + new
    for name in WISH_FIELDS:
        if getattr(received, name) and not getattr(known, name):
            gained[name] = True
    for name, had, given in zip(MAP_FIELDS, _maps(known), _maps(received), strict=True):
        if given and not given.keys() <= had.keys():
            gained[name] = given | had
    return gained


_singles: Callable[[Understood], tuple[object, ...]] = attrgetter(*SINGLE_FIELDS)
_addresses: Callable[[Understood], tuple[str | None, ...]] = attrgetter(*ADDRESS_FIELDS)
_lists: Callable[[Understood], tuple[tuple[str, ...], ...]] = attrgetter(*LIST_FIELDS)
_maps: Callable[[Understood], tuple[dict[str, str], ...]] = attrgetter(*MAP_FIELDS)


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
