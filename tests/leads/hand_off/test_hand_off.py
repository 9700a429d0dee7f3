"""From the qualified lead to SQL, and back to the rep, on the real database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import (
    a_lead,
    a_person,
    a_qualified_lead,
    a_rep,
    agreed_criteria,
    an_account,
    as_user,
    stored_kinds,
)
from offhook import activities, identity
from offhook.activities import Disposition, Kind
from offhook.identity import Role, User
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.leads.hand_off import closing, service
from offhook.leads.hand_off.model import HandOffStatus, MeetingOutcome, Mode
from offhook.leads.hand_off.service import hand_off
from offhook.leads.model import Lead, Stage
from offhook.leads.qualification.service import answer_all
from offhook.leads.queue import queue_of
from offhook.leads.sla.model import Promise, TimerState
from offhook.leads.sla.service import timers
from offhook.leads.store import load_lead
from offhook.leads.touch import log_activity

DAY = timedelta(days=1)


def an_ae(tx: Transaction) -> User:
    return a_user(tx, Role.AE, team_id=a_team(tx).id)


def told(tx: Transaction, kind: str, lead: Lead) -> dict[str, object]:
    """The data of the one event of this kind about this lead."""
    found = tx.scalars(
        dict,
        "SELECT data FROM event WHERE kind = %(told)s AND subject = %(subject)s",
        told=kind,
        subject=f"lead:{lead.id}",
    )
    assert len(found) == 1, f"{len(found)} events {kind}"
    return found[0]


def test_a_qualified_lead_goes_to_the_ae_that_routing_chooses_with_a_briefing(
    begin: Begin, clock: SetClock
) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), an_ae(tx)
        agreed_criteria(tx)
        account = an_account(tx, "Analytical Engines", domain="analytical.example")
        person = a_person(tx, "Ada Byron", title="CTO", account_id=account, email="ada@analytical.example")
        lead = a_lead(tx, rep, person_id=person, account_id=account)
    with begin(as_user(rep)) as tx:
        call = log_activity(
            tx,
            kind=Kind.CALL,
            lead_id=lead.id,
            disposition=Disposition.CONVERSATION,
            seconds=300,
            body="Wants it now",
        )
        answers = {"budget": "approved", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}
        answer_all(tx, lead.id, answers, activity_id=call.id)
        offered = hand_off(tx, lead.id, Mode.SCHEDULED, tx.now + DAY, note="Mind the time zone")
        assert (offered.ae_id, offered.rep_id, offered.is_first) == (ae.id, rep.id, True)
        assert offered.explanation["text"]
        briefing = service.hand_off_by_id(tx, offered.id).briefing
        assert briefing["who"]["name"] == "Ada Byron"  # pyright: ignore[reportIndexIssue] # JSON
        assert briefing["who"]["company"] == "Analytical Engines"  # pyright: ignore[reportIndexIssue] # JSON
        assert [one["answer"] for one in briefing["answers"]] == list(answers.values())  # pyright: ignore # JSON
        assert briefing["answers"][0]["evidence"]["excerpt"] == "Wants it now"  # pyright: ignore # JSON
        assert briefing["note"] == "Mind the time zone"
        after = load_lead(tx, lead.id)
        assert (after.stage, after.ae_id, after.sal_at) == (Stage.SAL, ae.id, tx.now)
        assert after.due_at is not None, "a decision is promised"
        assert queue_of(tx, rep.id) == [], "the rep is done with it"
    with begin() as tx:
        assert told(tx, "lead.handed_off", lead)["first"] is True
        assert told(tx, "lead.handed_off", lead)["meeting_at"]


def test_accepted_and_confirmed_it_is_sql(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), an_ae(tx)
        lead = a_qualified_lead(tx, rep)
        offered = hand_off(tx, lead.id, Mode.LIVE)
    clock.advance(timedelta(minutes=30))
    with begin(as_user(ae)) as tx:
        with pytest.raises(Conflict, match="offered"):
            service.confirm(tx, offered.id)
        accepted = service.accept(tx, offered.id)
        assert (accepted.status, accepted.decided_at) == (HandOffStatus.ACCEPTED, tx.now)
        assert [timer.state for timer in timers(tx, lead.id) if timer.promise is Promise.HAND_OFF_DECISION] == [
            TimerState.MET
        ]
        with pytest.raises(Conflict, match="accepted"):
            service.accept(tx, offered.id)
        confirmed = service.confirm(tx, offered.id)
        assert service.hand_off_by_id(tx, offered.id) == confirmed
        after = load_lead(tx, lead.id)
        assert (after.stage, after.sql_at, after.due_at) == (Stage.SQL, tx.now, None)
    with begin() as tx:
        kinds = [kind for kind in stored_kinds(tx, f"lead:{lead.id}") if kind != "lead.answered"]
        assert kinds == ["lead.handed_off", "sla.met", "lead.accepted", "lead.confirmed"]
        assert told(tx, "lead.confirmed", lead)["sal_at"]


def test_a_rejected_hand_off_returns_to_the_rep(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), an_ae(tx)
        lead = a_qualified_lead(tx, rep)
        offered = hand_off(tx, lead.id, Mode.SCHEDULED, tx.now + DAY)
    clock.advance(timedelta(hours=1))
    with begin(as_user(ae)) as tx:
        with pytest.raises(Invalid, match="agreed reason"):
            service.reject(tx, offered.id, "do not like it")
        with pytest.raises(Invalid, match="needs a note"):
            service.reject(tx, offered.id, "other")
        rejected = service.reject(tx, offered.id, "incomplete briefing", "Who decides?")
        assert rejected.reason == "incomplete_briefing: Who decides?"
    with begin(as_user(rep)) as tx:
        item = queue_of(tx, rep.id)[0]
        assert (item.lead.id, item.lead.stage, item.lead.ae_id) == (lead.id, Stage.WORKING, None)
        assert item.reasons[0].text.startswith("The AE gave it back")
        again = hand_off(tx, lead.id, Mode.SCHEDULED, tx.now + DAY)
        assert again.is_first is False, "it became SAL once"
        assert load_lead(tx, lead.id).sal_at == offered.at
    with begin() as tx:
        assert told(tx, "lead.rejected", lead)["reason"] == rejected.reason


def test_after_not_my_territory_another_ae_is_chosen(begin: Begin) -> None:
    with begin() as tx:
        aes = {an_ae(tx).id for _ in range(2)}
        lead = a_qualified_lead(tx, a_rep(tx))
        first = hand_off(tx, lead.id, Mode.LIVE)
        service.reject(tx, first.id, "not_my_territory")
        second = hand_off(tx, lead.id, Mode.LIVE)
        assert {first.ae_id, second.ae_id} == aes
        service.reject(tx, second.id, "not_my_territory")
        assert service.last_hand_off(tx, lead.id).id == second.id


def test_a_lead_is_not_handed_off_unqualified_unless_somebody_who_may_says_why(begin: Begin) -> None:
    with begin() as tx:
        rep, manager = a_rep(tx), a_user(tx, Role.MANAGER)
        an_ae(tx)
        agreed_criteria(tx)
        lead = a_lead(tx, rep)
    with begin(as_user(rep)) as tx:
        with pytest.raises(Conflict, match="verdict"):
            hand_off(tx, lead.id, Mode.LIVE)
        with pytest.raises(Forbidden, match="criteria:write"):
            hand_off(tx, lead.id, Mode.LIVE, override="A friend of the house")
    with begin(as_user(manager)) as tx:
        with pytest.raises(Invalid, match="Say why"):
            hand_off(tx, lead.id, Mode.LIVE, override=" ")
        offered = hand_off(tx, lead.id, Mode.LIVE, override="The board asked for it")
        assert offered.briefing["override"] == "The board asked for it"
    with begin() as tx, pytest.raises(Invalid, match="nothing to override"):
        hand_off(tx, a_qualified_lead(tx).id, Mode.LIVE, override="Sure is sure")


def test_a_meeting_needs_a_time_at_which_the_ae_is_free(begin: Begin) -> None:
    with begin() as tx:
        ae = an_ae(tx)
        when = tx.now + DAY
        first, second = a_qualified_lead(tx), a_qualified_lead(tx)
        with pytest.raises(Invalid, match="needs the time"):
            hand_off(tx, first.id, Mode.SCHEDULED)
        with pytest.raises(Invalid, match="future"):
            hand_off(tx, first.id, Mode.SCHEDULED, tx.now)
        with pytest.raises(Invalid, match="belongs to scheduled"):
            hand_off(tx, first.id, Mode.LIVE, when)
        offered = hand_off(tx, first.id, Mode.SCHEDULED, when)
        with pytest.raises(Conflict, match="another meeting"):
            hand_off(tx, second.id, Mode.SCHEDULED, when + timedelta(minutes=29))
        hand_off(tx, second.id, Mode.SCHEDULED, when + timedelta(minutes=30), ae_id=ae.id)
        with pytest.raises(Conflict, match="another meeting"):
            service.reschedule(tx, offered.id, when + timedelta(minutes=15))
        assert service.reschedule(tx, offered.id, when - timedelta(hours=1)).meeting_at == when - timedelta(
            hours=1
        )


def test_two_reps_cannot_book_one_ae_at_the_same_time(begin: Begin) -> None:
    with begin() as tx:
        an_ae(tx)
        leads = [a_qualified_lead(tx) for _ in range(6)]
        when = tx.now + DAY
    ready = threading.Barrier(len(leads))
    refused: list[str] = []

    def book(lead_id: UUID) -> None:
        ready.wait(30)
        try:
            with begin() as tx:
                hand_off(tx, lead_id, Mode.SCHEDULED, when)
        except Conflict as error:
            refused.append(error.code)

    with ThreadPoolExecutor(len(leads)) as pool:
        for done in [pool.submit(book, lead.id) for lead in leads]:
            done.result(60)
    assert refused == ["meeting-overlaps"] * 5


def test_an_undecided_hand_off_can_be_withdrawn_by_the_rep_alone(begin: Begin) -> None:
    with begin() as tx:
        rep, colleague, ae = a_rep(tx), a_rep(tx), an_ae(tx)
        lead = a_qualified_lead(tx, rep)
        offered = hand_off(tx, lead.id, Mode.LIVE)
    with begin(as_user(colleague)) as tx, pytest.raises(Forbidden):
        service.withdraw(tx, offered.id)
    with begin(as_user(rep)) as tx:
        withdrawn = service.withdraw(tx, offered.id, "Sent too soon")
        assert (withdrawn.status, withdrawn.reason) == (HandOffStatus.WITHDRAWN, "Sent too soon")
        assert load_lead(tx, lead.id).stage is Stage.WORKING
    with begin(as_user(ae)) as tx, pytest.raises(Conflict, match="withdrawn"):
        service.accept(tx, offered.id)


def test_only_the_ae_it_was_offered_to_or_who_assigns_leads_decides(begin: Begin) -> None:
    with begin() as tx:
        rep, ae, other, manager = a_rep(tx), an_ae(tx), an_ae(tx), a_user(tx, Role.MANAGER)
        offered = hand_off(tx, a_qualified_lead(tx, rep).id, Mode.LIVE, ae_id=ae.id)
        assert offered.explanation["text"] == f"The system chose {ae.name}."
    for somebody in (other, rep):
        with begin(as_user(somebody)) as tx, pytest.raises(Forbidden):
            service.accept(tx, offered.id)
    with begin(as_user(manager)) as tx:
        assert service.accept(tx, offered.id).status is HandOffStatus.ACCEPTED


def test_decisions_can_be_told_afterwards_in_their_order(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), an_ae(tx)
        lead = a_qualified_lead(tx, rep, opened_at=tx.now - 9 * DAY)
        start = tx.now - 5 * DAY
        offered = hand_off(tx, lead.id, Mode.SCHEDULED, start + DAY, at=start)
        with pytest.raises(Invalid, match="before the offer"):
            service.accept(tx, offered.id, start - DAY)
        service.accept(tx, offered.id, start + timedelta(hours=2))
        with pytest.raises(Invalid, match="before it was accepted"):
            service.confirm(tx, offered.id, start + timedelta(hours=1))
        service.confirm(tx, offered.id, start + 2 * DAY)
        after = load_lead(tx, lead.id)
        assert (after.sal_at, after.sql_at) == (start, start + 2 * DAY)
        assert ae.id == offered.ae_id


@pytest.mark.parametrize(
    ("outcome", "event"),
    [(MeetingOutcome.HELD, "meeting.held"), (MeetingOutcome.NO_SHOW, "meeting.missed")],
)
def test_what_became_of_a_meeting_is_told_once_and_is_on_record(
    begin: Begin, clock: SetClock, outcome: MeetingOutcome, event: str
) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), an_ae(tx)
        lead = a_qualified_lead(tx, rep)
        offered = hand_off(tx, lead.id, Mode.SCHEDULED, tx.now + DAY)
        with pytest.raises(Invalid, match="known only then"):
            service.record_meeting_outcome(tx, offered.id, outcome)
    clock.advance(DAY + timedelta(hours=1))
    with begin(as_user(ae)) as tx:
        service.record_meeting_outcome(tx, offered.id, outcome)
        with pytest.raises(Conflict, match="already"):
            service.record_meeting_outcome(tx, offered.id, outcome)
        entry = activities.timeline(tx, lead_id=lead.id).items[0]
        assert (entry.kind, entry.disposition, entry.at) == (Kind.MEETING, outcome.value, offered.meeting_at)
    with begin() as tx:
        assert told(tx, event, lead)["ae_id"] == str(ae.id)


def test_a_missed_meeting_can_be_booked_again(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        an_ae(tx)
        lead = a_qualified_lead(tx, a_rep(tx))
        offered = hand_off(tx, lead.id, Mode.SCHEDULED, tx.now + DAY)
    clock.advance(2 * DAY)
    with begin() as tx:
        service.record_meeting_outcome(tx, offered.id, MeetingOutcome.NO_SHOW)
        again = service.reschedule(tx, offered.id, tx.now + DAY)
        assert again.meeting_outcome is None
        service.record_meeting_outcome(tx, offered.id, MeetingOutcome.CANCELLED)
        service.reject(tx, offered.id, "meeting_not_held")
        with pytest.raises(Conflict, match="no meeting to come"):
            service.reschedule(tx, offered.id, tx.now + DAY)


def test_without_an_ae_nothing_is_handed_off(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_qualified_lead(tx, rep)
        with pytest.raises(Conflict, match="No AE"):
            hand_off(tx, lead.id, Mode.LIVE)
        with pytest.raises(Invalid, match="active AEs"):
            hand_off(tx, lead.id, Mode.LIVE, ae_id=rep.id)
        with pytest.raises(NotFound):
            hand_off(tx, lead.id, Mode.LIVE, ae_id=new_id())
        gone = an_ae(tx)
        identity.change_user(tx, gone.id, gone.version, {"is_active": False})
        with pytest.raises(Invalid, match="active AEs"):
            hand_off(tx, lead.id, Mode.LIVE, ae_id=gone.id)


def test_handing_off_from_the_pool_makes_the_rep_the_one_who_did(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        an_ae(tx)
        lead = a_qualified_lead(tx, team_id=rep.team_id)
    with begin(as_user(rep)) as tx:
        assert hand_off(tx, lead.id, Mode.LIVE).rep_id == rep.id
        assert load_lead(tx, lead.id).owner_id == rep.id


def test_hand_offs_are_listed_newest_first_by_who_and_where_they_stand(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        rep, ae = a_rep(tx), an_ae(tx)
        made: list[UUID] = []
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        with begin() as tx:
            made.append(hand_off(tx, a_qualified_lead(tx, rep).id, Mode.LIVE).id)
    with begin() as tx:
        service.accept(tx, made[0])
        page = service.hand_offs_page(tx, ae_id=ae.id, limit=2)
        assert [one.id for one in page] == [made[2], made[1]]
        rest = service.hand_offs_page(tx, ae_id=ae.id, before=(page[-1].at, page[-1].id), limit=2)
        assert [one.id for one in rest] == [made[0]]
        offered = service.hand_offs_page(tx, rep_id=rep.id, statuses=[HandOffStatus.OFFERED], limit=9)
        assert {one.id for one in offered} == set(made[1:])
        with pytest.raises(NotFound, match="never"):
            service.last_hand_off(tx, a_lead(tx).id)


# Recycle, disqualify, reopen


def test_a_recycled_lead_leaves_the_queue_until_it_is_reopened(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        lead = a_lead(tx, rep, due_at=tx.now)
    with begin(as_user(rep)) as tx:
        until = tx.now.date() + timedelta(days=90)
        closed = closing.recycle(tx, lead.id, "no budget yet", until, "Next fiscal year")
        assert (closed.stage, closed.recycle_until, closed.due_at) == (Stage.RECYCLED, until, None)
        assert closed.close_reason == "no_budget_yet: Next fiscal year"
        assert queue_of(tx, rep.id) == []
        reopened = closing.reopen(tx, lead.id)
        assert (reopened.stage, reopened.close_reason) == (Stage.MQL, None)
        assert [item.lead.id for item in queue_of(tx, rep.id)] == [lead.id]
    with begin() as tx:
        assert told(tx, "lead.recycled", lead)["until"] == until.isoformat()


def test_a_disqualified_lead_is_closed_with_an_agreed_reason(begin: Begin) -> None:
    with begin() as tx:
        lead = a_lead(tx, a_rep(tx))
        with pytest.raises(Invalid, match="no_need"):
            closing.disqualify(tx, lead.id, "boring")
        assert closing.disqualify(tx, lead.id, "bad_fit").close_reason == "bad_fit"
        with pytest.raises(Conflict):
            closing.disqualify(tx, lead.id, "bad_fit")


def test_what_cannot_be_closed_or_reopened_says_so(begin: Begin) -> None:
    with begin() as tx:
        person = a_person(tx)
        closed = a_lead(tx, person_id=person, stage=Stage.DISQUALIFIED)
        a_lead(tx, person_id=person)
    with pytest.raises(Conflict, match="another open lead"), begin() as tx:
        closing.reopen(tx, closed.id)
    with begin() as tx:
        lead = a_lead(tx)
        with pytest.raises(Conflict):
            closing.reopen(tx, lead.id)
        with pytest.raises(Invalid, match="past"):
            closing.recycle(tx, lead.id, "not_now", tx.now.date() - DAY)
        with pytest.raises(Invalid, match="three years"):
            closing.recycle(tx, lead.id, "not_now", datetime(2036, 1, 1, tzinfo=tx.now.tzinfo).date())
        with pytest.raises(Conflict, match="lies with an AE"):
            closing.recycle(tx, a_lead(tx, stage=Stage.SAL).id, "not_now", tx.now.date())
