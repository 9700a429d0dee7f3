"""The use cases of goals: set them, see how they stand, KPIs of reps, teams and campaigns, scoreboards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.goals import store
from offhook.goals.jobs import CONSUMER
from offhook.goals.kpis import kpis
from offhook.goals.model import AIMS, DISTRIBUTIONS, NIL, Counter, Difference, Goal, KpiRow, Period, Progress
from offhook.goals.pace import bounds, forecast, pace, time_to_goal
from offhook.goals.rollup import differences, recount_events, span_differences
from offhook.goals.spans import PLAIN
from offhook.identity import Absence, BusinessHours, Team, User, business_minutes
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id

LARGEST_TARGET = 1_000_000
PLAIN_NAMES = tuple(counter.value for counter in PLAIN)
GROUPINGS = ("user", "team", "campaign", "none")


def set_goal(
    tx: Transaction,
    *,
    counter: Counter,
    period: Period,
    target: int,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    starts_on: date | None = None,
) -> Goal:
    """Set a goal from a day on (None: from the present period on); an earlier one like it ends the day before.

    Raises `Invalid` for a counter that is no aim, a target below 1, or not exactly one of user and team.
    """
    tx.require("goals:write")
    if counter not in AIMS:
        raise _invalid("counter", f"is one of {', '.join(AIMS)}", counter)
    if not 0 < target <= LARGEST_TARGET:
        raise _invalid("target", f"must be 1 to {LARGEST_TARGET:,}", str(target))
    if (user_id is None) == (team_id is None):
        raise _invalid("user_id", "or else team_id must be given, one of the two", None)
    owner = _Owner.of(tx, user_id, team_id)
    begins = starts_on or bounds(period, owner.today(tx.now))[0]
    new = Goal(new_id(), counter, period, target, team_id, user_id, begins, None)
    replaced = store.replaced_by(tx, new)
    store.remove_from(tx, new)
    store.insert_goal(tx, new)
    told: dict[str, Json] = {
        "counter": counter.value,
        "period": period.value,
        "target": target,
        "starts_on": begins.isoformat(),
        "replaced": [_told(one) for one in replaced],
    }
    tx.append(Event("goal.set", subject("goal", new.id), told))
    return new


def _told(replaced: Goal) -> dict[str, Json]:
    return {
        "id": str(replaced.id),
        "target": replaced.target,
        "starts_on": replaced.starts_on.isoformat(),
        "ends_on": replaced.ends_on.isoformat() if replaced.ends_on else None,
        "version": replaced.version,
    }


def take_back_goal(tx: Transaction, goal_id: UUID, version: int) -> Goal:
    """Let it be as if a goal had never been set: what it ended or removed holds again. Returns what it was.

    Raises `NotFound`, `StaleVersion` where it, or what it replaced, was changed since.
    """
    tx.require("goals:write")
    present = goal(tx, goal_id)
    replaced = store.replaced_earlier(tx, present)
    if not store.remove_goal(tx, goal_id, version):
        raise StaleVersion("The goal was changed since you read it. Read it again.")
    if not all(store.put_back(tx, former) for former in replaced):
        raise StaleVersion("A goal that it replaced was changed since. Set the goal that is to hold.")
    tx.append(Event("goal.taken_back", subject("goal", goal_id), {"target": present.target}))
    return present


def end_goal(tx: Transaction, goal_id: UUID, version: int, last_day: date) -> Goal:
    """Let a goal end with a day. Raises `NotFound`, `StaleVersion`, `Invalid` for a day before it began."""
    tx.require("goals:write")
    present = goal(tx, goal_id)
    if last_day < present.starts_on:
        raise _invalid("ends_on", "lies before the goal began", last_day.isoformat())
    if not store.end_goal(tx, goal_id, version, last_day):
        raise StaleVersion("The goal was changed since you read it. Read it again.")
    tx.append(Event("goal.ended", subject("goal", goal_id), {"ends_on": last_day.isoformat()}))
    return replace(present, ends_on=last_day, version=version + 1)


def goal(tx: Transaction, goal_id: UUID) -> Goal:
    """One goal. Raises `NotFound`."""
    tx.require("goals:read")
    found = store.goal(tx, goal_id)
    if found is None:
        raise NotFound(f"There is no goal {goal_id} here.")
    return found


def goals_page(tx: Transaction, after: UUID | None, limit: int) -> list[Goal]:
    """All goals, also those of the past, in the order in which they were set."""
    tx.require("goals:read")
    return store.goals(tx, after, limit)


def names_of_owners(tx: Transaction, goals: Sequence[Goal]) -> list[str]:
    """Whose goals these are, by name."""
    people = _People.of(tx)
    return [people.owner(goal.user_id, goal.team_id).name for goal in goals]


def _invalid(field: str, reason: str, value: str | None) -> Invalid:
    return Invalid(f"The goal's {field} {reason}.", fields=[FieldError(field, reason, value)])


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose goal: a user or a team, with the zone their days are cut in."""

    name: str
    team_id: UUID | None
    time_zone: str

    @classmethod
    def of(cls, tx: Transaction, user_id: UUID | None, team_id: UUID | None) -> "_Owner":
        """Look them up. Raises `NotFound`."""
        people = _People.of(tx)
        return people.owner(user_id, team_id)

    def today(self, now: datetime) -> date:
        """Which day it is for them."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True)
class _People:
    """Users, teams, hours: read once for many goals."""

    users: Mapping[UUID, User]
    teams: Mapping[UUID, Team]
    zone: str
    hours: Mapping[UUID | None, BusinessHours]

    @classmethod
    def of(cls, tx: Transaction) -> "_People":
        """Read them."""
        return cls(
            {user.id: user for user in identity.users(tx)},
            {team.id: team for team in identity.teams(tx)},
            identity.organisation(tx).time_zone,
            identity.business_hours(tx),
        )

    def owner(self, user_id: UUID | None, team_id: UUID | None) -> _Owner:
        """The user's or the team's name and zone; a user's days are cut in their team's zone."""
        user = self.users.get(user_id) if user_id else None
        if user_id and user is None:
            raise NotFound(f"There is no user {user_id} here.")
        whose_team = user.team_id if user else team_id
        team = self.teams.get(whose_team) if whose_team else None
        if team_id and team is None:
            raise NotFound(f"There is no team {team_id} here.")
        name = user.name if user else team.name if team else ""
        return _Owner(name, whose_team, team.time_zone if team else self.zone)

    def name(self, identifier: UUID) -> str:
        """A user's or team's name."""
        if identifier in self.users:
            return self.users[identifier].name
        return self.teams[identifier].name if identifier in self.teams else "nobody"


def progress(
    tx: Transaction,
    *,
    on: date | None = None,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    period: Period | None = None,
) -> list[Progress]:
    """How the goals in force on a day (None: today) stand in the period that it lies in."""
    tx.require("goals:read")
    people = _People.of(tx)
    day = on or tx.now.astimezone(ZoneInfo(people.zone)).date()
    found = store.goals_on(tx, day, team_id=team_id, user_id=user_id)
    # A month before the day is before any period that it lies in, in any zone.
    away = identity.absences(
        tx, [g.user_id for g in found if g.user_id], _midnight(day, "UTC") - timedelta(days=40)
    )
    return [_progress(tx, goal, on, people, away) for goal in found if period in (None, goal.period)]


def _progress(tx: Transaction, goal: Goal, on: date | None, people: _People, away: Iterable[Absence]) -> Progress:
    owner = people.owner(goal.user_id, goal.team_id)
    first, last = bounds(goal.period, on or owner.today(tx.now))
    sums = store.sums(
        tx, first, last, "none", counters=(goal.counter,), team_id=goal.team_id, user_id=goal.user_id
    )
    actual = sum(one.cases for one in sums.get(NIL, ()))
    hours = people.hours.get(owner.team_id) or people.hours[None]
    absences = [one for one in away if one.user_id == goal.user_id]
    begins, ends = (_midnight(day, owner.time_zone) for day in (first, last + timedelta(days=1)))
    now = min(max(tx.now, begins), ends)
    passed = _working(hours, absences, begins, now)
    whole = _working(hours, absences, begins, ends)
    share = passed / whole if whole else float(now >= ends)
    return Progress(
        goal,
        owner.name,
        first,
        last,
        actual,
        actual / goal.target,
        pace(actual, goal.target, share),
        share,
        forecast(actual, passed, whole - passed),
        time_to_goal(actual, goal.target, passed) if now < ends else None,
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _working(hours: BusinessHours, away: Sequence[Absence], start: datetime, end: datetime) -> float:
    """Minutes of working time between, without what falls into absences; those may overlap."""
    minutes = 0.0
    for one in sorted(away, key=lambda absence: absence.starts_at):
        if one.starts_at >= end:
            break
        if one.starts_at > start:
            minutes += business_minutes(hours, start, one.starts_at)
        start = max(start, one.ends_at)
    return minutes + business_minutes(hours, start, end) if start < end else minutes


# KPIs


def kpi_rows(
    tx: Transaction,
    first_day: date,
    last_day: date,
    *,
    by: str = "none",
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    campaign_id: UUID | None = None,
) -> list[KpiRow]:
    """Counts and KPIs of the days from first to last, of everybody together or `by` user, team or campaign."""
    tx.require("goals:read")
    if by not in GROUPINGS:
        raise Invalid(f"KPIs are grouped by {', '.join(GROUPINGS)}.", fields=[FieldError("by", "unknown", by)])
    if last_day < first_day:
        raise Invalid("The last day lies before the first.", fields=[FieldError("to", "before the first day")])
    found = store.sums(tx, first_day, last_day, by, user_id=user_id, team_id=team_id, campaign_id=campaign_id)
    names = _names(tx, by, list(found))
    rows = [_row(names[whose], whose, sums) for whose, sums in found.items()]
    return sorted(rows or ([_row("all", NIL, [])] if by == "none" else []), key=lambda row: row.name)


def _names(tx: Transaction, by: str, identifiers: Sequence[UUID]) -> dict[UUID, str]:
    if by == "none":
        return dict.fromkeys(identifiers, "all")
    if by == "campaign":
        return {NIL: "no campaign", **dict.fromkeys(identifiers, "no campaign"), **store.names(tx, identifiers)}
    people = _People.of(tx)
    return {identifier: people.name(identifier) for identifier in identifiers}


def _row(name: str, whose: UUID, sums: Sequence[store.Sum]) -> KpiRow:
    counts = dict.fromkeys(PLAIN, 0)
    distributions: dict[Counter, dict[int, int]] = defaultdict(dict)
    for one in sums:
        if one.counter in DISTRIBUTIONS:
            distributions[one.counter][one.bucket] = one.cases
        else:
            counts[one.counter] += one.cases
    return KpiRow(
        None if whose == NIL else whose,
        name,
        dict(zip(PLAIN_NAMES, counts.values(), strict=True)),
        kpis(counts, distributions),
    )


def daily(
    tx: Transaction,
    counter: Counter,
    first_day: date,
    last_day: date,
    *,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    campaign_id: UUID | None = None,
) -> list[tuple[date, int]]:
    """A counter day by day, days without any as 0. Raises `Invalid` for more than 1,100 days."""
    tx.require("goals:read")
    if not 0 <= (last_day - first_day).days <= 1_100:
        raise Invalid(
            "Ask for up to 1,100 days, the first before the last.", fields=[FieldError("to", "wrong span")]
        )
    found = store.daily(
        tx, counter, first_day, last_day, user_id=user_id, team_id=team_id, campaign_id=campaign_id
    )
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return [(day, found.get(day, 0)) for day in days]


def recount(tx: Transaction, *, mend: bool = False) -> list[Difference]:
    """Count all events anew, up to where the roll-up has come; tell where it is wrong. `mend` puts it right."""
    tx.require("goals:write")
    reached = tx.scalar(
        int, "SELECT position FROM event_cursor WHERE consumer = %(name)s FOR UPDATE", name=CONSUMER
    )
    fresh = recount_events(tx, reached or 0)
    found = differences(store.all_counts(tx), fresh) or span_differences(store.all_spans(tx), fresh)
    if mend and found:
        store.set_counts(tx, fresh)
    return found
