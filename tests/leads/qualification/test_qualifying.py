"""Agreeing on criteria and answering them, on the real database."""

from datetime import timedelta

import pytest

from conftest import Begin
from identity.factories import a_user
from leads.work_factories import QUALIFYING, a_lead, a_rep, agreed_criteria, as_user, stored_kinds
from offhook import activities
from offhook.activities import Direction, Kind, NewActivity
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from offhook.leads.model import Stage, Verdict
from offhook.leads.qualification import service
from offhook.leads.qualification.documents import CriteriaDocument, ready_made_by_name
from offhook.leads.qualification.model import CriteriaStatus, Question, QuestionKind
from offhook.leads.store import load_lead

OWN = CriteriaDocument("Ours", (Question("fit", "Does it fit?", QuestionKind.YES_NO, disqualifying=("no",)),))


def test_publishing_retires_what_was_in_force(begin: Begin) -> None:
    with begin() as tx:
        first = agreed_criteria(tx, "BANT")
        second = agreed_criteria(tx, "CHAMP")
        assert service.criteria_in_force(tx) == second
        assert service.criteria(tx, first.id).status is CriteriaStatus.RETIRED
    with begin() as tx:
        assert stored_kinds(tx, f"criteria:{second.id}") == ["criteria.drafted", "criteria.published"]


def test_what_was_published_never_changes(begin: Begin) -> None:
    with begin() as tx:
        published = agreed_criteria(tx)
        with pytest.raises(Conflict, match="never changes"):
            service.change_draft(tx, published.id, published.version, OWN)
        with pytest.raises(Conflict):
            service.publish(tx, published.id, agreed_with="Sales")
        with pytest.raises(Conflict):
            service.discard_draft(tx, published.id, published.version)


def test_drafts_under_one_name_are_editions_one_at_a_time(begin: Begin) -> None:
    with begin() as tx:
        first = service.draft(tx, OWN)
        with pytest.raises(Conflict, match="still a draft"):
            service.draft(tx, OWN)
        service.publish(tx, first.id, agreed_with="Sales")
        assert service.draft(tx, CriteriaDocument("OURS", OWN.questions)).edition == 2
        assert service.criteria_by_name(tx, "ours").edition == 2
        assert service.criteria_by_name(tx, "ours", 1).id == first.id
        with pytest.raises(NotFound, match="no edition 3"):
            service.criteria_by_name(tx, "ours", 3)


def test_a_draft_is_changed_by_version_and_can_be_thrown_away(begin: Begin) -> None:
    with begin() as tx:
        draft = service.draft(tx, OWN)
        changed = service.change_draft(tx, draft.id, draft.version, ready_made_by_name("BANT"))
        assert (changed.name, len(changed.agreement.questions)) == ("Ours", 4)
        assert service.criteria(tx, draft.id) == changed
        with pytest.raises(StaleVersion):
            service.change_draft(tx, draft.id, draft.version, OWN)
        with pytest.raises(StaleVersion):
            service.discard_draft(tx, draft.id, draft.version)
        service.discard_draft(tx, draft.id, changed.version)
        with pytest.raises(NotFound):
            service.criteria(tx, draft.id)


def test_criteria_need_somebody_in_sales_who_agreed(begin: Begin) -> None:
    with begin() as tx:
        draft = service.draft(tx, OWN)
        with pytest.raises(Invalid, match="agreement with sales"):
            service.publish(tx, draft.id)


