"""Use case: receive responses. Each opens a lead or feeds the open one, is scored, and may make it an MQL.

Set-based: whatever the batch's size, the same few statements. One row of it costs what it costs in Python plus its
share of the copies; so a lead that is opened and promoted at once is built once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.identity import User
from offhook.kernel.batches import index_probes
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
from offhook.leads.routing.model import Assignment, Because, Choice, Purpose
from offhook.leads.routing.rules import Router
from offhook.leads.routing.service import router
from offhook.leads.scoring.model import Score, Scorer
from offhook.leads.scoring.service import scorer
from offhook.leads.sla import store as sla_store
from offhook.leads.sla.model import Promise, Timer
from offhook.leads.sla.service import Promises
from offhook.leads.store import open_leads_of, persons_with_open_leads, save_leads


def receive_responses(
    tx: Transaction, responses: Sequence[NewResponse], *, scores: Scorer | None = None
) -> list[Received]:
    """Receive responses, in order; one answer each. Whoever calls has checked what its actor may do.

    A person's second response to the same campaign changes nothing. Raises `NotFound` for an unknown campaign or
    owner. `scores` replaces the rules that are in force.
    """
    if not responses:
        return []
    receiving = Receiving(
        tx,
        {response.campaign_id for response in responses},
        {response.person_id for response in responses},
        {response.account_id for response in responses if response.account_id},
        {response.owner_id for response in responses if response.owner_id},
        scores=scores,
    )
    received = receiving.receive(responses)
    receiving.finish()
    return received


class Receiving:
    """Responses that are received part by part, so that one part is written while the next is decided.

    What `receive_responses` says holds for the parts together. Call `finish` after the last.
    """

    def __init__(
        self,
        tx: Transaction,
        campaigns: Collection[UUID],
        persons: Collection[UUID],
        accounts: Collection[UUID],
        owners: Collection[UUID],
        *,
        scores: Scorer | None = None,
    ) -> None:
        """Take the lock and read. `persons`, `accounts`: who was there before; others have just been made."""
        store.lock_opening(tx)
        self.tx = tx
        self.now = tx.now
        self.scores = scores or scorer(tx)
        self.campaigns: Mapping[UUID, Campaign] = campaigns_by_id(tx, set(campaigns))
        self.zone = identity.organisation(tx).time_zone
        with index_probes(tx):
            self.answers = _answers(tx, [(person, campaign) for campaign in campaigns for person in persons])
            self.unread = persons_with_open_leads(tx, persons)
        self.leads: dict[UUID, Lead] = {}
        self.named = routing_store.named_owners(tx, list(accounts)) if accounts else {}
        self.users = _owners(tx, owners)
        self.opened: list[UUID] = []
        self.fed: dict[UUID, None] = {}
        self.responses: list[Response] = []
        self.assignments: list[Assignment] = []
        self.timers: list[Timer] = []
        self._router: Router | None = None
        self._promises: Promises | None = None
        if any(campaign.responders_are_mql for campaign in self.campaigns.values()):
            self._prepare()

    def _prepare(self) -> tuple[Router, Promises]:
        """What every MQL needs."""
        if self._router is None or self._promises is None:
            self._router = router(self.tx, Purpose.REP)
            self._promises = Promises(self.tx, Promise.FIRST_ATTEMPT)
        return self._router, self._promises

    def receive(self, responses: Iterable[NewResponse]) -> list[Received]:
        """Receive some more and write what they came to; their events come in their order."""
        responses = list(responses)
        self._read(responses)
        received = [self._receive(response) for response in responses]
        self._write()
        return received

    def _read(self, responses: Sequence[NewResponse]) -> None:
        """Lock and load the open leads that these responses feed."""
        fed = {
            one.person_id
            for one in responses
            if one.person_id in self.unread and (one.person_id, one.campaign_id) not in self.answers
        }
        self.unread -= fed
        self.leads |= open_leads_of(self.tx, list(fed), lock=True)

    def finish(self) -> None:
        """Write what was kept for the end: whose turn it is next."""
        if self._router is not None:
            routing_store.save_rotation(self.tx, self._router.rotation)

    def _receive(self, new: NewResponse) -> Received:
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
        self.tx.append(Event("response.received", subject("lead", lead.id), told, at=new.responded_at))
        return response_id

    def _open(self, new: NewResponse, facts: LeadFacts, campaign: Campaign) -> Lead:
        """A new lead: an inquiry, or an MQL with whoever gets it."""
        score = self.scores.score(facts, 0.0, self.now, new.responded_at)
        identifier = new_id()
        self.opened.append(new.person_id)
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
            self.tx.append(Event(told.kind, subject("lead", identifier), told.data, at=mql_at))
        return lead

    def _feed(self, new: NewResponse, facts: LeadFacts, campaign: Campaign, lead: Lead) -> Lead:
        """A further response to an open lead: more engagement, maybe past the threshold."""
        self.fed[new.person_id] = None
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
        self.tx.append(*[Event(one.kind, about, one.data, at=at) for one in decision.happened])
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
        turns, _ = self._prepare()
        named = self.named.get(new.account_id) if new.account_id else None
        return turns.choose(replace(facts, score=score.total) if turns.rules else facts, named)

    def _assigned(self, lead: Lead, choice: Choice, at: datetime) -> None:
        self.assignments.append(
            Assignment(new_id(), lead.id, choice.user_id, choice.team_id, at, choice.because, choice.explanation)
        )

    def _promise(self, lead_id: UUID, team_id: UUID | None) -> datetime | None:
        """Start the promise of a first attempt; returns when it is due."""
        _, promises = self._prepare()
        timer = promises.timer(lead_id, team_id, self.now)
        if timer is None:
            return None
        self.timers.append(timer)
        return timer.due_at

    def _write(self) -> None:
        """Save what has come to pass since the last time."""
        store.insert_opened(self.tx, [self.leads[person] for person in self.opened])
        opened = set(self.opened)
        for lead in save_leads(self.tx, [self.leads[person] for person in self.fed if person not in opened]):
            self.leads[lead.person_id] = lead
        store.insert(self.tx, self.responses)
        routing_store.insert_assignments(self.tx, self.assignments)
        sla_store.insert_timers(self.tx, self.timers)
        self.opened, self.fed, self.responses, self.assignments, self.timers = [], {}, [], [], []


def _answers(tx: Transaction, pairs: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Received]:
    """What to answer to responses, by person and campaign, that were received before."""
    if not pairs:
        return {}
    return {
        pair: Received(known.response_id, known.lead_id, False, False, Stage(known.stage), known.rep_id)
        for pair, known in store.known(tx, pairs).items()
    }


def _owners(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, User]:
    users = {user.id: user for user in identity.users(tx)} if wanted else {}
    if unknown := set(wanted) - users.keys():
        raise Invalid(f"There is no user {min(unknown)} here to give a lead to.")
    return {identifier: users[identifier] for identifier in wanted}
