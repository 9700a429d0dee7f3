"""The policy's word on a mail that is about to be sent, and what follows from it.

Leave is noted on the mail with what it was given on (footer, tracking). A mail that may not go now waits: itself,
when hours or its receiver's domain are the reason; with all automatic mails of its mailbox, when that has sent
enough for now, so that a thousand waiting ones cost no more than one.
"""

from dataclasses import replace

from offhook import compliance
from offhook.compliance import MailAsked, MailPermit, MailVerdict
from offhook.kernel.database import Transaction
from offhook.kernel.errors import OffhookError
from offhook.mail.messages import store
from offhook.mail.messages.model import Mail
from offhook.mail.messages.settling import fail


def permitted(tx: Transaction, mail: Mail) -> MailPermit | None:
    """Leave to send a mail that this transaction claimed; None when it waits or has failed by now."""
    asked = MailAsked(
        mail_id=mail.id,
        mailbox_id=mail.mailbox_id,
        user_id=mail.user_id,
        person_id=mail.person_id,
        lead_id=mail.lead_id,
        address=mail.to_address,
        language=mail.language,
        is_automatic=mail.is_automatic,
        is_transactional=mail.is_transactional,
    )
    try:
        answer = compliance.permit_sending(tx, asked)
    except OffhookError as gone:
        fail(tx, mail, str(gone))
        return None
    if isinstance(answer, MailPermit):
        store.note_permit(tx, mail.id, answer)
        return answer
    if answer.refusals:
        fail(tx, mail, answer.told)
    else:
        _put_off(tx, mail, answer)
    return None


def _put_off(tx: Transaction, mail: Mail, verdict: MailVerdict) -> None:
    is_all = len(verdict.of_mailbox) == len(verdict.waits)
    if mail.is_automatic and is_all:
        until = max(one.until for one in verdict.of_mailbox if one.until)
        store.pace(tx, mail.mailbox_id, until, verdict.told)
        store.put_off(tx, mail.id, send_at=None, reason=mail.reason)
    else:
        store.put_off(tx, mail.id, send_at=verdict.not_before, reason=verdict.told)


def with_permit(mail: Mail, permit: MailPermit) -> Mail:
    """The mail with what it was given leave on."""
    return replace(
        mail,
        has_way_out=permit.has_way_out,
        footer=permit.footer,
        tracks_opens=permit.tracks_opens,
        tracks_clicks=permit.tracks_clicks,
    )
