"""When to touch next: pure rules, held against their promises over any moment and zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.activities import OUTCOMES, Activity, Direction, Disposition, Kind
from offhook.kernel.errors import Invalid
from offhook.leads.queue.model import TouchBecause
from offhook.leads.touch.rules import SPACING, NextTouch, check_call_back, next_touch, suitable

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Sydney", "Europe/London")

A_CALL = Activity(
    id=UUID(int=1),
    at=MONDAY,
    recorded_at=MONDAY,
    kind=Kind.CALL,
    direction=Direction.OUTBOUND,
    person_id=UUID(int=2),
    account_id=None,
    lead_id=UUID(int=3),
    user_id=UUID(int=4),
    team_id=None,
    disposition=Disposition.NO_ANSWER,
    is_connect=False,
    is_conversation=False,
    seconds=None,
    subject="",
    body="",
    corrects=None,
    external_key=None,
    data={},
)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # zoned by the strategy


@given(moments, st.sampled_from(ZONES))
def test_a_suitable_moment_is_within_the_calling_window_on_a_weekday_and_never_earlier(
    moment: datetime, zone: str
) -> None:
    found = suitable(moment, zone)
    local = found.astimezone(ZoneInfo(zone))
    assert found >= moment
    assert 8 <= local.hour < 21, local
    assert local.weekday() < 5, local
    assert found - moment < timedelta(days=3)
    assert suitable(found, zone) == found, "a suitable moment stays"


@given(
    moments,
    st.sampled_from(ZONES),
    st.sampled_from([one for one in Disposition if one is not Disposition.AUTO_REPLIED]),
    st.sampled_from([Direction.OUTBOUND, Direction.INBOUND]),
    st.integers(0, 30),
)
def test_the_next_touch_is_never_before_this_one(
    at: datetime, zone: str, disposition: Disposition, direction: Direction, attempts: int
) -> None:
    for kind in OUTCOMES[disposition].kinds:
        entry = replace(A_CALL, at=at, kind=kind, direction=direction, disposition=disposition)
        planned = next_touch(entry, attempts, zone, None)
        assert planned is not None
        assert planned.at >= at


def test_touches_that_reach_nobody_lie_wider_and_wider_apart() -> None:
    waits = [next_touch(A_CALL, number, "UTC", None).at - MONDAY for number in range(1, 10)]  # pyright: ignore[reportOptionalMemberAccess] # an outbound call plans one
    assert waits == sorted(waits)
    assert waits[0] == SPACING[0]


def test_a_call_back_is_kept_to_the_minute_even_on_a_weekend() -> None:
    sunday_night = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    planned = next_touch(A_CALL, 1, "UTC", sunday_night)
    assert planned
    assert (planned.at, planned.because) == (sunday_night, TouchBecause.CALL_BACK)


def test_a_persons_mail_waits_for_an_answer_at_once_and_a_machines_leaves_the_plan_as_it_is() -> None:
    mail = replace(A_CALL, kind=Kind.EMAIL, direction=Direction.INBOUND, disposition=Disposition.REPLIED)
    assert next_touch(mail, 3, "UTC", None) == NextTouch(mail.at, TouchBecause.REPLIED)
    assert next_touch(replace(mail, disposition=Disposition.AUTO_REPLIED), 3, "UTC", None) is None


def test_a_note_plans_nothing_and_an_incoming_message_is_due_at_once() -> None:
    note = replace(A_CALL, kind=Kind.NOTE, direction=Direction.INTERNAL, disposition=None)
    assert next_touch(note, 3, "UTC", None) is None
    mail = replace(A_CALL, kind=Kind.EMAIL, direction=Direction.INBOUND, disposition=Disposition.REPLIED)
    planned = next_touch(mail, 3, "UTC", None)
    assert planned
    assert planned.at == MONDAY


@pytest.mark.parametrize(
    "call_back_at",
    [MONDAY - timedelta(hours=1), MONDAY, MONDAY + timedelta(days=400), datetime(2026, 3, 3)],  # noqa: DTZ001 # without zone, as a user may send it
)
def test_call_backs_that_cannot_be_meant_are_refused(call_back_at: datetime) -> None:
    with pytest.raises(Invalid, match="call back"):
        check_call_back(call_back_at, MONDAY)
