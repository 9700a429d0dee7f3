"""When steps are due: working days, holidays, windows on the person's clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given

from cadences.plans import MONDAY, MORNING, OFFICE, a_plan, a_step, clockworks, delays, moments, windows
from offhook.cadences.model import Delay, DelayUnit, Step, StepKind, Window
from offhook.cadences.timing import Clockwork, back_to_work, due_after, foreseen, suitable, zone_of
from offhook.identity import weekdays

FRIDAY = MONDAY + timedelta(days=4)


def test_two_days_after_friday_is_tuesday_at_the_same_time() -> None:
    assert due_after(a_step(days=2), FRIDAY, OFFICE) == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def test_a_holiday_is_no_day() -> None:
    office = replace(OFFICE, hours=replace(weekdays("UTC"), holidays=frozenset({date(2026, 3, 9)})))
    assert due_after(a_step(days=1), FRIDAY, office) == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def test_minutes_are_those_the_team_works() -> None:
    step = Step(StepKind.CALL, Delay(30, DelayUnit.MINUTES))
    late = datetime(2026, 3, 6, 17, 20, tzinfo=UTC)
    assert due_after(step, late, OFFICE) == datetime(2026, 3, 9, 9, 20, tzinfo=UTC)


def test_a_window_is_on_the_persons_own_clock() -> None:
    step = a_step(days=1, window=MORNING)
    in_chicago = replace(OFFICE, zone="America/Chicago")
    assert due_after(step, MONDAY, in_chicago) == datetime(2026, 3, 3, 15, 0, tzinfo=UTC)


def test_a_day_later_is_a_day_later_even_if_the_window_of_the_day_before_had_closed() -> None:
    step = a_step(days=1, window=MORNING)
    assert due_after(step, MONDAY.replace(hour=16), OFFICE) == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def test_a_time_past_the_window_waits_for_the_next_working_day() -> None:
    noon_on_friday = FRIDAY.replace(hour=12)
    assert suitable(MORNING, noon_on_friday, OFFICE) == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def test_the_window_keeps_its_wall_clock_when_the_clocks_are_changed() -> None:
    in_madrid = replace(OFFICE, zone="Europe/Madrid")
    before = due_after(a_step(days=1, window=MORNING), datetime(2026, 3, 26, 12, 0, tzinfo=UTC), in_madrid)
    after = due_after(a_step(days=1, window=MORNING), datetime(2026, 3, 27, 12, 0, tzinfo=UTC), in_madrid)
    assert (before.hour, after.hour) == (8, 7), "nine in Madrid is eight in winter and seven in summer"


def test_who_comes_back_on_a_saturday_is_written_to_on_monday() -> None:
    saturday = datetime(2026, 3, 7, 0, 0, tzinfo=UTC)
    step = a_step(StepKind.EMAIL, window=MORNING)
    assert back_to_work(saturday, step, OFFICE) == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def test_a_timeline_adds_the_delays_up() -> None:
    plan = a_plan(a_step(StepKind.EMAIL), a_step(days=1), a_step(StepKind.WAIT, days=3), a_step(StepKind.SMS))
    days = [moment.day for moment in foreseen(plan, MONDAY, OFFICE)]
    assert days == [2, 3, 6, 6]


@given(delays, windows, clockworks, moments)
def test_a_step_is_never_due_before_the_one_before_it(
    delay: Delay, window: Window | None, clockwork: Clockwork, before: datetime
) -> None:
    assert due_after(Step(StepKind.CALL, delay, window), before, clockwork) >= before


@given(windows, clockworks, moments)
def test_what_is_suitable_lies_in_the_window_on_a_working_day(
    window: Window | None, clockwork: Clockwork, moment: datetime
) -> None:
    found = suitable(window, moment, clockwork)
    assert found == suitable(window, found, clockwork), "a suitable moment is suitable"
    if window is None:
        assert found == moment
        return
    local = found.astimezone(zone_of(clockwork.zone))
    assert clockwork.hours.week[local.weekday()], "the team works on that weekday"
    assert local.date() not in clockwork.hours.holidays
    # An hour that the clock skips in spring is not there to be suitable; what follows it is.
    slack = timedelta(hours=1)
    opens = datetime.combine(local.date(), window.opens)
    closes = datetime.combine(local.date(), window.closes if window.closes != time.min else time.max)
    assert opens - slack <= local.replace(tzinfo=None) <= closes + slack


@given(delays, windows, clockworks, moments)
def test_waiting_longer_never_makes_a_step_due_earlier(
    delay: Delay, window: Window | None, clockwork: Clockwork, before: datetime
) -> None:
    step, later = Step(StepKind.CALL, delay, window), replace(delay, amount=delay.amount + 1)
    assert due_after(step, before, clockwork) <= due_after(replace(step, delay=later), before, clockwork)
