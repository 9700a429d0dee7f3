"""The SQL of identity. Statements only; what may be done and what it means is decided in `service.py`.

Tables: organisation, team, app_user, absence, api_token, business_hours (0002_identity.sql). Lists are small
(an organisation's users and teams) and read whole; each is served by the table's primary key.
"""

from datetime import datetime, time
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from offhook.identity.model import Absence, Organisation, Role, SalCountsAt, Team, Token, User
from offhook.identity.working_time import BusinessHours, Interval
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError

_NIL = UUID(int=0)
"""Sorts before every id: where the first page begins."""


def _user(role: str, **columns: object) -> User:
    return User(role=Role(role), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _team(sal_counts_at: str, **columns: object) -> Team:
    return Team(sal_counts_at=SalCountsAt(sal_counts_at), **columns)  # pyright: ignore[reportArgumentType] # likewise


def _token(scopes: list[str], **columns: object) -> Token:
    return Token(scopes=frozenset(scopes), **columns)  # pyright: ignore[reportArgumentType] # likewise


# Organisation


def organisation_row(tx: Transaction) -> Organisation | None:
    """The transaction's own organisation."""
    return tx.first(
        Organisation,
        "SELECT organisation_id AS id, name, slug, time_zone, region, version FROM organisation",
    )


def insert_organisation(tx: Transaction, new: Organisation) -> None:
    """Add the organisation itself. Raises `Conflict` when the short name is taken."""
    try:
        tx.execute(
            "INSERT INTO organisation (organisation_id, name, slug, time_zone, region, version, created_at)"
            " VALUES (%(id)s, %(name)s, %(slug)s, %(time_zone)s, %(region)s, %(version)s, %(now)s)",
            id=new.id,
            name=new.name,
            slug=new.slug,
            time_zone=new.time_zone,
            region=new.region,
            version=new.version,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise Conflict(
            f"The short name '{new.slug}' is taken by another organisation. Choose another.",
            fields=[FieldError("slug", "taken", new.slug)],
        ) from error


def update_organisation(tx: Transaction, changed: Organisation, version: int) -> bool:
    """Save all of the organisation if it still has `version`; False when it has not."""
    return bool(
        tx.execute(
            "UPDATE organisation SET name = %(name)s, time_zone = %(time_zone)s, region = %(region)s,"
            " version = version + 1 WHERE version = %(version)s",
            name=changed.name,
            time_zone=changed.time_zone,
            region=changed.region,
            version=version,
        )
    )


# Users


def user_rows(tx: Transaction) -> list[User]:
    """All users, by name."""
    return tx.rows(
        _user,
        "SELECT id, email, name, role, team_id, time_zone, routing_weight, capacity, is_active, version"
        " FROM app_user ORDER BY name, id",
    )


def user_page(tx: Transaction, after: UUID | None, limit: int) -> list[User]:
    """Up to `limit` users in the order in which they were added, beyond one of them."""
    return tx.rows(
        _user,
        "SELECT id, email, name, role, team_id, time_zone, routing_weight, capacity, is_active, version"
        " FROM app_user WHERE id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after or _NIL,
        limit=limit,
    )


def user_row(tx: Transaction, identifier: UUID) -> User | None:
    """One user by id."""
    return tx.first(
        _user,
        "SELECT id, email, name, role, team_id, time_zone, routing_weight, capacity, is_active, version"
        " FROM app_user WHERE id = %(id)s",
        id=identifier,
    )


def user_row_by_email(tx: Transaction, email: str) -> User | None:
    """One user by address, lower case; served by app_user_email."""
    return tx.first(
        _user,
        "SELECT id, email, name, role, team_id, time_zone, routing_weight, capacity, is_active, version"
        " FROM app_user WHERE email = %(email)s",
        email=email,
    )


def insert_user(tx: Transaction, new: User) -> None:
    """Add a user. Raises `Conflict` when the address is in use."""
    try:
        tx.execute(
            "INSERT INTO app_user (id, email, name, role, team_id, time_zone, routing_weight, capacity,"
            " is_active, version, created_at) VALUES (%(id)s, %(email)s, %(name)s, %(role)s, %(team_id)s,"
            " %(time_zone)s, %(routing_weight)s, %(capacity)s, %(is_active)s, %(version)s, %(now)s)",
            **_user_columns(new),
            version=new.version,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _email_taken(new.email) from error


def update_user(tx: Transaction, changed: User, version: int) -> bool:
    """Save all of a user if they still have `version`; False when not. Raises `Conflict` for a used address."""
    try:
        return bool(
            tx.execute(
                "UPDATE app_user SET email = %(email)s, name = %(name)s, role = %(role)s, team_id = %(team_id)s,"
                " time_zone = %(time_zone)s, routing_weight = %(routing_weight)s, capacity = %(capacity)s,"
                " is_active = %(is_active)s, version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                **_user_columns(changed),
                version=version,
            )
        )
    except UniqueViolation as error:
        raise _email_taken(changed.email) from error


def _user_columns(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "team_id": user.team_id,
        "time_zone": user.time_zone,
        "routing_weight": user.routing_weight,
        "capacity": user.capacity,
        "is_active": user.is_active,
    }


def _email_taken(email: str) -> Conflict:
    return Conflict(
        f"Somebody with the address {email} is here already.", fields=[FieldError("email", "in use", email)]
    )


def lock_admins(tx: Transaction) -> list[UUID]:
    """The active admins, locked until the end, so that two of them cannot dismiss each other at once."""
    return tx.scalars(
        UUID, "SELECT id FROM app_user WHERE role = 'admin' AND is_active ORDER BY id FOR NO KEY UPDATE"
    )


def save_password_hash(tx: Transaction, user_id: UUID, password_hash: str) -> None:
    """Keep the argon2id hash of a user's password."""
    tx.execute("UPDATE app_user SET password_hash = %(hash)s WHERE id = %(id)s", id=user_id, hash=password_hash)


def password_hash(tx: Transaction, email: str) -> str | None:
    """The argon2id hash of an active user's password; None without user or password."""
    return tx.scalar(str, "SELECT password_hash FROM app_user WHERE email = %(email)s AND is_active", email=email)


# Teams


def team_rows(tx: Transaction) -> list[Team]:
    """All teams, by name."""
    return tx.rows(
        _team,
        "SELECT id, name, time_zone, manager_id, minimum_talk_seconds, sal_counts_at, engaged_people, version"
        " FROM team ORDER BY name, id",
    )


def team_page(tx: Transaction, after: UUID | None, limit: int) -> list[Team]:
    """Up to `limit` teams in the order in which they were added, beyond one of them."""
    return tx.rows(
        _team,
        "SELECT id, name, time_zone, manager_id, minimum_talk_seconds, sal_counts_at, engaged_people, version"
        " FROM team WHERE id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after or _NIL,
        limit=limit,
    )


def insert_team(tx: Transaction, new: Team) -> None:
    """Add a team. Raises `Conflict` when the name is in use."""
    try:
        tx.execute(
            "INSERT INTO team (id, name, time_zone, manager_id, minimum_talk_seconds, sal_counts_at,"
            " engaged_people, version, created_at) VALUES (%(id)s, %(name)s, %(time_zone)s, %(manager_id)s,"
            " %(minimum_talk_seconds)s, %(sal_counts_at)s, %(engaged_people)s, %(version)s, %(now)s)",
            **_team_columns(new),
            version=new.version,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _team_taken(new.name) from error


def update_team(tx: Transaction, changed: Team, version: int) -> bool:
    """Save all of a team if it still has `version`; False when not. Raises `Conflict` for a used name."""
    try:
        return bool(
            tx.execute(
                "UPDATE team SET name = %(name)s, time_zone = %(time_zone)s, manager_id = %(manager_id)s,"
                " minimum_talk_seconds = %(minimum_talk_seconds)s, sal_counts_at = %(sal_counts_at)s,"
                " engaged_people = %(engaged_people)s, version = version + 1"
                " WHERE id = %(id)s AND version = %(version)s",
                **_team_columns(changed),
                version=version,
            )
        )
    except UniqueViolation as error:
        raise _team_taken(changed.name) from error


def _team_columns(team: Team) -> dict[str, object]:
    return {
        "id": team.id,
        "name": team.name,
        "time_zone": team.time_zone,
        "manager_id": team.manager_id,
        "minimum_talk_seconds": team.minimum_talk_seconds,
        "sal_counts_at": team.sal_counts_at.value,
        "engaged_people": team.engaged_people,
    }


def _team_taken(name: str) -> Conflict:
    return Conflict(f"There is a team named '{name}' already.", fields=[FieldError("name", "in use", name)])


# Absences


def insert_absence(tx: Transaction, new: Absence) -> None:
    """Add an absence."""
    tx.execute(
        "INSERT INTO absence (id, user_id, starts_at, ends_at, reason)"
        " VALUES (%(id)s, %(user_id)s, %(starts_at)s, %(ends_at)s, %(reason)s)",
        id=new.id,
        user_id=new.user_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        reason=new.reason,
    )


def absence_row(tx: Transaction, identifier: UUID) -> Absence | None:
    """One absence by id."""
    return tx.first(
        Absence, "SELECT id, user_id, starts_at, ends_at, reason FROM absence WHERE id = %(id)s", id=identifier
    )


def absence_page(tx: Transaction, ending_after: datetime, after: UUID | None, limit: int) -> list[Absence]:
    """Up to `limit` absences that end after a moment, in the order in which they were noted."""
    return tx.rows(
        Absence,
        "SELECT id, user_id, starts_at, ends_at, reason FROM absence"
        " WHERE id > %(after)s AND ends_at > %(ending_after)s ORDER BY id LIMIT %(limit)s",
        after=after or _NIL,
        ending_after=ending_after,
        limit=limit,
    )


def absence_rows(tx: Transaction, user_ids: list[UUID], ending_after: datetime) -> list[Absence]:
    """These users' absences that end after a moment, the soonest first; served by absence_of_user."""
    return tx.rows(
        Absence,
        "SELECT id, user_id, starts_at, ends_at, reason FROM absence"
        " WHERE user_id = ANY(%(users)s) AND ends_at > %(after)s ORDER BY starts_at, id",
        users=user_ids,
        after=ending_after,
    )


def absent_user_ids(tx: Transaction, at: datetime) -> list[UUID]:
    """Who is absent at a moment."""
    return tx.scalars(
        UUID, "SELECT DISTINCT user_id FROM absence WHERE starts_at <= %(at)s AND ends_at > %(at)s", at=at
    )


def delete_absence(tx: Transaction, identifier: UUID) -> None:
    """Remove an absence."""
    tx.execute("DELETE FROM absence WHERE id = %(id)s", id=identifier)


# Tokens


def insert_token(tx: Transaction, new: Token, secret_hash: bytes) -> None:
    """Add a token, of whose secret only the hash is kept."""
    tx.execute(
        "INSERT INTO api_token (id, name, user_id, secret_hash, scopes, created_at, expires_at)"
        " VALUES (%(id)s, %(name)s, %(user_id)s, %(hash)s, %(scopes)s, %(created_at)s, %(expires_at)s)",
        id=new.id,
        name=new.name,
        user_id=new.user_id,
        hash=secret_hash,
        scopes=sorted(new.scopes),
        created_at=new.created_at,
        expires_at=new.expires_at,
    )


def token_rows(
    tx: Transaction, user_id: UUID | None, before: UUID | None = None, limit: int | None = None
) -> list[Token]:
    """The tokens of one user, or of all (None), the newest first, from before one of them."""
    return tx.rows(
        _token,
        "SELECT id, name, user_id, scopes, created_at, expires_at, revoked_at, last_used_at FROM api_token"
        " WHERE (%(user)s::uuid IS NULL OR user_id = %(user)s) AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        user=user_id,
        before=before,
        limit=limit,
    )


def token_row(tx: Transaction, identifier: UUID) -> Token | None:
    """One token by id."""
    return tx.first(
        _token,
        "SELECT id, name, user_id, scopes, created_at, expires_at, revoked_at, last_used_at FROM api_token"
        " WHERE id = %(id)s",
        id=identifier,
    )


def revoke_token_row(tx: Transaction, identifier: UUID) -> None:
    """Revoke a token now, unless it is revoked."""
    tx.execute(
        "UPDATE api_token SET revoked_at = %(now)s WHERE id = %(id)s AND revoked_at IS NULL",
        id=identifier,
        now=tx.now,
    )


# Business hours


def business_hours_rows(tx: Transaction) -> list[tuple[UUID | None, BusinessHours, int]]:
    """Team id (None: the organisation's own), hours and version of every row."""
    return tx.rows(
        _business_hours, "SELECT team_id, time_zone, week, holidays, version FROM business_hours ORDER BY id"
    )


def _business_hours(
    team_id: UUID | None, time_zone: str, week: list[list[list[str]]], holidays: list[object], version: int
) -> tuple[UUID | None, BusinessHours, int]:
    hours = BusinessHours(time_zone, week_of(week), frozenset(holidays))  # pyright: ignore[reportArgumentType] # date[]
    return team_id, hours, version


def insert_business_hours(tx: Transaction, identifier: UUID, team_id: UUID | None, hours: BusinessHours) -> bool:
    """Add the hours of a team or of the organisation; False when there are some already."""
    return bool(
        tx.execute(
            "INSERT INTO business_hours (id, team_id, time_zone, week, holidays)"
            " VALUES (%(id)s, %(team_id)s, %(time_zone)s, %(week)s, %(holidays)s) ON CONFLICT DO NOTHING",
            id=identifier,
            team_id=team_id,
            time_zone=hours.time_zone,
            week=Jsonb(week_text(hours.week)),
            holidays=sorted(hours.holidays),
        )
    )


def update_business_hours(tx: Transaction, team_id: UUID | None, hours: BusinessHours, version: int) -> bool:
    """Save hours if they still have `version`; False when not."""
    return bool(
        tx.execute(
            "UPDATE business_hours SET time_zone = %(time_zone)s, week = %(week)s, holidays = %(holidays)s,"
            " version = version + 1 WHERE team_id IS NOT DISTINCT FROM %(team_id)s AND version = %(version)s",
            team_id=team_id,
            time_zone=hours.time_zone,
            week=Jsonb(week_text(hours.week)),
            holidays=sorted(hours.holidays),
            version=version,
        )
    )


def delete_business_hours(tx: Transaction, team_id: UUID, version: int) -> bool:
    """Forget a team's own hours if they still have `version`; False when not."""
    return bool(
        tx.execute(
            "DELETE FROM business_hours WHERE team_id = %(team_id)s AND version = %(version)s",
            team_id=team_id,
            version=version,
        )
    )


def week_of(text: list[list[list[str]]]) -> tuple[tuple[Interval, ...], ...]:
    """A week as it is stored and sent: seven lists of ["09:00", "17:30"]; "24:00" ends the day."""
    return tuple(tuple((_time(opens), _time(closes)) for opens, closes in day) for day in text)


def _time(text: str) -> time:
    return time.min if text == "24:00" else time.fromisoformat(text)


def week_text(week: tuple[tuple[Interval, ...], ...]) -> list[list[list[str]]]:
    """The opposite of `week_of`."""
    return [
        [[f"{opens:%H:%M}", "24:00" if closes == time.min else f"{closes:%H:%M}"] for opens, closes in day]
        for day in week
    ]
