"""What another scoring model would make of recent leads: each is scored anew by both, and the two are compared.

Every response of a lead is scored again in its order, by today's facts, so that nothing but the models differs.
Whom a campaign makes an MQL whatever the score stays one by either model; here the score alone is asked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.conditions import LeadFacts
from offhook.leads.rule_building import store
from offhook.leads.rule_building.store import RecentLead, Told
from offhook.leads.scoring.model import Scorer, ScoringModel
from offhook.leads.scoring.rules import RuleScorer
from offhook.leads.scoring.service import scoring_model
from offhook.people import PersonFacts, facts_of

MOST_RESCORED = 1_000
EXAMPLES = 10
BAND = 10
"""Scores are counted in bands of so many points; 100 counts to the last."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """A lead with its highest score by the model in force and by the other."""

    lead: RecentLead
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Band:
    """How many leads score at least `start` and less than the next band, by either model."""

    start: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Rescoring:
    """What another model comes to. `gained`: would be MQLs and are none; `lost`: the other way round."""

    tried: int
    mqls_before: int
    mqls_after: int
    gained: Sequence[Rescored]
    lost: Sequence[Rescored]
    bands: Sequence[Band]


def rescore(tx: Transaction, model: ScoringModel, most: int = MOST_RESCORED) -> Rescoring:
    """Score the newest leads that responses opened by the model in force and by `model`. Nothing is written.

    Needs `leads:read`. Raises `Invalid` naming what is wrong with the model.
    """
    tx.require("leads:read")
    other = RuleScorer(model)
    present = RuleScorer(scoring_model(tx))
    recent = store.recent_leads(tx, most)
    persons = facts_of(tx, [lead.person_id for lead in recent])
    responses = _by_lead(store.responses_of_leads(tx, [lead.lead_id for lead in recent]))
    rescored = [
        Rescored(lead, highest(present, person, came), highest(other, person, came))
        for lead in recent
        if (person := persons.get(lead.person_id)) and (came := responses.get(lead.lead_id))
    ]
    return compare(rescored, present.mql_threshold, other.mql_threshold)


def _by_lead(told: Iterable[Told]) -> Mapping[UUID, list[Told]]:
    found: dict[UUID, list[Told]] = {}
    for one in told:
        found.setdefault(one.lead_id, []).append(one)
    return found


def highest(scorer: Scorer, person: PersonFacts, responses: Sequence[Told]) -> float:
    """The highest score that responses ever gave, in the order given: from the threshold on it made an MQL."""
    engagement, since, best = 0.0, responses[0].responded_at, 0.0
    for one in responses:
        facts = LeadFacts(person, one.campaign, one.campaign_kind, one.source, one.content)
        score = scorer.score(facts, engagement, since, one.responded_at)
        engagement, since = score.engagement, score.at
        best = max(best, score.total)
    return best


def compare(rescored: Sequence[Rescored], threshold_before: float, threshold_after: float) -> Rescoring:
    """What the other model changes."""
    were = [one for one in rescored if one.before >= threshold_before]
    are = [one for one in rescored if one.after >= threshold_after]
    gained = [one for one in are if one.before < threshold_before]
    lost = [one for one in were if one.after < threshold_after]
    return Rescoring(len(rescored), len(were), len(are), gained, lost, _bands(rescored))


def _bands(rescored: Sequence[Rescored]) -> list[Band]:
    starts = range(0, 100, BAND)
    before = Counter(_band(one.before) for one in rescored)
    after = Counter(_band(one.after) for one in rescored)
    return [Band(start, before[start], after[start]) for start in starts]


def _band(score: float) -> int:
    return min(int(score), 99) // BAND * BAND
