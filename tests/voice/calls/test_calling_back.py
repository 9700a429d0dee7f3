"""Who called and reached nobody is called back: their lead is at the head of its rep's queue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from conftest import Begin
from leads.work_factories import a_lead, a_rep, as_user
from offhook.activities import Direction
from offhook.identity import User
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.delivery import deliver
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.leads import Lead, Stage, load_lead, queue_of
from offhook.voice.calls import service, store
from offhook.voice.calls.model import Call, Cause, Part, Recording, Status, Terms
from offhook.voice.calls.outcome import Taking
from offhook.voice.calls.store import About
from offhook.web.consumers import CONSUMERS

CALLER = "+13035550104"


def a_call_to_us(
    tx: Transaction, lead: Lead | None, *, left: bool = False, taken_by: User | None = None, over: bool = True
) -> UUID:
    """Somebody called a minute ago; by now it is over."""
    began = tx.now - timedelta(minutes=1)
    call = Call(new_id(), Direction.INBOUND, Terms(), began, owner_id=lead.owner_id if lead else None)
    person_id = lead.person_id if lead else None
    store.insert(tx, call, About(person_id, None, lead.id if lead else None, CALLER, None, None, None), new_id())
    if left:
        store.update(tx, replace(call, status=Status.MESSAGE, recording=Recording.ON), None, None)
    if taken_by is not None:
        part = Taking(taken_by.id, Part.OWNER, began, began, tx.now, 50)
        store.save_parts(tx, call.id, [(part, "connected")])
    if over:
        ended = replace(call, status=Status.ENDED, ended_at=tx.now, cause=Cause.HUNG_UP)
        store.update(tx, ended, None, None)
        told = {"direction": "inbound", "lead_id": str(lead.id) if lead else None}
        tx.append(Event("call.ended", subject("call", call.id), told))
    return call.id


def entries(tx: Transaction, lead: Lead) -> Sequence[tuple[str, str | None]]:
    """What is on a lead's record: direction and disposition."""
    return tx.rows(
        lambda direction, disposition: (direction, disposition),
        "SELECT direction, disposition FROM activity WHERE lead_id = %(lead)s",
        lead=lead.id,
    )


def settle(database: Database, organisation: UUID) -> None:
    """Let every consumer have its events."""
    while deliver(database, CONSUMERS, organisation):
        pass


@pytest.mark.parametrize(("left", "disposition"), [(True, "left_voicemail"), (False, "no_answer")])
def test_a_caller_who_reached_nobody_stands_in_the_queue_at_once(
    begin: Begin, database: Database, organisation: UUID, clock: SetClock, left: bool, disposition: str
) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        snoozed = tx.now + timedelta(days=3)
        lead = a_lead(tx, rep, stage=Stage.WORKING, next_touch_at=snoozed, next_touch_because="follow_up")
        a_call_to_us(tx, lead, left=left)
    settle(database, organisation)
    with begin(as_user(rep)) as tx:
        after = load_lead(tx, lead.id)
        assert (after.next_touch_at, after.next_touch_because) == (clock.now(), "call_back")
        assert after.attempts == lead.attempts, "they called, not we"
        assert entries(tx, lead) == [("inbound", disposition)]
        assert [one.lead.id for one in queue_of(tx, rep.id)] == [lead.id]


def test_it_is_logged_once_however_often_it_is_told(begin: Begin, database: Database, organisation: UUID) -> None:
    with begin() as tx:
        lead = a_lead(tx, a_rep(tx), stage=Stage.WORKING)
        call_id = a_call_to_us(tx, lead, left=True)
    settle(database, organisation)
    with begin() as tx:
        told = {"direction": "inbound", "lead_id": str(lead.id)}
        tx.append(Event("call.ended", subject("call", call_id), told))
    settle(database, organisation)
    with begin() as tx:
        assert len(entries(tx, lead)) == 1


def test_what_was_taken_or_came_to_light_late_or_concerns_no_lead_plans_nothing(
    begin: Begin, database: Database, organisation: UUID, clock: SetClock
) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        taken, late = a_lead(tx, rep, stage=Stage.WORKING), a_lead(tx, rep, stage=Stage.WORKING)
        a_call_to_us(tx, taken, taken_by=rep)
        a_call_to_us(tx, late)
        a_call_to_us(tx, None, left=True)
    with begin() as tx:
        tx.execute(
            "UPDATE call SET ended_at = ended_at - interval '2 days', opened_at = opened_at - interval '3 days'"
            " WHERE lead_id = %(lead)s",
            lead=late.id,
        )
    settle(database, organisation)
    with begin() as tx:
        for lead in (taken, late):
            assert load_lead(tx, lead.id).next_touch_because is None
            assert entries(tx, lead) == []


def test_calls_that_nobody_took_are_messages_or_missed_and_never_lost(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep)
        left, hung_up = a_call_to_us(tx, lead, left=True), a_call_to_us(tx, lead)
        tx.execute("UPDATE call SET answered_at = opened_at WHERE id = %(id)s", id=hung_up)  # in the greeting
        taken = a_call_to_us(tx, lead, taken_by=rep)

        def found(**which: bool) -> set[UUID]:
            return {one.row.id for one in service.calls_page(tx, **which).items}

        assert found(are_messages=True) == {left}
        assert found(are_missed=True) == {hung_up}
        assert found() == {left, hung_up, taken}


def test_a_caller_who_is_named_afterwards_is_called_back_too(
    begin: Begin, database: Database, organisation: UUID, clock: SetClock
) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep, stage=Stage.WORKING, next_touch_at=tx.now + timedelta(days=3))
        missed = a_call_to_us(tx, None)
    settle(database, organisation)
    with begin(as_user(rep)) as tx:
        assert entries(tx, lead) == [], "nobody knows yet who called"
        service.name_caller(tx, missed, lead.person_id)
        after = load_lead(tx, lead.id)
        assert (after.next_touch_at, after.next_touch_because) == (clock.now(), "call_back")
        assert entries(tx, lead) == [("inbound", "no_answer")]
