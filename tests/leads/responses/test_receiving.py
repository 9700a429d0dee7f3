"""Receiving responses: who opens a lead, who feeds one, who becomes an MQL and whose it is."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from conftest import Begin
from leads.factories import a_desk, respond
from offhook.identity import Role, add_absence, add_user
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.kernel.ids import new_id
from offhook.leads import (
    CampaignKind,
    Disqualify,
    NewResponse,
    Recycle,
    Stage,
    add_campaign,
    advance,
    assignments,
    bring_back,
    load_lead,
    open_leads_of,
    open_outbound_lead,
    receive_responses,
    responses_of_lead,
    sweep,
)
from offhook.leads.sla.store import timers_of
from offhook.people import PersonFacts


def kinds(tx: Transaction, lead_id: UUID) -> list[str]:
    """The kinds of the lead's events, in order; those of this transaction are not yet among them."""
    return tx.scalars(str, "SELECT kind FROM event WHERE subject = %(s)s ORDER BY position", s=f"lead:{lead_id}")


def test_a_response_opens_a_lead_and_gives_it_to_a_rep(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        received = respond(tx, desk.campaign)
    with begin() as tx:
        lead = load_lead(tx, received.lead_id)
        assert (received.is_new_response, received.is_new_lead) == (True, True)
        assert (lead.stage, lead.mql_at) == (Stage.MQL, lead.assigned_at)
        assert lead.owner_id in {rep.id for rep in desk.reps}
        assert lead.owner_id == received.rep_id
        assert kinds(tx, lead.id) == ["lead.became_mql", "response.received"]
        why = assignments(tx, lead.id)
        assert len(why) == 1
        assert "turn among all reps (1 of 3 turns)" in str(why[0].explanation["text"])
        timer = timers_of(tx, lead.id)[0]
        assert timer.due_at == lead.due_at == lead.mql_at + timedelta(hours=1) if lead.mql_at else False


def test_a_second_response_to_the_same_campaign_changes_nothing(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        first = respond(tx, desk.campaign, email="ada@engines.example")
        again = respond(tx, desk.campaign, email="ada@engines.example")
    assert not again.is_new_response
    assert (again.response_id, again.lead_id, again.rep_id) == (first.response_id, first.lead_id, first.rep_id)
    with begin() as tx:
        assert len(responses_of_lead(tx, first.lead_id)) == 1
        later = respond(tx, desk.campaign, email="ada@engines.example")
        assert (later.response_id, later.is_new_response) == (first.response_id, False)


def test_responses_to_other_campaigns_feed_the_open_lead_until_it_is_an_mql(begin: Begin) -> None:
    with begin() as tx:
        a_desk(tx)
        kind = CampaignKind.CONTENT
        papers = [add_campaign(tx, f"Paper {n}", kind=kind) for n in range(4)]
        received = [respond(tx, paper, email="ada@engines.example", title="") for paper in papers]
    assert len({one.lead_id for one in received}) == 1
    assert [one.is_new_lead for one in received] == [True, False, False, False]
    assert [one.stage for one in received] == [Stage.INQUIRY, Stage.INQUIRY, Stage.MQL, Stage.MQL]
    with begin() as tx:
        lead = load_lead(tx, received[0].lead_id)
        assert lead.score == pytest.approx(10 + 5 + 4 * 15)
        assert kinds(tx, lead.id).count("lead.became_mql") == 1
        assert {"name": "read something", "kind": "engagement", "points": 15} in lead.score_reasons


def test_a_response_of_long_ago_counts_less(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        a_desk(tx)
        paper = add_campaign(tx, "Paper", kind=CampaignKind.CONTENT)
        old = respond(tx, paper, title="", at=tx.now - timedelta(days=30))
        lead = load_lead(tx, old.lead_id)
        assert lead.engagement == pytest.approx(7.5)
        assert lead.opened_at == tx.now - timedelta(days=30)


def test_marketing_may_name_the_rep_and_the_time(begin: Begin) -> None:
    told = datetime(2026, 1, 12, 10, tzinfo=UTC)
    with begin() as tx:
        desk = a_desk(tx)
        rep = desk.reps[2]
        received = respond(tx, desk.campaign, at=told - timedelta(days=2), owner_id=rep.id, mql_at=told)
        lead = load_lead(tx, received.lead_id)
        assert (lead.owner_id, lead.mql_at, lead.due_at) == (rep.id, told, None)
        assert "Marketing gave it to Rep 3." in str(assignments(tx, lead.id)[0].explanation)


def test_one_batch_may_hold_everything_about_one_person(begin: Begin) -> None:
    person = PersonFacts(new_id())
    with begin() as tx:
        desk = a_desk(tx)
        other = add_campaign(tx, "Other", kind=CampaignKind.OTHER)
        new = [
            NewResponse(campaign.id, person.person_id, None, person, tx.now)
            for campaign in (other, desk.campaign, other)
        ]
        received = receive_responses(tx, new)
        assert len({one.lead_id for one in received}) == 1
        assert [one.is_new_response for one in received] == [True, True, False]
        lead = open_leads_of(tx, [person.person_id])[person.person_id]
        assert lead.stage is Stage.MQL
        assert len(timers_of(tx, lead.id)) == 1


def test_after_a_closed_lead_a_response_opens_another(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        first = respond(tx, desk.campaign, email="ada@engines.example")
        advance(tx, load_lead(tx, first.lead_id), Disqualify("no_need"))
        second = respond(tx, add_campaign(tx, "Show"), email="ada@engines.example")
        assert second.is_new_lead
        assert second.lead_id != first.lead_id


def test_who_is_away_or_full_is_passed_over_and_the_pool_takes_what_nobody_can(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx, reps=1)
        add_absence(tx, desk.reps[0].id, tx.now, tx.now + timedelta(days=1))
        limited = add_user(
            tx, email="full@offhook.example", name="Full", role=Role.REP, team_id=desk.team.id, capacity=2
        )
        received = [respond(tx, desk.campaign) for _ in range(3)]
        assert [one.rep_id for one in received] == [limited.id, limited.id, None]
        why = assignments(tx, received[0].lead_id)[0].explanation
        assert why["passed_over"] == ["Rep 1 is away"]


def test_an_unknown_campaign_is_refused(begin: Begin) -> None:
    with begin() as tx, pytest.raises(NotFound, match="no campaign"):
        receive_responses(tx, [NewResponse(new_id(), new_id(), None, PersonFacts(new_id()), tx.now)])


def test_an_outbound_lead_is_worked_without_ever_being_an_mql(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        person = load_lead(tx, respond(tx, desk.campaign).lead_id)
        with pytest.raises(Conflict, match="open lead"):
            open_outbound_lead(tx, person.person_id, desk.reps[0].id)
    with begin() as tx:
        advance(tx, load_lead(tx, person.id), Disqualify("no_need"))
        lead = open_outbound_lead(tx, person.person_id, desk.reps[0].id)
        assert (lead.stage, lead.mql_at, lead.owner_id) == (Stage.WORKING, None, desk.reps[0].id)
        assert lead.fit > 0


def test_a_recycled_lead_comes_back_on_its_date_to_the_rep_who_had_it(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        received = respond(tx, desk.campaign)
        until = (tx.now + timedelta(days=10)).date()
        closed = advance(tx, load_lead(tx, received.lead_id), Recycle("not_now", until))
    clock.advance(timedelta(days=9))
    with begin() as tx:
        assert bring_back(tx) == 0
    clock.advance(timedelta(days=1))
    with begin() as tx:
        assert bring_back(tx) == 1
        back = open_leads_of(tx, [closed.person_id])[closed.person_id]
        assert (back.stage, back.owner_id) == (Stage.WORKING, closed.owner_id)
    with begin() as tx:
        assert bring_back(tx) == 0
        assert kinds(tx, back.id) == ["lead.opened"]


def test_a_broken_promise_warns_escalates_and_gives_the_lead_to_another(
    begin: Begin, clock: SetClock, database: Database
) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        lead = load_lead(tx, respond(tx, desk.campaign).lead_id)
    seen: list[list[str]] = []
    for minutes in (44, 2, 15, 180):
        clock.advance(timedelta(minutes=minutes))
        with begin() as tx:
            sweep(tx)
        with begin() as tx:
            seen.append([kind for kind in kinds(tx, lead.id) if kind.startswith(("sla", "lead.assigned"))])
    assert seen == [
        [],
        ["sla.warned"],
        ["sla.warned", "sla.breached"],
        ["sla.warned", "sla.breached", "lead.assigned"],
    ]
    with begin() as tx:
        now = load_lead(tx, lead.id)
        assert now.owner_id != lead.owner_id
        assert now.due_at is not None
        assert "No first attempt in the promised time" in str(assignments(tx, lead.id)[0].explanation["text"])


def test_a_sweep_that_comes_late_skips_no_step(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        lead = load_lead(tx, respond(tx, desk.campaign).lead_id)
    clock.advance(timedelta(days=3))
    with begin() as tx:
        assert sweep(tx) == 1
    with begin() as tx:
        assert sweep(tx) == 0
        assert [kind for kind in kinds(tx, lead.id) if kind != "response.received"] == [
            "lead.became_mql",
            "sla.warned",
            "sla.breached",
            "lead.assigned",
        ]
