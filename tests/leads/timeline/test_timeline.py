"""The timeline tells every deed once, the newest first, whoever was merged and however it was corrected."""

from datetime import timedelta

import pytest

from conftest import Begin
from leads.factories import Desk, a_desk, respond
from offhook import people
from offhook.activities import Direction, Disposition, Kind
from offhook.identity import actor_of
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Forbidden, NotFound
from offhook.kernel.ids import new_id
from offhook.leads import (
    MeetingOutcome,
    Mode,
    accept,
    answer_all,
    assign,
    confirm,
    correct_activity,
    draft_ready_made,
    hand_off,
    log_activity,
    publish,
    record_meeting_outcome,
)
from offhook.leads.finding import person_meant
from offhook.leads.timeline.model import Moment
from offhook.leads.timeline.service import timeline, timeline_of_lead

QUALIFIED = {"budget": "planned", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}


@pytest.fixture
def desk(begin: Begin) -> Desk:
    """Reps, AEs, a campaign, criteria."""
    with begin() as tx:
        desk = a_desk(tx, reps=2, aes=1)
        publish(tx, draft_ready_made(tx, "BANT").id, agreed_with="Sales")
    return desk


def kinds(moments: list[Moment]) -> list[str]:
    """What happened, the oldest first."""
    return [moment.event.kind for moment in reversed(moments)]


def whole(tx: Transaction, person_id: object, size: int = 50) -> list[Moment]:
    """The whole timeline, read page by page."""
    told: list[Moment] = []
    before = None
    while True:
        page, last = timeline(tx, person_id, before, size)  # type: ignore[arg-type] # an id
        told += page
        if last is None:
            return told
        before = (last.at, last.position)


def test_a_lead_is_told_from_its_response_to_its_confirmation(begin: Begin, desk: Desk, clock: SetClock) -> None:
    rep, ae = actor_of(desk.reps[0]), actor_of(desk.aes[0])
    with begin() as tx:
        got = respond(tx, desk.campaign, email="grace@harbor.example", owner_id=desk.reps[0].id)
    clock.advance(timedelta(minutes=10))
    with begin(rep) as tx:
        log_activity(tx, kind=Kind.CALL, lead_id=got.lead_id, disposition=Disposition.CONVERSATION, seconds=60)
        answer_all(tx, got.lead_id, QUALIFIED)
    clock.advance(timedelta(minutes=10))
    with begin(rep) as tx:
        offered = hand_off(tx, got.lead_id, mode=Mode.LIVE)
    clock.advance(timedelta(minutes=10))
    with begin(ae) as tx:
        accept(tx, offered.id)
        confirm(tx, offered.id)
    with begin(rep) as tx:
        told, last = timeline_of_lead(tx, got.lead_id, None, 50)
    assert last is None
    assert kinds(told) == [
        "lead.became_mql",
        "response.received",
        "activity.logged",
        "lead.answered",
        "lead.handed_off",
        "lead.accepted",
        "lead.confirmed",
    ]
    assert all(moment.lead_id == got.lead_id for moment in told)
    answered = next(one for one in told if one.answers)
    assert [one.question for one in answered.answers] == list(QUALIFIED)
    assert answered.answers[0].text == "Is there a budget for this?"
    call = next(one for one in told if one.activity)
    assert call.activity is not None
    assert call.activity.seconds == 60
    response = next(one for one in told if one.response)
    assert response.response is not None
    assert response.response.campaign_id == desk.campaign.id


