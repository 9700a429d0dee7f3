"""The SQL of the timeline: events of a person and their leads, the newest first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.events import StoredEvent
from offhook.leads.responses.model import Response
from offhook.leads.timeline.telling import TOLD


def lead_ids(tx: Transaction, person_ids: Sequence[UUID]) -> list[UUID]:
    """The leads of these persons. Index: lead_of_person."""
    return tx.scalars(UUID, "SELECT id FROM lead WHERE person_id = ANY(%(ids)s)", ids=list(person_ids))


def events(
    tx: Transaction, subjects: Sequence[str], before: tuple[datetime, int] | None, limit: int
) -> list[StoredEvent]:
    """Up to `limit` events about these, by when they happened, the newest first; at one moment by position.

    Served by event_by_subject: a person has some hundreds of events at most, which are sorted here.
    """
    return tx.rows(
        StoredEvent,
        "SELECT position, id, kind, version, subject, data, at, actor, cause FROM event"
        " WHERE subject = ANY(%(subjects)s) AND kind = ANY(%(kinds)s)"
        " AND (%(at)s::timestamptz IS NULL OR (at, position) < (%(at)s, %(position)s))"
        " ORDER BY at DESC, position DESC LIMIT %(limit)s",
        subjects=list(subjects),
        kinds=list(TOLD),
        at=before[0] if before else None,
        position=before[1] if before else None,
        limit=limit,
    )


def responses(tx: Transaction, person_ids: Sequence[UUID], ids: Sequence[UUID]) -> dict[UUID, Response]:
    """Responses of these persons by id. Index: the primary key, which begins with the person."""
    if not ids:
        return {}
    found = tx.rows(
        Response,
        "SELECT id, campaign_id, person_id, lead_id, responded_at, source, content, attributes, recorded_at"
        " FROM response WHERE person_id = ANY(%(persons)s) AND id = ANY(%(ids)s)",
        persons=list(person_ids),
        ids=list(ids),
    )
    return {one.id: one for one in found}
