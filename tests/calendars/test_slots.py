"""When somebody can be met: in working time, apart from what they have, with buffers, notice and limits."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from offhook.calendar.slots import HostTime, SlotRules, free_slots, is_free, pool_slots
from offhook.calendar.turns import Candidate, whose_turn
from offhook.identity import BusinessHours, weekdays, working_spans

HALF_AN_HOUR = timedelta(minutes=30)
PLAIN = SlotRules(length=HALF_AN_HOUR, step=HALF_AN_HOUR)
DAY = timedelta(days=1)

ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
MOMENTS = st.integers(0, 350 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
BUSY = st.lists(
    st.tuples(st.integers(0, 14 * 24 * 60), st.integers(1, 3 * 24 * 60)).map(
        lambda told: (timedelta(minutes=told[0]), timedelta(minutes=told[0] + told[1]))
    ),
    max_size=6,
)
RULES = st.builds(
    SlotRules,
    length=st.sampled_from([15, 20, 30, 45, 60]).map(lambda n: timedelta(minutes=n)),
    step=st.sampled_from([5, 15, 30, 60]).map(lambda n: timedelta(minutes=n)),
    before=st.sampled_from([0, 5, 15, 45]).map(lambda n: timedelta(minutes=n)),
    after=st.sampled_from([0, 10, 60]).map(lambda n: timedelta(minutes=n)),
    notice=st.sampled_from([0, 60, 24 * 60]).map(lambda n: timedelta(minutes=n)),
    horizon=st.sampled_from([1, 3, 10, 60]).map(lambda n: timedelta(days=n)),
)


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text)


def by_the_clock(found: list[datetime], zone: str) -> list[str]:
    return [f"{one.astimezone(ZoneInfo(zone)):%a %H:%M}" for one in found]


@given(ZONES, MOMENTS, BUSY, RULES)
def test_every_slot_keeps_its_buffers_free_and_lies_in_working_time_notice_and_horizon(
    zone: str, now: datetime, told: list[tuple[timedelta, timedelta]], rules: SlotRules
) -> None:
    hours = weekdays(zone)
    busy = [(now + begins, now + ends) for begins, ends in told]
    found = free_slots(HostTime(hours, busy), rules, now, now, now + 14 * DAY)
    assert found == sorted(set(found))
    for begins in found:
        ends = begins + rules.length
        assert begins >= now + rules.notice
        assert ends <= min(now + rules.horizon, now + 14 * DAY)
        assert any(opens <= begins and ends <= closes for opens, closes in working_spans(hours, begins, ends))
        for taken_from, taken_until in busy:
            assert ends + rules.after <= taken_from or begins - rules.before >= taken_until
        local = begins.astimezone(ZoneInfo(zone))
        assert (local.hour * 60 + local.minute) % (rules.step / timedelta(minutes=1)) == 0


@given(ZONES, MOMENTS, BUSY, RULES)
def test_what_is_offered_for_a_fortnight_is_offered_for_its_moment_too(
    zone: str, now: datetime, told: list[tuple[timedelta, timedelta]], rules: SlotRules
) -> None:
    host = HostTime(weekdays(zone), [(now + begins, now + ends) for begins, ends in told])
    found = free_slots(host, rules, now, now, now + 14 * DAY)
    assert all(is_free(host, rules, now, one) for one in found[:10])
    assert not is_free(host, rules, now, now + timedelta(seconds=1))


def test_slots_of_a_day_begin_on_the_step_by_the_hosts_clock() -> None:
    host = HostTime(weekdays("Asia/Kathmandu", time(9), time(11)), [])
    found = free_slots(host, PLAIN, at("2026-03-02T00:00Z"), at("2026-03-02T00:00Z"), at("2026-03-03T00:00Z"))
    assert by_the_clock(found, "Asia/Kathmandu") == ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30"]


def test_a_day_on_which_the_clock_is_changed_has_slots_by_the_new_clock() -> None:
    hours = BusinessHours("Europe/Berlin", ((),) * 6 + (((time(1), time(5)),),))
    start = at("2026-03-28T12:00Z")
    found = free_slots(
        HostTime(hours, []), SlotRules(timedelta(hours=1), timedelta(hours=1)), start, start, start + 2 * DAY
    )
    assert by_the_clock(found, "Europe/Berlin") == ["Sun 01:00", "Sun 03:00", "Sun 04:00"]


def test_a_holiday_has_no_slots() -> None:
    hours = BusinessHours("UTC", weekdays("UTC").week, frozenset({date(2026, 3, 3)}))
    start = at("2026-03-02T12:00Z")
    days = {one.date() for one in free_slots(HostTime(hours, []), PLAIN, start, start, start + 3 * DAY)}
    assert days == {date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 5)}


def test_a_day_with_as_many_meetings_as_the_host_takes_is_full() -> None:
    start = at("2026-03-02T00:00Z")
    host = HostTime(weekdays("UTC"), [], booked=[at("2026-03-02T09:00Z"), at("2026-03-02T10:00Z")])
    rules = SlotRules(length=HALF_AN_HOUR, step=HALF_AN_HOUR, daily_limit=2)
    assert {one.date() for one in free_slots(host, rules, start, start, start + 2 * DAY)} == {date(2026, 3, 3)}


def test_a_pool_offers_what_any_of_its_hosts_can_take() -> None:
    one, other = UUID(int=1), UUID(int=2)
    start, end = at("2026-03-02T09:00Z"), at("2026-03-02T10:30Z")
    found = pool_slots(
        {
            one: HostTime(weekdays("UTC"), [(at("2026-03-02T09:00Z"), at("2026-03-02T10:00Z"))]),
            other: HostTime(weekdays("UTC"), [(at("2026-03-02T09:30Z"), at("2026-03-02T10:00Z"))]),
        },
        PLAIN,
        start,
        start,
        end,
    )
    assert found == {at("2026-03-02T09:00Z"): [other], at("2026-03-02T10:00Z"): [one, other]}


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(1, 200))
def test_turns_are_shared_by_weight_and_nobody_gets_more_than_their_share_and_one(
    weights: list[int], meetings: int
) -> None:
    got = dict.fromkeys((UUID(int=n) for n in range(len(weights))), 0)
    for _ in range(meetings):
        chosen = whose_turn([Candidate(one, weights[one.int], count) for one, count in got.items()])
        assert chosen is not None
        got[chosen] += 1
    for one, count in got.items():
        assert count >= meetings * weights[one.int] // sum(weights)  # the lower quota, which D'Hondt keeps
    if len(set(weights)) == 1:
        assert max(got.values()) - min(got.values()) <= 1


@given(st.permutations(range(5)), st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_whose_turn_it_is_does_not_depend_on_the_order_of_asking(order: list[int], recent: list[int]) -> None:
    candidates = [Candidate(UUID(int=n), recent=recent[n]) for n in range(5)]
    assert whose_turn([candidates[n] for n in order]) == whose_turn(candidates)


def test_who_waited_longest_is_next_of_equals_and_whom_the_person_knows_comes_first() -> None:
    waited = Candidate(UUID(int=2), recent=1, last_at=at("2026-03-01T09:00Z"))
    served = Candidate(UUID(int=1), recent=1, last_at=at("2026-03-02T09:00Z"))
    assert whose_turn([served, waited]) == waited.user_id
    assert whose_turn([served, waited], preferred=served.user_id) == served.user_id
    assert whose_turn([waited], preferred=served.user_id) == waited.user_id
    assert whose_turn([]) is None
