"""Routes of mailboxes. A password comes in and never goes out."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, JsonValue

from offhook import oauth
from offhook.kernel.database import Transaction
from offhook.kernel.hosts import LONGEST_HOST
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.kernel.sealing import Seal
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.mail.mailboxes import checking, service, signing_in
from offhook.mail.mailboxes.model import Checked, Mailbox, MailboxState, Security
from offhook.mail.mailboxes.providers import PROVIDERS
from offhook.mail.mailboxes.rules import LONGEST_CREDENTIAL, LONGEST_NAME, LONGEST_SIGNATURE
from offhook.oauth import SignInPurpose
from offhook.oauth.api import SignedIn, SignInOut, once_signed_in

router = APIRouter(prefix="/mail/mailboxes", tags=["mail"])

Address = Annotated[str, Field(max_length=254, examples=["ada@acme.example"], pattern="@")]
ShownName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["Ada Byron"])]
SmtpHost = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_HOST,
        description="Where mail is handed in",
        examples=["smtp.acme.example"],
    ),
]
ImapHost = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_HOST, description="Where mail is read", examples=["imap.acme.example"]),
]
Port = Annotated[int, Field(ge=1, le=65_535)]
Username = Annotated[str, Field(min_length=1, max_length=LONGEST_CREDENTIAL)]
Password = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_CREDENTIAL,
        description="Sealed as it comes in and never told",
        examples=["secret-of-the-mailbox"],
    ),
]
SavesSent = Annotated[
    bool, Field(description="Its server keeps a copy of what it sends by itself: Google and Microsoft do")
]

Signature = Annotated[
    str,
    Field(
        max_length=LONGEST_SIGNATURE,
        description="Stands below each mail, in light Markdown; empty for none",
        examples=["**Ada Byron**\nAcme"],
    ),
]


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


def _may_be_left_out(default: object) -> object:
    """A field of a change: what is left out stays as it is, so its default is never used, nor told."""
    return Field(default=default, json_schema_extra=_without_default)


class MailboxOut(BaseModel):
    """A user's mailbox, and how it stands."""

    id: UUID
    user_id: UUID
    address: str
    shown_name: str
    smtp_host: str
    smtp_port: int
    smtp_security: Security
    imap_host: str
    imap_port: int
    imap_security: Security
    username: str
    saves_sent: bool
    signature: str
    state: MailboxState
    problem: str = Field(description="Why it refuses; empty otherwise")
    refusing_since: datetime | None
    retry_at: datetime | None = Field(description="When it is tried again")
    created_at: datetime
    version: int
    sign_in: SignInOut | None = Field(description="Null: its servers are shown a password")

    @classmethod
    def of(cls, mailbox: Mailbox, grants: Mapping[UUID, oauth.Grant]) -> "MailboxOut":
        """The answer's shape, with what its sign-in is among these."""
        grant = grants.get(mailbox.grant_id) if mailbox.grant_id else None
        told = asdict(mailbox) | {"state": mailbox.state, "sign_in": SignInOut.of(grant) if grant else None}
        return cls.model_validate(told)

    @classmethod
    def read(cls, tx: Transaction, mailbox: Mailbox) -> "MailboxOut":
        """The answer's shape, its sign-in read."""
        return cls.of(mailbox, oauth.grants(tx, [mailbox.grant_id] if mailbox.grant_id else []))


class MailboxChecked(BaseModel):
    """What trying a mailbox found; null where all is well."""

    mailbox: MailboxOut
    smtp_problem: str | None
    imap_problem: str | None
    sent_folder: str | None = Field(description="Where copies of sent mail are put")

    @classmethod
    def read(cls, tx: Transaction, mailbox: Mailbox, checked: Checked) -> "MailboxChecked":
        """The answer's shape."""
        return cls(
            mailbox=MailboxOut.read(tx, mailbox),
            smtp_problem=checked.smtp_problem,
            imap_problem=checked.imap_problem,
            sent_folder=checked.sent_folder,
        )


class ProviderOut(BaseModel):
    """A provider's servers."""

    id: str
    name: str
    smtp_host: str
    smtp_port: int
    smtp_security: Security
    imap_host: str
    imap_port: int
    imap_security: Security
    saves_sent: bool


class ProvidersOut(BaseModel):
    """The providers whose servers are known."""

    items: list[ProviderOut]


class NewMailbox(Sent):
    """A mailbox to connect."""

    address: Address
    smtp_host: SmtpHost
    imap_host: ImapHost
    password: Password = Field(json_schema_extra={"format": "password"})
    user_id: UUID | None = Field(default=None, description="Whose; your own if left out")
    shown_name: ShownName | None = Field(
        default=None, description="What receivers read; the user's name if left out"
    )
    smtp_port: Port | None = Field(default=None, description="587 for `starttls`, 465 for `tls` if left out")
    smtp_security: Security = Security.STARTTLS
    imap_port: Port | None = Field(default=None, description="143 for `starttls`, 993 for `tls` if left out")
    imap_security: Security = Security.TLS
    username: Username | None = Field(default=None, description="The address if left out")
    saves_sent: SavesSent = False
    signature: Signature = ""


