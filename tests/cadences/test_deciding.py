"""What follows from what happens to an enrolment: by example, and over random histories."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadences.plans import (
    MONDAY,
    MORNING,
    OFFICE,
    a_moment,
    a_plan,
    a_step,
    an_enrolment,
    clockworks,
    moments,
    plans,
)
from offhook.cadences.applying import apply_all
from offhook.cadences.deciding import CHANNELS, WITHDRAWN, Effects, decide, possible, step_of
from offhook.cadences.happenings import (
    AskFor,
    Began,
    CameDue,
    Close,
    EnrolmentWish,
    Finish,
    Happened,
    MailSent,
    MailStuck,
    Note,
    NotSendable,
    OutOfOffice,
    Schedule,
    Send,
    SendAgain,
    Sign,
    Signed,
    TakeBack,
    Touched,
    Wished,
    Withdraw,
)
from offhook.cadences.model import (
    AUTOMATIC,
    CHOSEN_ENDINGS,
    Branch,
    BranchOn,
    Ending,
    Enrolment,
    EnrolmentPhase,
    Plan,
    StepKind,
    StepOutcome,
)
from offhook.cadences.timing import Clockwork, suitable
from offhook.kernel.ids import new_id

EMAIL, CALL, WAIT = a_step(StepKind.EMAIL), a_step(StepKind.CALL, 2), a_step(StepKind.WAIT, 3)
PLAN = a_plan(EMAIL, CALL, WAIT)


def after(one: Enrolment, plan: Plan, happened: Happened, now: datetime = MONDAY) -> tuple[Enrolment, Effects]:
    """The enrolment afterwards, and what was decided."""
    effects = decide(one, plan, happened, a_moment(now))
    return apply_all(one, effects, now), effects


def test_a_mail_that_is_due_is_sent_and_the_next_step_waits_until_it_went_out() -> None:
    one, effects = after(an_enrolment(), PLAN, CameDue())
    assert effects == (Send(1),)
    assert one.phase is EnrolmentPhase.SENDING
    two, _ = after(one, PLAN, MailSent(1, MONDAY + timedelta(hours=3)))
    assert (two.step, two.phase) == (2, EnrolmentPhase.WAITING)
    assert two.due_at == MONDAY + timedelta(days=2, hours=3), "two days after it went out, not after it was due"


def test_a_task_is_done_by_a_touch_on_its_channel_and_by_no_other() -> None:
    one = an_enrolment(step=2)
    one, effects = after(one, PLAN, CameDue())
    assert effects == (AskFor(2),)
    assert after(one, PLAN, Touched("email", "sent", MONDAY))[1] == ()
    done, _ = after(one, PLAN, Touched("call", "no_answer", MONDAY))
    assert (done.step, done.disposition) == (3, "no_answer")


def test_a_call_made_before_its_step_is_due_does_not_do_it() -> None:
    assert after(an_enrolment(step=2), PLAN, Touched("call", "no_answer", MONDAY))[1] == ()


@pytest.mark.parametrize("sign", [sign for sign in Sign if sign.value in CHOSEN_ENDINGS])
def test_what_the_cadence_ends_on_ends_it_and_what_it_does_not_only_notes(sign: Sign) -> None:
    one, _ = after(an_enrolment(), PLAN, Signed(sign, MONDAY))
    assert (one.phase, one.because) == (EnrolmentPhase.FINISHED, Ending(sign.value))
    patient = replace(PLAN, ends_on=frozenset())
    assert after(an_enrolment(), patient, Signed(sign, MONDAY))[0].phase is EnrolmentPhase.WAITING


def test_a_closed_lead_ends_every_cadence() -> None:
    one, _ = after(an_enrolment(), replace(PLAN, ends_on=frozenset()), Signed(Sign.CLOSED, MONDAY))
    assert one.because is Ending.CLOSED


def test_a_reply_withdraws_the_mail_that_has_not_gone_out() -> None:
    mail = new_id()
    one = an_enrolment(phase=EnrolmentPhase.SENDING, due_at=None, mail_id=mail)
    _, effects = after(one, PLAN, Signed(Sign.REPLY, MONDAY))
    assert Withdraw(mail) in effects


def test_a_reply_takes_the_task_out_of_the_queue() -> None:
    one = an_enrolment(step=2, phase=EnrolmentPhase.TASK)
    _, effects = after(one, PLAN, Signed(Sign.REPLY, MONDAY))
    assert TakeBack(2) in effects


def test_a_branch_leads_past_steps_and_an_unmet_one_does_not() -> None:
    opened = Branch(BranchOn.OPENED, goes_to=3)
    plan = a_plan(EMAIL, replace(CALL, branches=(opened,)), WAIT)
    one = an_enrolment(step=2)
    assert after(one, plan, CameDue())[1] == (AskFor(2),)
    jumped, effects = after(replace(one, opened_at=MONDAY), plan, CameDue())
    assert jumped.step == 3
    assert Close(2, StepOutcome.BRANCHED, MONDAY) in effects


def test_a_branch_to_nowhere_ends_the_cadence() -> None:
    plan = a_plan(replace(CALL, branches=(Branch(BranchOn.SCORE, is_not=True, at_least=80),)))
    one, _ = after(an_enrolment(), plan, CameDue())
    assert one.because is Ending.BRANCH


def test_who_is_away_is_left_alone_until_they_are_back() -> None:
    back = MONDAY + timedelta(days=9)
    one, _ = after(an_enrolment(), PLAN, OutOfOffice(back))
    assert one.due_at == back
    assert after(one, PLAN, CameDue())[1] == ()


def test_a_task_of_who_is_away_leaves_the_queue_and_comes_again() -> None:
    one = an_enrolment(step=2, phase=EnrolmentPhase.TASK)
    waiting, effects = after(one, PLAN, OutOfOffice(MONDAY + timedelta(days=1)))
    assert TakeBack(2) in effects
    assert after(waiting, PLAN, CameDue(), MONDAY + timedelta(days=1))[1] == (AskFor(2),)


def test_a_date_of_return_that_is_past_or_years_away_moves_nothing() -> None:
    for days in (-1, 400):
        assert after(an_enrolment(), PLAN, OutOfOffice(MONDAY + timedelta(days=days)))[1] == ()


def test_trouble_waits_for_somebody_and_the_same_mail_is_tried_again() -> None:
    mail = new_id()
    one, _ = after(
        an_enrolment(phase=EnrolmentPhase.SENDING, mail_id=mail), PLAN, MailStuck(1, "mail-failed", "no such user")
    )
    assert (one.phase, one.problem) == (EnrolmentPhase.TROUBLE, "no such user")
    again, effects = after(one, PLAN, Wished(EnrolmentWish.TRY_AGAIN))
    assert effects == (SendAgain(mail),)
    assert (again.phase, again.problem) == (EnrolmentPhase.SENDING, "")


def test_a_mail_that_was_never_written_is_written_when_it_is_tried_again() -> None:
    one, _ = after(an_enrolment(), PLAN, NotSendable("invalid", "The first name is missing."))
    again, _ = after(one, PLAN, Wished(EnrolmentWish.TRY_AGAIN))
    assert after(again, PLAN, CameDue())[1] == (Send(1),)


def test_a_withdrawn_mail_is_not_tried_again() -> None:
    one = an_enrolment(phase=EnrolmentPhase.TROUBLE, problem_code=WITHDRAWN, mail_id=new_id())
    assert EnrolmentWish.TRY_AGAIN not in possible(one, PLAN, a_moment())
    assert EnrolmentWish.SKIP in possible(one, PLAN, a_moment())


def test_a_mail_in_trouble_is_done_by_one_written_by_hand() -> None:
    one = an_enrolment(phase=EnrolmentPhase.TROUBLE, problem_code="no-address")
    assert after(one, PLAN, Touched("email", "sent", MONDAY))[0].step == 2


def test_nothing_comes_due_while_paused_and_a_resumed_step_keeps_its_window() -> None:
    plan = a_plan(replace(EMAIL, window=MORNING), CALL)
    one, _ = after(an_enrolment(), plan, Wished(EnrolmentWish.PAUSE))
    assert after(one, plan, CameDue())[1] == ()
    evening = MONDAY.replace(hour=20)
    resumed, _ = after(one, plan, Wished(EnrolmentWish.RESUME), evening)
    assert resumed.due_at == MONDAY + timedelta(days=1)


def test_a_mail_that_goes_out_after_the_end_is_on_record_and_changes_nothing_else() -> None:
    one, _ = after(an_enrolment(phase=EnrolmentPhase.SENDING), PLAN, Signed(Sign.REPLY, MONDAY))
    assert after(one, PLAN, MailSent(1, MONDAY)) == (one, (Close(1, StepOutcome.DONE, MONDAY),))


def test_a_step_that_is_late_at_night_waits_for_its_window() -> None:
    plan = a_plan(replace(EMAIL, window=MORNING))
    night = MONDAY.replace(hour=23)
    assert decide(an_enrolment(), plan, CameDue(), a_moment(night)) == (Schedule(1, MONDAY + timedelta(days=1)),)


happenings = st.one_of(
    st.just(CameDue()),
    st.builds(MailSent, st.integers(1, 8), moments),
    st.builds(MailStuck, st.integers(1, 8), st.just("mail-failed"), st.just("refused")),
    st.builds(Touched, st.sampled_from(sorted(set(CHANNELS.values()))), st.sampled_from([None, "busy"]), moments),
    st.builds(Signed, st.sampled_from(Sign), moments),
    st.builds(OutOfOffice, moments),
    st.builds(Wished, st.sampled_from(EnrolmentWish)),
)


class World:
    """What is outside of the machine: a clock, and a ledger of mails that takes each key once."""

    def __init__(self, plan: Plan, clockwork: Clockwork, start: datetime) -> None:
        self.plan, self.clockwork, self.now = plan, clockwork, start
        self.mails: dict[int, object] = {}
        self.asked: Counter[int] = Counter()
        self.one = an_enrolment(due_at=None)
        self.tell(Began())

    def tell(self, happened: Happened, *, refuses: bool = False) -> Effects:
        """Decide, apply, and do what was decided."""
        before = self.one
        moment = a_moment(self.now, self.clockwork)
        effects = decide(before, self.plan, happened, moment)
        self.one = apply_all(before, effects, self.now)
        self._check(before, effects)
        for effect in effects:
            if isinstance(effect, Send) and refuses:
                self.tell(NotSendable("refused", "no"))
            elif isinstance(effect, Send):
                assert effect.step not in self.mails, "a step's mail is written once"
                self.mails[effect.step] = mail = new_id()
                self.one = replace(self.one, mail_id=mail)
            elif isinstance(effect, SendAgain):
                assert effect.mail_id == self.mails[self.one.step], "tried again is the step's own mail"
        return effects

    def _check(self, before: Enrolment, effects: Effects) -> None:
        assert self.one.step >= before.step, "steps are gone forward only"
        if before.is_finished:
            assert all(isinstance(effect, Close | Note) for effect in effects), "nothing follows the end"
            assert self.one.is_finished
        if before.is_paused and self.one.is_paused:
            assert not any(isinstance(effect, AskFor) for effect in effects)
        for effect in effects:
            if isinstance(effect, Finish):
                assert effect is effects[-1], "the end is the last thing"
            if isinstance(effect, Schedule) and step_of(self.plan, effect.step).window:
                window = step_of(self.plan, effect.step).window
                assert effect.due_at == suitable(window, effect.due_at, self.clockwork)
        assert (self.one.phase is EnrolmentPhase.WAITING) == (
            self.one.due_at is not None and self.one.phase is not EnrolmentPhase.TASK
        )


@given(
    plans(),
    clockworks,
    moments,
    st.lists(st.tuples(happenings, st.booleans(), st.integers(0, 6_000)), max_size=40),
)
def test_whatever_happens_no_step_is_sent_twice_and_none_is_gone_back_to(
    plan: Plan, clockwork: Clockwork, start: datetime, history: list[tuple[Happened, bool, int]]
) -> None:
    world = World(plan, clockwork, start)
    for happened, refuses, minutes in history:
        world.now += timedelta(minutes=minutes)
        world.tell(happened, refuses=refuses)


@given(plans(), clockworks, moments)
def test_every_enrolment_comes_to_its_end_when_all_is_done_that_is_asked(
    plan: Plan, clockwork: Clockwork, start: datetime
) -> None:
    world = World(plan, clockwork, start)
    for _ in range(4 * len(plan.steps) + 1):
        match world.one.phase:
            case EnrolmentPhase.WAITING:
                assert world.one.due_at is not None
                world.now = max(world.now, world.one.due_at)
                assert world.tell(CameDue()), "what is due leads somewhere"
            case EnrolmentPhase.SENDING:
                world.tell(MailSent(world.one.step, world.now))
            case EnrolmentPhase.TASK:
                kind = step_of(plan, world.one.step).kind
                assert kind not in AUTOMATIC
                world.tell(Touched(CHANNELS[kind], "no_answer", world.now))
            case _:
                break
    assert world.one.is_finished
    assert world.one.because in {Ending.COMPLETED, Ending.BRANCH}


@given(plans(), st.lists(happenings, max_size=20), moments)
def test_to_tell_the_same_twice_changes_nothing_more(plan: Plan, history: list[Happened], start: datetime) -> None:
    world = World(plan, OFFICE, start)
    for happened in history:
        world.tell(happened)
        if isinstance(happened, Signed | OutOfOffice):
            once = world.one
            world.tell(happened)
            assert world.one == once
