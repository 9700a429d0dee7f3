"""Routes of qualification: criteria, and the answers of leads."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.leads.qualification import service
from offhook.leads.qualification.documents import CriteriaDocument, ready_made
from offhook.leads.qualification.model import (
    Agreement,
    Answer,
    Criteria,
    CriteriaStatus,
    Effect,
    Judgement,
    Question,
    QuestionKind,
    Verdict,
)
from offhook.leads.qualification.rules import LONGEST_ANSWER, MOST_QUESTIONS

router = APIRouter(tags=["qualification"])

ReadyMade = Annotated[str, Field(pattern="^(BANT|CHAMP|MEDDICC)$", examples=["BANT"])]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class QuestionIn(Sent):
    """A question with its rules."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$", examples=["budget"])]
    text: Annotated[str, Field(min_length=1, max_length=1_000, examples=["Is there a budget for this?"])]
    kind: QuestionKind = Field(examples=["yes_no"], description="What kind of answer it takes")
    choices: Annotated[tuple[Words, ...], Field(max_length=100, description="The answers of a `choice`")] = ()
    is_required: bool = Field(default=True, description="Must be answered before a lead can be in")
    disqualifying: Annotated[
        tuple[Words, ...], Field(max_length=100, description="Answers that qualify out: choices, or `yes`/`no`")
    ] = ()
    at_least: float | None = Field(default=None, description="A number below qualifies out")
    at_most: float | None = Field(default=None, description="A number above qualifies out")
    within_days: int | None = Field(
        default=None, ge=0, le=36_500, description="A date more than this many days after the answer qualifies out"
    )
    points: dict[str, int] = Field(
        default_factory=dict[str, int],
        description="Points by answer; under `answered` for numbers, dates and texts",
    )
    hint: Annotated[str, Field(max_length=1_000, description="How to ask")] = ""

    def understood(self) -> Question:
        """As the core has it."""
        return Question(**dict(self))


class AgreementIn(Sent):
    """What is agreed."""

    questions: Annotated[
        list[QuestionIn], Field(min_length=1, max_length=MOST_QUESTIONS, description="In the order to ask them")
    ]
    minimum_points: Annotated[int, Field(ge=0, description="Points a lead needs to be in")] = 0
    framework: Words = "own"
    agreed_with: Annotated[str, Field(max_length=200, description="Who in sales agreed")] = ""

    def document(self, name: str) -> CriteriaDocument:
        """As somebody wrote it down."""
        asked = tuple(question.understood() for question in self.questions)
        return CriteriaDocument(name, asked, self.minimum_points, self.framework, agreed_with=self.agreed_with)


class NewCriteria(AgreementIn):
    """Criteria to draft."""

    name: Annotated[str, Field(min_length=1, max_length=100)]


class FromReadyMade(Sent):
    """Which ready-made criteria to draft."""

    framework: ReadyMade
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="Under which name; that of the framework if left out"
    )


class Publication(Sent):
    """With whom it was agreed."""

    agreed_with: Annotated[
        str, Field(max_length=200, description="Who in the sales organisation agreed; may stand in the draft")
    ] = ""
    version: int | None = Field(
        default=None, description="Refused with 412 if the draft was changed since this one"
    )


class QuestionOut(BaseModel):
    """A question with its rules."""

    key: str
    text: str
    kind: QuestionKind
    choices: list[str]
    is_required: bool
    disqualifying: list[str]
    at_least: float | None
    at_most: float | None
    within_days: int | None
    points: dict[str, int]
    hint: str

    @classmethod
    def of(cls, question: Question) -> "QuestionOut":
        """The answer's shape."""
        return cls.model_validate(question, from_attributes=True)


class CriteriaOut(BaseModel):
    """One edition of named criteria."""

    id: UUID
    name: str
    edition: int = Field(
        description="1, 2, … of those agreed under this name; a lead keeps the one it was judged by"
    )
    framework: str
    status: CriteriaStatus = Field(description="One is `published` at a time; what was, is `retired`")
    agreed_with: str
    questions: list[QuestionOut]
    minimum_points: int
    created_at: datetime
    published_at: datetime | None
    version: int = Field(description="Of the draft")

    @classmethod
    def of(cls, one: Criteria) -> "CriteriaOut":
        """The answer's shape."""
        plain = {name: getattr(one, name) for name in one.__slots__ if name != "agreement"}
        return cls(
            **plain,
            questions=_questions(one.agreement),
            minimum_points=one.agreement.minimum_points,
        )


