"""What the routes of this slice share: request bodies that refuse slips, cursors of ids, of times, of places."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Annotated, TypeVar, cast
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.paging import LARGEST_LIMIT, read_cursor

T = TypeVar("T")

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


def changes_in(body: Sent, may_be_null: Collection[str] = ()) -> dict[str, object]:
    """What a change names: fields left out stay, null clears only what may be null and leaves the rest."""
    told: dict[str, object] = body.model_dump(exclude_unset=True)
    return {name: value for name, value in told.items() if value is not None or name in may_be_null}


def id_in(cursor: str | None) -> UUID | None:
    """The id in a cursor of ids; None for the first page. Raises `Invalid`."""
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise _no_cursor(cursor) from error


def moment_and_id_in(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The time and id in a cursor of both; None for the first page. Raises `Invalid`."""
    key = read_cursor(cursor, 2)
    if key is None:
        return None
    try:
        moment, identifier = datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError as error:
        raise _no_cursor(cursor) from error
    if moment.tzinfo is None:
        raise _no_cursor(cursor)
    return moment, identifier


def beyond(
    rows: Sequence[T], cursor: str | None, place: Callable[[T], Sequence[str | int]], *kinds: type[str] | type[int]
) -> list[T]:
    """The rows of a short, sorted list that lie beyond a cursor; all of them for the first page.

    `place` gives what rows are sorted by, which is of these `kinds`. Raises `Invalid`.
    """
    key = read_cursor(cursor, len(kinds))
    if key is None:
        return [*rows]
    if [type(part) for part in key] != [*kinds]:
        raise _no_cursor(cursor)
    last = cast("list[str | int]", key)
    return [row for row in rows if [*place(row)] > last]


def _no_cursor(cursor: str | None) -> Invalid:
    return Invalid(
        "The cursor is not one of this list. Leave it out to begin at the first page.",
        fields=[FieldError("cursor", "not a cursor of this list", cursor)],
    )
