"""Routes of conversations: the inbox, one conversation, what is done about it, and how a received mail looks."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.activities import LONGEST_BODY, LONGEST_KEY
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, Page
from offhook.kernel.serving import Stored
from offhook.kernel.settings import Settings
from offhook.leads.edge import Cursor, Limit, Sent, moment_and_id_in
from offhook.mail.attachments.rules import MOST_FILES
from offhook.mail.conversations import files, service
from offhook.mail.conversations.model import Conversation, ConversationState, Listed, Opened
from offhook.mail.conversations.showing import policy, shown
from offhook.mail.incoming.files import objects_of
from offhook.mail.incoming.model import Failure, MailKind, Received
from offhook.mail.messages.api import MOST_HELD_SECONDS, MailOut
from offhook.mail.messages.model import TextFormat

router = APIRouter(prefix="/mail", tags=["mail"])


class ConversationOut(BaseModel):
    """A thread of mails with a person."""

    id: UUID
    user_id: UUID = Field(description="Through whose mailbox it came")
    assignee_id: UUID = Field(description="Who looks after it")
    person_id: UUID
    lead_id: UUID | None
    subject: str
    state: ConversationState = Field(description="`waiting`: we wrote last, or only a machine of theirs did")
    snoozed_until: datetime | None
    last_at: datetime = Field(description="Of its latest mail, theirs or ours")
    version: int

    @classmethod
    def of(cls, one: Conversation) -> "ConversationOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class ListedConversationOut(ConversationOut):
    """A conversation as the inbox shows it."""

    person_name: str | None
    person_address: str
    company: str | None
    last_kind: str = Field(description="Of its latest mail: `sent`, or the kind of a received one")
    snippet: str = Field(description="How its latest mail begins")
    mails: int

    @classmethod
    def listed(cls, one: Listed) -> "ListedConversationOut":
        """The answer's shape."""
        told = ConversationOut.of(one.conversation).model_dump()
        return cls(
            **told,
            person_name=one.person_name,
            person_address=one.person_address,
            company=one.company,
            last_kind=one.last_kind,
            snippet=one.snippet,
            mails=one.mails,
        )


class AttachedOut(BaseModel):
    """What hangs at a received mail."""

    name: str = Field(description="Cleaned: no path, no characters that some systems do not take")
    media_type: str = Field(description="What its sender says that it is")
    size: int | None = Field(description="In bytes; as sent, where it stays in the mailbox")
    file_id: UUID | None = Field(
        description="To read it: `GET /api/v1/mail/received-files/{file_id}`; null: it stays in the mailbox"
    )


class FailureOut(BaseModel):
    """One address that a report is about."""

    address: str
    is_delay: bool = Field(description="It is still being tried")
    is_permanent: bool = Field(description="The address itself is at fault: it is mailed no more")
    status: str = Field(description="Enhanced status code (RFC 3463); empty where none is told")
    told: str = Field(description="The server's words")

    @classmethod
    def of(cls, one: Failure) -> "FailureOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class ReceivedMailOut(BaseModel):
    """A mail that came in."""

    id: UUID
    conversation_id: UUID
    kind: MailKind
    is_from_another: bool = Field(
        description="In the thread, but from neither the person nor their company: it counts as nobody's reply"
    )
    answers_mail_id: UUID | None = Field(description="The mail of ours that it answers, or that came back")
    from_address: str
    from_name: str
    to_addresses: list[str]
    cc_addresses: list[str]
    subject: str
    text: str = Field(description="What it says itself")
    quoted: str = Field(description="What it repeats of the mails before it")
    has_page: bool = Field(description="It has a look of its own: `GET /api/v1/mail/received/{id}/page`")
    remote_images: int = Field(description="Images from elsewhere, which are not shown until asked for")
    attachments: list[AttachedOut]
    left_out: list[str] = Field(description="What of it was not read, in words")
    back_on: date | None = Field(description="Of an absence: the first day there again, where it is told")
    bounces: list[FailureOut]
    received_at: datetime
    activity_id: UUID | None

    @classmethod
    def of(cls, one: Received) -> "ReceivedMailOut":
        """The answer's shape."""
        page = shown(one.body_html, with_images=False) if one.body_html else None
        return cls(
            id=one.id,
            conversation_id=one.conversation_id,
            kind=one.kind,
            is_from_another=one.is_from_another,
            answers_mail_id=one.answers_mail_id,
            from_address=one.from_address,
            from_name=one.from_name,
            to_addresses=list(one.to_addresses),
            cc_addresses=list(one.cc_addresses),
            subject=one.subject,
            text=one.body_text,
            quoted=one.quoted_text,
            has_page=page is not None,
            remote_images=page.remote_images if page else 0,
            attachments=[AttachedOut.model_validate(each, from_attributes=True) for each in one.attachments],
            left_out=list(one.left_out),
            back_on=one.back_on,
            bounces=[FailureOut.of(each) for each in one.bounces],
            received_at=one.received_at,
            activity_id=one.activity_id,
        )


class OpenedConversationOut(BaseModel):
    """A conversation with its mails, the oldest first."""

    conversation: ListedConversationOut
    received: list[ReceivedMailOut]
    sent: list[MailOut]
    answers_to: str | None = Field(description="To which address an answer goes; null: there is none")

    @classmethod
    def of(cls, tx: Transaction, opened: Opened) -> "OpenedConversationOut":
        """The answer's shape."""
        return cls(
            conversation=ListedConversationOut.listed(opened.listed),
            received=[ReceivedMailOut.of(one) for one in opened.received],
            sent=[MailOut.of(one) for one in opened.sent],
            answers_to=service.answers_to(tx, opened),
        )


