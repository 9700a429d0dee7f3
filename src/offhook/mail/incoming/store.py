"""The SQL of mail that comes in (0021_incoming.sql)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.mail.incoming.model import Attachment, Failure, MailKind, Reading, Received
from offhook.mail.messages.model import CalendarPart

_READING: LiteralString = (
    "SELECT mailbox_id, uid_validity, last_uid, since, read_at, kept, others, refusing_since, problem, retry_at,"
    " failures FROM mailbox_reading "
)
_COLUMNS: LiteralString = (
    "id, fingerprint, mailbox_id, user_id, conversation_id, person_id, lead_id, account_id, answers_mail_id, kind,"
    " is_from_another, from_address, from_name, to_addresses, cc_addresses, subject, message_id, in_reply_to,"
    " reference_ids, body_text, quoted_text, body_html, attachments, left_out, calendars, back_on, bounces,"
    " received_at, uid_validity, uid, activity_id, created_at"
)
_RECEIVED: LiteralString = "SELECT " + _COLUMNS + " FROM mail_in "


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox that is to be read: `version` changes whenever its user changes it."""

    organisation_id: UUID
    mailbox_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Ours:
    """What of a mail of ours matters to what comes back for it."""

    id: UUID
    message_id: str
    reference_ids: list[str]
    mailbox_id: UUID
    user_id: UUID
    person_id: UUID
    lead_id: UUID | None
    to_address: str
    subject: str
    activity_id: UUID | None
    sent_at: datetime


def boxes(tx: Transaction) -> list[Box]:
    """Every mailbox of the organisation."""
    return tx.rows(Box, "SELECT organisation_id, id AS mailbox_id, version FROM mailbox ORDER BY id")


def reading(tx: Transaction, mailbox_id: UUID, *, lock: bool = False) -> Reading | None:
    """How far a mailbox has been read; `lock` lets nobody else move on until the transaction ends."""
    if lock:
        return tx.first(Reading, _READING + "WHERE mailbox_id = %(id)s FOR UPDATE", id=mailbox_id)
    return tx.first(Reading, _READING + "WHERE mailbox_id = %(id)s", id=mailbox_id)


