"""Whether somebody may be contacted, in plain immutable data: what is asked, the verdict, the permit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RecordingConsent(StrEnum):
    """What must be done before a call may be recorded."""

    ONE_PARTY = "one_party"
    """We know of it ourselves: enough."""
    ANNOUNCE = "announce"
    """All must be told at the beginning (two-party regions)."""
    FORBIDDEN = "forbidden"
    """Not at all."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to place one call to one number (E.164), soon: given by `permit_call` alone, kept in the log.

    Whoever reaches the network asks for one, so that there is no way around the policy.
    """

    id: UUID
    number: str
    given_at: datetime
    expires_at: datetime
    recording: RecordingConsent
