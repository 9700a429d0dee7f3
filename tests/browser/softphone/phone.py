"""What users do with the phone, and how they see how it stands."""

import re
import time
from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from browser.conftest import Windows

MICROPHONE = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
"""Chromium's flags for a microphone that beeps."""
ALLOWED = "--use-fake-ui-for-media-stream"
"""Chromium's flag for a user who allows it."""
SOON = 20_000


def connected(page: Page) -> Page:
    """A window whose phone was connected by its key."""
    expect(page.get_by_role("button", name="Connect phone")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Phone ready")).to_be_visible(timeout=SOON)
    return page


def on_lead(window: Windows, lead_id: UUID, who: str = "rep") -> Page:
    """A lead's screen, with the phone connected."""
    page = window(who, f"/leads/{lead_id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return connected(page)


def bar(page: Page) -> Locator:
    """The phone's bar."""
    return page.get_by_role("region", name="Phone")


def loudness(page: Page, who: str) -> int:
    """What a level meter shows, 0 to 100."""
    return int(page.get_by_role("meter", name=who).get_attribute("aria-valuenow") or 0)


def until(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for what a page does behind the scenes."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.1)


def talking(page: Page, standing: str = "Talking") -> None:
    """Wait until the person is there and heard."""
    expect(bar(page).get_by_text(standing, exact=True)).to_be_visible(timeout=SOON)
    until(lambda: loudness(page, "They") > 5, "the person's voice")


def hung_up(page: Page) -> None:
    """Hang up, and see that the call is over."""
    page.keyboard.press("Shift+H")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
