"""The use cases of owned numbers and extensions. Everybody may see them; admins (`settings:write`) change them."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TypeVar
from uuid import UUID

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.voice.trunks import store
from offhook.voice.trunks.model import Extension, OwnedNumber, Ring, RingKind
from offhook.voice.trunks.rules import checked_extension, checked_name, checked_number
from offhook.voice.trunks.service import present_trunk

S = TypeVar("S", OwnedNumber, Extension)

# Owned numbers


def owned_numbers(tx: Transaction) -> list[OwnedNumber]:
    """All owned numbers, for what decides about calls: asks for no permission."""
    return store.number_rows(tx)


def numbers_page(tx: Transaction, after: str | None, limit: int) -> list[OwnedNumber]:
    """Up to `limit` owned numbers by number, beyond one of them."""
    tx.require("users:read")
    return store.number_page(tx, after, limit)


def number(tx: Transaction, number_id: UUID) -> OwnedNumber:
    """One owned number. Raises `NotFound`."""
    tx.require("users:read")
    return present_number(tx, number_id)


def present_number(tx: Transaction, number_id: UUID) -> OwnedNumber:
    """One owned number, whoever asks. Raises `NotFound`."""
    found = store.number_row(tx, number_id)
    if found is None:
        raise NotFound(f"There is no phone number {number_id} here. `offhook numbers list` shows which there are.")
    return found


def add_number(
    tx: Transaction, *, number: str, label: str = "", trunk_id: UUID | None = None, rings: Ring | None = None
) -> OwnedNumber:
    """Add a number of ours, read as the organisation's country writes numbers.

    Raises `Invalid` for what is no number, `Conflict` when it is there already, `NotFound` for trunk and target.
    """
    tx.require("settings:write")
    new = _checked_number(tx, OwnedNumber(new_id(), number, label, trunk_id, rings or Ring(), 1))
    store.insert_number(tx, new)
    tx.append(Event("phone_number.added", subject("phone_number", new.id), _told_number(new)))
    return new


def change_number(tx: Transaction, number_id: UUID, version: int, changes: Mapping[str, object]) -> OwnedNumber:
    """Change the label, the trunk, or whom a number rings. Raises `StaleVersion` if changed since."""
    tx.require("settings:write")
    before = present_number(tx, number_id)
    after = _checked_number(tx, _changed(before, changes, ("label", "trunk_id", "rings")))
    if not store.update_number(tx, after, version):
        raise _stale("The phone number")
    told = {**_told_number(after), "fields": _fields_changed(before, after)}
    tx.append(Event("phone_number.changed", subject("phone_number", number_id), told))
    return replace(after, version=version + 1)


def remove_number(tx: Transaction, number_id: UUID, version: int) -> OwnedNumber:
    """Own a number no more; who showed it shows their next one. Raises `StaleVersion`."""
    tx.require("settings:write")
    found = present_number(tx, number_id)
    if not store.delete_number(tx, number_id, version):
        raise _stale("The phone number")
    tx.append(Event("phone_number.removed", subject("phone_number", number_id), _told_number(found)))
    return found


def _checked_number(tx: Transaction, one: OwnedNumber) -> OwnedNumber:
    if one.trunk_id is not None:
        present_trunk(tx, one.trunk_id)
    _check_ring(tx, one.rings)
    number = checked_number(one.number, identity.organisation(tx).region)
    return replace(one, number=number, label=checked_name("label", one.label) if one.label.strip() else "")


def _check_ring(tx: Transaction, rings: Ring) -> None:
    if (rings.id is None) is not (rings.kind is RingKind.NOBODY):
        raise invalid_field(
            "rings", "names a user, extension or team by its id, or nobody without one", rings.kind.value
        )
    if rings.id is None:
        return
    if rings.kind is RingKind.USER:
        identity.user(tx, rings.id)
    elif rings.kind is RingKind.TEAM:
        identity.team(tx, rings.id)
    else:
        present_extension(tx, rings.id)


# Extensions


def extensions(tx: Transaction) -> list[Extension]:
    """All extensions by number, for what decides about calls: asks for no permission."""
    return store.extension_rows(tx)


def extensions_page(tx: Transaction, after: str | None, limit: int) -> list[Extension]:
    """Up to `limit` extensions by number, beyond one of them."""
    tx.require("users:read")
    return store.extension_page(tx, after, limit)


def extension(tx: Transaction, extension_id: UUID) -> Extension:
    """One extension. Raises `NotFound`."""
    tx.require("users:read")
    return present_extension(tx, extension_id)


def present_extension(tx: Transaction, extension_id: UUID) -> Extension:
    """One extension, whoever asks. Raises `NotFound`."""
    found = store.extension_row(tx, extension_id)
    if found is None:
        raise NotFound(f"There is no extension {extension_id} here.")
    return found


def add_extension(tx: Transaction, *, number: str, user_id: UUID) -> Extension:
    """Give a user a short internal number. Raises `Invalid`, `Conflict` when it is in use, `NotFound`."""
    tx.require("settings:write")
    new = _checked_extension(tx, Extension(new_id(), number, user_id, 1))
    store.insert_extension(tx, new)
    tx.append(Event("extension.added", subject("extension", new.id), _told_extension(new)))
    return new


def change_extension(
    tx: Transaction, extension_id: UUID, version: int, changes: Mapping[str, object]
) -> Extension:
    """Change an extension's number, or give it to somebody else. Raises `StaleVersion` if changed since."""
    tx.require("settings:write")
    before = present_extension(tx, extension_id)
    after = _checked_extension(tx, _changed(before, changes, ("number", "user_id")))
    if not store.update_extension(tx, after, version):
        raise _stale("The extension")
    told = {**_told_extension(after), "fields": _fields_changed(before, after)}
    tx.append(Event("extension.changed", subject("extension", extension_id), told))
    return replace(after, version=version + 1)


def remove_extension(tx: Transaction, extension_id: UUID, version: int) -> Extension:
    """Remove an extension. Raises `Conflict` while a phone number rings it, `StaleVersion`."""
    tx.require("settings:write")
    found = present_extension(tx, extension_id)
    if not store.delete_extension(tx, extension_id, version):
        raise _stale("The extension")
    tx.append(Event("extension.removed", subject("extension", extension_id), _told_extension(found)))
    return found


def _checked_extension(tx: Transaction, one: Extension) -> Extension:
    identity.user(tx, one.user_id)
    return replace(one, number=checked_extension(one.number, identity.organisation(tx).region))


# Within


def _changed(before: S, changes: Mapping[str, object], changeable: tuple[str, ...]) -> S:
    unknown = sorted(set(changes) - set(changeable))
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed; these can: {', '.join(changeable)}", None)
    return replace(before, **changes)  # pyright: ignore[reportArgumentType] # checked next, fields by name


def _fields_changed(before: S, after: S) -> Json:
    return [one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name)]


def _told_number(one: OwnedNumber) -> dict[str, Json]:
    return {
        "number": one.number,
        "trunk_id": str(one.trunk_id) if one.trunk_id else None,
        "rings": one.rings.kind.value,
        "rings_id": str(one.rings.id) if one.rings.id else None,
    }


def _told_extension(one: Extension) -> dict[str, Json]:
    return {"number": one.number, "user_id": str(one.user_id)}


def _stale(what: str) -> StaleVersion:
    return StaleVersion(f"{what} was changed since you read it. Read it again and repeat your change.")
