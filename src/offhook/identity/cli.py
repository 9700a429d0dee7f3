"""Commands of identity: found the organisation; users, teams, absences, business hours, tokens, the event log.

Thin: each opens a transaction, calls one use case and prints what came back. People are named by their e-mail
address, teams by their name.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.identity.model import Role, SalCountsAt
from offhook.identity.sessions import factors, links
from offhook.identity.sessions import service as sessions
from offhook.identity.working_time import BusinessHours, Interval, check_time_zone
from offhook.kernel.errors import FieldError, Invalid

app = typer.Typer(help="Who works here and what they may do.", no_args_is_help=True)
organisation_app = typer.Typer(help="Show or change the organisation.", no_args_is_help=True)
users_app = typer.Typer(help="Who works here: add, change, deactivate, passwords.", no_args_is_help=True)
teams_app = typer.Typer(help="Teams of reps and AEs.", no_args_is_help=True)
absences_app = typer.Typer(help="Who is away when.", no_args_is_help=True)
hours_app = typer.Typer(help="Business hours and holidays.", no_args_is_help=True)
tokens_app = typer.Typer(help="API tokens: issue, list, revoke.", no_args_is_help=True)
app.add_typer(organisation_app, name="organisation")
app.add_typer(users_app, name="users")
app.add_typer(teams_app, name="teams")
app.add_typer(absences_app, name="absences")
app.add_typer(hours_app, name="hours")
app.add_typer(tokens_app, name="tokens")

USER_COLUMNS = ("name", "email", "role", "team", "time_zone", "routing_weight", "capacity", "is_active")
NONE = "none"
"""What an option takes to clear a value."""

TeamOption = Annotated[str | None, typer.Option("--team", help="Name of the team; 'none' for none.")]
ZoneOption = Annotated[str | None, typer.Option("--time-zone", help="IANA zone, such as Europe/Berlin.")]
WeightOption = Annotated[
    int | None, typer.Option("--weight", min=0, help="Share in the round robin; 0 gets none.")
]
CapacityOption = Annotated[str | None, typer.Option("--capacity", help="Most open leads; 'none' for no limit.")]
EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The user's address.")]


@app.command()
def init(
    name: Annotated[str, typer.Option("--name", help="Name of the organisation.")],
    admin: Annotated[str, typer.Option("--admin", metavar="EMAIL", help="Address of the first admin.")],
    admin_name: Annotated[
        str | None, typer.Option("--admin-name", help="Their name; from the address if not given.")
    ] = None,
    slug: Annotated[
        str | None, typer.Option("--slug", help="Short name for commands; from the name if not given.")
    ] = None,
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA zone, such as Europe/Berlin.")] = "UTC",
    region: Annotated[
        str, typer.Option("--region", help="Country (ISO 3166-1) whose national phone numbers are meant.")
    ] = "US",
    as_json: JsonOption = False,
) -> None:
    """Found the organisation with its first admin and print the admin's API token, once."""
    with command.database() as database:
        founded, first, text = identity.found_with_admin(
            database,
            name=name,
            slug=slug,
            time_zone=time_zone,
            region=region,
            admin_email=admin,
            admin_name=admin_name or _name_from(admin),
        )
    if as_json:
        command.show({"organisation": founded, "admin": first, "token": text}, as_json=True)
        return
    typer.echo(f"{founded.name} ({founded.slug}) is founded; {first.email} is its first admin.")
    typer.echo("Their API token, shown only now:")
    typer.echo(text)


def _name_from(email: str) -> str:
    return " ".join(re.split(r"[._+-]+", email.partition("@")[0])).title() or email


# Organisation


