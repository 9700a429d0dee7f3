"""Routes of mails: look at what one would say, write it, look at them, decide on one in doubt."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.activities import LONGEST_BODY, LONGEST_KEY, LONGEST_SUBJECT
from offhook.compliance.mailing.api import MailVerdictOut
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.mail.attachments.rules import MOST_FILES
from offhook.mail.mailboxes.model import MailboxState
from offhook.mail.messages import service, writing
from offhook.mail.messages.drafting import Draft, draft_for
from offhook.mail.messages.from_templates import TemplateChoice, templates_to_choose
from offhook.mail.messages.model import Mail, MailState, TextFormat
from offhook.mail.messages.rules import LONGEST_HTML, LONGEST_ID

router = APIRouter(prefix="/mail/messages", tags=["mail"])


MOST_HELD_SECONDS = 600


class NewMail(Sent):
    """A mail to send. Name the lead or the person; with the person, their open lead is found."""

    lead_id: UUID | None = None
    person_id: UUID | None = None
    address: Annotated[str, Field(max_length=254)] | None = Field(
        default=None, description="Which of the person's; their main one if left out"
    )
    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT, examples=["Your question"])] | None = (
        Field(default=None, description="May only be left out with a template, together with the text")
    )
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_BODY, examples=["Hello Ada, …"])] | None = None
    text_format: TextFormat = Field(
        default=TextFormat.PLAIN, description="`markdown`: both parts are made of it, as of templates"
    )
    template_id: UUID | None = Field(
        default=None, description="What it is made from; with a text, that is what you made of it (Markdown)"
    )
    variant_id: UUID | None = Field(default=None, description="As the draft named it")
    html: Annotated[str, Field(max_length=LONGEST_HTML)] | None = Field(
        default=None, description="The same with looks; the plain text stands always"
    )
    in_reply_to: Annotated[str, Field(max_length=LONGEST_ID)] | None = Field(
        default=None, description="Message-ID, in its angle brackets, of the mail that this answers"
    )
    attachment_ids: Annotated[list[UUID], Field(max_length=MOST_FILES)] = Field(
        default=[], description="Files that you have sent in, in this order"
    )
    key: Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)] | None = Field(
        default=None, description="Your own id of it: asked for again, it is sent once"
    )
    user_id: UUID | None = Field(default=None, description="Who sends it; yourself. Others need `leads:assign`")
    is_automatic: bool = Field(
        default=False,
        description="Sent by a plan, not by somebody's hand: it waits for the mailing hours, limits and spacing,"
        " and tells how to unsubscribe",
    )
    language: Annotated[str, Field(min_length=2, max_length=35, examples=["es"])] | None = Field(
        default=None, description="The mail's (BCP 47), for its footer; the person's if left out"
    )
    send_at: AwareDatetime | None = Field(default=None, description="Not before; until then it can be withdrawn")
    hold_seconds: Annotated[int, Field(ge=0, le=MOST_HELD_SECONDS)] = Field(
        default=0, description="Waits so long, so that it can still be withdrawn"
    )


class MailOut(BaseModel):
    """A mail of ours, and how far it has come."""

    id: UUID
    user_id: UUID
    person_id: UUID
    lead_id: UUID | None
    from_address: str
    from_name: str
    to_address: str
    to_name: str
    subject: str
    body_text: str
    body_html: str | None
    message_id: str
    in_reply_to: str | None
    state: MailState = Field(
        description="`in_doubt`: it went out and the answer was lost; send it again, or say that it was sent"
    )
    reason: str = Field(description="Why it waits, or why the last attempt did not succeed; empty otherwise")
    attempts: int
    send_at: datetime | None = Field(description="Of a waiting one: not before")
    sent_at: datetime | None
    activity_id: UUID | None = Field(description="Its entry in the record, once it was sent")
    template_id: UUID | None
    variant_id: UUID | None
    is_edited: bool = Field(description="Its user changed what the template says")
    filing_problem: str = Field(description="Why it is not in the Sent folder; empty otherwise")
    created_at: datetime
    is_automatic: bool
    tracks_opens: bool = Field(description="Whether it was sent with a picture that tells of opens")
    tracks_clicks: bool = Field(description="Whether its links lead by way of us")
    opened_at: datetime | None = Field(description="First, by a person as far as can be told")
    clicked_at: datetime | None = Field(description="First, by a person as far as can be told")
    unsubscribed_at: datetime | None = Field(description="When its reader unsubscribed by it")

    @classmethod
    def of(cls, mail: Mail) -> "MailOut":
        """The answer's shape."""
        return cls.model_validate(mail, from_attributes=True)


class MailFrom(BaseModel):
    """The mailbox that one writes from."""

    id: UUID
    address: str
    shown_name: str
    signature: str
    state: MailboxState
    problem: str
    retry_at: datetime | None


class DraftTextOut(BaseModel):
    """What a template says to the lead."""

    template_id: UUID
    variant_id: UUID
    variant_name: str
    subject: str
    text: str = Field(description="In light Markdown, to go on writing from")
    missing: list[str] = Field(description="Variables that have nothing to say here and no default")
    fault: str | None = Field(description="Why it is not whole; null: it is")


