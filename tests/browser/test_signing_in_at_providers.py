"""Connecting one's mailbox by signing in at its provider: through its page and back, refused, and once more."""

from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Server, Windows
from browser.hands import overflow
from mail.post import a_certificate
from oauth.conftest import registered
from oauth.emulator import Emulator, open_emulator
from offhook.kernel.settings import Settings

Accessible = Callable[[Page], None]
RITA = "rita@offhook.example"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Generator[Emulator]:
    """A provider at which the running product is registered, as Google and as Microsoft."""
    folder = tmp_path_factory.mktemp("provider")
    with open_emulator(*a_certificate(folder)) as emulator, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(emulator.certificate))
        told = registered(Settings(public_url=server.address), emulator)
        for name in (
            "public_url",
            *(one for one in Settings.model_fields if "google" in one or "microsoft" in one),
        ):
            patch.setattr(server.settings, name, getattr(told, name))
        for name in ("google_smtp", "google_imap", "microsoft_smtp", "microsoft_imap"):
            patch.setattr(server.settings, name, "127.0.0.1:9")
        emulator.account = RITA
        yield emulator


def test_a_mailbox_is_connected_on_the_providers_page_and_again_when_it_was_taken_back(
    window: Windows, provider: Emulator, accessible: Accessible
) -> None:
    provider.redirect = f"{window.server.address}/settings/signed-in"
    page = window("rep", "/settings/mailbox", ignore_https_errors=True)
    expect(page.get_by_role("button", name="Sign in with Google")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Sign in with Microsoft").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("You did not agree on Microsoft's page")
    accessible(page)
    page.get_by_role("button", name="Back to the settings").click()
    page.get_by_role("button", name="Sign in with Microsoft").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name=RITA)).to_be_visible()
    expect(page.get_by_text("Signed in with Microsoft.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Host")).to_have_count(0)
    accessible(page)

    provider.revoke()
    page.get_by_role("button", name="Check it now").click()  # its server refuses, so the token is asked about
    lapsed = page.get_by_text("Microsoft does not let Offhook in any more")
    expect(lapsed).to_be_visible(timeout=60_000)
    page.set_viewport_size({"width": 390, "height": 844})
    assert not overflow(page)
    accessible(page)
    page.get_by_role("button", name="Sign in again with Microsoft").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Signed in with Microsoft.")).to_be_visible()
    expect(lapsed).to_have_count(0)
    window.expect_errors("422", "favicon")


def test_a_calendar_at_google_has_its_button_and_microsofts_has_none(window: Windows, provider: Emulator) -> None:
    page = window("rep", "/settings/calendar")
    expect(page.get_by_role("button", name="Sign in with Google")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with Microsoft")).to_have_count(0)
