"""To which conversation a Message-ID belongs: theirs and ours are noted as they come and go."""

from collections.abc import Sequence
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.mail.conversations import store
from offhook.mail.conversations.model import Conversation, ConversationState
from offhook.mail.conversations.rules import after_received
from offhook.mail.incoming.model import Received


def begin(
    tx: Transaction, *, user_id: UUID, mailbox_id: UUID, person_id: UUID, lead_id: UUID | None, subject: str
) -> Conversation:
    """A new conversation, which its mailbox's user looks after."""
    new = Conversation(
        id=new_id(),
        user_id=user_id,
        mailbox_id=mailbox_id,
        assignee_id=user_id,
        person_id=person_id,
        lead_id=lead_id,
        subject=subject,
        state=ConversationState.WAITING,
        snoozed_until=None,
        last_at=tx.now,
        version=1,
        created_at=tx.now,
    )
    store.insert(tx, new)
    return new


def forget(tx: Transaction, conversation: Conversation) -> None:
    """Take back one that was begun in this transaction and holds nothing."""
    store.delete(tx, conversation.id)


def add(tx: Transaction, conversation: Conversation, new: Received, message_ids: Sequence[str]) -> None:
    """A mail came in: its ids belong to the conversation, which stands as follows from it."""
    store.add_ids(tx, conversation.id, message_ids)
    is_delay = bool(new.bounces) and all(one.is_delay for one in new.bounces)
    locked = store.by_id(tx, conversation.id, lock=True) or conversation
    store.save(tx, after_received(locked, new.kind, new.received_at, is_delay=is_delay))


def known_ids(tx: Transaction, message_ids: Sequence[str]) -> set[str]:
    """Which of these belong to a conversation."""
    return set(store.conversations_of_ids(tx, message_ids))


def of_ids(tx: Transaction, message_ids: Sequence[str]) -> Conversation | None:
    """The conversation of the first of these that belongs to one."""
    found = store.conversations_of_ids(tx, message_ids)
    nearest = next((found[one] for one in message_ids if one in found), None)
    return store.by_id(tx, nearest) if nearest else None


def has_mail_of_ours(tx: Transaction, conversation_id: UUID) -> bool:
    """Whether we wrote in a conversation."""
    return store.has_mail_of_ours(tx, conversation_id)
