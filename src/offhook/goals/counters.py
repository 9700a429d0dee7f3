"""What each event counts for: pure, one function per kind of event, collected in the table `COUNTS`.

Counts are additive, so that events may be rolled up in any batches; a correction of an activity takes away what
the corrected entry counted for. Days are cut in the zone of the team concerned, else in the organisation's.

| counter                      | counted at (day)                | whose
|
|------------------------------|---------------------------------|-------------------------------------------------|
| mqls                         | it became MQL                   | the rep or pool it was assigned to
|
| sals                         | first hand-off; where the team says so, first acceptance | the rep who handed off
|
| cohort_sals, cohort_sqls     | the day it became MQL, or SAL   | likewise: for rates by cohort
|
| hand_offs_decided, _accepted | the decision                    | the rep who handed off; ae_…: the AE
|
| meetings_due, _held          | the meeting                     | likewise
|
| dials … emails_replied       | the activity                    | who did it
|
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook.goals.buckets import bucket_of
from offhook.goals.model import NIL, Counter, Key
from offhook.identity import SalCountsAt
from offhook.kernel.events import Json, StoredEvent

Data = Mapping[str, Json]
Count = tuple[Key, int]


@dataclass(frozen=True, slots=True)
class Manners:
    """How teams count: their zones, and when a lead is SAL for them. `zone` is the organisation's."""

    zone: ZoneInfo
    zones: Mapping[UUID, ZoneInfo]
    at_acceptance: frozenset[UUID]

    @classmethod
    def of(cls, time_zone: str, teams: Iterable[tuple[UUID, str, SalCountsAt]]) -> "Manners":
        """From the organisation's zone and its teams."""
        listed = list(teams)
        return cls(
            ZoneInfo(time_zone),
            {identifier: ZoneInfo(zone) for identifier, zone, _ in listed},
            frozenset(identifier for identifier, _, at in listed if at is SalCountsAt.ACCEPTANCE),
        )

    def counts_at_acceptance(self, team_id: UUID) -> bool:
        """Whether this team counts SAL when the AE accepts."""
        return team_id in self.at_acceptance


def roll_up(events: Iterable[StoredEvent], manners: Manners) -> dict[Key, int]:
    """What these events add to the counts; counts that cancel out are left out."""
    total: Tally[Key] = Tally()
    for event in events:
        for key, count in counts_of(event, manners):
            total[key] += count
    return {key: count for key, count in total.items() if count}


def counts_of(event: StoredEvent, manners: Manners) -> Iterator[Count]:
    """What one event counts for."""
    count = COUNTS.get(event.kind)
    if count is not None:
        yield from count(event.data, event.at, manners)


def _id(data: Data, name: str) -> UUID:
    value = data.get(name)
    return UUID(str(value)) if value else NIL


def _moment(data: Data, name: str) -> datetime | None:
    value = data.get(name)
    return datetime.fromisoformat(str(value)) if value else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose a count is: makes keys for a team's member and campaign, with days cut in the team's zone."""

    team_id: UUID
    user_id: UUID
    campaign_id: UUID
    zone: ZoneInfo

    def key(self, counter: Counter, at: datetime, bucket: int = 0) -> Key:
        day = at.astimezone(self.zone).date()
        return Key(counter, day, self.team_id, self.user_id, self.campaign_id, bucket)


def _place(data: Data, manners: Manners, user: str = "rep_id") -> _Place:
    team_id = _id(data, "team_id")
    zone = manners.zones.get(team_id, manners.zone)
    return _Place(team_id, _id(data, user), _id(data, "campaign_id"), zone)


def _ae_place(data: Data, manners: Manners) -> _Place:
    """An AE's counts are of no rep's team; days are the organisation's."""
    return _Place(NIL, _id(data, "ae_id"), _id(data, "campaign_id"), manners.zone)


