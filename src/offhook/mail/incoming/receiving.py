"""Keeping a mail that came in: what it is, whom it concerns, and what follows, in one transaction with the cursor.

A mail is known by its fingerprint: read again, from another mailbox or under another UID, it changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from offhook import leads, people
from offhook.activities import Direction, Disposition, Kind
from offhook.compliance.mailing import SuppressedBecause, suppress
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.mail.conversations import threads
from offhook.mail.conversations.model import Conversation
from offhook.mail.incoming import store
from offhook.mail.incoming.absences import back_on
from offhook.mail.incoming.bounces import is_report
from offhook.mail.incoming.fetching import Envelope
from offhook.mail.incoming.model import Attachment, Bounce, Failure, Fetched, Head, KeptFile, MailKind, Received
from offhook.mail.incoming.recognising import Whose, concerns_us, is_from_another, kind_of
from offhook.mail.incoming.store import Ours
from offhook.mail.mailboxes.model import Mailbox

AN_INSTANT = timedelta(milliseconds=1)
REPORTED_WITHIN = timedelta(days=7)
"""A report that names no mail is about the last one to its address, sent within this time."""

NO_FILES: Mapping[int, KeptFile] = MappingProxyType({})

PLANS = frozenset({MailKind.REPLY, MailKind.OTHER})
"""What a person wrote: it waits for an answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a mail belongs to: its conversation if there is one, the mail of ours that it answers, its person."""

    conversation: Conversation | None
    answered: Ours | None
    person: people.Person
    whose: Whose
    report: Bounce | None = None
    is_sure: bool = False
    """The report names the mail; False: it is taken to be about the last one to its address."""


def candidates(tx: Transaction, found: Sequence[Envelope]) -> set[int]:
    """The UIDs of those mails that may concern somebody here, by their headers; set-based."""
    heads = [one.head for one in found]
    senders = [head.from_address for head in heads if head.from_address]
    named = [identifier for head in heads for identifier in head.answered_ids]
    ours = store.our_addresses(tx, senders)
    holders = people.email_holders(tx, senders)
    threaded = threads.known_ids(tx, named) | store.mails_of_ours(tx, named).keys()
    kept = store.known_fingerprints(tx, [head.fingerprint for head in heads])

    def may_concern(head: Head) -> bool:
        if head.fingerprint in kept:
            return False
        is_known = head.from_address in holders
        is_in_thread = not threaded.isdisjoint(head.answered_ids)
        guess = Whose(is_in_thread, False, False, is_known, head.from_address in ours)
        return is_report(head) or concerns_us(head, guess)

    return {one.uid for one in found if may_concern(one.head)}


def concerns_somebody(tx: Transaction, mailbox: Mailbox, fetched: Fetched) -> bool:
    """Whether `receive` would keep a mail, as things stand."""
    is_kept = bool(store.known_fingerprints(tx, [fetched.head.fingerprint]))
    return not is_kept and _found(tx, mailbox, fetched) is not None


def receive(
    tx: Transaction,
    mailbox: Mailbox,
    fetched: Fetched,
    uid_validity: int,
    files: Mapping[int, KeptFile] = NO_FILES,
) -> Received | None:
    """Keep a mail and let follow what follows; None where it concerns nobody, or was kept before.

    `files`: those whose bytes are kept, by their places in the mail. Appends `mail.received` or `mail.bounced`.
    """
    found = _found(tx, mailbox, fetched)
    if found is None:
        return None
    conversation = found.conversation or threads.begin(
        tx,
        user_id=found.answered.user_id if found.answered else mailbox.user_id,
        mailbox_id=found.answered.mailbox_id if found.answered else mailbox.id,
        person_id=found.person.id,
        lead_id=_lead_id(tx, found),
        subject=found.answered.subject if found.answered else fetched.head.subject,
    )
    new = _kept(tx, mailbox, fetched, found, conversation, uid_validity, _attachments(fetched, files))
    if not store.insert(tx, new):
        if found.conversation is None:
            threads.forget(tx, conversation)
        return None
    _give_files(tx, new.id, [one.id for one in files.values()])
    threads.add(tx, conversation, new, _ids(fetched.head, found.answered))
    if new.kind is MailKind.BOUNCE:
        _bounced(tx, new, found)
    else:
        _received(tx, new, found)
    return new


def _found(tx: Transaction, mailbox: Mailbox, fetched: Fetched) -> Found | None:
    """What a mail belongs to; None where it concerns nobody here."""
    try:
        if fetched.report is not None and not people.email_holders(tx, [fetched.head.from_address]):
            reported = _reported(tx, mailbox, fetched.report)
            if reported is not None:
                return reported
        return _answering(tx, fetched.head)
    except NotFound:
        return None  # the person of this thread was erased


def _reported(tx: Transaction, mailbox: Mailbox, bounce: Bounce) -> Found | None:
    ours = store.mails_of_ours(tx, bounce.original_ids)
    named = next((ours[one] for one in bounce.original_ids if one in ours), None)
    since = tx.now - REPORTED_WITHIN
    about = named or next(
        (last for one in bounce.failures if (last := store.last_to(tx, mailbox.id, one.address, since))), None
    )
    if about is None:
        return None
    nobody = Whose(is_in_thread=True, is_person=False, is_of_company=False, is_known=False, is_ours=False)
    conversation = threads.of_ids(tx, (about.message_id, *about.reference_ids))
    person = people.person(tx, about.person_id)
    return Found(conversation, about, person, nobody, bounce, is_sure=named is not None)


def _answering(tx: Transaction, head: Head) -> Found | None:
    ours = store.mails_of_ours(tx, (*head.answered_ids, head.message_id or ""))
    answered = next((ours[one] for one in head.answered_ids if one in ours), None)
    conversation = threads.of_ids(tx, head.answered_ids)
    holders = people.email_holders(tx, [head.from_address]).get(head.from_address, [])
    thread_of = conversation.person_id if conversation else answered.person_id if answered else None
    person = people.person(tx, thread_of) if thread_of else _likeliest(tx, holders)
    if person is None:
        return None
    whose = Whose(
        is_in_thread=thread_of is not None,
        is_person=person.id in holders,
        is_of_company=_is_of_company(person, head.from_address),
        is_known=bool(holders),
        is_ours=bool(store.our_addresses(tx, [head.from_address])) or (head.message_id or "") in ours,
    )
    return Found(conversation, answered, person, whose) if concerns_us(head, whose) else None


def _likeliest(tx: Transaction, person_ids: Sequence[UUID]) -> people.Person | None:
    """Of several who share an address, one with an open lead; the first who was known by it otherwise."""
    if not person_ids:
        return None
    working = leads.open_leads_of(tx, person_ids)
    return people.person(tx, next((one for one in person_ids if one in working), person_ids[0]))


def _is_of_company(person: people.Person, address: str) -> bool:
    domain = people.company_domain(address)
    return domain is not None and domain in {people.company_domain(one) for one in person.emails}


def _lead_id(tx: Transaction, found: Found) -> UUID | None:
    """The lead that the thread is about, else the person's open one."""
    if found.answered is not None and found.answered.lead_id is not None:
        return found.answered.lead_id
    lead = leads.open_leads_of(tx, [found.person.id]).get(found.person.id)
    return lead.id if lead else None


