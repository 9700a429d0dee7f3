"""Files of mails that came in, for whoever may read the mail."""

from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.objects import ObjectStore
from offhook.kernel.serving import Stored
from offhook.mail.incoming import store as incoming
from offhook.mail.incoming.files import key_of

ANYTHING = "application/octet-stream"
"""What a file is sent as, whatever it calls itself: nothing that a browser would show or run."""


def received_file(tx: Transaction, objects: ObjectStore, file_id: UUID) -> Stored:
    """A file of a mail that came in, to be kept under its name. Raises `NotFound`, also when its mail is gone."""
    tx.require("leads:read")
    mail_id = incoming.mail_of_file(tx, file_id)
    mail = incoming.by_id(tx, mail_id) if mail_id else None
    found = next((one for one in mail.attachments if one.file_id == file_id), None) if mail else None
    if found is None:
        raise NotFound(f"There is no received file {file_id} here.")
    key = key_of(tx.organisation_id, file_id)
    return Stored(ANYTHING, objects.size(key), lambda begin, end: objects.read(key, begin, end), found.name)
