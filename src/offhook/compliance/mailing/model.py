"""Whether a mail may be sent, in plain immutable data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from offhook.compliance.model import Refusal, Rule
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
class NewAddress:
    """An address as a file has it; `reason` '' where the line tells none."""

    address: str
    because: SuppressedBecause
    reason: str


@dataclass(frozen=True, slots=True)
class WrongAddress:
    """A line in which no address could be read."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedAddresses:
    """What an import did: addresses read, those that were new, and lines that hold none (the first are told)."""

    read: int
    added: int
    wrong_lines: int
    wrong: Sequence[WrongAddress]


class TrackingNeeds(StrEnum):
    """What must be so before it may be noted that somebody opened a mail or followed its links."""

    NOTHING = "nothing"
    CONSENT = "consent"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, eq=False)
class TrackingRule(Rule):
    """What tracking needs in a region."""

    needs: TrackingNeeds


@dataclass(frozen=True, slots=True, eq=False)
class RampRule(Rule):
    """From so many whole days after its first mail a mailbox may send so many automatic ones in 24 hours.

    `mails` None: as many as the organisation allows.
    """

    from_day: int
    mails: int | None = None


@dataclass(frozen=True, slots=True)
class MailRules:
    """All rules of mail that we know, whether in force or not yet; the steps of the ramp in order."""

    ramp: tuple[RampRule, ...]
    tracking: tuple[TrackingRule, ...]


@dataclass(frozen=True, slots=True)
class MailingSettings:
    """An organisation's own limits and wishes for mail; `version` 0: never set, these are the defaults.

    `opens`, `closes` and `days` (Monday is 0) are hours on the receiver's clock, in which automatic mails go;
    `holds_manual`: those by hand, too. `spacing_seconds` lie at least between a mail of a mailbox and its next
    automatic one. `footer` and `postal_address` stand below automatic mails; empty: our own words, none.
    `language`: of whom we know none of. `dkim_selectors`: where our domains' DKIM keys are published.
    """

    mails_per_day: int = 150
    ramps_up: bool = True
    spacing_seconds: int = 60
    mails_per_domain_per_hour: int = 30
    opens: time = time(8)
    closes: time = time(18)
    days: frozenset[int] = frozenset(range(5))
    skips_holidays: bool = True
    holds_manual: bool = False
    tracks_opens: bool = False
    tracks_clicks: bool = False
    has_footer: bool = True
    footer: str = ""
    postal_address: str = ""
    language: str = "en"
    dkim_selectors: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class MailKnown:
    """All that the policy needs to know of who is to be mailed. `address` None: there is none."""

    address: str | None
    does_not_email: bool
    suppressed: Suppressed | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Where who is to be mailed is, and what they agreed to. `regions` are ISO 3166, none if nothing is known."""

    regions: tuple[str, ...]
    time_zone: str
    has_consented: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """When other mails were given leave, the newest first: of the mailbox in 24 hours, to the domain in one.

    `began_at`: the mailbox's first mail, None before it. `jitter`, from 0 to 1, is the chance in the spacing:
    the same however often it is asked.
    """

    of_mailbox: tuple[datetime, ...] = ()
    to_domain: tuple[datetime, ...] = ()
    began_at: datetime | None = None
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class MailAsked:
    """A mail that is about to be sent, and who asks.

    `is_automatic`: sent by a plan, not by somebody's hand. `is_transactional`: about something agreed with who
    gets it, such as an invitation to a meeting, and sells nothing.
    """

    mail_id: UUID
    mailbox_id: UUID
    user_id: UUID
    person_id: UUID
    lead_id: UUID | None
    address: str
    language: str
    is_automatic: bool
    is_transactional: bool = False


@dataclass(frozen=True, slots=True)
class MailPermit:
    """Leave to hand one mail in at once, and how: given by the policy alone, kept in the log.

    `footer`: the words below it, None for none; `has_way_out`: its head tells how to unsubscribe.
    """

    id: UUID
    mail_id: UUID
    address: str
    given_at: datetime
    tracks_opens: bool = False
    tracks_clicks: bool = False
    has_way_out: bool = False
    footer: str | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    """What may be noted of a mail: that it was opened, which links were followed."""

    opens: bool
    clicks: bool


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """The answer for one address: allowed when there is no refusal and nothing to wait for.

    `refusals` do not end by waiting; `waits` do, all of them at `not_before`.
    """

    address: str | None
    refusals: tuple[Refusal, ...]
    waits: tuple[Refusal, ...] = ()
    not_before: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusals and not self.waits

    @property
    def of_mailbox(self) -> tuple[Refusal, ...]:
        """What all automatic mails of the mailbox wait for, whoever they go to."""
        return tuple(one for one in self.waits if one.code in PACES)

    @property
    def told(self) -> str:
        """All reasons in sentences."""
        return " ".join(one.why for one in (*self.refusals, *self.waits))


PACES = frozenset({"spacing", "daily-limit"})
"""Codes of what a mailbox waits for, not a mail."""


@dataclass(frozen=True, slots=True)
class RecordedMail:
    """An answer as it was given. `refusals` are `Refusal`s as JSON tells them."""

    id: UUID
    at: datetime
    mail_id: UUID
    mailbox_id: UUID
    user_id: UUID
    person_id: UUID
    lead_id: UUID | None
    address: str
    is_automatic: bool
    is_transactional: bool
    is_allowed: bool
    refusals: Sequence[Mapping[str, object]]
    until: datetime | None


class MailRefused(OffhookError):
    """The policy says no: `verdict` tells all reasons; its first refusal gives the code. Waiting does not help."""

    status = 403

    def __init__(self, verdict: MailVerdict) -> None:
        """Say all reasons in sentences."""
        super().__init__(verdict.told, code=f"mail-refused-{verdict.refusals[0].code}")
        self.verdict = verdict
