"""What may be logged and what it counts as: the table of dispositions and the glossary's formulae."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.factories import a_call
from offhook.activities import OUTCOMES, Direction, Disposition, Kind, dispositions_of, is_touch
from offhook.activities.rules import check, count, moment_of
from offhook.kernel.errors import Invalid

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_every_disposition_has_a_meaning_and_a_kind():
    assert set(OUTCOMES) == set(Disposition)
    assert all(outcome.kinds and outcome.meaning for outcome in OUTCOMES.values())
    assert all(outcome.reaches_person for outcome in OUTCOMES.values() if outcome.tells_of_talk)


@given(
    st.sampled_from(Kind),
    st.none() | st.sampled_from(Disposition),
    st.none() | st.integers(0, 7200),
    st.integers(0, 600),
)
def test_a_conversation_is_always_a_connect_and_only_calls_connect(kind, disposition, seconds, minimum):
    counted = count(kind, disposition, seconds, minimum)
    assert not counted.is_conversation or counted.is_connect
    assert not counted.is_connect or kind is Kind.CALL
    if counted.is_conversation and seconds is not None:
        assert seconds >= minimum


@given(st.sampled_from(dispositions_of(Kind.CALL)), st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
def test_longer_talk_never_unmakes_a_conversation(disposition, seconds, longer, minimum):
    if count(Kind.CALL, disposition, seconds, minimum).is_conversation:
        assert count(Kind.CALL, disposition, seconds + longer, minimum).is_conversation


def test_measured_talk_time_overrules_the_word():
    assert count(Kind.CALL, Disposition.CONVERSATION, None, 30).is_conversation
    assert not count(Kind.CALL, Disposition.CONVERSATION, 29, 30).is_conversation
    assert count(Kind.CALL, Disposition.CONNECTED, 30, 30).is_conversation
    assert not count(Kind.CALL, Disposition.CONNECTED, None, 30).is_conversation


def test_a_long_talk_with_the_gatekeeper_is_a_connect_but_no_conversation():
    counted = count(Kind.CALL, Disposition.GATEKEEPER, 300, 30)
    assert counted.is_connect
    assert not counted.is_conversation


def test_notes_and_what_they_began_are_no_touches():
    assert is_touch(Kind.EMAIL, Direction.OUTBOUND)
    assert not is_touch(Kind.CALL, Direction.INBOUND)
    assert not is_touch(Kind.NOTE, Direction.INTERNAL)


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("seconds", a_call(seconds=-1)),
        ("seconds", a_call(seconds=90_000)),
        ("disposition", a_call(disposition=Disposition.BOUNCED)),
        ("disposition", a_call(disposition=Disposition.NO_ANSWER, kind=Kind.MEETING)),
        ("direction", a_call(disposition=None, kind=Kind.NOTE)),
        ("direction", a_call(direction=Direction.INTERNAL)),
        ("body", a_call(body="a\0b")),
        ("subject", a_call(subject="x" * 1_001)),
        ("external_key", a_call(external_key="corrects:1")),
        ("external_key", a_call(external_key="")),
    ],
)
def test_what_cannot_be_is_refused_by_name_of_the_field(field, new):
    with pytest.raises(Invalid) as refused:
        check(new)
    assert [wrong.field for wrong in refused.value.fields] == [field]


@pytest.mark.parametrize(
    "at",
    [NOW + timedelta(hours=1), datetime(1980, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 9, 0)],  # noqa: DTZ001
)
def test_times_to_come_long_gone_or_without_zone_are_refused(at):
    with pytest.raises(Invalid, match="at "):
        moment_of(a_call(at=at), NOW)


def test_an_engine_whose_clock_runs_ahead_a_little_is_taken_as_now():
    assert moment_of(a_call(at=NOW + timedelta(seconds=30)), NOW) == NOW
    assert moment_of(a_call(), NOW) == NOW
