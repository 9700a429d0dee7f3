"""The SQL of meetings and the mails about them (0023_calendar.sql)."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from offhook.calendar.meetings.model import (
    Answer,
    MailKind,
    MailStanding,
    Meeting,
    MeetingMail,
    MeetingState,
    RemoteState,
)
from offhook.kernel.database import Transaction

_MEETING: LiteralString = (
    "SELECT id, host_id, page_id, person_id, lead_id, hand_off_id, title, location, note, starts_at, ends_at,"
    " state, because, sequence, address, answer, answered_at, language, time_zone, reminder_minutes,"
    " connection_id, remote_state, remote_etag, remote_at, remote_failures, remote_problem, booked_by,"
    " created_at, version"
    " FROM meeting "
)
_MAIL: LiteralString = (
    "SELECT meeting_id, kind, sequence, minutes, due_at, state, mail_id, problem, tries FROM meeting_mail "
)


def _meeting(
    state: str, answer: str, remote_state: str, reminder_minutes: list[int], **columns: object
) -> Meeting:
    return Meeting(
        state=MeetingState(state),
        answer=Answer(answer),
        remote_state=RemoteState(remote_state),
        reminder_minutes=tuple(reminder_minutes),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def _mail(kind: str, state: str, **columns: object) -> MeetingMail:
    return MeetingMail(kind=MailKind(kind), state=MailStanding(state), **columns)  # pyright: ignore[reportArgumentType] # likewise


def _start(host_id: UUID, starts_at: datetime) -> tuple[UUID, datetime]:
    return host_id, starts_at


def _recent(host_id: UUID, recent: int, last_at: datetime) -> tuple[UUID, int, datetime]:
    return host_id, recent, last_at


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Meeting | None:
    """One meeting; `lock` keeps others from changing it until the transaction ends."""
    if lock:
        return tx.first(_meeting, _MEETING + "WHERE id = %(id)s FOR UPDATE", id=identifier)
    return tx.first(_meeting, _MEETING + "WHERE id = %(id)s", id=identifier)


def of_hand_off(tx: Transaction, hand_off_id: UUID) -> Meeting | None:
    """The meeting of a hand-off, locked. Index: meeting_of_hand_off."""
    return tx.first(_meeting, _MEETING + "WHERE hand_off_id = %(id)s FOR UPDATE", id=hand_off_id)


def page(
    tx: Transaction,
    *,
    host_id: UUID | None,
    lead_id: UUID | None,
    person_id: UUID | None,
    states: Sequence[str] | None,
    since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Meeting]:
    """Meetings in the order of their times; those that end after `since`. Indexes: meeting_of_host, …_of_lead."""
    after_at, after_id = after or (None, None)
    return tx.rows(
        _meeting,
        _MEETING + "WHERE (%(host)s::uuid IS NULL OR host_id = %(host)s)"
        " AND (%(lead)s::uuid IS NULL OR lead_id = %(lead)s)"
        " AND (%(person)s::uuid IS NULL OR person_id = %(person)s)"
        " AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s))"
        " AND (%(since)s::timestamptz IS NULL OR ends_at > %(since)s)"
        " AND (%(at)s::timestamptz IS NULL OR (starts_at, id) > (%(at)s, %(id)s))"
        " ORDER BY starts_at, id LIMIT %(limit)s",
        host=host_id,
        lead=lead_id,
        person=person_id,
        states=list(states) if states is not None else None,
        since=since,
        at=after_at,
        id=after_id,
        limit=limit,
    )


def insert(tx: Transaction, new: Meeting) -> None:
    """Add a meeting."""
    tx.execute(
        "INSERT INTO meeting (id, host_id, page_id, person_id, lead_id, hand_off_id, title, location, note,"
        " starts_at, ends_at, state, sequence, address, language, time_zone, reminder_minutes, connection_id,"
        " remote_state, remote_at, booked_by, created_at)"
        " VALUES (%(id)s, %(host)s, %(page)s, %(person)s, %(lead)s, %(hand_off)s, %(title)s, %(location)s,"
        " %(note)s, %(starts)s, %(ends)s, %(state)s, %(sequence)s, %(address)s,"
        " %(language)s, %(zone)s, %(reminders)s, %(connection)s, %(remote)s, %(remote_at)s, %(by)s, %(now)s)",
        id=new.id,
        host=new.host_id,
        page=new.page_id,
        person=new.person_id,
        lead=new.lead_id,
        hand_off=new.hand_off_id,
        title=new.title,
        location=new.location,
        note=new.note,
        starts=new.starts_at,
        ends=new.ends_at,
        state=new.state.value,
        sequence=new.sequence,
        address=new.address,
        language=new.language,
        zone=new.time_zone,
        reminders=list(new.reminder_minutes),
        connection=new.connection_id,
        remote=new.remote_state.value,
        remote_at=new.remote_at,
        by=new.booked_by,
        now=new.created_at,
    )


def save(tx: Transaction, changed: Meeting) -> None:
    """Save what may change of a meeting that is locked by this transaction."""
    tx.execute(
        "UPDATE meeting SET starts_at = %(starts)s, ends_at = %(ends)s, state = %(state)s, because = %(because)s,"
        " sequence = %(sequence)s, answer = %(answer)s, answered_at = %(answered)s, remote_state = %(remote)s,"
        " remote_etag = %(etag)s, remote_at = %(remote_at)s, remote_failures = %(failures)s,"
        " remote_problem = %(problem)s, connection_id = %(connection)s, version = version + 1 WHERE id = %(id)s",
        id=changed.id,
        starts=changed.starts_at,
        ends=changed.ends_at,
        state=changed.state.value,
        because=changed.because,
        sequence=changed.sequence,
        answer=changed.answer.value,
        answered=changed.answered_at,
        remote=changed.remote_state.value,
        etag=changed.remote_etag,
        remote_at=changed.remote_at,
        failures=changed.remote_failures,
        problem=changed.remote_problem,
        connection=changed.connection_id,
    )


def starts_of(tx: Transaction, page_id: UUID, start: datetime, end: datetime) -> list[tuple[UUID, datetime]]:
    """When the meetings booked on a page begin, with their hosts, those that were called off apart."""
    return tx.rows(
        _start,
        "SELECT host_id, starts_at FROM meeting WHERE page_id = %(page)s AND state <> 'cancelled'"
        " AND starts_at >= %(start)s AND starts_at < %(end)s",
        page=page_id,
        start=start,
        end=end,
    )


def recent_of(tx: Transaction, page_id: UUID, since: datetime) -> list[tuple[UUID, int, datetime]]:
    """How many meetings each host got on a page since a moment, and when the last one. Index: meeting_of_page."""
    return tx.rows(
        _recent,
        "SELECT host_id, count(*) AS recent, max(created_at) AS last_at FROM meeting WHERE page_id = %(page)s"
        " AND created_at >= %(since)s AND state <> 'cancelled' GROUP BY host_id",
        page=page_id,
        since=since,
    )


def ids_near(tx: Transaction, host_id: UUID, start: datetime, end: datetime) -> list[UUID]:
    """The meetings of a host, called off or not, that touch a span of time. Index: meeting_of_host."""
    return tx.scalars(
        UUID,
        "SELECT id FROM meeting WHERE host_id = %(host)s AND starts_at < %(end)s AND starts_at >= %(start)s",
        host=host_id,
        start=start,
        end=end,
    )


# In the host's calendar


def to_write(tx: Transaction, limit: int) -> list[Meeting]:
    """Meetings whose entry is to be written or removed now. Index: meeting_to_write."""
    return tx.rows(
        _meeting,
        _MEETING + "WHERE remote_state IN ('to_write', 'to_remove') AND remote_at <= %(now)s"
        " ORDER BY remote_at, id LIMIT %(limit)s",
        now=tx.now,
        limit=limit,
    )


def on_calendar(tx: Transaction, connection_id: UUID, start: datetime, end: datetime) -> list[Meeting]:
    """Meetings that are booked and written to a calendar, and begin in a span. Index: meeting_on_calendar."""
    return tx.rows(
        _meeting,
        _MEETING + "WHERE connection_id = %(connection)s AND remote_state = 'written' AND state = 'booked'"
        " AND starts_at > %(start)s AND starts_at < %(end)s ORDER BY starts_at, id",
        connection=connection_id,
        start=start,
        end=end,
    )


# Mails


def add_mail(tx: Transaction, meeting: Meeting, kind: MailKind, due_at: datetime, minutes: int = 0) -> None:
    """Have a mail sent; nothing to do when there is that one."""
    tx.execute(
        "INSERT INTO meeting_mail (meeting_id, kind, sequence, minutes, due_at, state)"
        " VALUES (%(meeting)s, %(kind)s, %(sequence)s, %(minutes)s, %(due)s, 'waiting') ON CONFLICT DO NOTHING",
        meeting=meeting.id,
        kind=kind.value,
        sequence=meeting.sequence,
        minutes=minutes,
        due=due_at,
    )


def drop_waiting(tx: Transaction, meeting_id: UUID) -> None:
    """Send nothing more of what waits about a meeting."""
    tx.execute(
        "UPDATE meeting_mail SET state = 'dropped' WHERE meeting_id = %(meeting)s AND state = 'waiting'",
        meeting=meeting_id,
    )


def mails_of(tx: Transaction, meeting_ids: Sequence[UUID]) -> list[MeetingMail]:
    """The mails about some meetings, the soonest due first."""
    return tx.rows(
        _mail, _MAIL + "WHERE meeting_id = ANY(%(meetings)s) ORDER BY due_at, kind", meetings=list(meeting_ids)
    )


def next_due(tx: Transaction) -> MeetingMail | None:
    """The mail that has been due for longest, locked; None when none is. Index: meeting_mail_due."""
    return tx.first(
        _mail,
        _MAIL + "WHERE state = 'waiting' AND due_at <= %(now)s ORDER BY due_at, meeting_id LIMIT 1"
        " FOR UPDATE SKIP LOCKED",
        now=tx.now,
    )


def settle_mail(
    tx: Transaction,
    one: MeetingMail,
    state: MailStanding,
    *,
    mail_id: UUID | None = None,
    problem: str = "",
    due_at: datetime | None = None,
) -> None:
    """Note what became of a mail about a meeting; `due_at`: when it is tried again."""
    tx.execute(
        "UPDATE meeting_mail SET state = %(state)s, mail_id = %(mail)s, problem = %(problem)s, tries = tries + 1,"
        " due_at = coalesce(%(due)s, due_at) WHERE meeting_id = %(meeting)s AND kind = %(kind)s"
        " AND sequence = %(sequence)s AND minutes = %(minutes)s",
        meeting=one.meeting_id,
        kind=one.kind.value,
        sequence=one.sequence,
        minutes=one.minutes,
        state=state.value,
        mail=mail_id,
        problem=problem,
        due=due_at,
    )
