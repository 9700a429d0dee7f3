"""The use cases of qualification: agree on criteria, answer them on a lead, see what they come to.

Criteria are drafted, changed while they are drafts, and published with the name of who in sales agreed; publishing
retires what was in force. A lead takes the edition in force at its first answer and keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from offhook import activities
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.leads.lifecycle.model import Judge
from offhook.leads.lifecycle.service import advance, check_moment
from offhook.leads.model import Lead
from offhook.leads.qualification import store
from offhook.leads.qualification.documents import CriteriaDocument, checked, ready_made_by_name, write_agreement
from offhook.leads.qualification.model import Answer, Criteria, CriteriaStatus, Judgement, Verdict
from offhook.leads.qualification.rules import judge, read_answers
from offhook.leads.store import load_lead
from offhook.leads.working import load_to_work

LONGEST_NOTE = 5_000
NO_LEAD = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Qualification:
    """How far the qualification of a lead has come: by which criteria, what was answered, what it comes to."""

    lead_id: UUID
    criteria: Criteria
    answers: tuple[Answer, ...]
    judgement: Judgement


# Criteria


def criteria(tx: Transaction, criteria_id: UUID) -> Criteria:
    """One edition. Raises `NotFound`."""
    tx.require("leads:read")
    return _criteria(tx, criteria_id)


def criteria_page(
    tx: Transaction, *, status: CriteriaStatus | None = None, before: UUID | None = None, limit: int
) -> list[Criteria]:
    """Up to `limit` editions, the newest first."""
    tx.require("leads:read")
    return store.page(tx, status=status, before=before, limit=limit)


def criteria_in_force(tx: Transaction) -> Criteria | None:
    """The published edition, None before the first was published."""
    return store.in_force(tx)


def criteria_by_name(tx: Transaction, name: str, edition: int | None = None) -> Criteria:
    """An edition by name, in any case of letters; the newest unless its number is given. Raises `NotFound`."""
    tx.require("leads:read")
    found = store.editions(tx, name.strip())
    if not found:
        raise NotFound(f"There are no criteria named '{name}'. `offhook criteria list` shows which there are.")
    for one in found:
        if edition in (None, one.edition):
            return one
    raise NotFound(f"The criteria '{found[0].name}' have no edition {edition}; the newest is {found[0].edition}.")


def draft(tx: Transaction, document: CriteriaDocument) -> Criteria:
    """Draft criteria; under a name that exists this is its next edition.

    Raises `Invalid` with every fault, `Conflict` while there is a draft of that name.
    """
    tx.require("criteria:write")
    document = checked(document)
    store.lock_criteria(tx)
    earlier = store.editions(tx, document.name.strip())
    if earlier and earlier[0].status is CriteriaStatus.DRAFT:
        raise Conflict(
            f"Edition {earlier[0].edition} of '{earlier[0].name}' is still a draft. Change or publish that one.",
            code="draft-exists",
        )
    new = Criteria(
        id=new_id(),
        name=earlier[0].name if earlier else document.name.strip(),
        edition=earlier[0].edition + 1 if earlier else 1,
        framework=document.framework,
        agreement=document.agreement,
        status=CriteriaStatus.DRAFT,
        agreed_with=document.agreed_with.strip(),
        version=1,
        created_at=tx.now,
        published_at=None,
    )
    store.insert(tx, new)
    tx.append(Event("criteria.drafted", subject("criteria", new.id), _told(new)))
    return new


def draft_ready_made(tx: Transaction, framework: str, *, name: str | None = None) -> Criteria:
    """Draft BANT, CHAMP or MEDDICC, to be used as they are or changed. Raises `NotFound` for other names."""
    ready = ready_made_by_name(framework)
    return draft(tx, replace(ready, name=name or ready.name))


def change_draft(tx: Transaction, criteria_id: UUID, version: int, document: CriteriaDocument) -> Criteria:
    """Replace the questions and rules of a draft; its name stays.

    Raises `Conflict` for what was published, `StaleVersion`, and `Invalid` with every fault.
    """
    tx.require("criteria:write")
    before = _criteria(tx, criteria_id)
    if before.status is not CriteriaStatus.DRAFT:
        raise Conflict(
            f"Edition {before.edition} of '{before.name}' is {before.status} and never changes. Draft a new one.",
            code="criteria-published",
        )
    document = checked(replace(document, name=before.name))
    after = replace(
        before,
        framework=document.framework,
        agreement=document.agreement,
        agreed_with=document.agreed_with.strip() or before.agreed_with,
    )
    saved = _save(tx, after, version)
    tx.append(Event("criteria.changed", subject("criteria", saved.id), _told(saved)))
    return saved


def discard_draft(tx: Transaction, criteria_id: UUID, version: int) -> Criteria:
    """Throw a draft away. Raises `Conflict` for what was published, `StaleVersion`."""
    tx.require("criteria:write")
    before = _criteria(tx, criteria_id)
    if before.status is not CriteriaStatus.DRAFT:
        raise Conflict(f"Edition {before.edition} of '{before.name}' was published: leads were judged by it.")
    if not store.delete(tx, criteria_id, version):
        raise _stale(before)
    tx.append(Event("criteria.discarded", subject("criteria", criteria_id), _told(before)))
    return before


def publish(tx: Transaction, criteria_id: UUID, *, agreed_with: str = "", version: int | None = None) -> Criteria:
    """Put a draft in force; what was in force is retired, and leads that were judged by it keep it.

    `agreed_with` names who in sales agreed; without it the draft's. Raises `Invalid` when neither does,
    `Conflict` for what is no draft, `StaleVersion` when it was changed since `version`.
    """
    tx.require("criteria:write")
    store.lock_criteria(tx)
    before = _criteria(tx, criteria_id)
    if before.status is not CriteriaStatus.DRAFT:
        raise Conflict(f"Edition {before.edition} of '{before.name}' is {before.status} already.")
    agreed = agreed_with.strip() or before.agreed_with
    if not agreed:
        raise Invalid(
            "Criteria are an agreement with sales: say who agreed.",
            fields=[FieldError("agreed_with", "name who in the sales organisation agreed")],
        )
    retired = store.in_force(tx)
    if retired is not None:
        store.save(tx, replace(retired, status=CriteriaStatus.RETIRED))
    after = replace(before, status=CriteriaStatus.PUBLISHED, agreed_with=agreed, published_at=tx.now)
    saved = _save(tx, after, before.version if version is None else version)
    told = _told(saved) | {"retired_id": str(retired.id) if retired else None}
    tx.append(Event("criteria.published", subject("criteria", saved.id), told))
    return saved


def rehearse(tx: Transaction, document: CriteriaDocument, given: Mapping[str, object]) -> Judgement:
    """What these answers would come to by criteria that need not be kept anywhere. Nothing is changed.

    Raises `Invalid` with every fault of the criteria, for unknown questions and for unreadable answers.
    """
    tx.require("leads:read")
    agreement = checked(document).agreement
    answers = [
        Answer(new_id(), NO_LEAD, NO_LEAD, question, value, None, "", tx.now, None)
        for question, value in read_answers(agreement, given).items()
    ]
    return judge(agreement, answers)


def _criteria(tx: Transaction, criteria_id: UUID) -> Criteria:
    found = store.by_id(tx, criteria_id)
    if found is None:
        raise NotFound(f"There are no criteria {criteria_id} here.")
    return found


def _save(tx: Transaction, after: Criteria, version: int) -> Criteria:
    if not store.save(tx, replace(after, version=version)):
        raise _stale(after)
    return replace(after, version=version + 1)


def _stale(one: Criteria) -> StaleVersion:
    return StaleVersion(f"The draft of '{one.name}' was changed since you read it. Read it again and repeat.")


def _told(one: Criteria) -> dict[str, Json]:
    agreement: Json = write_agreement(one.agreement)  # pyright: ignore[reportAssignmentType] # it is JSON
    return {
        "name": one.name,
        "edition": one.edition,
        "framework": one.framework,
        "agreed_with": one.agreed_with,
        "agreement": agreement,
    }


# Answers


def qualification_of(tx: Transaction, lead_id: UUID) -> Qualification:
    """How far a lead's qualification has come. Raises `NotFound`, `Conflict` before criteria were published."""
    tx.require("leads:read")
    return _qualification(tx, load_lead(tx, lead_id))


