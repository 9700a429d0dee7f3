"""Enrolling: one, many, by a campaign; who is refused and why; one cadence at a time."""

import threading
from uuid import UUID

import pytest

from cadences.conftest import Floor, step
from offhook import compliance, leads, people
from offhook.cadences import runs, steering
from offhook.cadences.enrolling import enrol
from offhook.cadences.happenings import EnrolmentWish
from offhook.cadences.model import Cadence, Ending, EnrolmentPhase, StepKind
from offhook.cadences.service import add_cadence, change_cadence, publish
from offhook.cadences.steering import enrol_many, enrol_one, go_on, run_by_id
from offhook.identity import actor_of
from offhook.kernel.errors import Conflict, Forbidden, Invalid
from offhook.leads.lifecycle.model import Disqualify

CALL = StepKind.CALL


def refusals(floor: Floor, cadence: Cadence, *lead_ids: UUID) -> dict[UUID, str]:
    """Whom a run of the rep's refuses, and why."""
    with floor.begin(floor.actor) as tx:
        run = enrol_many(tx, cadence.id, lead_ids)
        return {one.lead_id: one.code for one in runs.refusals(tx, run.id, None, 100)}


def person_of(floor: Floor, lead_id: UUID) -> UUID:
    with floor.begin() as tx:
        return leads.load_lead(tx, lead_id).person_id


def test_each_refusal_names_its_reason(floor: Floor) -> None:
    cadence = floor.cadence(floor.email(), step(CALL, 1))
    fit, in_it, closed, others = (floor.lead() for _ in range(4))
    suppressed, mute, unmailed = floor.lead("no@prospects.example"), floor.lead(), floor.lead()
    floor.enrol(cadence, in_it)
    with floor.begin() as tx:
        compliance.suppress(tx, "no@prospects.example", "asked by telephone")
        leads.advance(tx, leads.load_lead(tx, closed, lock=True), Disqualify("duplicate"))
        tx.execute("UPDATE lead SET owner_id = %(id)s WHERE id = %(lead)s", id=floor.desk.reps[1].id, lead=others)
    with floor.begin() as tx:
        tx.execute("UPDATE person SET do_not_call = true WHERE id = %(id)s", id=person_of(floor, mute))
        tx.execute("UPDATE person SET do_not_email = true WHERE id = %(id)s", id=person_of(floor, unmailed))

    assert refusals(floor, cadence, fit, in_it, closed, others, suppressed, mute, unmailed, cadence.id) == {
        in_it: "in-this-cadence",
        closed: "not-worked",
        others: "anothers",
        suppressed: "suppressed",
        mute: "do-not-call",
        unmailed: "do-not-email",
        cadence.id: "unknown",
    }


def test_who_has_no_address_can_be_in_a_cadence_of_calls_and_in_none_of_mails(floor: Floor) -> None:
    lead_id = floor.lead()
    with floor.begin() as tx:
        tx.execute("DELETE FROM contact_point WHERE person_id = %(id)s", id=person_of(floor, lead_id))
    assert refusals(floor, floor.cadence(floor.email()), lead_id) == {lead_id: "no-address"}
    assert refusals(floor, floor.cadence(step(CALL)), lead_id) == {}


def test_a_person_is_in_one_cadence_at_a_time_unless_one_of_them_runs_beside(floor: Floor) -> None:
    first, second = floor.cadence(step(CALL)), floor.cadence(step(CALL))
    beside = floor.cadence(step(CALL), runs_beside=True)
    lead_id = floor.lead()
    one = floor.enrol(first, lead_id)
    assert refusals(floor, second, lead_id) == {lead_id: "in-another-cadence"}
    assert refusals(floor, beside, lead_id) == {}
    floor.wish(one, EnrolmentWish.FINISH)
    assert refusals(floor, second, lead_id) == {}


def test_two_who_enrol_the_same_person_at_once_enrol_them_once(floor: Floor) -> None:
    cadences, lead_ids = [floor.cadence(step(CALL)) for _ in range(2)], [floor.lead() for _ in range(20)]
    barrier = threading.Barrier(2)

    def enrol_all(cadence: Cadence) -> None:
        barrier.wait(10)
        with floor.begin() as tx:
            enrol(tx, cadence.id, lead_ids)

    threads = [threading.Thread(target=enrol_all, args=(cadence,)) for cadence in cadences]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with floor.begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM cadence_enrolment") == len(lead_ids)


