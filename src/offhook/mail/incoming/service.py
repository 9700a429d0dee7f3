"""How far mailboxes are read, and how they stand: what readers note and users look at."""

from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, subject
from offhook.mail.incoming import store
from offhook.mail.incoming.model import Reading, Received
from offhook.mail.incoming.rules import failing, reading_well, since_when
from offhook.mail.mailboxes.service import mailbox


def readings(tx: Transaction, after: UUID | None, limit: int) -> list[Reading]:
    """How far mailboxes of the organisation have been read, and whether they can be; in the order of their ids."""
    tx.require("users:read")
    return store.readings(tx, after, limit)


def received_mail(tx: Transaction, mail_in_id: UUID) -> Received | None:
    """One mail that came in; None once it was erased."""
    return store.by_id(tx, mail_in_id)


def begin(tx: Transaction, mailbox_id: UUID) -> Reading:
    """A mailbox that is going to be read. Raises `NotFound` when it is gone."""
    mailbox(tx, mailbox_id)
    store.begin_reading(tx, mailbox_id)
    return _locked(tx, mailbox_id)


def begin_folder(tx: Transaction, mailbox_id: UUID, uid_validity: int) -> Reading:
    """The folder was opened; one that is new, or whose UIDs mean something new, is read from a day on."""
    one = _locked(tx, mailbox_id)
    if one.uid_validity != uid_validity:
        store.begin_folder(tx, mailbox_id, uid_validity, since_when(one))
    return _locked(tx, mailbox_id)


def note_failing(tx: Transaction, mailbox_id: UUID, problem: str, *, is_login: bool) -> Reading | None:
    """Note that a mailbox could not be read; None when it is gone. Appends `mailbox.refusing` the first time."""
    one = store.reading(tx, mailbox_id, lock=True)
    if one is None:
        return None
    after = failing(one, problem, tx.now, is_login=is_login)
    store.save_standing(tx, after)
    if one.refusing_since is None and after.refusing_since is not None:
        tx.append(_event(tx, "mailbox.refusing", mailbox_id, problem))
    return after


def note_well(tx: Transaction, mailbox_id: UUID) -> None:
    """Note that a mailbox was looked into. Appends `mailbox.recovered` if it could not be before."""
    one = store.reading(tx, mailbox_id, lock=True)
    if one is None:
        return
    store.save_standing(tx, reading_well(one, tx.now))
    if one.refusing_since is not None:
        tx.append(_event(tx, "mailbox.recovered", mailbox_id, None))


def _event(tx: Transaction, kind: str, mailbox_id: UUID, problem: str | None) -> Event:
    one = mailbox(tx, mailbox_id)
    told = {"address": one.address, "user_id": str(one.user_id), "server": "imap"}
    return Event(kind, subject("mailbox", mailbox_id), told | ({"problem": problem} if problem else {}))


def _locked(tx: Transaction, mailbox_id: UUID) -> Reading:
    found = store.reading(tx, mailbox_id, lock=True)
    if found is None:
        raise RuntimeError("a mailbox that was begun has no reading")
    return found
