"""Writing meetings to their hosts' calendars: what is to be written or removed, named by its UID, so once.

The server is asked outside of any transaction; what came of it is kept if the meeting is still as it was then.
An entry that is there already, as after a crash, is written over: the UID says that it is ours.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from offhook import people
from offhook.calendar.meetings import store
from offhook.calendar.meetings.itip import entry
from offhook.calendar.meetings.model import Meeting, RemoteState
from offhook.calendar.meetings.wording import details
from offhook.calendar.sources.model import Access
from offhook.calendar.sources.opening import Terms, opened_to_write
from offhook.calendar.sources.service import access_to, taking_meetings_of
from offhook.calendar.sources.source import Changed, Trouble
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import OffhookError

AT_A_TIME = 100
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
LAST_RETRY = timedelta(hours=1)


def write_due(database: Database, terms: Terms, organisation_id: UUID) -> None:
    """Write and remove the entries that are due."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = store.to_write(tx, AT_A_TIME)
    for meeting in due:
        _write(database, terms, organisation_id, meeting)


def _write(database: Database, terms: Terms, organisation_id: UUID, meeting: Meeting) -> None:
    try:
        with database.transaction(organisation_id, SYSTEM) as tx:
            access = _access(tx, terms, meeting)
            data = _entry(tx, meeting)
        etag = "" if access is None else _written(access, terms, meeting, data)
    except (Trouble, OffhookError) as error:
        _settle(database, organisation_id, meeting, _refused(database, meeting, str(error)))
        return
    is_there = access is not None and meeting.remote_state is RemoteState.TO_WRITE
    after = replace(
        meeting,
        remote_state=RemoteState.WRITTEN if is_there else RemoteState.NONE,
        remote_etag=etag,
        remote_at=None,
        remote_failures=0,
        remote_problem="",
        connection_id=access.connection.id if access else None,
    )
    _settle(database, organisation_id, meeting, after)


def _access(tx: Transaction, terms: Terms, meeting: Meeting) -> Access | None:
    """The host's calendar; None when they have disconnected it."""
    taking = taking_meetings_of(tx, meeting.host_id)
    return access_to(tx, terms.seal, taking) if taking else None


def _entry(tx: Transaction, meeting: Meeting) -> bytes:
    person = people.person(tx, meeting.person_id)
    whom = [
        " · ".join(filter(None, (person.full_name, person.title, person.company_name))),
        *person.emails,
        *person.phones,
    ]
    told = [*filter(None, whom), "", *details(meeting, "")]
    return entry(meeting, details="\n".join(told), link="", now=tx.now)


def _written(access: Access, terms: Terms, meeting: Meeting, data: bytes) -> str:
    """Write or remove the entry; its tag now."""
    with opened_to_write(access, terms) as calendar:
        if meeting.remote_state is RemoteState.TO_REMOVE:
            calendar.remove(meeting.uid)
            return ""
        try:
            return calendar.put(meeting.uid, data, meeting.remote_etag)
        except Changed:
            there = calendar.find(meeting.uid)
            try:
                return calendar.put(meeting.uid, data, there.etag if there else "")
            except Changed as error:
                raise Trouble("The entry is changed there at this moment.") from error


def _refused(database: Database, meeting: Meeting, problem: str) -> Meeting:
    failures = meeting.remote_failures + 1
    wait = RETRIES[failures - 1] if failures <= len(RETRIES) else LAST_RETRY
    again_at = database.clock.now() + wait
    return replace(meeting, remote_failures=failures, remote_at=again_at, remote_problem=problem)


def _settle(database: Database, organisation_id: UUID, before: Meeting, after: Meeting) -> None:
    """Keep it unless the meeting was moved or called off meanwhile: then it is to be written again."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        now = store.by_id(tx, before.id, lock=True)
        if now is None:
            return
        if (now.sequence, now.remote_state) != (before.sequence, before.remote_state):
            after = replace(now, remote_etag=after.remote_etag)
        else:
            after = replace(
                now,
                remote_state=after.remote_state,
                remote_etag=after.remote_etag,
                remote_at=after.remote_at,
                remote_failures=after.remote_failures,
                remote_problem=after.remote_problem,
                connection_id=after.connection_id,
            )
        store.save(tx, after)
