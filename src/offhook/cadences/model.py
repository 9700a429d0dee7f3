"""What a cadence is and how far somebody has come in it, in plain immutable data. Times are aware and in UTC.

A *cadence* is a plan of timed touches over several channels. Its plan is published as an *edition*, which never
changes: who was enrolled goes on by the edition they began with. An *enrolment* is one lead in one cadence.
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from offhook.kernel.plain import plain


class StepKind(StrEnum):
    """What a step asks for."""

    EMAIL = "email"
    """A mail that goes by itself."""
    MANUAL_EMAIL = "manual_email"
    CALL = "call"
    SMS = "sms"
    LINKEDIN = "linkedin"
    WAIT = "wait"
    """Nothing but time, after which branches are looked at."""


AUTOMATIC = frozenset({StepKind.EMAIL, StepKind.WAIT})
"""Steps that nobody has to do."""


class DelayUnit(StrEnum):
    """How the time before a step is counted: both skip weekends and holidays of the team."""

    MINUTES = "minutes"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Delay:
    """Working minutes, or working days, after the step before."""

    amount: int = 0
    unit: DelayUnit = DelayUnit.DAYS


@dataclass(frozen=True, slots=True)
class Window:
    """The time of day, on the person's clock, in which a step may come due: from `opens` up to `closes`."""

    opens: time
    closes: time


class BranchOn(StrEnum):
    """What a branch looks at when its step is due."""

    REPLIED = "replied"
    OPENED = "opened"
    CLICKED = "clicked"
    DISPOSITION = "disposition"
    STAGE = "stage"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Branch:
    """If this holds when the step is due (or, with `is_not`, does not), go on elsewhere instead of doing it.

    `values`: dispositions of the last touch, or stages; `at_least`: a score. `goes_to`: the number of a later
    step; None ends the cadence.
    """

    on: BranchOn
    is_not: bool = False
    values: tuple[str, ...] = ()
    at_least: float | None = None
    goes_to: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One planned touch. Steps are numbered from 1 by their place.

    `continues_thread`: a mail goes on in the thread of the cadence's mail before it, under that one's subject.
    """

    kind: StepKind
    delay: Delay = Delay()
    window: Window | None = None
    template_id: UUID | None = None
    continues_thread: bool = False
    instructions: str = ""
    branches: tuple[Branch, ...] = ()


class Ending(StrEnum):
    """Why an enrolment is finished."""

    COMPLETED = "completed"
    REPLY = "reply"
    MEETING = "meeting"
    HAND_OFF = "hand_off"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    CLOSED = "closed"
    """The lead was recycled or disqualified."""
    BRANCH = "branch"
    MERGED = "merged"
    """The person turned out to be another who is in a cadence already."""
    BY_HAND = "by_hand"


CHOSEN_ENDINGS = frozenset({Ending.REPLY, Ending.MEETING, Ending.HAND_OFF, Ending.UNSUBSCRIBED, Ending.BOUNCED})
"""What a cadence may end on or not, as whoever plans it says; the other endings are no matter of choice."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps and what ends the cadence before the last of them."""

    steps: tuple[Step, ...] = ()
    ends_on: frozenset[Ending] = CHOSEN_ENDINGS


@dataclass(frozen=True, slots=True)
class Edition:
    """A plan as it was published. It never changes."""

    cadence_id: UUID
    number: int
    plan: Plan
    published_at: datetime
    published_by: UUID | None


@dataclass(frozen=True, slots=True)
class Cadence:
    """A cadence: its draft, and the number of its latest edition (0: none was published yet).

    `runs_beside`: whether a person may be in it while they are in another. `campaign_ids`: whose responders are
    enrolled by themselves when they become MQLs.
    """

    id: UUID
    name: str
    description: str
    draft: Plan
    edition: int
    runs_beside: bool
    is_archived: bool
    campaign_ids: tuple[UUID, ...]
    created_at: datetime
    changed_at: datetime
    version: int


class EnrolmentPhase(StrEnum):
    """What an enrolment waits for."""

    WAITING = "waiting"
    """For its step to come due, at `due_at`."""
    SENDING = "sending"
    """For the step's mail, which lies in the ledger of mails, to go out."""
    TASK = "task"
    """For somebody to do the step, which stands in their queue."""
    TROUBLE = "trouble"
    """For somebody to put right what kept the step from being done."""
    FINISHED = "finished"


@plain
class Enrolment:
    """One lead in one cadence.

    `step` is the number of the step it is at; `mail_id` that step's mail, once there is one. `problem_code` and
    `problem`: what the trouble is. `replied_at`, `opened_at`, `clicked_at`, `met_at`: the first time since it
    began. `disposition`: how the last touch by hand ended.
    """

    id: UUID
    cadence_id: UUID
    edition: int
    lead_id: UUID
    person_id: UUID
    user_id: UUID | None
    is_beside: bool
    phase: EnrolmentPhase
    step: int
    due_at: datetime | None
    is_paused: bool
    mail_id: UUID | None
    problem_code: str
    problem: str
    because: Ending | None
    replied_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    met_at: datetime | None
    disposition: str | None
    enrolled_at: datetime
    finished_at: datetime | None
    version: int

    @property
    def is_finished(self) -> bool:
        """Whether nothing more comes of it."""
        return self.phase is EnrolmentPhase.FINISHED


class StepOutcome(StrEnum):
    """What became of a step of an enrolment."""

    DONE = "done"
    SKIPPED = "skipped"
    BRANCHED = "branched"
    """A branch led past it."""
    CANCELLED = "cancelled"
    """The enrolment ended before it was done."""
