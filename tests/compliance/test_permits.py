"""Permits on the real database: caps hold under concurrency, lists refuse, every answer is kept."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from conftest import Begin
from identity.factories import a_user
from leads.work_factories import a_lead, a_person, a_rep, as_user
from offhook import activities, compliance
from offhook.activities import Direction, Disposition, Kind, NewActivity
from offhook.compliance import CallingSettings, Override, Permit, RecordingConsent, Refused
from offhook.compliance.do_not_call import service as lists
from offhook.compliance.do_not_call.model import ImportMode
from offhook.compliance.do_not_call.reading import NumberLines
from offhook.compliance.jobs import CONSUMERS, remove_expired_lists
from offhook.compliance.service import verdicts
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion
from offhook.leads import queue_of

NEW_YORK = "+12125550123"
MIAMI = "+13055550123"


@pytest.fixture(autouse=True)
def at_noon(clock: SetClock) -> None:
    """Tuesday, 12 o'clock in New York."""
    clock.at = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)


def dial(tx: Transaction, number: str = NEW_YORK, person_id: UUID | None = None, **more: object) -> Permit:
    return compliance.permit_call(tx, number, person_id=person_id, user_id=tx.actor.id, lead_id=None, **more)


def a_phone(tx: Transaction, person_id: UUID, number: str) -> None:
    tx.execute(
        "INSERT INTO contact_point (person_id, kind, value, is_primary, created_at)"
        " VALUES (%(person)s, 'phone', %(number)s, true, %(now)s)",
        person=person_id,
        number=number,
        now=tx.now,
    )


def why_not(begin: Begin, **how: object) -> list[str]:
    with pytest.raises(Refused) as refused, begin() as tx:
        dial(tx, **how)
    return [one.code for one in refused.value.verdict.refusals]


def test_a_permit_tells_how_to_record_and_soon_ends(begin: Begin) -> None:
    with begin() as tx:
        permit = dial(tx, MIAMI)
        assert permit.number == MIAMI
        assert permit.recording is RecordingConsent.ANNOUNCE
        assert permit.announcement
        assert permit.expires_at == tx.now + timedelta(minutes=1)
        assert verdicts(tx, number=MIAMI, cursor=None, limit=9).items[0].id == permit.id


def test_a_refusal_is_kept_although_the_transaction_is_undone(begin: Begin, clock: SetClock) -> None:
    clock.at = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)

    def dial_in_vain() -> None:
        with begin() as tx:
            a_person(tx, "Undone With It")
            dial(tx)

    with pytest.raises(Refused) as refused:
        dial_in_vain()
    assert refused.value.status == 409
    assert refused.value.code == "call-refused-hours"
    with begin() as tx:
        kept = verdicts(tx, cursor=None, limit=9).items
        assert [one.is_allowed for one in kept] == [False]
        assert kept[0].until == datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
        assert kept[0].refusals[0]["source"] == "47 CFR 64.1200(c)(1)"
        assert tx.scalar(int, "SELECT count(*) FROM person") == 0


def test_many_dials_at_once_do_not_exceed_the_cap(begin: Begin) -> None:
    with begin() as tx:
        person = a_person(tx)
    ready = threading.Barrier(12)

    def try_once(_: int) -> bool:
        ready.wait(30)
        try:
            with begin() as tx:
                dial(tx, person_id=person)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        given = sum(pool.map(try_once, range(12)))
    assert given == CallingSettings().attempts_per_day == 3


def test_a_call_frees_itself_after_a_day(begin: Begin, clock: SetClock) -> None:
    for _ in range(3):
        with begin() as tx:
            dial(tx)
        clock.advance(timedelta(minutes=10))
    assert why_not(begin) == ["attempts"]
    clock.advance(timedelta(hours=23, minutes=30))
    with begin() as tx:
        dial(tx)


def test_calls_from_a_desk_phone_count_and_permitted_ones_count_once(begin: Begin) -> None:
    with begin() as tx:
        rep, person = a_rep(tx), a_person(tx)
    with begin(as_user(rep)) as tx:
        permit = dial(tx, person_id=person)
        told = NewActivity(Kind.CALL, Direction.OUTBOUND, person, rep.id, disposition=Disposition.NO_ANSWER)
        activities.log(tx, replace(told, data={"permit_id": str(permit.id)}))
        desk = activities.log(tx, told)
        activities.correct(tx, desk.id, {"disposition": Disposition.BUSY})
        dial(tx, person_id=person)
    assert why_not(begin, person_id=person) == ["attempts"]


def test_who_may_not_log_calls_places_none(begin: Begin) -> None:
    with begin() as tx:
        user = a_user(tx, Role.DEMAND_GENERATION)
    with begin(as_user(user)) as tx, pytest.raises(Forbidden):
        dial(tx)