def test_many_are_enrolled_in_the_background_and_go_on_where_a_process_died(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "FEW", 2)
    monkeypatch.setattr(steering, "BATCH", 3)
    cadence, lead_ids = floor.cadence(step(CALL)), [floor.lead() for _ in range(8)]
    floor.enrol(cadence, lead_ids[0])
    with floor.begin(floor.actor) as tx:
        run = enrol_many(tx, cadence.id, lead_ids)
    assert (run.status.value, run.enrolled) == ("running", 0)
    work, batches = steering.enrol, iter(range(9))

    def breaks(*args: object, **told: object) -> object:
        if next(batches) == 1:
            raise KeyboardInterrupt
        return work(*args, **told)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(steering, "enrol", breaks)
    with pytest.raises(KeyboardInterrupt):
        go_on(floor.database, floor.organisation)
    with floor.begin() as tx:
        half = run_by_id(tx, run.id)
    assert (half.enrolled + half.refused, half.status.value) == (3, "running")
    go_on(floor.database, floor.organisation)
    with floor.begin() as tx:
        whole = run_by_id(tx, run.id)
    assert (whole.enrolled, whole.refused, whole.status.value) == (7, 1, "done")


def test_a_run_whose_cadence_is_archived_meanwhile_tells_why_it_ended(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "FEW", 0)
    cadence = floor.cadence(step(CALL))
    with floor.begin(floor.actor) as tx:
        run = enrol_many(tx, cadence.id, [floor.lead()])
    with floor.begin() as tx:
        change_cadence(tx, cadence.id, cadence.version, {"is_archived": True})
    go_on(floor.database, floor.organisation)
    with floor.begin() as tx:
        ended = run_by_id(tx, run.id)
    assert ended.status.value == "failed"
    assert "archived" in (ended.error or "")


def test_whoever_becomes_an_mql_of_a_campaign_is_enrolled_by_itself_and_never_twice(floor: Floor) -> None:
    cadence = floor.cadence(step(CALL))
    with floor.begin() as tx:
        change_cadence(tx, cadence.id, cadence.version, {"campaign_ids": [floor.desk.campaign.id]})
    lead_id = floor.lead()
    floor.hear()
    with floor.begin() as tx:
        (one,) = steering.enrolments_of_lead(tx, lead_id)
    assert (one.cadence_id, one.user_id) == (cadence.id, None)
    floor.wish(one.id, EnrolmentWish.FINISH)
    floor.happens("lead.became_mql", f"lead:{lead_id}", campaign_id=str(floor.desk.campaign.id))
    with floor.begin() as tx:
        assert len(steering.enrolments_of_lead(tx, lead_id)) == 1
        (run,) = runs.of_cadence(tx, cadence.id, None, 10)
        (refused,) = runs.refusals(tx, run.id, None, 10)
    assert refused.code == "was-in-this-cadence"


def test_a_campaign_feeds_one_cadence(floor: Floor) -> None:
    one, other = floor.cadence(step(CALL)), floor.cadence(step(CALL))
    with floor.begin() as tx:
        change_cadence(tx, one.id, one.version, {"campaign_ids": [floor.desk.campaign.id]})
    with pytest.raises(Conflict, match="feeds another"), floor.begin() as tx:
        change_cadence(tx, other.id, other.version, {"campaign_ids": [floor.desk.campaign.id]})


def test_nobody_is_enrolled_in_what_was_never_published_nor_by_who_works_no_leads(floor: Floor) -> None:
    lead_id = floor.lead()
    with floor.begin() as tx:
        draft = add_cadence(tx, name="A draft")
    with pytest.raises(Conflict, match="not published"), floor.begin(floor.actor) as tx:
        enrol_one(tx, draft.id, lead_id)
    with pytest.raises(Forbidden), floor.begin(actor_of(floor.desk.aes[0])) as tx:
        enrol_one(tx, draft.id, lead_id)
    with pytest.raises(Invalid), floor.begin(floor.actor) as tx:
        enrol_many(tx, floor.cadence(step(CALL)).id, [])


def test_a_draft_that_cannot_work_is_not_published_and_every_fault_is_named(floor: Floor) -> None:
    with floor.begin() as tx:
        tx.execute("UPDATE mail_template SET is_shared = false")
    with floor.begin() as tx:
        plan = floor.cadence(step(CALL)).draft
        new = add_cadence(tx, name="Half", draft=type(plan)((floor.email(), step(StepKind.EMAIL)), plan.ends_on))
        with pytest.raises(Invalid) as refused:
            publish(tx, new.id, new.version)
    assert [fault.field for fault in refused.value.fields] == ["steps.2.template_id"]


def test_of_two_persons_who_are_one_the_enrolment_begun_first_goes_on(floor: Floor) -> None:
    cadence = floor.cadence(step(CALL, 1))
    kept, other = floor.lead(), floor.lead()
    first, second = floor.enrol(cadence, kept), floor.enrol(cadence, other)
    with floor.begin() as tx:
        people.merge_persons(tx, person_of(floor, kept), person_of(floor, other))
    floor.hear()
    assert floor.present(first).phase is EnrolmentPhase.WAITING
    assert floor.present(second).because is Ending.MERGED
    assert floor.present(second).person_id == floor.present(first).person_id
