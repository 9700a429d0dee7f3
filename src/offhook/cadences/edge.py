"""What routes and commands share: plans, cadences and enrolments as they are told and shown."""

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from offhook.cadences.enrolments import COLUMNS as ENROLMENT_FIELDS
from offhook.cadences.happenings import EnrolmentWish
from offhook.cadences.model import (
    CHOSEN_ENDINGS,
    Branch,
    BranchOn,
    Cadence,
    Delay,
    DelayUnit,
    Ending,
    Enrolment,
    EnrolmentPhase,
    Plan,
    Step,
    StepKind,
    StepOutcome,
    Window,
)
from offhook.cadences.numbers import EnrolmentState, Numbers, state_of
from offhook.cadences.plans import LONGEST_INSTRUCTIONS, MOST_BRANCHES, MOST_STEPS, MOST_VALUES
from offhook.cadences.runs import Run, RunStatus
from offhook.leads.edge import Sent


class DelayIn(Sent):
    """Working time after the step before; weekends and the team's holidays do not count."""

    amount: Annotated[int, Field(ge=0, le=20_000)] = 0
    unit: DelayUnit = DelayUnit.DAYS


class WindowIn(Sent):
    """The time of day, on the person's own clock, in which the step may come due."""

    opens: time = Field(examples=["09:00"])
    closes: time = Field(examples=["11:30"])


class BranchIn(Sent):
    """If this holds when the step is due, go on elsewhere instead of doing it."""

    on: BranchOn
    is_not: bool = Field(default=False, description="If it does not hold, rather")
    values: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=MOST_VALUES)] = Field(
        default_factory=list[str], description="Of `disposition` (of the last touch) and `stage`: any of these"
    )
    at_least: float | None = Field(default=None, description="Of `score`: this much or more")
    goes_to: Annotated[int, Field(ge=1, le=MOST_STEPS)] | None = Field(
        default=None, description="The number of a later step; null: the cadence ends"
    )


class StepIn(Sent):
    """One planned touch; steps are numbered from 1 by their place."""

    kind: StepKind
    delay: DelayIn = Field(default_factory=DelayIn)
    window: WindowIn | None = None
    template_id: UUID | None = Field(
        default=None, description="What a mail says. One that goes by itself needs a template that all see"
    )
    continues_thread: bool = Field(default=False, description="A mail goes on in the thread of the mail before it")
    instructions: Annotated[str, Field(max_length=LONGEST_INSTRUCTIONS)] = Field(
        default="", description="What the rep reads when the step stands in their queue"
    )
    branches: Annotated[list[BranchIn], Field(max_length=MOST_BRANCHES)] = Field(
        default_factory=list[BranchIn], description="Looked at in order when the step is due; the first that holds"
    )


class PlanIn(Sent):
    """The steps, and what ends the cadence before the last of them."""

    steps: Annotated[list[StepIn], Field(max_length=MOST_STEPS)] = Field(default_factory=list[StepIn])
    ends_on: list[Ending] = Field(
        default_factory=lambda: sorted(CHOSEN_ENDINGS),
        description="Any of `reply`, `meeting`, `hand_off`, `unsubscribed`, `bounced`",
    )

    def plan(self) -> Plan:
        """As the core takes it."""
        return Plan(tuple(map(_step, self.steps)), frozenset(self.ends_on))

    @classmethod
    def of(cls, plan: Plan) -> "PlanIn":
        """As it is shown, and can be told again."""
        shown = cls.model_validate(plan, from_attributes=True)
        return shown.model_copy(update={"ends_on": sorted(plan.ends_on)})


def _step(told: StepIn) -> Step:
    return Step(
        kind=told.kind,
        delay=Delay(told.delay.amount, told.delay.unit),
        window=Window(told.window.opens, told.window.closes) if told.window else None,
        template_id=told.template_id,
        continues_thread=told.continues_thread,
        instructions=told.instructions.strip(),
        branches=tuple(
            Branch(one.on, one.is_not, tuple(one.values), one.at_least, one.goes_to) for one in told.branches
        ),
    )


