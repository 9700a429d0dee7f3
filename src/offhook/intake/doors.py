"""Use cases: make and change forms and inbound webhooks."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from offhook.intake import public_store
from offhook.intake.mapping import ATTRIBUTE, IGNORE, RESPONSE_FIELDS, TARGETS
from offhook.intake.public import FieldKind, Form, FormField, Hook
from offhook.intake.visitors import CONSENT, STAMP, TRAP
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.leads import campaign

MOST_FIELDS = 50
LONGEST_NAME = 200
LONGEST_WORDING = 5_000
RESERVED = frozenset({TRAP, STAMP, CONSENT})
IDENTIFYING = frozenset({"email", "phone", "mobile"})
PURPOSE = "inbound hooks"

DEFAULT_FIELDS = (
    FormField("first_name", "First name", is_required=True),
    FormField("last_name", "Last name", is_required=True),
    FormField("email", "Work e-mail", FieldKind.EMAIL, is_required=True),
    FormField("phone", "Phone", FieldKind.PHONE),
    FormField("company", "Company", is_required=True),
)
"""What a form asks when nothing else is said."""


def address_of_form(base_url: str, tx: Transaction, form_id: UUID) -> str:
    """Where a form is hosted."""
    return f"{base_url}/f/{tx.organisation_id}/{form_id}"


def snippet(address: str) -> str:
    """The HTML that embeds the form at this address in any page."""
    return f'<script src="{address}/embed.js" async></script>'


def address_of_hook(base_url: str, tx: Transaction, hook_id: UUID) -> str:
    """Where the messages of an inbound webhook are sent."""
    return f"{base_url}/hooks/{tx.organisation_id}/{hook_id}"


def forms_page(tx: Transaction, after: UUID | None, limit: int) -> list[Form]:
    """Forms in the order in which they were added."""
    tx.require("campaigns:read")
    return public_store.forms(tx, after, limit)


def form(tx: Transaction, identifier: UUID) -> Form:
    """One form. Raises `NotFound`."""
    tx.require("campaigns:read")
    found = public_store.form(tx, identifier)
    if found is None:
        raise NotFound(f"There is no form {identifier} here.")
    return found


def add_form(
    tx: Transaction,
    *,
    name: str,
    campaign_id: UUID,
    fields: Sequence[FormField] = DEFAULT_FIELDS,
    consent_wording: str = "",
    thanks: str = "Thank you. We will be in touch.",
    allowed_origins: Sequence[str] = (),
    is_active: bool = True,
) -> Form:
    """Add a form. Raises `Invalid` for fields that cannot say who answered."""
    tx.require("intake:write")
    campaign(tx, campaign_id)
    new = Form(new_id(), name, campaign_id, fields, consent_wording, thanks, allowed_origins, is_active, tx.now)
    _check_form(new)
    public_store.insert_form(tx, new)
    tx.append(Event("form.added", subject("form", new.id), {"name": name, "campaign_id": str(campaign_id)}))
    return new


def change_form(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> Form:
    """Change what is named of a form. Raises `StaleVersion`, `NotFound`, `Invalid`."""
    tx.require("intake:write")
    changed: Form = replace(form(tx, identifier), **changes, version=version)  # pyright: ignore[reportArgumentType] # fields by name
    campaign(tx, changed.campaign_id)
    _check_form(changed)
    if not public_store.update_form(tx, changed):
        raise StaleVersion("The form was changed since you read it. Read it again.")
    tx.append(Event("form.changed", subject("form", identifier), {"fields": [*sorted(changes)]}))
    return replace(changed, version=version + 1)


KINDS = {"email": FieldKind.EMAIL, "phone": FieldKind.PHONE, "mobile": FieldKind.PHONE}


def read_question(text: str) -> FormField:
    """A question as it is written on the command line: `field=Label`, `field=Label*`, `field=Label: yes|no`.

    An asterisk says that it must be answered, choices follow a colon. Raises `Invalid`.
    """
    field, equals, asked = (part.strip() for part in text.partition("="))
    label, _, offered = (part.strip() for part in asked.partition(":"))
    is_required = label.endswith("*") or offered.endswith("*")
    label, choices = label.rstrip("* "), [one.strip() for one in offered.rstrip("* ").split("|") if one.strip()]
    if not (field and equals and label):
        wrong = FieldError("fields", "is not written as 'field=Label'", text)
        raise Invalid(
            f"The question '{text}' is not written as 'field=Label', such as 'email=Work e-mail*'.", fields=[wrong]
        )
    kind = FieldKind.CHOICE if choices else KINDS.get(field, FieldKind.TEXT)
    return FormField(field, label, kind, is_required, tuple(choices))


def _check_form(new: Form) -> None:
    _check_name(new.name)
    names = [field.field for field in new.fields]
    if not 0 < len(names) <= MOST_FIELDS:
        raise _invalid("fields", f"must be 1 to {MOST_FIELDS}")
    if len(set(names)) != len(names):
        raise _invalid("fields", "must not ask for the same thing twice")
    if not any(field.field in IDENTIFYING and field.is_required for field in new.fields):
        raise _invalid("fields", "must require an e-mail address or a phone number, or nobody could be reached")
    for field in new.fields:
        _check_field(field)
    for text in (new.consent_wording, new.thanks):
        if len(text) > LONGEST_WORDING:
            raise _invalid("consent_wording", f"or thanks have more than {LONGEST_WORDING:,} characters")
    for origin in new.allowed_origins:
        _check_origin(origin)


def _check_field(field: FormField) -> None:
    if field.field in RESERVED:
        raise _invalid("fields", f"cannot be called '{field.field}': the page itself uses that name")
    if field.kind is FieldKind.CHOICE and not field.choices:
        raise _invalid("fields", f"gives no choices for '{field.label}'")
    if field.field in {*RESPONSE_FIELDS, "external_id", IGNORE, ATTRIBUTE} - {"content"}:
        raise _invalid("fields", f"cannot ask visitors for '{field.field}'")


def _check_origin(origin: str) -> None:
    parts = urlsplit(origin)
    is_plain = parts.scheme in {"https", "http"} and parts.netloc and not (parts.path or parts.query)
    if not is_plain or any(sign in origin for sign in " ;,'\"*"):
        raise _invalid(
            "allowed_origins", f"holds '{origin[:100]}', which is not written as https://www.your.example"
        )


def _check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise _invalid("name", f"must have 1 to {LONGEST_NAME} characters")


def _invalid(field: str, reason: str) -> Invalid:
    return Invalid(f"Its {field} {reason}.", fields=[FieldError(field, reason)])


def hooks_page(tx: Transaction, after: UUID | None, limit: int) -> list[Hook]:
    """Inbound webhooks in the order in which they were added."""
    tx.require("campaigns:read")
    return public_store.hooks(tx, after, limit)


def hook(tx: Transaction, identifier: UUID) -> Hook:
    """One inbound webhook. Raises `NotFound`."""
    tx.require("campaigns:read")
    found = public_store.hook(tx, identifier)
    if found is None:
        raise NotFound(f"There is no inbound webhook {identifier} here.")
    return found


def add_hook(
    tx: Transaction, secret: str, *, name: str, campaign_id: UUID, mapping: Mapping[str, str] | None = None
) -> tuple[Hook, str]:
    """Add an inbound webhook; returns it and its signing secret, which is told only now.

    `secret` is the installation's, by which the signing secret is sealed.
    """
    tx.require("intake:write")
    campaign(tx, campaign_id)
    new = Hook(new_id(), name, campaign_id, mapping or {}, True, tx.now)
    _check_hook(new)
    signing = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    public_store.insert_hook(tx, new, Seal(secret, PURPOSE).close(signing))
    tx.append(Event("hook.added", subject("hook", new.id), {"name": name, "campaign_id": str(campaign_id)}))
    return new, signing


def signing_secret(tx: Transaction, identifier: UUID, secret: str) -> str:
    """The signing secret of an active inbound webhook. Raises `NotFound`."""
    sealed = public_store.hook_secret(tx, identifier)
    if sealed is None:
        raise NotFound("There is no such webhook.")
    return Seal(secret, PURPOSE).open(sealed)


def change_hook(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> Hook:
    """Change what is named of an inbound webhook. Raises `StaleVersion`, `NotFound`, `Invalid`."""
    tx.require("intake:write")
    changed: Hook = replace(hook(tx, identifier), **changes, version=version)  # pyright: ignore[reportArgumentType] # fields by name
    campaign(tx, changed.campaign_id)
    _check_hook(changed)
    if not public_store.update_hook(tx, changed):
        raise StaleVersion("The inbound webhook was changed since you read it. Read it again.")
    tx.append(Event("hook.changed", subject("hook", identifier), {"fields": [*sorted(changes)]}))
    return replace(changed, version=version + 1)


def _check_hook(new: Hook) -> None:
    _check_name(new.name)
    for name, field in new.mapping.items():
        if field not in TARGETS:
            raise _invalid("mapping", f"gives '{name}' to '{field}', which is none of {', '.join(TARGETS)}")
