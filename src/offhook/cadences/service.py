"""The use cases of cadences themselves: plan, publish, archive, look at, see when a lead would be touched.

Everybody sees them; `cadences:write` plans and publishes them. What is published never changes: a change is made
to the draft, and publishing it makes the next edition, which holds for whoever is enrolled from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from offhook import identity, leads
from offhook.cadences import store
from offhook.cadences.model import Cadence, Edition, Plan, Step
from offhook.cadences.plans import check_publishable, checked_draft
from offhook.cadences.timing import Clockwork, foreseen
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.mail.templates import TemplateKind, template

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 1_000
MOST_CAMPAIGNS = 200

CHANGEABLE = frozenset({"name", "description", "draft", "runs_beside", "is_archived", "campaign_ids"})


def cadences_page(
    tx: Transaction, *, is_archived: bool = False, after: tuple[str, UUID] | None = None, limit: int
) -> list[Cadence]:
    """Cadences by name."""
    tx.require("cadences:read")
    return store.page(tx, is_archived=is_archived, after=after, limit=limit)


def cadence(tx: Transaction, identifier: UUID) -> Cadence:
    """One cadence. Raises `NotFound`."""
    tx.require("cadences:read")
    return _present(store.by_id(tx, identifier), identifier)


def cadence_by_name(tx: Transaction, name: str) -> Cadence:
    """The cadence of a name, in any case of letters. Raises `NotFound`."""
    tx.require("cadences:read")
    found = store.by_name(tx, name)
    if found is None:
        raise NotFound(f"There is no cadence named '{name}'. `offhook cadences list` shows which there are.")
    return found


def editions(tx: Transaction, identifier: UUID) -> list[Edition]:
    """What was published of a cadence, the latest first. Raises `NotFound`."""
    return store.editions_of(tx, cadence(tx, identifier).id)


def add_cadence(
    tx: Transaction,
    *,
    name: str,
    description: str = "",
    draft: Plan | None = None,
    runs_beside: bool = False,
) -> Cadence:
    """Begin a cadence; nobody can be enrolled before it is published. Raises `Conflict` for a name in use,
    `Invalid` with every fault.
    """
    tx.require("cadences:write")
    told = Cadence(new_id(), name, description, draft or Plan(), 0, runs_beside, False, (), tx.now, tx.now, 1)
    new = _checked(tx, told)
    store.insert(tx, new)
    tx.append(Event("cadence.added", subject("cadence", new.id), _told(new)))
    return new


def change_cadence(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> Cadence:
    """Change a cadence's name, description, draft, whether it runs beside others, its campaigns, or archive it.

    Who is enrolled goes on as they began, in an archived one too. Raises `NotFound`, `StaleVersion`, `Invalid`
    with every fault, `Conflict` for a name in use or a campaign that feeds another cadence.
    """
    tx.require("cadences:write")
    present = cadence(tx, identifier)
    if unknown := sorted(set(changes) - CHANGEABLE):
        raise Invalid(f"Of a cadence {', '.join(sorted(CHANGEABLE))} can be changed; not {', '.join(unknown)}.")
    changed = _checked(tx, replace(present, **changes, version=version))  # pyright: ignore[reportArgumentType] # fields by name
    if not store.update(tx, changed):
        raise _stale()
    if "campaign_ids" in changes:
        _feed(tx, changed.id, cast("Sequence[UUID]", changes["campaign_ids"]))
    fields: list[Json] = [*sorted(changes)]
    kind = "cadence.archived" if changed.is_archived and not present.is_archived else "cadence.changed"
    tx.append(Event(kind, subject("cadence", identifier), _told(changed) | {"fields": fields}))
    return _present(store.by_id(tx, identifier), identifier)


def publish(tx: Transaction, identifier: UUID, version: int) -> Cadence:
    """Make the draft the next edition. Raises `NotFound`, `StaleVersion`, `Invalid` with every fault, `Conflict`
    when the draft is what was published last, or the cadence is archived.
    """
    tx.require("cadences:write")
    present = _present(store.by_id(tx, identifier, lock=True), identifier)
    if present.is_archived:
        raise Conflict("The cadence is archived. Bring it back first.", code="archived")
    last = store.edition(tx, identifier, present.edition)
    if last is not None and last.plan == present.draft:
        raise Conflict("Nothing was changed since it was published.", code="nothing-to-publish")
    check_publishable(present.draft)
    _check_templates(tx, present.draft)
    published = replace(present, edition=present.edition + 1, version=version)
    if not store.update(tx, published):
        raise _stale()
    store.insert_edition(tx, Edition(identifier, published.edition, present.draft, tx.now, tx.actor.id))
    told = _told(present) | {"edition": published.edition}
    tx.append(Event("cadence.published", subject("cadence", identifier), told))
    return replace(published, version=version + 1, changed_at=tx.now)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """When a step would be due for a lead if each is done as soon as it is due; `zone` is the person's."""

    number: int
    step: Step
    at: datetime


