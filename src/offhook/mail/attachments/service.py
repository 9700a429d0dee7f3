"""The use cases of attachments: take a file in, let it go with a mail, read it, forget what goes with none.

A file's bytes lie in the object store before its row is written, so that a row has its bytes whatever crashes;
bytes without a row are left over by a crash alone, and harm nobody.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Forbidden, NotFound, invalid_field
from offhook.kernel.ids import new_id
from offhook.kernel.objects import FolderStore, ObjectStore
from offhook.kernel.settings import Settings
from offhook.mail.attachments import store
from offhook.mail.attachments.model import Attachment, Enclosed
from offhook.mail.attachments.rules import check_total, checked_file

KEPT_UNUSED = timedelta(days=14)
"""A draft may lie for so long."""
MOST_AT_ONCE = 200


def objects_of(settings: Settings) -> ObjectStore:
    """Where an installation keeps the files of its mails."""
    return FolderStore(settings.data / "mail" / "attachments")


def add_attachment(tx: Transaction, objects: ObjectStore, name: str, content: bytes) -> Attachment:
    """Take a file in. Raises `Invalid` for what may not go with a mail."""
    tx.require("mail:send")
    if tx.actor.id is None:
        raise Forbidden("Only users send files in.")
    clean, media_type = checked_file(name, content)
    new = Attachment(new_id(), tx.actor.id, clean, media_type, len(content), tx.now)
    objects.write(_key(tx.organisation_id, new.id), content)
    store.insert(tx, new)
    return new


def enclose(tx: Transaction, mail_id: UUID, ids: Sequence[UUID], user_id: UUID) -> None:
    """Let files of this user's, or the actor's, go with a mail, in this order.

    Raises `Invalid` for too many or too large ones, and for what is not theirs or not there.
    """
    found = {one.id: one for one in store.by_ids(tx, ids)}
    for wanted in ids:
        if wanted not in found or found[wanted].user_id not in (user_id, tx.actor.id):
            raise invalid_field(
                "attachment_ids", "name a file that is not there any more: attach it again", wanted
            )
    if len(set(ids)) < len(ids):
        raise invalid_field("attachment_ids", "name a file twice", None)
    check_total([found[one].size for one in ids])
    store.enclose(tx, mail_id, ids)


def attachments_of(tx: Transaction, mail_id: UUID) -> list[Attachment]:
    """The files of a mail, in their order. Asks for no permission."""
    return store.of_mail(tx, mail_id)


def enclosed_with(tx: Transaction, objects: ObjectStore, mail_id: UUID) -> list[Enclosed]:
    """The same with what is in them. Raises `NotFound` when one is gone from the store."""
    return [
        Enclosed(one.name, one.media_type, content_of(objects, tx.organisation_id, one))
        for one in store.of_mail(tx, mail_id)
    ]


def content_of(objects: ObjectStore, organisation_id: UUID, one: Attachment) -> bytes:
    """What is in a file. Raises `NotFound` when it is gone from the store."""
    return b"".join(objects.read(_key(organisation_id, one.id), 0, one.size))


def attachment(tx: Transaction, attachment_id: UUID) -> Attachment:
    """One file. Raises `NotFound`."""
    tx.require("leads:read")
    found = store.by_ids(tx, [attachment_id])
    if not found:
        raise NotFound(f"There is no file {attachment_id} here.")
    return found[0]


def forget_unused(database: Database, objects: ObjectStore, organisation_id: UUID) -> None:
    """Forget files that go with no mail and have lain for long: rows first, then what is in them."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        ids = store.unused(tx, tx.now - KEPT_UNUSED, MOST_AT_ONCE)
        store.delete(tx, ids)
    for identifier in ids:
        objects.remove(_key(organisation_id, identifier))


def _key(organisation_id: UUID, identifier: UUID) -> str:
    return f"{organisation_id}/{identifier}"
