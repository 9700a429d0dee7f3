"""The SQL of forms and inbound webhooks (form, inbound_hook, inbound_message in 0007_intake.sql)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import cast
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.intake.public import FieldKind, Form, FormField, Hook
from offhook.kernel.database import Transaction
from offhook.kernel.events import Json

_FORM = (
    "SELECT id, name, campaign_id, fields, consent_wording, thanks, allowed_origins, is_active, created_at,"
    " version FROM form "
)
_HOOK = "SELECT id, name, campaign_id, mapping, is_active, created_at, version FROM inbound_hook "


def _form(fields: list[Mapping[str, Json]], **columns: object) -> Form:
    return Form(fields=tuple(map(_field, fields)), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _field(stored: Mapping[str, Json]) -> FormField:
    told = {
        **stored,
        "kind": FieldKind(str(stored["kind"])),
        "choices": tuple(cast("list[str]", stored["choices"])),
    }
    return FormField(**told)  # pyright: ignore[reportArgumentType] # as saved


def form(tx: Transaction, identifier: UUID) -> Form | None:
    """One form."""
    return tx.first(_form, _FORM + "WHERE id = %(id)s", id=identifier)


def forms(tx: Transaction, after: UUID | None, limit: int) -> list[Form]:
    """Forms in the order in which they were added."""
    return tx.rows(
        _form,
        _FORM + "WHERE %(after)s::uuid IS NULL OR id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )


def insert_form(tx: Transaction, new: Form) -> None:
    """Add a form."""
    tx.execute(
        "INSERT INTO form (id, name, campaign_id, fields, consent_wording, thanks, allowed_origins, is_active,"
        " created_at) VALUES (%(id)s, %(name)s, %(campaign)s, %(fields)s, %(consent)s, %(thanks)s, %(origins)s,"
        " %(active)s, %(now)s)",
        **_form_columns(new),
        now=tx.now,
    )


def update_form(tx: Transaction, changed: Form) -> bool:
    """Save a form if it still has its version; False when not."""
    return bool(
        tx.execute(
            "UPDATE form SET name = %(name)s, campaign_id = %(campaign)s, fields = %(fields)s,"
            " consent_wording = %(consent)s, thanks = %(thanks)s, allowed_origins = %(origins)s,"
            " is_active = %(active)s, version = version + 1 WHERE id = %(id)s AND version = %(version)s",
            **_form_columns(changed),
            version=changed.version,
        )
    )


def _form_columns(form: Form) -> dict[str, object]:
    return {
        "id": form.id,
        "name": form.name,
        "campaign": form.campaign_id,
        "fields": Jsonb([asdict(field) | {"kind": field.kind.value} for field in form.fields]),
        "consent": form.consent_wording,
        "thanks": form.thanks,
        "origins": list(form.allowed_origins),
        "active": form.is_active,
    }


def hook(tx: Transaction, identifier: UUID) -> Hook | None:
    """One inbound webhook."""
    return tx.first(Hook, _HOOK + "WHERE id = %(id)s", id=identifier)


def hook_secret(tx: Transaction, identifier: UUID) -> str | None:
    """The sealed signing secret of an active inbound webhook."""
    return tx.scalar(str, "SELECT secret FROM inbound_hook WHERE id = %(id)s AND is_active", id=identifier)


def hooks(tx: Transaction, after: UUID | None, limit: int) -> list[Hook]:
    """Inbound webhooks in the order in which they were added."""
    return tx.rows(
        Hook,
        _HOOK + "WHERE %(after)s::uuid IS NULL OR id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )


def insert_hook(tx: Transaction, new: Hook, sealed_secret: str) -> None:
    """Add an inbound webhook with its sealed secret."""
    tx.execute(
        "INSERT INTO inbound_hook (id, name, campaign_id, secret, mapping, is_active, created_at)"
        " VALUES (%(id)s, %(name)s, %(campaign)s, %(secret)s, %(mapping)s, %(active)s, %(now)s)",
        id=new.id,
        name=new.name,
        campaign=new.campaign_id,
        secret=sealed_secret,
        mapping=Jsonb(dict(new.mapping)),
        active=new.is_active,
        now=tx.now,
    )


def update_hook(tx: Transaction, changed: Hook) -> bool:
    """Save an inbound webhook if it still has its version; False when not."""
    return bool(
        tx.execute(
            "UPDATE inbound_hook SET name = %(name)s, campaign_id = %(campaign)s, mapping = %(mapping)s,"
            " is_active = %(active)s, version = version + 1 WHERE id = %(id)s AND version = %(version)s",
            id=changed.id,
            name=changed.name,
            campaign=changed.campaign_id,
            mapping=Jsonb(dict(changed.mapping)),
            active=changed.is_active,
            version=changed.version,
        )
    )


def note_message(tx: Transaction, hook_id: UUID, message_id: str) -> bool:
    """Note a message as taken; False when it was before. A repeat at the same time waits for the first to end."""
    return bool(
        tx.execute(
            "INSERT INTO inbound_message (hook_id, message_id, received_at)"
            " VALUES (%(hook)s, %(message)s, %(now)s) ON CONFLICT DO NOTHING",
            hook=hook_id,
            message=message_id,
            now=tx.now,
        )
    )
