"""The use cases of tracking: note what was seen of a mail, if it may be; look at it.

Asked each time, not only when the mail was sent: once the organisation wants it no more, or a reader's consent is
gone, nothing is noted of mails that are out already.
"""

from uuid import UUID

from offhook import compliance
from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.events import Event, subject
from offhook.mail.messages import store as mails
from offhook.mail.messages.model import Mail
from offhook.mail.messages.settling import told_of
from offhook.mail.tracking import store
from offhook.mail.tracking.judging import machine_behind, programs
from offhook.mail.tracking.model import Seen, SeenKind


def note_opened(tx: Transaction, mail_id: UUID, user_agent: str) -> None:
    """Note that a mail was opened. Appends `mail.opened` the first time that a person did."""
    mail = mails.by_id(tx, mail_id)
    if mail is None or not mail.tracks_opens or not compliance.tracking(tx, mail.person_id).opens:
        return
    if _is_news(tx, mail, SeenKind.OPENED, "", user_agent):
        tx.append(Event("mail.opened", subject("mail", mail.id), told_of(mail)))


def note_clicked(tx: Transaction, mail_id: UUID, url: str, user_agent: str) -> None:
    """Note that a link was followed. Appends `mail.clicked` the first time that a person did, of each link."""
    mail = mails.by_id(tx, mail_id)
    if mail is None or not mail.tracks_clicks or not compliance.tracking(tx, mail.person_id).clicks:
        return
    if _is_news(tx, mail, SeenKind.CLICKED, url, user_agent):
        tx.append(Event("mail.clicked", subject("mail", mail.id), told_of(mail) | {"url": url}))


def _is_news(tx: Transaction, mail: Mail, kind: SeenKind, url: str, user_agent: str) -> bool:
    """Note it; whether a person did it for the first time."""
    machine = machine_behind(user_agent, mail.sent_at or mail.handed_over_at, tx.now, programs())
    is_first = store.note(tx, mail.id, kind, url, machine)
    if machine is not None or not is_first:
        return False
    store.first(tx, mail.id, kind)
    return True


def seen_of(tx: Transaction, mail_id: UUID) -> list[Seen]:
    """What was seen of a mail. Raises `NotFound`."""
    tx.require("leads:read")
    if mails.by_id(tx, mail_id) is None:
        raise NotFound(f"There is no mail {mail_id} here.")
    return store.of_mail(tx, mail_id)
