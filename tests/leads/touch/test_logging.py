"""Logging what was done: the lead, its promise and its place in the queue follow."""

from datetime import timedelta

import pytest

from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import a_lead, a_person, a_rep, as_user, stored_kinds
from offhook import activities
from offhook.activities import Activity, Disposition, Kind
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead, Stage
from offhook.leads.sla.model import Promise, TimerState
from offhook.leads.sla.service import start_promise, timers
from offhook.leads.store import load_lead, save_lead
from offhook.leads.touch import correct_activity, log_activity


def call(
    tx: Transaction, lead: Lead, disposition: Disposition = Disposition.NO_ANSWER, **told: object
) -> Activity:
    return log_activity(tx, kind=Kind.CALL, lead_id=lead.id, disposition=disposition, **told)  # pyright: ignore[reportArgumentType] # as told


def test_the_first_attempt_begins_the_work_and_keeps_the_promise(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep)
        lead = save_lead(tx, start_promise(tx, lead, Promise.FIRST_ATTEMPT, tx.now))
    clock.advance(timedelta(minutes=20))
    with begin(as_user(rep)) as tx:
        entry = call(tx, lead)
        after = load_lead(tx, lead.id)
        assert (after.stage, after.attempts, after.first_attempt_at) == (Stage.WORKING, 1, entry.at)
        assert after.due_at is None, "nothing is promised any more"
        assert [timer.state for timer in timers(tx, lead.id)] == [TimerState.MET]
        assert after.next_touch_at == tx.now + timedelta(hours=2)
        assert after.next_touch_because == "follow_up"
    with begin() as tx:
        assert stored_kinds(tx, f"lead:{lead.id}") == ["activity.logged", "sla.met", "lead.attempted"]
        told = tx.scalar(dict, "SELECT data FROM event WHERE kind = 'lead.attempted'") or {}
        assert told["rep_id"] == str(rep.id)
        # The lead became MQL at 08:00, the team opens at 09:00.
        assert (told["minutes"], told["business_minutes"]) == (80, 20)


def test_a_conversation_is_counted_once_with_the_attempts_it_took(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep)
    for disposition in (Disposition.NO_ANSWER, Disposition.CONVERSATION, Disposition.CONVERSATION):
        clock.advance(timedelta(hours=1))
        with begin(as_user(rep)) as tx:
            call(tx, lead, disposition, seconds=90)
    with begin() as tx:
        after = load_lead(tx, lead.id)
        assert (after.attempts, after.attempts_to_contact) == (3, 2)
        assert stored_kinds(tx, f"lead:{lead.id}").count("lead.contacted") == 1


def test_a_call_back_brings_the_lead_up_when_the_person_asked(begin: Begin) -> None:
    with begin() as tx:
        lead = a_lead(tx, a_rep(tx))
        when = tx.now + timedelta(days=2, minutes=17)
        call(tx, lead, Disposition.CALL_BACK, call_back_at=when)
        after = load_lead(tx, lead.id)
        assert (after.next_touch_at, after.next_touch_because) == (when, "call_back")
        with pytest.raises(Invalid, match="after the activity"):
            call(tx, lead, call_back_at=tx.now - timedelta(hours=1))


def test_a_note_moves_nothing_and_leaves_the_claim(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep, claimed_by=rep.id, claimed_until=tx.now + timedelta(minutes=10))
        log_activity(tx, kind=Kind.NOTE, lead_id=lead.id, body="Looks promising")
        assert load_lead(tx, lead.id) == lead
        call(tx, lead)
        assert load_lead(tx, lead.id).claimed_by is None, "the work that it was claimed for is done"


def test_an_engine_that_tells_twice_counts_once(begin: Begin) -> None:
    with begin() as tx:
        lead = a_lead(tx, a_rep(tx))
        first = call(tx, lead, external_key="sip:1")
    with begin() as tx:
        assert call(tx, lead, external_key="sip:1").id == first.id
        assert load_lead(tx, lead.id).attempts == 1