def _questions(agreement: Agreement) -> list[QuestionOut]:
    return [QuestionOut.of(question) for question in agreement.questions]


class ReadyMadeOut(BaseModel):
    """Ready-made criteria."""

    framework: str
    questions: list[QuestionOut]
    minimum_points: int
    sources: list[str] = Field(description="Where it comes from")


class AnswerOut(BaseModel):
    """One answer."""

    id: UUID
    lead_id: UUID
    criteria_id: UUID
    question: str
    value: bool | int | float | str | None = Field(description="null: asked, and not known")
    activity_id: UUID | None = Field(description="The evidence: the activity that says so")
    note: str
    at: datetime
    user_id: UUID | None

    @classmethod
    def of(cls, one: Answer) -> "AnswerOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class FindingOut(BaseModel):
    """One question's part in the verdict."""

    question: str
    effect: Effect
    points: int
    text: str


class JudgementOut(BaseModel):
    """What answers come to."""

    verdict: Verdict
    points: int
    minimum_points: int
    explanation: str = Field(description="The verdict in a sentence")
    next_question: QuestionOut | None = Field(description="What to ask next; never null while the verdict is open")
    findings: list[FindingOut]

    @classmethod
    def of_answers(cls, judged: Judgement) -> "JudgementOut":
        """The answer's shape."""
        return cls(**_judged(judged))


class Judged(TypedDict):
    """The fields of a judgement."""

    verdict: Verdict
    points: int
    minimum_points: int
    explanation: str
    next_question: QuestionOut | None
    findings: list[FindingOut]


def _judged(judged: Judgement) -> Judged:
    return {
        "verdict": judged.verdict,
        "points": judged.points,
        "minimum_points": judged.minimum_points,
        "explanation": judged.explanation,
        "next_question": QuestionOut.of(judged.next_question) if judged.next_question else None,
        "findings": [FindingOut.model_validate(found, from_attributes=True) for found in judged.findings],
    }


class QualificationOut(JudgementOut):
    """How far a lead's qualification has come."""

    lead_id: UUID
    criteria_id: UUID
    criteria_name: str
    edition: int
    answers: list[AnswerOut] = Field(description="All ever given; the last to each question counts")

    @classmethod
    def of(cls, one: service.Qualification) -> "QualificationOut":
        """The answer's shape."""
        return cls(
            lead_id=one.lead_id,
            criteria_id=one.criteria.id,
            criteria_name=one.criteria.name,
            edition=one.criteria.edition,
            **_judged(one.judgement),
            answers=[AnswerOut.of(answer) for answer in one.answers],
        )


Said = Annotated[str, Field(max_length=LONGEST_ANSWER)]


class Rehearsal(AgreementIn):
    """Criteria to try out, with answers that somebody might give."""

    answers: Annotated[
        dict[str, bool | int | float | Said | None],
        Field(
            default_factory=dict[str, bool | int | float | str | None],
            max_length=MOST_QUESTIONS,
            description="Value by question key; null: asked, and not known",
        ),
    ]


class NewAnswers(Sent):
    """Answers that were given together."""

    answers: Annotated[
        dict[str, bool | int | float | Said | None],
        Field(
            min_length=1,
            max_length=MOST_QUESTIONS,
            description="Value by question key; null: asked, and not known",
            examples=[{"budget": "planned"}],
        ),
    ]
    activity_id: UUID | None = Field(default=None, description="The evidence: the activity that says so")
    note: Annotated[str, Field(max_length=service.LONGEST_NOTE)] = ""
    at: AwareDatetime | None = Field(default=None, description="When it was said; now if left out")


