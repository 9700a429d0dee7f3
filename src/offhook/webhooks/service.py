"""The use cases of webhooks: endpoints, their secrets, the delivery log, tests and replays.

Everything here needs `webhooks:write`, reading too, as addresses often hold keys of the receiver. Whoever says
what an endpoint is told must also be allowed to read the events themselves (`events:read`). Events of this slice
name an endpoint's host, never its whole address or its secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, StoredEvent, subject
from offhook.kernel.ids import new_id
from offhook.webhooks import store
from offhook.webhooks.model import Backlog, Delivery, DeliveryState, Endpoint, Line
from offhook.webhooks.rules import TESTED, checked_kinds, checked_url, told_of
from offhook.webhooks.terms import Terms, new_secret

CONSUMER = "webhooks"
"""The name under which the event log's deliverer knows this slice."""

LONGEST_DESCRIPTION = 200
LONGEST_OVERLAP_HOURS = 7 * 24
CHANGEABLE = ("url", "description", "kinds", "is_active")


# Endpoints


def endpoints_page(tx: Transaction, after: UUID | None, limit: int) -> list[Endpoint]:
    """Up to `limit` endpoints, in the order in which they were added."""
    tx.require("webhooks:write")
    return store.endpoint_page(tx, after, limit)


def endpoint(tx: Transaction, endpoint_id: UUID) -> Endpoint:
    """One endpoint. Raises `NotFound`."""
    tx.require("webhooks:write")
    found = store.endpoint_row(tx, endpoint_id)
    if found is None:
        raise NotFound(f"There is no webhook {endpoint_id} here. `offhook webhooks list` shows which there are.")
    return found


def backlog(tx: Transaction, endpoint_id: UUID) -> Backlog:
    """How many of an endpoint's deliveries wait and how many are dead."""
    tx.require("webhooks:write")
    return store.backlog(tx, endpoint_id)


def add_endpoint(
    tx: Transaction, terms: Terms, *, url: str, kinds: Sequence[str], description: str = ""
) -> tuple[Endpoint, str]:
    """Tell this address of these kinds of events from now on; returns the signing secret, told only here.

    Raises `Invalid` for an address or kind that does not do.
    """
    _require_telling(tx)
    new = Endpoint(
        id=new_id(),
        url=checked_url(url, allow_private=terms.allow_private),
        description=_checked_description(description),
        kinds=checked_kinds(kinds),
        is_active=True,
        inactive_because=None,
        previous_secret_until=None,
        created_at=tx.now,
        version=1,
    )
    secret = new_secret()
    store.insert_endpoint(tx, new, terms.seal.close(secret))
    tx.append(Event("webhook.added", subject("webhook", new.id), _told(new)))
    return new, secret


def change_endpoint(
    tx: Transaction, terms: Terms, endpoint_id: UUID, version: int, changes: Mapping[str, object]
) -> Endpoint:
    """Change address, description, kinds, or whether it is active. Raises `StaleVersion` if changed since.

    An endpoint made active again is sent what waits, not what happened meanwhile: replay that.
    """
    _require_telling(tx)
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed here; these can: {', '.join(CHANGEABLE)}")
    before = endpoint(tx, endpoint_id)
    after = replace(before, **changes)  # pyright: ignore[reportArgumentType] # each value is checked below
    after = replace(
        after,
        url=checked_url(after.url, allow_private=terms.allow_private) if "url" in changes else before.url,
        description=_checked_description(after.description),
        kinds=checked_kinds(after.kinds),
        inactive_because=None if after.is_active else before.inactive_because,
    )
    if not store.update_endpoint(tx, after, version):
        raise _stale()
    changed: list[Json] = [f.name for f in fields(after) if getattr(before, f.name) != getattr(after, f.name)]
    tx.append(Event("webhook.changed", subject("webhook", endpoint_id), {**_told(after), "fields": changed}))
    return replace(after, version=version + 1)


def remove_endpoint(tx: Transaction, endpoint_id: UUID, version: int) -> Endpoint:
    """Tell it nothing more, and forget its deliveries. Raises `NotFound`, `StaleVersion`."""
    found = endpoint(tx, endpoint_id)
    if not store.delete_endpoint(tx, endpoint_id, version):
        raise _stale()
    tx.append(Event("webhook.removed", subject("webhook", endpoint_id), _told(found)))
    return found


def rotate_secret(
    tx: Transaction, terms: Terms, endpoint_id: UUID, overlap_hours: int = 24
) -> tuple[Endpoint, str]:
    """Give an endpoint a new signing secret, told only here; the old one signs too for `overlap_hours`.

    With 0 the old one is worthless at once, as it must be when it leaked.
    """
    tx.require("webhooks:write")
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise invalid_field("overlap_hours", f"must be 0 to {LONGEST_OVERLAP_HOURS}", overlap_hours)
    endpoint(tx, endpoint_id)
    secret = new_secret()
    until = tx.now + timedelta(hours=overlap_hours) if overlap_hours else None
    store.replace_secret(tx, endpoint_id, terms.seal.close(secret), until)
    told: dict[str, Json] = {"overlap_hours": overlap_hours}
    tx.append(Event("webhook.secret_rotated", subject("webhook", endpoint_id), told))
    return endpoint(tx, endpoint_id), secret


