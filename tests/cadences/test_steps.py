"""Steps in the database: mails by the ledger, tasks in the queue, what ends a cadence, what needs attention."""

from datetime import timedelta

import pytest

from cadences.conftest import Floor, step
from cadences.plans import MONDAY
from offhook import compliance, leads
from offhook.activities import Disposition, Kind
from offhook.cadences.enrolling import enrol
from offhook.cadences.happenings import EnrolmentWish
from offhook.cadences.model import Branch, BranchOn, Ending, EnrolmentPhase, StepKind
from offhook.cadences.scheduling import run_due
from offhook.cadences.service import change_cadence, publish
from offhook.cadences.steering import wish
from offhook.compliance.mailing import unsuppress
from offhook.identity import actor_of
from offhook.kernel.errors import Conflict, Forbidden
from offhook.kernel.events import subject
from offhook.mail import MailState, withdraw
from offhook.mail.messages import store as mails

DAY = timedelta(days=1)
CALL = StepKind.CALL


def test_a_mail_of_a_step_goes_once_and_the_next_step_waits_for_it(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(), step(CALL, 1)), floor.lead())
    floor.run()
    floor.run()
    (mail,) = floor.mails()
    assert (mail.subject, mail.body_text, mail.key) == ("Engines", "Hello Ada", f"cadence:{one}:1")
    assert mail.is_automatic, "so it keeps to the mailing hours, and tells how to unsubscribe"
    assert floor.present(one).phase is EnrolmentPhase.SENDING
    floor.goes_out(mail)
    waiting = floor.present(one)
    assert (waiting.step, waiting.phase, waiting.due_at) == (2, EnrolmentPhase.WAITING, MONDAY + DAY)
    assert [kind for kind, _ in floor.events()] == ["cadence.enrolled", "cadence.step_done"]


def test_a_call_step_stands_in_the_queue_with_its_instructions_until_it_is_logged(floor: Floor) -> None:
    lead_id = floor.lead()
    cadence = floor.cadence(step(CALL, instructions="Ask about the  new engine."), step(StepKind.SMS, 2))
    one = floor.enrol(cadence, lead_id)
    floor.run()
    with floor.begin() as tx:
        (item,) = leads.queue_of(tx, floor.desk.reps[0].id)
    reason = next(reason for reason in item.reasons if reason.kind == "cadence")
    assert reason.text == f"Cadence {cadence.name}, step 1: call. Ask about the new engine. Due now."
    floor.log(lead_id, Kind.CALL, Disposition.NO_ANSWER)
    after = floor.present(one)
    assert (after.step, after.phase, after.disposition) == (2, EnrolmentPhase.WAITING, "no_answer")
    with floor.begin() as tx:
        lead = leads.load_lead(tx, lead_id)
    assert lead.next_touch_at == after.due_at, "the cadence is the plan: no follow-up in two hours besides"


def test_a_call_back_that_the_person_asked_for_comes_before_a_step(floor: Floor) -> None:
    lead_id = floor.lead()
    floor.enrol(floor.cadence(step(CALL, 1)), lead_id)
    asked = MONDAY + 3 * DAY
    with floor.begin(floor.actor) as tx:
        leads.log_activity(
            tx, kind=Kind.CALL, lead_id=lead_id, disposition=Disposition.CALL_BACK, call_back_at=asked
        )
    floor.run(after=DAY)
    with floor.begin() as tx:
        lead = leads.load_lead(tx, lead_id)
    assert (lead.next_touch_at, lead.next_touch_because) == (asked, "call_back")


def test_a_reply_ends_it_and_takes_the_waiting_mail_back(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(), step(CALL, 1)), floor.lead())
    floor.run()
    floor.received(one, "reply")
    ended = floor.present(one)
    assert (ended.phase, ended.because) == (EnrolmentPhase.FINISHED, Ending.REPLY)
    assert floor.mails()[0].state is MailState.WITHDRAWN
    assert floor.events("cadence.finished")[0][1]["because"] == "reply"