def readings(tx: Transaction, after: UUID | None, limit: int) -> list[Reading]:
    """How far mailboxes have been read, by their ids. Index: the primary key."""
    return tx.rows(
        Reading,
        _READING + "WHERE (%(after)s::uuid IS NULL OR mailbox_id > %(after)s) ORDER BY mailbox_id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )


def begin_reading(tx: Transaction, mailbox_id: UUID) -> None:
    """Note a mailbox that has not been read: mail counts from when it was connected. One that is known stays."""
    tx.execute(
        "INSERT INTO mailbox_reading (mailbox_id, since) SELECT id, created_at FROM mailbox WHERE id = %(id)s"
        " ON CONFLICT DO NOTHING",
        id=mailbox_id,
    )


def begin_folder(tx: Transaction, mailbox_id: UUID, uid_validity: int, since: datetime) -> None:
    """Read a folder that is new, or whose UIDs mean something else now, from that moment on."""
    tx.execute(
        "UPDATE mailbox_reading SET uid_validity = %(validity)s, last_uid = 0, since = %(since)s"
        " WHERE mailbox_id = %(id)s",
        id=mailbox_id,
        validity=uid_validity,
        since=since,
    )


def move_on(tx: Transaction, mailbox_id: UUID, last_uid: int, *, kept: int, others: int) -> None:
    """Note that a folder was read up to this UID, and what it held since."""
    tx.execute(
        "UPDATE mailbox_reading SET last_uid = %(uid)s, read_at = %(now)s, kept = kept + %(kept)s,"
        " others = others + %(others)s WHERE mailbox_id = %(id)s",
        id=mailbox_id,
        uid=last_uid,
        kept=kept,
        others=others,
        now=tx.now,
    )


def save_standing(tx: Transaction, one: Reading) -> None:
    """Keep whether a mailbox can be read."""
    tx.execute(
        "UPDATE mailbox_reading SET refusing_since = %(since)s, problem = %(problem)s, retry_at = %(retry)s,"
        " failures = %(failures)s, read_at = %(read)s WHERE mailbox_id = %(id)s",
        id=one.mailbox_id,
        since=one.refusing_since,
        problem=one.problem,
        retry=one.retry_at,
        failures=one.failures,
        read=one.read_at,
    )


def our_addresses(tx: Transaction, addresses: Sequence[str]) -> set[str]:
    """Which of these are addresses of our own mailboxes or users. Indexes: mailbox_address, app_user's e-mail."""
    return set(
        tx.scalars(
            str,
            "SELECT address FROM mailbox WHERE address = ANY(%(all)s)"
            " UNION SELECT email FROM app_user WHERE email = ANY(%(all)s)",
            all=list(addresses),
        )
    )


def mails_of_ours(tx: Transaction, message_ids: Sequence[str]) -> dict[str, Ours]:
    """Mails of ours by their Message-IDs. Index: mail_message_message_id."""
    found = tx.rows(_ours, _OURS + "WHERE message_id = ANY(%(ids)s)", ids=list(message_ids))
    return {one.message_id: one for one in found}


def last_to(tx: Transaction, mailbox_id: UUID, address: str, since: datetime) -> Ours | None:
    """The latest mail from a mailbox to an address, sent since then. Index: mail_message_of_person."""
    return tx.first(
        _ours,
        _OURS + "WHERE mailbox_id = %(mailbox)s AND to_address = %(address)s AND sent_at >= %(since)s"
        " AND person_id = ANY(SELECT person_id FROM contact_point WHERE kind = 'email' AND value = %(address)s)"
        " ORDER BY sent_at DESC LIMIT 1",
        mailbox=mailbox_id,
        address=address,
        since=since,
    )


_OURS: LiteralString = (
    "SELECT id, message_id, reference_ids, mailbox_id, user_id, person_id, lead_id, to_address, subject,"
    " activity_id, coalesce(sent_at, created_at) AS sent_at FROM mail_message "
)


def _ours(**columns: object) -> Ours:
    return Ours(**columns)  # pyright: ignore[reportArgumentType] # typed by the column


def known_fingerprints(tx: Transaction, fingerprints: Sequence[str]) -> set[str]:
    """Which of these mails have been kept. Index: mail_in_fingerprint."""
    return set(
        tx.scalars(str, "SELECT fingerprint FROM mail_in WHERE fingerprint = ANY(%(all)s)", all=list(fingerprints))
    )


def insert(tx: Transaction, new: Received) -> bool:
    """Keep a mail; False when it has been kept."""
    return bool(
        tx.execute(
            "INSERT INTO mail_in (" + _COLUMNS + ") VALUES (%(id)s, %(fingerprint)s, %(mailbox_id)s, %(user_id)s,"
            " %(conversation_id)s, %(person_id)s, %(lead_id)s, %(account_id)s, %(answers_mail_id)s, %(kind)s,"
            " %(is_from_another)s, %(from_address)s, %(from_name)s, %(to_addresses)s, %(cc_addresses)s,"
            " %(subject)s, %(message_id)s, %(in_reply_to)s, %(reference_ids)s, %(body_text)s, %(quoted_text)s,"
            " %(body_html)s, %(attachments)s, %(left_out)s, %(calendars)s, %(back_on)s, %(bounces)s,"
            " %(received_at)s, %(uid_validity)s, %(uid)s, %(activity_id)s, %(created_at)s)"
            " ON CONFLICT (organisation_id, fingerprint) DO NOTHING",
            **_told(new),
        )
    )


def _told(new: Received) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(new, name) for name in Received.__slots__}
    for name in ("to_addresses", "cc_addresses", "reference_ids", "left_out"):
        told[name] = list(getattr(new, name))
    told["kind"] = new.kind.value
    told["attachments"] = Jsonb([_attachment_told(one) for one in new.attachments])
    told["calendars"] = Jsonb([asdict(one) for one in new.calendars])
    told["bounces"] = Jsonb([asdict(one) for one in new.bounces])
    return told


