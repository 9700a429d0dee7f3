"""The use cases of trunks: adding, changing, removing them, and reading them to place calls.

Trunks are the admin's (`settings:write`), reading too, as they hold addresses and user names. A password is sealed
as it comes in and leaves only in a `Line`, for signalling. Events name a trunk and what was changed, no secret.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from uuid import UUID

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.voice.trunks import calling_store, store
from offhook.voice.trunks.model import Line, Rate, Transport, Trunk
from offhook.voice.trunks.rules import checked_password, checked_trunk

SIP_PORT = 5060
"""RFC 3261, section 19.1.2."""

CHANGEABLE = (
    "name",
    "host",
    "port",
    "transport",
    "domain",
    "username",
    "registers",
    "asserts_identity",
    "region",
    "sends_from",
    "rates",
    "is_active",
)


def seal_of(settings: Settings) -> Seal:
    """What closes and opens the passwords of trunks."""
    return Seal(settings.secret, "trunks")


def trunks_page(tx: Transaction, after: UUID | None, limit: int) -> list[Trunk]:
    """Up to `limit` trunks, in the order in which they were added."""
    tx.require("settings:write")
    return store.trunk_page(tx, after, limit)


def trunk(tx: Transaction, trunk_id: UUID) -> Trunk:
    """One trunk. Raises `NotFound`."""
    tx.require("settings:write")
    return present_trunk(tx, trunk_id)


def trunks(tx: Transaction) -> list[Trunk]:
    """All trunks, by name, for what decides about calls: asks for no permission."""
    return store.trunk_rows(tx)


def lines(tx: Transaction, seal: Seal) -> list[Line]:
    """All trunks with their passwords in clear, for signalling alone: asks for no permission.

    Raises `Unavailable` when a password was sealed with another secret of the installation.
    """
    sealed = store.sealed_passwords(tx)
    return [Line(one, seal.open(sealed[one.id]) if one.id in sealed else None) for one in store.trunk_rows(tx)]


def present_trunk(tx: Transaction, trunk_id: UUID) -> Trunk:
    """One trunk, whoever asks. Raises `NotFound`."""
    found = store.trunk_row(tx, trunk_id)
    if found is None:
        raise NotFound(f"There is no trunk {trunk_id} here. `offhook trunks list` shows which there are.")
    return found


def add_trunk(
    tx: Transaction,
    seal: Seal,
    *,
    name: str,
    host: str,
    port: int = SIP_PORT,
    transport: Transport = Transport.UDP,
    domain: str | None = None,
    username: str | None = None,
    password: str | None = None,
    registers: bool = False,
    asserts_identity: bool = False,
    region: str | None = None,
    sends_from: tuple[str, ...] = (),
    rates: tuple[Rate, ...] = (),
    is_active: bool = True,
) -> Trunk:
    """Add a line to a carrier; its region is the organisation's unless given.

    Raises `Invalid` for what does not do, `Conflict` when the name is in use.
    """
    tx.require("settings:write")
    secret = checked_password(password)
    new = checked_trunk(
        Trunk(
            id=new_id(),
            name=name,
            host=host,
            port=port,
            transport=transport,
            domain=domain,
            username=username,
            has_password=secret is not None,
            registers=registers,
            asserts_identity=asserts_identity,
            region=region or identity.organisation(tx).region,
            sends_from=sends_from,
            rates=rates,
            is_active=is_active,
            created_at=tx.now,
            version=1,
        )
    )
    store.insert_trunk(tx, new, seal.close(secret) if secret else None)
    tx.append(Event("trunk.added", subject("trunk", new.id), _told(new)))
    return new


def change_trunk(
    tx: Transaction, seal: Seal, trunk_id: UUID, version: int, changes: Mapping[str, object]
) -> Trunk:
    """Change anything about a trunk; `password` sets another one, or none when it is None.

    Raises `Invalid`, `StaleVersion` if changed since, `Conflict` for a used name, or when the trunk of emergency
    calls would be inactive.
    """
    tx.require("settings:write")
    unknown = sorted(set(changes) - {*CHANGEABLE, "password"})
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed; these can: {', '.join(CHANGEABLE)}, password", None)
    before = present_trunk(tx, trunk_id)
    plain = {name: value for name, value in changes.items() if name != "password"}
    after = checked_trunk(replace(before, **plain))  # pyright: ignore[reportArgumentType] # checked, fields by name
    if not after.is_active and _is_for_emergencies(tx, trunk_id):
        raise Conflict("Emergency calls leave by this trunk. Choose another for them first.")
    if not store.update_trunk(tx, after, version):
        raise _stale()
    changed: list[Json] = [
        one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name)
    ]
    if "password" in changes:
        after = replace(after, has_password=_set_password(tx, seal, trunk_id, changes["password"]))
        changed.append("password")
    tx.append(Event("trunk.changed", subject("trunk", trunk_id), {**_told(after), "fields": changed}))
    return replace(after, version=version + 1)


def _is_for_emergencies(tx: Transaction, trunk_id: UUID) -> bool:
    calling = calling_store.organisation_row(tx)
    return calling is not None and calling.emergency_trunk_id == trunk_id


def _set_password(tx: Transaction, seal: Seal, trunk_id: UUID, told: object) -> bool:
    secret = checked_password(str(told) if told is not None else None)
    store.set_password(tx, trunk_id, seal.close(secret) if secret else None)
    return secret is not None


def remove_trunk(tx: Transaction, trunk_id: UUID, version: int) -> Trunk:
    """Remove a trunk and return it as it was. Raises `Conflict` while something needs it, `StaleVersion`."""
    tx.require("settings:write")
    found = present_trunk(tx, trunk_id)
    if not store.delete_trunk(tx, trunk_id, version):
        raise _stale()
    tx.append(Event("trunk.removed", subject("trunk", trunk_id), _told(found)))
    return found


def _told(one: Trunk) -> dict[str, Json]:
    return {"name": one.name, "host": one.host, "is_active": one.is_active}


def _stale() -> StaleVersion:
    return StaleVersion("The trunk was changed since you read it. Read it again and repeat your change.")
