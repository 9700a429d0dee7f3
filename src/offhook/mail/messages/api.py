"""Routes of mails: write one, look at them, decide on one in doubt."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.activities import LONGEST_BODY, LONGEST_KEY, LONGEST_SUBJECT
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.mail.messages import service
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.rules import LONGEST_HTML, LONGEST_ID

router = APIRouter(prefix="/mail/messages", tags=["mail"])


class NewMail(Sent):
    """A mail to send. Name the lead or the person; with the person, their open lead is found."""

    lead_id: UUID | None = None
    person_id: UUID | None = None
    address: Annotated[str, Field(max_length=254)] | None = Field(
        default=None, description="Which of the person's; their main one if left out"
    )
    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT, examples=["Your question"])]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_BODY, examples=["Hello Ada, …"])]
    html: Annotated[str, Field(max_length=LONGEST_HTML)] | None = Field(
        default=None, description="The same with looks; the plain text stands always"
    )
    in_reply_to: Annotated[str, Field(max_length=LONGEST_ID)] | None = Field(
        default=None, description="Message-ID, in its angle brackets, of the mail that this answers"
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


@router.post("", status_code=201, response_model=MailOut)
def send_mail(body: NewMail, call: Call = CALL) -> Response:
    """Send a mail from your mailbox, if the policy lets you; it goes as soon as the server takes it."""
    told = dict(body)
    subject_line: str = told.pop("subject")
    return call.once(lambda tx: MailOut.of(service.send_mail(tx, subject_line=subject_line, **told)), status=201)


@router.get("", response_model=Page[MailOut])
def list_mails(
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    user_id: UUID | None = None,
    state: MailState | None = None,
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
