"""The SQL of what was seen of mails (0022_deliverability.sql)."""

from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.mail.tracking.model import Seen, SeenKind


def note(tx: Transaction, mail_id: UUID, kind: SeenKind, url: str, machine: str | None) -> bool:
    """Note what happened; whether for the first time. Index: the primary key."""
    times = tx.scalar(
        int,
        "INSERT INTO mail_seen AS s (mail_id, kind, url, by_machine, because, first_at, last_at)"
        " VALUES (%(mail)s, %(seen)s, %(url)s, %(machine)s, %(because)s, %(now)s, %(now)s)"
        " ON CONFLICT (organisation_id, mail_id, kind, by_machine, url)"
        " DO UPDATE SET last_at = excluded.last_at, times = s.times + 1 RETURNING times",
        mail=mail_id,
        seen=kind.value,
        url=url,
        machine=machine is not None,
        because=machine or "",
        now=tx.now,
    )
    return times == 1


def first(tx: Transaction, mail_id: UUID, kind: SeenKind) -> None:
    """Note on the mail when a person first did this, if that is not noted yet."""
    if kind is SeenKind.OPENED:
        tx.execute(
            "UPDATE mail_message SET opened_at = coalesce(opened_at, %(now)s) WHERE id = %(id)s",
            id=mail_id,
            now=tx.now,
        )
    else:
        tx.execute(
            "UPDATE mail_message SET clicked_at = coalesce(clicked_at, %(now)s) WHERE id = %(id)s",
            id=mail_id,
            now=tx.now,
        )


def of_mail(tx: Transaction, mail_id: UUID) -> list[Seen]:
    """All that was seen of a mail, in order. Index: the primary key."""
    return tx.rows(
        _seen,
        "SELECT kind, url, by_machine, because, first_at, last_at, times FROM mail_seen"
        " WHERE mail_id = %(mail)s ORDER BY first_at, kind, url, by_machine",
        mail=mail_id,
    )


def _seen(
    kind: str, url: str, by_machine: bool, because: str, first_at: datetime, last_at: datetime, times: int
) -> Seen:
    return Seen(SeenKind(kind), url, by_machine, because, first_at, last_at, times)
