"""Whether a mail may be sent, in plain immutable data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offhook.compliance.model import Refusal
from offhook.kernel.errors import OffhookError


class SuppressedBecause(StrEnum):
    """Why an address must not be mailed."""

    BY_HAND = "by_hand"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    """Its server said that it does not exist."""
    COMPLAINED = "complained"
    """Its owner reported a mail of ours as unwanted."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An address that must not be mailed. `added_by` as events name actors."""

    address: str
    because: SuppressedBecause
    reason: str
    added_at: datetime
    added_by: str
    version: int


@dataclass(frozen=True, slots=True)
class MailKnown:
    """All that the policy needs to know of who is to be mailed. `address` None: there is none."""

    address: str | None
    does_not_email: bool
    suppressed: Suppressed | None


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """The answer for one address: allowed when there is no refusal."""

    address: str | None
    refusals: tuple[Refusal, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusals


class MailRefused(OffhookError):
    """The policy says no: `verdict` tells all reasons; its first refusal gives the code. Waiting does not help."""

    status = 403

    def __init__(self, verdict: MailVerdict) -> None:
        """Say all reasons in sentences."""
        told = " ".join(one.why for one in verdict.refusals)
        super().__init__(told, code=f"mail-refused-{verdict.refusals[0].code}")
        self.verdict = verdict
