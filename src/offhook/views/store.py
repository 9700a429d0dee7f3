"""The SQL of saved views and preferences (0011_lists.sql)."""

from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError
from offhook.views.model import Density, Language, Preferences, Theme, View

_SELECT = "SELECT id, user_id, screen, name, query, is_shared, version FROM saved_view "
_SEEN = "(user_id = %(user)s OR is_shared)"


def seen(tx: Transaction, user_id: UUID, identifier: UUID) -> View | None:
    """One view, if this user sees it."""
    return tx.first(View, _SELECT + "WHERE id = %(id)s AND " + _SEEN, id=identifier, user=user_id)


def page(
    tx: Transaction, user_id: UUID, screen: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[View]:
    """The views that a user sees, by name; an organisation has few enough to sort them."""
    name, identifier = after or (None, None)
    return tx.rows(
        View,
        _SELECT + "WHERE " + _SEEN + " AND (%(screen)s::text IS NULL OR screen = %(screen)s)"
        " AND (%(id)s::uuid IS NULL OR (sort_name, id) > (lower(%(name)s), %(id)s))"
        " ORDER BY sort_name, id LIMIT %(limit)s",
        user=user_id,
        screen=screen,
        name=name,
        id=identifier,
        limit=limit,
    )


def count_of(tx: Transaction, user_id: UUID, screen: str) -> int:
    """How many views of a screen are this user's own. Index: saved_view_name."""
    return (
        tx.scalar(
            int,
            "SELECT count(*) FROM saved_view WHERE user_id = %(user)s AND screen = %(screen)s",
            user=user_id,
            screen=screen,
        )
        or 0
    )


def insert(tx: Transaction, new: View) -> None:
    """Add a view. Raises `Conflict` when its owner has one of this name on this screen."""
    try:
        tx.execute(
            "INSERT INTO saved_view (id, user_id, screen, name, query, is_shared, created_at)"
            " VALUES (%(id)s, %(user)s, %(screen)s, %(name)s, %(told)s, %(shared)s, %(now)s)",
            **_columns(new),
            screen=new.screen,
            user=new.user_id,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _taken(new) from error


def update(tx: Transaction, changed: View) -> bool:
    """Save a view if it still has its version; False when not. Raises `Conflict` like `insert`."""
    try:
        return bool(
            tx.execute(
                "UPDATE saved_view SET name = %(name)s, query = %(told)s, is_shared = %(shared)s,"
                " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                **_columns(changed),
                version=changed.version,
            )
        )
    except UniqueViolation as error:
        raise _taken(changed) from error


def delete(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a view if it still has this version; False when not."""
    return bool(
        tx.execute(
            "DELETE FROM saved_view WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
        )
    )


def _columns(view: View) -> dict[str, object]:
    return {"id": view.id, "name": view.name, "told": Jsonb(dict(view.query)), "shared": view.is_shared}


def _taken(view: View) -> Conflict:
    return Conflict(
        f"There is a view '{view.name}' on this screen already. Choose another name.",
        code="name-taken",
        fields=[FieldError("name", "taken", view.name)],
    )


def preferences(tx: Transaction, user_id: UUID) -> Preferences:
    """What a user prefers. Index: the primary key."""
    found = tx.first(
        _preferences,
        "SELECT language, theme, density, version FROM preferences WHERE user_id = %(user)s",
        user=user_id,
    )
    return found or Preferences()


def _preferences(language: str | None, theme: str, density: str, version: int) -> Preferences:
    return Preferences(Language(language) if language else None, Theme(theme), Density(density), version)


def save_preferences(tx: Transaction, user_id: UUID, new: Preferences) -> bool:
    """Save what a user prefers, if their row (none: version 0) still has this version; False when not."""
    columns: dict[str, object] = {
        "user": user_id,
        "language": new.language.value if new.language else None,
        "theme": new.theme.value,
        "density": new.density.value,
    }
    if new.version == 0:
        return bool(
            tx.execute(
                "INSERT INTO preferences (user_id, language, theme, density)"
                " VALUES (%(user)s, %(language)s, %(theme)s, %(density)s) ON CONFLICT DO NOTHING",
                **columns,
            )
        )
    return bool(
        tx.execute(
            "UPDATE preferences SET language = %(language)s, theme = %(theme)s, density = %(density)s,"
            " version = version + 1 WHERE user_id = %(user)s AND version = %(version)s",
            **columns,
            version=new.version,
        )
    )
