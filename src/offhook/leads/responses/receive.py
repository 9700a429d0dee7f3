"""Use case: receive responses. Each opens a lead or feeds the open one, is scored, and may make it an MQL.

Set-based: whatever the batch's size, the same few statements. One row of it costs what it costs in Python plus its
share of the copies; so a lead that is opened and promoted at once is built once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.identity import User
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.leads.campaigns.model import Campaign
from offhook.leads.campaigns.service import campaigns_by_id
from offhook.leads.conditions import LeadFacts
from offhook.leads.lifecycle.model import Promote
from offhook.leads.lifecycle.rules import became_mql, decide
from offhook.leads.model import Lead, Stage
from offhook.leads.responses import store
from offhook.leads.responses.model import NewResponse, Received, Response
from offhook.leads.routing import store as routing_store
from offhook.leads.routing.model import Assignment, Because, Choice, NamedOwner, Purpose
from offhook.leads.routing.rules import Router
from offhook.leads.routing.service import router
from offhook.leads.scoring.model import Score, Scorer
from offhook.leads.scoring.service import scorer
from offhook.leads.sla import store as sla_store
from offhook.leads.sla.model import Promise, Timer
from offhook.leads.sla.service import Promises
from offhook.leads.store import open_leads_of, save_leads


def receive_responses(
    tx: Transaction, responses: Sequence[NewResponse], *, scores: Scorer | None = None
) -> list[Received]:
    """Receive responses, in order; one answer each. Whoever calls has checked what its actor may do.

    A person's second response to the same campaign changes nothing. Raises `NotFound` for an unknown campaign or
    owner. `scores` replaces the rules that are in force.
    """
    if not responses:
        return []
    store.lock_opening(tx)
    batch = _Batch(tx, responses, scores or scorer(tx))
    received = [batch.receive(response) for response in responses]
    batch.write()
    return received


class _Batch:
    """What a batch has come to so far."""

    def __init__(self, tx: Transaction, responses: Sequence[NewResponse], scores: Scorer) -> None:
        """Read all that the responses may meet."""
        self.tx = tx
        self.now = tx.now
        self.scores = scores
        self.campaigns: Mapping[UUID, Campaign] = campaigns_by_id(tx, {r.campaign_id for r in responses})
        self.zone = identity.organisation(tx).time_zone
        known = [r for r in responses if not r.is_new_person]
        self.answers = _answers(tx, known)
        self.leads: dict[UUID, Lead] = open_leads_of(tx, list({r.person_id for r in known}), lock=True)
        self.before = dict(self.leads)
        self.opened: dict[UUID, None] = {}
        self.named = _named(tx, responses)
        self.users = _owners(tx, responses)
        self.responses: list[Response] = []
        self.assignments: list[Assignment] = []
        self.timers: list[Timer] = []
        self.events: list[Event] = []
        self._router: Router | None = None
        self._promises: Promises | None = None

    def receive(self, new: NewResponse) -> Received:
        """Receive one response."""
        known = self.answers.get((new.person_id, new.campaign_id))
        if known is not None:
            return known
        campaign = self.campaigns[new.campaign_id]
        person, content = new.facts, new.content
        facts = LeadFacts(person, campaign.name, campaign.kind.value, new.source, content)
        present = self.leads.get(new.person_id)
        lead = self._open(new, facts, campaign) if present is None else self._feed(new, facts, campaign, present)
        self.leads[new.person_id] = lead
        response_id = self._record(new, lead, is_new_lead=present is None)
        self.answers[new.person_id, new.campaign_id] = Received(
            response_id, lead.id, False, False, lead.stage, lead.owner_id
        )
        return Received(response_id, lead.id, True, present is None, lead.stage, lead.owner_id)

    def _record(self, new: NewResponse, lead: Lead, *, is_new_lead: bool) -> UUID:
        response_id = new_id()
        self.responses.append(
            Response(
                response_id,
                new.campaign_id,
                new.person_id,
                lead.id,
                new.responded_at,
                new.source,
                new.content,
                new.attributes,
                self.now,
            )
        )
        told: dict[str, Json] = {
            "response_id": str(response_id),
            "person_id": str(new.person_id),
            "account_id": str(new.account_id) if new.account_id else None,
            "campaign_id": str(new.campaign_id),
            "source": new.source,
            "is_new_lead": is_new_lead,
            "stage": lead.stage.value,
            "rep_id": str(lead.owner_id) if lead.owner_id else None,
            "team_id": str(lead.team_id) if lead.team_id else None,
        }
        self.events.append(Event("response.received", subject("lead", lead.id), told, at=new.responded_at))
        return response_id

    def _open(self, new: NewResponse, facts: LeadFacts, campaign: Campaign) -> Lead:
        """A new lead: an inquiry, or an MQL with whoever gets it."""
        score = self.scores.score(facts, 0.0, self.now, new.responded_at)
        identifier = new_id()
        self.opened[new.person_id] = None
        is_mql = self._is_mql(new, campaign, score)
        mql_at = (new.mql_at or self.now) if is_mql else None
        choice = self._choose(new, facts, score) if is_mql else None
        team_id = choice.team_id if choice else None
        lead = Lead(
            id=identifier,
            person_id=new.person_id,
            account_id=new.account_id,
            campaign_id=new.campaign_id,
            stage=Stage.MQL if is_mql else Stage.INQUIRY,
            time_zone=new.facts.time_zone or self.zone,
            opened_at=min(new.responded_at, mql_at or self.now, self.now),
            scored_at=score.at,
            created_at=self.now,
            owner_id=choice.user_id if choice else None,
            team_id=team_id,
            score=score.total,
            fit=score.fit,
            engagement=score.engagement,
            score_reasons=score.reasons,
            mql_at=mql_at,
            assigned_at=mql_at,
            due_at=self._promise(identifier, team_id) if is_mql and new.mql_at is None else None,
        )
        if choice is not None and mql_at is not None:
            self._assigned(lead, choice, mql_at)
            told = became_mql(lead, choice.because.value)
            self.events.append(Event(told.kind, subject("lead", identifier), told.data, at=mql_at))
        return lead

    def _feed(self, new: NewResponse, facts: LeadFacts, campaign: Campaign, lead: Lead) -> Lead:
        """A further response to an open lead: more engagement, maybe past the threshold."""
        score = self.scores.score(facts, lead.engagement, max(lead.scored_at, self.now), new.responded_at)
        fed = replace(
            lead,
            account_id=lead.account_id or new.account_id,
            fit=score.fit,
            engagement=score.engagement,
            score=score.total,
            scored_at=score.at,
            score_reasons=score.reasons,
        )
        if lead.stage is not Stage.INQUIRY or not self._is_mql(new, campaign, score):
            return fed
        return self._promote(fed, self._choose(new, facts, score), new.mql_at)

    def _promote(self, lead: Lead, choice: Choice, told_at: datetime | None) -> Lead:
        at = max(told_at, lead.opened_at) if told_at else self.now
        decision = decide(lead, Promote(choice.user_id, choice.team_id, choice.because.value), at)
        self._assigned(lead, choice, at)
        about = subject("lead", lead.id)
        self.events += [Event(one.kind, about, one.data, at=at) for one in decision.happened]
        due_at = self._promise(lead.id, choice.team_id) if told_at is None else None
        return replace(decision.lead, due_at=due_at)

    def _is_mql(self, new: NewResponse, campaign: Campaign, score: Score) -> bool:
        if new.is_mql is not None:
            return new.is_mql
        is_told = new.owner_id is not None or new.mql_at is not None or campaign.responders_are_mql
        return is_told or score.total >= self.scores.mql_threshold

    def _choose(self, new: NewResponse, facts: LeadFacts, score: Score) -> Choice:
        if new.owner_id is not None:
            owner = self.users[new.owner_id]
            return Choice(owner.id, owner.team_id, Because.IMPORT, {"text": f"Marketing gave it to {owner.name}."})
        if self._router is None:
            self._router = router(self.tx, Purpose.REP)
        named = self.named.get(new.account_id) if new.account_id else None
        return self._router.choose(replace(facts, score=score.total) if self._router.rules else facts, named)

    def _assigned(self, lead: Lead, choice: Choice, at: datetime) -> None:
        self.assignments.append(
            Assignment(new_id(), lead.id, choice.user_id, choice.team_id, at, choice.because, choice.explanation)
        )

    def _promise(self, lead_id: UUID, team_id: UUID | None) -> datetime | None:
        """Start the promise of a first attempt; returns when it is due."""
        if self._promises is None:
            self._promises = Promises(self.tx, Promise.FIRST_ATTEMPT)
        timer = self._promises.timer(lead_id, team_id, self.now)
        if timer is None:
            return None
        self.timers.append(timer)
        return timer.due_at

    def write(self) -> None:
        """Save what the batch came to."""
        if not self.responses:
            return
        store.insert_opened(self.tx, [self.leads[person] for person in self.opened])
        fed = [lead for person, lead in self.leads.items() if person in self.before]
        save_leads(self.tx, [lead for lead in fed if lead is not self.before[lead.person_id]])
        store.insert(self.tx, self.responses)
        routing_store.insert_assignments(self.tx, self.assignments)
        if self._router is not None:
            routing_store.save_rotation(self.tx, self._router.rotation)
        sla_store.insert_timers(self.tx, self.timers)
        self.tx.append(*self.events)


def _answers(tx: Transaction, responses: Sequence[NewResponse]) -> dict[tuple[UUID, UUID], Received]:
    """What to answer to responses that were received before."""
    pairs = list({(response.person_id, response.campaign_id): None for response in responses})
    if not pairs:
        return {}
    return {
        pair: Received(known.response_id, known.lead_id, False, False, Stage(known.stage), known.rep_id)
        for pair, known in store.known(tx, pairs).items()
    }


def _named(tx: Transaction, responses: Sequence[NewResponse]) -> dict[UUID, NamedOwner]:
    accounts = {response.account_id for response in responses if response.account_id}
    return routing_store.named_owners(tx, list(accounts)) if accounts else {}


def _owners(tx: Transaction, responses: Sequence[NewResponse]) -> dict[UUID, User]:
    wanted = {response.owner_id for response in responses if response.owner_id}
    users = {user.id: user for user in identity.users(tx)} if wanted else {}
    if unknown := wanted - users.keys():
        raise Invalid(f"There is no user {min(unknown)} here to give a lead to.")
    return {identifier: users[identifier] for identifier in wanted}
