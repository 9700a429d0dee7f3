"""Use cases for who builds rules: what conditions may ask, and for which recent leads they would hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offhook.kernel.database import Transaction
from offhook.kernel.events import Json
from offhook.leads.campaigns.model import CampaignKind
from offhook.leads.conditions import ATTRIBUTES, LeadFacts, parse
from offhook.leads.rule_building import store
from offhook.leads.rule_building.fields import (
    ATTRIBUTE_OPERATORS,
    BANDS,
    OPERATORS_OF,
    TOLD,
    FieldTold,
    FieldType,
    Operator,
)
from offhook.leads.rule_building.store import RecentLead
from offhook.people import facts_of

MOST_TRIED = 1_000
EXAMPLES = 10
NEWEST = 5_000
CAMPAIGNS, RESPONSES_OF_EACH = 100, 100
MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """What conditions came to: in words, and for how many of the `tried` newest leads they hold."""

    text: str
    tried: int
    matched: int
    examples: Sequence[RecentLead]


def try_conditions(tx: Transaction, conditions: Json, most: int = MOST_TRIED) -> Trial:
    """For which of the newest leads conditions hold, whether a rule with them is saved or not.

    Facts are those of today, so a lead whose person was edited since may have been routed otherwise. Needs
    `leads:read`. Raises `Invalid` naming the part of the conditions that is wrong.
    """
    tx.require("leads:read")
    condition = parse(conditions)
    recent = store.recent_leads(tx, most)
    persons = facts_of(tx, [lead.person_id for lead in recent])
    matching = [
        lead
        for lead in recent
        if (person := persons.get(lead.person_id))
        and condition.holds(
            LeadFacts(person, lead.campaign, lead.campaign_kind, lead.source, lead.content, lead.score)
        )
    ]
    return Trial(condition.text, len(recent), len(matching), matching[:EXAMPLES])


@dataclass(frozen=True, slots=True)
class FieldOffer:
    """A field with what may be asked of it.

    `values`: those that are about, the most frequent first, or usual limits of a number; `is_complete`: no others
    can be meant.
    """

    told: FieldTold
    operators: Sequence[Operator]
    values: Sequence[str]
    is_complete: bool


def condition_fields(tx: Transaction) -> list[FieldOffer]:
    """What conditions may ask here: the fields, and the custom attributes that persons have.

    Values are of the newest persons and responses. Needs `leads:read`.
    """
    tx.require("leads:read")
    seen = _by_field(
        [
            *store.values_of_persons(tx, NEWEST, MOST_VALUES),
            *store.values_of_responses(tx, CAMPAIGNS, RESPONSES_OF_EACH, MOST_VALUES),
        ]
    )
    offers = [_offer(told, seen.get(told.name, ())) for told in TOLD]
    attributes = store.attributes_of_persons(tx, NEWEST, MOST_VALUES)
    return offers + [_attribute(one.value) for one in attributes]


def _by_field(seen: Sequence[store.Seen]) -> Mapping[str, list[str]]:
    values: dict[str, list[str]] = {}
    for one in seen:
        values.setdefault(one.field, []).append(one.value)
    return values


def _offer(told: FieldTold, seen: Sequence[str]) -> FieldOffer:
    operators = OPERATORS_OF[told.type]
    if told.name == "campaign_kind":
        return FieldOffer(told, operators, [kind.value for kind in CampaignKind], is_complete=True)
    if told.type is FieldType.BOOLEAN:
        return FieldOffer(told, operators, ["true", "false"], is_complete=True)
    bands = [str(limit) for limit in BANDS.get(told.name, ())]
    return FieldOffer(told, operators, bands or seen, is_complete=False)


def _attribute(name: str) -> FieldOffer:
    told = FieldTold(f"{ATTRIBUTES}{name}", name, FieldType.TEXT, "A custom attribute, as it was received")
    return FieldOffer(told, ATTRIBUTE_OPERATORS, (), is_complete=False)
