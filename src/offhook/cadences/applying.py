"""What each effect changes about an enrolment: pure, a table of small functions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import cast

from offhook.cadences.happenings import (
    AskFor,
    Close,
    Effect,
    Finish,
    Note,
    Pause,
    Resume,
    Schedule,
    Send,
    SendAgain,
    Sign,
    TakeBack,
    Trouble,
    Withdraw,
)
from offhook.cadences.model import Enrolment, EnrolmentPhase

NOTED: Mapping[Sign, str] = {
    Sign.OPENED: "opened_at",
    Sign.CLICKED: "clicked_at",
    Sign.REPLY: "replied_at",
    Sign.MEETING: "met_at",
}
"""Signs that are kept, and where."""


def apply(enrolment: Enrolment, effect: Effect, now: datetime) -> Enrolment:
    """The enrolment after one effect."""
    return _CHANGES[type(effect)](enrolment, effect, now)


def apply_all(enrolment: Enrolment, effects: Iterable[Effect], now: datetime) -> Enrolment:
    """The enrolment after all of these, in order."""
    return reduce(lambda one, effect: apply(one, effect, now), effects, enrolment)


def _schedule(one: Enrolment, effect: Schedule, _: datetime) -> Enrolment:
    mail_id = one.mail_id if effect.step == one.step else None
    return replace(
        _well(one), phase=EnrolmentPhase.WAITING, step=effect.step, due_at=effect.due_at, mail_id=mail_id
    )


def _sending(one: Enrolment, _: Send | SendAgain, __: datetime) -> Enrolment:
    return replace(_well(one), phase=EnrolmentPhase.SENDING, due_at=None)


def _ask(one: Enrolment, _: AskFor, now: datetime) -> Enrolment:
    return replace(_well(one), phase=EnrolmentPhase.TASK, due_at=now)


def _trouble(one: Enrolment, effect: Trouble, _: datetime) -> Enrolment:
    return replace(one, phase=EnrolmentPhase.TROUBLE, due_at=None, problem_code=effect.code, problem=effect.told)


def _close(one: Enrolment, effect: Close, _: datetime) -> Enrolment:
    return one if effect.disposition is None else replace(one, disposition=effect.disposition)


def _note(one: Enrolment, effect: Note, _: datetime) -> Enrolment:
    return replace(one, **{NOTED[effect.sign]: effect.at})


def _pause(one: Enrolment, _: Pause, __: datetime) -> Enrolment:
    return replace(one, is_paused=True)


def _resume(one: Enrolment, _: Resume, __: datetime) -> Enrolment:
    return replace(one, is_paused=False)


def _finish(one: Enrolment, effect: Finish, now: datetime) -> Enrolment:
    ended = replace(_well(one), phase=EnrolmentPhase.FINISHED, because=effect.because)
    return replace(ended, due_at=None, is_paused=False, finished_at=now)


def _same(one: Enrolment, _: Effect, __: datetime) -> Enrolment:
    return one


def _well(one: Enrolment) -> Enrolment:
    return replace(one, problem_code="", problem="")


_CHANGES = cast(
    "Mapping[type[Effect], Callable[[Enrolment, Effect, datetime], Enrolment]]",
    {
        Schedule: _schedule,
        Send: _sending,
        SendAgain: _sending,
        Withdraw: _same,
        AskFor: _ask,
        TakeBack: _same,
        Close: _close,
        Trouble: _trouble,
        Note: _note,
        Pause: _pause,
        Resume: _resume,
        Finish: _finish,
    },
)
