"""Cursor paging: a page is asked for by where the last one ended, never by its number.

A cursor holds the sort key of the last row, ended by the primary key, so that rows with equal sort keys are
neither repeated nor skipped, and a page costs the same however deep it lies. Clients treat it as opaque.
"""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from offhook.kernel.errors import FieldError, Invalid

T = TypeVar("T")

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null on the last one")


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[object]]) -> Page[T]:
    """Make a page from rows read with `LIMIT limit + 1`; `key` gives a row's sort key as JSON or text values."""
    items = list(rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(key(items[-1])) if more else None)


def write_cursor(key: Sequence[object]) -> str:
    """Make the opaque cursor of a sort key."""
    return base64.urlsafe_b64encode(json.dumps(list(key), default=str).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, width: int) -> list[str | int | float | None] | None:
    """The sort key inside a cursor; None for the first page. Raises `Invalid` for a cursor not of ours."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list) or len(key) != width:  # pyright: ignore[reportUnknownArgumentType] # JSON
        raise Invalid(
            "The cursor is not one of this list. Leave it out to begin at the first page.",
            fields=[FieldError("cursor", "not a cursor of this list", cursor)],
        )
    return key  # pyright: ignore[reportUnknownVariableType] # JSON
