"""The phone as it looks in every state: axe, nothing beyond the window, Spanish, on each size, light and dark."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import DESKTOP, Windows
from browser.hands import overflow
from browser.softphone.calling import OUR_NUMBER, Floor
from browser.softphone.phone import SOON
from browser.test_looks import ENGLISH, PHONE, RAW_KEY, TABLET, is_raw
from browser.world import QUALIFIED, World
from offhook.identity import actor_of
from offhook.leads import answer_all

LOOKS = {
    "desktop, light": {"viewport": DESKTOP, "color_scheme": "light"},
    "tablet, dark": {"viewport": TABLET, "color_scheme": "dark"},
    "phone, light": {"viewport": PHONE, "color_scheme": "light"},
    "phone, dark": {"viewport": PHONE, "color_scheme": "dark"},
}
BEYOND = """() => [...document.querySelectorAll('[role=dialog], [role=dialog] button, section button')]
    .filter(one => {
        const at = one.getBoundingClientRect();
        return at.width > 0 && (at.left < 0 || at.right > innerWidth + 1) })
    .map(one => one.textContent)"""
"""What of the phone stands outside of the window."""


def wrong(page: Page, state: str) -> list[str]:
    """What is wrong on a page as it stands."""
    found = [f"{state}: {one}" for one in violations(page)]
    if beyond := overflow(page):
        found.append(f"{state}: {beyond} pixels too wide")
    found += [f"{state}: outside of the window: {one}" for one in page.evaluate(BEYOND)]
    shown = page.locator("body").inner_text()
    found += [f"{state}: {key}" for key in RAW_KEY.findall(shown) if is_raw(key)]
    return found + [f"{state}: {word}" for word in ENGLISH if re.search(rf"\b{word}\b", shown)]


def ready(page: Page) -> Page:
    """A window whose phone was connected."""
    page.get_by_role("button", name="Conectar teléfono").click()
    expect(page.get_by_role("button", name="Teléfono listo")).to_be_visible(timeout=SOON)
    return page


@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS.keys())
def test_the_phone_stands_in_every_state(
    window: Windows, world: World, floor: Floor, looks: dict[str, Any]
) -> None:
    lead_id = world.leads[0].lead_id
    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        answer_all(tx, lead_id, QUALIFIED)
    ae = ready(window("ae", "/hand-offs", locale="es-ES", **looks))
    page = ready(window("rep", f"/leads/{lead_id}", locale="es-ES", **looks))
    found: list[str] = []

    def look(state: str, at: Page = page) -> None:
        found.extend(wrong(at, state))

    look("ready")
    page.keyboard.press("d")
    expect(page.get_by_role("dialog", name="Marcar un número")).to_be_visible()
    look("dial pad")
    page.keyboard.press("Escape")
    floor.carrier.ring(OUR_NUMBER, "+13035550102", to=("127.0.0.1", floor.server.settings.sip_port))
    expect(page.get_by_role("dialog", name=re.compile("Alan Turing"))).to_be_visible(timeout=SOON)
    look("rings")
    page.wait_for_timeout(700)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_role("region", name="Teléfono").get_by_text(re.compile("Línea"))).to_be_visible(
        timeout=SOON
    )
    look("talking")
    page.keyboard.press("d")
    look("keypad")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.get_by_role("dialog").get_by_role("radio")).to_have_count(1)
    look("bringing somebody in")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    look("on hold")
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.get_by_role("dialog").get_by_role("checkbox", name=re.compile("Amy"))).to_be_checked()
    look("hand-off")
    page.keyboard.press("Enter")
    expect(ae.get_by_role("dialog").get_by_text("Grace Hopper").first).to_be_visible()
    look("AEs are rung")
    look("the AE is rung", ae)
    ae.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    look("whispering")
    page.keyboard.press("j")
    page.keyboard.press("l")
    look("over")
    look("the AE talks", ae)
    ae.keyboard.press("Shift+H")
    assert not found, "\n".join(found)