class MailboxChange(Sent):
    """What is to change; what is left out stays, the password too."""

    address: Address = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    shown_name: ShownName = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    smtp_host: SmtpHost = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    smtp_port: Port = _may_be_left_out(587)  # pyright: ignore[reportAssignmentType] # likewise
    smtp_security: Security = _may_be_left_out(Security.STARTTLS)  # pyright: ignore[reportAssignmentType] # likewise
    imap_host: ImapHost = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    imap_port: Port = _may_be_left_out(993)  # pyright: ignore[reportAssignmentType] # likewise
    imap_security: Security = _may_be_left_out(Security.TLS)  # pyright: ignore[reportAssignmentType] # likewise
    username: Username = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    password: Password = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    saves_sent: SavesSent = _may_be_left_out(False)  # pyright: ignore[reportAssignmentType] # likewise
    signature: Signature = _may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise

    def changes(self) -> dict[str, object]:
        """What the request names, by field, each as the model has it."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _seal(call: Call) -> Seal:
    return service.seal_of(call.request.app.state.settings)


@router.get("", response_model=Page[MailboxOut])
def list_mailboxes(
    user_id: Annotated[UUID | None, Query(description="Only this user's")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the organisation's mailboxes and how they stand, in the order in which they were added."""

    def work(tx: Transaction) -> Page[MailboxOut]:
        rows = service.mailboxes_page(tx, id_in(cursor), limit + 1, user_id=user_id)
        grants = oauth.grants(tx, [row.grant_id for row in rows if row.grant_id])
        return page_of([MailboxOut.of(row, grants) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/providers", response_model=ProvidersOut)
def list_providers(call: Call = CALL) -> Response:
    """List the providers whose servers are known, so that nobody has to look them up."""

    def work(tx: Transaction) -> ProvidersOut:
        tx.require("users:read")
        return ProvidersOut(items=[ProviderOut.model_validate(one, from_attributes=True) for one in PROVIDERS])

    return call.read(work)


@router.post("", status_code=201, response_model=MailboxOut)
def add_mailbox(body: NewMailbox, call: Call = CALL) -> Response:
    """Connect your mailbox; check it afterwards."""
    seal = _seal(call)
    return call.once(lambda tx: MailboxOut.read(tx, service.add_mailbox(tx, seal, **dict(body))), status=201)


@router.post("/signed-in", response_model=MailboxOut)
def sign_in_mailbox(body: SignedIn, call: Call = CALL) -> Response:
    """Connect your mailbox, or reconnect it, by what its provider's page sent you back with."""
    settings = call.request.app.state.settings

    def work(tx: Transaction, given: oauth.Given) -> MailboxOut:
        return MailboxOut.read(tx, signing_in.connect(tx, settings, given))

    return once_signed_in(call, body, SignInPurpose.MAIL, work)


@router.get("/{mailbox_id}", response_model=MailboxOut)
def show_mailbox(mailbox_id: UUID, call: Call = CALL) -> Response:
    """Show one mailbox and how it stands."""
    return call.read(lambda tx: MailboxOut.read(tx, service.mailbox(tx, mailbox_id)))


@router.patch("/{mailbox_id}", response_model=MailboxOut)
def change_mailbox(mailbox_id: UUID, body: MailboxChange, call: Call = CALL) -> Response:
    """Change a mailbox; one that refuses is tried again at once."""
    seal, changes = _seal(call), body.changes()

    def work(tx: Transaction, version: int) -> MailboxOut:
        return MailboxOut.read(tx, service.change_mailbox(tx, seal, mailbox_id, version, changes))

    return call.edit(work)


@router.delete("/{mailbox_id}", response_model=MailboxOut)
def remove_mailbox(mailbox_id: UUID, call: Call = CALL) -> Response:
    """Remove a mailbox in which no mail waits; answers it as it was. What was sent from it stays on record."""
    return call.edit(lambda tx, version: MailboxOut.read(tx, service.remove_mailbox(tx, mailbox_id, version)))


@router.post("/{mailbox_id}/check", response_model=MailboxChecked)
def check_mailbox(mailbox_id: UUID, call: Call = CALL) -> Response:
    """Connect to both of its servers and sign in; tells what is wrong and where. No mail is sent."""
    seal = _seal(call)

    found: list[Checked] = []

    def ahead() -> None:
        with call.transaction() as tx:
            login = service.login_to_check(tx, seal, mailbox_id)
        found.append(checking.check(login))  # takes as long as the servers do: no connection is held meanwhile

    def work(tx: Transaction) -> MailboxChecked:
        return MailboxChecked.read(tx, service.note_check(tx, mailbox_id, found[0]), found[0])

    return call.once(work, ahead=ahead)