def timeline(tx: Transaction, plan: Plan, lead_id: UUID) -> tuple[str, list[Foreseen]]:
    """When this lead would be touched by this plan if it were enrolled now, and in whose time zone that is meant.

    Raises `NotFound`, and `Invalid` for a plan that does not make sense.
    """
    tx.require("cadences:read")
    checked_draft(plan)
    lead = leads.load_lead(tx, lead_id)
    hours = identity.business_hours(tx)
    clockwork = Clockwork(hours.get(lead.team_id) or hours[None], lead.time_zone)
    moments = foreseen(plan, tx.now, clockwork)
    seen = [
        Foreseen(number, step, at) for number, (step, at) in enumerate(zip(plan.steps, moments, strict=True), 1)
    ]
    return lead.time_zone, seen


def _checked(tx: Transaction, one: Cadence) -> Cadence:
    name = " ".join(one.name.split())
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        told = f"must have 1 to {LONGEST_NAME} characters"
        raise Invalid(f"The name {told}.", fields=[FieldError("name", told, one.name[:50])])
    if len(one.description) > LONGEST_DESCRIPTION or "\0" in one.description:
        told = f"must have at most {LONGEST_DESCRIPTION:,} characters"
        raise Invalid(f"The description {told}.", fields=[FieldError("description", told)])
    checked_draft(one.draft)
    return replace(one, name=name, description=one.description.strip())


def _check_templates(tx: Transaction, plan: Plan) -> None:
    """The mails of a cadence are written in many reps' names: by templates that all of them see."""
    faults: list[FieldError] = []
    for number, step in enumerate(plan.steps, 1):
        if step.template_id is not None and (reason := _template_fault(tx, step.template_id)):
            faults.append(FieldError(f"steps.{number}.template_id", reason, str(step.template_id)))
    if faults:
        told = "; ".join(f"step {fault.field.split('.')[1]}: the template {fault.reason}" for fault in faults)
        raise Invalid(f"The cadence cannot be published yet: {told}.", fields=faults)


def _template_fault(tx: Transaction, template_id: UUID) -> str | None:
    try:
        found = template(tx, template_id)
    except NotFound:
        return "is not there"
    if found.kind is not TemplateKind.EMAIL:
        return "is a snippet, no mail"
    if found.is_archived:
        return "is archived"
    return None if found.is_shared else "is not shared with the organisation"


def _feed(tx: Transaction, cadence_id: UUID, campaign_ids: Sequence[UUID]) -> None:
    if len(campaign_ids) > MOST_CAMPAIGNS:
        raise Invalid(f"At most {MOST_CAMPAIGNS} campaigns feed a cadence.")
    for one in campaign_ids:
        leads.campaign(tx, one)
    taken = store.set_campaigns(tx, cadence_id, campaign_ids)
    if taken is not None:
        name = leads.campaign(tx, taken).name
        raise Conflict(f"The campaign '{name}' feeds another cadence. Take it out of that one first.", code="fed")


def _told(one: Cadence) -> dict[str, Json]:
    return {"name": one.name, "edition": one.edition}


def _present(found: Cadence | None, identifier: UUID) -> Cadence:
    if found is None:
        raise NotFound(f"There is no cadence {identifier} here.")
    return found


def _stale() -> StaleVersion:
    return StaleVersion("The cadence was changed since you read it. Read it again.")
