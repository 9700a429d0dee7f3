"""What follows from an answer, or from a crash."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.messages.test_composing import NOW, a_mail
from offhook.mail.messages.model import Accepted, MailState, ServerRefused, Unanswered
from offhook.mail.messages.rules import MOST_ATTEMPTS, MOST_REFERENCES, after, after_crash, references_of


@given(code=st.integers(200, 599), attempts=st.integers(1, 40))
def test_only_refusals_for_now_are_tried_again_and_not_for_ever(code: int, attempts: int) -> None:
    following = after(ServerRefused(code, "no"), attempts, NOW)

    again = 400 <= code < 500 and attempts < MOST_ATTEMPTS
    assert following.state is (MailState.QUEUED if again else MailState.FAILED)
    assert (following.send_at is not None) == again
    assert again or str(code) in following.reason or "attempts" in following.reason


def test_all_attempts_together_take_about_two_days() -> None:
    waits = [after(ServerRefused(451, ""), n, NOW).send_at for n in range(1, MOST_ATTEMPTS)]
    total = sum((at - NOW for at in waits if at), timedelta())
    assert timedelta(days=1, hours=12) < total < timedelta(days=2)


def test_a_lost_answer_is_a_doubt_and_an_answer_is_none() -> None:
    assert after(Unanswered("gone"), 1, NOW).state is MailState.IN_DOUBT
    assert after(Accepted(), 1, NOW).state is MailState.SENT


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_a_crash_before_the_content_went_out_sends_again_later_each_time(attempts: int) -> None:
    following = after_crash(a_mail(attempts=attempts), NOW)

    assert following.state is MailState.QUEUED
    assert following.send_at is not None
    assert (following.send_at == NOW) == (attempts == 1)


def test_a_crash_while_the_content_went_out_is_a_doubt() -> None:
    assert after_crash(a_mail(handed_over_at=NOW), NOW).state is MailState.IN_DOUBT


def test_a_mail_that_ends_the_process_each_time_fails_in_the_end() -> None:
    assert after_crash(a_mail(attempts=MOST_ATTEMPTS), NOW).state is MailState.FAILED


@given(st.integers(0, 200))
def test_references_end_in_what_is_answered_and_stay_bounded(count: int) -> None:
    before = [f"<{n}@b.example>" for n in range(count)]

    found = references_of("<last@b.example>", before)

    assert found[-1] == "<last@b.example>"
    assert len(found) == min(count + 1, MOST_REFERENCES)
    assert found[0] == (before[0] if before else "<last@b.example>")