def test_only_a_manager_overrides_with_a_reason_and_it_is_told(begin: Begin, clock: SetClock) -> None:
    clock.at = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    asked = Override("She asked for 22:00")
    with begin() as tx:
        rep, manager = a_rep(tx), a_user(tx, Role.MANAGER)
    with begin(as_user(rep)) as tx, pytest.raises(Forbidden):
        dial(tx, override=asked)
    with begin(as_user(manager)) as tx:
        with pytest.raises(Invalid, match="reason"):
            dial(tx, override=Override(" "))
        dial(tx, override=asked)
        assert [event.kind for event in tx.events] == ["compliance.overridden"]
        kept = verdicts(tx, cursor=None, limit=9).items[0]
        assert kept.override_reason == asked.reason
        assert [one["code"] for one in kept.lifted] == ["hours"]


def test_limits_against_fraud_count_all_users(begin: Begin) -> None:
    with begin() as tx:
        compliance.set_settings(tx, CallingSettings(calls_per_minute=2, countries=frozenset({"GB"})))
        reps = [a_rep(tx) for _ in range(3)]
    for rep, number in zip(reps[:2], ("+442079460001", "+442079460002"), strict=True):
        with begin(as_user(rep)) as tx:
            dial(tx, number)
    with pytest.raises(Refused) as refused, begin(as_user(reps[2])) as tx:
        dial(tx, "+442079460003")
    assert [one.code for one in refused.value.verdict.refusals] == ["rate"]


