"""Users, teams and tokens as files, as their lists show them; of a token never the secret, which is not kept."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook.identity import service
from offhook.identity.model import Token
from offhook.kernel.database import Transaction
from offhook.kernel.export import Table, shown_time, shown_word


def users_as_file(tx: Transaction) -> Table:
    """Who works here and who did, by name. Needs `users:read`."""
    tx.require("users:read")
    headings = (
        "Name",
        "E-mail",
        "Role",
        "Team",
        "Time zone",
        "Share in turns",
        "Most open leads",
        "Works here",
        "User id",
    )
    return Table(f"users-{tx.now:%Y-%m-%d}", headings, _users(tx))


def _users(tx: Transaction) -> Iterator[Sequence[object]]:
    teams = {team.id: team.name for team in service.teams(tx)}
    for user in service.users(tx):
        team = teams.get(user.team_id) if user.team_id else None
        yield (
            user.name,
            user.email,
            shown_word(user.role.value) if user.role != "ae" else "AE",
            team,
            user.time_zone,
            user.routing_weight,
            user.capacity,
            user.is_active,
            user.id,
        )


def teams_as_file(tx: Transaction) -> Table:
    """The teams by name, with what holds for them. Needs `users:read`."""
    tx.require("users:read")
    headings = (
        "Name",
        "Manager",
        "Time zone",
        "Minimum talk (s)",
        "SAL counts at",
        "Engaged people",
        "Members",
        "Team id",
    )
    return Table(f"teams-{tx.now:%Y-%m-%d}", headings, _teams(tx))


def _teams(tx: Transaction) -> Iterator[Sequence[object]]:
    users = service.users(tx)
    names = {user.id: user.name for user in users}
    for team in service.teams(tx):
        yield (
            team.name,
            names.get(team.manager_id) if team.manager_id else None,
            team.time_zone,
            team.minimum_talk_seconds,
            shown_word(team.sal_counts_at.value),
            team.engaged_people,
            sum(user.team_id == team.id and user.is_active for user in users),
            team.id,
        )


def tokens_as_file(tx: Transaction) -> Table:
    """One's own tokens, the newest first; those of all with `users:write`. Needs `tokens:write`."""
    found = service.tokens(tx)
    names = {user.id: user.name for user in service.users(tx)}
    zone = service.organisation(tx).time_zone
    headings = (
        "What for",
        "Whose",
        "Scopes",
        f"Issued ({zone})",
        f"Expires ({zone})",
        f"Revoked ({zone})",
        f"Last used ({zone})",
        "Token id",
    )
    rows = (_token(token, names, ZoneInfo(zone)) for token in found)
    return Table(f"tokens-{tx.now:%Y-%m-%d}", headings, rows)


def _token(token: Token, names: Mapping[UUID, str], zone: ZoneInfo) -> Sequence[object]:
    return (
        token.name,
        names.get(token.user_id),
        " ".join(sorted(token.scopes)),
        shown_time(token.created_at, zone),
        shown_time(token.expires_at, zone),
        shown_time(token.revoked_at, zone),
        shown_time(token.last_used_at, zone),
        token.id,
    )
