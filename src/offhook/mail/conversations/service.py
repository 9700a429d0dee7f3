"""The use cases of conversations: look at them, answer, put off, finish, hand over to a colleague.

Whoever reads leads reads their mails, as the record does. To act is for who looks after a conversation, or through
whose mailbox it came (`mail:send`), and for who may assign leads.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from offhook import identity, leads, people
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden, NotFound
from offhook.kernel.events import Event, StoredEvent, subject
from offhook.kernel.paging import Page, page_of
from offhook.mail.conversations import rules, store
from offhook.mail.conversations.model import Conversation, ConversationState, Listed, Opened
from offhook.mail.conversations.rules import answer_subject
from offhook.mail.conversations.showing import Shown, shown
from offhook.mail.conversations.store import Wanted
from offhook.mail.incoming import store as incoming
from offhook.mail.incoming.model import MailKind, Received
from offhook.mail.incoming.receiving import log, received_event
from offhook.mail.messages import store as messages
from offhook.mail.messages.model import Mail, TextFormat
from offhook.mail.messages.writing import write
from offhook.people import ContactKind

MOST_AT_ONCE = 100
"""Conversations that are woken in one transaction."""


def conversations_page(
    tx: Transaction,
    *,
    states: Sequence[ConversationState] = (),
    assignee_id: UUID | None = None,
    team_id: UUID | None = None,
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> Page[Listed]:
    """Conversations, that with the latest mail first; of one assignee, or of those of a team."""
    tx.require("leads:read")
    wanted = Wanted(
        states,
        _assignees(tx, assignee_id, team_id),
        people.members(tx, person_id) if person_id else None,
        lead_id,
    )
    rows = store.page(tx, wanted, before, limit + 1)
    return page_of(rows, limit, lambda row: [row.conversation.last_at.isoformat(), str(row.conversation.id)])


def conversation(tx: Transaction, conversation_id: UUID) -> Opened:
    """One conversation with all its mails. Raises `NotFound`."""
    tx.require("leads:read")
    found = store.listed(tx, conversation_id)
    if found is None:
        raise _unknown(conversation_id)
    ours = messages.by_message_ids(tx, store.ids_of(tx, conversation_id))
    return Opened(found, incoming.of_conversation(tx, conversation_id), ours)


def page_of_mail(tx: Transaction, mail_in_id: UUID, *, with_images: bool) -> Shown:
    """A received mail as it looks, made fit to be shown. Raises `NotFound`, also where it is plain text."""
    tx.require("leads:read")
    found = incoming.by_id(tx, mail_in_id)
    if found is None or found.body_html is None:
        raise NotFound(f"There is no received mail {mail_in_id} with a look of its own here.")
    return shown(found.body_html, with_images=with_images)


def answers_to(tx: Transaction, opened: Opened) -> str | None:
    """To which address an answer goes: where the person wrote from last, or their main one; None without any."""
    emails = people.person(tx, opened.listed.conversation.person_id).emails
    written = [one.from_address for one in opened.received if one.from_address in emails]
    before = [one.to_address for one in opened.sent if one.to_address in emails]
    return (written or before or list(emails[:1]) or [None])[-1]


def _answered_id(opened: Opened) -> str | None:
    """The Message-ID that an answer follows: of the latest mail that somebody wrote, else of our own."""
    written = [one.message_id for one in opened.received if one.kind is not MailKind.BOUNCE and one.message_id]
    return written[-1] if written else opened.sent[-1].message_id if opened.sent else None


def reply(
    tx: Transaction,
    conversation_id: UUID,
    *,
    text: str,
    text_format: TextFormat = TextFormat.PLAIN,
    key: str | None = None,
    hold_seconds: int = 0,
    attachment_ids: Sequence[UUID] = (),
) -> Mail:
    """Answer in a conversation, from one's own mailbox. Told and raised as by `writing.write`.

    Appends `mail.queued` and `mail_conversation.changed`.
    """
    one = _to_work(tx, conversation_id)
    opened = conversation(tx, conversation_id)
    address = answers_to(tx, opened)
    lead_id = _open_lead(tx, one)
    mail = write(
        tx,
        text=text,
        text_format=text_format,
        subject=answer_subject(one.subject),
        lead_id=lead_id,
        person_id=None if lead_id else one.person_id,
        address=address,
        in_reply_to=_answered_id(opened),
        key=key,
        hold_seconds=hold_seconds,
        attachment_ids=attachment_ids,
    )
    store.add_ids(tx, one.id, [mail.message_id])
    _save(tx, rules.after_written(one, mail.created_at))
    return mail


def done(tx: Transaction, conversation_id: UUID) -> Conversation:
    """Nothing is to be done about it any more. Appends `mail_conversation.changed`."""
    return _changed(tx, conversation_id, rules.done, until=None)


def open_again(tx: Transaction, conversation_id: UUID) -> Conversation:
    """It is to be answered after all. Appends `mail_conversation.changed`."""
    return _save(tx, rules.opened_again(_to_work(tx, conversation_id)))


def snooze(tx: Transaction, conversation_id: UUID, until: datetime) -> Conversation:
    """To be answered later. Appends `mail_conversation.changed`. Raises `Invalid` for a time that does not do."""
    return _changed(tx, conversation_id, lambda one: rules.snoozed(one, until, tx.now), until=until)


def assign(tx: Transaction, conversation_id: UUID, user_id: UUID) -> Conversation:
    """Let another user look after it. Appends `mail_conversation.changed`. Raises `NotFound`, `Conflict`."""
    one = _to_work(tx, conversation_id)
    user = identity.user(tx, user_id)
    if not user.is_active:
        raise Conflict(f"{user.name} is deactivated and can look after nothing.")
    return _save(tx, rules.assigned(one, user.id))


def note_theirs(tx: Transaction, mail_in_id: UUID) -> Received:
    """The address that a mail in the thread came from is the person's: it is added to them, and the mail counts.

    Appends `person.changed` and, as it counts from now on, `mail.received`. Raises `NotFound`, `Conflict` for a
    mail that counts already.
    """
    tx.require("mail:send")
    found = incoming.by_id(tx, mail_in_id, lock=True)
    if found is None:
        raise NotFound(f"There is no received mail {mail_in_id} here.")
    _to_work(tx, found.conversation_id)
    if not found.is_from_another:
        raise Conflict("This mail counts as the person's already.")
    person = people.person(tx, found.person_id)
    people.set_contact_point(tx, person.id, person.version, ContactKind.EMAIL, found.from_address)
    kind = MailKind.REPLY if found.kind is MailKind.OTHER else found.kind
    incoming.note_theirs(tx, found.id, kind)
    theirs = incoming.by_id(tx, mail_in_id) or found
    log(tx, theirs)
    tx.append(received_event(tx, theirs))
    return incoming.by_id(tx, mail_in_id) or theirs


def wake(tx: Transaction) -> int:
    """Conversations whose snooze is over are to be answered; how many. Appends `mail_conversation.changed`."""
    woken = store.woken(tx, MOST_AT_ONCE)
    for one in woken:
        _save(tx, rules.opened_again(one))
    return len(woken)


def follow_mails(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Mails of ours belong to the conversation that they answer, whichever way they were written.

    One that is not sent after all leaves it to be answered.
    """
    for event in events:
        mail = messages.by_id(tx, event.subject_id)
        if mail is None:
            continue
        if event.kind == "mail.queued":
            _written(tx, mail)
        else:
            _not_sent(tx, mail)


