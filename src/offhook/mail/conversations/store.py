"""The SQL of conversations (0021_incoming.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.mail.conversations.model import Conversation, ConversationState, Listed

_COLUMNS: LiteralString = (
    "c.id, c.user_id, c.mailbox_id, c.assignee_id, c.person_id, c.lead_id, c.subject, c.state, c.snoozed_until,"
    " c.last_at, c.version, c.created_at"
)
_CONVERSATION: LiteralString = "SELECT " + _COLUMNS + " FROM mail_conversation c "

_SNIPPET = 200
"""Characters of its latest mail that a list shows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: None asks for no such thing. `states` empty: all."""

    states: Sequence[ConversationState] = ()
    assignee_ids: Sequence[UUID] | None = None
    person_ids: Sequence[UUID] | None = None
    lead_id: UUID | None = None


def _conversation(state: str, **columns: object) -> Conversation:
    return Conversation(state=ConversationState(state), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def insert(tx: Transaction, new: Conversation) -> None:
    """Add a conversation."""
    tx.execute(
        "INSERT INTO mail_conversation (id, user_id, mailbox_id, assignee_id, person_id, lead_id, subject, state,"
        " snoozed_until, last_at, version, created_at) VALUES (%(id)s, %(user)s, %(mailbox)s, %(assignee)s,"
        " %(person)s, %(lead)s, %(subject)s, %(state)s, %(until)s, %(last)s, %(version)s, %(created)s)",
        id=new.id,
        user=new.user_id,
        mailbox=new.mailbox_id,
        assignee=new.assignee_id,
        person=new.person_id,
        lead=new.lead_id,
        subject=new.subject,
        state=new.state.value,
        until=new.snoozed_until,
        last=new.last_at,
        version=new.version,
        created=new.created_at,
    )


def delete(tx: Transaction, identifier: UUID) -> None:
    """Take a conversation away."""
    tx.execute("DELETE FROM mail_conversation WHERE id = %(id)s", id=identifier)


def save(tx: Transaction, one: Conversation) -> Conversation:
    """Keep how a conversation that is locked by this transaction stands, and who looks after it."""
    tx.execute(
        "UPDATE mail_conversation SET assignee_id = %(assignee)s, state = %(state)s, snoozed_until = %(until)s,"
        " last_at = %(last)s, version = version + 1 WHERE id = %(id)s",
        id=one.id,
        assignee=one.assignee_id,
        state=one.state.value,
        until=one.snoozed_until,
        last=one.last_at,
    )
    return by_id(tx, one.id) or one


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Conversation | None:
    """One conversation."""
    if lock:
        return tx.first(_conversation, _CONVERSATION + "WHERE c.id = %(id)s FOR UPDATE", id=identifier)
    return tx.first(_conversation, _CONVERSATION + "WHERE c.id = %(id)s", id=identifier)


def add_ids(tx: Transaction, conversation_id: UUID, message_ids: Sequence[str]) -> None:
    """Let these Message-IDs belong to a conversation; those that belong to one stay there."""
    tx.execute(
        "INSERT INTO mail_thread_id (message_id, conversation_id)"
        " SELECT one, %(id)s FROM unnest(%(all)s::text[]) AS one ON CONFLICT DO NOTHING",
        id=conversation_id,
        all=list(message_ids),
    )


def conversations_of_ids(tx: Transaction, message_ids: Sequence[str]) -> dict[str, UUID]:
    """To which conversations these belong. Index: the primary key."""
    if not message_ids:
        return {}
    found = tx.rows(
        _of_id,
        "SELECT message_id, conversation_id FROM mail_thread_id WHERE message_id = ANY(%(all)s)",
        all=list(message_ids),
    )
    return dict(found)


def _of_id(message_id: str, conversation_id: UUID) -> tuple[str, UUID]:
    return message_id, conversation_id


def has_mail_of_ours(tx: Transaction, conversation_id: UUID) -> bool:
    """Whether a mail of ours belongs to it. Indexes: mail_thread_id_of_conversation, mail_message_message_id."""
    statement = (
        "SELECT EXISTS (SELECT FROM mail_thread_id t JOIN mail_message m ON m.message_id = t.message_id"
        " WHERE t.conversation_id = %(id)s)"
    )
    return tx.scalar(bool, statement, id=conversation_id) or False


def is_lead_awaited(tx: Transaction, lead_id: UUID) -> bool:
    """Whether a conversation about this lead is still to be answered. Index: mail_conversation_of_lead."""
    statement = "SELECT EXISTS (SELECT FROM mail_conversation WHERE lead_id = %(lead)s AND state = 'to_answer')"
    return tx.scalar(bool, statement, lead=lead_id) or False


def ids_of(tx: Transaction, conversation_id: UUID) -> list[str]:
    """The Message-IDs that belong to a conversation."""
    return tx.scalars(
        str, "SELECT message_id FROM mail_thread_id WHERE conversation_id = %(id)s", id=conversation_id
    )


def woken(tx: Transaction, limit: int) -> list[Conversation]:
    """Conversations whose snooze is over, locked. Index: mail_conversation_snoozed."""
    return tx.rows(
        _conversation,
        _CONVERSATION + "WHERE c.state = 'snoozed' AND c.snoozed_until <= %(now)s ORDER BY c.snoozed_until"
        " LIMIT %(limit)s FOR UPDATE SKIP LOCKED",
        now=tx.now,
        limit=limit,
    )


def page(tx: Transaction, wanted: Wanted, before: tuple[datetime, UUID] | None, limit: int) -> list[Listed]:
    """Conversations, that with the latest mail first. Indexes: mail_conversation_of_assignee, …_newest.

    Their latest mails are looked up by mail_in_of_conversation and mail_thread_id_of_conversation, a few each.
    """
    return tx.rows(
        _listed,
        _LISTED + " WHERE (%(states)s::text[] IS NULL OR c.state = ANY(%(states)s))"
        " AND (%(assignees)s::uuid[] IS NULL OR c.assignee_id = ANY(%(assignees)s))"
        " AND (%(persons)s::uuid[] IS NULL OR c.person_id = ANY(%(persons)s))"
        " AND (%(lead)s::uuid IS NULL OR c.lead_id = %(lead)s)"
        " AND (%(at)s::timestamptz IS NULL OR (c.last_at, c.id) < (%(at)s, %(id)s))"
        " ORDER BY c.last_at DESC, c.id DESC LIMIT %(limit)s",
        states=[one.value for one in wanted.states] or None,
        assignees=None if wanted.assignee_ids is None else list(wanted.assignee_ids),
        persons=None if wanted.person_ids is None else list(wanted.person_ids),
        lead=wanted.lead_id,
        at=before[0] if before else None,
        id=before[1] if before else None,
        limit=limit,
        snippet=_SNIPPET,
    )


def listed(tx: Transaction, identifier: UUID) -> Listed | None:
    """One conversation as a list shows it."""
    return tx.first(_listed, _LISTED + " WHERE c.id = %(id)s", id=identifier, snippet=_SNIPPET)


_LISTED: LiteralString = (
    "SELECT " + _COLUMNS + ", p.full_name AS person_name, coalesce(a.name, p.company_name) AS company,"
    " coalesce(last_in.address, ours.address, '') AS person_address,"
    " CASE WHEN ours.at > last_in.at OR last_in.at IS NULL THEN 'sent' ELSE last_in.kind END AS last_kind,"
    " coalesce(CASE WHEN ours.at > last_in.at OR last_in.at IS NULL THEN ours.snippet"
    "  ELSE last_in.snippet END, '')"
    "  AS snippet, (coalesce(theirs.number, 0) + coalesce(ours.number, 0))::int AS mails"
    " FROM mail_conversation c LEFT JOIN person p ON p.id = c.person_id LEFT JOIN account a ON a.id = p.account_id"
    " LEFT JOIN LATERAL (SELECT i.received_at AS at, i.kind, i.from_address AS address,"
    "   left(i.body_text, %(snippet)s) AS snippet FROM mail_in i WHERE i.conversation_id = c.id"
    "   ORDER BY i.received_at DESC LIMIT 1) last_in ON true"
    " LEFT JOIN LATERAL (SELECT count(*) AS number FROM mail_in i WHERE i.conversation_id = c.id) theirs ON true"
    " LEFT JOIN LATERAL (SELECT max(m.created_at) AS at, count(*) AS number, max(m.to_address) AS address,"
    "   (array_agg(left(m.body_text, %(snippet)s) ORDER BY m.created_at DESC))[1] AS snippet"
    "   FROM mail_thread_id t JOIN mail_message m ON m.message_id = t.message_id"
    "   WHERE t.conversation_id = c.id) ours ON true"
)


def _listed(
    person_name: str | None,
    person_address: str,
    company: str | None,
    last_kind: str,
    snippet: str,
    mails: int,
    **columns: object,
) -> Listed:
    return Listed(
        _conversation(**columns),  # pyright: ignore[reportArgumentType] # typed by the column
        person_name,
        person_address,
        company,
        last_kind,
        last_kind == "sent",
        " ".join(snippet.split()),
        mails,
    )
