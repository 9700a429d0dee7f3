"""Use cases: look at meetings and what is mailed about them; try again what could not be sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from offhook.calendar.meetings import store
from offhook.calendar.meetings.changing import to_change
from offhook.calendar.meetings.model import MailStanding, Meeting, MeetingMail, MeetingState
from offhook.kernel.database import Transaction


def meetings_page(
    tx: Transaction,
    *,
    host_id: UUID | None = None,
    lead_id: UUID | None = None,
    person_id: UUID | None = None,
    states: Sequence[MeetingState] | None = None,
    since: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Meeting]:
    """Up to `limit` meetings in the order of their times; conditions that are None do not count."""
    tx.require("leads:read")
    return store.page(
        tx,
        host_id=host_id,
        lead_id=lead_id,
        person_id=person_id,
        states=[state.value for state in states] if states else None,
        since=since,
        after=after,
        limit=limit,
    )


def mails_of(tx: Transaction, meeting_ids: Sequence[UUID]) -> dict[UUID, list[MeetingMail]]:
    """The mails about some meetings, by meeting, the soonest due first."""
    found: dict[UUID, list[MeetingMail]] = {}
    for one in store.mails_of(tx, meeting_ids):
        found.setdefault(one.meeting_id, []).append(one)
    return found


def try_mails_again(tx: Transaction, meeting_id: UUID) -> Meeting:
    """Have those of a meeting's mails tried now that failed, or that wait for another try."""
    meeting = to_change(tx, meeting_id)
    for one in store.mails_of(tx, [meeting_id]):
        is_waiting = one.state is MailStanding.WAITING and one.problem
        if one.sequence == meeting.sequence and (one.state is MailStanding.FAILED or is_waiting):
            store.settle_mail(tx, one, MailStanding.WAITING, problem=one.problem, due_at=tx.now)
    return meeting
