"""The SQL of the ledger of mails (0019_mail.sql, 0020_composing.sql)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from offhook.compliance import MailPermit
from offhook.kernel.database import Transaction
from offhook.mail.messages.model import CalendarPart, Mail, MailState, Pace

_COLUMNS: LiteralString = (
    "id, key, mailbox_id, user_id, person_id, lead_id, from_address, from_name, to_address, to_name, subject,"
    " body_text, body_html, message_id, in_reply_to, reference_ids, state, reason, attempts, send_at, claim,"
    " dated_at, handed_over_at, sent_at, activity_id, file_at, filing_tries, filing_problem, created_at,"
    " template_id, variant_id, is_edited, is_automatic, is_transactional, language, has_way_out, footer,"
    " tracks_opens, tracks_clicks, opened_at, clicked_at, unsubscribed_at,"
    " calendar_method, calendar_text"
)
_MAIL: LiteralString = "SELECT " + _COLUMNS + " FROM mail_message "


def _mail(
    state: str,
    reference_ids: list[str],
    calendar_method: str | None,
    calendar_text: str | None,
    **columns: object,
) -> Mail:
    return Mail(
        calendar=CalendarPart(calendar_method, calendar_text or "") if calendar_method else None,
        state=MailState(state),
        reference_ids=tuple(reference_ids),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def insert(tx: Transaction, new: Mail) -> bool:
    """Add a mail; False when there is one with its key."""
    return bool(
        tx.execute(
            "INSERT INTO mail_message (id, key, mailbox_id, user_id, person_id, lead_id, from_address, from_name,"
            " to_address, to_name, subject, body_text, body_html, message_id, in_reply_to, reference_ids, state,"
            " send_at, created_at, template_id, variant_id, is_edited, is_automatic, is_transactional,"
            " language, calendar_method, calendar_text)"
            " VALUES (%(id)s, %(key)s, %(mailbox_id)s, %(user_id)s, %(person_id)s,"
            " %(lead_id)s, %(from_address)s, %(from_name)s, %(to_address)s, %(to_name)s, %(subject)s,"
            " %(body_text)s, %(body_html)s, %(message_id)s, %(in_reply_to)s, %(reference_ids)s,"
            " %(state)s, %(send_at)s, %(created_at)s, %(template_id)s, %(variant_id)s, %(is_edited)s,"
            " %(is_automatic)s, %(is_transactional)s, %(language)s, %(calendar_method)s, %(calendar_text)s)"
            " ON CONFLICT (organisation_id, key) WHERE key IS NOT NULL DO NOTHING",
            id=new.id,
            key=new.key,
            mailbox_id=new.mailbox_id,
            user_id=new.user_id,
            person_id=new.person_id,
            lead_id=new.lead_id,
            from_address=new.from_address,
            from_name=new.from_name,
            to_address=new.to_address,
            to_name=new.to_name,
            subject=new.subject,
            body_text=new.body_text,
            body_html=new.body_html,
            message_id=new.message_id,
            in_reply_to=new.in_reply_to,
            reference_ids=list(new.reference_ids),
            state=new.state.value,
            send_at=new.send_at,
            created_at=new.created_at,
            template_id=new.template_id,
            variant_id=new.variant_id,
            is_edited=new.is_edited,
            is_automatic=new.is_automatic,
            is_transactional=new.is_transactional,
            language=new.language,
            calendar_method=new.calendar.method if new.calendar else None,
            calendar_text=new.calendar.text if new.calendar else None,
        )
    )


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Mail | None:
    """One mail; `lock` keeps others from changing it until the transaction ends."""
    if lock:
        return tx.first(_mail, _MAIL + "WHERE id = %(id)s FOR UPDATE", id=identifier)
    return tx.first(_mail, _MAIL + "WHERE id = %(id)s", id=identifier)


def by_key(tx: Transaction, key: str) -> Mail | None:
    """The mail that was asked for by this key. Index: mail_message_key."""
    return tx.first(_mail, _MAIL + "WHERE key = %(key)s", key=key)


def by_message_id(tx: Transaction, message_id: str) -> Mail | None:
    """The mail with this Message-ID. Index: mail_message_message_id."""
    return tx.first(_mail, _MAIL + "WHERE message_id = %(id)s", id=message_id)


def by_message_ids(tx: Transaction, message_ids: Sequence[str]) -> list[Mail]:
    """The mails with these Message-IDs, the oldest first. Index: mail_message_message_id."""
    return tx.rows(_mail, _MAIL + "WHERE message_id = ANY(%(ids)s) ORDER BY id", ids=list(message_ids))


def references_of(tx: Transaction, message_id: str) -> list[str]:
    """What a mail, of ours or one that came in, follows. Indexes: mail_message_message_id, mail_in_message_id."""
    found = tx.rows(
        _references,
        "SELECT reference_ids FROM mail_message WHERE message_id = %(id)s"
        " UNION ALL SELECT reference_ids FROM mail_in WHERE message_id = %(id)s LIMIT 1",
        id=message_id,
    )
    return found[0] if found else []


def _references(reference_ids: list[str]) -> list[str]:
    return reference_ids


def page(
    tx: Transaction,
    *,
    person_id: UUID | None,
    lead_id: UUID | None,
    user_id: UUID | None,
    states: Sequence[MailState],
    before: UUID | None,
    limit: int,
) -> list[Mail]:
    """Mails, the newest first. Indexes: the primary key, mail_message_of_person, mail_message_of_lead."""
    return tx.rows(
        _mail,
        _MAIL + "WHERE (%(person)s::uuid IS NULL OR person_id = %(person)s)"
        " AND (%(lead)s::uuid IS NULL OR lead_id = %(lead)s)"
        " AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " AND state = ANY(%(states)s)"
        " AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s",
        person=person_id,
        lead=lead_id,
        user=user_id,
        states=[one.value for one in states],
        before=before,
        limit=limit,
    )


def last_uses(tx: Transaction, user_id: UUID, mails: int) -> dict[UUID, datetime]:
    """When a user wrote by each template last, of so many of their latest mails. Index: …_templates_of_user."""
    rows = tx.rows(
        _use,
        "SELECT template_id, max(created_at) AS used_at FROM (SELECT template_id, created_at FROM mail_message"
        " WHERE user_id = %(user)s AND template_id IS NOT NULL ORDER BY id DESC LIMIT %(mails)s) AS latest"
        " GROUP BY template_id",
        user=user_id,
        mails=mails,
    )
    return dict(rows)


def _use(template_id: UUID, used_at: datetime) -> tuple[UUID, datetime]:
    return template_id, used_at


def mailboxes_due(tx: Transaction) -> list[UUID]:
    """Mailboxes that have a mail to send now and are not to be left alone for a while. Index: mail_message_due."""
    return tx.scalars(
        UUID,
        "SELECT b.id FROM mailbox b WHERE (b.retry_at IS NULL OR b.retry_at <= %(now)s)"
        " AND EXISTS (SELECT FROM mail_message m WHERE m.mailbox_id = b.id AND m.state = 'queued'"
        " AND m.send_at <= %(now)s AND (NOT m.is_automatic OR b.paced_until IS NULL OR b.paced_until <= %(now)s))"
        " ORDER BY b.id",
        now=tx.now,
    )


def claim_next(tx: Transaction, mailbox_id: UUID, claim: UUID) -> Mail | None:
    """Claim the mail of a mailbox that has been due for longest; None when none is. Index: mail_message_due.

    While the mailbox is paced its automatic mails are left alone.
    """
    return tx.first(
        _mail,
        "UPDATE mail_message SET state = 'sending', claim = %(claim)s, attempts = attempts + 1,"
        " dated_at = %(now)s, handed_over_at = NULL WHERE id = (SELECT id FROM mail_message"
        " WHERE mailbox_id = %(mailbox)s AND state = 'queued' AND send_at <= %(now)s"
        " AND (NOT is_automatic OR NOT EXISTS (SELECT FROM mailbox b WHERE b.id = %(mailbox)s"
        " AND b.paced_until > %(now)s))"
        " ORDER BY send_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING " + _COLUMNS,
        mailbox=mailbox_id,
        claim=claim,
        now=tx.now,
    )


def note_handing_over(tx: Transaction, identifier: UUID, claim: UUID) -> bool:
    """Note that the content goes out now; False when the claim does not hold any more."""
    return bool(
        tx.execute(
            "UPDATE mail_message SET handed_over_at = %(now)s"
            " WHERE id = %(id)s AND claim = %(claim)s AND state = 'sending' AND handed_over_at IS NULL",
            id=identifier,
            claim=claim,
            now=tx.now,
        )
    )


def give_back(tx: Transaction, identifier: UUID, claim: UUID) -> bool:
    """Put a mail that was not sent back to wait, as if it had not been tried; False if the claim is lost."""
    return bool(
        tx.execute(
            "UPDATE mail_message SET state = 'queued', claim = NULL, handed_over_at = NULL,"
            " attempts = attempts - 1 WHERE id = %(id)s AND claim = %(claim)s AND state = 'sending'",
            id=identifier,
            claim=claim,
        )
    )


def settle(
    tx: Transaction,
    mail: Mail,
    state: MailState,
    *,
    reason: str = "",
    send_at: datetime | None = None,
    sent_at: datetime | None = None,
    activity_id: UUID | None = None,
    file_at: datetime | None = None,
    attempts: int | None = None,
) -> None:
    """Note what became of a mail that is locked by this transaction; `attempts` None: as they are."""
    tx.execute(
        "UPDATE mail_message SET state = %(state)s, reason = %(reason)s, send_at = %(send_at)s, claim = %(claim)s,"
        " sent_at = %(sent_at)s, activity_id = %(activity)s, file_at = %(file_at)s, filing_tries = 0,"
        " filing_problem = '', attempts = %(attempts)s WHERE id = %(id)s",
        id=mail.id,
        attempts=mail.attempts if attempts is None else attempts,
        state=state.value,
        reason=reason,
        send_at=send_at,
        claim=mail.claim if state is MailState.IN_DOUBT else None,
        sent_at=sent_at,
        activity=activity_id,
        file_at=file_at,
    )


def abandoned(tx: Transaction) -> list[Mail]:
    """Mails whose attempt is not going on any more, locked; asked for by who alone sends. Index: …_sending."""
    return tx.rows(_mail, _MAIL + "WHERE state = 'sending' ORDER BY id FOR UPDATE SKIP LOCKED")


def to_file(tx: Transaction, limit: int) -> list[Mail]:
    """Mails for which a Sent folder is to be looked into. Index: mail_message_to_file."""
    return tx.rows(
        _mail, _MAIL + "WHERE file_at <= %(now)s ORDER BY file_at LIMIT %(limit)s", now=tx.now, limit=limit
    )


def note_filing(tx: Transaction, identifier: UUID, *, tries: int, again_at: datetime | None, problem: str) -> None:
    """Note how looking into the Sent folder went, and when to do so again."""
    tx.execute(
        "UPDATE mail_message SET filing_tries = %(tries)s, file_at = %(again)s, filing_problem = %(problem)s"
        " WHERE id = %(id)s",
        id=identifier,
        tries=tries,
        again=again_at,
        problem=problem,
    )


def note_permit(tx: Transaction, identifier: UUID, permit: MailPermit) -> None:
    """Note what a claimed mail is sent with, so that every copy of it can be made again."""
    tx.execute(
        "UPDATE mail_message SET has_way_out = %(way_out)s, footer = %(footer)s, tracks_opens = %(opens)s,"
        " tracks_clicks = %(clicks)s WHERE id = %(id)s",
        id=identifier,
        way_out=permit.has_way_out,
        footer=permit.footer,
        opens=permit.tracks_opens,
        clicks=permit.tracks_clicks,
    )


def put_off(tx: Transaction, identifier: UUID, *, send_at: datetime | None, reason: str) -> None:
    """Let a claimed mail wait, as if it had not been tried: until `send_at`, or as before if None."""
    tx.execute(
        "UPDATE mail_message SET state = 'queued', claim = NULL, attempts = attempts - 1,"
        " send_at = coalesce(%(send_at)s, send_at), reason = %(reason)s WHERE id = %(id)s",
        id=identifier,
        send_at=send_at,
        reason=reason,
    )


def note_unsubscribed(tx: Transaction, identifier: UUID) -> None:
    """Note that a mail's reader unsubscribed by it."""
    tx.execute("UPDATE mail_message SET unsubscribed_at = %(now)s WHERE id = %(id)s", id=identifier, now=tx.now)


def pace(tx: Transaction, mailbox_id: UUID, until: datetime, because: str) -> None:
    """Leave the automatic mails of a mailbox alone until then."""
    tx.execute(
        "UPDATE mailbox SET paced_until = %(until)s, paced_because = %(because)s WHERE id = %(id)s",
        id=mailbox_id,
        until=until,
        because=because,
    )


def paces(tx: Transaction, mailbox_ids: Collection[UUID]) -> list[Pace]:
    """Those of these mailboxes whose automatic mails wait."""
    return tx.rows(
        Pace,
        "SELECT id AS mailbox_id, paced_until AS until, paced_because AS because FROM mailbox"
        " WHERE id = ANY(%(ids)s) AND paced_until > %(now)s",
        ids=list(mailbox_ids),
        now=tx.now,
    )
