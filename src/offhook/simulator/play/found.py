"""Founding the generated organisation: staff, teams, hours, criteria, rules, promises, campaigns, mails."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import compliance, goals, identity, leads
from offhook.compliance import CallingSettings
from offhook.goals import Counter, Period
from offhook.identity import BusinessHours, Role, User
from offhook.kernel.database import SYSTEM, Actor, Database, Transaction
from offhook.kernel.events import Json
from offhook.simulator.play import outreach, staff
from offhook.simulator.world import Campaign

SIGN_INS = (Role.REP, Role.AE, Role.DEMAND_GENERATION, Role.MANAGER, Role.ADMIN)


CALLING = CallingSettings(countries=frozenset({"CA", "GB", "DE", "FR", "SE", "AU"}), businesses_as_consumers=False)
"""Firms in all countries of the world are called, within the hours that hold for firms."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The founded organisation: users by address, teams and campaigns by name, working hours by team."""

    organisation_id: UUID
    users: Mapping[str, User]
    teams: Mapping[str, UUID]
    campaigns: Mapping[str, UUID]
    hours: Mapping[UUID | None, BusinessHours]

    def actor(self, email: str) -> Actor:
        """Somebody of the staff as the one who acts."""
        return identity.actor_of(self.users[email])

    def of_role(self, role: Role) -> list[User]:
        """All in this role, in the order of the staff."""
        return [self.users[one.email] for one in staff.STAFF if one.role is role]


def found(database: Database, rng: Random, campaigns: Iterable[Campaign], days: tuple[date, date]) -> Floor:
    """Found it as of the database's clock, for a history between these days. Raises `Conflict` when it exists."""
    organisation_id = identity.found_organisation(
        database, name=staff.NAME, slug=staff.SLUG, time_zone=staff.TIME_ZONE, region=staff.REGION
    )
    with database.transaction(organisation_id, SYSTEM) as tx:
        teams = {
            name: identity.add_team(tx, name=name, time_zone=zone).id for name, zone in staff.TEAM_ZONES.items()
        }
        users = {one.email: _employ(tx, one, teams) for one in staff.STAFF}
        manager = next(user for user in users.values() if user.role is Role.MANAGER)
        for team in identity.teams(tx):
            identity.change_team(tx, team.id, team.version, {"manager_id": manager.id})
        _set_hours(tx, teams, days)
        compliance.set_settings(tx, CALLING)
        _plan_absences(tx, rng, users.values(), days)
        _agree(tx, teams, users)
        _aim(tx, teams, users, days[0])
        ids = {one.name: _announce(tx, one) for one in campaigns}
        hours = identity.business_hours(tx)
    with database.transaction(organisation_id, identity.actor_of(manager)) as tx:
        outreach.write(tx)
    return Floor(organisation_id, users, teams, ids, hours)


def _employ(tx: Transaction, one: staff.Member, teams: Mapping[str, UUID]) -> User:
    return identity.add_user(
        tx,
        email=one.email,
        name=one.name,
        role=one.role,
        team_id=teams[one.team] if one.team else None,
        routing_weight=one.weight,
        capacity=one.capacity,
    )


def _set_hours(tx: Transaction, teams: Mapping[str, UUID], days: tuple[date, date]) -> None:
    """London has hours and holidays of its own; everybody else keeps the organisation's."""
    day = ((time(8, 30), time(17, 30)),)
    holidays = frozenset(
        date(year, month, number)
        for year in range(days[0].year, days[1].year + 1)
        for month, number in ((1, 1), (12, 25), (12, 26))
    )
    london = BusinessHours(staff.TEAM_ZONES[staff.EUROPE], (day, day, day, day, day, (), ()), holidays)
    identity.set_business_hours(tx, teams[staff.EUROPE], london, 0)


def _plan_absences(tx: Transaction, rng: Random, users: Iterable[User], days: tuple[date, date]) -> None:
    """Everybody who sells is away for a week once, one after the other, and ill for a day; nobody near the end."""
    sellers = [user for user in users if user.role in (Role.REP, Role.AE)]
    weeks = (days[1] - days[0]).days // 7 - 1
    for number, user in enumerate(sellers[: max(weeks, 0)]):
        week = number * max(weeks, len(sellers)) // len(sellers)
        monday = days[0] + timedelta(days=7 * week + (7 - days[0].weekday()) % 7)
        _absent(tx, user, monday, 7, "holiday")
        if rng.random() < 0.6:
            _absent(tx, user, days[0] + timedelta(days=rng.randrange(7 * weeks)), 1, "ill")


