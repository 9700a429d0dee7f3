"""The use cases of booking pages: make and change them.

One's own page needs `mail:send`; a pool's, or somebody else's, `leads:assign`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from offhook import identity, leads
from offhook.calendar.pages import store
from offhook.calendar.pages.model import BookingPage, Host
from offhook.calendar.pages.rules import checked_page
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound, StaleVersion, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id

CHANGEABLE = (
    "slug",
    "title",
    "campaign_id",
    "welcome",
    "location",
    "minutes",
    "step_minutes",
    "before_minutes",
    "after_minutes",
    "notice_minutes",
    "horizon_days",
    "daily_limit",
    "reminder_minutes",
    "consent_wording",
    "is_active",
    "hosts",
)
HOSTS = frozenset({Role.REP, Role.AE, Role.MANAGER})


def address_of(base_url: str, tx: Transaction, page: BookingPage) -> str:
    """Where a page is."""
    return f"{base_url}/book/{identity.organisation(tx).slug}/{page.slug}"


def pages_page(tx: Transaction, after: UUID | None, limit: int) -> list[BookingPage]:
    """Up to `limit` pages in the order in which they were added."""
    tx.require("users:read")
    return store.page(tx, after, limit)


def booking_page(tx: Transaction, page_id: UUID) -> BookingPage:
    """One page. Raises `NotFound`."""
    tx.require("users:read")
    return _present(store.by_id(tx, page_id))


def add_page(
    tx: Transaction,
    *,
    slug: str,
    title: str,
    campaign_id: UUID,
    hosts: Sequence[Host] = (),
    is_pool: bool = False,
    **told: object,
) -> BookingPage:
    """Add a page: one's own, or a pool's of these hosts; `told` are other fields of it (`CHANGEABLE`).

    Appends `booking_page.added`. Raises `Invalid`, `Conflict` for a taken address, `Forbidden`.
    """
    owner_id = None if is_pool else (hosts[0].user_id if hosts else tx.actor.id)
    if owner_id is None and not hosts:
        raise invalid_field("hosts", "must name who can be booked")
    _require_own(tx, owner_id)
    own = [Host(owner_id)] if owner_id else hosts
    new = BookingPage(new_id(), slug, title, campaign_id, owner_id, tuple(own), tx.now, **told)  # pyright: ignore[reportArgumentType] # fields by name
    new = _checked(tx, new)
    store.insert(tx, new)
    tx.append(Event("booking_page.added", subject("booking_page", new.id), _told(new)))
    return new


def change_page(tx: Transaction, page_id: UUID, version: int, changes: Mapping[str, object]) -> BookingPage:
    """Change what is named of a page. Appends `booking_page.changed`. Raises `StaleVersion`, and as `add_page`."""
    tx.require("mail:send")
    before = _present(store.by_id(tx, page_id))
    _require_own(tx, before.owner_id)
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise invalid_field(unknown[0], f"cannot be changed; these can: {', '.join(CHANGEABLE)}")
    if "hosts" in changes and before.owner_id is not None:
        raise invalid_field("hosts", "cannot be changed: it is somebody's own page")
    after: BookingPage = replace(before, **changes)  # pyright: ignore[reportArgumentType] # fields by name
    after = _checked(tx, after)
    if not store.update(tx, after, version):
        raise StaleVersion("The booking page was changed since you read it. Read it again and repeat your change.")
    told: dict[str, Json] = {**_told(after), "fields": [*sorted(changes)]}
    tx.append(Event("booking_page.changed", subject("booking_page", page_id), told))
    return replace(after, version=version + 1)


def _checked(tx: Transaction, page: BookingPage) -> BookingPage:
    clean = checked_page(page)
    leads.campaign(tx, clean.campaign_id)
    for host in clean.hosts:
        user = identity.user(tx, host.user_id)
        if user.role not in HOSTS or not user.is_active:
            raise invalid_field(
                "hosts", f"{user.name} cannot be booked: that is for active reps, AEs and managers"
            )
    return clean


def _require_own(tx: Transaction, owner_id: UUID | None) -> None:
    tx.require("mail:send")
    if owner_id is None or owner_id != tx.actor.id:
        tx.require("leads:assign")


def _present(found: BookingPage | None) -> BookingPage:
    if found is None:
        raise NotFound("There is no such booking page here.")
    return found


def _told(page: BookingPage) -> dict[str, Json]:
    return {"slug": page.slug, "owner_id": str(page.owner_id) if page.owner_id else None}
