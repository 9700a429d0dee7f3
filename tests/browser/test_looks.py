"""Every screen as it looks: axe in light and dark, no scrolling sideways on any size, Spanish, no raw keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import DESKTOP, Windows
from browser.hands import overflow, screen, settled
from browser.places import every_screen
from browser.world import World

TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}
RAW_KEY = re.compile(r"\b[a-z]+(?:_[a-z]+)*(?:\.[a-z]+(?:_[a-z]+)*)+\b")
"""As i18next writes a text it does not have: `views.save`."""

A_MOMENT_MS = 500
"""Within this a chart has followed its window."""

OUTSIDE = """() => [...document.querySelectorAll('main header button, main header a')]
    .filter(one => { const at = one.getBoundingClientRect();
        return at.width > 0 && (at.left < 0 || at.right > innerWidth || at.bottom > innerHeight) })
    .map(one => one.textContent)"""
"""What a screen offers at its head and nobody can reach without scrolling."""


def furnished(window: Windows, world: World, **looks: str) -> tuple[Page, list[str]]:
    """The admin's window, and the addresses of all screens."""
    page = window("admin", "/settings/me", **looks)
    return page, [*every_screen(page.context.request, world).values()]


def test_no_screen_is_wrong_for_axe_or_wider_than_any_size_of_window(window: Windows, world: World) -> None:
    page, addresses = furnished(window, world, color_scheme="light")
    wrong: list[str] = []
    for address in addresses:
        page.set_viewport_size(DESKTOP)
        screen(page, address)
        wrong += violations(page)
        for size in (TABLET, PHONE):
            page.set_viewport_size(size)
            settled(page)
            if overflow(page):
                page.wait_for_timeout(A_MOMENT_MS)
            if beyond := overflow(page):
                wrong.append(f"{address} at {size['width']}: {beyond} pixels too wide")
            wrong += [f"{address} at {size['width']}: out of reach: {one}" for one in page.evaluate(OUTSIDE)]
        wrong += violations(page)
    assert not wrong, "\n".join(wrong)


def test_no_screen_is_wrong_for_axe_in_the_dark(window: Windows, world: World) -> None:
    page, addresses = furnished(window, world, color_scheme="dark")
    wrong: list[str] = []
    for address in addresses:
        screen(page, address)
        wrong += violations(page)
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_in_english_or_without_a_text_in_spanish(window: Windows, world: World) -> None:
    page, addresses = furnished(window, world)
    page.get_by_role("button", name=re.compile("Language")).click()
    page.get_by_role("option", name="Español").click()
    expect(page.get_by_role("heading", name="Ajustes")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    wrong: list[str] = []
    for address in addresses:
        screen(page, address)
        shown = page.locator("body").inner_text() + " ".join(
            page.locator("[aria-label]").evaluate_all("all => all.map(one => one.ariaLabel)")
        )
        wrong += [f"{address}: {key}" for key in RAW_KEY.findall(shown) if is_raw(key)]
        wrong += [f"{address}: {word}" for word in ENGLISH if re.search(rf"\b{word}\b", shown)]
    assert not wrong, "\n".join(wrong)


ENGLISH = (
    "Settings",
    "Loading",
    "Save",
    "Edit",
    "Remove",
    "Cancel",
    "Add",
    "Search",
    "Scoreboard",
    "Hand-offs",
    "Today",
)
"""Words of buttons and places that nobody should meet in Spanish."""

DATA = (".example", "embed.js", "lead.", "criteria.", "user.", "people.", "response.", "team.")


def is_raw(key: str) -> bool:
    """Whether it is a text's key, not an address or a kind of event, which are shown as they are."""
    return not any(one in f"{key}." for one in DATA)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_menu_the_palette_and_the_keys_stand_in_every_size(
    window: Windows, world: World, size: dict[str, int]
) -> None:
    page = window("rep", "/today", viewport=size)
    settled(page)
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert not violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not violations(page)
    assert overflow(page) == 0
