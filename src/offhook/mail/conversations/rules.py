"""How a conversation stands after something happened to it. Pure.

they write                     -> to answer, whatever it was
a machine of theirs writes     -> as it was; a new one waits
a mail of ours came back       -> to answer: somebody has to see to it
we write                       -> waiting
its user: done, snooze, open   -> done, snoozed, to answer
the snooze is over             -> to answer
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from offhook.activities import LONGEST_SUBJECT
from offhook.kernel.errors import FieldError, Invalid
from offhook.mail.conversations.model import Conversation, ConversationState
from offhook.mail.incoming.model import MailKind

FARTHEST_SNOOZE = timedelta(days=366)
_ANSWERED = re.compile(r"^(?:\s*(?:re|aw|sv|rv|antw|odp)\s*:)+", re.IGNORECASE)
BY_MACHINES = frozenset({MailKind.AUTO_REPLY, MailKind.OUT_OF_OFFICE})


def after_received(one: Conversation, kind: MailKind, at: datetime, *, is_delay: bool) -> Conversation:
    """After a mail came in; `is_delay`: a report that one of ours is still being tried."""
    last_at = max(one.last_at, at)
    if kind in BY_MACHINES or is_delay:
        return replace(one, last_at=last_at)
    return replace(one, last_at=last_at, state=ConversationState.TO_ANSWER, snoozed_until=None)


def after_written(one: Conversation, at: datetime) -> Conversation:
    """After we wrote."""
    return replace(one, last_at=max(one.last_at, at), state=ConversationState.WAITING, snoozed_until=None)


def assigned(one: Conversation, user_id: UUID) -> Conversation:
    """Another user looks after it."""
    return replace(one, assignee_id=user_id)


def answer_subject(subject: str) -> str:
    """The subject of an answer: one "Re:", however many there were (RFC 5322, section 3.6.5)."""
    bare = _ANSWERED.sub("", subject).strip()
    return f"Re: {bare}"[:LONGEST_SUBJECT].strip() if bare else "Re:"


def done(one: Conversation) -> Conversation:
    """Nothing is to be done about it."""
    return replace(one, state=ConversationState.DONE, snoozed_until=None)


def opened_again(one: Conversation) -> Conversation:
    """It is to be answered after all, or now."""
    return replace(one, state=ConversationState.TO_ANSWER, snoozed_until=None)


def snoozed(one: Conversation, until: datetime, now: datetime) -> Conversation:
    """To be answered later. Raises `Invalid` for a time that is past, has no zone, or is more than a year away."""
    if until.tzinfo is None or not now < until <= now + FARTHEST_SNOOZE:
        raise Invalid(
            "Say until when, with a time zone: a time to come, at most a year away.",
            fields=[FieldError("until", "must lie ahead, within a year", until.isoformat())],
        )
    return replace(one, state=ConversationState.SNOOZED, snoozed_until=until)
