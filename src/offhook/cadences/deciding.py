"""The state machine of an enrolment, pure: what follows from what happened.

| phase    | what moves it on                                                                               |
|----------|------------------------------------------------------------------------------------------------|
| waiting  | its time: a branch, a mail → sending, a task → task, a wait → the next step                    |
| sending  | the mail went out → the next step; it did not → trouble                                        |
| task     | somebody did it → the next step                                                                |
| trouble  | try again → sending or waiting; done by hand, or skipped → the next step                       |
| finished | nothing                                                                                        |

Pausing lies across these: a paused enrolment keeps its phase, and nothing comes due. In every phase but the last,
signs of the person or of the lead's way may end it, and a user may pause, skip or finish it.

Steps are gone forward only: no branch, skip or retry leads back. So every enrolment ends after at most as many
steps as its edition has, and the number of a step is a key by which it is done once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from offhook.cadences.applying import NOTED
from offhook.cadences.happenings import (
    AskFor,
    Began,
    CameDue,
    Close,
    Effect,
    EnrolmentWish,
    Finish,
    Happened,
    MailSent,
    MailStuck,
    Note,
    NotSendable,
    OutOfOffice,
    Pause,
    Resume,
    Schedule,
    Send,
    SendAgain,
    Sign,
    Signed,
    TakeBack,
    Touched,
    Trouble,
    Wished,
    Withdraw,
)
from offhook.cadences.model import (
    Branch,
    BranchOn,
    Ending,
    Enrolment,
    EnrolmentPhase,
    Plan,
    Step,
    StepKind,
    StepOutcome,
)
from offhook.cadences.timing import Clockwork, back_to_work, due_after, suitable

LONGEST_ABSENCE = timedelta(days=180)
"""A date of return beyond this is more likely misread than meant."""

WITHDRAWN = "mail-withdrawn"
"""The trouble of a mail that a user withdrew: it does not go again, only by hand."""

CHANNELS: Mapping[StepKind, str] = {
    StepKind.EMAIL: "email",
    StepKind.MANUAL_EMAIL: "email",
    StepKind.CALL: "call",
    StepKind.SMS: "sms",
    StepKind.LINKEDIN: "social",
}
"""The kind of activity that does a step."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is decided, by what time is counted, and how the lead stands."""

    now: datetime
    clockwork: Clockwork
    stage: str
    score: float


Effects = tuple[Effect, ...]


def decide(enrolment: Enrolment, plan: Plan, happened: Happened, moment: Moment) -> Effects:
    """What follows for an enrolment in this plan; nothing, where it makes no difference."""
    return _RULES[type(happened)](enrolment, plan, happened, moment)


def possible(enrolment: Enrolment, plan: Plan, moment: Moment) -> list[EnrolmentWish]:
    """What a user may ask of an enrolment as it stands."""
    return [wish for wish in EnrolmentWish if decide(enrolment, plan, Wished(wish), moment)]


def step_of(plan: Plan, number: int) -> Step:
    """The step of that number."""
    return plan.steps[number - 1]


def is_taken(branch: Branch, one: Enrolment, moment: Moment) -> bool:
    """Whether a branch is taken now."""
    return _holds(branch, one, moment) is not branch.is_not


def _holds(branch: Branch, one: Enrolment, moment: Moment) -> bool:
    match branch.on:
        case BranchOn.REPLIED:
            return one.replied_at is not None
        case BranchOn.OPENED:
            return one.opened_at is not None
        case BranchOn.CLICKED:
            return one.clicked_at is not None
        case BranchOn.DISPOSITION:
            return one.disposition in branch.values
        case BranchOn.STAGE:
            return moment.stage in branch.values
        case BranchOn.SCORE:
            return branch.at_least is not None and moment.score >= branch.at_least


def _onward(plan: Plan, number: int, before: datetime, moment: Moment) -> Effects:
    """Go on to this step, the one before having been done then; behind the last it is completed."""
    if number > len(plan.steps):
        return (Finish(Ending.COMPLETED),)
    return (Schedule(number, due_after(step_of(plan, number), before, moment.clockwork)),)


