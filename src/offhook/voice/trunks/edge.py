"""What the routes of trunks, numbers and settings share: bodies that refuse slips, changes, cursors."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.paging import LARGEST_LIMIT, read_cursor

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]


def _without_default(schema: dict[str, JsonValue]) -> None:
    schema.pop("default", None)


def may_be_left_out(default: object) -> object:
    """A field of a change: what is left out stays as it is, so its default is never used, nor told."""
    return Field(default=default, json_schema_extra=_without_default)


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")

    def changes(self) -> dict[str, object]:
        """What the request names, by field, each as the model has it."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def id_in(cursor: str | None) -> UUID | None:
    """The id in a cursor of ids; None for the first page. Raises `Invalid`."""
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise _no_cursor(cursor) from error


def text_in(cursor: str | None) -> str | None:
    """The text in a cursor of texts; None for the first page. Raises `Invalid`."""
    key = read_cursor(cursor, 1)
    if key is None:
        return None
    if not isinstance(key[0], str) or not key[0].isprintable():
        raise _no_cursor(cursor)
    return key[0]


def _no_cursor(cursor: str | None) -> Invalid:
    return Invalid(
        "The cursor is not one of this list. Leave it out to begin at the first page.",
        fields=[FieldError("cursor", "not a cursor of this list", cursor)],
    )