def test_minutes_abroad_are_those_of_logged_calls(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        compliance.set_settings(tx, CallingSettings(countries=frozenset({"GB"}), abroad_minutes_per_day=10))
        rep, person = a_rep(tx), a_person(tx)
    with begin(as_user(rep)) as tx:
        permit = dial(tx, "+442079460001", person)
        told = NewActivity(Kind.CALL, Direction.OUTBOUND, person, rep.id, seconds=600)
        activities.log(tx, replace(told, data={"permit_id": str(permit.id)}))
    clock.advance(timedelta(minutes=5))
    assert why_not(begin, number="+442079460002") == ["abroad"]


def test_settings_are_versioned_and_narrow(begin: Begin) -> None:
    with begin() as tx:
        assert compliance.settings(tx).version == 0
        first = compliance.set_settings(tx, CallingSettings(attempts_per_day=1))
        assert first.version == 1
        with pytest.raises(StaleVersion):
            compliance.set_settings(tx, CallingSettings())
        assert compliance.set_settings(tx, replace(first, attempts_per_day=2)).version == 2
        assert compliance.settings(tx) == replace(first, attempts_per_day=2, version=2)
        assert tx.events[-1].data["changes"] == {"attempts_per_day": [1, 2]}
        for wrong in (
            CallingSettings(attempts_per_day=0),
            CallingSettings(countries=frozenset({"XX"})),
            CallingSettings(own_regions=frozenset({"Bavaria"})),
            CallingSettings(days=frozenset()),
        ):
            with pytest.raises(Invalid):
                compliance.set_settings(tx, wrong)


def test_a_listed_number_is_refused_until_it_is_removed_with_a_reason(begin: Begin) -> None:
    with begin() as tx:
        added = compliance.add_number(tx, "(212) 555-0123", "Asked by letter")
        assert added.number == NEW_YORK
        assert compliance.add_number(tx, NEW_YORK, "Again").reason == "Asked by letter", "the first reason stays"
    assert why_not(begin) == ["do-not-call"]
    with begin() as tx:
        with pytest.raises(Invalid):
            compliance.remove_number(tx, NEW_YORK, 1, "")
        with pytest.raises(StaleVersion):
            compliance.remove_number(tx, NEW_YORK, 7, "Asked to be called")
        compliance.remove_number(tx, NEW_YORK, 1, "Asked to be called")
        with pytest.raises(NotFound):
            compliance.remove_number(tx, NEW_YORK, 1, "Twice")
        assert tx.events[-1].kind == "dnc.removed"
        assert tx.events[-1].data["reason"] == "Asked to be called"
        dial(tx)
    with begin() as tx:
        rep = a_rep(tx)
    with begin(as_user(rep)) as tx:
        compliance.add_number(tx, NEW_YORK, "A rep may add")
        with pytest.raises(Forbidden):
            compliance.remove_number(tx, NEW_YORK, 1, "and not remove")


@pytest.mark.parametrize("number", ["+", "+*", "++1", "+" + "9" * 30, "+٣"])
def test_what_is_no_number_is_refused_and_stands_on_no_list(begin: Begin, number: str) -> None:
    assert why_not(begin, number=number) == ["number-kind"]
    with begin() as tx:
        assert lists.is_listed(tx, number) == ()


def test_who_says_so_in_a_call_is_put_on_the_list(begin: Begin, database: Database, organisation: UUID) -> None:
    switchboard = "+12125550100"
    with begin() as tx:
        rep, person, colleague = a_rep(tx), a_person(tx), a_person(tx)
        a_phone(tx, person, NEW_YORK)
        for one in (person, colleague):
            a_phone(tx, one, switchboard)
    with begin(as_user(rep)) as tx:
        told = NewActivity(Kind.CALL, Direction.OUTBOUND, person, rep.id, disposition=Disposition.DO_NOT_CALL)
        activities.log(tx, told)
    deliver(database, CONSUMERS, organisation)
    with begin() as tx:
        (listed,) = lists.own_page(tx, None, 9)
        assert (listed.number, listed.person_id) == (NEW_YORK, person), "the switchboard is others' too"
        assert listed.added_by == f"user:{rep.id}"


def test_a_registry_is_replaced_changed_and_expires(
    begin: Begin, clock: SetClock, database: Database, organisation: UUID
) -> None:
    with begin() as tx:
        done = lists.import_list(tx, ["212,5550123", "305,5550123", "nonsense"], name="National", days=31)
        assert (done.read, done.added, done.removed, done.wrong_lines) == (2, 2, 0, 1)
        assert done.wrong[0].line == 3
    assert why_not(begin) == ["do-not-call"]
    with begin() as tx:
        done = lists.import_list(tx, ["305,5550123", "305,5550124"], name="national", days=31)
        assert (done.added, done.removed) == (1, 1)
        assert done.to_list
        assert done.to_list.numbers == 2
        done = lists.import_list(tx, [MIAMI], name="National", mode=ImportMode.REMOVE, days=31)
        assert (done.added, done.removed) == (0, 1)
        done = lists.import_list(tx, [NEW_YORK, NEW_YORK], name="National", mode=ImportMode.ADD, days=31)
        assert (done.added, done.removed) == (1, 0)
        with pytest.raises(Invalid, match="no phone number"):
            lists.import_list(tx, ["name", "nobody"], name="National")
    assert why_not(begin) == ["do-not-call"]
    clock.advance(timedelta(days=31))
    with begin() as tx:
        dial(tx)
        assert len(lists.lists(tx)) == 1, "no longer heeded, and still there until the job comes by"
    remove_expired_lists(database, organisation)
    with begin() as tx:
        assert lists.lists(tx) == []
        assert tx.scalar(int, "SELECT count(*) FROM dnc_list_number") == 0


def test_numbers_are_found_by_their_beginning(begin: Begin) -> None:
    with begin() as tx:
        lists.import_own(tx, [NEW_YORK, MIAMI, "+4930123456"], "From the old system")
        assert [one.number for one in lists.search(tx, "+1212", 9)] == [NEW_YORK]
        assert [one.number for one in lists.search(tx, "305-555-0123", 9)] == [MIAMI]
        assert [one.number for one in lists.search(tx, "4930", 9)] == ["+4930123456"]
        with pytest.raises(Invalid, match="digits"):
            lists.search(tx, "12", 9)
        assert [row[0] for row in lists.own_rows(tx)] == ["+4930123456", NEW_YORK, MIAMI]


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (["2125550123", "(305) 555-0123"], [12125550123, 13055550123]),
        (["212,5550123"], [12125550123]),
        (["name;phone", "Ada;+49 30 123456", 'Bob;"+1 212 555 0123"'], [4930123456, 12125550123]),
        (["number,reason", "'+12125550123,x"], [12125550123]),
        (["+442079460123"], [442079460123]),
    ],
)
def test_lists_are_read_as_registries_write_them(lines: list[str], numbers: list[int]) -> None:
    assert list(NumberLines(lines, "US")) == numbers


def test_the_queue_says_what_the_policy_would(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        people = {name: a_person(tx, name) for name in ("Ada New York", "Bea Listed", "Cleo London", "Dora Often")}
        numbers = (NEW_YORK, MIAMI, "+442079460001", "+12125550124")
        for (_, person), number in zip(people.items(), numbers, strict=True):
            a_phone(tx, person, number)
            a_lead(tx, rep, person_id=person)
        compliance.add_number(tx, MIAMI, "Asked")
        for _ in range(3):
            dial(tx, "+12125550124", people["Dora Often"])
        shown = {item.contact.person_id: item for item in queue_of(tx, rep.id)}
        for person, number in zip(people.values(), numbers, strict=True):
            verdict = compliance.may_call(tx, number, person_id=person)
            assert shown[person].may_call is verdict.is_allowed, number
            if verdict.until:
                assert shown[person].window_changes_at == verdict.until
        assert [shown[one].may_call for one in people.values()] == [True, False, False, False]
        first = [shown[one].reasons[0].kind for one in people.values()]
        assert first[1:] == ["do_not_call", "country", "attempts"]
