"""Signing in at a strict provider: begun, finished, renewed, taken back; every refusal in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from conftest import Begin
from identity.factories import a_user
from leads.work_factories import stored_kinds
from oauth.emulator import Emulator
from offhook.identity import Role, actor_of
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Actor, Database
from offhook.kernel.errors import Forbidden, Invalid, NotFound, OffhookError, Unavailable
from offhook.kernel.settings import Settings
from offhook.oauth import service, store
from offhook.oauth.model import Grant, ProviderName, Returned, SignInPurpose
from offhook.oauth.renewing import renew_due


@dataclass(frozen=True)
class Desk:
    """A rep, and the way to and from the provider."""

    begin: Begin
    rep: Actor
    settings: Settings
    emulator: Emulator
    database: Database
    organisation: UUID

    def page(
        self, name: ProviderName = ProviderName.MICROSOFT, purpose: SignInPurpose = SignInPurpose.MAIL
    ) -> str:
        """The address of the provider's page."""
        with self.begin(self.rep) as tx:
            return service.begin(tx, self.settings, name, purpose, "ada@offhook.example")

    def come_back(self, returned: Returned, purpose: SignInPurpose = SignInPurpose.MAIL) -> Grant:
        """As the routes do: look, ask the provider, keep."""
        with self.begin(self.rep) as tx:
            attempt = service.attempt_of(tx, self.settings, returned, purpose)
        given = service.finish(self.settings, attempt, returned)
        with self.begin(self.rep) as tx:
            return service.keep(tx, self.settings, given)

    def sign_in(
        self, name: ProviderName = ProviderName.MICROSOFT, purpose: SignInPurpose = SignInPurpose.MAIL
    ) -> Grant:
        """All of it."""
        return self.come_back(Returned(**self.emulator.user_goes(self.page(name, purpose))), purpose)

    def renew(self) -> None:
        """As the job does."""
        renew_due(self.database, self.settings, self.organisation)

    def now(self, one: Grant) -> Grant:
        """The grant as it is."""
        with self.begin() as tx:
            return service.grant(tx, one.id)

    def token(self, one: Grant) -> str:
        """Its token."""
        with self.begin() as tx:
            return service.bearer(tx, service.seal_of(self.settings), one.id).token


@pytest.fixture
def desk(begin: Begin, at_provider: Settings, emulator: Emulator, database: Database, organisation: UUID) -> Desk:
    """The rep's."""
    with begin() as tx:
        rep = actor_of(a_user(tx, Role.REP))
    return Desk(begin, rep, at_provider, emulator, database, organisation)


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        (ProviderName.GOOGLE, SignInPurpose.MAIL),
        (ProviderName.GOOGLE, SignInPurpose.CALENDAR),
        (ProviderName.MICROSOFT, SignInPurpose.MAIL),
    ],
)
def test_a_user_signs_in_and_their_token_lets_in(
    desk: Desk, emulator: Emulator, name: ProviderName, purpose: SignInPurpose
) -> None:
    grant = desk.sign_in(name, purpose)
    assert (grant.address, grant.provider, grant.purpose) == ("ada@offhook.example", name, purpose)
    held = emulator.holds(desk.token(grant))
    assert held is not None
    assert held.address == "ada@offhook.example"


def test_tokens_are_sealed_in_the_database_and_told_by_no_event(desk: Desk) -> None:
    grant = desk.sign_in()
    with desk.begin() as tx:
        sealed = store.tokens_of(tx, grant.id)
        told = tx.scalars(str, "SELECT data::text FROM event WHERE kind LIKE 'grant.%%'")
    assert sealed is not None
    assert "access-" not in sealed.access_token
    assert "refresh-" not in sealed.refresh_token
    assert told
    assert not [one for one in told if "token" in one or "access-" in one]
    assert "access-" not in repr(service.bearer)


def test_signing_in_again_renews_the_same_grant(desk: Desk) -> None:
    first = desk.sign_in()
    assert desk.sign_in().id == first.id