def _kept(
    tx: Transaction,
    mailbox: Mailbox,
    fetched: Fetched,
    found: Found,
    conversation: Conversation,
    uid_validity: int,
    attachments: Sequence[Attachment],
) -> Received:
    head, content, report = fetched.head, fetched.content, found.report
    answers = found.answered is not None or threads.has_mail_of_ours(tx, conversation.id)
    kind = MailKind.BOUNCE if report else kind_of(head, content, found.whose, answers=answers)
    return Received(
        id=new_id(),
        fingerprint=head.fingerprint,
        mailbox_id=mailbox.id,
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        person_id=found.person.id,
        lead_id=conversation.lead_id,
        account_id=found.person.account_id,
        answers_mail_id=found.answered.id if found.answered else None,
        kind=kind,
        is_from_another=kind is not MailKind.BOUNCE and is_from_another(found.whose),
        from_address=head.from_address,
        from_name=head.from_name,
        to_addresses=head.to_addresses,
        cc_addresses=head.cc_addresses,
        subject=head.subject,
        message_id=head.message_id,
        in_reply_to=head.in_reply_to,
        reference_ids=head.reference_ids,
        body_text=content.text,
        quoted_text=content.quoted,
        body_html=content.html,
        attachments=tuple(attachments),
        left_out=content.left_out,
        calendars=content.calendars,
        back_on=back_on(content.text, fetched.received_at.date()) if kind is MailKind.OUT_OF_OFFICE else None,
        bounces=report.failures if report else (),
        received_at=_moment(tx, fetched.received_at, found.answered),
        uid_validity=uid_validity,
        uid=fetched.uid,
        activity_id=None,
        created_at=tx.now,
    )


def _attachments(fetched: Fetched, files: Mapping[int, KeptFile]) -> list[Attachment]:
    told: list[Attachment] = []
    for place, one in enumerate(fetched.content.attachments):
        kept = files.get(place)
        size, file_id = (kept.size, kept.id) if kept else (one.size, None)
        told.append(Attachment(one.name, one.media_type, size, file_id))
    return told


def _give_files(tx: Transaction, mail_in_id: UUID, ids: Sequence[UUID]) -> None:
    if ids and store.give_files(tx, mail_in_id, ids) != len(ids):
        raise RuntimeError("files of a mail were forgotten before it was kept; it is read again")


def _moment(tx: Transaction, told: datetime, answered: Ours | None) -> datetime:
    """When a mail came by its server's clock, but neither in the future nor before what it answers."""
    earliest = answered.sent_at + AN_INSTANT if answered else told
    return min(max(told, earliest), tx.now)


