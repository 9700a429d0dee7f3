"""Roles and permissions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.identity import PERMISSIONS, Role, permissions_of
from offhook.identity.rules import narrowed, unknown_scopes
from offhook.kernel.database import EVERYTHING

scopes = st.frozensets(st.sampled_from([*PERMISSIONS, EVERYTHING, "moon:walk"]))


@pytest.mark.parametrize("role", Role)
def test_every_role_reads_everything_and_holds_only_known_permissions(role: Role) -> None:
    assert permissions_of(role) <= set(PERMISSIONS)
    assert {name for name in PERMISSIONS if name.endswith(":read")} <= permissions_of(role)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.REP, "leads:work", "handoffs:decide"),
        (Role.AE, "handoffs:decide", "leads:work"),
        (Role.DEMAND_GENERATION, "intake:write", "goals:write"),
        (Role.MANAGER, "criteria:write", "users:write"),
        (Role.MANAGER, "goals:write", "settings:write"),
        (Role.ADMIN, "settings:write", None),
    ],
)
def test_each_role_may_what_its_work_needs_and_no_more(role: Role, may: str, may_not: str | None) -> None:
    assert may in permissions_of(role)
    assert may_not not in permissions_of(role)


@given(st.sampled_from(Role), scopes)
def test_a_token_never_carries_more_than_its_user(role: Role, named: frozenset[str]) -> None:
    carried = narrowed(permissions_of(role), named)
    assert carried <= permissions_of(role)
    assert EVERYTHING in named or carried <= named


def test_unknown_scopes_are_named() -> None:
    assert unknown_scopes(["leads:read", "moon:walk", "*"]) == ["moon:walk"]
