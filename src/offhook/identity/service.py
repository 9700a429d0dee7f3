"""The use cases of identity: organisation, users, teams, absences, business hours, tokens.

Reading functions ask no permission, as every slice's decisions rest on them (routing reads users and absences
whoever responds); the routes ask for `users:read`. Every change asks for its permission and appends an event
with the actor: that is the audit trail. Secrets are in no event.
"""

import re
import unicodedata
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from offhook.identity import store
from offhook.identity.model import Absence, Organisation, Role, SalCountsAt, Team, Token, User
from offhook.identity.rules import narrowed, permissions_of, unknown_scopes
from offhook.identity.tokens import hash_of, new_secret, token_text
from offhook.identity.working_time import BusinessHours, check_time_zone, weekdays
from offhook.kernel.database import EVERYTHING, SYSTEM, Actor, Database, Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id

S = TypeVar("S", Organisation, User, Team)

LONGEST_NAME = 200


# Organisation


def organisation(tx: Transaction) -> Organisation:
    """The organisation of this transaction. Raises `NotFound` when it does not exist."""
    found = store.organisation_row(tx)
    if found is None:
        raise NotFound("There is no such organisation.")
    return found


def found_organisation(
    database: Database, *, name: str, slug: str, time_zone: str = "UTC", region: str = "US"
) -> UUID:
    """Found an organisation, working Monday to Friday 09:00-17:30 in its zone; returns its id.

    `slug` is its short name in commands. Raises `Conflict` when that is taken, `Invalid` for unfit values.
    """
    with _founding(database, name, slug, time_zone, region) as tx:
        return tx.organisation_id


def found_with_admin(
    database: Database,
    *,
    name: str,
    slug: str | None = None,
    time_zone: str = "UTC",
    region: str = "US",
    admin_email: str,
    admin_name: str,
) -> tuple[Organisation, User, str]:
    """Found an organisation together with its first admin and a token of theirs, all or nothing.

    Without `slug` one is made of the name. Returns the token's text last; it is told only here. Raises as
    `found_organisation` and `add_user` do.
    """
    with _founding(database, name, slug or slug_of(name), time_zone, region) as tx:
        admin = add_user(tx, email=admin_email, name=admin_name, role=Role.ADMIN)
        _, text = issue_token(tx, admin.id, name="first token")
        return organisation(tx), admin, text


