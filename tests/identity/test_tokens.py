"""API tokens: shown once, narrowed, refused when they should be."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Begin
from identity.factories import a_token, a_user
from offhook import identity
from offhook.identity import Role
from offhook.identity.tokens import read_token, token_text
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Actor
from offhook.kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated


@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=32))
def test_a_tokens_text_is_read_back_whole(organisation: UUID, token: UUID, secret: bytes) -> None:
    bearer = read_token(token_text(organisation, token, secret))
    assert (bearer.organisation_id, bearer.token_id, bearer.secret) == (organisation, token, secret)


@given(st.text())
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(Unauthenticated):
        read_token(text)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "Bearer oh_a_b_c", "Bearer oh_1_1_1"])
def test_a_header_without_a_token_is_nobodys(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        identity.read_authorization(header)


def check(begin: Begin, text: str) -> Actor:
    """Who shows this token."""
    with begin() as tx:
        return identity.read_authorization(f"Bearer {text}").check(tx)


def test_a_token_stands_for_its_user_narrowed_to_its_scopes(begin: Begin) -> None:
    with begin() as tx:
        rep = a_user(tx)
        whole, narrow = a_token(tx, rep), a_token(tx, rep, "leads:read")
    assert check(begin, whole) == identity.actor_of(rep)
    assert check(begin, narrow).permissions == {"leads:read"}


def test_a_changed_secret_another_organisation_and_an_unknown_token_are_refused(begin: Begin) -> None:
    with begin() as tx:
        text = a_token(tx, a_user(tx))
    head, secret = text.rsplit("_", 1)
    changed = ("b" if secret[0] == "a" else "a") + secret[1:]
    with pytest.raises(Unauthenticated, match="not one of ours"):
        check(begin, f"{head}_{changed}")
    prefix, organisation, _, secret = text.split("_")
    with pytest.raises(Unauthenticated, match="not one of ours"):
        check(begin, f"{prefix}_{organisation}_{organisation}_{secret}")


def test_a_token_ends_when_it_expires_is_revoked_or_its_user_leaves(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        user = a_user(tx)
        tomorrow = tx.now + timedelta(days=1)
        _, expiring = identity.issue_token(tx, user.id, name="a", expires_at=tomorrow)
        token, revoked = identity.issue_token(tx, user.id, name="b")
        left = a_token(tx, user)
        identity.revoke_token(tx, token.id)
        identity.revoke_token(tx, token.id)
        assert [event.kind for event in tx.events].count("token.revoked") == 1
    check(begin, expiring)
    clock.advance(timedelta(days=1))
    with pytest.raises(Unauthenticated, match="expired"):
        check(begin, expiring)
    with pytest.raises(Unauthenticated, match="revoked"):
        check(begin, revoked)
    check(begin, left)
    with begin() as tx:
        identity.change_user(tx, user.id, 1, {"is_active": False})
    with pytest.raises(Unauthenticated, match="deactivated"):
        check(begin, left)


def test_the_last_use_is_kept_to_the_hour(begin: Begin, clock: SetClock) -> None:
    with begin() as tx:
        text = a_token(tx, a_user(tx))
    clock.advance(timedelta(minutes=10))
    check(begin, text)
    clock.advance(timedelta(minutes=40))
    check(begin, text)
    with begin() as tx:
        assert identity.tokens(tx)[0].last_used_at == clock.now().replace(minute=0)
    clock.advance(timedelta(minutes=20))
    check(begin, text)
    with begin() as tx:
        assert identity.tokens(tx)[0].last_used_at == clock.now().replace(minute=0)


def test_nobody_gives_away_more_than_they_have(begin: Begin) -> None:
    with begin() as tx:
        rep, other, admin = a_user(tx), a_user(tx), a_user(tx, Role.ADMIN)
        narrow = Actor("user", rep.id, frozenset({"tokens:write", "leads:read"}))
    with begin(narrow) as tx:
        identity.issue_token(tx, rep.id, name="less", scopes=["leads:read"])
        for scopes in (["*"], ["leads:work"]):
            with pytest.raises(Forbidden, match="cannot give away"):
                identity.issue_token(tx, rep.id, name="more", scopes=scopes)
        with pytest.raises(Forbidden):
            identity.issue_token(tx, other.id, name="theirs", scopes=["leads:read"])
    with begin(identity.actor_of(admin)) as tx:
        identity.issue_token(tx, rep.id, name="by the admin", scopes=["leads:work"])
        with pytest.raises(Forbidden, match="lacks users:write"):
            identity.issue_token(tx, rep.id, name="too much", scopes=["users:write"])
        with pytest.raises(Invalid, match="moon:walk"):
            identity.issue_token(tx, rep.id, name="moon", scopes=["moon:walk"])
        with pytest.raises(Invalid, match="at least one"):
            identity.issue_token(tx, rep.id, name="none", scopes=[])
        with pytest.raises(Invalid, match="future"):
            identity.issue_token(tx, rep.id, name="past", expires_at=tx.now)


def test_everybody_sees_their_own_tokens_and_admins_all(begin: Begin) -> None:
    with begin() as tx:
        rep, admin = a_user(tx), a_user(tx, Role.ADMIN)
        theirs, _ = identity.issue_token(tx, admin.id, name="admin's")
        own, _ = identity.issue_token(tx, rep.id, name="own")
    with begin(identity.actor_of(rep)) as tx:
        assert identity.tokens(tx) == [own]
        with pytest.raises(Forbidden):
            identity.revoke_token(tx, theirs.id)
    with begin(identity.actor_of(admin)) as tx:
        assert identity.tokens(tx) == [own, theirs]


def test_a_deactivated_user_gets_no_token(begin: Begin) -> None:
    with begin() as tx:
        user = a_user(tx)
        identity.change_user(tx, user.id, 1, {"is_active": False})
        with pytest.raises(Conflict):
            identity.issue_token(tx, user.id, name="late")


def test_no_secret_is_kept_or_told(begin: Begin) -> None:
    with begin(SYSTEM) as tx:
        text = a_token(tx, a_user(tx))
        secret = text.rsplit("_", 1)[1]
        kept = tx.scalars(str, "SELECT api_token::text FROM api_token")
        assert all(secret not in row for row in [*kept, *map(str, tx.events)])