def qualification_if_any(tx: Transaction, lead: Lead) -> Qualification | None:
    """As `qualification_of`, for a lead at hand; None when there are no criteria to judge it by."""
    return _qualification(tx, lead) if lead.criteria_id or store.in_force(tx) else None


def answer(
    tx: Transaction,
    lead_id: UUID,
    question: str,
    value: object,
    activity_id: UUID | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Verdict:
    """Answer one question, and return what the answers come to now; as `answer_all`."""
    given = {question: value}
    return answer_all(tx, lead_id, given, activity_id=activity_id, note=note, at=at).judgement.verdict


def answer_all(
    tx: Transaction,
    lead_id: UUID,
    given: Mapping[str, object],
    *,
    activity_id: UUID | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Qualification:
    """Answer questions of the lead's criteria, together; a value of None means: asked, and not known (yet).

    `activity_id` is the evidence: an activity with the same person. `at` is when it was said.
    Raises `Invalid` for unknown questions and unreadable answers, `Conflict` when the lead's stage takes no
    answers or no criteria were published, `NotFound`.
    """
    lead = load_to_work(tx, lead_id, or_decide=True)
    if not given:
        raise Invalid("Answer at least one question.", fields=[FieldError("answers", "is empty")])
    before = _qualification(tx, lead)
    _check_evidence(tx, lead, activity_id)
    said_at = check_moment(tx, at)
    new = [
        Answer(
            id=new_id(),
            lead_id=lead.id,
            criteria_id=before.criteria.id,
            question=question,
            value=value,
            activity_id=activity_id,
            note=_checked_note(note),
            at=said_at,
            user_id=tx.actor.id,
        )
        for question, value in read_answers(before.criteria.agreement, given).items()
    ]
    after = replace(before, answers=(*before.answers, *new))
    after = replace(after, judgement=judge(after.criteria.agreement, after.answers))
    store.insert_answers(tx, new)
    advance(tx, lead, Judge(after.judgement.verdict, after.criteria.id), said_at)
    tx.append(*(_answered(one, lead, after.judgement.verdict) for one in new))
    return after


def _qualification(tx: Transaction, lead: Lead) -> Qualification:
    chosen = _criteria(tx, lead.criteria_id) if lead.criteria_id else store.in_force(tx)
    if chosen is None:
        raise Conflict(
            "No criteria are agreed yet. Draft some (`offhook criteria new --from BANT`) and publish them.",
            code="no-criteria",
        )
    answers = tuple(one for one in store.answers_of(tx, lead.id) if one.criteria_id == chosen.id)
    return Qualification(lead.id, chosen, answers, judge(chosen.agreement, answers))


def _check_evidence(tx: Transaction, lead: Lead, activity_id: UUID | None) -> None:
    if activity_id is None:
        return
    entry = activities.activity(tx, activity_id)
    if entry.lead_id != lead.id and entry.person_id != lead.person_id:
        raise Invalid(
            "This activity was with somebody else: it says nothing about this lead.",
            fields=[FieldError("activity_id", "was with another person", str(activity_id))],
        )


def _checked_note(note: str) -> str:
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise Invalid(
            f"A note has at most {LONGEST_NOTE:,} characters and no null character.",
            fields=[FieldError("note", f"at most {LONGEST_NOTE:,} characters", note[:50])],
        )
    return note.strip()


def _answered(one: Answer, lead: Lead, verdict: Verdict) -> Event:
    told: dict[str, Json] = {
        "criteria_id": str(one.criteria_id),
        "question": one.question,
        "value": one.value,
        "activity_id": str(one.activity_id) if one.activity_id else None,
        "verdict": verdict.value,
        "rep_id": str(lead.owner_id) if lead.owner_id else None,
    }
    return Event("lead.answered", subject("lead", one.lead_id), told, at=one.at)


def answers_of(tx: Transaction, lead_id: UUID) -> Sequence[Answer]:
    """Every answer ever given on a lead, in the order in which they were given."""
    tx.require("leads:read")
    return store.answers_of(tx, lead_id)