def test_a_reply_to_the_last_mail_counts_although_the_cadence_is_over(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email()), floor.lead())
    floor.run()
    floor.goes_out(floor.mails()[0])
    assert floor.present(one).because is Ending.COMPLETED
    floor.clock.advance(2 * DAY)
    floor.received(one, "reply", answers_mail_id=str(floor.mails()[0].id))
    ended = floor.present(one)
    assert (ended.because, ended.replied_at is not None) == (Ending.COMPLETED, True)


def test_an_automatic_answer_moves_nothing_and_out_of_office_waits_for_the_day(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(1)), floor.lead())
    floor.received(one, "auto_reply")
    assert floor.present(one).due_at == MONDAY + DAY
    floor.received(one, "out_of_office", back_at="2026-03-16")
    due_at = floor.present(one).due_at
    assert due_at is not None
    assert due_at.date().isoformat() == "2026-03-16"


def test_a_stranger_who_writes_into_the_thread_ends_nothing(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(1)), floor.lead())
    floor.received(one, "other", is_from_another=True)
    assert floor.present(one).phase is EnrolmentPhase.WAITING
    floor.received(one, "other", is_from_another=False)
    assert floor.present(one).because is Ending.REPLY


@pytest.mark.parametrize(
    ("kind", "data", "because"),
    [
        ("lead.handed_off", {}, Ending.HAND_OFF),
        ("meeting.booked", {}, Ending.MEETING),
        ("lead.disqualified", {}, Ending.CLOSED),
        ("lead.recycled", {}, Ending.CLOSED),
        ("mail.unsubscribed", {}, Ending.UNSUBSCRIBED),
        ("mail.bounced", {"is_permanent": True}, Ending.BOUNCED),
    ],
)
def test_what_happens_elsewhere_ends_it(floor: Floor, kind: str, data: dict[str, bool], because: Ending) -> None:
    one = floor.enrol(floor.cadence(step(CALL, 1)), floor.lead())
    present = floor.present(one)
    of_mail = kind.startswith("mail.")
    about = subject("mail", present.id) if of_mail else subject("lead", present.lead_id)
    floor.happens(kind, about, lead_id=str(present.lead_id), person_id=str(present.person_id), **data)
    assert floor.present(one).because is because


def test_a_bounce_for_now_ends_nothing(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(step(CALL, 1)), floor.lead())
    present = floor.present(one)
    told = {"person_id": str(present.person_id), "is_permanent": False}
    floor.happens("mail.bounced", subject("mail", present.id), **told)
    assert floor.present(one).phase is EnrolmentPhase.WAITING


def test_a_mail_that_the_policy_refuses_needs_attention_and_goes_once_it_may(floor: Floor) -> None:
    lead_id = floor.lead("ada@prospects.example")
    one = floor.enrol(floor.cadence(floor.email(1)), lead_id)
    with floor.begin() as tx:
        listed = compliance.suppress(tx, "ada@prospects.example", "asked by telephone")
    floor.run(after=DAY)
    troubled = floor.present(one)
    assert (troubled.phase, troubled.problem_code) == (EnrolmentPhase.TROUBLE, "mail-refused-suppressed")
    assert "asked by telephone" in troubled.problem
    assert floor.mails() == []
    with floor.begin() as tx:
        unsuppress(tx, listed.address, listed.version, "a mistake")
    floor.wish(one, EnrolmentWish.TRY_AGAIN)
    floor.run()
    assert [mail.key for mail in floor.mails()] == [f"cadence:{one}:1"]


def test_a_mail_with_missing_variables_needs_attention_and_others_go(floor: Floor) -> None:
    with floor.begin() as tx:
        tx.execute("UPDATE mail_template_variant SET body = '{{ person.city }}'")
    cadence = floor.cadence(floor.email())
    one, other = floor.enrol(cadence, floor.lead()), floor.enrol(cadence, floor.lead(city="London"))
    floor.run()
    assert floor.present(one).problem_code == "missing-variables"
    assert "person.city" in floor.present(one).problem
    assert floor.present(other).phase is EnrolmentPhase.SENDING
    assert [data["problem"] for _, data in floor.events("cadence.needs_attention")] == ["missing-variables"]


