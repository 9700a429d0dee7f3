"""Files of mails that came in: taken from the mailbox into the object store, and forgotten with their mails.

A file's row is written before its first byte and given to the mail by the transaction that keeps the mail. So an
object without a row cannot be; whatever crashes, a row that belongs to no mail tells what to take away. Of a file
some pieces are in memory at most, however large it is.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from imaplib import IMAP4
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.ids import new_id
from offhook.kernel.objects import FolderStore, ObjectStore
from offhook.kernel.settings import Settings
from offhook.mail.incoming import store
from offhook.mail.incoming.fetching import InboxServer, pieces_of
from offhook.mail.incoming.model import Fetched, Found, KeptFile, Section
from offhook.mail.incoming.receiving import concerns_somebody
from offhook.mail.incoming.rules import LARGEST_FILES, kept_places
from offhook.mail.mailboxes.service import mailbox

logger = logging.getLogger(__name__)

UNCLAIMED = timedelta(days=1)
"""So long a file may lie before the mail is kept that it is of: fetching it takes a while."""
MOST_AT_ONCE = 200


class TooLarge(Exception):  # ends in a line of the log, and the file stays where it is
    """More came than the server had told."""


def objects_of(settings: Settings) -> ObjectStore:
    """Where an installation keeps the files of mails that came in."""
    return FolderStore(settings.data / "mail" / "received")


def key_of(organisation_id: UUID, file_id: UUID) -> str:
    """Where a file lies in the object store."""
    return f"{organisation_id}/{file_id}"


class Cabinet:
    """Takes the files of one mailbox's mails into the object store."""

    def __init__(self, database: Database, objects: ObjectStore, organisation_id: UUID, mailbox_id: UUID) -> None:
        """Nothing is taken yet."""
        self._database = database
        self._objects = objects
        self._organisation_id = organisation_id
        self._mailbox_id = mailbox_id

    def take(self, server: InboxServer, fetched: Fetched) -> Mapping[int, KeptFile]:
        """The files of a mail, by their places in it; what is too large or cannot be had stays where it is.

        None of a mail that concerns nobody. Raises `OSError`, `IMAP4.abort` for a link that breaks or a full disk.
        """
        found = fetched.content.attachments
        places = kept_places(found)
        ids = self._begin(fetched, len(places))
        kept: dict[int, KeptFile] = {}
        for place, identifier in zip(places, ids, strict=False):
            try:
                size = self._objects.take(self._key(identifier), _content(server, fetched.uid, found[place]))
            except IMAP4.abort:
                raise
            except (IMAP4.error, TooLarge) as error:
                logger.warning("a file of mail %s of mailbox %s stays: %s", fetched.uid, self._mailbox_id, error)
                continue
            kept[place] = KeptFile(identifier, size)
        return kept

    def _begin(self, fetched: Fetched, count: int) -> Sequence[UUID]:
        """Note so many files that are going to be kept; none of a mail that is not."""
        if count == 0:
            return ()
        ids = [new_id() for _ in range(count)]
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            if not concerns_somebody(tx, mailbox(tx, self._mailbox_id), fetched):
                return ()
            store.insert_files(tx, ids)
        return ids

    def _key(self, identifier: UUID) -> str:
        return key_of(self._organisation_id, identifier)


def _content(server: InboxServer, uid: int, file: Found) -> Iterator[bytes]:
    """What is in a file. Raises `TooLarge`."""
    if isinstance(file.source, Section):
        left = LARGEST_FILES
        for piece in pieces_of(server, uid, file.source, file.size or 0):
            left -= len(piece)
            if left < 0:
                raise TooLarge(f"{file.name} is larger than its server has it")
            yield piece
    elif file.source is not None:
        yield file.source


def forget_files(database: Database, objects: ObjectStore, organisation_id: UUID) -> None:
    """Forget files whose mails are gone, or were never kept: what is in them first, then their rows."""
    ids = [organisation_id]
    while ids:
        with database.transaction(organisation_id, SYSTEM) as tx:
            ids = store.files_of_no_mail(tx, tx.now - UNCLAIMED, MOST_AT_ONCE)
            for identifier in ids:
                objects.remove(key_of(organisation_id, identifier))
            store.delete_files(tx, ids)