def test_two_purposes_are_two_grants(desk: Desk) -> None:
    assert desk.sign_in(ProviderName.GOOGLE).id != desk.sign_in(ProviderName.GOOGLE, SignInPurpose.CALENDAR).id


def test_a_purpose_that_a_sign_in_cannot_be_for_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="A calendar is not reached by a sign-in at Microsoft"):
        desk.page(ProviderName.MICROSOFT, SignInPurpose.CALENDAR)


# What goes wrong on the page


@pytest.mark.parametrize(
    ("error", "description", "told"),
    [
        ("access_denied", "The user said no.", "You did not agree on Microsoft's page"),
        ("access_denied", "AADSTS65001: no consent", "An admin of your organisation at Microsoft must allow"),
        ("consent_required", "", "An admin of your organisation at Microsoft must allow"),
        ("temporarily_unavailable", "", "Try again in a few minutes"),
        ("something_new", "Of tomorrow.", "Microsoft did not sign you in"),
    ],
)
def test_what_the_provider_says_instead_is_told_in_words(
    desk: Desk, emulator: Emulator, error: str, description: str, told: str
) -> None:
    emulator.page_error, emulator.page_error_description = error, description
    with pytest.raises(Invalid, match=told):
        desk.sign_in()


def test_a_code_counts_once(desk: Desk) -> None:
    back = Returned(**desk.emulator.user_goes(desk.page()))
    desk.come_back(back)
    with pytest.raises(Invalid, match="used already, or took too long"):
        desk.come_back(back)


def test_another_users_attempt_is_refused_and_the_provider_not_asked(desk: Desk, begin: Begin) -> None:
    back = Returned(**desk.emulator.user_goes(desk.page()))
    with begin() as tx:
        other = actor_of(a_user(tx, Role.REP))
    with pytest.raises(Forbidden, match="Somebody else"), begin(other) as tx:
        service.attempt_of(tx, desk.settings, back, SignInPurpose.MAIL)
    assert not next(iter(desk.emulator.asked.values())).is_used


def test_a_code_of_another_attempt_is_refused_by_its_verifier(desk: Desk) -> None:
    first = desk.emulator.user_goes(desk.page())
    second = desk.emulator.user_goes(desk.page())
    with pytest.raises(Invalid, match="verifier"):
        desk.come_back(Returned(first["state"], second["code"]))


def test_an_attempt_of_yesterday_is_refused(desk: Desk, clock: SetClock) -> None:
    back = Returned(**desk.emulator.user_goes(desk.page()))
    clock.advance(timedelta(minutes=11))
    with pytest.raises(Invalid, match="ten minutes"):
        desk.come_back(back)


def test_a_permission_that_was_unticked_is_named(desk: Desk, emulator: Emulator) -> None:
    emulator.leaves_out = "https://outlook.office.com/SMTP.Send"
    with pytest.raises(Invalid, match=r"outlook.office.com/SMTP.Send"):
        desk.sign_in()


def test_a_wrong_secret_sends_the_user_to_their_admin(desk: Desk) -> None:
    desk.settings.microsoft_client_secret = "another"  # noqa: S105 # of the test
    with pytest.raises(Invalid, match=r"client ID or secret\. An admin finds"):
        desk.sign_in()


def test_where_nobody_registered_the_installation_that_is_said(desk: Desk) -> None:
    desk.settings.google_client_id = None
    with pytest.raises(NotFound, match="OFFHOOK_GOOGLE_CLIENT_ID"):
        desk.page(ProviderName.GOOGLE)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_cannot_answer_is_named(desk: Desk, emulator: Emulator, status: int) -> None:
    back = Returned(**emulator.user_goes(desk.page()))
    emulator.broken = status
    with pytest.raises(Unavailable, match=f"127.0.0.1:{emulator.port} answers {status}"):
        desk.come_back(back)