def _began(one: Enrolment, plan: Plan, _: Began, moment: Moment) -> Effects:
    return _onward(plan, 1, moment.now, moment)


def _came_due(one: Enrolment, plan: Plan, _: CameDue, moment: Moment) -> Effects:
    is_due = one.phase is EnrolmentPhase.WAITING and one.due_at is not None and one.due_at <= moment.now
    if not is_due or one.is_paused:
        return ()
    step = step_of(plan, one.step)
    fitting = suitable(step.window, moment.now, moment.clockwork)
    if fitting > moment.now:  # it is done late, as no server ran meanwhile: not in the middle of their night
        return (Schedule(one.step, fitting),)
    branch = next((branch for branch in step.branches if is_taken(branch, one, moment)), None)
    if branch is not None:
        passed = Close(one.step, StepOutcome.BRANCHED, moment.now)
        if branch.goes_to is None:
            return (passed, Finish(Ending.BRANCH))
        return (passed, *_onward(plan, branch.goes_to, moment.now, moment))
    match step.kind:
        case StepKind.EMAIL:
            return (Send(one.step),)
        case StepKind.WAIT:
            return _done(one, plan, StepOutcome.DONE, moment.now, moment)
        case _:
            return (AskFor(one.step),)


def _done(
    one: Enrolment, plan: Plan, outcome: StepOutcome, at: datetime, moment: Moment, disposition: str | None = None
) -> Effects:
    return (Close(one.step, outcome, at, disposition), *_onward(plan, one.step + 1, at, moment))


def _mail_sent(one: Enrolment, plan: Plan, happened: MailSent, moment: Moment) -> Effects:
    if happened.step != one.step or one.phase not in {EnrolmentPhase.SENDING, EnrolmentPhase.TROUBLE}:
        # It went out after all, when the enrolment had gone on already: the record of the step says so.
        return (Close(happened.step, StepOutcome.DONE, happened.at),)
    return _done(one, plan, StepOutcome.DONE, happened.at, moment)


def _mail_stuck(one: Enrolment, _: Plan, happened: MailStuck, __: Moment) -> Effects:
    if happened.step != one.step or one.phase is not EnrolmentPhase.SENDING:
        return ()
    return (Trouble(happened.code, happened.told),)


def _not_sendable(one: Enrolment, _: Plan, happened: NotSendable, __: Moment) -> Effects:
    return () if one.is_finished else (Trouble(happened.code, happened.told),)


def _touched(one: Enrolment, plan: Plan, happened: Touched, moment: Moment) -> Effects:
    """A step is done by a touch on its channel; a mail in trouble also by one written by hand."""
    if one.is_finished:
        return ()
    step = step_of(plan, one.step)
    asked = one.phase is EnrolmentPhase.TASK or (
        one.phase is EnrolmentPhase.TROUBLE and step.kind is StepKind.EMAIL
    )
    if not asked or CHANNELS.get(step.kind) != happened.channel:
        return ()
    return _done(one, plan, StepOutcome.DONE, happened.at, moment, happened.disposition)


def _signed(one: Enrolment, plan: Plan, happened: Signed, _: Moment) -> Effects:
    if happened.sign in NOTED and getattr(one, NOTED[happened.sign]) is None:
        noted: Effects = (Note(happened.sign, happened.at),)
    else:
        noted = ()
    because = _ENDS.get(happened.sign)
    if because is None or one.is_finished:
        return noted
    is_chosen = because in plan.ends_on or because in {Ending.CLOSED, Ending.MERGED}
    return (*noted, *_ended(one, because, happened.at)) if is_chosen else noted


_ENDS: Mapping[Sign, Ending] = {
    Sign.REPLY: Ending.REPLY,
    Sign.MEETING: Ending.MEETING,
    Sign.HAND_OFF: Ending.HAND_OFF,
    Sign.UNSUBSCRIBED: Ending.UNSUBSCRIBED,
    Sign.BOUNCED: Ending.BOUNCED,
    Sign.CLOSED: Ending.CLOSED,
    Sign.MERGED: Ending.MERGED,
}


