"""What becomes of a mail, written once: its row, the record of activities and the events in one transaction."""

from datetime import datetime
from uuid import UUID

from offhook import leads
from offhook.activities import Direction, Disposition, Kind
from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.events import Event, Json, subject
from offhook.mail.attachments.service import attachments_of
from offhook.mail.messages import store
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.rules import Next

UNSETTLED = frozenset({MailState.SENDING, MailState.IN_DOUBT})


def settle(tx: Transaction, mail_id: UUID, claim: UUID, following: Next, *, file_at: datetime | None) -> None:
    """Note how an attempt ended, if it is still the one that counts; `file_at`: when its copy is to be filed."""
    mail = store.by_id(tx, mail_id, lock=True)
    if mail is not None and mail.claim == claim and mail.state in UNSETTLED:
        become(tx, mail, following, file_at=file_at)


def become(tx: Transaction, mail: Mail, following: Next, *, file_at: datetime | None = None) -> None:
    """Let a locked mail be what follows; one that was taken is logged.

    Appends `mail.sent`, `mail.failed` or `mail.in_doubt`.
    """
    if following.state is MailState.SENT:
        as_sent(tx, mail, tx.now, file_at=file_at)
    elif following.state is MailState.IN_DOUBT:
        doubt(tx, mail, following.reason)
    elif following.state is MailState.FAILED:
        fail(tx, mail, following.reason)
    else:
        store.settle(tx, mail, following.state, reason=following.reason, send_at=following.send_at)


def as_sent(tx: Transaction, mail: Mail, sent_at: datetime, *, file_at: datetime | None) -> None:
    """A mail was taken: note it and log it, in the name of who sent it. Appends `mail.sent`."""
    activity_id = _logged(tx, mail, sent_at)
    store.settle(tx, mail, MailState.SENT, sent_at=sent_at, activity_id=activity_id, file_at=file_at)
    tx.append(Event("mail.sent", subject("mail", mail.id), told_of(mail), at=sent_at))


def fail(tx: Transaction, mail: Mail, reason: str) -> None:
    """A mail will not be sent by itself any more. Appends `mail.failed`."""
    store.settle(tx, mail, MailState.FAILED, reason=reason)
    tx.append(Event("mail.failed", subject("mail", mail.id), told_of(mail) | {"reason": reason}))


def doubt(tx: Transaction, mail: Mail, reason: str) -> None:
    """Nobody knows whether a mail was taken: the Sent folder may, and is looked into. Appends `mail.in_doubt`."""
    store.settle(tx, mail, MailState.IN_DOUBT, reason=reason, file_at=tx.now)
    tx.append(Event("mail.in_doubt", subject("mail", mail.id), told_of(mail) | {"reason": reason}))


def _logged(tx: Transaction, mail: Mail, sent_at: datetime) -> UUID | None:
    """The entry in the record; None when who was written to has been erased meanwhile."""
    files: list[Json] = [one.name for one in attachments_of(tx, mail.id)]
    try:
        entry = leads.log_activity(
            tx,
            kind=Kind.EMAIL,
            lead_id=mail.lead_id,
            person_id=None if mail.lead_id else mail.person_id,
            direction=Direction.OUTBOUND,
            disposition=Disposition.SENT,
            subject=mail.subject,
            body=mail.body_text,
            at=sent_at,
            user_id=mail.user_id,
            external_key=f"mail:{mail.id}",
            data={"mail_id": str(mail.id), "message_id": mail.message_id, "to": mail.to_address}
            | ({"files": files} if files else {}),
        )
    except NotFound:
        return None
    return entry.id


def told_of(mail: Mail) -> dict[str, Json]:
    """What events tell of a mail: every id, no text."""
    return {
        "user_id": str(mail.user_id),
        "mailbox_id": str(mail.mailbox_id),
        "person_id": str(mail.person_id),
        "lead_id": str(mail.lead_id) if mail.lead_id else None,
        "message_id": mail.message_id,
    }