def test_a_page_instead_of_tokens_cannot_be_understood(desk: Desk, emulator: Emulator) -> None:
    back = Returned(**emulator.user_goes(desk.page()))
    emulator.broken = 200
    with pytest.raises(OffhookError):
        desk.come_back(back)


# Renewing


def test_a_token_is_renewed_ahead_of_its_end_and_the_new_refresh_token_kept(desk: Desk, clock: SetClock) -> None:
    grant = desk.sign_in()
    first = desk.token(grant)
    desk.renew()
    assert desk.token(grant) == first
    clock.advance(timedelta(minutes=51))
    desk.renew()
    second = desk.token(grant)
    assert second != first
    assert desk.emulator.refreshes == 1
    for one in list(desk.emulator.refreshing.values())[:1]:
        one.is_revoked = True  # the first one, which we hold no more
    clock.advance(timedelta(minutes=51))
    desk.renew()
    assert desk.token(grant) not in {first, second}
    assert desk.now(grant).problem == ""


def test_a_provider_that_gives_no_new_refresh_token_leaves_the_old_one(
    desk: Desk, emulator: Emulator, clock: SetClock
) -> None:
    emulator.rotates = False
    grant = desk.sign_in(ProviderName.GOOGLE)
    for _ in range(3):
        clock.advance(timedelta(minutes=51))
        desk.renew()
    assert emulator.refreshes == 3
    assert desk.now(grant).lapsed_at is None


def test_a_renewal_that_was_lost_on_the_way_is_done_again_with_the_token_we_have(
    desk: Desk, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = desk.sign_in()
    clock.advance(timedelta(minutes=51))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("offhook.oauth.renewing._note_renewed", crash)
        with pytest.raises(KeyboardInterrupt):
            desk.renew()
    desk.renew()
    assert desk.emulator.refreshes == 2
    assert desk.emulator.holds(desk.token(grant)) is not None


def test_while_the_provider_is_away_the_token_goes_on_and_its_renewal_is_tried_again(
    desk: Desk, emulator: Emulator, clock: SetClock
) -> None:
    grant = desk.sign_in()
    first = desk.token(grant)
    emulator.broken = 503
    clock.advance(timedelta(minutes=51))
    desk.renew()
    assert desk.now(grant).failures == 1
    assert desk.token(grant) == first
    clock.advance(timedelta(minutes=9))
    with pytest.raises(Unavailable, match=r"is being renewed: .* answers 503"):
        desk.token(grant)
    emulator.broken = 0
    desk.renew()
    assert desk.now(grant).failures == 0
    assert desk.token(grant) != first


def test_what_the_user_took_back_lapses_and_holds_again_after_signing_in(
    desk: Desk, emulator: Emulator, clock: SetClock
) -> None:
    grant = desk.sign_in()
    emulator.revoke()
    clock.advance(timedelta(minutes=51))
    desk.renew()
    assert desk.now(grant).lapsed_at == clock.now()
    with pytest.raises(
        Unavailable, match=r"does not let Offhook in as ada@offhook\.example any more: sign in again"
    ):
        desk.token(grant)
    desk.renew()
    with desk.begin() as tx:
        assert stored_kinds(tx, f"grant:{grant.id}") == ["grant.given", "grant.lapsed"]
    assert desk.sign_in().id == grant.id
    assert emulator.holds(desk.token(grant)) is not None


def test_a_sign_in_that_happens_during_a_renewal_counts(
    desk: Desk, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = desk.sign_in()
    clock.advance(timedelta(minutes=51))
    real: Callable[..., None] = store.save  # pyright: ignore[reportAssignmentType] # as it is

    def meanwhile(*told: object) -> object:
        monkeypatch.setattr(store, "save", real)
        desk.sign_in()
        return real(*told)

    monkeypatch.setattr(store, "save", meanwhile)
    desk.renew()
    newest = list(desk.emulator.access)[-1]
    assert desk.token(grant) == newest