def test_a_meeting_that_was_held_is_told_once(begin: Begin, desk: Desk, clock: SetClock) -> None:
    """Its entry in the record and its event are one deed."""
    rep, ae = actor_of(desk.reps[0]), actor_of(desk.aes[0])
    with begin(rep) as tx:
        got = respond(tx, desk.campaign, owner_id=desk.reps[0].id)
        answer_all(tx, got.lead_id, QUALIFIED)
        offered = hand_off(tx, got.lead_id, mode=Mode.SCHEDULED, meeting_at=tx.now + timedelta(days=1))
    clock.advance(timedelta(days=1, hours=1))
    with begin(ae) as tx:
        accept(tx, offered.id)
        record_meeting_outcome(tx, offered.id, MeetingOutcome.HELD)
    with begin(rep) as tx:
        told, _ = timeline_of_lead(tx, got.lead_id, None, 50)
    assert kinds(told).count("meeting.held") == 1
    assert not [one for one in told if one.activity and one.activity.kind is Kind.MEETING]


def test_a_corrected_entry_is_told_once_in_its_latest_form(begin: Begin, desk: Desk, clock: SetClock) -> None:
    with begin(actor_of(desk.reps[0])) as tx:
        got = respond(tx, desk.campaign, owner_id=desk.reps[0].id)
    with begin(actor_of(desk.reps[0])) as tx:
        first = log_activity(tx, kind=Kind.CALL, lead_id=got.lead_id, disposition=Disposition.BUSY, body="x")
        second = correct_activity(tx, first.id, {"disposition": Disposition.NO_ANSWER})
        correct_activity(tx, second.id, {"kind": Kind.NOTE, "direction": Direction.INTERNAL, "disposition": None})
    with begin() as tx:
        told, _ = timeline_of_lead(tx, got.lead_id, None, 50)
    entries = [one for one in told if one.activity]
    assert len(entries) == 1
    assert entries[0].activity is not None
    assert entries[0].activity.kind is Kind.NOTE
    assert entries[0].was is not None
    assert entries[0].was.id == second.id


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_neither_repeat_nor_skip_though_all_happened_at_one_moment(
    begin: Begin, desk: Desk, size: int
) -> None:
    with begin() as tx:
        got = respond(tx, desk.campaign, email="page@harbor.example")
        person_id = person_meant(tx, "page@harbor.example")
        for number in range(9):
            log_activity(tx, kind=Kind.NOTE, lead_id=got.lead_id, body=str(number))
    with begin() as tx:
        told = whole(tx, person_id, size)
        at_once = whole(tx, person_id)
    assert [one.event.id for one in told] == [one.event.id for one in at_once]
    assert [one.activity.body for one in told if one.activity] == [str(n) for n in range(8, -1, -1)]


def test_the_timeline_of_whoever_was_merged_is_the_survivors(begin: Begin, desk: Desk) -> None:
    with begin() as tx:
        respond(tx, desk.campaign, email="one@harbor.example", name="Grace Hopper")
        respond(tx, desk.campaign, email="two@other.example", name="Somebody Else")
        left = person_meant(tx, "one@harbor.example")
        right = person_meant(tx, "two@other.example")
        people.merge_persons(tx, left, right)
    with begin() as tx:
        told = whole(tx, left)
        assert kinds(told).count("response.received") == 2
        assert "person.merged" in kinds(told)
        assert [one.event.id for one in whole(tx, right)] == [one.event.id for one in told]


def test_an_assignment_says_why(begin: Begin, desk: Desk) -> None:
    with begin() as tx:
        got = respond(tx, desk.campaign, owner_id=desk.reps[0].id)
        assign(tx, got.lead_id, user_id=desk.reps[1].id, note="She knows them")
    with begin() as tx:
        told, _ = timeline_of_lead(tx, got.lead_id, None, 50)
    assigned = told[0]
    assert assigned.event.kind == "lead.assigned"
    assert assigned.event.data["previous_rep_id"] == str(desk.reps[0].id)


def test_who_may_not_read_leads_sees_no_timeline(begin: Begin, desk: Desk) -> None:
    from offhook.kernel.database import NOBODY

    with begin() as tx:
        got = respond(tx, desk.campaign)
    with begin(NOBODY) as tx, pytest.raises(Forbidden):
        timeline_of_lead(tx, got.lead_id, None, 50)
    with begin() as tx, pytest.raises(NotFound):
        timeline(tx, new_id(), None, 50)
