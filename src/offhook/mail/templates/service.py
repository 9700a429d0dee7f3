"""What can be done with templates: add, change, share, archive, find, and look at what becomes of them.

Everybody has templates of their own, which they alone see; those of the organisation are seen by all, and changed
and shared by whoever holds `templates:share`. A snippet that is in use keeps its name and stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, cast
from uuid import UUID

from offhook import leads
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.mail.templates import store
from offhook.mail.templates.choosing import variant_for
from offhook.mail.templates.language import snippets_used
from offhook.mail.templates.model import Snippets, Template, TemplateKind, Variant
from offhook.mail.templates.rendering import Mail, Rendered
from offhook.mail.templates.rules import checked_template, sentence, wrong_text
from offhook.mail.templates.values import values_of_lead
from offhook.mail.templates.variables import examples

MOST_USERS_NAMED = 3


class VariantTold(TypedDict):
    """What is said of a variant; `id` None: a new one."""

    id: UUID | None
    name: str
    weight: int
    subject: str
    body: str


def templates_page(
    tx: Transaction,
    *,
    kind: TemplateKind | None = None,
    is_archived: bool = False,
    words: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[Template]:
    """The templates that one sees, by name."""
    tx.require("templates:read")
    return store.page(tx, tx.actor.id, kind=kind, is_archived=is_archived, words=words, after=after, limit=limit)


def template(tx: Transaction, identifier: UUID) -> Template:
    """One template, one's own or a shared one. Raises `NotFound`."""
    tx.require("templates:read")
    found = store.seen(tx, tx.actor.id, identifier)
    if found is None:
        raise NotFound(f"There is no template {identifier} that you can see.")
    return found


def add_template(
    tx: Transaction,
    *,
    kind: TemplateKind,
    name: str,
    variants: Sequence[VariantTold],
    folder: str = "",
    is_shared: bool = False,
) -> Template:
    """Add a template. Raises `Invalid` with every fault, `Conflict` for a name that is taken, `Forbidden`."""
    _require_writing(tx, is_shared=is_shared)
    if tx.actor.id is None:
        raise Invalid("Only a user has templates. Say which: --as.")
    told = Template(
        new_id(), kind, name, folder, tx.actor.id, is_shared, False, _variants(variants, ()), tx.now, tx.now
    )
    new = checked_template(told, _snippets_for(tx, told))
    store.insert(tx, new)
    tx.append(Event("mail_template.added", subject("mail_template", new.id), _told(new)))
    return new


