"""Mails that a template says: rendered for one lead, by the variant for its person, as it stands or edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook import leads
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound
from offhook.mail.messages import store
from offhook.mail.messages.model import MadeFrom, Mail
from offhook.mail.messages.rules import subject_of_answer
from offhook.mail.messages.service import send_mail, sender_of
from offhook.mail.templates.model import Template, TemplateKind
from offhook.mail.templates.rendering import Parts, Rendered, parts_of
from offhook.mail.templates.service import make_for_lead, templates_page

MOST_CHOICES = 1_000
MAILS_REMEMBERED = 500
"""So many of a user's latest mails say which templates they used last."""


def send_template(
    tx: Transaction,
    *,
    template_id: UUID,
    lead_id: UUID,
    key: str | None = None,
    user_id: UUID | None = None,
    in_reply_to: str | None = None,
    answers_mail_id: UUID | None = None,
    address: str | None = None,
    send_at: datetime | None = None,
    attachment_ids: Sequence[UUID] = (),
    is_automatic: bool = False,
    language: str | None = None,
) -> Mail:
    """Write to a lead's person what a template says; sent once per `key`, as `send_mail` tells.

    `user_id`: in whose name, who must see the template; who acts if None. `in_reply_to`: the Message-ID that it
    answers. `answers_mail_id`: a mail of ours to this person that it goes on from, in its thread and under its
    subject, without which mail programs show a thread of its own. The rest: as `send_mail`.
    Raises as `send_mail`, `NotFound`, `Conflict` for an archived template, and `Invalid` naming each variable that
    has nothing to say and no default.
    """
    tx.require("mail:send")
    known = store.by_key(tx, key) if key else None
    if known is not None:
        return known
    lead = leads.load_lead(tx, lead_id)
    made = make_for_lead(tx, template_id, lead, sender_of(tx, user_id))
    _check_whole(made.rendered)
    before = _answered(tx, answers_mail_id, lead.person_id) if answers_mail_id else None
    return send_mail(
        tx,
        lead_id=lead_id,
        address=address,
        subject_line=subject_of_answer(before.subject) if before else made.rendered.subject,
        text=made.rendered.text,
        html=made.rendered.html,
        in_reply_to=in_reply_to or (before.message_id if before else None),
        key=key,
        user_id=user_id,
        send_at=send_at,
        attachment_ids=attachment_ids,
        made_from=MadeFrom(template_id, made.variant.id),
        is_automatic=is_automatic,
        language=language,
    )


def send_edited(
    tx: Transaction,
    *,
    template_id: UUID,
    variant_id: UUID | None,
    lead_id: UUID,
    subject_line: str,
    source: str,
    address: str | None = None,
    in_reply_to: str | None = None,
    key: str | None = None,
    user_id: UUID | None = None,
    send_at: datetime | None = None,
    attachment_ids: Sequence[UUID] = (),
    is_automatic: bool = False,
    language: str | None = None,
) -> Mail:
    """Write what a template said and its user has gone over; `source` is light Markdown.

    It counts as edited when it is not what the template says now. What is missing is the user's to judge: they
    have seen it. Raises as `send_mail`, and as `make_for_lead`.
    """
    tx.require("mail:send")
    lead = leads.load_lead(tx, lead_id)
    made = make_for_lead(tx, template_id, lead, sender_of(tx, user_id), variant_id)
    rendered = made.rendered
    is_same = source.strip() == rendered.source.strip()
    parts = Parts(rendered.text, rendered.html) if is_same else parts_of(source)
    return send_mail(
        tx,
        lead_id=lead_id,
        address=address,
        subject_line=subject_line,
        text=parts.text,
        html=parts.html,
        in_reply_to=in_reply_to,
        key=key,
        user_id=user_id,
        send_at=send_at,
        attachment_ids=attachment_ids,
        made_from=MadeFrom(template_id, made.variant.id, not is_same or subject_line != rendered.subject),
        is_automatic=is_automatic,
        language=language,
    )


def _check_whole(rendered: Rendered) -> None:
    if rendered.missing:
        named = ", ".join(rendered.missing)
        raise Invalid(
            f"The template has nothing to say for {named}. Give it a default, or write the mail by hand.",
            code="missing-variables",
            fields=[FieldError(one, "has nothing to say and no default") for one in rendered.missing],
        )
    if rendered.fault is not None:
        raise Invalid(f"The template cannot be rendered for this lead: {rendered.fault}.")


def _answered(tx: Transaction, mail_id: UUID, person_id: UUID) -> Mail:
    found = store.by_id(tx, mail_id)
    if found is None or found.person_id != person_id:
        raise NotFound(f"There is no mail {mail_id} to this person.")
    return found


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template to write by; `used_at`: when its user did so last."""

    template: Template
    used_at: datetime | None


def templates_to_choose(tx: Transaction, words: str | None, limit: int) -> list[TemplateChoice]:
    """The templates of mails that one sees: those that one used last first, then by name."""
    used = store.last_uses(tx, tx.actor.id, MAILS_REMEMBERED) if tx.actor.id else {}
    seen = templates_page(tx, kind=TemplateKind.EMAIL, words=words, limit=MOST_CHOICES)
    choices = [TemplateChoice(one, used.get(one.id)) for one in seen]
    recent = [one for one in choices if one.used_at is not None]
    recent.sort(key=lambda one: one.used_at or one.template.created_at, reverse=True)
    return [*recent, *(one for one in choices if one.used_at is None)][:limit]
