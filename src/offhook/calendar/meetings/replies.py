"""Use case: take an attendee's answer in (iTIP REPLY): accepted, declined, tentative. Answers come by mail."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from offhook import mail
from offhook.calendar.meetings import store
from offhook.calendar.meetings.booking import about, told_of
from offhook.calendar.meetings.itip import read_reply
from offhook.calendar.meetings.model import Meeting, id_of
from offhook.calendar.meetings.rules import counts
from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, StoredEvent

FOLLOWED = ("mail.received",)
METHOD = "REPLY"


def take_replies(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Take in the answers that came with mails."""
    for event in events:
        methods = event.data.get("calendar_methods")
        if not isinstance(methods, list) or METHOD not in methods:
            continue
        received = mail.received_mail(tx, UUID(str(event.data["mail_in_id"])))
        if received is None:
            continue
        for part in received.calendars:
            if part.method == METHOD:
                take_reply(tx, part.text.encode(), received.from_address)


def take_reply(tx: Transaction, data: bytes, from_address: str) -> Meeting | None:
    """The meeting with the answer that iCalendar text from this address gives; None where none counts.

    It counts when it is about a meeting of ours as it stands, newer than the one known, and the attendee, the
    sender and who was invited are one address: nobody answers for another. Appends `meeting.answered`.
    """
    reply = read_reply(data)
    meeting_id = id_of(reply.uid) if reply else None
    known = store.by_id(tx, meeting_id, lock=True) if meeting_id else None
    if reply is None or known is None or not counts(known, reply.sequence, reply.answer, reply.at):
        return None
    invited = known.address.lower()
    if not invited or {reply.attendee, from_address.strip().lower()} != {invited}:
        return None
    after = replace(known, answer=reply.answer, answered_at=reply.at)
    store.save(tx, after)
    if after.answer is not known.answer:
        told = told_of(tx, after) | {"answer": after.answer.value}
        tx.append(Event("meeting.answered", about(after), told))
    return after
