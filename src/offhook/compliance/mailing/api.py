"""Routes of mailing: "may I mail?", and the addresses that must not be."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.compliance.api import Cursor, Limit, Sent
from offhook.compliance.checking import LONGEST_REASON
from offhook.compliance.mailing import service
from offhook.compliance.mailing.model import MailVerdict, Suppressed, SuppressedBecause
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page

router = APIRouter(tags=["compliance"], prefix="/compliance/mail")

LONGEST_ADDRESS = 254
Address = Annotated[
    str, Field(min_length=3, max_length=LONGEST_ADDRESS, examples=["ada@engines.example"], pattern="@")
]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, examples=["asked us by letter"])]
ReasonQuery = Annotated[str, Query(min_length=1, max_length=LONGEST_REASON, description="Why; kept for ever")]


class MailRefusalOut(BaseModel):
    """One reason against a mail."""

    code: str = Field(description="`no-address`, `do-not-email`, `suppressed`, `address`")
    why: str
    source: str


class MailVerdictOut(BaseModel):
    """May this person be mailed now, and why not."""

    address: str | None
    is_allowed: bool
    refusals: list[MailRefusalOut]

    @classmethod
    def of(cls, verdict: MailVerdict) -> "MailVerdictOut":
        """The answer's shape."""
        refusals = [MailRefusalOut(code=one.code, why=one.why, source=one.source) for one in verdict.refusals]
        return cls(address=verdict.address, is_allowed=verdict.is_allowed, refusals=refusals)


class SuppressedOut(BaseModel):
    """An address that must not be mailed."""

    address: str
    because: SuppressedBecause
    reason: str
    added_at: datetime
    added_by: str
    version: int

    @classmethod
    def of(cls, one: Suppressed) -> "SuppressedOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class NewSuppression(Sent):
    """An address to put on the list."""

    address: Address
    reason: Reason
    because: SuppressedBecause = SuppressedBecause.BY_HAND


@router.get("/check", response_model=MailVerdictOut)
def check_mail(
    person_id: Annotated[UUID, Query(description="Who is to be mailed")],
    address: Annotated[
        str | None, Query(max_length=LONGEST_ADDRESS, description="Which of theirs; the main one if left out")
    ] = None,
    call: Call = CALL,
) -> Response:
    """Tell whether this person may be mailed now, with every reason against it."""
    return call.read(lambda tx: MailVerdictOut.of(service.may_mail(tx, person_id, address)))


@router.get("/suppressions", response_model=Page[SuppressedOut])
def list_suppressions(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the addresses that must not be mailed, the newest first."""

    def work(tx: Transaction) -> Page[SuppressedOut]:
        page = service.suppressed_page(tx, cursor=cursor, limit=limit)
        return Page(items=[SuppressedOut.of(row) for row in page.items], next_cursor=page.next_cursor)

    return call.read(work)


@router.post("/suppressions", status_code=201, response_model=SuppressedOut)
def add_suppression(body: NewSuppression, call: Call = CALL) -> Response:
    """Let an address be mailed no more; one that is listed stays as it is."""
    return call.once(lambda tx: SuppressedOut.of(service.suppress(tx, **dict(body))), status=201)


@router.get("/suppressions/{address}", response_model=SuppressedOut)
def show_suppression(address: str, call: Call = CALL) -> Response:
    """Show one address of the list."""
    return call.read(lambda tx: SuppressedOut.of(service.suppression(tx, address)))


@router.delete("/suppressions/{address}", response_model=SuppressedOut)
def remove_suppression(address: str, reason: ReasonQuery, call: Call = CALL) -> Response:
    """Take an address off the list; the reason is kept in the event log. Answers it as it was."""
    return call.edit(lambda tx, version: SuppressedOut.of(service.unsuppress(tx, address, version, reason)))