def _ids(head: Head, answered: Ours | None) -> list[str]:
    """The ids by which a later mail is known to belong here."""
    ours = (answered.message_id, *answered.reference_ids) if answered else ()
    return [one for one in dict.fromkeys((head.message_id, *ours)) if one]


def _received(tx: Transaction, new: Received, found: Found) -> None:
    """What follows from a mail that somebody, or a machine of theirs, wrote."""
    if not new.is_from_another:
        people.note_arriving(tx, new.from_address)
        log(tx, new)
    tx.append(received_event(tx, new))


def log(tx: Transaction, new: Received) -> None:
    """Enter a mail into the record, once; what a person wrote then waits for an answer."""
    disposition = {
        MailKind.REPLY: Disposition.REPLIED,
        MailKind.OUT_OF_OFFICE: Disposition.AUTO_REPLIED,
        MailKind.AUTO_REPLY: Disposition.AUTO_REPLIED,
    }.get(new.kind)
    try:
        entry = leads.log_activity(
            tx,
            kind=Kind.EMAIL,
            lead_id=new.lead_id,
            person_id=None if new.lead_id else new.person_id,
            direction=Direction.INBOUND,
            disposition=disposition,
            subject=new.subject,
            body=new.body_text,
            at=new.received_at,
            user_id=new.user_id,
            external_key=f"mail-in:{new.fingerprint}",
            data={
                "mail_in_id": str(new.id),
                "conversation_id": str(new.conversation_id),
                "from": new.from_address,
                **_files_told(new),
            },
        )
    except NotFound:
        return  # the lead was erased meanwhile
    store.note_activity(tx, new.id, entry.id)


def _files_told(new: Received) -> dict[str, Json]:
    """What hangs at a mail, by names, and those of them that can be opened, by ids."""
    if not new.attachments:
        return {}
    names: list[Json] = [one.name for one in new.attachments]
    ids: list[Json] = [_text(one.file_id) for one in new.attachments]
    return {"files": names, "file_ids": ids}


def received_event(tx: Transaction, new: Received) -> Event:
    """The event of a mail that came in: every id, no text."""
    data: dict[str, Json] = {
        "mail_in_id": str(new.id),
        "conversation_id": str(new.conversation_id),
        "mailbox_id": str(new.mailbox_id),
        "user_id": str(new.user_id),
        "person_id": str(new.person_id),
        "lead_id": _text(new.lead_id),
        "account_id": _text(new.account_id),
        "answers_mail_id": _text(new.answers_mail_id),
        "kind": new.kind.value,
        "is_from_another": new.is_from_another,
        "calendar_methods": [one.method for one in new.calendars],
    }
    if new.back_on is not None:
        data["back_at"] = _back_at(tx, new).isoformat()
    about = subject("lead", new.lead_id) if new.lead_id else subject("person", new.person_id)
    return Event("mail.received", about, data, at=new.received_at)


def _back_at(tx: Transaction, new: Received) -> datetime:
    """The beginning of the day on which somebody is back, where they are."""
    lead = leads.open_leads_of(tx, [new.person_id]).get(new.person_id)
    zone = leads.zone_of(lead.time_zone if lead else "UTC")
    day = new.back_on or new.received_at.date()
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _bounced(tx: Transaction, new: Received, found: Found) -> None:
    """What follows from a mail of ours that came back: it is on record, and a dead address is mailed no more."""
    ours = found.answered
    if ours is None:
        return
    failure = _worst(new.bounces)
    if not failure.is_delay:
        _correct(tx, ours)
    if failure.is_permanent and found.is_sure:
        people.note_bounced(tx, ours.to_address)
        told = failure.told or failure.status or "mail to it came back"
        suppress(tx, ours.to_address, told[:200], SuppressedBecause.BOUNCED)
    data: dict[str, Json] = {
        "user_id": str(ours.user_id),
        "mailbox_id": str(ours.mailbox_id),
        "person_id": str(new.person_id),
        "lead_id": _text(ours.lead_id),
        "message_id": ours.message_id,
        "mail_in_id": str(new.id),
        "conversation_id": str(new.conversation_id),
        "address": ours.to_address,
        "is_permanent": failure.is_permanent,
        "is_delay": failure.is_delay,
        "status": failure.status,
        "told": failure.told,
    }
    tx.append(Event("mail.bounced", subject("mail", ours.id), data, at=new.received_at))


def _worst(failures: Sequence[Failure]) -> Failure:
    return min(failures, key=lambda one: (not one.is_permanent, one.is_delay))


def _correct(tx: Transaction, ours: Ours) -> None:
    """Let the record say that a mail did not arrive; one that was corrected already stays as it is."""
    if ours.activity_id is None:
        return
    try:
        leads.correct_activity(tx, ours.activity_id, {"disposition": Disposition.BOUNCED})
    except (Conflict, NotFound):
        return  # corrected by somebody before, or erased


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None
