"""The SQL of booking pages and their hosts (0023_calendar.sql)."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from offhook.calendar.pages.model import BookingPage, Host
from offhook.kernel.database import Database, Transaction
from offhook.kernel.errors import Conflict, FieldError

_NIL = UUID(int=0)
"""Sorts before every id: where the first page begins."""

_PAGE: LiteralString = (
    "SELECT id, slug, title, campaign_id, owner_id, created_at, welcome, location, minutes, step_minutes,"
    " before_minutes, after_minutes, notice_minutes, horizon_days, daily_limit, reminder_minutes, consent_wording,"
    " is_active, version, ARRAY(SELECT user_id FROM booking_host h WHERE h.page_id = booking_page.id"
    " ORDER BY user_id) AS host_ids, ARRAY(SELECT weight FROM booking_host h WHERE h.page_id = booking_page.id"
    " ORDER BY user_id) AS weights FROM booking_page "
)


def _page(reminder_minutes: list[int], host_ids: list[UUID], weights: list[int], **columns: object) -> BookingPage:
    return BookingPage(
        reminder_minutes=tuple(reminder_minutes),
        hosts=tuple(Host(user_id, weight) for user_id, weight in zip(host_ids, weights, strict=True)),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def page(tx: Transaction, after: UUID | None, limit: int) -> list[BookingPage]:
    """Up to `limit` pages in the order in which they were added."""
    return tx.rows(
        _page, _PAGE + "WHERE id > %(after)s ORDER BY id LIMIT %(limit)s", after=after or _NIL, limit=limit
    )


def by_id(tx: Transaction, identifier: UUID) -> BookingPage | None:
    """One page."""
    return tx.first(_page, _PAGE + "WHERE id = %(id)s", id=identifier)


def by_slug(tx: Transaction, slug: str) -> BookingPage | None:
    """The page at an address. Index: booking_page_slug."""
    return tx.first(_page, _PAGE + "WHERE slug = %(slug)s", slug=slug)


def organisation_of(database: Database, slug: str) -> UUID | None:
    """The organisation with this short name; None when there is none."""
    with database.across_organisations() as connection:
        row = connection.execute("SELECT organisation_id FROM organisation WHERE slug = %s", (slug,)).fetchone()
    return UUID(str(row[0])) if row else None


def insert(tx: Transaction, new: BookingPage) -> None:
    """Add a page with its hosts. Raises `Conflict` when its address is taken."""
    try:
        tx.execute(
            "INSERT INTO booking_page (id, slug, title, welcome, location, owner_id, campaign_id, minutes,"
            " step_minutes, before_minutes, after_minutes, notice_minutes, horizon_days, daily_limit,"
            " reminder_minutes, consent_wording, is_active, created_at) VALUES (%(id)s, %(slug)s, %(title)s,"
            " %(welcome)s, %(location)s, %(owner)s, %(campaign)s, %(minutes)s, %(step)s, %(before)s, %(after)s,"
            " %(notice)s, %(horizon)s, %(limit)s, %(reminders)s, %(consent)s, %(active)s, %(now)s)",
            **_columns(new),
            owner=new.owner_id,
            now=new.created_at,
        )
    except UniqueViolation as error:
        raise _taken(new) from error
    set_hosts(tx, new.id, new.hosts)


def update(tx: Transaction, changed: BookingPage, version: int) -> bool:
    """Save a page with its hosts if it still has `version`. Raises `Conflict` when its address is taken."""
    try:
        is_saved = tx.execute(
            "UPDATE booking_page SET slug = %(slug)s, title = %(title)s, welcome = %(welcome)s,"
            " location = %(location)s, campaign_id = %(campaign)s, minutes = %(minutes)s, step_minutes = %(step)s,"
            " before_minutes = %(before)s, after_minutes = %(after)s, notice_minutes = %(notice)s,"
            " horizon_days = %(horizon)s, daily_limit = %(limit)s, reminder_minutes = %(reminders)s,"
            " consent_wording = %(consent)s, is_active = %(active)s, version = version + 1"
            " WHERE id = %(id)s AND version = %(version)s",
            **_columns(changed),
            version=version,
        )
    except UniqueViolation as error:
        raise _taken(changed) from error
    if is_saved:
        set_hosts(tx, changed.id, changed.hosts)
    return bool(is_saved)


def set_hosts(tx: Transaction, page_id: UUID, hosts: Sequence[Host]) -> None:
    """Replace the hosts of a page."""
    tx.execute("DELETE FROM booking_host WHERE page_id = %(page)s", page=page_id)
    tx.execute(
        "INSERT INTO booking_host (page_id, user_id, weight)"
        " SELECT %(page)s, * FROM unnest(%(users)s::uuid[], %(weights)s::int[])",
        page=page_id,
        users=[one.user_id for one in hosts],
        weights=[one.weight for one in hosts],
    )


def _columns(one: BookingPage) -> dict[str, object]:
    return {
        "id": one.id,
        "slug": one.slug,
        "title": one.title,
        "welcome": one.welcome,
        "location": one.location,
        "campaign": one.campaign_id,
        "minutes": one.minutes,
        "step": one.step_minutes,
        "before": one.before_minutes,
        "after": one.after_minutes,
        "notice": one.notice_minutes,
        "horizon": one.horizon_days,
        "limit": one.daily_limit,
        "reminders": list(one.reminder_minutes),
        "consent": one.consent_wording,
        "active": one.is_active,
    }


def _taken(one: BookingPage) -> Conflict:
    told = f"There is a booking page '{one.slug}' already. Choose another address."
    return Conflict(told, fields=[FieldError("slug", "in use", one.slug)])
