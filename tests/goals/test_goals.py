"""Goals: set, replaced, ended; how they stand is checked against figures worked out by hand.

The clock stands at Monday 2026-03-02 09:00 UTC. Working time is Monday to Friday 09:00 to 17:30: 510 minutes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from conftest import Begin
from leads.factories import Desk, a_desk, respond
from leads.work_factories import QUALIFYING, agreed_criteria
from offhook import identity
from offhook.activities import Disposition, Kind
from offhook.goals import (
    Counter,
    Goal,
    Period,
    Progress,
    daily,
    end_goal,
    goals_page,
    kpi_rows,
    progress,
    set_goal,
    take_back_goal,
)
from offhook.goals.jobs import CONSUMERS
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Actor, Database, Transaction
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.ids import new_id
from offhook.leads import load_lead
from offhook.leads.hand_off import service as hand_offs
from offhook.leads.hand_off.model import Mode
from offhook.leads.qualification import service as qualification
from offhook.leads.touch import log_activity

MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 3, day) for day in (2, 3, 4, 6))
Count = Callable[[], None]


@pytest.fixture
def desk(begin: Begin) -> Desk:
    with begin() as tx:
        return a_desk(tx)


@pytest.fixture
def count(database: Database, organisation: UUID) -> Count:
    """Counts up what has happened."""
    return lambda: (deliver(database, CONSUMERS, organisation), None)[1]


def call(tx: Transaction, desk: Desk, times: int, *, rep: int = 0) -> None:
    """The rep dials so many times, in vain."""
    lead_id = respond(tx, desk.campaign, owner_id=desk.reps[rep].id).lead_id
    for _ in range(times):
        log_activity(
            tx,
            kind=Kind.CALL,
            lead_id=lead_id,
            disposition=Disposition.NO_ANSWER,
            user_id=desk.reps[rep].id,
        )


def a_goal(
    tx: Transaction,
    desk: Desk,
    target: int,
    period: Period = Period.WEEK,
    *,
    of_team: bool = False,
    starts_on: date | None = None,
) -> Goal:
    whose = {"team_id": desk.team.id} if of_team else {"user_id": desk.reps[0].id}
    return set_goal(tx, counter=Counter.DIALS, period=period, target=target, starts_on=starts_on, **whose)


def standing(tx: Transaction, goal: Goal, on: date | None = None) -> Progress:
    return next(one for one in progress(tx, on=on) if one.goal.id == goal.id)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_attainment_and_pace_of_a_week_by_hand(begin: Begin, clock: SetClock, desk: Desk, count: Count) -> None:
    with begin() as tx:
        of_rep, of_team = a_goal(tx, desk, 20), a_goal(tx, desk, 40, of_team=True)
        call(tx, desk, 6)
        call(tx, desk, 4, rep=1)
    count()
    # Tuesday 13:15: 510 + 255 of 5 x 510 minutes are over, 0.3 of the week.
    clock.at = at(TUESDAY, 13, 15)
    with begin() as tx:
        mine, ours = standing(tx, of_rep), standing(tx, of_team)
    assert (mine.first_day, mine.last_day) == (MONDAY, date(2026, 3, 8))
    assert (mine.actual, mine.attainment, mine.share_passed) == (6, 6 / 20, pytest.approx(0.3))
    assert mine.pace == pytest.approx(6 / (20 * 0.3)), "exactly on track"
    assert (ours.actual, ours.pace) == (10, pytest.approx(10 / (40 * 0.3)))
    low, expected, high = mine.reached_in_minutes or (0, 0, 0)
    assert expected == pytest.approx(14 * 765 / 6), "14 are missing; 6 took 765 minutes"
    assert low < expected < high
    assert mine.forecast is not None
    assert mine.forecast[0] < 20 < mine.forecast[1]


def test_days_away_shorten_the_reps_week_and_not_the_teams(
    begin: Begin, clock: SetClock, desk: Desk, count: Count
) -> None:
    with begin() as tx:
        of_rep, of_team = a_goal(tx, desk, 20), a_goal(tx, desk, 20, of_team=True)
        call(tx, desk, 6)
        wednesday = at(WEDNESDAY, 0), at(WEDNESDAY, 0) + timedelta(days=1)
        identity.add_absence(tx, desk.reps[0].id, *wednesday)
        # A part of it noted once more takes nothing more away.
        identity.add_absence(tx, desk.reps[0].id, at(WEDNESDAY, 12), at(WEDNESDAY, 20))
    count()
    clock.at = at(TUESDAY, 13, 15)
    with begin() as tx:
        # 765 of 4 x 510 minutes: 0.375.
        assert standing(tx, of_rep).share_passed == pytest.approx(0.375)
        assert standing(tx, of_rep).pace == pytest.approx(6 / (20 * 0.375))
        assert standing(tx, of_team).share_passed == pytest.approx(0.3)


def test_holidays_shorten_everybodys_week(begin: Begin, clock: SetClock, desk: Desk) -> None:
    with begin() as tx:
        goal = a_goal(tx, desk, 20, of_team=True)
        hours, version = identity.business_hours_of(tx, desk.team.id)
        identity.set_business_hours(tx, desk.team.id, replace(hours, holidays=frozenset({FRIDAY})), version)
    clock.at = at(TUESDAY, 13, 15)
    with begin() as tx:
        assert standing(tx, goal).share_passed == pytest.approx(765 / (4 * 510))


def test_a_week_long_past_is_judged_with_who_was_away_then(begin: Begin, clock: SetClock, desk: Desk) -> None:
    with begin() as tx:
        goal = a_goal(tx, desk, 20)
        identity.add_absence(tx, desk.reps[0].id, at(MONDAY, 0), at(FRIDAY, 0) + timedelta(days=2))
    clock.at = at(MONDAY, 9) + timedelta(days=90)
    with begin() as tx:
        then = standing(tx, goal, on=TUESDAY)
    assert then.share_passed == 1.0
    assert then.forecast is None, "no minute of it was worked"


def test_every_period_begins_with_its_own_first_day(
    begin: Begin, clock: SetClock, desk: Desk, count: Count
) -> None:
    with begin() as tx:
        goals = {period: a_goal(tx, desk, 10, period) for period in Period}
        call(tx, desk, 2)
    count()
    clock.at = at(TUESDAY, 9)
    with begin() as tx:
        call(tx, desk, 3)
    count()
    clock.at = at(TUESDAY, 17, 30)
    with begin() as tx:
        stand = {period: standing(tx, goal) for period, goal in goals.items()}
    assert {period: one.actual for period, one in stand.items()} == {
        Period.DAY: 3,
        Period.WEEK: 5,
        Period.MONTH: 5,
    }
    assert (stand[Period.MONTH].first_day, stand[Period.MONTH].last_day) == (date(2026, 3, 1), date(2026, 3, 31))
    # March 2026 has 22 working days, two of which are over.
    assert stand[Period.MONTH].share_passed == pytest.approx(2 / 22)
    assert stand[Period.DAY].share_passed == 1.0


def test_sals_and_sqls_count_towards_weeks_and_months(begin: Begin, desk: Desk, count: Count) -> None:
    with begin() as tx:
        agreed_criteria(tx)
        goals = [
            set_goal(tx, counter=counter, period=period, target=4, user_id=desk.reps[0].id)
            for counter in (Counter.SALS, Counter.SQLS)
            for period in (Period.WEEK, Period.MONTH)
        ]
        for n in range(3):
            lead = load_lead(tx, respond(tx, desk.campaign, owner_id=desk.reps[0].id).lead_id)
            qualification.answer_all(tx, lead.id, QUALIFYING)
            offered = hand_offs.hand_off(tx, lead.id, Mode.LIVE, None, desk.aes[0].id)
            if n:
                hand_offs.accept(tx, offered.id)
                hand_offs.confirm(tx, offered.id)
    count()
    with begin() as tx:
        assert [standing(tx, goal).actual for goal in goals] == [3, 3, 2, 2]
        assert standing(tx, goals[0]).attainment == 3 / 4


def test_a_goal_set_again_ends_the_one_before_and_the_past_keeps_its_own(begin: Begin, desk: Desk) -> None:
    with begin() as tx:
        first = a_goal(tx, desk, 20)
        second = set_goal(
            tx,
            counter=Counter.DIALS,
            period=Period.WEEK,
            target=30,
            user_id=desk.reps[0].id,
            starts_on=date(2026, 3, 9),
        )
        assert [(g.id, g.ends_on) for g in goals_page(tx, None, 10)] == [
            (first.id, date(2026, 3, 8)),
            (second.id, None),
        ]
        assert [one.goal.target for one in progress(tx, on=FRIDAY)] == [20]
        assert [one.goal.target for one in progress(tx, on=date(2026, 3, 9))] == [30]


def test_a_goal_set_for_the_same_day_replaces_it(begin: Begin, desk: Desk) -> None:
    with begin() as tx:
        a_goal(tx, desk, 20)
        second = a_goal(tx, desk, 30)
        assert [goal.id for goal in goals_page(tx, None, 10)] == [second.id]


@pytest.mark.parametrize("starts_on", [None, date(2026, 3, 9)], ids=["replaced", "ended"])
def test_a_goal_taken_back_leaves_what_was_before(begin: Begin, desk: Desk, starts_on: date | None) -> None:
    with begin() as tx:
        first = a_goal(tx, desk, 20)
    with begin() as tx:
        second = a_goal(tx, desk, 30, starts_on=starts_on)
        assert goals_page(tx, None, 10) != [first]
    with begin() as tx, pytest.raises(StaleVersion):
        take_back_goal(tx, second.id, second.version + 1)
    with begin() as tx:
        assert take_back_goal(tx, second.id, second.version) == second
        assert goals_page(tx, None, 10) == [replace(first, version=first.version + 2)]


def test_a_goal_is_not_taken_back_over_a_later_change_of_the_one_before(begin: Begin, desk: Desk) -> None:
    with begin() as tx:
        first = a_goal(tx, desk, 20)
    with begin() as tx:
        second = a_goal(tx, desk, 30, starts_on=date(2026, 3, 9))
        ended = next(one for one in goals_page(tx, None, 10) if one.id == first.id)
    with begin() as tx:
        end_goal(tx, first.id, ended.version, FRIDAY)
    with begin() as tx, pytest.raises(StaleVersion, match="replaced was changed"):
        take_back_goal(tx, second.id, second.version)


def test_ending_needs_the_version_that_was_read(begin: Begin, desk: Desk) -> None:
    with begin() as tx:
        goal = a_goal(tx, desk, 20)
    with begin() as tx, pytest.raises(StaleVersion):
        end_goal(tx, goal.id, goal.version + 1, FRIDAY)
    with begin() as tx, pytest.raises(Invalid, match="before the goal began"):
        end_goal(tx, goal.id, goal.version, MONDAY - timedelta(days=1))
    with begin() as tx:
        assert end_goal(tx, goal.id, goal.version, FRIDAY).ends_on == FRIDAY
        assert progress(tx, on=FRIDAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"counter": Counter.MQLS}, "counter"),
        ({"target": 0}, "target"),
        ({"target": 1_000_001}, "target"),
        ({"user_id": None}, "user_id"),
    ],
)
def test_what_makes_no_goal_is_refused_by_field(
    begin: Begin, desk: Desk, wrong: dict[str, object], field: str
) -> None:
    asked = {"counter": Counter.DIALS, "period": Period.DAY, "target": 5, "user_id": desk.reps[0].id} | wrong
    with begin() as tx, pytest.raises(Invalid) as refused:
        set_goal(tx, **asked)  # pyright: ignore[reportArgumentType] # wrong on purpose
    assert [one.field for one in refused.value.fields] == [field]


def test_nobody_unknown_has_goals_and_nobody_sets_them_unasked(begin: Begin, desk: Desk) -> None:
    with begin() as tx, pytest.raises(NotFound):
        set_goal(tx, counter=Counter.DIALS, period=Period.DAY, target=5, user_id=new_id())
    rep = Actor("user", desk.reps[0].id, frozenset({"goals:read"}))
    with begin(rep) as tx, pytest.raises(Forbidden):
        a_goal(tx, desk, 5)


def test_kpis_are_told_by_rep_team_campaign_or_all_together(begin: Begin, desk: Desk, count: Count) -> None:
    with begin() as tx:
        call(tx, desk, 3)
        call(tx, desk, 2, rep=1)
    count()
    with begin() as tx:
        told = {
            by: {row.name: n for row in kpi_rows(tx, MONDAY, FRIDAY, by=by) if (n := row.counts[Counter.DIALS])}
            for by in ("user", "team", "campaign", "none")
        }
        one = kpi_rows(tx, MONDAY, FRIDAY, by="user", user_id=desk.reps[1].id)
        assert daily(tx, Counter.DIALS, MONDAY, FRIDAY) == [(MONDAY, 5)] + [
            (MONDAY + timedelta(days=n), 0) for n in range(1, 5)
        ]
    assert told == {
        "user": {desk.reps[0].name: 3, desk.reps[1].name: 2},
        "team": {desk.team.name: 5},
        "campaign": {desk.campaign.name: 5},
        "none": {"all": 5},
    }
    assert [row.key for row in one] == [desk.reps[1].id]
    with begin() as tx, pytest.raises(Invalid, match="before the first"):
        kpi_rows(tx, FRIDAY, MONDAY)