def _response(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    """Of a campaign, not of a rep: nobody's work yet."""
    yield _Place(NIL, NIL, _id(data, "campaign_id"), manners.zone).key(Counter.RESPONSES, at), 1


def _one(counter: Counter) -> "Callable[[Data, datetime, Manners], Iterator[Count]]":
    def count(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
        yield _place(data, manners).key(counter, at), 1

    return count


def _opened(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    if data.get("origin") == "outbound":
        yield _place(data, manners).key(Counter.OUTBOUND_LEADS, at), 1


def _attempted(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    place = _place(data, manners)
    for counter, name in (
        (Counter.MINUTES_TO_ATTEMPT, "minutes"),
        (Counter.BUSINESS_MINUTES_TO_ATTEMPT, "business_minutes"),
    ):
        yield place.key(counter, at, bucket_of(float(str(data[name])))), 1


def _contacted(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    """A later word on the same lead takes back what the first one counted (`corrected`)."""
    yield from _contact(data, data, at, manners, 1)
    corrected = data.get("corrected")
    if isinstance(corrected, dict):
        yield from _contact(corrected, data, at, manners, -1)


def _contact(told: Data, data: Data, at: datetime, manners: Manners, count: int) -> Iterator[Count]:
    if told["attempts"] is None:
        return
    when = datetime.fromisoformat(str(told["conversed_at"])) if told.get("conversed_at") else at
    yield _place(data, manners).key(Counter.ATTEMPTS_TO_CONTACT, when, int(str(told["attempts"]))), count


def _activity(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    for key, count in activity_counts(data, at, manners):
        yield key, count
    corrected = data.get("corrected")
    if isinstance(corrected, dict):
        was_at = datetime.fromisoformat(str(corrected["at"]))
        for key, count in activity_counts(corrected, was_at, manners):
            yield key, -count


def activity_counts(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    """What one entry of the record counts for, apart from what it corrects."""
    place = _place(data, manners, "user_id")
    is_outbound = data["direction"] == "outbound"
    if is_outbound and data["kind"] != "note":
        yield place.key(Counter.TOUCHES, at), 1
    if data["kind"] == "call":
        yield from _call(data, at, place, is_outbound=is_outbound)
    elif data["kind"] == "email":
        yield from _email(data, at, place, is_outbound=is_outbound)


def _call(data: Data, at: datetime, place: _Place, *, is_outbound: bool) -> Iterator[Count]:
    yield place.key(Counter.DIALS if is_outbound else Counter.INBOUND_CALLS, at), 1
    if is_outbound and data["is_connect"]:
        yield place.key(Counter.CONNECTS, at), 1
    if data["is_conversation"]:
        yield place.key(Counter.CONVERSATIONS if is_outbound else Counter.INBOUND_CONVERSATIONS, at), 1
    if data["seconds"]:
        yield place.key(Counter.TALK_SECONDS, at), int(str(data["seconds"]))


def _email(data: Data, at: datetime, place: _Place, *, is_outbound: bool) -> Iterator[Count]:
    if not is_outbound:
        yield place.key(Counter.EMAILS_REPLIED, at), 1
        return
    yield place.key(Counter.EMAILS_SENT, at), 1
    if data["disposition"] == "bounced":
        yield place.key(Counter.EMAILS_BOUNCED, at), 1
    if data["disposition"] == "replied":
        yield place.key(Counter.EMAILS_REPLIED, at), 1


def _sal(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    place = _place(data, manners)
    yield place.key(Counter.SALS, at), 1
    became_mql = _moment(data, "mql_at")
    if became_mql is not None:
        yield place.key(Counter.COHORT_SALS, became_mql), 1


def _handed_off(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    place = _place(data, manners)
    yield place.key(Counter.HAND_OFFS, at), 1
    yield _ae_place(data, manners).key(Counter.AE_OFFERED, at), 1
    if data["first"] and not manners.counts_at_acceptance(place.team_id):
        yield from _sal(data, at, manners)


def _accepted(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    place, ae = _place(data, manners), _ae_place(data, manners)
    yield place.key(Counter.HAND_OFFS_DECIDED, at), 1
    yield place.key(Counter.HAND_OFFS_ACCEPTED, at), 1
    yield ae.key(Counter.AE_DECIDED, at), 1
    yield ae.key(Counter.AE_ACCEPTED, at), 1
    if data["first_acceptance"] and manners.counts_at_acceptance(place.team_id):
        yield from _sal(data, at, manners)


def _rejected(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    """A hand-off accepted before was decided then."""
    if not data["was_accepted"]:
        yield _place(data, manners).key(Counter.HAND_OFFS_DECIDED, at), 1
        yield _ae_place(data, manners).key(Counter.AE_DECIDED, at), 1


def _confirmed(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    place = _place(data, manners)
    yield place.key(Counter.SQLS, at), 1
    became_sal = _moment(data, "sal_at")
    if became_sal is not None:
        yield place.key(Counter.COHORT_SQLS, became_sal), 1
    yield _ae_place(data, manners).key(Counter.AE_SQLS, at), 1


def _meeting(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    yield _place(data, manners).key(Counter.MEETINGS_DUE, _moment(data, "meeting_at") or at), 1


def _meeting_held(data: Data, at: datetime, manners: Manners) -> Iterator[Count]:
    met_at = _moment(data, "meeting_at") or at
    yield from _meeting(data, at, manners)
    yield _place(data, manners).key(Counter.MEETINGS_HELD, met_at), 1
    yield _ae_place(data, manners).key(Counter.AE_MEETINGS_HELD, met_at), 1


COUNTS: Mapping[str, "Callable[[Data, datetime, Manners], Iterator[Count]]"] = {
    "response.received": _response,
    "lead.became_mql": _one(Counter.MQLS),
    "lead.opened": _opened,
    "lead.attempted": _attempted,
    "lead.contacted": _contacted,
    "activity.logged": _activity,
    "lead.handed_off": _handed_off,
    "lead.accepted": _accepted,
    "lead.rejected": _rejected,
    "lead.confirmed": _confirmed,
    "meeting.held": _meeting_held,
    "meeting.missed": _meeting,
    "lead.recycled": _one(Counter.RECYCLED),
    "lead.disqualified": _one(Counter.DISQUALIFIED),
    "lead.reopened": _one(Counter.REOPENED),
    "sla.met": _one(Counter.PROMISES_KEPT),
    "sla.breached": _one(Counter.PROMISES_BROKEN),
}
"""What counts each kind of event."""