def slug_of(name: str) -> str:
    """A short name made of a long one: `Müller & Söhne` is `muller-sohne`; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-")


@contextmanager
def _founding(database: Database, name: str, slug: str, time_zone: str, region: str) -> Generator[Transaction]:
    """The first transaction of a new organisation, in which it exists already."""
    new = Organisation(
        id=new_id(),
        name=_checked_name(name),
        slug=_checked_slug(slug),
        time_zone=check_time_zone(time_zone),
        region=_checked_region(region),
        version=1,
    )
    with database.transaction(new.id, SYSTEM) as tx:
        store.insert_organisation(tx, new)
        store.insert_business_hours(tx, new_id(), None, weekdays(new.time_zone))
        told: dict[str, Json] = {
            "name": new.name,
            "slug": new.slug,
            "time_zone": new.time_zone,
            "region": new.region,
        }
        tx.append(Event("organisation.founded", subject("organisation", new.id), told))
        yield tx


def change_organisation(tx: Transaction, version: int, changes: Mapping[str, object]) -> Organisation:
    """Change name, time zone or region. Raises `StaleVersion` when it was changed since."""
    tx.require("settings:write")
    before = organisation(tx)
    after = _changed(before, changes, ("name", "time_zone", "region"))
    after = replace(
        after,
        name=_checked_name(after.name),
        time_zone=check_time_zone(after.time_zone),
        region=_checked_region(after.region),
    )
    if not store.update_organisation(tx, after, version):
        raise _stale("The organisation")
    tx.append(Event("organisation.changed", subject("organisation", after.id), _told_changes(before, after)))
    return replace(after, version=version + 1)


# Users


def users(tx: Transaction) -> list[User]:
    """All users, active and not, by name."""
    return store.user_rows(tx)


def users_page(tx: Transaction, after: UUID | None, limit: int) -> list[User]:
    """Up to `limit` users, in the order in which they were added. Needs `users:read`."""
    tx.require("users:read")
    return store.user_page(tx, after, limit)


def user(tx: Transaction, user_id: UUID) -> User:
    """One user. Raises `NotFound`."""
    found = store.user_row(tx, user_id)
    if found is None:
        raise NotFound(f"There is no user {user_id} here.")
    return found


def user_by_email(tx: Transaction, email: str) -> User:
    """One user by address, in any case of letters. Raises `NotFound`."""
    found = store.user_row_by_email(tx, email.strip().lower())
    if found is None:
        raise NotFound(f"Nobody here has the address {email}. `offhook users list` shows who there is.")
    return found


def actor_of(somebody: User) -> Actor:
    """The user as the one who acts, with all that their role may do."""
    return Actor("user", somebody.id, permissions_of(somebody.role), somebody.team_id)


def add_user(
    tx: Transaction,
    *,
    email: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    time_zone: str | None = None,
    routing_weight: int = 1,
    capacity: int | None = None,
) -> User:
    """Add somebody who works here; their zone is their team's, else the organisation's, unless given.

    Raises `Conflict` when the address is in use, `Invalid` for values that do not do, `NotFound` for the team.
    """
    tx.require("users:write")
    zone = time_zone or (team(tx, team_id).time_zone if team_id else organisation(tx).time_zone)
    new = User(
        id=new_id(),
        email=email,
        name=name,
        role=role,
        team_id=team_id,
        time_zone=zone,
        routing_weight=routing_weight,
        capacity=capacity,
        is_active=True,
        version=1,
    )
    new = _checked_user(tx, new)
    store.insert_user(tx, new)
    tx.append(Event("user.added", subject("user", new.id), _told(new)))
    return new


def change_user(tx: Transaction, user_id: UUID, version: int, changes: Mapping[str, object]) -> User:
    """Change anything about a user but their id; `is_active: False` deactivates them and their tokens.

    Raises `StaleVersion` when they were changed since, `Conflict` when no active admin would be left.
    """
    tx.require("users:write")
    admins = store.lock_admins(tx)
    before = user(tx, user_id)
    after = _checked_user(tx, _changed(before, changes, _USER_FIELDS))
    if admins == [user_id] and not (after.is_active and after.role is Role.ADMIN):
        raise Conflict(f"{before.name} is the only active admin. Make somebody else an admin first.")
    if not store.update_user(tx, after, version):
        raise _stale(before.name)
    tx.append(Event("user.changed", subject("user", user_id), _told_changes(before, after)))
    return replace(after, version=version + 1)


_USER_FIELDS = ("email", "name", "role", "team_id", "time_zone", "routing_weight", "capacity", "is_active")


def _checked_user(tx: Transaction, somebody: User) -> User:
    if somebody.routing_weight < 0:
        raise _invalid("routing_weight", "must be 0 or more", somebody.routing_weight)
    if somebody.capacity is not None and somebody.capacity < 0:
        raise _invalid("capacity", "must be 0 or more, or nothing for no limit", somebody.capacity)
    if somebody.team_id is not None:
        team(tx, somebody.team_id)
    return replace(
        somebody,
        email=_checked_email(somebody.email),
        name=_checked_name(somebody.name),
        role=_checked_role(somebody.role),
        time_zone=check_time_zone(somebody.time_zone),
    )


# Teams


def teams(tx: Transaction) -> list[Team]:
    """All teams, by name."""
    return store.team_rows(tx)


def teams_page(tx: Transaction, after: UUID | None, limit: int) -> list[Team]:
    """Up to `limit` teams, in the order in which they were added. Needs `users:read`."""
    tx.require("users:read")
    return store.team_page(tx, after, limit)


def team(tx: Transaction, team_id: UUID) -> Team:
    """One team. Raises `NotFound`."""
    found = next((one for one in store.team_rows(tx) if one.id == team_id), None)
    if found is None:
        raise NotFound(f"There is no team {team_id} here.")
    return found


def team_by_name(tx: Transaction, name: str) -> Team:
    """One team by its name, in any case of letters. Raises `NotFound`."""
    wanted = name.strip().casefold()
    found = next((one for one in store.team_rows(tx) if one.name.casefold() == wanted), None)
    if found is None:
        raise NotFound(f"There is no team named '{name}'. `offhook teams list` shows which there are.")
    return found


def add_team(tx: Transaction, *, name: str, time_zone: str | None = None) -> Team:
    """Add a team; its zone is the organisation's unless given. Raises `Conflict` when the name is in use."""
    tx.require("users:write")
    new = Team(
        id=new_id(),
        name=name,
        time_zone=time_zone or organisation(tx).time_zone,
        manager_id=None,
        minimum_talk_seconds=30,
        sal_counts_at=SalCountsAt.HAND_OFF,
        engaged_people=2,
        version=1,
    )
    new = _checked_team(tx, new)
    store.insert_team(tx, new)
    tx.append(Event("team.added", subject("team", new.id), _told(new)))
    return new