def test_a_lead_of_nobody_needs_attention(floor: Floor) -> None:
    lead_id = floor.lead(owner_id=None)
    with floor.begin() as tx:
        tx.execute("UPDATE lead SET owner_id = NULL")
        (enrolled,) = enrol(tx, floor.cadence(floor.email()).id, [lead_id]).enrolled
    floor.run()
    assert floor.present(enrolled.id).problem_code == "nobody"


def test_a_mail_that_failed_is_tried_again_as_the_same_mail(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(), step(CALL, 1)), floor.lead())
    floor.run()
    (mail,) = floor.mails()
    with floor.begin() as tx:
        locked = mails.by_id(tx, mail.id, lock=True)
        assert locked is not None
        mails.settle(tx, locked, MailState.FAILED, reason="550 no such user")
    floor.happens("mail.failed", subject("mail", mail.id), reason="550 no such user", lead_id=None)
    assert floor.present(one).problem == "550 no such user"
    floor.wish(one, EnrolmentWish.TRY_AGAIN)
    assert [(again.id, again.state) for again in floor.mails()] == [(mail.id, MailState.QUEUED)]
    floor.goes_out(mail)
    assert floor.present(one).step == 2


def test_a_withdrawn_mail_can_be_skipped_and_not_tried_again(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(), step(CALL, 1)), floor.lead())
    floor.run()
    with floor.begin(floor.actor) as tx:
        withdraw(tx, floor.mails()[0].id)
    floor.hear()
    assert floor.present(one).problem_code == "mail-withdrawn"
    with pytest.raises(Conflict):
        floor.wish(one, EnrolmentWish.TRY_AGAIN)
    floor.wish(one, EnrolmentWish.SKIP)
    assert floor.history(one) == [(1, "skipped")]
    assert floor.present(one).step == 2


def test_an_opened_mail_leads_along_its_branch_and_the_step_tells_it(floor: Floor) -> None:
    opened = Branch(BranchOn.OPENED, goes_to=3)
    one = floor.enrol(
        floor.cadence(floor.email(), step(CALL, 1, branches=(opened,)), step(StepKind.LINKEDIN)), floor.lead()
    )
    floor.run()
    (mail,) = floor.mails()
    floor.goes_out(mail)
    floor.happens("mail.opened", subject("mail", mail.id), lead_id=None)
    floor.run(after=DAY)
    assert floor.history(one) == [(1, "done"), (2, "branched"), (3, None)]


def test_who_was_enrolled_goes_on_by_the_edition_they_began_with(floor: Floor) -> None:
    cadence = floor.cadence(step(CALL, 1))
    old = floor.enrol(cadence, floor.lead())
    with floor.begin() as tx:
        draft = type(cadence.draft)((step(StepKind.SMS, 1),), cadence.draft.ends_on)
        changed = change_cadence(tx, cadence.id, cadence.version, {"draft": draft})
        publish(tx, cadence.id, changed.version)
    new = floor.enrol(cadence, floor.lead())
    floor.run(after=DAY)
    assert (floor.present(old).edition, floor.present(new).edition) == (1, 2)
    with floor.begin() as tx:
        kinds = dict(
            tx.rows(lambda enrolment_id, kind: (enrolment_id, kind), "SELECT enrolment_id, kind FROM cadence_step")
        )
    assert kinds == {old: "call", new: "sms"}


def test_an_edition_cannot_be_changed_even_by_sql(floor: Floor) -> None:
    floor.cadence(step(CALL))
    with pytest.raises(Exception, match="never changes"), floor.begin() as tx:
        tx.execute("UPDATE cadence_edition SET plan = '{}'")


def test_paused_nothing_comes_due_and_resumed_it_goes_on(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(floor.email(1)), floor.lead())
    floor.wish(one, EnrolmentWish.PAUSE)
    floor.run(after=2 * DAY)
    assert floor.mails() == []
    floor.wish(one, EnrolmentWish.RESUME)
    floor.run()
    assert len(floor.mails()) == 1