def test_only_who_may_writes_criteria(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
    with begin(as_user(rep)) as tx, pytest.raises(Forbidden, match="criteria:write"):
        service.draft(tx, OWN)


def test_answers_come_to_a_verdict_that_the_lead_keeps(begin: Begin) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        criteria = agreed_criteria(tx)
        lead = a_lead(tx, rep)
    with begin(as_user(rep)) as tx:
        assert service.qualification_of(tx, lead.id).judgement.verdict is Verdict.OPEN
        for question, value in list(QUALIFYING.items())[:-1]:
            assert service.answer(tx, lead.id, question, value) is Verdict.OPEN
        assert service.answer(tx, lead.id, "timeline", "within 3 months") is Verdict.IN
    with begin() as tx:
        kept = load_lead(tx, lead.id)
        assert (kept.verdict, kept.criteria_id) == (Verdict.IN, criteria.id)
        assert stored_kinds(tx, f"lead:{lead.id}") == ["lead.answered"] * 4


def test_a_lead_keeps_the_edition_it_was_judged_by(begin: Begin) -> None:
    with begin() as tx:
        bant = agreed_criteria(tx, "BANT")
        judged, fresh = a_lead(tx), a_lead(tx)
        service.answer(tx, judged.id, "budget", "approved")
        champ = agreed_criteria(tx, "CHAMP")
        assert service.qualification_of(tx, judged.id).criteria.id == bant.id
        assert service.qualification_of(tx, fresh.id).criteria.id == champ.id


def test_an_answer_can_be_taken_back_by_a_later_one(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        agreed_criteria(tx)
        lead = a_lead(tx)
        assert service.answer(tx, lead.id, "budget", "none") is Verdict.OUT
    clock.advance(timedelta(minutes=1))
    with begin() as tx:
        assert service.answer(tx, lead.id, "budget", "approved", note="asked again") is Verdict.OPEN
        assert [one.value for one in service.answers_of(tx, lead.id)] == ["none", "approved"]
        unknown = service.answer_all(tx, lead.id, {"need": None})
        assert unknown.answers[-1].value is None


def test_evidence_is_an_activity_with_the_same_person(begin: Begin) -> None:
    with begin() as tx:
        agreed_criteria(tx)
        lead, other = a_lead(tx), a_lead(tx)
        call = activities.log(
            tx, NewActivity(Kind.CALL, Direction.OUTBOUND, lead.person_id, None, lead_id=lead.id, seconds=60)
        )
        service.answer(tx, lead.id, "budget", "planned", call.id)
        assert service.answers_of(tx, lead.id)[-1].activity_id == call.id
        with pytest.raises(Invalid, match="somebody else"):
            service.answer(tx, other.id, "budget", "planned", call.id)


def test_wrong_answers_and_wrong_moments_are_refused_with_what_would_do(begin: Begin) -> None:
    with begin() as tx:
        lead, closed = a_lead(tx), a_lead(tx, stage=Stage.DISQUALIFIED)
        with pytest.raises(Conflict, match="No criteria are agreed"):
            service.answer(tx, lead.id, "budget", "planned")
        agreed_criteria(tx)
        with pytest.raises(Invalid, match="approved, planned"):
            service.answer(tx, lead.id, "budget", "lots")
        with pytest.raises(Invalid, match="there are: budget"):
            service.answer(tx, lead.id, "shoe_size", "44")
        with pytest.raises(Conflict, match="disqualified"):
            service.answer(tx, closed.id, "budget", "planned")
        with pytest.raises(Invalid, match="at least one"):
            service.answer_all(tx, lead.id, {})
        with pytest.raises(Invalid, match="future"):
            service.answer(tx, lead.id, "budget", "planned", at=tx.now + timedelta(hours=1))
        with pytest.raises(Invalid, match="note"):
            service.answer(tx, lead.id, "budget", "planned", note="\0")


def test_a_rep_answers_only_on_leads_that_are_theirs_or_in_their_pool(begin: Begin) -> None:
    with begin() as tx:
        agreed_criteria(tx)
        rep, colleague, ae = a_rep(tx), a_rep(tx), a_user(tx, Role.AE)
        theirs = a_lead(tx, colleague)
        pooled = a_lead(tx, team_id=rep.team_id)
        received = a_lead(tx, colleague, stage=Stage.SAL, ae_id=ae.id)
    with begin(as_user(rep)) as tx:
        service.answer(tx, pooled.id, "budget", "planned")
        with pytest.raises(Forbidden, match="another rep"):
            service.answer(tx, theirs.id, "budget", "planned")
    with begin(as_user(ae)) as tx:
        service.answer(tx, received.id, "budget", "planned")
        with pytest.raises(Forbidden):
            service.answer(tx, theirs.id, "budget", "planned")
