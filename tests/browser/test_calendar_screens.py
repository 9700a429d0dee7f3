"""The calendar: a calendar is connected, a page is made, a visitor books on it, moves it and calls it off."""

import os
import re
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import find, overflow, settled
from browser.world import World
from calendars.radicale import PASSWORD, CalendarServer, open_calendar_server
from offhook import leads
from offhook.calendar.pages.service import add_page
from offhook.identity import actor_of

Accessible = Callable[[Page], None]
PICTURES = os.environ.get("OFFHOOK_PICTURES")


def shoot(page: Page, name: str) -> None:
    """A picture for who looks, where OFFHOOK_PICTURES names a folder; at all sizes, light and dark."""
    if not PICTURES:
        return
    was = page.viewport_size
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType] # one of its words
            page.wait_for_timeout(120)
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    if was:
        page.set_viewport_size(was)


@pytest.fixture(scope="module")
def calendars(tmp_path_factory: pytest.TempPathFactory) -> Generator[CalendarServer]:
    """A calendar server with one user."""
    with open_calendar_server(tmp_path_factory.mktemp("caldav"), ["amy"]) as opened:
        yield opened


def test_an_ae_connects_their_calendar_checks_it_and_disconnects_it(
    window: Windows, calendars: CalendarServer, accessible: Accessible
) -> None:
    calendars.make_calendar("amy")
    page = window("ae", "/settings/calendar")
    settled(page)
    shoot(page, "calendar-empty")
    page.get_by_role("button", name="Connect a calendar").click()
    dialog = page.get_by_role("dialog", name="Connect a calendar")
    dialog.get_by_role("textbox", name="Address").fill(calendars.address)
    dialog.get_by_role("textbox", name="User name").fill("amy")
    dialog.get_by_label("Password").fill("wrong")
    accessible(page)
    shoot(page, "calendar-connect")
    dialog.get_by_role("button", name="Connect", exact=True).click()
    check = page.get_by_role("dialog", name=re.compile("^Check"))
    expect(check.get_by_text("does not take the user name or password")).to_be_visible()
    accessible(page)
    shoot(page, "calendar-check")
    check.get_by_role("button", name="Close").last.click()
    table = page.get_by_role("list", name="Connected calendars")
    expect(table.get_by_text("Refusing")).to_be_visible()
    table.get_by_role("button", name="Disconnect").click()
    page.get_by_role("dialog", name=re.compile("^Disconnect")).get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("No calendar is connected")).to_be_visible()
    page.get_by_role("button", name="Connect a calendar").click()
    dialog.get_by_role("textbox", name="Address").fill(calendars.address)
    dialog.get_by_role("textbox", name="User name").fill("amy")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Connect", exact=True).click()
    expect(check.get_by_text("It can be read")).to_be_visible()
    check.get_by_role("button", name="Close").last.click()
    expect(table.get_by_text("meetings are written here")).to_be_visible()
    accessible(page)
    assert overflow(page) == 0


def test_a_visitor_books_on_a_reps_page_moves_it_and_calls_it_off(
    window: Windows, world: World, accessible: Accessible
) -> None:
    rep = window("rep", "/settings/calendar")
    rep.get_by_role("button", name="Add my page").click()
    dialog = rep.get_by_role("dialog", name="Add my page")
    dialog.get_by_role("textbox", name="Title").fill("Half an hour with Rita")
    find(rep, dialog, "Campaign", "Autumn")
    dialog.get_by_role("textbox", name="Where").fill("https://meet.example/rita")
    dialog.get_by_text("More: buffers").click()
    accessible(rep)
    shoot(rep, "page-dialog")
    dialog.get_by_role("button", name="Save").click()
    row = rep.get_by_role("listitem").filter(has_text="Half an hour with Rita")
    address = row.get_by_role("link").get_attribute("href") or ""
    assert address.endswith("/half-an-hour-with-rita")

    visitor = window(path=re.sub("^https?://[^/]+", "", address), timezone_id="America/New_York")
    expect(visitor.get_by_role("heading", name="Half an hour with Rita")).to_be_visible()
    expect(visitor.get_by_label("Your time zone")).to_have_value("America/New_York")
    accessible(visitor)
    shoot(visitor, "book-times")
    visitor.get_by_role("list").get_by_role("link").first.click()
    visitor.get_by_label("Name").fill("Grace Murray")
    visitor.get_by_label("E-mail").fill("grace.murray@navy.example")
    visitor.get_by_label("Company").fill("Navy")
    visitor.get_by_label("What is it about?").fill("Compilers")
    accessible(visitor)
    shoot(visitor, "book-form")
    visitor.wait_for_timeout(2_100)  # faster than any person is taken for a robot
    visitor.get_by_role("button", name="Book").click()
    expect(visitor.get_by_role("heading", name="It is booked")).to_be_visible()
    accessible(visitor)
    shoot(visitor, "booked")
    before = visitor.locator(".when").inner_text()
    visitor.get_by_text("Choose another time").click()
    shoot(visitor, "moving")
    visitor.locator("ul.times button").nth(3).click()
    expect(visitor.locator(".when")).not_to_have_text(before)

    rep.reload()
    table = rep.get_by_role("list", name="My meetings")
    expect(table.get_by_role("link", name=re.compile("Grace Murray"))).to_be_visible()
    expect(table.get_by_text("No answer yet")).to_be_visible()
    accessible(rep)
    shoot(rep, "calendar-full")
    assert overflow(rep) == 0

    visitor.get_by_text("You cannot come?").click()
    visitor.get_by_label("Why?").fill("Ill")
    visitor.get_by_role("button", name="Call it off").click()
    expect(visitor.get_by_text("This meeting is called off.")).to_be_visible()
    accessible(visitor)
    expect(rep.get_by_text("Nothing is booked")).to_be_visible()


def test_a_page_works_without_script_and_in_spanish(window: Windows, world: World, accessible: Accessible) -> None:
    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        campaign = leads.campaign_by_name(tx, "Autumn webinar")
        add_page(tx, slug="plain", title="Charla", campaign_id=campaign.id, notice_minutes=0)
        slug = tx.scalar(str, "SELECT slug FROM organisation")
    page = window(path=f"/book/{slug}/plain", java_script_enabled=False, locale="es-ES")
    expect(page.get_by_label("Su zona horaria")).to_have_value("UTC")
    page.get_by_role("list").get_by_role("link").first.click()
    expect(page.get_by_role("button", name="Reservar")).to_be_visible()
    shoot(page, "book-form-es")


def test_a_manager_makes_a_pool(window: Windows, accessible: Accessible) -> None:
    page = window("manager", "/settings/calendar")
    page.get_by_role("button", name="Add a pool").click()
    dialog = page.get_by_role("dialog", name="Add a pool")
    dialog.get_by_role("textbox", name="Title").fill("Sales")
    dialog.get_by_text("Rita Rep").click()
    dialog.get_by_text("Rob Rep").click()
    find(page, dialog, "Campaign", "Autumn")
    accessible(page)
    shoot(page, "pool-dialog")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem").filter(has_text="Rita Rep, Rob Rep")).to_be_visible()
