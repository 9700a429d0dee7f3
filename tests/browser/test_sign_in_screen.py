"""Signing in as one does: password, second factors, invitation, sessions, and what each role is shown."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pyotp
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.world import PASSWORD, World
from offhook.kernel.database import SYSTEM

Accessible = Callable[[Page], None]

HOMES = {"rep": "Good to see you", "ae": "Hand-offs"}


def fill_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Type address and password and press Enter."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("who", HOMES)
def test_each_role_begins_at_its_own_work(window: Windows, world: World, who: str) -> None:
    page = window(path="/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    fill_in(page, world.users[who].email)
    expect(page.get_by_role("heading", name=re.compile(HOMES[who]))).to_be_visible()
    window.expect_errors("401")


def test_who_goes_somewhere_signs_in_and_gets_there(window: Windows, world: World) -> None:
    page = window(path="/scoreboard")
    fill_in(page, world.users["rep"].email)
    expect(page.get_by_role("heading", name="Scoreboard")).to_be_visible()
    assert page.url.endswith("/scoreboard")
    window.expect_errors("401")


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_link_to_another_site_is_not_followed_after_signing_in(window: Windows, world: World, back: str) -> None:
    page = window(path="/sign-in?" + urlencode({"back": back}))
    fill_in(page, world.users["rep"].email)
    expect(page.get_by_role("heading", name=re.compile("Good to see you"))).to_be_visible()
    assert page.url.endswith("/today")


def test_a_wrong_password_is_told_and_nothing_typed_is_lost(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window(path="/sign-in")
    accessible(page)
    fill_in(page, world.users["rep"].email, "not the password")
    expect(page.get_by_role("alert")).to_contain_text("The address or the password is wrong.")
    expect(page.get_by_label("E-mail")).to_have_value(world.users["rep"].email)
    accessible(page)
    window.expect_errors("401")


def test_an_authenticator_app_is_set_up_and_then_asked_for(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/settings/me")
    page.get_by_role("button", name="Add an authenticator app").click()
    dialog = page.get_by_role("dialog")
    secret = dialog.get_by_text(re.compile(r"^([A-Z2-7]{4} ?)+$")).inner_text().replace(" ", "")
    accessible(page)
    app = pyotp.TOTP(secret)
    dialog.get_by_role("textbox", name="Code").fill(app.now())
    dialog.get_by_role("button", name="Confirm").click()
    codes = page.get_by_role("dialog", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()

    other = window(path="/sign-in")
    fill_in(other, world.users["rep"].email)
    expect(other.get_by_role("heading", name="One more step")).to_be_visible()
    accessible(other)
    other.get_by_label("Code").fill("000000")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_be_visible()
    other.get_by_role("button", name="Use a recovery code").click()
    other.get_by_label("Recovery code").fill(recovery)
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", name=re.compile("Good to see you"))).to_be_visible()
    window.expect_errors("401")


def test_a_passkey_is_set_up_and_then_asked_for(window: Windows, world: World) -> None:
    page = window("rep", "/settings/me")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("never used")).to_be_visible()
    page.context.request.post("/api/v1/sessions/end")
    page.goto("/sign-in")
    fill_in(page, world.users["rep"].email)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name=re.compile("Good to see you"))).to_be_visible()


def test_somebody_invited_sets_a_password_and_is_in(window: Windows, world: World, accessible: Accessible) -> None:
    admin = window("admin", "/settings/users")
    admin.get_by_role("button", name="Add a user").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Nina New")
    email = f"nina.{str(world.organisation_id)[-12:]}@acme.example"
    dialog.get_by_label("E-mail").fill(email)
    accessible(admin)
    dialog.get_by_role("button", name="Save").click()
    link = admin.get_by_role("dialog", name="Invitation").get_by_text(re.compile("/enter#")).inner_text()

    page = window(path="/enter#" + link.partition("#")[2])
    expect(page.get_by_text(f"Nina New, choose the password for {email} at Acme.")).to_be_visible()
    accessible(page)
    page.get_by_label("New password").fill("short")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("at least 12")
    page.get_by_label("New password").fill("a long enough password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Good to see you, Nina"))).to_be_visible()
    window.expect_errors("422")


def test_a_session_ended_elsewhere_leads_back_to_the_door_and_then_on(window: Windows, world: World) -> None:
    here, there = window("rep", "/scoreboard"), window("rep", "/settings/me")
    there.get_by_role("button", name="End all others").click()
    expect(there.get_by_role("button", name="End", exact=True)).to_have_count(0)
    here.get_by_role("link", name="Today").click()
    expect(here.get_by_role("heading", name="Sign in")).to_be_visible()
    fill_in(here, world.users["rep"].email)
    expect(here.get_by_role("heading", name=re.compile("Good to see you"))).to_be_visible()
    window.expect_errors("401")


def test_what_a_role_may_not_do_it_does_not_see_and_is_refused(window: Windows, world: World) -> None:
    page = window("rep", "/settings/users")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
    refused = page.context.request.post(
        "/api/v1/users", data={"email": "x@x.example", "name": "X", "role": "admin"}
    )
    assert refused.status == 403
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        assert tx.scalar(int, "SELECT count(*) FROM app_user WHERE name = 'X'") == 0