def _written(tx: Transaction, mail: Mail) -> None:
    named = [mail.message_id, *(mail.reference_ids[::-1])]
    found = store.conversations_of_ids(tx, named)
    if mail.message_id in found or not found:
        return
    one = store.by_id(tx, next(found[name] for name in named if name in found), lock=True)
    if one is not None:
        store.add_ids(tx, one.id, [mail.message_id])
        _save(tx, rules.after_written(one, mail.created_at))


def _not_sent(tx: Transaction, mail: Mail) -> None:
    found = store.conversations_of_ids(tx, [mail.message_id]).get(mail.message_id)
    one = store.by_id(tx, found, lock=True) if found else None
    if one is None or one.state is not ConversationState.WAITING:
        return
    if any(theirs.kind is not MailKind.BOUNCE for theirs in incoming.of_conversation(tx, one.id)):
        _save(tx, rules.opened_again(one))


def _assignees(tx: Transaction, assignee_id: UUID | None, team_id: UUID | None) -> list[UUID] | None:
    if assignee_id is not None:
        return [assignee_id]
    if team_id is not None:
        return [user.id for user in identity.users(tx) if user.team_id == team_id]
    return None


def _open_lead(tx: Transaction, one: Conversation) -> UUID | None:
    """The conversation's lead while its person has it open; None lets the one be found that they have."""
    lead = leads.open_leads_of(tx, [one.person_id]).get(one.person_id)
    return lead.id if lead is not None and lead.id == one.lead_id else None


def _changed(
    tx: Transaction,
    conversation_id: UUID,
    change: Callable[[Conversation], Conversation],
    *,
    until: datetime | None,
) -> Conversation:
    """Change a conversation so that it needs no answer now, nor does the lead whose touch that was."""
    after = _save(tx, change(_to_work(tx, conversation_id)))
    if after.lead_id is not None and not store.is_lead_awaited(tx, after.lead_id):
        try:
            leads.answer_dealt_with(tx, after.lead_id, until)
        except (Forbidden, NotFound):
            return after  # another rep's lead, whose touch is theirs to plan; or erased
    return after


def _save(tx: Transaction, one: Conversation) -> Conversation:
    saved = store.save(tx, one)
    data = {
        "user_id": str(saved.user_id),
        "assignee_id": str(saved.assignee_id),
        "person_id": str(saved.person_id),
        "lead_id": str(saved.lead_id) if saved.lead_id else None,
        "state": saved.state.value,
        "snoozed_until": saved.snoozed_until.isoformat() if saved.snoozed_until else None,
    }
    tx.append(Event("mail_conversation.changed", subject("mail_conversation", saved.id), data))
    return saved


def _to_work(tx: Transaction, conversation_id: UUID) -> Conversation:
    """A conversation, locked, that the actor may act in. Raises `NotFound`, `Forbidden`."""
    tx.require("mail:send")
    found = store.by_id(tx, conversation_id, lock=True)
    if found is None:
        raise _unknown(conversation_id)
    if tx.actor.id not in (None, found.assignee_id, found.user_id) and not tx.actor.may("leads:assign"):
        raise Forbidden("A colleague looks after this conversation. Have it assigned to you first.")
    return found


def _unknown(conversation_id: UUID) -> NotFound:
    return NotFound(f"There is no conversation {conversation_id} here.")
