"""Reading the timeline of a person: theirs, and that of whoever was merged into them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from offhook import activities, people
from offhook.kernel.database import Transaction
from offhook.kernel.events import StoredEvent, subject
from offhook.leads.finding import person_known
from offhook.leads.qualification.store import by_ids
from offhook.leads.store import load_lead
from offhook.leads.timeline import store
from offhook.leads.timeline.model import Beside, Moment
from offhook.leads.timeline.telling import id_in, moments


def timeline_of_lead(
    tx: Transaction, lead_id: UUID, before: tuple[datetime, int] | None, limit: int
) -> tuple[list[Moment], StoredEvent | None]:
    """Like `timeline`, of a lead's person. Raises `NotFound`."""
    tx.require("leads:read")
    return timeline(tx, load_lead(tx, lead_id).person_id, before, limit)


def timeline(
    tx: Transaction, person_id: UUID, before: tuple[datetime, int] | None, limit: int
) -> tuple[list[Moment], StoredEvent | None]:
    """Moments made of up to `limit` events, the newest first, and the event after which the next page begins.

    Takes the same number of statements however much there is. Raises `NotFound`.
    """
    tx.require("leads:read")
    tx.require("people:read")
    members = people.members(tx, person_known(tx, person_id)[0])
    subjects = [subject("person", one) for one in members]
    subjects += [subject("lead", one) for one in store.lead_ids(tx, members)]
    found = store.events(tx, subjects, before, limit + 1)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return moments(shown, _beside(tx, members, shown)), last


def _beside(tx: Transaction, members: Sequence[UUID], events: Sequence[StoredEvent]) -> Beside:
    logged = _ids(events, "activity.logged", "activity_id")
    replaced = _ids(events, "activity.logged", "corrects")
    return Beside(
        activities={one.id: one for one in activities.entries(tx, [*logged, *replaced])},
        corrected=frozenset(activities.corrected_among(tx, logged)),
        responses=store.responses(tx, members, list(_ids(events, "response.received", "response_id"))),
        questions=_questions(tx, _ids(events, "lead.answered", "criteria_id")),
    )


def _ids(events: Sequence[StoredEvent], kind: str, name: str) -> Collection[UUID]:
    found = (id_in(event, name) for event in events if event.kind == kind)
    return dict.fromkeys(one for one in found if one is not None)


def _questions(tx: Transaction, criteria_ids: Collection[UUID]) -> dict[tuple[str, str], str]:
    """The words of every question of these criteria."""
    found = by_ids(tx, list(criteria_ids)) if criteria_ids else []
    return {(str(one.id), question.key): question.text for one in found for question in one.agreement.questions}
