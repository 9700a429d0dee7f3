"""The use cases of how people call: one's own settings, the organisation's, and what becomes of a typed number.

Everybody keeps their own (`views:write`); those of others and of the organisation are the admin's
(`settings:write`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar
from uuid import UUID

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Invalid, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.voice.trunks import calling_store, store
from offhook.voice.trunks.caller_id import caller_number
from offhook.voice.trunks.dialing import Dialled, Outside, read_dialled
from offhook.voice.trunks.model import (
    CallerPreference,
    CallingSettings,
    OrganisationCalling,
    OwnedNumber,
    RingKind,
)
from offhook.voice.trunks.owning import present_number
from offhook.voice.trunks.rules import DEFAULT_RING, checked_ring_seconds
from offhook.voice.trunks.service import present_trunk

S = TypeVar("S", CallingSettings, OrganisationCalling)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What becomes of a typed number: what is dialled, and which of our numbers is shown (None: none to show)."""

    dialled: Dialled
    caller: OwnedNumber | None


def own_settings(tx: Transaction) -> CallingSettings:
    """How the user who asks calls."""
    tx.require("users:read")
    return settings_of(tx, _me(tx))


def settings_for(tx: Transaction, user_id: UUID) -> CallingSettings:
    """How a user calls, for admins. Raises `NotFound`."""
    tx.require("settings:write")
    return settings_of(tx, identity.user(tx, user_id).id)


def settings_of(tx: Transaction, user_id: UUID) -> CallingSettings:
    """How a user calls, for what places and rings: asks for no permission."""
    found = calling_store.settings_row(tx, user_id)
    return found or CallingSettings(user_id, CallerPreference.ORGANISATION, None, DEFAULT_RING, 0)


def change_own_settings(tx: Transaction, version: int, changes: Mapping[str, object]) -> CallingSettings:
    """Change how the user who asks calls. Raises `Invalid`, `StaleVersion`, `NotFound` for the number."""
    tx.require("views:write")
    return _change(tx, _me(tx), version, changes)


def change_settings_for(
    tx: Transaction, user_id: UUID, version: int, changes: Mapping[str, object]
) -> CallingSettings:
    """Change how a user calls, for admins. Raises likewise."""
    tx.require("settings:write")
    return _change(tx, identity.user(tx, user_id).id, version, changes)


def organisation_calling(tx: Transaction) -> OrganisationCalling:
    """What holds for all who call: asks for no permission, as every call rests on it."""
    return calling_store.organisation_row(tx) or OrganisationCalling(None, None, 0)


def change_organisation_calling(
    tx: Transaction, version: int, changes: Mapping[str, object]
) -> OrganisationCalling:
    """Change the default caller number and the trunk of emergency calls.

    Raises `NotFound` for what is not there, `Conflict` for an inactive trunk, `StaleVersion` if changed since.
    """
    tx.require("settings:write")
    before = organisation_calling(tx)
    after = _changed(before, changes)
    if after.default_number_id is not None:
        present_number(tx, after.default_number_id)
    if after.emergency_trunk_id is not None and not present_trunk(tx, after.emergency_trunk_id).is_active:
        raise Conflict("This trunk is inactive: emergency calls would go nowhere. Make it active first.")
    if not calling_store.save_organisation(tx, replace(after, version=version)):
        raise _stale()
    told = {"fields": _fields_changed(before, after)}
    tx.append(Event("calling_settings.organisation_changed", subject("organisation", tx.organisation_id), told))
    return replace(after, version=version + 1)


def outgoing(tx: Transaction, text: str, user_id: UUID | None) -> Outgoing:
    """What a user (None: nobody in particular) would dial by typing this, and which number would be shown."""
    calling = organisation_calling(tx)
    meant = _dialled(tx, text, calling)
    if not isinstance(meant, Outside):
        return Outgoing(meant, None)
    return Outgoing(meant, _caller(tx, meant.number, user_id, calling))


def dialled(tx: Transaction, text: str) -> Dialled:
    """What anybody would dial by typing this."""
    return _dialled(tx, text, organisation_calling(tx))


def _dialled(tx: Transaction, text: str, calling: OrganisationCalling) -> Dialled:
    return read_dialled(
        text,
        identity.organisation(tx).region,
        {one.number: one.user_id for one in store.extension_rows(tx)},
        emergency_is_configured=calling.emergency_trunk_id is not None,
    )


def caller_for(tx: Transaction, called: str, user_id: UUID | None) -> OwnedNumber | None:
    """Which owned number a user shows to `called` (E.164), by their settings.

    Their own number is the one they chose, else the first that rings them.
    """
    return _caller(tx, called, user_id, organisation_calling(tx))


def _caller(
    tx: Transaction, called: str, user_id: UUID | None, calling: OrganisationCalling
) -> OwnedNumber | None:
    owned, default_id = store.number_rows(tx), calling.default_number_id
    if user_id is None:
        return caller_number(called, CallerPreference.ORGANISATION, owned, default_id=default_id)
    settings = settings_of(tx, user_id)
    rung = (one.id for one in owned if one.rings.kind is RingKind.USER and one.rings.id == user_id)
    own_id = settings.number_id or next(rung, None)
    return caller_number(called, settings.caller_preference, owned, own_id=own_id, default_id=default_id)


def _change(tx: Transaction, user_id: UUID, version: int, changes: Mapping[str, object]) -> CallingSettings:
    before = settings_of(tx, user_id)
    after = _changed(before, changes)
    checked_ring_seconds(after.ring_seconds)
    if after.number_id is not None and after.number_id != before.number_id:
        present_number(tx, after.number_id)
    if after.caller_preference is CallerPreference.FIXED and after.number_id is None:
        raise invalid_field("number_id", "choose the number to show always", None)
    if not calling_store.save_settings(tx, replace(after, version=version)):
        raise _stale()
    told = {"fields": _fields_changed(before, after)}
    tx.append(Event("calling_settings.changed", subject("user", user_id), told))
    return replace(after, version=version + 1)


def _changed(before: S, changes: Mapping[str, object]) -> S:
    changeable = [one.name for one in fields(before) if one.name not in {"user_id", "version"}]
    unknown = sorted(set(changes) - set(changeable))
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed; these can: {', '.join(changeable)}", None)
    return replace(before, **changes)  # pyright: ignore[reportArgumentType] # checked next, fields by name


def _fields_changed(before: S, after: S) -> Json:
    return [one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name)]


def _me(tx: Transaction) -> UUID:
    if tx.actor.id is None:
        raise Invalid("Only a user has calling settings: name one by --as, or ask for a user's.")
    return tx.actor.id


def _stale() -> StaleVersion:
    return StaleVersion("The calling settings were changed since you read them. Read them again.")