def _absent(tx: Transaction, user: User, first: date, days: int, reason: str) -> None:
    zone = ZoneInfo(user.time_zone)
    starts, ends = (datetime.combine(first + timedelta(days=n), time(), zone) for n in (0, days))
    identity.add_absence(tx, user.id, starts, ends, reason)


def _agree(tx: Transaction, teams: Mapping[str, UUID], users: Mapping[str, User]) -> None:
    """What marketing, the reps and sales agreed before the first response."""
    drafted = leads.draft_ready_made(tx, "BANT")
    leads.publish(tx, drafted.id, agreed_with="Sofia Alvarez and Marcus Reed, sales")
    european: dict[str, Json] = {"field": "country", "in": list(staff.EUROPEAN)}
    leads.add_rule(tx, name="Europe", conditions=european, position=10, team_id=teams[staff.EUROPE])
    leads.add_rule(tx, name="Everywhere else", conditions={}, position=90, team_id=teams[staff.AMERICAS])
    leads.add_rule(
        tx,
        name="Europe",
        purpose=leads.Purpose.AE,
        conditions=european,
        position=10,
        user_id=users[staff.EUROPEAN_AE].id,
    )
    leads.add_sla_policy(
        tx,
        name="First call within two working hours",
        promise=leads.Promise.FIRST_ATTEMPT,
        minutes=120,
        warn_minutes=90,
        reassign_minutes=480,
    )
    leads.add_sla_policy(
        tx,
        name="AE decides within a working day",
        promise=leads.Promise.HAND_OFF_DECISION,
        minutes=480,
        warn_minutes=360,
    )


def _aim(tx: Transaction, teams: Mapping[str, UUID], users: Mapping[str, User], first_day: date) -> None:
    """What the reps and their teams are to achieve, by week and month, and do, by day and week."""
    for one in staff.STAFF:
        if one.role is not Role.REP:
            continue
        for counter, period, target in (
            (Counter.SALS, Period.WEEK, one.weekly_sals),
            (Counter.SALS, Period.MONTH, 4 * one.weekly_sals),
            (Counter.DIALS, Period.DAY, staff.DAILY_DIALS),
            (Counter.CONVERSATIONS, Period.WEEK, staff.WEEKLY_CONVERSATIONS),
        ):
            user_id = users[one.email].id
            goals.set_goal(tx, counter=counter, period=period, target=target, user_id=user_id, starts_on=first_day)
    for name, (weekly, monthly) in staff.TEAM_AIMS.items():
        for counter, period, target in (
            (Counter.SALS, Period.WEEK, weekly),
            (Counter.SQLS, Period.MONTH, monthly),
        ):
            goals.set_goal(
                tx, counter=counter, period=period, target=target, team_id=teams[name], starts_on=first_day
            )


def _announce(tx: Transaction, one: Campaign) -> UUID:
    return leads.add_campaign(
        tx,
        name=one.name,
        kind=leads.CampaignKind(one.kind),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
    ).id


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the generated organisation signs in."""

    role: str
    name: str
    email: str
    password: str
    token: str


def sign_ins(tx: Transaction) -> list[SignIn]:
    """New passwords and tokens for one user of each role. Earlier passwords end; earlier tokens do not."""
    found = {user.role: user for user in reversed(identity.users(tx)) if user.is_active}
    return [_sign_in(tx, found[role]) for role in SIGN_INS if role in found]


def _sign_in(tx: Transaction, user: User) -> SignIn:
    password = f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.token_hex(4)}"
    identity.set_password(tx, user.id, password)
    _, token = identity.issue_token(tx, user.id, name="demo")
    return SignIn(user.role.value, user.name, user.email, password, token)


_WORDS = "amber birch cedar delta ember fable garnet harbor island juniper kestrel lantern maple nimbus".split()
