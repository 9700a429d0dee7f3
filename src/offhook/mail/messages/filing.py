"""Copies in the sender's own Sent folder (RFC 6154), and what that folder tells of mails in doubt.

A mail is sent before it is filed, and filed by its Message-ID: found there, it is not put there again. A mail in
doubt that is found there was sent, as only servers that keep copies by themselves can have put it there. One that
is not found may have been sent nevertheless: that is the user's to decide.
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import NotFound, OffhookError
from offhook.kernel.objects import NOTHING, ObjectStore
from offhook.kernel.sealing import Seal
from offhook.mail.attachments.service import enclosed_with
from offhook.mail.links import Links
from offhook.mail.mailboxes.connecting import SEEN, SENT, ImapServer, Trouble, open_imap
from offhook.mail.mailboxes.service import login_of
from offhook.mail.messages import store
from offhook.mail.messages.composing import compose
from offhook.mail.messages.dressing import dress
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.rules import file_again_at
from offhook.mail.messages.settling import as_sent

MOST_AT_ONCE = 100
NO_FOLDER = "There is no folder for sent mail in this mailbox: make one named Sent."


def file_due(
    database: Database, seal: Seal, links: Links, organisation_id: UUID, *, objects: ObjectStore = NOTHING
) -> None:
    """Put copies of sent mails where they belong, and look for those in doubt.

    `objects`: where the files that go with mails are.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = sorted(store.to_file(tx, MOST_AT_ONCE), key=lambda mail: mail.mailbox_id)
    filing = _Filing(database, links, objects, organisation_id)
    for mailbox_id, mails in groupby(due, key=lambda mail: mail.mailbox_id):
        filing.file(seal, mailbox_id, list(mails))


class _Filing:
    """Filing for one organisation."""

    def __init__(self, database: Database, links: Links, objects: ObjectStore, organisation_id: UUID) -> None:
        self._database = database
        self._links = links
        self._objects = objects
        self._organisation_id = organisation_id

    def file(self, seal: Seal, mailbox_id: UUID, mails: Sequence[Mail]) -> None:
        """Put the mails of one mailbox where they belong, over one connection."""
        left = list(mails)
        try:
            with self._database.transaction(self._organisation_id, SYSTEM) as tx:
                login = login_of(tx, seal, mailbox_id)
            with open_imap(login) as imap:
                folder = imap.find_special_folder(SENT)
                if folder is None:
                    self._not_filed(left, NO_FOLDER)
                    return
                imap.select_folder(folder, readonly=True)
                while left:
                    self._file_one(imap, folder, left[0])
                    left.pop(0)
        except NotFound:
            self._not_filed(left, "The mailbox was removed.")
        except (Trouble, OffhookError) as trouble:
            self._not_filed(left, str(trouble))

    def _file_one(self, imap: ImapServer, folder: str, mail: Mail) -> None:
        is_there = bool(imap.search(["HEADER", "MESSAGE-ID", mail.message_id]))
        if not is_there and mail.state is MailState.SENT:
            kept = dress(mail, self._organisation_id, self._links, for_reader=False)
            with self._database.transaction(self._organisation_id, SYSTEM) as tx:
                content = compose(kept.mail, enclosed_with(tx, self._objects, mail.id), kept.headers)
            imap.append(folder, content, (SEEN,), mail.sent_at or mail.created_at)
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            now = store.by_id(tx, mail.id, lock=True)
            if now is None or now.file_at is None:
                return  # decided on meanwhile
            if now.state is MailState.IN_DOUBT and is_there:
                as_sent(tx, now, now.handed_over_at or tx.now, file_at=None)
            else:
                store.note_filing(tx, mail.id, tries=mail.filing_tries + 1, again_at=None, problem="")

    def _not_filed(self, mails: Sequence[Mail], problem: str) -> None:
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            for mail in mails:
                tries = mail.filing_tries + 1
                again_at = file_again_at(tries, tx.now)
                store.note_filing(tx, mail.id, tries=tries, again_at=again_at, problem=problem)