def change_template(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> Template:
    """Change name, folder, variants, sharing, or whether it is archived.

    Raises `NotFound`, `Forbidden`, `StaleVersion`, `Invalid` with every fault, `Conflict` for a name that is taken
    and for a snippet that would be missed.
    """
    tx.require("templates:write")
    present = template(tx, identifier)
    told = _changed(present, changes)
    if present.is_shared or told.is_shared:
        _require_writing(tx, is_shared=True)
    told = replace(checked_template(told, _snippets_for(tx, told)), version=version, changed_at=tx.now)
    _check_not_missed(tx, present, told)
    if not store.update(tx, told):
        raise StaleVersion("The template was changed since you read it. Read it again.")
    is_leaving = told.is_archived and not present.is_archived
    kind = "mail_template.archived" if is_leaving else "mail_template.changed"
    fields: list[Json] = [*sorted(changes)]
    tx.append(Event(kind, subject("mail_template", identifier), {**_told(told), "fields": fields}))
    return replace(told, version=version + 1)


def may_change(tx: Transaction, one: Template) -> bool:
    """Whether who asks may change this template, which they see."""
    return tx.actor.may("templates:write") and (not one.is_shared or tx.actor.may("templates:share"))


def preview(
    tx: Transaction, identifier: UUID, *, lead_id: UUID | None = None, variant_id: UUID | None = None
) -> Rendered:
    """What a template says to this lead, by the first variant unless told; without a lead, to an example.

    Raises `NotFound`, and `Invalid` for an archived one that can be rendered no more.
    """
    found = template(tx, identifier)
    seen = _named(found, variant_id) if variant_id else found.variants[0]
    return _render(tx, found.kind, seen.subject, seen.body, _snippets_for(tx, found), lead_id)


@dataclass(frozen=True, slots=True)
class Made:
    """What a template says to one lead, by which variant of it."""

    template_id: UUID
    variant: Variant
    rendered: Rendered


def make_for_lead(
    tx: Transaction, identifier: UUID, lead: leads.Lead, user_id: UUID, variant_id: UUID | None = None
) -> Made:
    """What a template says to this lead in the name of a user who sees it: by the variant for the lead's person.

    `variant_id`: rather by this one, as long as the template has it. Asks for no permission. Raises `NotFound`,
    `Conflict` for an archived one, `Invalid` for a snippet.
    """
    found = store.seen(tx, user_id, identifier)
    if found is None:
        raise NotFound(f"There is no template {identifier} that the sender can see.")
    if found.kind is not TemplateKind.EMAIL:
        raise Invalid(f"'{found.name}' is a snippet, no mail.", fields=[FieldError("template_id", "is a snippet")])
    if found.is_archived:
        raise Conflict(f"The template '{found.name}' is archived. Bring it back first.", code="template-archived")
    meant = next((one for one in found.variants if one.id == variant_id), None)
    variant = meant or variant_for(found.variants, lead.person_id)
    mail = Mail(variant.subject, variant.body, _snippets_for(tx, found))
    return Made(found.id, variant, mail.render(values_of_lead(tx, lead.id, user_id)))


def _named(found: Template, variant_id: UUID) -> Variant:
    for one in found.variants:
        if one.id == variant_id:
            return one
    raise NotFound(f"The template '{found.name}' has no variant {variant_id}.")


def preview_text(
    tx: Transaction,
    *,
    kind: TemplateKind,
    subject_text: str,
    body: str,
    is_shared: bool = False,
    lead_id: UUID | None = None,
) -> Rendered:
    """What a text that is not saved would say. Raises `NotFound`, and `Invalid` with every fault of it."""
    tx.require("templates:read")
    seen = store.snippets(tx, None if is_shared else tx.actor.id)
    return _render(tx, kind, subject_text, body, seen, lead_id)


def _render(
    tx: Transaction, kind: TemplateKind, subject_text: str, body: str, snippets: Snippets, lead_id: UUID | None
) -> Rendered:
    wrong = wrong_text(kind, subject_text, body, snippets)
    if wrong:
        raise Invalid(sentence(wrong), fields=wrong)
    values = values_of_lead(tx, lead_id) if lead_id else examples()
    return Mail(subject_text, body, snippets).render(values)


def _require_writing(tx: Transaction, *, is_shared: bool) -> None:
    tx.require("templates:write")
    if is_shared and not tx.actor.may("templates:share"):
        raise Forbidden("Templates of the whole organisation are for who may share them. Keep one of your own.")


def _changed(present: Template, changes: Mapping[str, object]) -> Template:
    plain = {name: value for name, value in changes.items() if name != "variants"}
    told: Template = replace(present, **plain)  # pyright: ignore[reportArgumentType] # fields by name
    if "variants" not in changes:
        return told
    variants = cast("Sequence[VariantTold]", changes["variants"])
    return replace(told, variants=_variants(variants, present.variants))


def _variants(told: Sequence[VariantTold], present: Sequence[Variant]) -> tuple[Variant, ...]:
    """Variants as told; only ids that the template has already are kept, each once."""
    known = {one.id for one in present}
    kept = [one["id"] for one in told if one["id"] is not None]
    if strange := [one for one in kept if one not in known]:
        raise Invalid(
            f"The template has no variant {strange[0]}. Leave the id out for a new one.",
            fields=[FieldError("variants", "unknown id", str(strange[0]))],
        )
    if len(set(kept)) < len(kept):
        raise Invalid("A variant is named twice.", fields=[FieldError("variants", "the same id twice")])
    return tuple(
        Variant(one["id"] or new_id(), one["name"], one["weight"], one["subject"], one["body"]) for one in told
    )


def _snippets_for(tx: Transaction, one: Template) -> Snippets:
    """What a template may use: a shared one only what all see."""
    return store.snippets(tx, None if one.is_shared else one.owner_id)


def _check_not_missed(tx: Transaction, present: Template, told: Template) -> None:
    """A snippet keeps its name, its place and its readers as long as a template uses it."""
    is_there = not told.is_archived and told.name == present.name and told.is_shared >= present.is_shared
    if present.kind is not TemplateKind.SNIPPET or present.is_archived or is_there:
        return
    users = {
        one.id: one for one, body in store.texts_that_may_use(tx, present) if present.name in snippets_used(body)
    }
    if not users:
        return
    seen = [f"'{one.name}'" for one in users.values() if one.is_shared or one.owner_id == tx.actor.id]
    named = seen[:MOST_USERS_NAMED]
    more = len(users) - len(named)
    listed = ", ".join(named + ([f"{more} more"] if more else []))
    raise Conflict(
        f"The snippet '{present.name}' is used by {listed}. Take it out of them first.", code="snippet-in-use"
    )


def _told(one: Template) -> dict[str, Json]:
    """What events say; the name of what is not shared is its owner's affair."""
    return {"kind": one.kind.value, "is_shared": one.is_shared, "name": one.name if one.is_shared else None}