@organisation_app.command("show")
def show_organisation(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the organisation."""
    with command.transaction(as_email) as tx:
        command.show(identity.organisation(tx), as_json=as_json)


@organisation_app.command("change")
def change_organisation(
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    time_zone: ZoneOption = None,
    region: Annotated[str | None, typer.Option("--region", help="Country of national phone numbers.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change the organisation's name, time zone or region."""
    changes = command.given(name=name, time_zone=time_zone, region=region)
    with command.transaction(as_email) as tx:
        before = identity.organisation(tx)
        command.show(identity.change_organisation(tx, before.version, changes), as_json=as_json)


# Users


@users_app.command("list")
def list_users(
    everybody: Annotated[bool, typer.Option("--all", help="Also who was deactivated.")] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List who works here."""
    with command.transaction(as_email) as tx:
        tx.require("users:read")
        names = {team.id: team.name for team in identity.teams(tx)}
        found = [_user_row(user, names) for user in identity.users(tx) if everybody or user.is_active]
    command.show(found, as_json=as_json, columns=USER_COLUMNS, title="Users")


@users_app.command("add")
def add_user(
    email: EmailArgument,
    name: Annotated[str, typer.Option("--name", help="Their name.")],
    role: Annotated[Role, typer.Option("--role", help="What they do here.")],
    team: TeamOption = None,
    time_zone: ZoneOption = None,
    weight: WeightOption = None,
    capacity: CapacityOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add somebody who works here."""
    with command.transaction(as_email) as tx:
        team_id = identity.team_by_name(tx, team).id if team and team != NONE else None
        added = identity.add_user(
            tx,
            email=email,
            name=name,
            role=role,
            team_id=team_id,
            time_zone=time_zone,
            routing_weight=1 if weight is None else weight,
            capacity=_limit(capacity) if capacity else None,
        )
        names = {one.id: one.name for one in identity.teams(tx)}
    command.show(_user_row(added, names), as_json=as_json, columns=USER_COLUMNS)


@users_app.command("change")
def change_user(
    email: EmailArgument,
    new_email: Annotated[str | None, typer.Option("--email", help="A new address.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    role: Annotated[Role | None, typer.Option("--role", help="A new role.")] = None,
    team: TeamOption = None,
    time_zone: ZoneOption = None,
    weight: WeightOption = None,
    capacity: CapacityOption = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether they work here.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change a user; what is not given stays."""
    changes = command.given(
        email=new_email, name=name, role=role, time_zone=time_zone, routing_weight=weight, is_active=active
    )
    if capacity is not None:
        changes["capacity"] = _limit(capacity)
    with command.transaction(as_email) as tx:
        if team is not None:
            changes["team_id"] = None if team == NONE else identity.team_by_name(tx, team).id
        before = identity.user_by_email(tx, email)
        changed = identity.change_user(tx, before.id, before.version, changes)
        names = {one.id: one.name for one in identity.teams(tx)}
    command.show(_user_row(changed, names), as_json=as_json, columns=USER_COLUMNS)


@users_app.command("deactivate")
def deactivate_user(email: EmailArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Let somebody go: they get nothing new and their tokens stop working."""
    with command.transaction(as_email) as tx:
        before = identity.user_by_email(tx, email)
        changed = identity.change_user(tx, before.id, before.version, {"is_active": False})
        names = {one.id: one.name for one in identity.teams(tx)}
    command.show(_user_row(changed, names), as_json=as_json, columns=USER_COLUMNS)


@users_app.command("password")
def set_password(
    email: EmailArgument,
    password: Annotated[
        str,
        typer.Option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Else asked for."),
    ],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Set a user's password for signing in."""
    with command.transaction(as_email) as tx:
        somebody = identity.user_by_email(tx, email)
        identity.set_password(tx, somebody.id, password)
    command.show({"email": somebody.email, "password": "set"}, as_json=as_json)


@users_app.command("invite")
def invite_user(email: EmailArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Print a link by which a user sets their password: an invitation, or a reset once they have one."""
    base = command.settings().base_url
    with command.transaction(as_email) as tx:
        somebody = identity.user_by_email(tx, email)
        link = links.make_entry_link(tx, somebody.id)
    url = f"{base}/enter#{link.text}"
    if as_json:
        told = {"email": somebody.email, "purpose": link.purpose, "url": url, "expires_at": link.expires_at}
        command.show(told, as_json=True)
        return
    until = link.expires_at.astimezone(ZoneInfo(somebody.time_zone))
    typer.echo(f"{somebody.name} sets their password here, once, until {until:%Y-%m-%d %H:%M} their time:")
    typer.echo(url)


@users_app.command("end-sessions")
def end_sessions(email: EmailArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Sign a user out everywhere; their tokens go on working."""
    with command.transaction(as_email) as tx:
        somebody = identity.user_by_email(tx, email)
        ended = sessions.end_sessions_of(tx, somebody.id)
    command.show({"email": somebody.email, "ended": ended}, as_json=as_json)


@users_app.command("remove-second-factors")
def remove_second_factors(email: EmailArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Take the second factors of a user away who lost them; the password alone lets them in until they add one."""
    with command.transaction(as_email) as tx:
        somebody = factors.remove_factors_of(tx, identity.user_by_email(tx, email).id)
    command.show({"email": somebody.email, "second_factors": "removed"}, as_json=as_json)


def _user_row(user: identity.User, team_names: dict[UUID, str]) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(user, name) for name in user.__slots__}
    return row | {"team": team_names.get(user.team_id) if user.team_id else None}


# Teams


@teams_app.command("list")
def list_teams(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the teams."""
    with command.transaction(as_email) as tx:
        tx.require("users:read")
        command.show(identity.teams(tx), as_json=as_json, columns=TEAM_COLUMNS, title="Teams")


TEAM_COLUMNS = ("name", "time_zone", "minimum_talk_seconds", "sal_counts_at", "engaged_people")


@teams_app.command("add")
def add_team(
    name: Annotated[str, typer.Argument(help="Name of the team.")],
    time_zone: ZoneOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Add a team."""
    with command.transaction(as_email) as tx:
        added = identity.add_team(tx, name=name, time_zone=time_zone)
    command.show(added, as_json=as_json, columns=TEAM_COLUMNS)


@teams_app.command("change")
def change_team(
    name: Annotated[str, typer.Argument(help="Name of the team.")],
    new_name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    time_zone: ZoneOption = None,
    team_lead: Annotated[
        str | None, typer.Option("--manager", metavar="EMAIL", help="Who escalations go to; 'none' for nobody.")
    ] = None,
    talk: Annotated[
        int | None, typer.Option("--minimum-talk", min=0, help="Seconds that make a connect a conversation.")
    ] = None,
    counts_at: Annotated[
        SalCountsAt | None, typer.Option("--sal-counts-at", help="When a lead counts as SAL.")
    ] = None,
    engaged: Annotated[
        int | None, typer.Option("--engaged-people", min=1, help="How many make an account penetrated.")
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change a team; what is not given stays."""
    changes = command.given(
        name=new_name,
        time_zone=time_zone,
        minimum_talk_seconds=talk,
        sal_counts_at=counts_at,
        engaged_people=engaged,
    )
    with command.transaction(as_email) as tx:
        if team_lead is not None:
            changes["manager_id"] = None if team_lead == NONE else identity.user_by_email(tx, team_lead).id
        before = identity.team_by_name(tx, name)
        changed = identity.change_team(tx, before.id, before.version, changes)
    command.show(changed, as_json=as_json, columns=TEAM_COLUMNS)


# Absences


@absences_app.command("list")
def list_absences(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List absences that are not over."""
    with command.transaction(as_email) as tx:
        tx.require("users:read")
        people = {user.id: user for user in identity.users(tx)}
        found = [_absence_row(one, people[one.user_id]) for one in identity.absences(tx, people, tx.now)]
    command.show(found, as_json=as_json, columns=ABSENCE_COLUMNS, title="Absences")


ABSENCE_COLUMNS = ("email", "starts_at", "ends_at", "reason", "id")


@absences_app.command("add")
def add_absence(
    email: EmailArgument,
    begins: Annotated[str, typer.Option("--from", help="Day or moment it begins, in the user's zone.")],
    ends: Annotated[str, typer.Option("--until", help="Last day, or the moment they are back.")],
    reason: Annotated[str, typer.Option("--reason", help="Shown to colleagues.")] = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Note that somebody is away; they are given nothing new meanwhile."""
    with command.transaction(as_email) as tx:
        somebody = identity.user_by_email(tx, email)
        zone = ZoneInfo(somebody.time_zone)
        starts_at, ends_at = _moment(begins, zone), _moment(ends, zone, is_end=True)
        added = identity.add_absence(tx, somebody.id, starts_at, ends_at, reason)
    command.show(_absence_row(added, somebody), as_json=as_json, columns=ABSENCE_COLUMNS)


@absences_app.command("remove")
def remove_absence(
    absence: Annotated[UUID, typer.Argument(help="Its id, from `absences list`.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take an absence back."""
    with command.transaction(as_email) as tx:
        removed = identity.remove_absence(tx, absence)
        somebody = identity.user(tx, removed.user_id)
    command.show(_absence_row(removed, somebody), as_json=as_json, columns=ABSENCE_COLUMNS)


def _absence_row(absence: identity.Absence, user: identity.User) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(absence, name) for name in absence.__slots__}
    return row | {"email": user.email}


def _moment(text: str, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """A day or moment; a bare day as an end means the whole of it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(f"'{text}' is no day or moment; write 2026-03-02 or 2026-03-02T13:00.") from error
    if is_end and len(text.strip()) == len("2026-03-02"):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# Business hours


@hours_app.command("show")
def show_hours(
    team: Annotated[str | None, typer.Option("--team", help="Name of a team; else the organisation's.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show the business hours that hold for a team or the organisation."""
    with command.transaction(as_email) as tx:
        tx.require("users:read")
        team_id = identity.team_by_name(tx, team).id if team else None
        hours, version = identity.business_hours_of(tx, team_id)
    _show_hours(hours, version, as_json)


@hours_app.command("set")
def set_hours(
    team: Annotated[str | None, typer.Option("--team", help="Name of a team; else the organisation's.")] = None,
    days: Annotated[
        list[str] | None,
        typer.Option("--day", help="Such as mon-fri=09:00-12:30,13:30-18:00 or sat=; give it several times."),
    ] = None,
    holiday: Annotated[list[str] | None, typer.Option("--holiday", help="A day off, such as 2026-12-25.")] = None,
    no_holiday: Annotated[list[str] | None, typer.Option("--no-holiday", help="A day that is none.")] = None,
    time_zone: ZoneOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Set business hours; days that are not given stay."""
    with command.transaction(as_email) as tx:
        team_id = identity.team_by_name(tx, team).id if team else None
        before, version = identity.business_hours_of(tx, team_id)
        week = list(before.week)
        for text in days or []:
            _set_days(week, text)
        holidays = (before.holidays | set(_dates(holiday))) - set(_dates(no_holiday))
        zone = check_time_zone(time_zone or before.time_zone)
        hours = BusinessHours(zone, tuple(week), frozenset(holidays))
        version = identity.set_business_hours(tx, team_id, hours, version)
    _show_hours(hours, version, as_json)


@hours_app.command("drop")
def drop_hours(
    team: Annotated[str, typer.Argument(metavar="TEAM", help="Name of the team.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Let a team go by the organisation's business hours again."""
    with command.transaction(as_email) as tx:
        team_id = identity.team_by_name(tx, team).id
        identity.drop_business_hours(tx, team_id, identity.business_hours_of(tx, team_id)[1])
        hours, version = identity.business_hours_of(tx, team_id)
    _show_hours(hours, version, as_json)


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _set_days(week: list[tuple[Interval, ...]], text: str) -> None:
    """Put `mon-fri=09:00-12:30,13:30-18:00` into the week; nothing after the `=` closes the days."""
    names, given, intervals = text.lower().partition("=")
    first, _, last = names.strip().partition("-")
    last = last or first
    if not given or first not in WEEKDAYS or last not in WEEKDAYS:
        raise _bad_day(text)
    chosen = range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1)
    if not chosen:
        raise _bad_day(text)
    for day in chosen:
        week[day] = tuple(_interval(part, text) for part in intervals.split(",") if part.strip())


def _interval(part: str, text: str) -> Interval:
    opens, _, closes = part.strip().partition("-")
    try:
        return time.fromisoformat(opens), time.min if closes == "24:00" else time.fromisoformat(closes)
    except ValueError as error:
        raise _bad_day(text) from error


def _bad_day(text: str) -> Invalid:
    reason = "write days and hours as mon-fri=09:00-17:30 or sat="
    return Invalid(f"'{text}' cannot be read: {reason}.", fields=[FieldError("day", reason, text)])


def _dates(texts: Sequence[str] | None) -> list[date]:
    found: list[date] = []
    for text in texts or ():
        try:
            found.append(date.fromisoformat(text))
        except ValueError as error:
            raise Invalid(f"'{text}' is no day; write it as 2026-12-25.") from error
    return found


def _show_hours(hours: BusinessHours, version: int, as_json: bool) -> None:
    from offhook.identity.store import week_text

    week = dict(zip(WEEKDAYS, week_text(hours.week), strict=True))
    holidays = sorted(hours.holidays)
    if as_json:
        shown = {"time_zone": hours.time_zone, "week": week, "holidays": holidays, "version": version}
        command.show(shown, as_json=True)
        return
    rows = [{"day": day, "hours": ", ".join("-".join(pair) for pair in pairs)} for day, pairs in week.items()]
    command.show(rows, title=f"Business hours ({hours.time_zone})")
    if holidays:
        typer.echo("Holidays: " + ", ".join(day.isoformat() for day in holidays))


# Tokens


TOKEN_COLUMNS = ("name", "email", "scopes", "expires_at", "revoked_at", "last_used_at", "id")


@tokens_app.command("list")
def list_tokens(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List API tokens, without their secrets."""
    with command.transaction(as_email) as tx:
        emails = {user.id: user.email for user in identity.users(tx)}
        found = [_token_row(token, emails) for token in identity.tokens(tx)]
    command.show(found, as_json=as_json, columns=TOKEN_COLUMNS, title="Tokens")


@tokens_app.command("issue")
def issue_token(
    email: EmailArgument,
    name: Annotated[str, typer.Option("--name", help="What it is for.")],
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="A permission; several times. Without: all of the user's.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=3650, help="Valid for so many days.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Issue an API token for a user and print it, once."""
    with command.transaction(as_email) as tx:
        somebody = identity.user_by_email(tx, email)
        expires_at = tx.now + timedelta(days=days) if days else None
        token, text = identity.issue_token(
            tx, somebody.id, name=name, scopes=scopes or ["*"], expires_at=expires_at
        )
    if as_json:
        command.show(_token_row(token, {somebody.id: somebody.email}) | {"token": text}, as_json=True)
        return
    typer.echo(f"A token of {somebody.email}, shown only now:")
    typer.echo(text)


@tokens_app.command("revoke")
def revoke_token(
    token: Annotated[UUID, typer.Argument(help="Its id, from `tokens list`.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Make a token worthless."""
    with command.transaction(as_email) as tx:
        revoked = identity.revoke_token(tx, token)
        somebody = identity.user(tx, revoked.user_id)
    command.show(_token_row(revoked, {somebody.id: somebody.email}), as_json=as_json, columns=TOKEN_COLUMNS)


def _token_row(token: identity.Token, emails: dict[UUID, str]) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(token, name) for name in token.__slots__}
    return row | {"scopes": sorted(token.scopes), "email": emails.get(token.user_id)}


# Events


@app.command("events")
def list_events(
    about: Annotated[str | None, typer.Option("--subject", help="Such as lead:0190….")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Such as lead.assigned, or lead.*")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many, the newest.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show the newest events: what happened, when, by whom."""
    with command.transaction(as_email) as tx:
        found = identity.events_page(tx, subject=about, kind=kind, newest_first=True, limit=limit)
    command.show(found, as_json=as_json, columns=("at", "kind", "subject", "actor", "data"), title="Events")


def _limit(text: str) -> int | None:
    if text == NONE:
        return None
    if not text.isdecimal():
        raise Invalid(f"A capacity is a whole number or 'none'; it was '{text}'.")
    return int(text)
