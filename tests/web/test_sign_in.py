"""Signing in as a browser does: password, second factors, sessions, links of entry, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_user
from offhook import identity
from offhook.identity import Role, User
from offhook.identity.sessions import api
from offhook.identity.sessions.api import MOST_ATTEMPTS, PER
from offhook.identity.sessions.cookie import NAME, SECURE_NAME
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.ids import new_id
from offhook.kernel.limiter import Limiter
from offhook.kernel.settings import Settings
from offhook.web.app import create_app
from web.conftest import SignIn

PASSWORD = "correct horse battery"  # noqa: S105 # of nobody
SAME_SITE = {"sec-fetch-site": "same-origin"}
Browser = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def nobody_has_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with a limiter of its own."""
    monkeypatch.setattr(api, "limiter", Limiter(MOST_ATTEMPTS, PER))


@pytest.fixture
def ann(begin: Begin) -> User:
    """A rep with a password."""
    with begin() as tx:
        ann = a_user(tx, Role.REP, email=f"{new_id()}@acme.example")
        identity.set_password(tx, ann.id, PASSWORD)
    return ann


@pytest.fixture
def browser(app: FastAPI, database: Database) -> Browser:
    """A browser on our own pages, with an empty jar."""
    return lambda **headers: TestClient(app, raise_server_exceptions=False, headers=SAME_SITE | headers)


