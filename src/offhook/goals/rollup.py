"""Keeps the counts: rolls events up as they come, and makes all counts anew from the record to check them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.goals import store
from offhook.goals.counters import COUNTS, Data, Manners, activity_counts, counts_of, roll_up
from offhook.goals.model import Counter, Difference, Key
from offhook.goals.spans import Amounts, Span, sums_of_spans
from offhook.kernel.database import Transaction
from offhook.kernel.events import StoredEvent

PAGE = 10_000

OF_TABLES = frozenset(
    {
        Counter.RESPONSES,
        Counter.MQLS,
        Counter.TOUCHES,
        Counter.DIALS,
        Counter.CONNECTS,
        Counter.CONVERSATIONS,
        Counter.INBOUND_CALLS,
        Counter.INBOUND_CONVERSATIONS,
        Counter.TALK_SECONDS,
        Counter.EMAILS_SENT,
        Counter.EMAILS_BOUNCED,
        Counter.EMAILS_REPLIED,
        Counter.HAND_OFFS,
        Counter.HAND_OFFS_DECIDED,
        Counter.HAND_OFFS_ACCEPTED,
        Counter.SALS,
        Counter.COHORT_SALS,
        Counter.SQLS,
        Counter.COHORT_SQLS,
        Counter.AE_OFFERED,
        Counter.AE_DECIDED,
        Counter.AE_ACCEPTED,
        Counter.AE_SQLS,
    }
)
"""What the tables of activities, responses, leads and hand-offs tell by themselves, without any event."""


def manners(tx: Transaction) -> Manners:
    """How this organisation's teams count."""
    teams = ((team.id, team.time_zone, team.sal_counts_at) for team in identity.teams(tx))
    return Manners.of(identity.organisation(tx).time_zone, teams)


