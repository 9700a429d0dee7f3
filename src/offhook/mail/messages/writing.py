"""A mail as a request tells of it: without a template, as a template says, or as its user made it of one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.mail.messages.from_templates import send_edited, send_template
from offhook.mail.messages.model import Mail, TextFormat
from offhook.mail.messages.service import send_mail
from offhook.mail.templates.rendering import parts_of


def write(
    tx: Transaction,
    *,
    lead_id: UUID | None = None,
    person_id: UUID | None = None,
    address: str | None = None,
    subject: str | None = None,
    text: str | None = None,
    text_format: TextFormat = TextFormat.PLAIN,
    html: str | None = None,
    template_id: UUID | None = None,
    variant_id: UUID | None = None,
    in_reply_to: str | None = None,
    key: str | None = None,
    user_id: UUID | None = None,
    send_at: datetime | None = None,
    hold_seconds: int = 0,
    attachment_ids: Sequence[UUID] = (),
    is_automatic: bool = False,
    language: str | None = None,
) -> Mail:
    """Write a mail. Raises as `send_mail`, `send_template` and `send_edited`, `Invalid` for what does not fit."""
    tx.require("mail:send")
    held = tx.now + timedelta(seconds=hold_seconds)
    send_at = max(send_at or held, held)
    if template_id is not None:
        lead_id = _lead_of_template(lead_id, html)
        if subject is None and text is None:
            return send_template(
                tx,
                template_id=template_id,
                lead_id=lead_id,
                key=key,
                user_id=user_id,
                in_reply_to=in_reply_to,
                address=address,
                send_at=send_at,
                attachment_ids=attachment_ids,
                is_automatic=is_automatic,
                language=language,
            )
    subject, text = _present("subject", subject), _present("text", text)
    if template_id is not None and lead_id is not None:
        return send_edited(
            tx,
            template_id=template_id,
            variant_id=variant_id,
            lead_id=lead_id,
            address=address,
            subject_line=subject,
            source=text,
            in_reply_to=in_reply_to,
            key=key,
            user_id=user_id,
            send_at=send_at,
            attachment_ids=attachment_ids,
            is_automatic=is_automatic,
            language=language,
        )
    if text_format is TextFormat.MARKDOWN:
        parts = parts_of(text)
        text, html = parts.text, html or parts.html
    return send_mail(
        tx,
        lead_id=lead_id,
        person_id=person_id,
        address=address,
        subject_line=subject,
        text=text,
        html=html,
        in_reply_to=in_reply_to,
        key=key,
        user_id=user_id,
        send_at=send_at,
        attachment_ids=attachment_ids,
        is_automatic=is_automatic,
        language=language,
    )


def _lead_of_template(lead_id: UUID | None, html: str | None) -> UUID:
    if lead_id is None:
        raise _wrong("lead_id", "must be named: a template is rendered for a lead")
    if html is not None:
        raise _wrong("html", "is made of the text, which is Markdown with a template")
    return lead_id


def _present(field: str, value: str | None) -> str:
    if value is None:
        raise _wrong(field, "is missing")
    return value


def _wrong(field: str, reason: str) -> Invalid:
    return Invalid(f"'{field}' {reason}.", fields=[FieldError(field, reason)])
