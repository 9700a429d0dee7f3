"""The shape in which routes answer a briefing: what an AE reads on one page, whether kept or made for a look."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class WhoOut(BaseModel):
    """The person, as the AE will meet them."""

    name: str
    title: str | None
    company: str | None
    place: str | None
    emails: list[str] = Field(description="The main one first")
    phones: list[str] = Field(description="E.164, the main one first; `;ext=` precedes an extension")
    time_zone: str
    domain: str | None = Field(description="Of the company")
    industry: str | None
    employees: int | None
    do_not_call: bool = Field(default=False, description="They wish no calls")
    do_not_email: bool = Field(default=False, description="They wish no e-mail")


class EvidenceOut(BaseModel):
    """The activity that an answer rests on."""

    activity_id: UUID
    at: datetime
    kind: str
    excerpt: str


class BriefedAnswerOut(BaseModel):
    """One question of the criteria, what was answered and what says so."""

    question: str
    answer: str
    note: str
    evidence: EvidenceOut | None


class HappenedOut(BaseModel):
    """One line of the history."""

    at: datetime
    text: str


class NotedOut(BaseModel):
    """What somebody noted of a conversation, or beside one."""

    activity_id: UUID
    at: datetime
    by: str | None = Field(description="Who noted it")
    is_conversation: bool
    text: str


class AgreedOut(BaseModel):
    """What the person agreed to."""

    purpose: str
    wording: str
    obtained_by: str = Field(description="Such as `form:<id>`")
    obtained_at: datetime


class BriefingOut(BaseModel):
    """What the AE needs to know: who, why now, the answers, what was said and happened, what is next."""

    who: WhoOut
    why_now: list[str]
    criteria: str | None = Field(description="Name and edition of the criteria it was judged by")
    answers: list[BriefedAnswerOut]
    open_questions: list[str]
    history: list[HappenedOut] = Field(description="Newest first")
    next_step: str
    note: str = Field(default="", description="What the rep adds for the AE")
    override: str | None = Field(default=None, description="Why it is handed off without the verdict `in`")
    notes: list[NotedOut] = Field(
        default_factory=list[NotedOut], description="Of the last conversations and beside them, newest first"
    )
    consents: list[AgreedOut] = Field(default_factory=list[AgreedOut], description="Newest first")
    person_id: UUID | None = Field(default=None, description="As it was then; null in those of earlier releases")
    account_id: UUID | None = None
    rep_name: str | None = Field(default=None, description="Who hands it off")
    ae_name: str | None = Field(default=None, description="To whom")