def test_what_is_told_late_is_counted_in_its_order(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        lead = a_lead(tx, a_rep(tx), opened_at=tx.now - timedelta(days=9), mql_at=tx.now - timedelta(days=9))
        start = tx.now
        call(tx, lead, Disposition.CONVERSATION, at=start - timedelta(days=1))
        planned = load_lead(tx, lead.id).next_touch_at
        call(tx, lead, Disposition.NO_ANSWER, at=start - timedelta(days=3))
        call(tx, lead, Disposition.NO_ANSWER, at=start - timedelta(days=2))
        after = load_lead(tx, lead.id)
        assert (after.attempts, after.attempts_to_contact) == (3, 3)
        assert after.first_attempt_at == start - timedelta(days=3)
        assert after.last_attempt_at == after.conversed_at == start - timedelta(days=1)
        assert after.next_touch_at == planned, "an older touch plans nothing"


def test_a_correction_counts_again(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep)
    with begin(as_user(rep)) as tx:
        entry = call(tx, lead, Disposition.CONVERSATION, seconds=120)
        assert load_lead(tx, lead.id).conversed_at
    clock.advance(timedelta(minutes=5))
    with begin(as_user(rep)) as tx:
        later = correct_activity(tx, entry.id, {"disposition": Disposition.WRONG_NUMBER})
        after = load_lead(tx, lead.id)
        assert (after.attempts, after.conversed_at, after.attempts_to_contact) == (1, None, None)
        with pytest.raises(Conflict, match="corrected before"):
            correct_activity(tx, entry.id, {"disposition": Disposition.BUSY})
        correct_activity(tx, later.id, {"disposition": Disposition.CONVERSATION})
        assert load_lead(tx, lead.id).attempts_to_contact == 1


def test_a_note_corrected_into_a_call_is_the_first_attempt(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep)
    with begin(as_user(rep)) as tx:
        note = log_activity(tx, kind=Kind.NOTE, lead_id=lead.id, body="called, nobody there")
        changes = {"kind": Kind.CALL, "direction": "outbound", "disposition": Disposition.NO_ANSWER}
        correct_activity(tx, note.id, changes | {"direction": activities.Direction.OUTBOUND})
        after = load_lead(tx, lead.id)
        assert (after.stage, after.attempts) == (Stage.WORKING, 1)


def test_a_lead_of_the_pool_becomes_the_lead_of_who_touches_it_first(begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx)
        rep = a_rep(tx, team)
        lead = a_lead(tx, team_id=team.id)
    with begin(as_user(rep)) as tx:
        call(tx, lead)
        assert load_lead(tx, lead.id).owner_id == rep.id
    with begin() as tx:
        assert stored_kinds(tx, f"lead:{lead.id}") == ["activity.logged", "lead.assigned", "lead.attempted"]


def test_a_rep_touches_no_lead_of_another(begin: Begin) -> None:
    with begin() as tx:
        rep, colleague, manager = a_rep(tx), a_rep(tx), a_user(tx, Role.MANAGER)
        lead = a_lead(tx, colleague)
    with begin(as_user(rep)) as tx:
        with pytest.raises(Forbidden, match="another rep"):
            call(tx, lead)
        log_activity(tx, kind=Kind.NOTE, lead_id=lead.id, body="They rang me by mistake")
        with pytest.raises(Forbidden, match="another's name"):
            call(tx, lead, user_id=colleague.id)
    with begin(as_user(manager)) as tx:
        assert call(tx, lead, user_id=colleague.id).user_id == colleague.id


def test_an_ae_goes_on_with_a_lead_they_received(begin: Begin) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), a_user(tx, Role.AE)
        lead = a_lead(tx, rep, stage=Stage.SAL, ae_id=ae.id, first_attempt_at=tx.now, last_attempt_at=tx.now)
    with begin(as_user(ae)) as tx:
        log_activity(tx, kind=Kind.MEETING, lead_id=lead.id, disposition=Disposition.HELD)
        after = load_lead(tx, lead.id)
        assert (after.stage, after.next_touch_at) == (Stage.SAL, None)


def test_a_person_without_an_open_lead_has_a_record_too(begin: Begin) -> None:
    with begin() as tx:
        person = a_person(tx)
        entry = log_activity(tx, kind=Kind.CALL, person_id=person, disposition=Disposition.CONNECTED)
        assert entry.lead_id is None
        lead = a_lead(tx, a_rep(tx), person_id=person)
        assert log_activity(tx, kind=Kind.SMS, person_id=person).lead_id == lead.id, "the open lead is found"
        with pytest.raises(NotFound):
            log_activity(tx, kind=Kind.CALL, person_id=new_id())
        with pytest.raises(Invalid, match="with whom"):
            log_activity(tx, kind=Kind.CALL)
        with pytest.raises(Invalid, match="not this person's"):
            log_activity(tx, kind=Kind.CALL, lead_id=lead.id, person_id=new_id())


@pytest.mark.parametrize("stage", [Stage.INQUIRY, Stage.SQL, Stage.RECYCLED, Stage.DISQUALIFIED])
def test_where_no_rep_works_an_activity_is_only_recorded(begin: Begin, stage: Stage) -> None:
    with begin() as tx:
        lead = a_lead(tx, stage=stage)
        assert call(tx, lead, Disposition.CONVERSATION).lead_id == lead.id
        assert load_lead(tx, lead.id) == lead