def sign_in(browser: TestClient, user: User, password: str = PASSWORD, **more: str) -> dict[str, object]:
    """What the answer says; it must be a success."""
    answer = browser.post("/api/v1/sessions", json={"email": user.email, "password": password, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def problem_of(answer: object) -> str:
    """The last word of the problem's type."""
    return str(answer.json()["type"]).rpartition(":")[2]  # type: ignore[attr-defined] # an httpx response


def set_up_authenticator(browser: TestClient) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app in a signed-in browser; the app and the recovery codes."""
    secret = browser.post("/api/v1/me/authenticator").json()["secret"]
    app = pyotp.TOTP(secret)
    return app, browser.post("/api/v1/me/authenticator/confirm", json={"code": code_now(browser, app)}).json()[
        "codes"
    ]


def code_now(browser: TestClient, app: pyotp.TOTP, later: int = 0) -> str:
    """What the app shows at the server's time."""
    database: Database = browser.app.state.database  # type: ignore[attr-defined] # a FastAPI application
    return app.at(database.clock.now(), counter_offset=later)


def test_a_password_opens_a_session_that_the_cookie_keeps(browser: Browser, ann: User) -> None:
    client = browser()
    assert sign_in(client, ann)["factors"] == []
    assert client.get("/api/v1/me").json()["email"] == ann.email


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser, ann: User) -> None:
    answer = browser().post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(NAME)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_over_https_the_cookie_is_bound_to_this_host(database: Database, settings: Settings, ann: User) -> None:
    public = create_app(database, settings.model_copy(update={"public_url": "https://offhook.acme.example"}))
    client = TestClient(public, base_url="https://offhook.acme.example", headers=SAME_SITE)
    answer = client.post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith(SECURE_NAME)
    assert "secure" in answer.headers["set-cookie"].lower()
    assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("wrong", ["password", "address"])
def test_a_wrong_address_and_a_wrong_password_are_told_alike(browser: Browser, ann: User, wrong: str) -> None:
    told = {"email": ann.email, "password": PASSWORD}
    told |= {"password": "something else"} if wrong == "password" else {"email": "nobody@acme.example"}
    answer = browser().post("/api/v1/sessions", json=told)
    assert answer.status_code == 401
    assert problem_of(answer) == "wrong-sign-in"
    assert answer.json()["detail"] == "The address or the password is wrong."
    assert "set-cookie" not in answer.headers


def test_who_has_no_password_cannot_sign_in(browser: Browser, begin: Begin) -> None:
    with begin() as tx:
        bo = a_user(tx, email=f"{new_id()}@acme.example")
    assert browser().post("/api/v1/sessions", json={"email": bo.email, "password": ""}).status_code == 401


def test_after_five_failures_even_the_right_password_waits(browser: Browser, ann: User, clock: SetClock) -> None:
    client = browser()
    for _ in range(5):
        answer = client.post("/api/v1/sessions", json={"email": ann.email, "password": "a guess at it"})
        assert answer.status_code == 401
    waits = client.post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    assert waits.status_code == 429
    assert problem_of(waits) == "sign-in-waits"
    assert "seconds" in waits.json()["detail"]
    clock.advance(timedelta(seconds=31))
    assert sign_in(client, ann)["factors"] == []


def test_a_flood_from_one_address_is_refused_before_anything_is_looked_up(browser: Browser) -> None:
    client = browser()
    told = {"link": "ohe_no_such_link"}
    for _ in range(MOST_ATTEMPTS):
        assert client.post("/api/v1/entry-links/look", json=told).status_code == 422
    assert client.post("/api/v1/entry-links/look", json=told).status_code == 429


def test_who_belongs_to_several_organisations_says_which(
    browser: Browser, ann: User, database: Database, begin: Begin
) -> None:
    slug = f"o{str(new_id())[-12:]}"
    other = identity.found_organisation(database, name="Other", slug=slug)
    with database.transaction(other, SYSTEM) as tx:
        identity.set_password(tx, a_user(tx, Role.AE, email=ann.email).id, PASSWORD)
    client = browser()
    answer = client.post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    assert answer.status_code == 409
    assert problem_of(answer) == "which-organisation"
    assert {one["value"] for one in answer.json()["errors"]} >= {slug}
    sign_in(client, ann, organisation=slug)
    assert client.get("/api/v1/me").json()["role"] == "ae"


def test_a_changed_or_strange_cookie_opens_nothing(browser: Browser, ann: User) -> None:
    client = browser()
    sign_in(client, ann)
    text = client.cookies[NAME]
    for wrong in (
        text[:-4] + ("aaaa" if text[-4:] != "aaaa" else "bbbb"),
        "ohs_x_y_z",
        "ohs",
        text.replace("ohs", "oh"),
    ):
        stranger = browser(cookie=f"{NAME}={wrong}")
        assert stranger.get("/api/v1/me").status_code == 401, wrong


def test_another_sites_page_cannot_make_the_browser_change_anything(
    browser: Browser, ann: User, app: FastAPI
) -> None:
    client = browser()
    sign_in(client, ann)
    client.headers["sec-fetch-site"] = "cross-site"
    refused = client.post("/api/v1/sessions/end-others")
    assert refused.status_code == 403
    assert problem_of(refused) == "cross-site"
    assert client.get("/api/v1/me").status_code == 200
    old = TestClient(app, headers={"origin": "https://evil.example"}, cookies=dict(client.cookies))
    assert old.post("/api/v1/sessions/end-others").status_code == 403
    old.headers["origin"] = "http://testserver"
    assert old.post("/api/v1/sessions/end-others").status_code == 200


def test_a_session_ends_after_three_idle_days_and_after_thirty_days(
    browser: Browser, ann: User, clock: SetClock
) -> None:
    idle, busy = browser(), browser()
    sign_in(idle, ann)
    sign_in(busy, ann)
    for _ in range(29):
        clock.advance(timedelta(days=1))
        assert busy.get("/api/v1/me").status_code == 200
    assert problem_of(idle.get("/api/v1/me")) == "signed-out"
    clock.advance(timedelta(days=1))
    assert busy.get("/api/v1/me").status_code == 401


def test_signing_out_ends_the_session_for_good(browser: Browser, ann: User) -> None:
    client = browser()
    sign_in(client, ann)
    kept = dict(client.cookies)
    assert client.post("/api/v1/sessions/end").json() == {"ended": 1}
    assert client.get("/api/v1/me").status_code == 401
    assert browser(cookie=f"{NAME}={kept[NAME]}").get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/sessions/end").status_code == 200


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(browser: Browser, ann: User) -> None:
    desk, phone, lost = (browser(**{"user-agent": name}) for name in ("Desk", "Phone", "Lost"))
    for one in (desk, phone, lost):
        sign_in(one, ann)
    listed = desk.get("/api/v1/sessions").json()["items"]
    assert {(one["agent"], one["is_this"]) for one in listed} == {
        ("Desk", True),
        ("Phone", False),
        ("Lost", False),
    }
    phones = next(one["id"] for one in listed if one["agent"] == "Phone")
    assert desk.post(f"/api/v1/sessions/{phones}/end").status_code == 200
    assert phone.get("/api/v1/me").status_code == 401
    assert desk.post(f"/api/v1/sessions/{phones}/end").status_code == 404
    assert desk.post("/api/v1/sessions/end-others").json() == {"ended": 1}
    assert lost.get("/api/v1/me").status_code == 401
    assert desk.get("/api/v1/me").status_code == 200


def test_nobody_ends_the_session_of_another(browser: Browser, ann: User, begin: Begin) -> None:
    with begin() as tx:
        bo = a_user(tx, email=f"{new_id()}@acme.example")
        identity.set_password(tx, bo.id, PASSWORD)
    anns, bos = browser(), browser()
    sign_in(anns, ann)
    sign_in(bos, bo)
    of_bo = bos.get("/api/v1/sessions").json()["items"][0]["id"]
    assert anns.post(f"/api/v1/sessions/{of_bo}/end").status_code == 404
    assert anns.post(f"/api/v1/users/{bo.id}/sessions/end").status_code == 403


def test_a_new_password_asks_for_the_old_one_and_ends_the_other_sessions(browser: Browser, ann: User) -> None:
    here, there = browser(), browser()
    sign_in(here, ann)
    sign_in(there, ann)
    wrong = here.post("/api/v1/me/password", json={"present": "not it at all", "new": "another long one"})
    assert (wrong.status_code, problem_of(wrong)) == (403, "wrong-password")
    short = here.post("/api/v1/me/password", json={"present": PASSWORD, "new": "short"})
    assert short.status_code == 422
    assert here.post("/api/v1/me/password", json={"present": PASSWORD, "new": "another long one"}).json() == {
        "ended": 1
    }
    assert there.get("/api/v1/me").status_code == 401
    sign_in(there, ann, "another long one")


def test_a_password_set_by_an_admin_ends_the_sessions(browser: Browser, ann: User, begin: Begin) -> None:
    client = browser()
    sign_in(client, ann)
    with begin() as tx:
        identity.set_password(tx, ann.id, "quite another one")
    assert client.get("/api/v1/me").status_code == 401


def test_who_is_let_go_is_signed_out_at_once(browser: Browser, ann: User, begin: Begin) -> None:
    client = browser()
    sign_in(client, ann)
    with begin() as tx:
        identity.change_user(tx, ann.id, 1, {"is_active": False})
    assert client.get("/api/v1/me").status_code == 401


def test_with_an_authenticator_the_password_alone_opens_nothing(
    browser: Browser, ann: User, clock: SetClock
) -> None:
    first = browser()
    sign_in(first, ann)
    app, codes = set_up_authenticator(first)
    assert len(codes) == 10
    client = browser()
    assert sign_in(client, ann)["factors"] == ["authenticator", "recovery_code"]
    assert problem_of(client.get("/api/v1/me")) == "second-factor-needed"
    assert client.post("/api/v1/sessions/factor", json={"code": "000000"}).status_code == 401
    clock.advance(timedelta(seconds=30))
    assert client.post("/api/v1/sessions/factor", json={"code": code_now(client, app)}).status_code == 200
    assert client.get("/api/v1/me").json()["email"] == ann.email


def test_a_code_is_good_once_and_half_a_minute_early_or_late(browser: Browser, ann: User, clock: SetClock) -> None:
    first = browser()
    sign_in(first, ann)
    app, _ = set_up_authenticator(first)
    clock.advance(timedelta(minutes=5))
    code = code_now(first, app, later=1)
    client, thief = browser(), browser()
    sign_in(client, ann)
    sign_in(thief, ann)
    assert client.post("/api/v1/sessions/factor", json={"code": code}).status_code == 200
    assert thief.post("/api/v1/sessions/factor", json={"code": code}).status_code == 401
    old = code_now(first, app, later=-3)
    assert thief.post("/api/v1/sessions/factor", json={"code": old}).status_code == 401


def test_a_recovery_code_is_good_once(browser: Browser, ann: User) -> None:
    first = browser()
    sign_in(first, ann)
    _, codes = set_up_authenticator(first)
    client = browser()
    sign_in(client, ann)
    assert client.post("/api/v1/sessions/factor", json={"recovery_code": codes[0].upper()}).status_code == 200
    again = browser()
    sign_in(again, ann)
    assert again.post("/api/v1/sessions/factor", json={"recovery_code": codes[0]}).status_code == 401
    assert first.get("/api/v1/me/sign-in").json()["recovery_codes_left"] == 9


def test_guesses_at_the_second_factor_have_to_wait(browser: Browser, ann: User, clock: SetClock) -> None:
    first = browser()
    sign_in(first, ann)
    app, _ = set_up_authenticator(first)
    client = browser()
    sign_in(client, ann)
    for guess in range(5):
        assert client.post("/api/v1/sessions/factor", json={"code": f"00000{guess}"}).status_code == 401
    clock.advance(timedelta(seconds=29))
    assert client.post("/api/v1/sessions/factor", json={"code": code_now(client, app)}).status_code == 429
    clock.advance(timedelta(seconds=30))
    assert client.post("/api/v1/sessions/factor", json={"code": code_now(client, app)}).status_code == 200


def test_a_session_waits_ten_minutes_for_its_second_factor(browser: Browser, ann: User, clock: SetClock) -> None:
    first = browser()
    sign_in(first, ann)
    app, _ = set_up_authenticator(first)
    client = browser()
    sign_in(client, ann)
    clock.advance(timedelta(minutes=10))
    late = client.post("/api/v1/sessions/factor", json={"code": code_now(client, app)})
    assert (late.status_code, problem_of(late)) == (401, "signed-out")


def test_just_one_second_factor_is_shown(browser: Browser, ann: User) -> None:
    client = browser()
    sign_in(client, ann)
    assert client.post("/api/v1/sessions/factor", json={}).status_code == 422
    both = {"code": "123456", "recovery_code": "abcde-fghjk"}
    assert client.post("/api/v1/sessions/factor", json=both).status_code == 422


def test_an_authenticator_counts_once_confirmed_and_goes_by_password(
    browser: Browser, ann: User, clock: SetClock
) -> None:
    client = browser()
    sign_in(client, ann)
    begun = client.post("/api/v1/me/authenticator").json()
    assert begun["link"].startswith("otpauth://totp/")
    assert begun["picture"].startswith("M")
    assert sign_in(browser(), ann)["factors"] == []
    wrong = client.post("/api/v1/me/authenticator/confirm", json={"code": "000000"})
    assert wrong.status_code == 422
    set_up_authenticator(client)
    assert client.post("/api/v1/me/authenticator").status_code == 409
    assert client.post("/api/v1/me/authenticator/remove", json={"password": "not it"}).status_code == 403
    left = client.post("/api/v1/me/authenticator/remove", json={"password": PASSWORD}).json()
    assert left == {"has_password": True, "has_authenticator": False, "passkeys": [], "recovery_codes_left": 0}
    assert sign_in(browser(), ann)["factors"] == []


def test_an_admin_takes_lost_second_factors_away(browser: Browser, ann: User, sign_in: SignIn) -> None:
    client = browser()
    client.post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    set_up_authenticator(client)
    assert sign_in(Role.MANAGER).post(f"/api/v1/users/{ann.id}/second-factors/remove").status_code == 403
    assert sign_in(Role.ADMIN).post(f"/api/v1/users/{ann.id}/second-factors/remove").status_code == 200
    assert client.get("/api/v1/me/sign-in").json()["has_authenticator"] is False


def test_an_invitation_sets_the_first_password_and_is_good_once(
    browser: Browser, begin: Begin, sign_in: SignIn
) -> None:
    with begin() as tx:
        new = a_user(tx, email=f"{new_id()}@acme.example")
    admin = sign_in(Role.ADMIN)
    made = admin.post(f"/api/v1/users/{new.id}/entry-link").json()
    assert made["purpose"] == "invitation"
    link = made["url"].partition("#")[2]
    client = browser()
    looked = client.post("/api/v1/entry-links/look", json={"link": link}).json()
    assert looked == {"organisation": "Test", "name": new.name, "email": new.email, "purpose": "invitation"}
    assert client.post("/api/v1/entry-links/use", json={"link": link, "password": "short"}).status_code == 422
    assert client.post("/api/v1/entry-links/use", json={"link": link, "password": PASSWORD}).status_code == 201
    assert client.get("/api/v1/me").json()["email"] == new.email
    again = browser().post("/api/v1/entry-links/use", json={"link": link, "password": "another long one"})
    assert problem_of(again) == "entry-link-not-good"


def test_a_reset_ends_sessions_and_still_asks_for_the_second_factor(
    browser: Browser, ann: User, sign_in: SignIn
) -> None:
    client = browser()
    client.post("/api/v1/sessions", json={"email": ann.email, "password": PASSWORD})
    set_up_authenticator(client)
    made = sign_in(Role.ADMIN).post(f"/api/v1/users/{ann.id}/entry-link").json()
    assert made["purpose"] == "reset"
    link = made["url"].partition("#")[2]
    found = browser()
    opened = found.post("/api/v1/entry-links/use", json={"link": link, "password": "another long one"})
    assert opened.json()["factors"] == ["authenticator", "recovery_code"]
    assert client.get("/api/v1/me").status_code == 401
    assert found.get("/api/v1/me").status_code == 401


def test_a_link_of_entry_ends_by_time_and_by_the_next_one(
    browser: Browser, ann: User, sign_in: SignIn, clock: SetClock
) -> None:
    admin = sign_in(Role.ADMIN)
    first, second = (
        admin.post(f"/api/v1/users/{ann.id}/entry-link").json()["url"].partition("#")[2] for _ in range(2)
    )
    client = browser()
    assert client.post("/api/v1/entry-links/look", json={"link": first}).status_code == 422
    assert client.post("/api/v1/entry-links/look", json={"link": second}).status_code == 200
    clock.advance(timedelta(hours=24))
    assert client.post("/api/v1/entry-links/look", json={"link": second}).status_code == 422
    assert sign_in(Role.MANAGER).post(f"/api/v1/users/{ann.id}/entry-link").status_code == 403


def test_what_happens_at_the_door_is_in_the_log_without_secrets(browser: Browser, ann: User, begin: Begin) -> None:
    client = browser()
    client.post("/api/v1/sessions", json={"email": ann.email, "password": "a guess at it"})
    sign_in(client, ann)
    client.post("/api/v1/sessions/end")
    with begin() as tx:
        found = identity.events_page(tx, subject=f"user:{ann.id}", limit=50)
    kinds = [event.kind for event in found]
    assert kinds[-3:] == ["user.sign_in_failed", "user.signed_in", "user.signed_out"]
    assert found[-2].actor == f"user:{ann.id}"
    assert PASSWORD not in str(found)


def test_long_gone_sessions_are_forgotten(browser: Browser, ann: User, begin: Begin, clock: SetClock) -> None:
    from offhook.identity.sessions.store import forget_sessions

    sign_in(browser(), ann)
    clock.advance(timedelta(days=61))
    with begin() as tx:
        assert forget_sessions(tx, tx.now - timedelta(days=30)) == 1
        assert tx.scalar(UUID, "SELECT id FROM session") is None
