"""Routes of the calling rules: the own limits, the rules in force, "may I call?", what was answered."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from offhook.compliance import service
from offhook.compliance.checking import LONGEST_ANNOUNCEMENT, MOST
from offhook.compliance.model import (
    CallingSettings,
    CallPurpose,
    CapRule,
    Confidence,
    HoursRule,
    RecordingConsent,
    RecordingPolicy,
    RecordingRule,
    Refusal,
    Rule,
    Verdict,
    Who,
)
from offhook.compliance.record import Recorded
from offhook.compliance.rulebook import DAYS, CallRuleKind, every_rule, kind_of
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call, Problem
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page

router = APIRouter(tags=["compliance"], prefix="/compliance")

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
LONGEST_NUMBER = 60
CALLING_SETTINGS = TypeAdapter(CallingSettings)
Country = Annotated[str, Field(min_length=2, max_length=2, description="ISO 3166-1", examples=["DE"])]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
"""A time by the wall clock of who is called or mailed: it has no zone of its own."""
Place = Annotated[str, Field(min_length=2, max_length=6, description="ISO 3166", examples=["US-CA"])]


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class NewCallingSettings(Sent):
    """All of an organisation's own limits; what is left out goes back to its default."""

    countries: Annotated[list[Country], Field(max_length=300)] = Field(
        default_factory=list[str], description="May be called besides the home country"
    )
    attempts_per_day: int = Field(
        3, ge=1, le=MOST["attempts_per_day"], description="To one person within 24 hours"
    )
    attempts_per_week: int = Field(10, ge=1, le=MOST["attempts_per_week"], description="Within 7 days")
    calls_per_minute_of_user: int = Field(20, ge=1, le=MOST["calls_per_minute_of_user"])
    calls_per_minute: int = Field(200, ge=1, le=MOST["calls_per_minute"], description="Of all users together")
    abroad_calls_per_day: int = Field(200, ge=1, le=MOST["abroad_calls_per_day"], description="Within 24 hours")
    abroad_minutes_per_day: int = Field(600, ge=1, le=MOST["abroad_minutes_per_day"])
    opens: Clock | None = Field(None, description="No calls before, on the called person's clock")
    closes: Clock | None = Field(None, description="No calls from then on")
    days: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)] = Field(
        default=[0, 1, 2, 3, 4, 5, 6], description="Weekdays with calls; Monday is 0"
    )
    recording: RecordingPolicy = RecordingPolicy.BY_LAW
    announcement: str = Field(
        "", max_length=LONGEST_ANNOUNCEMENT, description="Said where it must be; empty: our words"
    )
    own_regions: Annotated[list[Place], Field(max_length=100)] = Field(
        default_factory=list[str], description="Where your callers sit, for recording; empty: the home country"
    )
    businesses_as_consumers: bool = Field(True, description="Keep rules made for consumers towards firms too")
    unknown_are_businesses: bool = Field(
        True, description="Whoever nothing is known of is a firm, where consumers must consent"
    )
    emergency_calls: bool = Field(False, description="Let emergency numbers through")

    def meant(self, version: int) -> CallingSettings:
        """As the core has it."""
        return CALLING_SETTINGS.validate_python(self.model_dump() | {"version": version})


class CallingSettingsOut(NewCallingSettings):
    """An organisation's own limits."""

    version: int = Field(description="0: never set, these are the defaults")

    @classmethod
    def of(cls, settings: CallingSettings) -> "CallingSettingsOut":
        """The answer's shape."""
        sets = {"countries": settings.countries, "days": settings.days, "own_regions": settings.own_regions}
        told: dict[str, object] = {name: getattr(settings, name) for name in cls.model_fields}
        told |= {name: at.isoformat("minutes") for name, at in told.items() if isinstance(at, time)}
        return cls.model_validate(told | {name: sorted(values) for name, values in sets.items()})


