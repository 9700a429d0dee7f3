"""The record: append-only, written once, corrected by later entries, read back in pages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from activities.factories import a_call
from conftest import Begin
from offhook import activities, identity, people
from offhook.activities import Direction, Disposition, Kind
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.ids import new_id
from offhook.kernel.paging import Page


def a_rep(tx: Transaction, **fields: object) -> identity.User:
    return identity.add_user(tx, email=f"{new_id()}@floor.example", name="Rep", role=Role.REP, **fields)


def pages(tx: Transaction, **whose: object) -> Iterator[activities.Activity]:
    cursor = None
    while True:
        page: Page[activities.Activity] = activities.timeline(tx, cursor=cursor, limit=2, **whose)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def test_a_logged_call_is_read_back_as_it_was_told(begin):
    lead = new_id()
    with begin() as tx:
        rep = a_rep(tx)
        told = a_call(
            user_id=rep.id, lead_id=lead, disposition=Disposition.CONNECTED, seconds=31, body="asks for prices",
            data={"line": 3}, campaign_id=new_id(),
        )  # fmt: skip
        logged = activities.log(tx, told)
        [event] = [event for event in tx.events if event.kind == "activity.logged"]
    with begin() as tx:
        assert activities.activity(tx, logged.id) == logged
        assert activities.timeline(tx, lead_id=lead).items == [logged]
    assert (logged.is_connect, logged.is_conversation) == (True, True)
    assert event.subject == f"lead:{lead}"
    assert event.data["campaign_id"] == str(told.campaign_id)
    assert event.data["is_conversation"] is True
    assert event.data["corrects"] is None
    assert "corrected" not in event.data


def test_the_team_sets_how_long_a_conversation_is(begin):
    with begin() as tx:
        team = identity.add_team(tx, name="Patient")
        team = identity.change_team(tx, team.id, team.version, {"minimum_talk_seconds": 120})
        rep = a_rep(tx, team_id=team.id)
        call = a_call(user_id=rep.id, disposition=Disposition.CONNECTED, seconds=100)
        assert not activities.log(tx, call).is_conversation
        assert activities.log(tx, replace(call, seconds=120)).is_conversation
        assert activities.log(tx, replace(call, user_id=None)).is_conversation
        assert activities.log(tx, call).team_id == team.id


def test_work_told_long_afterwards_finds_its_month(begin):
    at = datetime(2019, 7, 31, 23, 59, 59, tzinfo=UTC)
    person = new_id()
    with begin() as tx:
        activities.log(tx, a_call(person, at=at))
        [event] = tx.events
    assert event.at == at
    with begin() as tx:
        assert [entry.at for entry in activities.timeline(tx, person_id=person).items] == [at]


def test_one_external_key_is_one_entry(begin):
    call = a_call(external_key="pbx:17")
    with begin() as tx:
        first = activities.log(tx, call)
        again = activities.log_all(tx, [call, replace(call, body="later"), replace(call, external_key="pbx:18")])
        assert len([event for event in tx.events if event.kind == "activity.logged"]) == 2
    assert [entry.id for entry in again[:2]] == [first.id, first.id]
    assert again[2].id != first.id
    with begin() as tx:
        assert activities.log(tx, call) == first


def test_many_workers_logging_one_key_at_once_record_it_once(begin):
    call = a_call(external_key="pbx:99")

    def tell(_: int) -> object:
        with begin() as tx:
            return activities.log(tx, call).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(tell, range(16)))) == 1
    with begin() as tx:
        assert len(activities.timeline(tx, person_id=call.person_id).items) == 1


def test_a_correction_takes_the_place_of_what_it_corrects(begin):
    with begin() as tx:
        wrong = activities.log(tx, a_call(disposition=Disposition.CONVERSATION, lead_id=new_id()))
    with begin() as tx:
        right = activities.correct(tx, wrong.id, {"disposition": Disposition.LEFT_VOICEMAIL})
        [event] = tx.events
    assert (right.at, right.corrects, right.is_conversation) == (wrong.at, wrong.id, False)
    assert event.data["corrects"] == str(wrong.id)
    replaced = event.data["corrected"]
    assert isinstance(replaced, dict)
    assert (replaced["is_conversation"], replaced["at"]) == (True, wrong.at.isoformat())
    with begin() as tx:
        assert activities.timeline(tx, person_id=wrong.person_id).items == [right]
        both = activities.timeline(tx, person_id=wrong.person_id, with_corrected=True).items
        assert {entry.id for entry in both} == {wrong.id, right.id}
        tally = activities.tally_of_lead(tx, wrong.lead_id)
        assert (tally.attempts, tally.conversed_at) == (1, None)


def test_an_entry_is_corrected_once_and_then_its_correction(begin):
    with begin() as tx:
        first = activities.log(tx, a_call())
        second = activities.correct(tx, first.id, {"body": "a"})
        with pytest.raises(Conflict, match=str(second.id)):
            activities.correct(tx, first.id, {"body": "b"})
        assert activities.correct(tx, second.id, {"body": "b"}).corrects == second.id


def test_corrections_keep_person_and_lead_and_are_their_writers(begin):
    with begin() as tx:
        rep, other = a_rep(tx), a_rep(tx)
        entry = activities.log(tx, a_call(user_id=rep.id))
        with pytest.raises(Invalid, match="person_id"):
            activities.log(tx, a_call(new_id(), corrects=entry.id))
        with pytest.raises(Invalid, match="external_key"):
            activities.correct(tx, entry.id, {"external_key": "x"})
        with pytest.raises(NotFound):
            activities.log(tx, a_call(corrects=new_id()))
    with begin(identity.actor_of(other)) as tx, pytest.raises(Forbidden):
        activities.correct(tx, entry.id, {"body": "mine now"})
    with begin(identity.actor_of(rep)) as tx:
        assert activities.correct(tx, entry.id, {"body": "mine"}).body == "mine"


def test_pages_of_the_timeline_neither_repeat_nor_skip(begin, clock):
    person = new_id()
    with begin() as tx:
        moments = [clock.now() - timedelta(days=20 * (number // 2)) for number in range(9)]
        logged = activities.log_all(tx, [a_call(person, at=at) for at in moments])
    with begin() as tx:
        found = list(pages(tx, person_id=person))
        assert sorted(entry.id for entry in found) == sorted(entry.id for entry in logged)
        assert [entry.at for entry in found] == sorted((entry.at for entry in logged), reverse=True)
        with pytest.raises(Invalid, match="cursor"):
            activities.timeline(tx, person_id=person, cursor="bm9uc2Vuc2U")
        with pytest.raises(Invalid, match="Say whose"):
            activities.timeline(tx)


def test_a_batch_is_written_in_one_go_and_counts_the_same(begin):
    lead, person = new_id(), new_id()
    with begin() as tx:
        rep = a_rep(tx)
        calls = [
            a_call(person, lead_id=lead, user_id=rep.id, at=tx.now - timedelta(hours=hour)) for hour in range(30)
        ]
        talk = replace(calls[10], disposition=Disposition.CONVERSATION)
        note = replace(calls[3], kind=Kind.NOTE, direction=Direction.INTERNAL, disposition=None)
        logged = activities.log_all(tx, [*calls[:3], note, *calls[4:10], talk, *calls[11:]])
        assert len(logged) == 30
    with begin() as tx:
        tally = activities.tally_of_lead(tx, lead)
    assert (tally.attempts, tally.attempts_to_contact) == (29, 20)
    assert (tally.first_attempt_at, tally.last_attempt_at) == (calls[29].at, calls[0].at)
    assert tally.conversed_at == talk.at


def test_a_lead_without_a_record_has_an_empty_tally(begin):
    with begin() as tx:
        assert activities.tally_of_lead(tx, new_id()) == activities.model.Tally(0, None, None, None, None)


def test_only_who_works_or_receives_leads_keeps_the_record(begin):
    with begin() as tx:
        staff = {role: identity.add_user(tx, email=f"{role}@floor.example", name=role, role=role) for role in Role}
    for role in (Role.REP, Role.AE, Role.MANAGER):
        with begin(identity.actor_of(staff[role])) as tx:
            assert activities.log(tx, a_call(user_id=staff[role].id)).user_id == staff[role].id
    with begin(identity.actor_of(staff[Role.DEMAND_GENERATION])) as tx, pytest.raises(Forbidden):
        activities.log(tx, a_call())


def test_many_past_months_are_logged_in_one_transaction(begin: Begin) -> None:
    """Their partitions are made beside the transaction, which has used the table (and prepared its statements)."""
    with begin() as tx:
        for months_ago in range(1, 40):
            for _ in range(2):
                activities.log(tx, a_call(at=tx.now))
            activities.log(tx, a_call(at=tx.now - timedelta(days=30 * months_ago)))


def test_the_record_of_who_was_merged_into_a_person_is_theirs(begin: Begin) -> None:
    with begin() as tx:
        ada = people.add_person(tx, {"full_name": "Ada Byron", "email": "ada@acme.example"})
        other = people.add_person(tx, {"full_name": "Augusta King", "email": "augusta@king.example"})
        first, second = (activities.log(tx, a_call(one.id)) for one in (ada, other))
        people.merge_persons(tx, ada.id, other.id)
        found = activities.timeline(tx, person_id=ada.id).items
        assert {entry.id for entry in found} == {first.id, second.id}
