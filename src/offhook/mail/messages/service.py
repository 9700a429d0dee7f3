"""The use cases of mails: write one, look at them, decide on one in doubt.

Writing puts a row into the ledger and asks the policy, which is asked again at the moment of sending. Who may send
(`mail:send`) sends from their own mailbox; in another's name only who may assign leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook import compliance, leads, people
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Invalid, NotFound
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.kernel.paging import Page, page_of
from offhook.mail.attachments.service import enclose
from offhook.mail.mailboxes.model import Mailbox
from offhook.mail.mailboxes.service import mailbox_of
from offhook.mail.messages import store
from offhook.mail.messages.model import CalendarPart, MadeFrom, Mail, MailState
from offhook.mail.messages.rules import (
    check_lengths,
    checked_name,
    checked_writing,
    message_id_of,
    paced,
    references_of,
)
from offhook.mail.messages.settling import as_sent, told_of
from offhook.mail.messages.signing import signed

UNDECIDED = frozenset({MailState.IN_DOUBT, MailState.FAILED})
"""States in which only a user's word lets a mail go again."""
UNSETTLED = (MailState.QUEUED, MailState.SENDING, MailState.FAILED, MailState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is written to: a person, their lead if they have an open one, and at which address."""

    person: people.Person
    lead_id: UUID | None
    address: str


def send_mail(
    tx: Transaction,
    *,
    text: str,
    subject_line: str,
    html: str | None = None,
    lead_id: UUID | None = None,
    person_id: UUID | None = None,
    address: str | None = None,
    in_reply_to: str | None = None,
    key: str | None = None,
    user_id: UUID | None = None,
    send_at: datetime | None = None,
    signs: bool = True,
    attachment_ids: Sequence[UUID] = (),
    made_from: MadeFrom | None = None,
    is_automatic: bool = False,
    is_transactional: bool = False,
    language: str | None = None,
    calendar: CalendarPart | None = None,
) -> Mail:
    """Write a mail to a lead's person, or to a person; it is sent as soon as the mailbox's server takes it.

    `address`: which of the person's, the main one if None. `in_reply_to`: the Message-ID that it answers. `key`:
    the sender's own id of it, by which it is sent once however often it is asked for. `user_id`: in whose name.
    `send_at`: not before; until then it can be withdrawn. `signs`: the mailbox's signature stands below it.
    `attachment_ids`: files of the sender's that go with it. `calendar`: an invitation that goes with it.
    `is_automatic`: sent by a plan, not by somebody's hand: it waits for hours, limits and spacing
    (docs/deliverability.md) and tells how to unsubscribe.
    `is_transactional`: about something agreed with the person and selling nothing, such as an invitation to a
    meeting, a change of it, a reminder: it waits for none of these, is not tracked, and goes to who unsubscribed
    too, but to no address that bounced; it is no automatic one, whatever a plan sent it by. `language`
    (BCP 47): the mail's, for its footer; the person's, then the organisation's, if None.
    Appends `mail.queued`. Raises `Invalid` naming the field, `MailRefused` by the policy, `Conflict` without a
    mailbox, `Forbidden` for another rep's lead.
    """
    tx.require("mail:send")
    written = checked_writing(subject_line, text, html, in_reply_to, key)
    known = store.by_key(tx, key) if key else None
    if known is not None:
        return known
    mailbox = _mailbox(tx, sender_of(tx, user_id))
    if signs:
        written = signed(written, mailbox.signature)
        check_lengths(written.text, written.html)
    whom = _whom(tx, lead_id, person_id, address, is_transactional=is_transactional)
    identifier = new_id()
    before = store.references_of(tx, in_reply_to) if in_reply_to else ()
    new = Mail(
        id=identifier,
        key=key,
        mailbox_id=mailbox.id,
        user_id=mailbox.user_id,
        person_id=whom.person.id,
        lead_id=whom.lead_id,
        from_address=mailbox.address,
        from_name=mailbox.shown_name,
        to_address=whom.address,
        to_name=checked_name(whom.person.full_name or ""),
        subject=written.subject,
        body_text=written.text,
        body_html=written.html,
        message_id=message_id_of(identifier, mailbox.address),
        in_reply_to=in_reply_to,
        reference_ids=references_of(in_reply_to, before),
        state=MailState.QUEUED,
        reason="",
        attempts=0,
        send_at=max(send_at or tx.now, tx.now),
        claim=None,
        dated_at=None,
        handed_over_at=None,
        sent_at=None,
        activity_id=None,
        file_at=None,
        filing_tries=0,
        filing_problem="",
        created_at=tx.now,
        template_id=made_from.template_id if made_from else None,
        variant_id=made_from.variant_id if made_from else None,
        is_edited=made_from is not None and made_from.is_edited,
        is_automatic=is_automatic and not is_transactional,
        is_transactional=is_transactional,
        language=_language(tx, language, whom.person),
        calendar=calendar,
    )
    if not store.insert(tx, new):  # somebody else was a moment faster with the same key
        return store.by_key(tx, key or "") or new
    if attachment_ids:
        enclose(tx, new.id, attachment_ids, new.user_id)
    tx.append(Event("mail.queued", subject("mail", new.id), told_of(new)))
    return new


def _language(tx: Transaction, told: str | None, person: people.Person) -> str:
    return compliance.language_of(told, person.language, compliance.mail_language(tx))


def sender_of(tx: Transaction, user_id: UUID | None) -> UUID:
    """In whose name a mail is sent: who acts, unless named. Raises `Invalid` for nobody, `Forbidden`."""
    whose = user_id or tx.actor.id
    if whose is None:
        raise Invalid("Say who sends it: a user with a mailbox.")
    if whose != tx.actor.id:
        leads.require_on_behalf_of(tx, whose)
    return whose


def _mailbox(tx: Transaction, whose: UUID) -> Mailbox:
    found = mailbox_of(tx, whose)
    if found is None:
        told = "There is no mailbox to send from. Connect yours first: `offhook mail mailboxes add`."
        raise Conflict(told, code="no-mailbox")
    return found


def _whom(
    tx: Transaction,
    lead_id: UUID | None,
    person_id: UUID | None,
    address: str | None,
    *,
    is_transactional: bool,
) -> Whom:
    if lead_id is not None and person_id is None:
        lead = leads.load_lead(tx, lead_id)
        person = people.person(tx, lead.person_id)
    elif person_id is not None and lead_id is None:
        person = people.person(tx, person_id)
        lead = leads.open_leads_of(tx, [person.id]).get(person.id)
    else:
        raise Invalid("Say whom to write to: a lead or a person.")
    if lead is not None:
        leads.require_work_on(tx, lead, or_decide=True)
    permitted = compliance.permit_mail(tx, person.id, address, is_transactional=is_transactional)
    return Whom(person, lead.id if lead else None, permitted)


def mail_by_id(tx: Transaction, mail_id: UUID) -> Mail:
    """One mail. Raises `NotFound`."""
    tx.require("leads:read")
    return _with_pace(tx, [_present(store.by_id(tx, mail_id), mail_id)])[0]


def mails_page(
    tx: Transaction,
    *,
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    user_id: UUID | None = None,
    state: MailState | None = None,
    is_unsettled: bool = False,
    before: UUID | None = None,
    limit: int,
) -> Page[Mail]:
    """Mails, the newest first; `is_unsettled`: only those of which more is to be heard, or decided."""
    tx.require("leads:read")
    states = UNSETTLED if is_unsettled else tuple(MailState)
    rows = store.page(
        tx,
        person_id=person_id,
        lead_id=lead_id,
        user_id=user_id,
        states=[state] if state else states,
        before=before,
        limit=limit + 1,
    )
    return page_of(_with_pace(tx, rows), limit, lambda row: [str(row.id)])


def _with_pace(tx: Transaction, mails: Sequence[Mail]) -> list[Mail]:
    """The mails, those that wait for their mailbox with why and until when."""
    waiting = {mail.mailbox_id for mail in mails if mail.state is MailState.QUEUED and mail.is_automatic}
    paces = {one.mailbox_id: one for one in store.paces(tx, waiting)} if waiting else {}
    return [paced(mail, paces[mail.mailbox_id]) if mail.mailbox_id in paces else mail for mail in mails]


def send_again(tx: Transaction, mail_id: UUID) -> Mail:
    """Send a mail that failed, or that may have been sent, again: with the same Message-ID, by the user's word.

    Appends `mail.queued`. Raises `Conflict` in any other state, `MailRefused` by the policy.
    """
    mail = _to_decide(tx, mail_id)
    if mail.state not in UNDECIDED:
        raise _wrong_state(mail, "sent again")
    compliance.permit_mail(tx, mail.person_id, mail.to_address, is_transactional=mail.is_transactional)
    store.settle(tx, mail, MailState.QUEUED, send_at=tx.now, attempts=0)
    tx.append(Event("mail.queued", subject("mail", mail.id), told_of(mail)))
    return _present(store.by_id(tx, mail_id), mail_id)


def was_sent(tx: Transaction, mail_id: UUID) -> Mail:
    """Take the user's word that a mail in doubt was sent: it is logged. Raises `Conflict` in any other state."""
    mail = _to_decide(tx, mail_id)
    if mail.state is not MailState.IN_DOUBT:
        raise _wrong_state(mail, "taken as sent")
    as_sent(tx, mail, mail.handed_over_at or tx.now, file_at=None)
    return _present(store.by_id(tx, mail_id), mail_id)


def withdraw(tx: Transaction, mail_id: UUID) -> Mail:
    """Send a mail that waits, or that failed or is in doubt, no more. Raises `Conflict` in any other state."""
    mail = _to_decide(tx, mail_id)
    if mail.state not in UNDECIDED | {MailState.QUEUED}:
        raise _wrong_state(mail, "withdrawn")
    store.settle(tx, mail, MailState.WITHDRAWN, reason=mail.reason)
    tx.append(Event("mail.withdrawn", subject("mail", mail.id), told_of(mail)))
    return _present(store.by_id(tx, mail_id), mail_id)


def _to_decide(tx: Transaction, mail_id: UUID) -> Mail:
    """A mail, locked, that the actor may decide on."""
    tx.require("mail:send")
    mail = _present(store.by_id(tx, mail_id, lock=True), mail_id)
    if mail.user_id != tx.actor.id:
        leads.require_on_behalf_of(tx, mail.user_id)
    return mail


def _wrong_state(mail: Mail, wanted: str) -> Conflict:
    return Conflict(f"The mail is {mail.state.value.replace('_', ' ')} and cannot be {wanted}.", code="mail-state")


def _present(found: Mail | None, mail_id: UUID) -> Mail:
    if found is None:
        raise NotFound(f"There is no mail {mail_id} here.")
    return found