class DraftOut(BaseModel):
    """A mail before it is written."""

    mailbox: MailFrom | None = Field(description="Null: connect one first")
    to_name: str | None
    addresses: list[str] = Field(description="All of the person's, the main one first")
    policy: MailVerdictOut
    made: DraftTextOut | None = Field(description="Null: without a template")

    @classmethod
    def of(cls, draft: Draft) -> "DraftOut":
        """The answer's shape."""
        box, made = draft.mailbox, draft.made
        return cls(
            mailbox=MailFrom.model_validate(box, from_attributes=True) if box else None,
            to_name=draft.person.full_name,
            addresses=list(draft.person.emails),
            policy=MailVerdictOut.of(draft.verdict),
            made=DraftTextOut(
                template_id=made.template_id,
                variant_id=made.variant.id,
                variant_name=made.variant.name,
                subject=made.rendered.subject,
                text=made.rendered.source,
                missing=list(made.rendered.missing),
                fault=made.rendered.fault,
            )
            if made
            else None,
        )


class TemplateChoiceOut(BaseModel):
    """A template to write by."""

    id: UUID
    name: str
    folder: str
    is_shared: bool
    variants: int
    subject: str = Field(description="Of its first variant, as it is written")
    used_at: datetime | None = Field(description="When you wrote by it last")

    @classmethod
    def of(cls, choice: TemplateChoice) -> "TemplateChoiceOut":
        """The answer's shape."""
        one = choice.template
        return cls(
            id=one.id,
            name=one.name,
            folder=one.folder,
            is_shared=one.is_shared,
            variants=len(one.variants),
            subject=one.variants[0].subject,
            used_at=choice.used_at,
        )


class TemplateChoicesOut(BaseModel):
    """Templates to write by."""

    items: list[TemplateChoiceOut]


@router.post("", status_code=201, response_model=MailOut)
def send_mail(body: NewMail, call: Call = CALL) -> Response:
    """Send a mail from your mailbox, if the policy lets you; it goes as soon as the server takes it."""
    return call.once(lambda tx: MailOut.of(writing.write(tx, **dict(body))), status=201)


@router.get("/templates", response_model=TemplateChoicesOut)
def list_templates_to_choose(
    q: Annotated[str | None, Query(max_length=100, description="Only with these words")] = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the templates to write by: those that you used last first, then by name."""

    def work(tx: Transaction) -> TemplateChoicesOut:
        words = q.replace("\0", "").strip() if q else None
        return TemplateChoicesOut(
            items=[TemplateChoiceOut.of(one) for one in templates_to_choose(tx, words, limit)]
        )

    return call.read(work)


@router.get("/draft", response_model=DraftOut)
def show_draft(
    lead_id: UUID,
    template_id: Annotated[UUID | None, Query(description="What the template says to this lead")] = None,
    variant_id: Annotated[UUID | None, Query(description="Rather by this one of its variants")] = None,
    address: Annotated[str | None, Query(max_length=254, description="Which of the person's")] = None,
    call: Call = CALL,
) -> Response:
    """Show a mail to a lead before it is written: from where, to whom, whether you may, what a template says."""
    return call.read(
        lambda tx: DraftOut.of(
            draft_for(tx, lead_id, template_id=template_id, variant_id=variant_id, address=address)
        )
    )


@router.get("", response_model=Page[MailOut])
def list_mails(
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    user_id: UUID | None = None,
    state: MailState | None = None,
    unsettled: Annotated[bool, Query(description="Only those neither sent nor withdrawn")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List mails that were written, the newest first."""

    def work(tx: Transaction) -> Page[MailOut]:
        page = service.mails_page(
            tx,
            person_id=person_id,
            lead_id=lead_id,
            user_id=user_id,
            state=state,
            is_unsettled=unsettled,
            before=id_in(cursor),
            limit=limit,
        )
        return Page(items=[MailOut.of(row) for row in page.items], next_cursor=page.next_cursor)

    return call.read(work)


@router.get("/{mail_id}", response_model=MailOut)
def show_mail(mail_id: UUID, call: Call = CALL) -> Response:
    """Show one mail and how far it has come."""
    return call.read(lambda tx: MailOut.of(service.mail_by_id(tx, mail_id)))


@router.post("/{mail_id}/send-again", response_model=MailOut)
def send_again(mail_id: UUID, call: Call = CALL) -> Response:
    """Send a mail that failed or is in doubt again, with the same Message-ID."""
    return call.once(lambda tx: MailOut.of(service.send_again(tx, mail_id)))


@router.post("/{mail_id}/was-sent", response_model=MailOut)
def was_sent(mail_id: UUID, call: Call = CALL) -> Response:
    """Say that a mail in doubt was sent: it is logged as such."""
    return call.once(lambda tx: MailOut.of(service.was_sent(tx, mail_id)))


@router.post("/{mail_id}/withdraw", response_model=MailOut)
def withdraw(mail_id: UUID, call: Call = CALL) -> Response:
    """Send a mail that waits, failed or is in doubt no more."""
    return call.once(lambda tx: MailOut.of(service.withdraw(tx, mail_id)))
