"""Routes of owned phone numbers and extensions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.voice.trunks import owning
from offhook.voice.trunks.dialing import LONGEST_EXTENSION, SHORTEST_EXTENSION
from offhook.voice.trunks.edge import Cursor, Limit, Sent, may_be_left_out, text_in
from offhook.voice.trunks.model import Extension, OwnedNumber, Ring, RingKind
from offhook.voice.trunks.rules import LONGEST_NAME

router = APIRouter(tags=["telephony"])

Number = Annotated[
    str,
    Field(
        min_length=1,
        max_length=60,
        description="As the organisation's country writes it, or with +; kept in E.164",
        examples=["+12125550100"],
    ),
]
Label = Annotated[str, Field(max_length=LONGEST_NAME, description="What it is for", examples=["Front desk"])]
Short = Annotated[
    str,
    Field(
        min_length=SHORTEST_EXTENSION,
        max_length=LONGEST_EXTENSION,
        description="Digits that do not begin with 0",
        examples=["204"],
    ),
]


class RingModel(Sent):
    """Whom a number rings."""

    kind: RingKind = RingKind.NOBODY
    id: UUID | None = Field(default=None, description="Of the user, extension or team; null for nobody")

    def understood(self) -> Ring:
        """As the core has it."""
        return Ring(self.kind, self.id)


class NumberOut(BaseModel):
    """A number of ours: what is called, and what may be shown as caller."""

    id: UUID
    number: str = Field(description="E.164")
    label: str
    trunk_id: UUID | None = Field(description="By which its calls arrive")
    rings: RingModel
    version: int

    @classmethod
    def of(cls, one: OwnedNumber) -> "NumberOut":
        """The answer's shape."""
        rings = RingModel(kind=one.rings.kind, id=one.rings.id)
        return cls(
            id=one.id,
            number=one.number,
            label=one.label,
            trunk_id=one.trunk_id,
            rings=rings,
            version=one.version,
        )


class NewNumber(Sent):
    """A number to add."""

    number: Number
    label: Label = ""
    trunk_id: UUID | None = None
    rings: RingModel = RingModel()


class NumberChange(Sent):
    """What is to change; what is left out stays."""

    label: Label = may_be_left_out("")  # pyright: ignore[reportAssignmentType] # pydantic's field
    trunk_id: UUID | None = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    rings: RingModel = may_be_left_out(RingModel())  # pyright: ignore[reportAssignmentType] # likewise


class ExtensionOut(BaseModel):
    """A short internal number of a user."""

    id: UUID
    number: str
    user_id: UUID
    version: int

    @classmethod
    def of(cls, one: Extension) -> "ExtensionOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class NewExtension(Sent):
    """An extension to give to a user."""

    number: Short
    user_id: UUID


class ExtensionChange(Sent):
    """What is to change; what is left out stays."""

    number: Short = may_be_left_out("")  # pyright: ignore[reportAssignmentType] # likewise
    user_id: UUID = may_be_left_out(UUID(int=0))  # pyright: ignore[reportAssignmentType] # likewise


@router.get("/phone-numbers", response_model=Page[NumberOut])
def list_numbers(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the numbers that the organisation owns, by number."""

    def work(tx: Transaction) -> Page[NumberOut]:
        rows = owning.numbers_page(tx, text_in(cursor), limit + 1)
        return page_of([NumberOut.of(row) for row in rows], limit, lambda row: [row.number])

    return call.read(work)


@router.post("/phone-numbers", status_code=201, response_model=NumberOut)
def add_number(body: NewNumber, call: Call = CALL) -> Response:
    """Add a number that the organisation owns."""

    def work(tx: Transaction) -> NumberOut:
        added = owning.add_number(
            tx,
            number=body.number,
            label=body.label,
            trunk_id=body.trunk_id,
            rings=body.rings.understood(),
        )
        return NumberOut.of(added)

    return call.once(work, status=201)


@router.get("/phone-numbers/{number_id}", response_model=NumberOut)
def show_number(number_id: UUID, call: Call = CALL) -> Response:
    """Show one owned number."""
    return call.read(lambda tx: NumberOut.of(owning.number(tx, number_id)))


@router.patch("/phone-numbers/{number_id}", response_model=NumberOut)
def change_number(number_id: UUID, body: NumberChange, call: Call = CALL) -> Response:
    """Change the label of a number, its trunk, or whom it rings."""
    changes = body.changes()
    if "rings" in changes:
        changes["rings"] = body.rings.understood()
    return call.edit(lambda tx, version: NumberOut.of(owning.change_number(tx, number_id, version, changes)))


@router.delete("/phone-numbers/{number_id}", response_model=NumberOut)
def remove_number(number_id: UUID, call: Call = CALL) -> Response:
    """Own a number no more: it is neither shown nor rings; answers the number as it was."""
    return call.edit(lambda tx, version: NumberOut.of(owning.remove_number(tx, number_id, version)))


@router.get("/extensions", response_model=Page[ExtensionOut])
def list_extensions(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List the internal numbers, by number."""

    def work(tx: Transaction) -> Page[ExtensionOut]:
        rows = owning.extensions_page(tx, text_in(cursor), limit + 1)
        return page_of([ExtensionOut.of(row) for row in rows], limit, lambda row: [row.number])

    return call.read(work)


@router.post("/extensions", status_code=201, response_model=ExtensionOut)
def add_extension(body: NewExtension, call: Call = CALL) -> Response:
    """Give a user a short internal number."""
    return call.once(
        lambda tx: ExtensionOut.of(owning.add_extension(tx, number=body.number, user_id=body.user_id)), status=201
    )


@router.get("/extensions/{extension_id}", response_model=ExtensionOut)
def show_extension(extension_id: UUID, call: Call = CALL) -> Response:
    """Show one extension."""
    return call.read(lambda tx: ExtensionOut.of(owning.extension(tx, extension_id)))


@router.patch("/extensions/{extension_id}", response_model=ExtensionOut)
def change_extension(extension_id: UUID, body: ExtensionChange, call: Call = CALL) -> Response:
    """Change an extension's number, or give it to somebody else."""
    changes = body.changes()
    return call.edit(
        lambda tx, version: ExtensionOut.of(owning.change_extension(tx, extension_id, version, changes))
    )


@router.delete("/extensions/{extension_id}", response_model=ExtensionOut)
def remove_extension(extension_id: UUID, call: Call = CALL) -> Response:
    """Remove an extension that no number rings; answers the extension as it was."""
    return call.edit(lambda tx, version: ExtensionOut.of(owning.remove_extension(tx, extension_id, version)))
