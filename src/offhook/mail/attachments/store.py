"""The SQL of attachments (0020_composing.sql)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.mail.attachments.model import Attachment


def insert(tx: Transaction, new: Attachment) -> None:
    """Add one."""
    tx.execute(
        "INSERT INTO mail_attachment (id, user_id, name, media_type, size, created_at)"
        " VALUES (%(id)s, %(user)s, %(name)s, %(type)s, %(size)s, %(now)s)",
        id=new.id,
        user=new.user_id,
        name=new.name,
        type=new.media_type,
        size=new.size,
        now=new.created_at,
    )


def by_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Attachment]:
    """Those of these that there are, kept until the transaction ends."""
    return tx.rows(
        Attachment,
        "SELECT id, user_id, name, media_type, size, created_at FROM mail_attachment WHERE id = ANY(%(ids)s)"
        " FOR SHARE",
        ids=list(ids),
    )


def of_mail(tx: Transaction, mail_id: UUID) -> list[Attachment]:
    """The files of a mail, in their order. Index: the primary key of mail_enclosure."""
    return tx.rows(
        Attachment,
        "SELECT a.id, a.user_id, a.name, a.media_type, a.size, a.created_at FROM mail_enclosure e"
        " JOIN mail_attachment a ON (a.organisation_id, a.id) = (e.organisation_id, e.attachment_id)"
        " WHERE e.mail_id = %(mail)s ORDER BY e.position",
        mail=mail_id,
    )


def enclose(tx: Transaction, mail_id: UUID, ids: Sequence[UUID]) -> None:
    """Let files go with a mail, in this order."""
    tx.execute(
        "INSERT INTO mail_enclosure (mail_id, position, attachment_id)"
        " SELECT %(mail)s, position, id FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS one (id, position)",
        mail=mail_id,
        ids=list(ids),
    )


def unused(tx: Transaction, before: datetime, limit: int) -> list[UUID]:
    """Files that go with no mail and have lain for long, locked. Indexes: mail_attachment_age, …_enclosure_of."""
    return tx.scalars(
        UUID,
        "SELECT id FROM mail_attachment a WHERE created_at < %(before)s"
        " AND NOT EXISTS (SELECT FROM mail_enclosure e WHERE e.attachment_id = a.id)"
        " ORDER BY created_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED",
        before=before,
        limit=limit,
    )


def delete(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Forget these."""
    tx.execute("DELETE FROM mail_attachment WHERE id = ANY(%(ids)s)", ids=list(ids))