def _attachment_told(one: Attachment) -> dict[str, object]:
    return {**asdict(one), "file_id": str(one.file_id) if one.file_id else None}


def note_activity(tx: Transaction, identifier: UUID, activity_id: UUID) -> None:
    """Note which entry of the record a mail is."""
    tx.execute(
        "UPDATE mail_in SET activity_id = %(activity)s WHERE id = %(id)s", id=identifier, activity=activity_id
    )


def note_theirs(tx: Transaction, identifier: UUID, kind: MailKind) -> None:
    """Note that a mail from another address is the person's after all."""
    tx.execute(
        "UPDATE mail_in SET is_from_another = false, kind = %(kind)s WHERE id = %(id)s",
        id=identifier,
        kind=kind.value,
    )


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Received | None:
    """One mail that was kept."""
    if lock:
        return tx.first(_received, _RECEIVED + "WHERE id = %(id)s FOR UPDATE", id=identifier)
    return tx.first(_received, _RECEIVED + "WHERE id = %(id)s", id=identifier)


def of_conversation(tx: Transaction, conversation_id: UUID) -> list[Received]:
    """The mails of a conversation that came in, the oldest first. Index: mail_in_of_conversation."""
    return tx.rows(
        _received, _RECEIVED + "WHERE conversation_id = %(id)s ORDER BY received_at, id", id=conversation_id
    )


def _received(
    kind: str,
    attachments: list[dict[str, Any]],
    calendars: list[dict[str, str]],
    bounces: list[dict[str, str]],
    **told: object,
) -> Received:
    for name in ("to_addresses", "cc_addresses", "reference_ids", "left_out"):
        told[name] = tuple(told[name])  # pyright: ignore[reportArgumentType] # arrays
    return Received(
        kind=MailKind(kind),
        attachments=tuple(map(_attachment, attachments)),
        calendars=tuple(CalendarPart(**one) for one in calendars),
        bounces=tuple(Failure(**one) for one in bounces),  # pyright: ignore[reportArgumentType] # likewise
        **told,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def _attachment(told: dict[str, Any]) -> Attachment:
    """As written; mails that were kept before files were have no `file_id`."""
    file_id = told.get("file_id")
    return Attachment(told["name"], told["media_type"], told["size"], UUID(file_id) if file_id else None)


def insert_files(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Note files whose bytes are going to be kept, of no mail yet."""
    tx.execute(
        "INSERT INTO mail_in_file (id, created_at) SELECT id, %(now)s FROM unnest(%(ids)s::uuid[]) AS id",
        ids=list(ids),
        now=tx.now,
    )


def give_files(tx: Transaction, mail_in_id: UUID, ids: Sequence[UUID]) -> int:
    """Let files that belong to no mail belong to this; how many there were."""
    return tx.execute(
        "UPDATE mail_in_file SET mail_in_id = %(mail)s, kept_at = %(now)s"
        " WHERE id = ANY(%(ids)s) AND kept_at IS NULL",
        mail=mail_in_id,
        now=tx.now,
        ids=list(ids),
    )


def mail_of_file(tx: Transaction, file_id: UUID) -> UUID | None:
    """The mail that a file belongs to. Index: the primary key."""
    return tx.scalar(UUID, "SELECT mail_in_id FROM mail_in_file WHERE id = %(id)s", id=file_id)


def files_of_no_mail(tx: Transaction, before: datetime, limit: int) -> list[UUID]:
    """Files whose mail is gone, or that have belonged to none since before then; locked. Index: …_of_none."""
    return tx.scalars(
        UUID,
        "SELECT id FROM mail_in_file WHERE mail_in_id IS NULL AND (kept_at IS NOT NULL OR created_at < %(before)s)"
        " ORDER BY created_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED",
        before=before,
        limit=limit,
    )


def delete_files(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Forget these."""
    tx.execute("DELETE FROM mail_in_file WHERE id = ANY(%(ids)s)", ids=list(ids))
