"""What can happen to an enrolment, and what it can come to: the two alphabets of the state machine.

`Happened` is what events, users and the clock tell; `Effect` is what `deciding.decide` answers, in the order in
which it is to be done, and what `applying.apply` folds into the enrolment.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.cadences.model import Ending, StepOutcome

# What happened


@dataclass(frozen=True, slots=True)
class Began:
    """The lead was enrolled just now."""


@dataclass(frozen=True, slots=True)
class CameDue:
    """The clock has reached the time of the present step."""


@dataclass(frozen=True, slots=True)
class MailSent:
    """The mail of a step went out."""

    step: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MailStuck:
    """The mail of a step will not go out by itself: it failed, is in doubt, or was withdrawn."""

    step: int
    code: str
    told: str


@dataclass(frozen=True, slots=True)
class NotSendable:
    """The present step's mail could not even be written: the policy says no, values are missing, nobody sends."""

    code: str
    told: str


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody touched the person: `channel` is the activity's kind."""

    channel: str
    disposition: str | None
    at: datetime


class Sign(StrEnum):
    """What the person, or the lead's way, tells of the cadence's success."""

    OPENED = "opened"
    CLICKED = "clicked"
    REPLY = "reply"
    MEETING = "meeting"
    HAND_OFF = "hand_off"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    """For good: the address is dead."""
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign was seen."""

    sign: Sign
    at: datetime


@dataclass(frozen=True, slots=True)
class OutOfOffice:
    """Their mail program answers that they are away until then."""

    back_at: datetime


class EnrolmentWish(StrEnum):
    """What users ask of one enrolment."""

    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    FINISH = "finish"
    TRY_AGAIN = "try_again"


@dataclass(frozen=True, slots=True)
class Wished:
    """A user asked for this."""

    wish: EnrolmentWish


Happened = Began | CameDue | MailSent | MailStuck | NotSendable | Touched | Signed | OutOfOffice | Wished


# What it comes to


@dataclass(frozen=True, slots=True)
class Schedule:
    """Wait for this step until then."""

    step: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Send:
    """Write this step's mail into the ledger of mails, by the step's one key."""

    step: int


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Let the step's mail, which did not go out, go: the same mail, not another."""

    mail_id: UUID


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Keep the step's mail from going out, if it can still be kept."""

    mail_id: UUID


@dataclass(frozen=True, slots=True)
class AskFor:
    """Put this step into the queue of the lead's rep."""

    step: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What stands in the queue because of this step need not be done now."""

    step: int


@dataclass(frozen=True, slots=True)
class Close:
    """The step has come to this."""

    step: int
    outcome: StepOutcome
    at: datetime
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody must put this right."""

    code: str
    told: str


@dataclass(frozen=True, slots=True)
class Note:
    """The person opened, clicked, replied, or a meeting was agreed, for the first time."""

    sign: Sign
    at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """Let nothing come due."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Let things come due again."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing more comes of it."""

    because: Ending


Effect = (
    Schedule | Send | SendAgain | Withdraw | AskFor | TakeBack | Close | Trouble | Note | Pause | Resume | Finish
)
