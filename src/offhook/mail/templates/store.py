"""The SQL of templates (0018_mail_templates.sql, 0020_composing.sql)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from psycopg.errors import UniqueViolation

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError
from offhook.mail.templates.model import Template, TemplateKind, Variant

_SELECT = (
    "SELECT id, kind, name, folder, owner_id, is_shared, is_archived, created_at, changed_at, version"
    " FROM mail_template "
)
_SEEN = "(is_shared OR owner_id = %(user)s)"


def seen(tx: Transaction, user_id: UUID | None, identifier: UUID) -> Template | None:
    """One template, if this user sees it. Index: the primary key."""
    rows = tx.rows(_template, _SELECT + "WHERE id = %(id)s AND " + _SEEN, id=identifier, user=user_id)
    return next(iter(_with_variants(tx, rows)), None)


def page(
    tx: Transaction,
    user_id: UUID | None,
    *,
    kind: TemplateKind | None,
    is_archived: bool,
    words: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[Template]:
    """The templates that a user sees, by name; an organisation has few enough to look at all.

    `words` are looked for in name, folder and subjects.
    """
    name, identifier = after or (None, None)
    rows = tx.rows(
        _template,
        _SELECT + "WHERE " + _SEEN + " AND is_archived = %(archived)s"
        " AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
        " AND (%(words)s::text IS NULL OR position(lower(%(words)s) IN sort_name) > 0"
        "  OR position(lower(%(words)s) IN lower(folder)) > 0"
        "  OR EXISTS (SELECT FROM mail_template_variant v WHERE v.template_id = mail_template.id"
        "   AND v.retired_at IS NULL AND position(lower(%(words)s) IN lower(v.subject)) > 0))"
        " AND (%(id)s::uuid IS NULL OR (sort_name, id) > (lower(%(name)s), %(id)s))"
        " ORDER BY sort_name, id LIMIT %(limit)s",
        user=user_id,
        archived=is_archived,
        kind=kind.value if kind else None,
        words=words or None,
        name=name,
        id=identifier,
        limit=limit,
    )
    return _with_variants(tx, rows)


def snippets(tx: Transaction, owner_id: UUID | None) -> dict[str, str]:
    """What the snippets say that all may use, and those of this owner, which come before shared ones."""
    found = tx.rows(
        _named,
        "SELECT t.name, v.body FROM mail_template t JOIN mail_template_variant v ON v.template_id = t.id"
        " WHERE t.kind = 'snippet' AND v.retired_at IS NULL AND NOT t.is_archived"
        " AND (t.is_shared OR t.owner_id = %(owner)s)"
        " ORDER BY t.is_shared DESC",
        owner=owner_id,
    )
    return dict(found)


def texts_that_may_use(tx: Transaction, snippet: Template) -> list[tuple[Template, str]]:
    """The bodies, each with its template, that could use this snippet: not archived, and where it is seen."""
    rows = tx.rows(
        _template,
        _SELECT
        + "WHERE kind = 'email' AND NOT is_archived AND (%(shared)s OR owner_id = %(owner)s AND NOT is_shared)"
        " ORDER BY sort_name, id",
        shared=snippet.is_shared,
        owner=snippet.owner_id,
    )
    return [(one, variant.body) for one in _with_variants(tx, rows) for variant in one.variants]


def insert(tx: Transaction, new: Template) -> None:
    """Add a template. Raises `Conflict` when its name is taken."""
    try:
        tx.execute(
            "INSERT INTO mail_template (id, kind, name, folder, owner_id, is_shared, is_archived, created_at,"
            " changed_at) VALUES (%(id)s, %(kind)s, %(name)s, %(folder)s, %(owner)s, %(shared)s, %(archived)s,"
            " %(now)s, %(now)s)",
            **_columns(new),
            kind=new.kind.value,
            owner=new.owner_id,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _taken(new) from error
    _save_variants(tx, new)


def update(tx: Transaction, changed: Template) -> bool:
    """Save a template if it still has its version; False when not. Raises `Conflict` like `insert`."""
    try:
        is_saved = tx.execute(
            "UPDATE mail_template SET name = %(name)s, folder = %(folder)s, is_shared = %(shared)s,"
            " is_archived = %(archived)s, changed_at = %(now)s, version = version + 1"
            " WHERE id = %(id)s AND version = %(version)s",
            **_columns(changed),
            version=changed.version,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _taken(changed) from error
    if is_saved:
        tx.execute(
            "UPDATE mail_template_variant SET retired_at = %(now)s"
            " WHERE template_id = %(id)s AND retired_at IS NULL AND id <> ALL(%(kept)s)",
            id=changed.id,
            kept=[one.id for one in changed.variants],
            now=tx.now,
        )
        _save_variants(tx, changed)
    return bool(is_saved)


def _save_variants(tx: Transaction, one: Template) -> None:
    tx.execute(
        "INSERT INTO mail_template_variant AS old (id, template_id, position, name, weight, subject, body,"
        " worded_at)"
        " SELECT v.id, %(template)s, v.position, v.name, v.weight, v.subject, v.body, %(now)s"
        " FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(weights)s::smallint[], %(subjects)s::text[],"
        "  %(bodies)s::text[]) WITH ORDINALITY AS v (id, name, weight, subject, body, position)"
        " ON CONFLICT (organisation_id, id) DO UPDATE SET position = excluded.position, name = excluded.name,"
        " weight = excluded.weight, subject = excluded.subject, body = excluded.body, worded_at = CASE"
        "  WHEN (old.subject, old.body) = (excluded.subject, excluded.body) THEN old.worded_at"
        "  ELSE excluded.worded_at END",
        template=one.id,
        now=tx.now,
        ids=[variant.id for variant in one.variants],
        names=[variant.name for variant in one.variants],
        weights=[variant.weight for variant in one.variants],
        subjects=[variant.subject for variant in one.variants],
        bodies=[variant.body for variant in one.variants],
    )


def _with_variants(tx: Transaction, rows: Sequence[Template]) -> list[Template]:
    """These templates with what they say. Index: mail_template_variant_of."""
    found: defaultdict[UUID, list[Variant]] = defaultdict(list)
    if rows:
        for template_id, variant in tx.rows(
            _variant,
            "SELECT template_id, id, name, weight, subject, body FROM mail_template_variant"
            " WHERE template_id = ANY(%(ids)s) AND retired_at IS NULL ORDER BY template_id, position",
            ids=[one.id for one in rows],
        ):
            found[template_id].append(variant)
    return [replace(one, variants=tuple(found[one.id])) for one in rows]


def _template(kind: str, **columns: object) -> Template:
    return Template(kind=TemplateKind(kind), variants=(), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _variant(template_id: UUID, **columns: object) -> tuple[UUID, Variant]:
    return template_id, Variant(**columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _named(name: str, body: str) -> tuple[str, str]:
    return name, body


def _columns(one: Template) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "folder": one.folder,
        "shared": one.is_shared,
        "archived": one.is_archived,
    }


def _taken(one: Template) -> Conflict:
    whose = "shared" if one.is_shared else "of yours"
    return Conflict(
        f"There is a {one.kind.value} '{one.name}' {whose} already. Choose another name.",
        code="name-taken",
        fields=[FieldError("name", "taken", one.name)],
    )
