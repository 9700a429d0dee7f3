"""The way out of our mails: by the link of one, without signing in, for the address that it was sent to.

The address goes on the suppression list, which every mail is held against at the moment of sending. Taken again,
nothing changes.
"""

from dataclasses import dataclass

from offhook import compliance
from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.events import Event, subject
from offhook.mail.links import MailNamed
from offhook.mail.messages import store
from offhook.mail.messages.model import Mail
from offhook.mail.messages.settling import told_of

REASON = "Unsubscribed by the link of a mail"


@dataclass(frozen=True, slots=True)
class WayOut:
    """Whose way out it is, in which language they were written to, and whether they are written to no more."""

    address: str
    language: str
    is_taken: bool


def way_out(tx: Transaction, named: MailNamed) -> WayOut:
    """How it stands. Raises `NotFound`."""
    mail = _mail(tx, named)
    return WayOut(mail.to_address, mail.language, compliance.is_suppressed(tx, mail.to_address))


def unsubscribe(tx: Transaction, named: MailNamed) -> WayOut:
    """Mail the address no more. Appends `mail.unsubscribed` and `mail.suppressed` if that is new.

    Raises `NotFound`.
    """
    mail = _mail(tx, named, lock=True)
    is_new = compliance.keep_unsubscribed(tx, mail.to_address, REASON)
    if is_new or mail.unsubscribed_at is None:
        store.note_unsubscribed(tx, mail.id)
        told = told_of(mail) | {"address": mail.to_address}
        tx.append(Event("mail.unsubscribed", subject("mail", mail.id), told))
    return WayOut(mail.to_address, mail.language, is_taken=True)


def _mail(tx: Transaction, named: MailNamed, *, lock: bool = False) -> Mail:
    found = store.by_id(tx, named.mail_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no mail {named.mail_id} here.")
    return found
