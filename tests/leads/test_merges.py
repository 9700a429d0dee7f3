"""Leads follow their persons: two open ones become one, and undoing the merge brings both back."""

from uuid import UUID

from conftest import Begin
from leads.factories import a_desk, respond
from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.leads import (
    Attempt,
    HandOff,
    Lead,
    Passed,
    Stage,
    add_campaign,
    advance,
    load_lead,
    open_leads_of,
    responses_of_lead,
)
from offhook.leads.merges.service import follow_account_merge, follow_account_unmerge, follow_merge, follow_unmerge


def two_leads(tx: Transaction) -> tuple[Lead, Lead]:
    """Open leads of two persons."""
    desk = a_desk(tx)
    one, other = (load_lead(tx, respond(tx, desk.campaign).lead_id) for _ in range(2))
    return one, other


def test_of_two_open_leads_the_one_that_has_come_farther_goes_on(begin: Begin) -> None:
    merge = new_id()
    with begin() as tx:
        one, other = two_leads(tx)
        other = advance(tx, other, Attempt())
        follow_merge(tx, merge, one.person_id, other.person_id)
        on = open_leads_of(tx, [one.person_id, other.person_id])
        assert on.keys() == {one.person_id}
        assert on[one.person_id].id == other.id
        closed = load_lead(tx, one.id)
        assert (closed.stage, closed.close_reason, closed.due_at) == (Stage.DISQUALIFIED, "duplicate", None)
    with begin() as tx:
        follow_unmerge(tx, merge, one.person_id, other.person_id)
        both = open_leads_of(tx, [one.person_id, other.person_id])
        assert {person: lead.id for person, lead in both.items()} == {
            one.person_id: one.id,
            other.person_id: other.id,
        }


def test_a_lead_with_an_ae_is_not_closed(begin: Begin) -> None:
    with begin() as tx:
        one, other = two_leads(tx)
        for lead in (one, other):
            passed = Passed(new_id(), new_id(), "live", None, lead.owner_id, lead.team_id, tx.now, True)
            advance(tx, lead, HandOff(passed, is_override=True))
        follow_merge(tx, new_id(), one.person_id, other.person_id)
        assert {lead.id for lead in open_leads_of(tx, [one.person_id, other.person_id]).values()} == {
            one.id,
            other.id,
        }


def test_responses_come_together_once_per_campaign_and_go_back(begin: Begin) -> None:
    merge = new_id()
    with begin() as tx:
        desk = a_desk(tx)
        show = add_campaign(tx, "Show")
        one, other = "one@engines.example", "other@motors.example"
        first = load_lead(tx, respond(tx, desk.campaign, email=one).lead_id)
        second = load_lead(tx, respond(tx, desk.campaign, email=other).lead_id)
        respond(tx, show, email=other)

        def persons() -> list[UUID]:
            return [r.person_id for lead in (first, second) for r in responses_of_lead(tx, lead.id)]

        before = persons()
        follow_merge(tx, merge, first.person_id, second.person_id)
        assert sorted(persons()) == sorted([first.person_id, first.person_id, second.person_id])
        follow_unmerge(tx, merge, first.person_id, second.person_id)
        assert persons() == before


def test_leads_follow_their_account_and_go_back(begin: Begin) -> None:
    merge = new_id()
    with begin() as tx:
        one, other = two_leads(tx)
        assert one.account_id
        assert other.account_id
        assert one.account_id != other.account_id
        follow_account_merge(tx, merge, one.account_id, other.account_id)
        assert load_lead(tx, other.id).account_id == one.account_id
        follow_account_unmerge(tx, merge, one.account_id, other.account_id)
        assert load_lead(tx, other.id).account_id == other.account_id
        assert load_lead(tx, one.id).account_id == one.account_id
