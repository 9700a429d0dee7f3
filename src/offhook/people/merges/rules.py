"""What a merge gives the survivor, and how to take exactly that back. Pure.

A merge fills the survivor's gaps from the absorbed record, by the same rules as a later record would
(`filling.fill_gaps`), and keeps what the absorbed one says otherwise as a variant. What it changed is noted as a
`Gain`, so that an undo takes back this and nothing else: what was learnt or edited since stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast
from uuid import UUID

from offhook.people.filling import LIST_FIELDS, MAP_FIELDS, fill_gaps
from offhook.people.model import Understood
from offhook.people.resolving import MOST_VARIANTS
from offhook.people.variants import read_variant, stored, variant_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a person or an account at one moment."""

    known: Understood
    account_id: UUID | None = None
    variants: tuple[Understood, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """What one merge changed of the survivor: single values before and after, and what lists and maps gained."""

    single: Mapping[str, tuple[object, object]] = field(default_factory=dict[str, tuple[object, object]])
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    variants: tuple[Understood, ...] = ()
    account_id: UUID | None = None


def absorb(survivor: Standing, absorbed: Standing) -> tuple[Standing, Gain]:
    """The survivor after it absorbed the other, and what it gained."""
    known, changed = fill_gaps(survivor.known, absorbed.known)
    gained = _gained_variants(known, survivor.variants, absorbed)
    account_id = absorbed.account_id if survivor.account_id is None else None
    before, after = survivor.known, known
    gain = Gain(
        {
            name: (getattr(before, name), getattr(after, name))
            for name in changed
            if name not in LIST_FIELDS and name not in MAP_FIELDS
        },
        {name: _added(getattr(before, name), getattr(after, name)) for name in changed if name in LIST_FIELDS},
        {name: _added_keys(getattr(before, name), getattr(after, name)) for name in changed if name in MAP_FIELDS},
        gained,
        account_id,
    )
    return Standing(known, survivor.account_id or account_id, survivor.variants + gained), gain


def _gained_variants(known: Understood, had: Sequence[Understood], absorbed: Standing) -> tuple[Understood, ...]:
    gained: list[Understood] = []
    for variant in (variant_of(known, absorbed.known), *absorbed.variants):
        if variant is None or variant in had or variant in gained or len(had) + len(gained) >= MOST_VARIANTS:
            continue
        gained.append(variant)
    return tuple(gained)


def _added(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in after if value not in before)


def _added_keys(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in after.items() if key not in before}


def give_back(survivor: Standing, gain: Gain) -> Standing:
    """The survivor without what it gained; what was changed since the merge stays as it is now."""
    changes: dict[str, object] = {
        name: before for name, (before, after) in gain.single.items() if getattr(survivor.known, name) == after
    }
    for name, added in gain.lists.items():
        changes[name] = tuple(value for value in getattr(survivor.known, name) if value not in added)
    for name, keys in gain.maps.items():
        present: Mapping[str, str] = getattr(survivor.known, name)
        changes[name] = {key: value for key, value in present.items() if keys.get(key) != value}
    return Standing(
        replace(survivor.known, **changes),  # pyright: ignore[reportArgumentType] # names and types are Understood's own
        None if gain.account_id and survivor.account_id == gain.account_id else survivor.account_id,
        tuple(variant for variant in survivor.variants if variant not in gain.variants),
    )


def rewind(
    survivor: Standing, undone: Gain, later: Sequence[tuple[Gain, Standing]]
) -> tuple[Standing, list[Gain]]:
    """The survivor as if one merge had not been, and what the later ones gave it then.

    `later` are the merges that followed, the earliest first, each with whom it absorbed: they are taken back, the
    last first, and made again after the undone one is gone.
    """
    for gain, _ in reversed(later):
        survivor = give_back(survivor, gain)
    survivor = give_back(survivor, undone)
    gains: list[Gain] = []
    for _, absorbed in later:
        survivor, gain = absorb(survivor, absorbed)
        gains.append(gain)
    return survivor, gains


def gain_json(gain: Gain) -> dict[str, object]:
    """A gain as it is stored."""
    return {
        "single": {name: [_json(before), _json(after)] for name, (before, after) in gain.single.items()},
        "lists": {name: list(added) for name, added in gain.lists.items()},
        "maps": {name: dict(added) for name, added in gain.maps.items()},
        "variants": stored(gain.variants),
        "account_id": str(gain.account_id) if gain.account_id else None,
    }


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def read_gain(json: Mapping[str, object]) -> Gain:
    """A gain as it was before it was stored."""
    single = cast("Mapping[str, tuple[object, object]]", json["single"])
    lists = cast("Mapping[str, list[str]]", json["lists"])
    account_id = json["account_id"]
    return Gain(
        {name: (_read(name, before), _read(name, after)) for name, (before, after) in single.items()},
        {name: tuple(added) for name, added in lists.items()},
        cast("Mapping[str, Mapping[str, str]]", json["maps"]),
        tuple(map(read_variant, cast("list[dict[str, object]]", json["variants"]))),
        UUID(str(account_id)) if account_id else None,
    )


def _read(name: str, value: object) -> object:
    return date.fromisoformat(value) if name == "born_on" and isinstance(value, str) else value
