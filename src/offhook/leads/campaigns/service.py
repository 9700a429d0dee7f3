"""What can be done with campaigns: add, change, find, look at how they did."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.leads.campaigns import store
from offhook.leads.campaigns.model import Campaign, CampaignFigures, CampaignKind
from offhook.people import Rejected, read_country

LONGEST_NAME = 200


class CampaignTold(TypedDict, total=False):
    """What may be said of a campaign besides its name."""

    kind: CampaignKind
    starts_on: date | None
    ends_on: date | None
    default_region: str | None
    responders_are_mql: bool
    attributes: Mapping[str, str]


def campaign(tx: Transaction, identifier: UUID) -> Campaign:
    """One campaign. Raises `NotFound`."""
    found = store.by_ids(tx, [identifier])
    if not found:
        raise NotFound(f"There is no campaign {identifier} here.")
    return found[0]


def campaigns_by_id(tx: Transaction, identifiers: set[UUID]) -> dict[UUID, Campaign]:
    """Campaigns by id. Raises `NotFound` when one of them does not exist."""
    found = {one.id: one for one in store.by_ids(tx, list(identifiers))}
    if missing := identifiers - found.keys():
        raise NotFound(f"There is no campaign {min(missing)} here.")
    return found


def campaign_by_name(tx: Transaction, name: str) -> Campaign | None:
    """The campaign of this name, without regard to case; None when there is none."""
    return store.by_name(tx, name.strip())


def campaigns_page(tx: Transaction, after: UUID | None, limit: int) -> list[Campaign]:
    """Campaigns in the order in which they were added, beyond one of them."""
    tx.require("campaigns:read")
    return store.page(tx, after, limit)


def campaign_figures(tx: Transaction, identifier: UUID) -> CampaignFigures:
    """How a campaign did so far. Raises `NotFound`."""
    tx.require("campaigns:read")
    return store.figures(tx, campaign(tx, identifier).id)


def add_campaign(tx: Transaction, name: str, **told: Unpack[CampaignTold]) -> Campaign:
    """Add a campaign. Raises `Conflict` for a name that is taken, `Invalid` for values that cannot be meant."""
    tx.require("campaigns:write")
    blank = Campaign(new_id(), name, CampaignKind.OTHER, None, None, None, False, tx.now)
    new = _checked(replace(blank, **told))
    store.insert(tx, new)
    tx.append(Event("campaign.added", subject("campaign", new.id), {"name": new.name, "kind": new.kind.value}))
    return new


def change_campaign(tx: Transaction, identifier: UUID, version: int, changes: Mapping[str, object]) -> Campaign:
    """Change what is told of a campaign. Raises `StaleVersion`, `Conflict`, `Invalid`, `NotFound`."""
    tx.require("campaigns:write")
    present = campaign(tx, identifier)
    changed = _checked(replace(present, **changes, version=version))  # pyright: ignore[reportArgumentType] # fields by name
    if not store.update(tx, changed):
        raise StaleVersion("The campaign was changed since you read it. Read it again.")
    tx.append(Event("campaign.changed", subject("campaign", identifier), {"fields": [*sorted(changes)]}))
    return replace(changed, version=version + 1)


def _checked(told: Campaign) -> Campaign:
    name = " ".join(told.name.split())
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise _invalid("name", f"must have 1 to {LONGEST_NAME} characters", told.name[:50])
    if told.starts_on and told.ends_on and told.ends_on < told.starts_on:
        raise _invalid("ends_on", "lies before starts_on", told.ends_on.isoformat())
    region = read_country(told.default_region) if told.default_region else None
    if isinstance(region, Rejected):
        raise _invalid("default_region", "must be a country code such as US or DE", told.default_region)
    return replace(told, name=name, default_region=region)


def _invalid(field: str, reason: str, value: str | None) -> Invalid:
    return Invalid(f"The campaign's {field} {reason}.", fields=[FieldError(field, reason, value)])
