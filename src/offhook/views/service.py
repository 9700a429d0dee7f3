"""Saving views, sharing them, and what a user prefers.

Everybody sees their own views and those that are shared, and changes their own. Who looks after other people's
leads (`leads:assign`) looks after the shared views too. What a view's query says is not looked into: the screen
it belongs to reads it, and leaves out what it no longer knows.
"""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from pydantic_core import to_json

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Json
from offhook.kernel.ids import new_id
from offhook.views import store
from offhook.views.model import Preferences, View

LONGEST_SCREEN = 40
LONGEST_NAME = 80
LARGEST_QUERY = 8 * 2**10
"""Bytes of JSON."""
MOST_OF_A_SCREEN = 200
"""Views that one user keeps of one screen."""


def views_page(tx: Transaction, screen: str | None, after: tuple[str, UUID] | None, limit: int) -> list[View]:
    """One's own views and the shared ones, by name; of one screen or of all."""
    tx.require("users:read")
    return store.page(tx, _me(tx), screen, after, limit)


def view(tx: Transaction, identifier: UUID) -> View:
    """One view, one's own or a shared one. Raises `NotFound`."""
    tx.require("users:read")
    return _seen(tx, identifier)


def save_view(
    tx: Transaction, *, screen: str, name: str, query: Mapping[str, Json], is_shared: bool = False
) -> View:
    """Save a view. Raises `Invalid`, and `Conflict` for a name that one has given on this screen already."""
    tx.require("views:write")
    new = View(new_id(), _me(tx), screen.strip(), name.strip(), query, is_shared, 1)
    _check(new)
    if store.count_of(tx, new.user_id, new.screen) >= MOST_OF_A_SCREEN:
        raise Conflict(f"You have {MOST_OF_A_SCREEN} views of this screen already. Remove some first.")
    store.insert(tx, new)
    return new


def change_view(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> View:
    """Change a view's name, query or sharing.

    Raises `NotFound`, `Forbidden`, `StaleVersion`, `Invalid`, `Conflict` for a name that its owner has given.
    """
    tx.require("views:write")
    present = _mine_to_change(tx, identifier)
    changed: View = replace(present, **changes, version=version)  # pyright: ignore[reportArgumentType] # fields by name
    changed = replace(changed, name=changed.name.strip())
    _check(changed)
    if not store.update(tx, changed):
        raise _stale()
    return replace(changed, version=version + 1)


def remove_view(tx: Transaction, identifier: UUID, version: int) -> View:
    """Remove a view and return it as it was. Raises `NotFound`, `Forbidden`, `StaleVersion`."""
    tx.require("views:write")
    removed = _mine_to_change(tx, identifier)
    if not store.delete(tx, identifier, version):
        raise _stale()
    return removed


def preferences(tx: Transaction) -> Preferences:
    """What the user who asks prefers."""
    tx.require("users:read")
    return store.preferences(tx, _me(tx))


def set_preferences(tx: Transaction, wanted: Preferences) -> Preferences:
    """Keep what the user who asks prefers; `wanted.version` is the version that it replaces.

    Raises `StaleVersion`.
    """
    tx.require("views:write")
    if not store.save_preferences(tx, _me(tx), wanted):
        raise StaleVersion("Your preferences were changed since you read them. Read them again.")
    return replace(wanted, version=wanted.version + 1)


def _me(tx: Transaction) -> UUID:
    if tx.actor.id is None:
        raise Invalid("Only a user has views and preferences.")
    return tx.actor.id


def _seen(tx: Transaction, identifier: UUID) -> View:
    found = store.seen(tx, _me(tx), identifier)
    if found is None:
        raise NotFound(f"There is no view {identifier} that you can see.")
    return found


def _mine_to_change(tx: Transaction, identifier: UUID) -> View:
    found = _seen(tx, identifier)
    if found.user_id != _me(tx) and not tx.actor.may("leads:assign"):
        raise Forbidden("This view is another's. Save a copy of it under a name of your own.")
    return found


def _check(view: View) -> None:
    _check_length("screen", view.screen, LONGEST_SCREEN)
    _check_length("name", view.name, LONGEST_NAME)
    size = len(to_json(view.query))
    if size > LARGEST_QUERY:
        raise Invalid(
            f"The view's query has {size:,} bytes of JSON; {LARGEST_QUERY:,} can be kept.",
            fields=[FieldError("query", f"must have at most {LARGEST_QUERY:,} bytes")],
        )


def _check_length(field: str, text: str, longest: int) -> None:
    if not 0 < len(text) <= longest:
        reason = f"must have 1 to {longest} characters"
        raise Invalid(f"The view's {field} {reason}.", fields=[FieldError(field, reason, text[:100])])


def _stale() -> StaleVersion:
    return StaleVersion("The view was changed since you read it. Read it again.")