class MailAnswer(Sent):
    """What is answered."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_BODY, examples=["Hello Ada, …"])]
    text_format: TextFormat = Field(
        default=TextFormat.PLAIN, description="`markdown`: both parts of the mail are made of it"
    )
    attachment_ids: Annotated[list[UUID], Field(max_length=MOST_FILES)] = Field(
        default=[], description="Files that you have sent in, in this order"
    )
    hold_seconds: Annotated[int, Field(ge=0, le=MOST_HELD_SECONDS)] = Field(
        default=0, description="Waits so long, so that it can still be withdrawn"
    )
    key: Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)] | None = Field(
        default=None, description="Your own id of it: asked for again, it is sent once"
    )


class ConversationSnooze(Sent):
    """Until when a conversation is put off."""

    until: AwareDatetime


class ConversationAssignment(Sent):
    """Who is to look after a conversation."""

    user_id: UUID


@router.get("/conversations", response_model=Page[ListedConversationOut])
def list_conversations(
    state: ConversationState | None = None,
    assignee_id: UUID | None = None,
    team_id: Annotated[UUID | None, Query(description="Those of the team's members")] = None,
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List conversations, that with the latest mail first."""
    before = moment_and_id_in(cursor)

    def work(tx: Transaction) -> Page[ListedConversationOut]:
        page = service.conversations_page(
            tx,
            states=[state] if state else (),
            assignee_id=assignee_id,
            team_id=team_id,
            person_id=person_id,
            lead_id=lead_id,
            before=before,
            limit=limit,
        )
        return Page(items=[ListedConversationOut.listed(one) for one in page.items], next_cursor=page.next_cursor)

    return call.read(work)


@router.get("/conversations/{conversation_id}", response_model=OpenedConversationOut)
def show_conversation(conversation_id: UUID, call: Call = CALL) -> Response:
    """Show a conversation with all its mails."""
    return call.read(lambda tx: OpenedConversationOut.of(tx, service.conversation(tx, conversation_id)))


@router.post("/conversations/{conversation_id}/reply", status_code=201, response_model=MailOut)
def reply_in_conversation(conversation_id: UUID, body: MailAnswer, call: Call = CALL) -> Response:
    """Answer in the thread, from your mailbox."""
    told = dict(body)
    return call.once(lambda tx: MailOut.of(service.reply(tx, conversation_id, **told)), status=201)


@router.post("/conversations/{conversation_id}/done", response_model=ConversationOut)
def finish_conversation(conversation_id: UUID, call: Call = CALL) -> Response:
    """Say that nothing is to be done about it; a new mail of theirs brings it back."""
    return call.once(lambda tx: ConversationOut.of(service.done(tx, conversation_id)))


@router.post("/conversations/{conversation_id}/open-again", response_model=ConversationOut)
def open_conversation_again(conversation_id: UUID, call: Call = CALL) -> Response:
    """Say that it is to be answered after all."""
    return call.once(lambda tx: ConversationOut.of(service.open_again(tx, conversation_id)))


@router.post("/conversations/{conversation_id}/snooze", response_model=ConversationOut)
def snooze_conversation(conversation_id: UUID, body: ConversationSnooze, call: Call = CALL) -> Response:
    """Put it off until then; a new mail of theirs brings it back before."""
    return call.once(lambda tx: ConversationOut.of(service.snooze(tx, conversation_id, body.until)))


@router.post("/conversations/{conversation_id}/assign", response_model=ConversationOut)
def assign_conversation(conversation_id: UUID, body: ConversationAssignment, call: Call = CALL) -> Response:
    """Let a colleague look after it."""
    return call.once(lambda tx: ConversationOut.of(service.assign(tx, conversation_id, body.user_id)))


@router.post("/received/{mail_id}/is-theirs", response_model=ReceivedMailOut)
def say_that_address_is_theirs(mail_id: UUID, call: Call = CALL) -> Response:
    """Say that the address from which a mail in the thread came is the person's: it counts as their reply."""
    return call.once(lambda tx: ReceivedMailOut.of(service.note_theirs(tx, mail_id)))


@router.get("/received-files/{file_id}", response_class=FileAnswer)
def read_received_file(file_id: UUID, call: Call = CALL) -> Response:
    """Read a file that hangs at a received mail. It is answered as bytes to keep, whatever it is."""
    objects = objects_of(cast("Settings", call.request.app.state.settings))
    return call.serve(lambda tx: files.received_file(tx, objects, file_id))


@router.get("/received/{mail_id}/page", response_class=Response)
def show_page_of_received_mail(
    mail_id: UUID,
    images: Annotated[bool, Query(description="Images from elsewhere too: their owner hears of it")] = False,
    call: Call = CALL,
) -> Response:
    """Show a received mail as it looks: a page without scripts that asks nobody for anything, for a frame."""

    def work(tx: Transaction) -> Stored:
        page = service.page_of_mail(tx, mail_id, with_images=images).page.encode()

        def read(begin: int, end: int) -> Iterator[bytes]:
            yield page[begin:end]

        return Stored("text/html; charset=utf-8", len(page), read)

    response = call.serve(work)
    response.headers["content-security-policy"] = policy(with_images=images)
    return response