class NumbersOut(BaseModel):
    """Counts of enrolments; `active`, `paused`, `attention` and `finished` add up to `enrolled`."""

    enrolled: int
    active: int
    paused: int
    attention: int = Field(description="Something must be put right before they go on")
    finished: int
    completed: int = Field(description="Of the finished: those that came to the end of the last step")
    replied: int = Field(description="Who replied, up to 30 days after the end")
    met: int = Field(description="With whom a meeting was agreed, likewise")

    @classmethod
    def of(cls, numbers: Numbers) -> "NumbersOut":
        """The answer's shape."""
        return cls.model_validate(numbers, from_attributes=True)


class CadenceOut(BaseModel):
    """A cadence and its draft."""

    id: UUID
    name: str
    description: str
    draft: PlanIn
    edition: int = Field(description="The latest published; 0: none yet")
    is_changed: bool = Field(description="The draft differs from what was published last")
    runs_beside: bool = Field(description="A person may be in it while they are in another")
    is_archived: bool
    campaign_ids: list[UUID] = Field(description="Whose responders are enrolled when they become MQLs")
    created_at: datetime
    changed_at: datetime
    version: int

    @classmethod
    def of(cls, one: Cadence, published: Plan | None) -> "CadenceOut":
        """The answer's shape."""
        plain = {name: getattr(one, name) for name in one.__slots__}
        told = plain | {"draft": PlanIn.of(one.draft), "is_changed": one.draft != (published or Plan())}
        return cls.model_validate(told)


class EnrolmentOut(BaseModel):
    """One lead in one cadence, and how it stands."""

    id: UUID
    cadence_id: UUID
    cadence: str = Field(description="Its name")
    edition: int
    lead_id: UUID
    person_id: UUID
    user_id: UUID | None = Field(description="Who enrolled it; null: a campaign's rule")
    state: EnrolmentState
    phase: EnrolmentPhase = Field(description="What it waits for")
    step: int = Field(description="The step it is at")
    steps: int = Field(description="How many its edition has")
    kind: StepKind = Field(description="Of the step it is at")
    due_at: datetime | None = Field(description="When that step is due, or came into the queue")
    is_paused: bool
    mail_id: UUID | None = Field(description="That step's mail")
    problem_code: str
    problem: str = Field(description="What must be put right; empty otherwise")
    because: Ending | None = Field(description="Why it is finished")
    replied_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    met_at: datetime | None
    enrolled_at: datetime
    finished_at: datetime | None
    may: list[EnrolmentWish] = Field(description="What you may ask of it now")
    version: int

    @classmethod
    def of(cls, one: Enrolment, *, name: str, plan: Plan, may: list[EnrolmentWish]) -> "EnrolmentOut":
        """The answer's shape."""
        plain: dict[str, object] = {field: getattr(one, field) for field in ENROLMENT_FIELDS}
        told: dict[str, object] = {
            "cadence": name,
            "state": state_of(one),
            "steps": len(plan.steps),
            "kind": plan.steps[one.step - 1].kind,
            "may": may,
        }
        return cls.model_validate(plain | told)


class StepDoneOut(BaseModel):
    """What became of one step of an enrolment."""

    step: int
    kind: StepKind
    begun_at: datetime
    closed_at: datetime | None
    outcome: StepOutcome | None = Field(description="null: it is not done yet")
    disposition: str | None
    mail_id: UUID | None
    opened_at: datetime | None
    clicked_at: datetime | None
    replied_at: datetime | None


class RunOut(BaseModel):
    """Many leads, enrolled at one word; it goes on by itself until it is done."""

    id: UUID
    cadence_id: UUID
    user_id: UUID | None
    status: RunStatus
    total: int
    enrolled: int
    refused: int
    error: str | None
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, run: Run) -> "RunOut":
        """The answer's shape."""
        return cls.model_validate(run, from_attributes=True)
