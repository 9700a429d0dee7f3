"""When a token is renewed, what of a consent is enough, whose attempt counts: all without a clock or network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.database import Actor
from offhook.kernel.errors import Forbidden, Invalid
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.oauth.attempts import HOLDS, attempt_in, check_attempt, state_of
from offhook.oauth.model import Attempt, Grant, ProviderName, SignInPurpose, Tokens
from offhook.oauth.providers import provider, providers, redirect_of
from offhook.oauth.rules import (
    AHEAD,
    LAST_RETRY,
    SPARE,
    is_usable,
    lapsed,
    missing_scopes,
    not_renewed,
    renewed,
    renewed_at,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SEAL = Seal("the secret of a test", "oauth")
LIVES = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=90))
SETTINGS = Settings(
    google_client_id="g",
    google_client_secret="s",  # noqa: S106 # of the tests
    microsoft_client_id="m",
    microsoft_client_secret="s",  # noqa: S106 # of the tests
)


def a_grant(**told: object) -> Grant:
    """A grant with an hour to go."""
    one = Grant(
        id=new_id(),
        user_id=new_id(),
        provider=ProviderName.GOOGLE,
        purpose=SignInPurpose.MAIL,
        subject="x",
        address="ada@acme.example",
        username="ada@acme.example",
        scopes=(),
        expires_at=NOW + timedelta(hours=1),
        refresh_at=NOW + timedelta(minutes=50),
        lapsed_at=None,
        problem="",
        failures=0,
        created_at=NOW,
        version=1,
    )
    return replace(one, **told)  # pyright: ignore[reportArgumentType] # fields by name


def an_attempt(**told: object) -> Attempt:
    """An attempt that was begun just now."""
    one = Attempt(
        organisation_id=UUID(int=1),
        user_id=UUID(int=2),
        provider=ProviderName.MICROSOFT,
        purpose=SignInPurpose.MAIL,
        redirect="https://offhook.acme.example/settings/signed-in",
        verifier="v" * 64,
        nonce="n",
        until=NOW + HOLDS,
    )
    return replace(one, **told)  # pyright: ignore[reportArgumentType] # likewise


# Renewing


@given(LIVES)
def test_a_token_is_renewed_before_its_end_and_not_at_once(lasts: timedelta) -> None:
    at = renewed_at(NOW + lasts, lasts)
    assert NOW < at < NOW + lasts
    assert NOW + lasts - at <= AHEAD


@given(LIVES, st.integers(0, 50))
def test_a_renewal_makes_good_all_that_went_wrong(lasts: timedelta, failures: int) -> None:
    after = renewed(a_grant(failures=failures, problem="x", lapsed_at=NOW), Tokens("a", "", lasts, None, ""), NOW)
    assert (after.failures, after.problem, after.lapsed_at) == (0, "", None)
    assert after.expires_at == NOW + lasts


@given(st.integers(0, 50))
def test_waits_between_failed_renewals_grow_up_to_an_hour_and_take_nothing_from_the_token(failures: int) -> None:
    before = a_grant(failures=failures)
    once = not_renewed(before, "x", NOW)
    twice = not_renewed(once, "x", NOW)
    assert timedelta(0) < once.refresh_at - NOW <= twice.refresh_at - NOW <= LAST_RETRY
    assert once.expires_at == before.expires_at


def test_a_token_is_usable_until_shortly_before_its_end_and_not_once_it_lapsed() -> None:
    one = a_grant()
    assert is_usable(one, NOW)
    assert not is_usable(one, one.expires_at - SPARE)
    assert not is_usable(lapsed(one, "taken back", NOW), NOW)


def test_a_grant_that_lapses_twice_lapsed_when_it_first_did() -> None:
    again = lapsed(lapsed(a_grant(), "x", NOW), "x", NOW + timedelta(hours=1))
    assert again.lapsed_at == NOW


# What was granted


@pytest.mark.parametrize(
    ("name", "purpose"), [(one.name, purpose) for one in providers(SETTINGS) for purpose in one.scopes]
)
def test_all_that_was_asked_is_enough_and_each_part_left_out_is_missed(
    name: ProviderName, purpose: SignInPurpose
) -> None:
    where = provider(SETTINGS, name)
    asked = where.scopes[purpose]
    assert missing_scopes(where, purpose, asked) == []
    assert missing_scopes(where, purpose, None) == []
    needed = [each for each in asked if "/" in each]
    for left_out in needed:
        assert missing_scopes(where, purpose, [each for each in asked if each != left_out]) == [left_out]


def test_microsoft_may_name_a_permission_without_its_service() -> None:
    where = provider(SETTINGS, ProviderName.MICROSOFT)
    assert missing_scopes(where, SignInPurpose.MAIL, ["smtp.send", "IMAP.AccessAsUser.All", "openid"]) == []


def test_a_provider_without_registration_cannot_be_signed_in_at() -> None:
    assert [one.name for one in providers(Settings(google_client_id="only the id"))] == []


def test_users_come_back_to_the_public_address() -> None:
    settings = Settings(public_url="https://offhook.acme.example/")
    assert redirect_of(settings) == "https://offhook.acme.example/settings/signed-in"


# Attempts

TEXTS = st.text(max_size=40)


@given(st.uuids(), st.uuids(), st.sampled_from(ProviderName), st.sampled_from(SignInPurpose), TEXTS, TEXTS)
def test_an_attempt_comes_back_as_it_went(
    organisation: UUID, user: UUID, name: ProviderName, purpose: SignInPurpose, verifier: str, nonce: str
) -> None:
    attempt = an_attempt(
        organisation_id=organisation, user_id=user, provider=name, purpose=purpose, verifier=verifier, nonce=nonce
    )
    state = state_of(attempt, SEAL)
    assert attempt_in(state, SEAL) == attempt
    assert state.startswith(f"{purpose.value}.")


@given(st.text(max_size=60), st.integers(0, 400))
def test_a_state_that_we_did_not_make_is_refused(text: str, place: int) -> None:
    real = state_of(an_attempt(), SEAL)
    place %= len(real)
    forged = f"{real[:place]}{'A' if real[place] != 'A' else 'B'}{real[place + 1 :]}"
    for state in (text, f"mail.{text}", state_of(an_attempt(), Seal("another secret", "oauth"))):
        with pytest.raises(Invalid, match="not begun here"):
            attempt_in(state, SEAL)
    if place > len("mail."):
        with pytest.raises(Invalid):
            attempt_in(forged, SEAL)


def test_an_attempt_counts_for_its_user_its_purpose_and_ten_minutes() -> None:
    attempt, mine = an_attempt(), Actor("user", UUID(int=2))
    check_attempt(attempt, SignInPurpose.MAIL, UUID(int=1), mine, NOW + HOLDS)
    with pytest.raises(Forbidden, match="Somebody else"):
        check_attempt(attempt, SignInPurpose.MAIL, UUID(int=1), Actor("user", UUID(int=3)), NOW)
    with pytest.raises(Forbidden, match="Somebody else"):
        check_attempt(attempt, SignInPurpose.MAIL, UUID(int=9), mine, NOW)
    with pytest.raises(Invalid, match="for the mail"):
        check_attempt(attempt, SignInPurpose.CALENDAR, UUID(int=1), mine, NOW)
    with pytest.raises(Invalid, match="ten minutes"):
        check_attempt(attempt, SignInPurpose.MAIL, UUID(int=1), mine, NOW + HOLDS + timedelta(seconds=1))