def test_only_who_works_a_lead_steers_its_enrolment(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(step(CALL, 1)), floor.lead())
    with pytest.raises(Forbidden), floor.begin(actor_of(floor.desk.reps[1])) as tx:
        wish(tx, one, EnrolmentWish.FINISH)


def test_a_mail_in_the_thread_goes_on_under_the_first_ones_subject(floor: Floor) -> None:
    floor.enrol(floor.cadence(floor.email(), floor.email(1, continues_thread=True)), floor.lead())
    floor.run()
    floor.goes_out(floor.mails()[0])
    floor.run(after=DAY)
    first, second = floor.mails()
    assert (second.subject, second.in_reply_to) == ("Re: Engines", first.message_id)


def test_a_lead_that_was_closed_a_moment_ago_is_not_mailed(floor: Floor) -> None:
    lead_id = floor.lead()
    one = floor.enrol(floor.cadence(floor.email()), lead_id)
    with floor.begin(floor.actor) as tx:
        leads.recycle(tx, lead_id, reason="not_now", until=(MONDAY + 30 * DAY).date())
    run_due(floor.database, floor.organisation)
    assert floor.present(one).because is Ending.CLOSED
    assert floor.mails() == []


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        (StepKind.MANUAL_EMAIL, Kind.EMAIL),
        (StepKind.CALL, Kind.CALL),
        (StepKind.SMS, Kind.SMS),
        (StepKind.LINKEDIN, Kind.SOCIAL),
    ],
)
def test_a_step_by_hand_stands_in_the_queue_and_is_done_on_its_own_channel_alone(
    floor: Floor, kind: StepKind, channel: Kind
) -> None:
    lead_id = floor.lead()
    one = floor.enrol(floor.cadence(step(kind), step(CALL, 3)), lead_id)
    floor.run()
    with floor.begin() as tx:
        assert leads.load_lead(tx, lead_id).next_touch_because == "cadence"
    floor.log(lead_id, Kind.CHAT)
    assert floor.present(one).phase is EnrolmentPhase.TASK
    floor.log(lead_id, channel)
    assert floor.history(one) == [(1, "done")]
    assert floor.mails() == [], "nothing goes by itself"


def test_a_wait_passes_by_itself(floor: Floor) -> None:
    one = floor.enrol(floor.cadence(step(StepKind.WAIT, 2), floor.email()), floor.lead())
    floor.run(after=DAY)
    assert floor.history(one) == []
    floor.run(after=DAY)
    assert floor.history(one) == [(1, "done"), (2, None)]


@pytest.mark.parametrize(
    ("branch", "is_taken"),
    [
        (Branch(BranchOn.DISPOSITION, values=("no_answer",)), True),
        (Branch(BranchOn.DISPOSITION, values=("busy",)), False),
        (Branch(BranchOn.STAGE, values=("working",)), True),
        (Branch(BranchOn.STAGE, values=("mql",)), False),
        (Branch(BranchOn.SCORE, at_least=0), True),
        (Branch(BranchOn.SCORE, is_not=True, at_least=0), False),
        (Branch(BranchOn.REPLIED), True),
        (Branch(BranchOn.REPLIED, is_not=True), False),
    ],
)
def test_branches_look_at_how_it_stands_when_their_step_is_due(
    floor: Floor, branch: Branch, is_taken: bool
) -> None:
    lead_id = floor.lead()
    plan = step(CALL), step(StepKind.SMS, 1, branches=(branch,)), step(StepKind.WAIT)
    one = floor.enrol(floor.cadence(*plan, ends_on=frozenset()), lead_id)
    floor.run()
    floor.log(lead_id, Kind.CALL, Disposition.NO_ANSWER)
    floor.received(one, "reply")
    floor.run(after=DAY)
    assert floor.history(one)[1] == (2, "branched" if is_taken else None)
