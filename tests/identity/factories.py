"""Users, teams and tokens for tests, each in a line."""

from itertools import count
from uuid import UUID

from offhook import identity
from offhook.identity import Role, Team, User
from offhook.kernel.database import Transaction

_numbers = count(1)


def a_user(
    tx: Transaction, role: Role = Role.REP, *, team_id: UUID | None = None, email: str | None = None
) -> User:
    """Somebody in that role, with an address of their own."""
    number = next(_numbers)
    return identity.add_user(
        tx, email=email or f"user{number}@acme.example", name=f"User {number}", role=role, team_id=team_id
    )


def a_team(tx: Transaction, name: str | None = None, *, time_zone: str | None = None) -> Team:
    """A team with a name of its own."""
    return identity.add_team(tx, name=name or f"Team {next(_numbers)}", time_zone=time_zone)


def a_token(tx: Transaction, user: User, *scopes: str) -> str:
    """The text of a fresh token of that user; with all their permissions unless scopes are named."""
    return identity.issue_token(tx, user.id, name="test", scopes=scopes or ["*"])[1]
