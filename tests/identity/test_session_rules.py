"""How long sessions last and how long failures make one wait, whatever the times are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offhook.identity.sessions.rules import FREE_FAILURES, IDLE, LONGEST_WAIT, is_over, may_try_at

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ago = st.lists(st.integers(0, 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds)), max_size=40)


@given(ago)
def test_the_wait_is_bounded_and_begins_at_the_last_failure(failures: list[datetime]) -> None:
    may_at = may_try_at(failures)
    if len(failures) < FREE_FAILURES:
        assert may_at is None
        return
    assert may_at is not None
    assert timedelta(0) < may_at - max(failures) <= LONGEST_WAIT


@given(ago, st.integers(0, 86_400))
def test_one_failure_more_never_shortens_the_wait(failures: list[datetime], seconds: int) -> None:
    before = may_try_at(failures)
    after = may_try_at([*failures, NOW - timedelta(seconds=seconds)])
    assert before is None or (after is not None and after >= before)


@given(st.integers(0, 10**7), st.integers(-(10**6), 10**7))
def test_a_session_is_over_once_idle_or_at_its_end(idle: int, left: int) -> None:
    over = is_over(NOW - timedelta(seconds=idle), NOW + timedelta(seconds=left), NOW)
    assert over == (timedelta(seconds=idle) >= IDLE or left <= 0)
