"""When an AE is free: in working hours, apart from what they have, right when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from offhook.identity import (
    BusinessHours,
    free_spans,
    is_business_time,
    on_the_clock,
    weekdays,
    working_spans,
)
from offhook.leads.hand_off.availability import (
    Calendar,
    Span,
    is_office_time,
    next_free,
    overlaps,
)

HALF_AN_HOUR = timedelta(minutes=30)
ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
MOMENTS = st.integers(0, 350 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
BUSY = st.lists(
    st.tuples(st.integers(0, 14 * 24 * 60), st.integers(1, 3 * 24 * 60)).map(
        lambda told: (timedelta(minutes=told[0]), timedelta(minutes=told[0] + told[1]))
    ),
    max_size=6,
)


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text)


def starts(calendar: Calendar, start: str, end: str, person: str, most: int = 100) -> list[str]:
    """When slots of half an hour begin, by the AE's clock."""
    zone = ZoneInfo(calendar.hours.time_zone)
    found = next_free(calendar, at(start), at(end), HALF_AN_HOUR, ZoneInfo(person), most)
    return [f"{slot.starts_at.astimezone(zone):%a %H:%M}" for slot in found]


@given(ZONES, ZONES, MOMENTS, BUSY, st.sampled_from([15, 20, 30, 45, 60, 120]), st.integers(1, 40))
def test_no_slot_overlaps_what_an_ae_has_and_all_lie_in_working_time(
    ae_zone: str, person: str, start: datetime, told: list[tuple[timedelta, timedelta]], minutes: int, most: int
) -> None:
    hours = weekdays(ae_zone)
    busy = [(start + begins, start + ends) for begins, ends in told]
    length, end = timedelta(minutes=minutes), start + timedelta(days=14)
    slots = next_free(Calendar(hours, busy), start, end, length, ZoneInfo(person), most)
    assert len(slots) <= most
    assert [slot.starts_at for slot in slots] == sorted({slot.starts_at for slot in slots})
    for slot in slots:
        span = (slot.starts_at, slot.ends_at)
        assert start <= slot.starts_at < slot.ends_at <= end
        assert slot.ends_at - slot.starts_at == length
        assert not any(overlaps(span, taken) for taken in busy)
        assert is_business_time(hours, slot.starts_at)
        assert any(
            opens <= slot.starts_at and slot.ends_at <= closes for opens, closes in working_spans(hours, *span)
        )
        assert slot.starts_at.astimezone(ZoneInfo(ae_zone)).minute % 15 == 0
        assert slot.is_in_person_hours == is_office_time(*span, ZoneInfo(person))


@given(ZONES, MOMENTS, BUSY)
def test_free_and_busy_time_make_up_the_working_time(
    zone: str, start: datetime, told: list[tuple[timedelta, timedelta]]
) -> None:
    busy = [(start + begins, start + ends) for begins, ends in told]
    working = list(working_spans(weekdays(zone), start, start + timedelta(days=10)))
    free = list(free_spans(working, busy))

    def length(spans: list[Span]) -> timedelta:
        return sum((ends - begins for begins, ends in spans), timedelta())

    taken = sorted(
        (max(opens, begins), min(closes, ends))
        for opens, closes in working
        for begins, ends in busy
        if overlaps((opens, closes), (begins, ends))
    )
    united: list[Span] = []
    for begins, ends in taken:
        if united and begins <= united[-1][1]:
            united[-1] = (united[-1][0], max(ends, united[-1][1]))
        else:
            united.append((begins, ends))
    assert length(free) == length(working) - length(united)


@given(ZONES, MOMENTS, st.sampled_from([15, 30]))
def test_the_clock_is_met_within_one_step(zone: str, moment: datetime, minutes: int) -> None:
    step = timedelta(minutes=minutes)
    met = on_the_clock(moment, ZoneInfo(zone), step)
    assert moment <= met < moment + step
    assert (met.astimezone(ZoneInfo(zone)).minute % minutes, met.second, met.microsecond) == (0, 0, 0)


def test_a_day_is_offered_around_a_meeting() -> None:
    calendar = Calendar(
        BusinessHours("Europe/Berlin", (((time(9), time(12)),),) * 5 + ((),) * 2),
        [(at("2026-03-02T10:15+01:00"), at("2026-03-02T10:45+01:00"))],
    )
    assert starts(calendar, "2026-03-02T07:05Z", "2026-03-03T00:00Z", "Europe/Berlin") == [
        "Mon 09:00", "Mon 09:30", "Mon 11:00", "Mon 11:30",
    ]  # fmt: skip
    assert starts(calendar, "2026-03-02T08:05Z", "2026-03-02T10:45Z", "Europe/Berlin") == [
        "Mon 09:30",
        "Mon 11:00",
    ]


def test_hours_that_suit_the_person_are_offered_before_sooner_ones() -> None:
    calendar = Calendar(weekdays("Europe/Berlin"), [])
    near = starts(calendar, "2026-03-02T08:00Z", "2026-03-03T00:00Z", "America/New_York", 3)
    assert near == ["Mon 14:00", "Mon 14:30", "Mon 15:00"], "from eight o'clock in New York on"
    far = next_free(
        calendar, at("2026-03-02T08:00Z"), at("2026-03-03T00:00Z"), HALF_AN_HOUR, ZoneInfo("Asia/Tokyo"), 3
    )
    assert [slot.is_in_person_hours for slot in far] == [True, True, False], "17:00 to 18:00 in Tokyo, then none"


def test_clocks_that_change_move_no_meeting_out_of_working_time() -> None:
    calendar = Calendar(weekdays("America/New_York"), [])
    before = starts(calendar, "2026-03-06T14:00Z", "2026-03-06T15:00Z", "America/New_York")
    after = starts(calendar, "2026-03-09T13:00Z", "2026-03-09T14:00Z", "America/New_York")
    assert before == ["Fri 09:00", "Fri 09:30"]
    assert after == ["Mon 09:00", "Mon 09:30"], "an hour earlier by UTC"
    night = BusinessHours("America/New_York", (((time(0), time(4)),),) * 7)
    sunday = starts(Calendar(night, []), "2026-03-08T05:00Z", "2026-03-08T12:00Z", "America/New_York")
    assert sunday == ["Sun 00:00", "Sun 00:30", "Sun 01:00", "Sun 01:30", "Sun 03:00", "Sun 03:30"]
    autumn = starts(Calendar(night, []), "2026-11-01T04:00Z", "2026-11-01T12:00Z", "America/New_York")
    assert autumn.count("Sun 01:00") == 2, "an hour that comes twice is offered twice"


def test_a_weekend_suits_nobody() -> None:
    everyday = BusinessHours("UTC", (((time(9), time(10)),),) * 7)
    assert starts(Calendar(everyday, []), "2026-03-07T00:00Z", "2026-03-10T00:00Z", "UTC", 2) == [
        "Mon 09:00",
        "Mon 09:30",
    ]