def _ended(one: Enrolment, because: Ending, at: datetime) -> Effects:
    return (*_stopped(one, StepOutcome.CANCELLED, at), Finish(because))


def _stopped(one: Enrolment, outcome: StepOutcome, at: datetime) -> Effects:
    """Whatever of the present step is under way is stopped, as far as it can be."""
    match one.phase:
        case EnrolmentPhase.SENDING if one.mail_id is not None:
            return (Withdraw(one.mail_id), Close(one.step, outcome, at))
        case EnrolmentPhase.TASK:
            return (TakeBack(one.step), Close(one.step, outcome, at))
        case EnrolmentPhase.TROUBLE:
            return (Close(one.step, outcome, at),)
        case _:
            return ()


def _out_of_office(one: Enrolment, plan: Plan, happened: OutOfOffice, moment: Moment) -> Effects:
    """What would come due while they are away waits until they are back."""
    if not moment.now < happened.back_at <= moment.now + LONGEST_ABSENCE:
        return ()
    back = back_to_work(happened.back_at, step_of(plan, one.step), moment.clockwork)
    if one.phase is EnrolmentPhase.WAITING and one.due_at is not None and one.due_at < back:
        return (Schedule(one.step, back),)
    if one.phase is EnrolmentPhase.TASK:
        return (TakeBack(one.step), Schedule(one.step, back))
    return ()


def _wished(one: Enrolment, plan: Plan, happened: Wished, moment: Moment) -> Effects:
    return () if one.is_finished else _WISHES[happened.wish](one, plan, moment)


def _pause(one: Enrolment, _: Plan, __: Moment) -> Effects:
    if one.is_paused:
        return ()
    return (Pause(), TakeBack(one.step)) if one.phase is EnrolmentPhase.TASK else (Pause(),)


def _resume(one: Enrolment, plan: Plan, moment: Moment) -> Effects:
    if not one.is_paused:
        return ()
    if one.phase is EnrolmentPhase.TASK:
        return (Resume(), AskFor(one.step))
    if one.phase is not EnrolmentPhase.WAITING or one.due_at is None:
        return (Resume(),)
    due_at = suitable(step_of(plan, one.step).window, max(one.due_at, moment.now), moment.clockwork)
    return (Resume(), Schedule(one.step, due_at))


def _skip(one: Enrolment, plan: Plan, moment: Moment) -> Effects:
    stopped = [one for one in _stopped(one, StepOutcome.SKIPPED, moment.now) if not isinstance(one, Close)]
    return (*stopped, *_done(one, plan, StepOutcome.SKIPPED, moment.now, moment))


def _finish(one: Enrolment, _: Plan, moment: Moment) -> Effects:
    return _ended(one, Ending.BY_HAND, moment.now)


def _try_again(one: Enrolment, _: Plan, moment: Moment) -> Effects:
    if one.phase is not EnrolmentPhase.TROUBLE or one.problem_code == WITHDRAWN:
        return ()
    return (SendAgain(one.mail_id),) if one.mail_id is not None else (Schedule(one.step, moment.now),)


_WISHES: Mapping[EnrolmentWish, Callable[[Enrolment, Plan, Moment], Effects]] = {
    EnrolmentWish.PAUSE: _pause,
    EnrolmentWish.RESUME: _resume,
    EnrolmentWish.SKIP: _skip,
    EnrolmentWish.FINISH: _finish,
    EnrolmentWish.TRY_AGAIN: _try_again,
}

_RULES = cast(
    "Mapping[type[Happened], Callable[[Enrolment, Plan, Happened, Moment], Effects]]",
    {
        Began: _began,
        CameDue: _came_due,
        MailSent: _mail_sent,
        MailStuck: _mail_stuck,
        NotSendable: _not_sendable,
        Touched: _touched,
        Signed: _signed,
        OutOfOffice: _out_of_office,
        Wished: _wished,
    },
)
