"""Routes of saved views and of the preferences of who asks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor
from offhook.views import service
from offhook.views.model import Density, Language, Preferences, Theme, View

router = APIRouter(tags=["views"])

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
Screen = Annotated[
    str,
    Field(
        min_length=1,
        max_length=service.LONGEST_SCREEN,
        description="The screen whose table it arranges",
        examples=["leads"],
    ),
]
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=service.LONGEST_NAME,
        description="Each of your views of a screen has another, without regard to case",
        examples=["Hot and untouched"],
    ),
]
ViewQuery = Annotated[
    dict[str, JsonValue],
    Field(
        description=f"Filters, sort and columns as the screen understands them; up to {service.LARGEST_QUERY:,}"
        " bytes of JSON",
        examples=[{"sort": "-score", "stage": ["mql"], "untouched": True}],
    ),
]
IsShared = Annotated[bool, Field(description="Whether everybody sees it")]


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class NewView(Sent):
    """A view to save."""

    screen: Screen
    name: Name
    query: ViewQuery
    is_shared: IsShared = False


class ViewChange(Sent):
    """What is to change; what is left out stays."""

    name: Name | None = None
    query: ViewQuery | None = None
    is_shared: IsShared | None = None


class ViewOut(BaseModel):
    """A saved view of a screen's table."""

    id: UUID
    user_id: UUID = Field(description="Whose it is")
    screen: str
    name: str
    query: dict[str, JsonValue] = Field(description="As it was sent")
    is_shared: bool = Field(description="Whether everybody sees it")
    version: int

    @classmethod
    def of(cls, view: View) -> "ViewOut":
        """The answer's shape."""
        return cls.model_validate(view, from_attributes=True)


class NewPreferences(Sent):
    """All that a user prefers."""

    language: Language | None = Field(default=None, description="Null: the browser's")
    theme: Theme = Theme.SYSTEM
    density: Density = Density.COMFORTABLE


class PreferencesOut(BaseModel):
    """What the user who asks prefers."""

    language: Language | None = Field(description="Null: the browser's")
    theme: Theme
    density: Density
    version: int = Field(description="0: they never said")

    @classmethod
    def of(cls, preferences: Preferences) -> "PreferencesOut":
        """The answer's shape."""
        return cls.model_validate(preferences, from_attributes=True)


@router.get("/views", response_model=Page[ViewOut])
def list_views(
    screen: Annotated[
        str | None, Query(max_length=service.LONGEST_SCREEN, description="Only of this screen", examples=["leads"])
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List your own views and those that are shared, by name."""

    def work(tx: Transaction) -> Page[ViewOut]:
        rows = service.views_page(tx, screen, _place_in(cursor), limit + 1)
        return page_of([ViewOut.of(row) for row in rows], limit, lambda row: [row.name, str(row.id)])

    return call.read(work)


def _place_in(cursor: str | None) -> tuple[str, UUID] | None:
    key = read_cursor(cursor, 2)
    try:
        return (str(key[0]), UUID(str(key[1]))) if key else None
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list", cursor)
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


@router.post("/views", status_code=201, response_model=ViewOut)
def save_view(body: NewView, call: Call = CALL) -> Response:
    """Save a view of a screen's table under a name."""
    return call.once(lambda tx: ViewOut.of(service.save_view(tx, **dict(body))), status=201)


@router.get("/views/{view_id}", response_model=ViewOut)
def show_view(view_id: UUID, call: Call = CALL) -> Response:
    """Show one view, your own or a shared one."""
    return call.read(lambda tx: ViewOut.of(service.view(tx, view_id)))


@router.patch("/views/{view_id}", response_model=ViewOut)
def change_view(view_id: UUID, body: ViewChange, call: Call = CALL) -> Response:
    """Change a view of your own; with `leads:assign` also a shared one of somebody else's."""
    told: dict[str, object] = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in told.items() if value is not None}
    return call.edit(lambda tx, version: ViewOut.of(service.change_view(tx, view_id, version, changes)))


@router.delete("/views/{view_id}", response_model=ViewOut)
def remove_view(view_id: UUID, call: Call = CALL) -> Response:
    """Remove a view of your own; with `leads:assign` also a shared one. Answers the view as it was."""
    return call.edit(lambda tx, version: ViewOut.of(service.remove_view(tx, view_id, version)))


@router.get("/me/preferences", response_model=PreferencesOut)
def show_preferences(call: Call = CALL) -> Response:
    """Show what you prefer: language, theme, density."""
    return call.read(lambda tx: PreferencesOut.of(service.preferences(tx)))


@router.put("/me/preferences", response_model=PreferencesOut)
def set_preferences(body: NewPreferences, call: Call = CALL) -> Response:
    """Say what you prefer; what is left out goes back to its default."""
    return call.edit(
        lambda tx, version: PreferencesOut.of(
            service.set_preferences(tx, Preferences(body.language, body.theme, body.density, version))
        )
    )