def change_team(tx: Transaction, team_id: UUID, version: int, changes: Mapping[str, object]) -> Team:
    """Change anything about a team but its id. Raises `StaleVersion` when it was changed since."""
    tx.require("users:write")
    before = team(tx, team_id)
    after = _checked_team(tx, _changed(before, changes, _TEAM_FIELDS))
    if not store.update_team(tx, after, version):
        raise _stale(f"The team {before.name}")
    tx.append(Event("team.changed", subject("team", team_id), _told_changes(before, after)))
    return replace(after, version=version + 1)


_TEAM_FIELDS = ("name", "time_zone", "manager_id", "minimum_talk_seconds", "sal_counts_at", "engaged_people")


def _checked_team(tx: Transaction, one: Team) -> Team:
    if one.minimum_talk_seconds < 0:
        raise _invalid("minimum_talk_seconds", "must be 0 or more", one.minimum_talk_seconds)
    if one.engaged_people < 1:
        raise _invalid("engaged_people", "must be 1 or more", one.engaged_people)
    if one.manager_id is not None:
        user(tx, one.manager_id)
    return replace(
        one,
        name=_checked_name(one.name),
        time_zone=check_time_zone(one.time_zone),
        sal_counts_at=_checked_sal_counts_at(one.sal_counts_at),
    )


# Absences