@router.get("/criteria", response_model=Page[CriteriaOut])
def list_criteria(
    status: Annotated[CriteriaStatus | None, Query(description="Only those that are this")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the criteria with all their editions, the newest first."""

    def work(tx: Transaction) -> Page[CriteriaOut]:
        rows = service.criteria_page(tx, status=status, before=id_in(cursor), limit=limit + 1)
        return page_of([CriteriaOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/criteria", status_code=201, response_model=CriteriaOut)
def draft_criteria(body: NewCriteria, call: Call = CALL) -> Response:
    """Draft criteria; under a name that exists this is its next edition."""
    return call.once(lambda tx: CriteriaOut.of(service.draft(tx, body.document(body.name))), status=201)


@router.get("/criteria/ready-made/{framework}", response_model=ReadyMadeOut)
def show_ready_made(framework: ReadyMade, call: Call = CALL) -> Response:
    """Show BANT, CHAMP or MEDDICC as we have them ready."""

    def work(tx: Transaction) -> ReadyMadeOut:
        tx.require("leads:read")
        ready = ready_made()[framework]
        return ReadyMadeOut(
            framework=ready.framework,
            questions=_questions(ready.agreement),
            minimum_points=ready.minimum_points,
            sources=list(ready.sources),
        )

    return call.read(work)


@router.post("/criteria/from-ready-made", status_code=201, response_model=CriteriaOut)
def draft_ready_made(body: FromReadyMade, call: Call = CALL) -> Response:
    """Draft BANT, CHAMP or MEDDICC, to be changed or published as they are."""
    return call.once(
        lambda tx: CriteriaOut.of(service.draft_ready_made(tx, body.framework, name=body.name)), status=201
    )


@router.post("/criteria/rehearse", response_model=JudgementOut)
def rehearse(body: Rehearsal, call: Call = CALL) -> Response:
    """Tell what answers would come to by these criteria, and what to ask next; keeps nothing."""
    return call.once(
        lambda tx: JudgementOut.of_answers(service.rehearse(tx, body.document("rehearsed"), body.answers))
    )


@router.get("/criteria/{criteria_id}", response_model=CriteriaOut)
def show_criteria(criteria_id: UUID, call: Call = CALL) -> Response:
    """Show one edition."""
    return call.read(lambda tx: CriteriaOut.of(service.criteria(tx, criteria_id)))


@router.put("/criteria/{criteria_id}", response_model=CriteriaOut)
def change_draft(criteria_id: UUID, body: AgreementIn, call: Call = CALL) -> Response:
    """Replace the questions and rules of a draft; what was published never changes."""
    return call.edit(
        lambda tx, version: CriteriaOut.of(
            service.change_draft(tx, criteria_id, version, body.document("unchanged"))
        )
    )


@router.delete("/criteria/{criteria_id}", response_model=CriteriaOut)
def discard_draft(criteria_id: UUID, call: Call = CALL) -> Response:
    """Throw a draft away; answers what it was."""
    return call.edit(lambda tx, version: CriteriaOut.of(service.discard_draft(tx, criteria_id, version)))


@router.post("/criteria/{criteria_id}/publish", response_model=CriteriaOut)
def publish(criteria_id: UUID, body: Publication, call: Call = CALL) -> Response:
    """Put a draft in force and retire what was; leads keep the edition they were judged by."""
    return call.once(
        lambda tx: CriteriaOut.of(
            service.publish(tx, criteria_id, agreed_with=body.agreed_with, version=body.version)
        ),
    )


@router.get("/leads/{lead_id}/qualification", response_model=QualificationOut)
def show_qualification(lead_id: UUID, call: Call = CALL) -> Response:
    """Show how far a lead's qualification has come, and which question to ask next."""
    return call.read(lambda tx: QualificationOut.of(service.qualification_of(tx, lead_id)))


@router.post("/leads/{lead_id}/answers", response_model=QualificationOut)
def answer(lead_id: UUID, body: NewAnswers, call: Call = CALL) -> Response:
    """Answer questions of the agreed criteria, and learn what the answers come to now."""
    return call.once(
        lambda tx: QualificationOut.of(
            service.answer_all(tx, lead_id, body.answers, activity_id=body.activity_id, note=body.note, at=body.at)
        )
    )