def request_test(tx: Transaction, endpoint_id: UUID) -> Endpoint:
    """Send the endpoint an event `webhook.tested`, by the way that all others go; the delivery log shows it.

    Raises `Conflict` for an inactive endpoint, which is told nothing.
    """
    found = _active(tx, endpoint_id)
    told: dict[str, Json] = {"message": "This is a test. Nothing happened."}
    tx.append(Event(TESTED, subject("webhook", endpoint_id), told))
    return found


# Deliveries


def deliveries_page(
    tx: Transaction, endpoint_id: UUID, state: DeliveryState | None, before: int | None, limit: int
) -> list[Delivery]:
    """Up to `limit` deliveries of an endpoint, the newest event first, before a position. Raises `NotFound`."""
    endpoint(tx, endpoint_id)
    return store.delivery_page(tx, endpoint_id, state, before, limit)


def delivery(tx: Transaction, endpoint_id: UUID, position: int) -> Delivery:
    """One delivery of an endpoint. Raises `NotFound`."""
    endpoint(tx, endpoint_id)
    found = store.delivery_row(tx, endpoint_id, position)
    if found is None:
        raise NotFound(f"The webhook {endpoint_id} has no delivery {position}; it may have been cleared away.")
    return found


def replay_delivery(tx: Transaction, endpoint_id: UUID, position: int) -> Delivery:
    """Send a delivery again, now, whatever became of it. Raises `NotFound`, `Conflict` if inactive."""
    _active(tx, endpoint_id)
    store.hold_endpoint(tx, endpoint_id)
    found = delivery(tx, endpoint_id, position)
    store.put_one_in_line(tx, endpoint_id, position)
    told: dict[str, Json] = {"position": position, "event_id": str(found.event_id), "replayed": 1}
    tx.append(Event("webhook.replayed", subject("webhook", endpoint_id), told))
    return delivery(tx, endpoint_id, position)


def replay_dead(tx: Transaction, endpoint_id: UUID) -> int:
    """Send all dead deliveries of an endpoint again; how many. Raises `NotFound`, `Conflict` if inactive."""
    _active(tx, endpoint_id)
    store.hold_endpoint(tx, endpoint_id)
    count = store.put_dead_in_line(tx, endpoint_id)
    tx.append(Event("webhook.replayed", subject("webhook", endpoint_id), {"replayed": count}))
    return count


def replay_since(tx: Transaction, endpoint_id: UUID, since: datetime) -> int:
    """Send all that the endpoint wants of what was recorded since a time, sent before or not; how many.

    For a receiver that lost something, was inactive, or wants the past that was before it. Raises `NotFound`,
    `Conflict` if inactive.
    """
    found = _active(tx, endpoint_id)
    store.hold_endpoint(tx, endpoint_id)
    # What the consumer has not come to yet, it will put in line itself, in order.
    upto = store.reached(tx, CONSUMER)
    count = store.put_history_in_line(tx, endpoint_id, found.kinds, since, upto, TESTED)
    told: dict[str, Json] = {"since": since.isoformat(), "replayed": count}
    tx.append(Event("webhook.replayed", subject("webhook", endpoint_id), told))
    return count


# What the event log brings


def put_in_line(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Put every event in line for the endpoints that are told of it; what stands there already stays once."""
    endpoints = store.active_endpoints(tx)
    lines = [
        Line(one.id, event.position, event.id, event.kind, event.subject)
        for event in events
        for one in told_of(event, endpoints)
    ]
    if lines:
        store.insert_lines(tx, lines)


# Within


def _require_telling(tx: Transaction) -> None:
    tx.require("webhooks:write")
    tx.require("events:read")


def _active(tx: Transaction, endpoint_id: UUID) -> Endpoint:
    found = endpoint(tx, endpoint_id)
    if not found.is_active:
        raise Conflict("This webhook is inactive, so nothing is sent to it. Make it active first.")
    return found


def _told(one: Endpoint) -> dict[str, Json]:
    kinds: list[Json] = [*one.kinds]
    return {"host": urlsplit(one.url).hostname, "kinds": kinds, "is_active": one.is_active}


def _checked_description(text: str) -> str:
    clean = " ".join(text.replace("\x00", " ").split())
    if len(clean) > LONGEST_DESCRIPTION:
        raise invalid_field("description", f"has more than {LONGEST_DESCRIPTION} characters", clean[:40] + "…")
    return clean


def _stale() -> StaleVersion:
    return StaleVersion("The webhook was changed since you read it. Read it again and repeat your change.")
