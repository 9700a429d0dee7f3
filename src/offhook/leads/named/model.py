"""Target lists of named accounts, in plain immutable data.

An account is on one list at a time, and a list is one rep's or one team's: so it is clear who is to open it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.leads.model import Stage


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list of accounts that exactly one of a team and a user (a rep) is told to open."""

    id: UUID
    name: str
    team_id: UUID | None
    user_id: UUID | None
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account on a list, with what was done there in a period.

    `people` are the persons known there, `engaged` those who responded, talked with us or wrote to us in the
    period; `last_touch_at` is the last touch in it; `open_leads` are open now.
    """

    account_id: UUID
    list_id: UUID
    name: str
    domain: str | None
    added_at: datetime
    people: int
    engaged: int
    last_touch_at: datetime | None
    open_leads: int
    needed: int

    @property
    def is_penetrated(self) -> bool:
        """Whether as many people were engaged in the period as the list's team says make it so (`needed`)."""
        return self.engaged >= self.needed

    @property
    def is_covered(self) -> bool:
        """Whether it had a touch in the period."""
        return self.last_touch_at is not None


@dataclass(frozen=True, slots=True)
class Reach:
    """Coverage and penetration as their counts (GLOSSARY): of `accounts` named, so many were touched in the
    period, and so many have at least the team's number of engaged people.
    """

    accounts: int
    touched: int
    penetrated: int

    @property
    def coverage(self) -> float | None:
        """Named accounts with a touch in the period / named accounts assigned; None without accounts."""
        return self.touched / self.accounts if self.accounts else None

    @property
    def penetration(self) -> float | None:
        """Named accounts with at least k engaged people / named accounts assigned; None without accounts."""
        return self.penetrated / self.accounts if self.accounts else None


@dataclass(frozen=True, slots=True)
class PersonAt:
    """A person of an account, with their newest lead and what was done with them.

    `touches` and `last_touch_at` are of all time; `is_engaged` of a period, as in `Reach`.
    """

    person_id: UUID
    name: str | None
    title: str | None
    time_zone: str | None
    do_not_call: bool
    do_not_email: bool
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    lead_id: UUID | None
    stage: Stage | None
    is_open: bool
    score: float | None
    owner_id: UUID | None
    owner_name: str | None
    touches: int
    last_touch_at: datetime | None
    is_engaged: bool
