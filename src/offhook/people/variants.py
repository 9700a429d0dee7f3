"""Variants: what records about one person or company said otherwise, kept so that the next such record is found.

`variant_of` tells whether a record says something else; `stored` and `read_variant` are its way to JSON and back.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from offhook.people.model import Understood
from offhook.people.normalise.values import fold

OF_PERSONS = (
    *("first_name", "last_name", "full_name", "company_name", "domain", "born_on"),
    *("street", "city", "postal_code"),
)
"""Fields that can say something else; a further phone or e-mail is no variant, it is one more contact point."""

OF_ACCOUNTS = ("company_name", "domain", "street")
"""The same for companies, whose people write from many towns."""

KEPT = (*OF_PERSONS, "region", "country", "emails", "phones", "external_ids")
"""What is kept of a variant: all by which identity is told."""


def variant_of(known: Understood, received: Understood, telling: Sequence[str] = OF_PERSONS) -> Understood | None:
    """The fields that tell identity, if a `telling` one says something else than is known of the same; else None.

    Case, accents and punctuation are no difference.
    """
    for name in telling:
        value: object = getattr(received, name)
        if value is not None and not _says_the_same(getattr(known, name), value):
            return Understood(**{kept: getattr(received, kept) for kept in KEPT})
    return None


def _says_the_same(known: object, value: object) -> bool:
    if known == value:
        return True
    return isinstance(known, str) and isinstance(value, str) and fold(known) == fold(value)


def stored(variants: Sequence[Understood]) -> list[dict[str, object]]:
    """Variants as JSON: their fields that have a value."""
    return [_stored(variant) for variant in variants]


def _stored(variant: Understood) -> dict[str, object]:
    fields: dict[str, object] = {name: value for name in KEPT if (value := getattr(variant, name))}
    if variant.born_on is not None:
        fields["born_on"] = variant.born_on.isoformat()
    return fields


def read_variant(json: Mapping[str, object]) -> Understood:
    """A variant as it was before it was stored."""
    fields: dict[str, object] = {
        name: tuple(cast("list[str]", value)) if isinstance(value, list) else value for name, value in json.items()
    }
    if isinstance(born_on := fields.get("born_on"), str):
        fields["born_on"] = date.fromisoformat(born_on)
    return Understood(**fields)  # pyright: ignore[reportArgumentType] # by name, of the types `stored` was given
