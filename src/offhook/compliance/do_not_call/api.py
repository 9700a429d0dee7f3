"""Routes of do-not-call lists: the own list, and imported ones."""

import io
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from offhook.compliance.checking import LONGEST_REASON
from offhook.compliance.do_not_call import service
from offhook.compliance.do_not_call.model import DncSource, Imported, ImportMode, NumberList, OwnNumber
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.export import FILE_ANSWER, FileFormat, Table
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor

router = APIRouter(tags=["compliance"], prefix="/compliance/do-not-call")

FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself: text or CSV, a number a line, or area code and number in two columns",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

Number = Annotated[
    str, Field(min_length=1, max_length=60, description="E.164, or national", examples=["+12125550123"])
]
Reason = Annotated[
    str, Field(min_length=1, max_length=LONGEST_REASON, examples=["Asked by letter"], description="Kept for ever")
]
ReasonQuery = Annotated[
    str,
    Query(
        min_length=1, max_length=LONGEST_REASON, examples=["Asked to be called again"], description="Kept for ever"
    ),
]


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class NewDncNumber(Sent):
    """A number that must not be called."""

    number: Number
    reason: Reason
    person_id: UUID | None = Field(default=None, description="Who asked, if known")


class DncNumberOut(BaseModel):
    """A number of the own list."""

    number: str = Field(description="E.164")
    reason: str
    source: DncSource
    added_at: datetime
    added_by: str = Field(description="As events name actors: `user:…`, `system`")
    person_id: UUID | None
    version: int

    @classmethod
    def of(cls, number: OwnNumber) -> "DncNumberOut":
        """The answer's shape."""
        return cls.model_validate(number, from_attributes=True)


class DncListOut(BaseModel):
    """An imported list."""

    id: UUID
    name: str
    numbers: int
    imported_at: datetime
    imported_by: str
    expires_at: datetime | None = Field(description="It holds until then; null: for ever")
    version: int

    @classmethod
    def of(cls, found: NumberList) -> "DncListOut":
        """The answer's shape."""
        return cls.model_validate(found, from_attributes=True)


class DncListsOut(BaseModel):
    """All imported lists, by name."""

    items: list[DncListOut]


class WrongNumberOut(BaseModel):
    """A line in which no number could be read."""

    line: int
    text: str
    reason: str


class DncImportedOut(BaseModel):
    """What an import did."""

    to_list: DncListOut | None = Field(description="null: it went to the own list")
    read: int = Field(description="Lines with a number")
    added: int
    removed: int
    wrong_lines: int
    wrong: list[WrongNumberOut] = Field(description="The first of them")

    @classmethod
    def of(cls, imported: Imported) -> "DncImportedOut":
        """The answer's shape."""
        return cls.model_validate(imported, from_attributes=True)


@router.get("", response_model=Page[DncNumberOut])
def list_numbers(
    search: Annotated[
        str | None, Query(max_length=60, description="Numbers that begin so; these come in one page, by number")
    ] = None,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")] = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the organisation's own do-not-call list, the newest first."""

    def work(tx: Transaction) -> Page[DncNumberOut]:
        if search:
            found = service.search(tx, search, limit)
            return Page(items=[DncNumberOut.of(one) for one in found], next_cursor=None)
        rows = service.own_page(tx, _place_in(cursor), limit + 1)
        return page_of(
            [DncNumberOut.of(one) for one in rows], limit, lambda one: [one.added_at.isoformat(), one.number]
        )

    return call.read(work)


def _place_in(cursor: str | None) -> tuple[datetime, int] | None:
    key = read_cursor(cursor, 2)
    try:
        return (datetime.fromisoformat(str(key[0])), int(str(key[1]))) if key else None
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list", cursor)
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


@router.post("", status_code=201, response_model=DncNumberOut)
def add_number(body: NewDncNumber, call: Call = CALL) -> Response:
    """Put a number on the own list; one that is there stays as it is."""
    return call.once(
        lambda tx: DncNumberOut.of(service.add_number(tx, body.number, body.reason, person_id=body.person_id)),
        status=201,
    )


@router.get("/export", responses=FILE_ANSWER, response_class=FileAnswer)
def export_numbers(
    format: Annotated[FileFormat, Query(description="Of the file")] = FileFormat.CSV,  # noqa: A002 # the parameter's name
    call: Call = CALL,
) -> Response:
    """Write the own list into a file."""
    return call.download(format, lambda tx: Table("do-not-call", service.HEADINGS, service.own_rows(tx)))


@router.get("/lists", response_model=DncListsOut)
def list_lists(call: Call = CALL) -> Response:
    """List the imported lists of registries, with how many numbers and until when they hold."""
    return call.read(lambda tx: DncListsOut(items=[DncListOut.of(one) for one in service.lists(tx)]))


@router.post("/lists", response_model=DncImportedOut, openapi_extra=FILE_BODY)
def import_list(
    name: Annotated[
        str,
        Query(
            min_length=1, max_length=service.LONGEST_NAME, examples=["National registry"], description="Whose list"
        ),
    ],
    mode: Annotated[
        ImportMode, Query(description="What the file is: all there is, or what changed")
    ] = ImportMode.REPLACE,
    days: Annotated[
        int | None,
        Query(
            ge=1, le=service.MOST_DAYS, description="How long it holds: 31 for the registry of the United States"
        ),
    ] = None,
    call: Call = CALL,
) -> Response:
    """Send a registry's list: it takes the place of the list of that name, or changes it."""

    def work(tx: Transaction) -> DncImportedOut:
        tx.require("dnc:remove")
        with sent_lines(call) as lines:
            return DncImportedOut.of(service.import_list(tx, lines, name=name, mode=mode, days=days))

    return call.once(work)


@router.post("/import", response_model=DncImportedOut, openapi_extra=FILE_BODY)
def import_numbers(reason: ReasonQuery, call: Call = CALL) -> Response:
    """Send a file of numbers to put on the own list, all for one reason."""

    def work(tx: Transaction) -> DncImportedOut:
        tx.require("dnc:remove")
        with sent_lines(call) as lines:
            return DncImportedOut.of(service.import_own(tx, lines, reason))

    return call.once(work)


@contextmanager
def sent_lines(call: Call) -> Generator[Iterable[str]]:
    """What was sent, line by line. Raises `Invalid` for what is no text."""
    if b"\0" in call.body[:4096]:
        told = "is no text: save it as CSV (UTF-8)"
        raise Invalid(f"The file {told}.", fields=[FieldError("file", told)])
    with io.TextIOWrapper(io.BytesIO(call.body), encoding="utf-8-sig", errors="replace") as lines:
        yield lines


@router.delete("/lists/{list_id}", response_model=DncListOut)
def remove_list(list_id: UUID, reason: ReasonQuery, call: Call = CALL) -> Response:
    """Remove an imported list with all its numbers. Answers the list as it was."""
    return call.edit(lambda tx, version: DncListOut.of(service.remove_list(tx, list_id, version, reason)))


@router.get("/{number}", response_model=DncNumberOut)
def show_number(number: str, call: Call = CALL) -> Response:
    """Show one number of the own list."""
    return call.read(lambda tx: DncNumberOut.of(service.own_number(tx, number)))


@router.delete("/{number}", response_model=DncNumberOut)
def remove_number(number: str, reason: ReasonQuery, call: Call = CALL) -> Response:
    """Take a number off the own list; the reason is kept in the event log. Answers it as it was."""
    return call.edit(lambda tx, version: DncNumberOut.of(service.remove_number(tx, number, version, reason)))
