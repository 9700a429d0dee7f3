"""Whether somebody may be contacted, in plain data: what is asked, what is known, the verdict, the permit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from offhook.kernel.errors import OffhookError


class RecordingConsent(StrEnum):
    """What must be done before a call may be recorded."""

    ONE_PARTY = "one_party"
    """We know of it ourselves: enough."""
    ANNOUNCE = "announce"
    """All must be told at the beginning (two-party regions)."""
    FORBIDDEN = "forbidden"
    """Not at all."""


class CallPurpose(StrEnum):
    """What a call is for. Only calls that sell are held to hours, caps and consent; all are held to the rest."""

    SALES = "sales"
    SERVICE = "service"
    """Asked for or owed: a call back within a running conversation, a meeting that was booked."""


class Who(StrEnum):
    """Whom a rule protects by law."""

    ALL = "all"
    CONSUMERS = "consumers"


class Confidence(StrEnum):
    """How sure we are that a rule says what its source says (docs/compliance.md)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What every rule tells of itself. `region` is ISO 3166-1 or -2 (`US-FL`), `*` where nothing else holds.

    There is one of each, made by the rulebook: they are told apart by what they are, which is fast to look up.
    """

    id: str
    region: str
    who: Who
    title: str
    source: str
    url: str
    since: date
    confidence: Confidence


@dataclass(frozen=True, slots=True, eq=False)
class HoursRule(Rule):
    """When one may call, on the called person's clock: per weekday (Monday first) the spans from, to.

    `holidays`: closed on the region's public holidays.
    """

    week: tuple[tuple[tuple[time, time], ...], ...]
    holidays: bool


@dataclass(frozen=True, slots=True, eq=False)
class CapRule(Rule):
    """At most `calls` to one person within any span of this length."""

    calls: int
    within: timedelta


@dataclass(frozen=True, slots=True, eq=False)
class ConsentRule(Rule):
    """Who may be called only if they agreed to it before."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordingRule(Rule):
    """What a recording needs."""

    needs: RecordingConsent


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules we know, whether in force or not yet."""

    hours: tuple[HoursRule, ...]
    caps: tuple[CapRule, ...]
    consent: tuple[ConsentRule, ...]
    recording: tuple[RecordingRule, ...]


class NumberKind(StrEnum):
    """What a number is, as far as it matters here."""

    ORDINARY = "ordinary"
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    SATELLITE = "satellite"
    """Satellite and international networks: numbers of no country."""
    EMERGENCY = "emergency"
    SHORT = "short"
    """A short code, which only its own country knows."""
    UNKNOWN = "unknown"
    """In use nowhere that we know."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What a number tells of where it rings.

    `number` is E.164 (as dialled for short ones); `country` ISO 3166-1, None for numbers of none; `state` ISO
    3166-2 of the area code, for the United States; `zones` all IANA zones it may lie in.
    """

    number: str
    kind: NumberKind
    country: str | None
    state: str | None
    zones: tuple[str, ...]


class RecordingPolicy(StrEnum):
    """What an organisation wants for its recordings; the law's word counts where it is stricter."""

    BY_LAW = "by_law"
    ANNOUNCE = "announce"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class CallingSettings:
    """An organisation's own limits, within the law's; `version` 0: never set, these are the defaults.

    `countries` may be called besides the home country. `opens`, `closes` and `days` (Monday is 0) narrow the hours
    further. `businesses_as_consumers`: rules for consumers are kept towards firms too. `unknown_are_businesses`:
    whoever we know nothing of is a firm where consumers must consent. `own_regions`: where our callers sit, for
    recording.
    """

    countries: frozenset[str] = frozenset()
    attempts_per_day: int = 3
    attempts_per_week: int = 10
    calls_per_minute_of_user: int = 20
    calls_per_minute: int = 200
    abroad_calls_per_day: int = 200
    abroad_minutes_per_day: int = 600
    opens: time | None = None
    closes: time | None = None
    days: frozenset[int] = frozenset(range(7))
    recording: RecordingPolicy = RecordingPolicy.BY_LAW
    announcement: str = ""
    own_regions: frozenset[str] = frozenset()
    businesses_as_consumers: bool = True
    unknown_are_businesses: bool = True
    emergency_calls: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """The person asked to be called at this time: lifts hours and caps, nothing else. Kept with the verdict."""

    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """May this number be called for this? `number` as it would be dialled."""

    number: str
    purpose: CallPurpose = CallPurpose.SALES
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A number stands on a do-not-call list: on which, since when (None: not asked), why."""

    list_name: str
    since: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class Called:
    """The person behind the number, as far as we know them. `is_business`: they are known with a firm."""

    country: str | None = None
    region: str | None = None
    time_zone: str | None = None
    does_not_call: bool = False
    is_business: bool = False
    has_consented: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """All that the policy needs to know. Moments are of attempts, the newest first.

    `attempts`: to this person or number; `by_user`, `by_all`: calls of the last minute; `abroad`: calls outside
    the home country in the last 24 hours, `abroad_seconds` what they lasted.
    """

    home: str
    home_zone: str
    settings: CallingSettings
    destination: Destination
    person: Called | None = None
    listed: tuple[Listed, ...] = ()
    attempts: tuple[datetime, ...] = ()
    by_user: tuple[datetime, ...] = ()
    by_all: tuple[datetime, ...] = ()
    abroad: tuple[datetime, ...] = ()
    abroad_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a call, in a sentence, with the rule it comes from.

    `until`: when this reason may end by itself; None: not by waiting. `yields`: an override lifts it.
    """

    code: str
    why: str
    source: str
    url: str = ""
    until: datetime | None = None
    yields: bool = False
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: allowed when there is no refusal.

    `until`: refused, the first moment at which all reasons may be gone, None if waiting does not help; allowed,
    when the hours end (None where no hours hold). `lifted` are the refusals that an override took away.
    `recording` with `recording_rule` and what to say (`announcement`, empty: nothing) hold for an allowed call.
    """

    number: str
    refusals: tuple[Refusal, ...]
    lifted: tuple[Refusal, ...]
    until: datetime | None
    recording: RecordingConsent
    recording_rule: RecordingRule
    announcement: str
    regions: tuple[str, ...]
    zones: tuple[str, ...]
    local_times: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusals


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
    announcement: str = ""


class Refused(OffhookError):
    """The policy says no: `verdict` tells all reasons; its first refusal gives the code.

    403 where waiting does not help, 409 where it does (`until`).
    """

    def __init__(self, verdict: Verdict) -> None:
        """Say all reasons in sentences."""
        first = verdict.refusals[0]
        super().__init__(" ".join(one.why for one in verdict.refusals), code=f"call-refused-{first.code}")
        self.verdict = verdict
        self.status = 403 if verdict.until is None else 409