class CallingRuleOut(BaseModel):
    """One rule with where it comes from."""

    id: str
    kind: CallRuleKind
    region: str = Field(description="ISO 3166-1 or 3166-2; * where no other holds")
    who: Who = Field(description="Whom it protects by law")
    title: str
    hours: dict[str, str] = Field(
        description="Of rules of hours: by weekday, such as mon: 08:00-21:00; closed otherwise"
    )
    holidays: bool = Field(description="Of rules of hours: closed on public holidays")
    calls: int | None = Field(description="Of caps: so many calls to one person")
    within_hours: int | None = Field(description="Of caps: within so many hours")
    recording: RecordingConsent | None = Field(description="Of rules of recording: what it needs")
    source: str
    url: str
    since: date
    is_in_force: bool
    confidence: Confidence = Field(description="How sure we are that it says what its source says")

    @classmethod
    def of(cls, rule: Rule, today: date) -> "CallingRuleOut":
        """The answer's shape."""
        return cls(
            id=rule.id,
            kind=kind_of(rule),
            region=rule.region,
            who=rule.who,
            title=rule.title,
            hours=_hours(rule) if isinstance(rule, HoursRule) else {},
            holidays=isinstance(rule, HoursRule) and rule.holidays,
            calls=rule.calls if isinstance(rule, CapRule) else None,
            within_hours=int(rule.within.total_seconds() // 3600) if isinstance(rule, CapRule) else None,
            recording=rule.needs if isinstance(rule, RecordingRule) else None,
            source=rule.source,
            url=rule.url,
            since=rule.since,
            is_in_force=rule.since <= today,
            confidence=rule.confidence,
        )


def _hours(rule: HoursRule) -> dict[str, str]:
    told = {
        day: " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)
        for day, spans in zip(DAYS, rule.week, strict=True)
    }
    return {day: spans for day, spans in told.items() if spans}


class CallingRulesOut(BaseModel):
    """All rules that are known, by region."""

    items: list[CallingRuleOut]


class CallRefusalOut(BaseModel):
    """One reason against a call."""

    code: str = Field(description="`hours`, `attempts`, `do-not-call`, `country`, `number-kind`, `consent`, …")
    why: str
    source: str
    url: str
    rule: str | None = Field(description="The rule's id, where a rule of the list says so")
    until: datetime | None = Field(description="When it may end by itself; null: not by waiting")
    yields: bool = Field(description="An override lifts it")

    @classmethod
    def of(cls, refusal: Refusal) -> "CallRefusalOut":
        """The answer's shape."""
        return cls.model_validate(refusal, from_attributes=True)


class CallVerdictOut(BaseModel):
    """May this number be called now, and why not."""

    number: str = Field(description="As understood: E.164")
    is_allowed: bool
    refusals: list[CallRefusalOut]
    until: datetime | None = Field(
        description="Refused: the first moment at which it may be allowed, null if waiting does not help."
        " Allowed: when the hours end"
    )
    recording: RecordingConsent
    recording_source: str
    recording_title: str
    announcement: str = Field(description="To be said at the beginning when it is recorded; empty: nothing")
    regions: list[str] = Field(description="Whose rules hold")
    local_times: dict[str, str] = Field(description="The clock in each zone that the person may be in")

    @classmethod
    def of(cls, verdict: Verdict) -> "CallVerdictOut":
        """The answer's shape."""
        return cls(
            number=verdict.number,
            is_allowed=verdict.is_allowed,
            refusals=[CallRefusalOut.of(one) for one in verdict.refusals],
            until=verdict.until,
            recording=verdict.recording,
            recording_source=verdict.recording_rule.source,
            recording_title=verdict.recording_rule.title,
            announcement=verdict.announcement,
            regions=list(verdict.regions),
            local_times=dict(verdict.local_times),
        )


class WhyRefused(BaseModel):
    """What the problem of a refused call has besides: the verdict, as `/compliance/check` tells it."""

    verdict: CallVerdictOut

    @classmethod
    def of(cls, verdict: Verdict) -> "WhyRefused":
        """The members' shape."""
        return cls(verdict=CallVerdictOut.of(verdict))


class CallRefused(WhyRefused, Problem):
    """A call that the policy refuses: 403 where waiting does not help, 409 where it does."""


class RecordedRefusal(BaseModel):
    """A reason as it was given then."""

    code: str
    why: str
    source: str
    until: datetime | None


class RecordedVerdictOut(BaseModel):
    """What was answered to somebody who wanted to call."""

    id: UUID = Field(description="Of an allowed one: the permit's")
    at: datetime
    number: str
    person_id: UUID | None
    lead_id: UUID | None
    user_id: UUID | None
    purpose: CallPurpose
    is_allowed: bool
    recording: RecordingConsent
    refusals: list[RecordedRefusal]
    override_reason: str | None
    lifted: list[RecordedRefusal] = Field(description="What the override took away")
    until: datetime | None

    @classmethod
    def of(cls, recorded: Recorded) -> "RecordedVerdictOut":
        """The answer's shape."""
        return cls.model_validate(recorded, from_attributes=True)


@router.get("/settings", response_model=CallingSettingsOut)
def show_settings(call: Call = CALL) -> Response:
    """Show the organisation's own limits, within which its calls stay."""
    return call.read(lambda tx: CallingSettingsOut.of(service.settings(tx)))


@router.put("/settings", response_model=CallingSettingsOut)
def set_settings(body: NewCallingSettings, call: Call = CALL) -> Response:
    """Set the organisation's own limits; they narrow the rules and never widen them."""
    return call.edit(lambda tx, version: CallingSettingsOut.of(service.set_settings(tx, body.meant(version))))


@router.get("/rules", response_model=CallingRulesOut)
def list_rules(
    region: Annotated[
        str | None, Query(max_length=6, description="Only of this region", examples=["US-FL"])
    ] = None,
    call: Call = CALL,
) -> Response:
    """List the rules that calls are held to, each with its source, since when, and how sure we are."""

    def work(tx: Transaction) -> CallingRulesOut:
        tx.require("compliance:read")
        found = [rule for rule in every_rule() if region is None or rule.region == region.upper()]
        return CallingRulesOut(items=[CallingRuleOut.of(rule, tx.now.date()) for rule in found])

    return call.read(work)


@router.get("/check", response_model=CallVerdictOut)
def check_number(
    number: Annotated[
        str,
        Query(
            min_length=1, max_length=LONGEST_NUMBER, description="As one would dial it", examples=["+12125550123"]
        ),
    ],
    person_id: Annotated[UUID | None, Query(description="Who it belongs to, if known")] = None,
    call: Call = CALL,
) -> Response:
    """Tell whether this number may be called now, with every reason against it; keeps no record."""
    return call.read(
        lambda tx: CallVerdictOut.of(service.may_call(tx, number, person_id=person_id, user_id=tx.actor.id))
    )


@router.get("/verdicts", response_model=Page[RecordedVerdictOut])
def list_verdicts(
    person_id: Annotated[UUID | None, Query(description="Only about this person")] = None,
    number: Annotated[
        str | None, Query(max_length=LONGEST_NUMBER, description="Only of this number, E.164")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List what was answered to who wanted to call, refusals too, the newest first."""

    def work(tx: Transaction) -> Page[RecordedVerdictOut]:
        page = service.verdicts(tx, person_id=person_id, number=number, cursor=cursor, limit=limit)
        return Page(items=[RecordedVerdictOut.of(row) for row in page.items], next_cursor=page.next_cursor)

    return call.read(work)