def receive(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Add what these events count for."""
    store.add_counts(tx, roll_up(events, manners(tx)))


def recount_events(tx: Transaction, up_to: int) -> dict[Key, int]:
    """The counts as the whole log of events up to a position has them."""
    how = manners(tx)
    total: dict[Key, int] = {}
    for event in _log(tx, up_to):
        for key, count in counts_of(event, how):
            total[key] = total.get(key, 0) + count
    return {key: count for key, count in total.items() if count}


def _log(tx: Transaction, up_to: int) -> Iterator[StoredEvent]:
    after = 0
    while page := tx.rows(
        StoredEvent,
        "SELECT position, id, kind, version, subject, data, at, actor, cause FROM event"
        " WHERE position > %(after)s AND position <= %(up_to)s AND kind = ANY(%(kinds)s)"
        " ORDER BY position LIMIT %(limit)s",
        after=after,
        up_to=up_to,
        kinds=list(COUNTS),
        limit=PAGE,
    ):
        yield from page
        after = page[-1].position


def differences(counted: Mapping[Key, int], recounted: Mapping[Key, int]) -> list[Difference]:
    """Where two sets of counts are not the same."""
    return [
        Difference(key, counted.get(key, 0), recounted.get(key, 0))
        for key in sorted(counted.keys() | recounted.keys(), key=str)
        if counted.get(key, 0) != recounted.get(key, 0)
    ]


def span_differences(kept: Mapping[Span, Amounts], recounted: Mapping[Key, int]) -> list[Difference]:
    """Where sums over spans are not what the recounted counts come to; told at the first day of the span."""
    fresh = sums_of_spans(recounted)
    return [
        one
        for span in sorted(kept.keys() | fresh.keys())
        for one in differences(_keyed(span, kept.get(span)), _keyed(span, fresh.get(span)))
    ]


def _keyed(span: Span, amounts: Amounts | None) -> dict[Key, int]:
    return {
        Key(counter, span.first_day, span.team_id, span.user_id, span.campaign_id, bucket): count
        for counter, bucket, count in (amounts or Amounts()).named()
    }


# From the tables


@dataclass(frozen=True, slots=True)
class _Told:
    """A row of the record in the shape of an event that would tell of it."""

    kind: str
    at: datetime
    data: dict[str, object]


def recount_tables(tx: Transaction) -> dict[Key, int]:
    """The counts of `OF_TABLES` from the tables alone: a second witness against which the roll-up is tested."""
    how = manners(tx)
    total: dict[Key, int] = {}

    def add(key: Key, count: int) -> None:
        if key.counter in OF_TABLES:
            total[key] = total.get(key, 0) + count

    for data, at in _activities(tx):
        for key, count in activity_counts(data, at, how):
            add(key, count)
    for told in _rows(tx):
        counter = COUNTS[told.kind]
        for key, count in counter(_text(told.data), told.at, how):
            add(key, count)
    return {key: count for key, count in total.items() if count}


def _text(data: Mapping[str, object]) -> Data:
    """As events have it: ids and times as text."""
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in data.items()
    }  # pyright: ignore[reportReturnType] # plain values, as the statements below read them


@dataclass(frozen=True, slots=True)
class _Activity:
    at: datetime
    kind: str
    direction: str
    disposition: str | None
    is_connect: bool
    is_conversation: bool
    seconds: int | None
    user_id: UUID | None
    team_id: UUID | None
    campaign_id: UUID | None


def _activities(tx: Transaction) -> Iterator[tuple[Data, datetime]]:
    """The entries that no later one corrects."""
    found = tx.rows(
        _Activity,
        "SELECT a.at, a.kind, a.direction, a.disposition, a.is_connect, a.is_conversation, a.seconds, a.user_id,"
        " a.team_id, l.campaign_id FROM activity a LEFT JOIN lead l ON l.id = a.lead_id"
        " WHERE NOT EXISTS (SELECT FROM activity later WHERE later.corrects = a.id)",
    )
    for row in found:
        yield _text({name: getattr(row, name) for name in _Activity.__slots__}), row.at


def _rows(tx: Transaction) -> list[_Told]:
    return [*_responses(tx), *_leads(tx), *_hand_offs(tx)]


def _told(kind: str, at: datetime, **data: object) -> _Told:
    return _Told(kind, at, data)


def _responses(tx: Transaction) -> list[_Told]:
    def told(at: datetime, campaign_id: UUID) -> _Told:
        return _told("response.received", at, campaign_id=campaign_id)

    return tx.rows(told, "SELECT responded_at AS at, campaign_id FROM response")


def _leads(tx: Transaction) -> list[_Told]:
    def told(at: datetime, campaign_id: UUID | None, rep_id: UUID | None, team_id: UUID | None) -> _Told:
        return _told("lead.became_mql", at, campaign_id=campaign_id, rep_id=rep_id, team_id=team_id)

    return tx.rows(
        told,
        "SELECT l.mql_at AS at, l.campaign_id, first.user_id AS rep_id, first.team_id FROM lead l,"
        " LATERAL (SELECT user_id, team_id FROM assignment WHERE lead_id = l.id ORDER BY at, id LIMIT 1) AS first"
        " WHERE l.mql_at IS NOT NULL",
    )


@dataclass(frozen=True, slots=True)
class _HandOff:
    lead_id: UUID
    rep_id: UUID | None
    team_id: UUID | None
    ae_id: UUID
    campaign_id: UUID | None
    mql_at: datetime | None
    sal_at: datetime | None
    first: bool
    status: str
    at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    confirmed_at: datetime | None


def _hand_offs(tx: Transaction) -> Iterator[_Told]:
    accepted_before: set[UUID] = set()
    for row in tx.rows(
        _HandOff,
        "SELECT h.lead_id, h.rep_id, h.rep_team_id AS team_id, h.ae_id, l.campaign_id, l.mql_at, l.sal_at,"
        " h.is_first AS first, h.status, h.at, h.accepted_at, h.decided_at, h.confirmed_at"
        " FROM hand_off h JOIN lead l ON l.id = h.lead_id ORDER BY h.at, h.id",
    ):
        data = {name: getattr(row, name) for name in _HandOff.__slots__}
        data["was_accepted"] = row.accepted_at is not None
        data["first_acceptance"] = row.lead_id not in accepted_before
        yield _Told("lead.handed_off", row.at, data)
        if row.accepted_at is not None:
            accepted_before.add(row.lead_id)
            yield _Told("lead.accepted", row.accepted_at, data)
        if row.status == "rejected" and row.decided_at is not None:
            yield _Told("lead.rejected", row.decided_at, data)
        if row.confirmed_at is not None:
            yield _Told("lead.confirmed", row.confirmed_at, data)
