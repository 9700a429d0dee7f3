"""What can be done to a lead: the commands of its lifecycle, in plain immutable data."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from offhook.kernel.events import Json
from offhook.leads.model import Lead, Verdict


@dataclass(frozen=True, slots=True)
class Promote:
    """Make an inquiry an MQL: marketing assigns it to a rep or, without one, to a team's pool."""

    rep_id: UUID | None
    team_id: UUID | None
    because: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Give it to another rep or pool."""

    rep_id: UUID | None
    team_id: UUID | None
    because: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A touch was made; `business_minutes` is the working time since it became MQL (for the first one)."""

    business_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Converse:
    """A conversation was held."""


@dataclass(frozen=True, slots=True)
class Recount:
    """A correction changed what the record says of its touches; `first` and others are as the record now says."""

    attempts: int
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    conversed_at: datetime | None
    attempts_to_contact: int | None


@dataclass(frozen=True, slots=True)
class Judge:
    """The answers now come to this verdict, by these criteria."""

    verdict: Verdict
    criteria_id: UUID


@dataclass(frozen=True, slots=True)
class Passed:
    """A hand-off as the lifecycle needs to know it."""

    hand_off_id: UUID
    ae_id: UUID
    mode: str
    meeting_at: datetime | None
    rep_id: UUID | None
    team_id: UUID | None
    handed_off_at: datetime
    is_first: bool
    was_accepted: bool = False
    is_first_acceptance: bool = False


@dataclass(frozen=True, slots=True)
class HandOff:
    """Pass it to an AE. `is_override`: by who may, without the verdict "in"."""

    passed: Passed
    is_override: bool = False


@dataclass(frozen=True, slots=True)
class Accept:
    """The AE takes it."""

    passed: Passed


@dataclass(frozen=True, slots=True)
class Reject:
    """The AE sends it back to the rep."""

    passed: Passed
    reason: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Whoever offered it takes the undecided hand-off back."""

    passed: Passed
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Confirm:
    """After the first conversation the AE confirms that it meets the criteria: SQL."""

    passed: Passed


@dataclass(frozen=True, slots=True)
class Recycle:
    """Give it back to marketing, to come back on a date."""

    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Disqualify:
    """Qualify it out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Undo a recycling or disqualification."""


Command = (
    Promote
    | Assign
    | Attempt
    | Converse
    | Recount
    | Judge
    | HandOff
    | Accept
    | Reject
    | Withdraw
    | Confirm
    | Recycle
    | Disqualify
    | Reopen
)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event's kind and data, not yet written; it happened when the command was given."""

    kind: str
    data: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command comes to: the lead as it is afterwards, and what happened."""

    lead: Lead
    happened: tuple[Happening, ...]