def add_absence(
    tx: Transaction, user_id: UUID, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> Absence:
    """Note that a user is away: they are given nothing new from `starts_at` until `ends_at`.

    One's own needs `absences:write`, another's `leads:assign` besides.
    """
    _require_absences_of(tx, user_id)
    if ends_at <= starts_at:
        raise _invalid("ends_at", "must be after starts_at", ends_at.isoformat())
    user(tx, user_id)
    new = Absence(
        new_id(), user_id, starts_at.astimezone(UTC), ends_at.astimezone(UTC), reason.strip()[:LONGEST_NAME]
    )
    store.insert_absence(tx, new)
    told: dict[str, Json] = {
        "absence_id": str(new.id),
        "starts_at": new.starts_at.isoformat(),
        "ends_at": new.ends_at.isoformat(),
    }
    tx.append(Event("absence.added", subject("user", user_id), told))
    return new


def remove_absence(tx: Transaction, absence_id: UUID) -> Absence:
    """Take an absence back. Raises `NotFound`."""
    tx.require("absences:write")
    found = absence(tx, absence_id)
    _require_absences_of(tx, found.user_id)
    store.delete_absence(tx, absence_id)
    tx.append(Event("absence.removed", subject("user", found.user_id), {"absence_id": str(absence_id)}))
    return found


def absences(tx: Transaction, user_ids: Collection[UUID], ending_after: datetime) -> list[Absence]:
    """These users' absences that are not over by then, the soonest first."""
    return store.absence_rows(tx, list(user_ids), ending_after)


def absence(tx: Transaction, absence_id: UUID) -> Absence:
    """One absence. Raises `NotFound`."""
    found = store.absence_row(tx, absence_id)
    if found is None:
        raise NotFound(f"There is no absence {absence_id} here.")
    return found


def absences_page(tx: Transaction, ending_after: datetime, after: UUID | None, limit: int) -> list[Absence]:
    """Up to `limit` absences that are not over by then, as they were noted. Needs `users:read`."""
    tx.require("users:read")
    return store.absence_page(tx, ending_after, after, limit)


def absent_users(tx: Transaction, at: datetime) -> set[UUID]:
    """Who is away at a moment."""
    return set(store.absent_user_ids(tx, at))


def _require_absences_of(tx: Transaction, user_id: UUID) -> None:
    tx.require("absences:write")
    if tx.actor.id != user_id:
        tx.require("leads:assign")


# Business hours


def business_hours(tx: Transaction) -> dict[UUID | None, BusinessHours]:
    """Every team's own working time by team id; None is the organisation's, for teams that have none."""
    found = {team_id: hours for team_id, hours, _ in store.business_hours_rows(tx)}
    if None not in found:
        found[None] = weekdays(organisation(tx).time_zone)
    return found


def business_hours_of(tx: Transaction, team_id: UUID | None) -> tuple[BusinessHours, int]:
    """The working time that holds for a team (None: the organisation) and its version; 0 when not its own."""
    if team_id is not None:
        team(tx, team_id)
    found = {owner: (hours, version) for owner, hours, version in store.business_hours_rows(tx)}
    if team_id in found:
        return found[team_id]
    if None in found:
        return found[None][0], 0
    return weekdays(organisation(tx).time_zone), 0


def set_business_hours(tx: Transaction, team_id: UUID | None, hours: BusinessHours, version: int) -> int:
    """Set the working time of a team or the organisation (None) and return its new version.

    `version` is that of `business_hours_of`: 0 for a team without hours of its own. Raises `StaleVersion`.
    """
    tx.require("settings:write")
    check_time_zone(hours.time_zone)
    if team_id is not None:
        team(tx, team_id)
    if version == 0:
        is_saved = store.insert_business_hours(tx, new_id(), team_id, hours)
    else:
        is_saved = store.update_business_hours(tx, team_id, hours, version)
    if not is_saved:
        raise _stale("Business hours")
    about = subject("team", team_id) if team_id else subject("organisation", tx.organisation_id)
    week: Json = [[list(pair) for pair in day] for day in store.week_text(hours.week)]
    holidays: Json = [day.isoformat() for day in sorted(hours.holidays)]
    told: dict[str, Json] = {"time_zone": hours.time_zone, "week": week, "holidays": holidays}
    tx.append(Event("business_hours.changed", about, told))
    return version + 1


def drop_business_hours(tx: Transaction, team_id: UUID, version: int) -> None:
    """Let a team go by the organisation's working time again.

    Raises `StaleVersion`, and `Conflict` for a team without hours of its own.
    """
    tx.require("settings:write")
    _, present = business_hours_of(tx, team_id)
    if present == 0:
        raise Conflict(f"The team {team(tx, team_id).name} goes by the organisation's business hours already.")
    if not store.delete_business_hours(tx, team_id, version):
        raise _stale("Business hours")
    tx.append(Event("business_hours.dropped", subject("team", team_id)))


# Tokens


def issue_token(
    tx: Transaction,
    user_id: UUID,
    *,
    name: str,
    scopes: Collection[str] = (EVERYTHING,),
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """A new token for a user and its text, which is told only here.

    Another's token needs `users:write`. Scopes beyond the user's role, or beyond what the issuer may do
    themselves, are refused with `Forbidden`; unknown ones with `Invalid`.
    """
    _require_tokens_of(tx, user_id)
    owner = user(tx, user_id)
    _check_scopes(tx.actor, owner, scopes)
    if expires_at is not None and expires_at <= tx.now:
        raise _invalid("expires_at", "must lie in the future", expires_at.isoformat())
    expires_at = expires_at.astimezone(UTC) if expires_at else None
    new = Token(new_id(), _checked_name(name), user_id, frozenset(scopes), tx.now, expires_at, None, None)
    secret = new_secret()
    store.insert_token(tx, new, hash_of(secret))
    told: dict[str, Json] = {
        "token_id": str(new.id),
        "name": new.name,
        "scopes": [*sorted(new.scopes)],
        "expires_at": expires_at.isoformat() if expires_at else None,
    }
    tx.append(Event("token.issued", subject("user", user_id), told))
    return new, token_text(tx.organisation_id, new.id, secret)


def revoke_token(tx: Transaction, token_id: UUID) -> Token:
    """Make a token worthless from now on; a revoked one stays as it is. Raises `NotFound`."""
    tx.require("tokens:write")
    found = store.token_row(tx, token_id)
    if found is None:
        raise NotFound(f"There is no token {token_id} here.")
    _require_tokens_of(tx, found.user_id)
    if found.revoked_at is not None:
        return found
    store.revoke_token_row(tx, token_id)
    told: dict[str, Json] = {"token_id": str(token_id), "name": found.name}
    tx.append(Event("token.revoked", subject("user", found.user_id), told))
    return replace(found, revoked_at=tx.now)


def tokens(tx: Transaction, before: UUID | None = None, limit: int | None = None) -> list[Token]:
    """One's own tokens, the newest first; those of all with `users:write`. From before one, up to `limit`."""
    tx.require("tokens:write")
    owner = None if tx.actor.may("users:write") else tx.actor.id or new_id()
    return store.token_rows(tx, owner, before, limit)


def _require_tokens_of(tx: Transaction, user_id: UUID) -> None:
    tx.require("tokens:write")
    if tx.actor.id != user_id:
        tx.require("users:write")


def _check_scopes(issuer: Actor, owner: User, scopes: Collection[str]) -> None:
    if not owner.is_active:
        raise Conflict(f"{owner.name} is deactivated and can have no token.")
    if not scopes:
        raise _invalid("scopes", "name at least one; '*' stands for all of the user's permissions", None)
    unknown = unknown_scopes(scopes)
    if unknown:
        raise _invalid("scopes", f"unknown: {', '.join(unknown)}", unknown[0])
    may = permissions_of(owner.role)
    beyond = sorted(set(scopes) - {EVERYTHING} - may)
    if beyond:
        raise Forbidden(f"{owner.name} is {owner.role.value} and lacks {', '.join(beyond)}.")
    own = may if issuer.may(EVERYTHING) else issuer.permissions
    lacking = sorted(narrowed(may, scopes) - own)
    if lacking:
        raise Forbidden(f"You cannot give away what you may not do yourself: {', '.join(lacking)}.")


# Checks of single values


def _invalid(name: str, reason: str, value: object) -> Invalid:
    shown = None if value is None else str(value)
    return Invalid(f"'{name}' {reason}.", fields=[FieldError(name, reason, shown)])


def _stale(what: str) -> StaleVersion:
    return StaleVersion(f"{what} was changed since you read it. Read it again and repeat your change.")


def _checked_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or "\x00" in clean:
        raise _invalid("name", "must not be empty or hold null characters", None)
    if len(clean) > LONGEST_NAME:
        raise _invalid("name", f"has more than {LONGEST_NAME} characters", clean[:40] + "…")
    return clean


def _checked_slug(slug: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", slug):
        raise _invalid("slug", "is 1 to 63 lower-case letters, digits and inner hyphens", slug)
    return slug


def _checked_region(region: str) -> str:
    import phonenumbers

    code = region.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise _invalid("region", "must be an ISO 3166-1 country code such as US or DE", region)
    return code


def _checked_email(email: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment lets in the reserved .test addresses that a rehearsal uses.
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise _invalid("email", f"is no e-mail address: {error}", email) from error
    return found.normalized.lower()


def _checked_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise _invalid("role", f"must be one of {', '.join(Role)}", role) from error


def _checked_sal_counts_at(moment: str) -> SalCountsAt:
    try:
        return SalCountsAt(moment)
    except ValueError as error:
        raise _invalid("sal_counts_at", f"must be one of {', '.join(SalCountsAt)}", moment) from error


def _changed(before: S, changes: Mapping[str, object], allowed: Collection[str]) -> S:
    """The thing with these fields changed. Raises `Invalid` for fields that cannot be."""
    unknown = sorted(set(changes) - set(allowed))
    if unknown:
        raise _invalid(unknown[0], f"cannot be changed here; these can: {', '.join(allowed)}", None)
    return replace(before, **changes)  # pyright: ignore[reportArgumentType] # the callers check each value


def _told(thing: User | Team) -> dict[str, Json]:
    """What an event tells of a new thing: all but its id, which is the subject, and its version."""
    return {f.name: _json(getattr(thing, f.name)) for f in fields(thing) if f.name not in {"id", "version"}}


def _told_changes(before: S, after: S) -> dict[str, Json]:
    """What an event tells of a change: the new values, and by `fields` which they are."""
    changed: list[Json] = []
    told: dict[str, Json] = {"fields": changed}
    for one in fields(before):
        if getattr(before, one.name) != getattr(after, one.name):
            changed.append(one.name)
            told[one.name] = _json(getattr(after, one.name))
    return told


def _json(value: object) -> Json:
    return value if isinstance(value, bool | int | None) else str(value)
