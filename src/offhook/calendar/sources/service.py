"""The use cases of connected calendars: connect one's own, change and remove it, note how it stands.

A calendar is its user's (`mail:send`, as a mailbox); an admin (`settings:write`) looks after those of all. A
secret is sealed as it comes in and leaves only in an `Access`, for connecting. Events tell no secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import httpx

from offhook import identity, oauth
from offhook.calendar.sources import store
from offhook.calendar.sources.fetching import told_of
from offhook.calendar.sources.model import Access, Connection, Found, SourceKind
from offhook.calendar.sources.rules import LONGEST_CREDENTIAL, checked_address, checked_connection, checked_line
from offhook.identity import Span
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal

CHANGEABLE = ("name", "address", "username", "collection", "takes_meetings")


def connections_page(tx: Transaction, user_id: UUID | None, after: UUID | None, limit: int) -> list[Connection]:
    """Up to `limit` connections, of one user or of all, in the order in which they were added."""
    tx.require("users:read")
    return store.page(tx, user_id, after, limit)


def connection(tx: Transaction, connection_id: UUID) -> Connection:
    """One connection. Raises `NotFound`."""
    tx.require("users:read")
    return _present(tx, connection_id)


def access_to(tx: Transaction, seal: Seal, one: Connection) -> Access:
    """The connection with its secret, for connecting alone: asks for no permission. Raises `Unavailable`."""
    if one.grant_id is not None:
        return Access(one, oauth.bearer(tx, seal, one.grant_id).token, is_token=True)
    return Access(one, seal.open(store.sealed_secret(tx, one.id)))


def access_to_check(tx: Transaction, seal: Seal, connection_id: UUID) -> Access:
    """The same for whoever may change the connection."""
    return access_to(tx, seal, _own(tx, connection_id))


def add_connection(
    tx: Transaction,
    seal: Seal,
    *,
    kind: SourceKind,
    address: str,
    name: str | None = None,
    username: str = "",
    password: str = "",
    collection: str = "",
    takes_meetings: bool | None = None,
    user_id: UUID | None = None,
) -> Connection:
    """Connect a user's calendar, one's own if none is named; it is read within a minute.

    `collection`: which calendar of a CalDAV server; the first if left out. `takes_meetings`: left out, the user's
    first CalDAV calendar does. Appends `calendar.connected`. Raises `Invalid`, `Conflict`, `Forbidden`.
    """
    whose = user_id or tx.actor.id
    if whose is None:
        raise Invalid("Say whose calendar it is.")
    _require_own(tx, whose)
    user = identity.user(tx, whose)
    where = checked_address("address", address)
    is_feed = kind is SourceKind.ICS
    can_take = not is_feed and store.taking(tx, user.id) is None
    new = Connection(
        id=new_id(),
        user_id=user.id,
        kind=kind,
        name=name or _host_of(where),
        address=_host_of(where) if is_feed else where,
        username=username,
        collection=checked_address("collection", collection) if collection else "",
        takes_meetings=can_take if takes_meetings is None else takes_meetings,
        mark="",
        synced_at=None,
        synced_until=None,
        sync_at=tx.now,
        refusing_since=None,
        problem="",
        failures=0,
        created_at=tx.now,
        version=1,
    )
    new = checked_connection(new)
    store.insert(tx, new, seal.close(where if is_feed else _checked_password(password)))
    tx.append(Event("calendar.connected", subject("calendar", new.id), _told(new)))
    return new


def change_connection(
    tx: Transaction, seal: Seal, connection_id: UUID, version: int, changes: Mapping[str, object]
) -> Connection:
    """Change a connection; `password` sets another one. It is read again within a minute.

    Appends `calendar.changed`. Raises `Invalid`, `StaleVersion`, `Conflict`.
    """
    before = _own(tx, connection_id)
    if before.grant_id is not None:
        _require_at_provider(before, changes)
    unknown = sorted(set(changes) - {*CHANGEABLE, "password"})
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed; these can: {', '.join(CHANGEABLE)}, password")
    plain = {name: value for name, value in changes.items() if name != "password"}
    after: Connection = replace(before, **plain)  # pyright: ignore[reportArgumentType] # checked, fields by name
    if "address" in plain:
        where = checked_address("address", after.address)
        if before.kind is SourceKind.ICS:
            store.set_secret(tx, connection_id, seal.close(where))
            where = _host_of(where)
        after = replace(after, address=where, collection=str(plain.get("collection", "")))
    if after.collection:
        after = replace(after, collection=checked_address("collection", after.collection))
    after = checked_connection(after)
    if not store.update(tx, after, version):
        raise _stale()
    if "password" in changes and before.kind is SourceKind.CALDAV:
        store.set_secret(tx, connection_id, seal.close(_checked_password(str(changes["password"] or ""))))
    told: dict[str, Json] = {**_told(after), "fields": [*sorted(changes)]}
    tx.append(Event("calendar.changed", subject("calendar", connection_id), told))
    return replace(after, mark="", sync_at=tx.now, version=version + 1)


def remove_connection(tx: Transaction, connection_id: UUID, version: int) -> Connection:
    """Remove a connection and return it as it was; it keeps its user busy no more.

    Appends `calendar.removed`. Raises `StaleVersion`.
    """
    found = _own(tx, connection_id)
    if not store.delete(tx, connection_id, version):
        raise _stale()
    identity.set_busy(tx, found.user_id, found.id, [])
    if found.grant_id is not None:
        oauth.forget(tx, found.grant_id)
    tx.append(Event("calendar.removed", subject("calendar", connection_id), _told(found)))
    return found


def taking_meetings_of(tx: Transaction, user_id: UUID) -> Connection | None:
    """The calendar that a user's meetings are written to; None when there is none. Asks for no permission."""
    return store.taking(tx, user_id)


