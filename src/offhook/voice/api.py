"""Routes of calls: whether there is a telephone, place a call, read calls back, note and log them.

What is done in a running call stands in `commands_api.py`.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.activities import LONGEST_BODY, Disposition
from offhook.activities.api import ActivityOut
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.leads.edge import Cursor, Limit, Sent
from offhook.voice.answers import (
    NO_TELEPHONE,
    REFUSED,
    CallList,
    CallOut,
    CallsPage,
    PartOut,
    all_shown,
    exchange_of,
    shown,
    telephone_of,
    telephone_or_none,
)
from offhook.voice.calls import service
from offhook.voice.exchange.inside import call_colleague, colleague_meant
from offhook.voice.exchange.opening import Opening, call_out
from offhook.voice.telephone import Telephone

router = APIRouter(tags=["calls"])


class CallPlaced(Sent):
    """Whom to call: a lead's person, a person, or a number."""

    lead_id: UUID | None = None
    person_id: UUID | None = None
    number: Annotated[str, Field(max_length=200)] | None = Field(
        default=None,
        description="As typed or E.164; the person's main number if left out."
        " Alone it may be a colleague's extension: they are rung, over no network",
    )
    agreed: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="They asked to be called now: why. Lifts hours and caps; needs `calls:override`"
    )
    drops_message: bool = Field(default=False, description="Leave my recorded message by itself at a voicemail")


class Noting(Sent):
    """What you note of the call."""

    notes: Annotated[str, Field(max_length=LONGEST_BODY)]


class Logging(Sent):
    """How the call ended, in your word."""

    disposition: Disposition
    notes: Annotated[str, Field(max_length=LONGEST_BODY)] | None = Field(
        default=None, description="As noted while it lasted, if left out"
    )
    call_back_at: AwareDatetime | None = None


class CallerNamed(Sent):
    """Who the caller was."""

    person_id: UUID


class PhoneOut(BaseModel):
    """Whether a user can be rung."""

    user_id: UUID
    state: str = Field(description="free, in_call; users whose phone is not connected are left out")


class TelephoneOut(BaseModel):
    """Whether calls can be made here."""

    state: str = Field(description="ready, starting, off, lost")
    reason: str | None = Field(description="Why not, and what to do")
    phones: list[PhoneOut]


@router.get("/telephone", response_model=TelephoneOut)
def show_telephone(call: Call = CALL) -> Response:
    """Say whether calls can be made, and who can be rung."""

    def work(tx: Transaction) -> TelephoneOut:
        tx.require("leads:read")
        telephone = telephone_or_none(call)
        if telephone is None:
            return TelephoneOut(state="off", reason=NO_TELEPHONE, phones=[])
        return TelephoneOut(state=telephone.state, reason=telephone.reason, phones=_phones(telephone, tx))

    return call.read(work)


def _phones(telephone: Telephone, tx: Transaction) -> list[PhoneOut]:
    if telephone.state != "ready":
        return []
    exchange = telephone.exchange()
    here = [one for one in exchange.devices.all() if one.organisation_id == tx.organisation_id and one.has_media]
    return [
        PhoneOut(user_id=one.user_id, state="free" if exchange.is_free(one.user_id) else "in_call") for one in here
    ]


@router.post("/calls", status_code=201, response_model=CallOut, responses=REFUSED)
def place_call(body: CallPlaced, call: Call = CALL) -> Response:
    """Call somebody from your phone in the workbench, if the policy lets you."""
    opened: list[Opening] = []

    def work(tx: Transaction) -> CallOut:
        tx.require("calls:place")
        opening = _opening(call, tx, body)
        opened.append(opening)
        return shown(call, tx, service.call_by_id(tx, opening.live.id))

    response = call.once(work, status=201)
    if opened:  # a repeated request gets its first answer, and places no second call
        exchange_of(call).open(opened[0].live, opened[0].first)
    return response


def _opening(call: Call, tx: Transaction, body: CallPlaced) -> Opening:
    is_typed = body.lead_id is None and body.person_id is None
    colleague = colleague_meant(tx, body.number) if is_typed else None
    if colleague is not None:
        return call_colleague(tx, exchange_of(call), colleague)
    return call_out(tx, exchange_of(call), telephone_of(call).ways(), **dict(body))


@router.get("/calls", response_model=CallsPage)
def list_calls(
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    owner_id: UUID | None = None,
    are_messages: Annotated[bool, Query(description="Only messages that callers left")] = False,
    are_missed: Annotated[bool, Query(description="Only calls to us that nobody took")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
    call: Call = CALL,
) -> Response:
    """List calls, the newest first."""

    def work(tx: Transaction) -> CallsPage:
        page = service.calls_page(
            tx,
            person_id=person_id,
            lead_id=lead_id,
            owner_id=owner_id,
            are_messages=are_messages,
            are_missed=are_missed,
            cursor=cursor,
            limit=limit,
        )
        return CallsPage(items=all_shown(call, tx, page.items), next_cursor=page.next_cursor)

    return call.read(work)


@router.get("/calls/unlogged", response_model=CallList)
def list_unlogged_calls(call: Call = CALL) -> Response:
    """List your calls that wait for your word on how they ended, the oldest first."""

    def work(tx: Transaction) -> CallList:
        waiting = service.unlogged_calls(tx, tx.actor.id) if tx.actor.id else []
        return CallList(items=all_shown(call, tx, waiting))

    return call.read(work)


@router.get("/calls/{call_id}", response_model=CallOut)
def show_call(call_id: UUID, call: Call = CALL) -> Response:
    """Show a call."""
    return call.read(lambda tx: shown(call, tx, service.call_by_id(tx, call_id)))


@router.post("/calls/{call_id}/notes", response_model=PartOut)
def note(call_id: UUID, body: Noting, call: Call = CALL) -> Response:
    """Keep what you note of a call, in place of what you noted before; its entry takes it when it is logged."""
    return call.once(
        lambda tx: PartOut.model_validate(service.note(tx, call_id, body.notes), from_attributes=True)
    )


@router.post("/calls/{call_id}/log", status_code=201, response_model=ActivityOut)
def log_call(call_id: UUID, body: Logging, call: Call = CALL) -> Response:
    """Say how a call ended: it is logged with its lead. Said again, the entry is corrected."""
    return call.once(lambda tx: ActivityOut.of(service.log_call(tx, call_id, **dict(body))), status=201)


@router.post("/calls/{call_id}/caller", response_model=CallOut)
def name_caller(call_id: UUID, body: CallerNamed, call: Call = CALL) -> Response:
    """Say who a caller was whom nobody knew."""

    def work(tx: Transaction) -> CallOut:
        service.name_caller(tx, call_id, body.person_id)
        return shown(call, tx, service.call_by_id(tx, call_id))

    return call.once(work)
