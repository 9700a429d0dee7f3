"""Sending what is due: once, whatever crashes and whoever runs beside.

One process at a time does this for an organisation (the job's lock), so a mail found in `sending` was left by one
that died. Should its lock have been lost while it lives, the claim decides: it names the one attempt that may let
a mail's content go out, and that is noted in the database before the first byte of it does.

    queued --claim--> sending --noted--> content goes out --answer--> sent, failed, queued (4xx)
       ^              |                  |
       |              |                  |
       +--not before--+                  |
                      |                  |
                      crash: queued      crash, or no answer: in doubt, for the Sent folder or the user to tell
"""

import logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from smtplib import SMTP
from uuid import UUID

import psycopg

from offhook.compliance import MailPermit
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import NotFound, OffhookError
from offhook.kernel.ids import new_id
from offhook.kernel.objects import NOTHING, ObjectStore
from offhook.kernel.sealing import Seal
from offhook.mail.attachments.service import enclosed_with
from offhook.mail.links import Links
from offhook.mail.mailboxes.connecting import Trouble, open_smtp
from offhook.mail.mailboxes.model import Login
from offhook.mail.mailboxes.service import login_of, note_refusal, note_well
from offhook.mail.messages import store
from offhook.mail.messages.composing import compose
from offhook.mail.messages.dressing import dress
from offhook.mail.messages.handing_over import hand_over
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.permitting import permitted, with_permit
from offhook.mail.messages.rules import Next, after, after_crash
from offhook.mail.messages.settling import become, settle

logger = logging.getLogger(__name__)

MAILBOXES_AT_ONCE = 8
"""So that a server that does not answer holds up no other's mail."""
MOST_PER_CONNECTION = 50
"""Then others' turn comes."""


class LostClaim(Exception):
    """Another attempt at this mail counts now: nothing may be sent by this one."""


def send_due(
    database: Database, seal: Seal, links: Links, organisation_id: UUID, *, objects: ObjectStore = NOTHING
) -> None:
    """Send all mails of an organisation that are due, as far as the policy and their servers let them.

    `objects`: where the files that go with mails are.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        for mail in store.abandoned(tx):
            become(tx, mail, after_crash(mail, tx.now))
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = store.mailboxes_due(tx)
    if not due:
        return
    with ThreadPoolExecutor(MAILBOXES_AT_ONCE, "mail") as pool:
        list(pool.map(partial(_send_from, database, seal, links, objects, organisation_id), due))


def _send_from(
    database: Database, seal: Seal, links: Links, objects: ObjectStore, organisation_id: UUID, mailbox_id: UUID
) -> None:
    outbox = Outbox(database, links, organisation_id, mailbox_id, objects=objects)
    try:
        with database.transaction(organisation_id, SYSTEM) as tx:
            login = login_of(tx, seal, mailbox_id)
        with open_smtp(login) as smtp:
            outbox.note_well()
            outbox.send(smtp, login)
    except NotFound:
        return  # the mailbox was removed a moment ago
    except (Trouble, OffhookError) as trouble:
        outbox.note_refusal(str(trouble))
    except LostClaim:
        logger.warning("a mail of mailbox %s was claimed by another process; left to it", mailbox_id)
    except Exception:
        # What nobody expected holds up no other mailbox; its mail is looked after by the next run.
        logger.exception("sending from mailbox %s failed", mailbox_id)


class Outbox:
    """The mails of one mailbox that are due, each step of sending one a transaction of its own."""

    def __init__(
        self,
        database: Database,
        links: Links,
        organisation_id: UUID,
        mailbox_id: UUID,
        *,
        objects: ObjectStore = NOTHING,
    ) -> None:
        """Prepare; `send` begins."""
        self._database = database
        self._links = links
        self._objects = objects
        self._organisation_id = organisation_id
        self._mailbox_id = mailbox_id

    def note_well(self) -> None:
        """The server let us in."""
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            note_well(tx, self._mailbox_id)

    def note_refusal(self, problem: str) -> None:
        """The server did not let us in, or broke off."""
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            note_refusal(tx, self._mailbox_id, problem)

    def send(self, smtp: SMTP, login: Login) -> None:
        """Send what is due over one connection. Raises `Trouble` when that breaks, `LostClaim`."""
        for mail, permit, claim in self._claimed():
            self._attempt(smtp, login, mail, permit, claim)
            if smtp.sock is None:
                return  # whatever ended the connection is settled; the next run opens another

    def _claimed(self) -> Generator[tuple[Mail, MailPermit, UUID]]:
        """One mail after the other, claimed and given leave; what may not go now waits, what never may has failed.

        Claim and leave are one transaction: after a crash there is neither, or both.
        """
        for _ in range(MOST_PER_CONNECTION):
            claim = new_id()
            with self._database.transaction(self._organisation_id, SYSTEM) as tx:
                mail = store.claim_next(tx, self._mailbox_id, claim)
                if mail is None:
                    return
                permit = permitted(tx, mail)
            if permit is not None:
                yield with_permit(mail, permit), permit, claim

    def _attempt(self, smtp: SMTP, login: Login, mail: Mail, permit: MailPermit, claim: UUID) -> None:
        server, content = login.mailbox.smtp, self._composed(mail, claim)
        if content is None:
            return
        try:
            outcome = hand_over(smtp, server, mail, content, permit, lambda: self._note_handing_over(mail, claim))
        except (Trouble, psycopg.Error):
            self._give_back(mail, claim)  # nothing of it was sent
            raise
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            file_at = None if login.mailbox.saves_sent else tx.now
            settle(tx, mail.id, claim, after(outcome, mail.attempts, tx.now), file_at=file_at)

    def _composed(self, mail: Mail, claim: UUID) -> bytes | None:
        """The mail as bytes; None when a file of it is gone, whereupon it has failed."""
        dressed = dress(mail, self._organisation_id, self._links, for_reader=True)
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            try:
                return compose(dressed.mail, enclosed_with(tx, self._objects, mail.id), dressed.headers)
            except NotFound as gone:
                settle(tx, mail.id, claim, Next(MailState.FAILED, f"A file of it: {gone}"), file_at=None)
                return None

    def _note_handing_over(self, mail: Mail, claim: UUID) -> None:
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            if not store.note_handing_over(tx, mail.id, claim):
                raise LostClaim

    def _give_back(self, mail: Mail, claim: UUID) -> None:
        # With the database away the row says how far it came, and the next run reads it.
        with suppress(psycopg.Error), self._database.transaction(self._organisation_id, SYSTEM) as tx:
            store.give_back(tx, mail.id, claim)