def note_read(tx: Transaction, before: Connection, after: Connection, spans: Sequence[Span] | None) -> bool:
    """Keep what a reading found; `spans` None: nothing had changed. False when the connection is another by now.

    Appends `calendar.recovered` for one that refused.
    """
    if not store.save_standing(tx, after):
        return False
    if spans is not None:
        identity.set_busy(tx, after.user_id, after.id, spans)
    if before.refusing_since is not None:
        tx.append(Event("calendar.recovered", subject("calendar", after.id), _told(after)))
    return True


def note_refusal(tx: Transaction, before: Connection, after: Connection) -> None:
    """Keep that the server refuses; a token is renewed at once. Appends `calendar.refusing` the first time."""
    if before.grant_id is not None:
        oauth.renew_soon(tx, before.grant_id)
    if store.save_standing(tx, after) and before.refusing_since is None:
        told: dict[str, Json] = {**_told(after), "problem": after.problem}
        tx.append(Event("calendar.refusing", subject("calendar", after.id), told))


def first_of(found: Sequence[Found], one: Connection) -> Connection:
    """The connection with the calendar that it means: as chosen, else the first."""
    if one.collection or not found:
        return one
    return replace(one, collection=found[0].collection)


def _require_at_provider(one: Connection, changes: Mapping[str, object]) -> None:
    """A sign-in is shown to its provider's server alone, whoever changes the connection."""
    for name in changes:
        if name in {"address", "username", "password"}:
            raise invalid_field(
                name, "is the provider's, as this calendar is signed in there; disconnect it first"
            )
    collection = changes.get("collection")
    if collection and _origin_of(str(collection)) != _origin_of(one.address):
        raise invalid_field("collection", "must be a calendar of the provider, as a check tells them")


def _origin_of(address: str) -> tuple[str, str, int | None]:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise invalid_field("collection", f"is no address: {error}") from error
    return url.scheme, url.host, url.port


def _present(tx: Transaction, connection_id: UUID) -> Connection:
    found = store.by_id(tx, connection_id)
    if found is None:
        raise NotFound(f"There is no connected calendar {connection_id} here.")
    return found


def _own(tx: Transaction, connection_id: UUID) -> Connection:
    """A connection that the actor may change. Asks before it looks, so that nobody else learns which there are."""
    if not tx.actor.may("settings:write"):
        tx.require("mail:send")
    found = _present(tx, connection_id)
    _require_own(tx, found.user_id)
    return found


def _require_own(tx: Transaction, user_id: UUID) -> None:
    if tx.actor.may("settings:write"):
        return
    tx.require("mail:send")
    if tx.actor.id != user_id:
        raise Forbidden("This is another user's calendar. Only they, or an admin, may change it.")


def _checked_password(password: str) -> str:
    return checked_line("password", password, LONGEST_CREDENTIAL)


def _host_of(address: str) -> str:
    try:
        return told_of(httpx.URL(address))
    except httpx.InvalidURL as error:
        raise invalid_field("address", f"is no address: {error}") from error


def _told(one: Connection) -> dict[str, Json]:
    return {"user_id": str(one.user_id), "kind": one.kind.value, "name": one.name}


def _stale() -> StaleVersion:
    return StaleVersion("The connection was changed since you read it. Read it again and repeat your change.")
