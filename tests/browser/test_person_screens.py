"""A person: who they are, how to reach them, two made one and two again, and what was done elsewhere."""

import re
from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, choose, eventually, settled
from browser.world import World

Accessible = Callable[[Page], None]


def person_of(page: Page, lead_id: UUID | str) -> str:
    """The id of whom a lead is about."""
    return str(ask(page.context.request, "GET", f"/leads/{lead_id}")["person_id"])


def person(window: Windows, world: World, who: str = "rep") -> Page:
    """Grace Hopper's screen."""
    page = window(who, "/settings/me")
    page.goto(f"/people/{person_of(page, world.leads[0].lead_id)}")
    expect(page.get_by_role("heading", name="Grace Hopper", level=1)).to_be_visible()
    settled(page)
    return page


def test_who_somebody_is_is_changed_by_keyboard(window: Windows, world: World, accessible: Accessible) -> None:
    page = person(window, world)
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Grace Hopper")
    expect(dialog.get_by_role("textbox", name="First name")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Grace Brewster")
    dialog.get_by_role("textbox", name="Title").fill("Rear Admiral")
    dialog.get_by_text("Do not e-mail").click()
    accessible(page)
    dialog.get_by_role("textbox", name="Title").press("Enter")
    expect(page.get_by_role("heading", name="Grace Brewster Hopper", level=1)).to_be_visible()
    expect(page.get_by_text("Rear Admiral", exact=True).first).to_be_visible()
    expect(page.get_by_text("do not e-mail").first).to_be_visible()
    expect(page.get_by_role("link", name="grace@harbor.example")).to_have_count(0)


def test_ways_to_reach_somebody_are_added_put_first_and_taken_away(window: Windows, world: World) -> None:
    page = person(window, world)
    reach = page.get_by_role("region", name="How to reach them")
    reach.get_by_role("button", name="Add a way to reach them").click()
    dialog = page.get_by_role("dialog", name="Add a way to reach them")
    dialog.get_by_role("textbox", name="Phone").fill("12")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Phone")).to_have_value("12")
    dialog.get_by_role("textbox", name="Phone").fill("(212) 555-0199")
    dialog.get_by_role("textbox", name="Label").fill("assistant")
    dialog.get_by_role("button", name="Save").click()
    expect(reach.get_by_role("link", name="+12125550199")).to_have_attribute("href", "tel:+12125550199")
    expect(reach.get_by_text("assistant")).to_be_visible()
    reach.get_by_role("button", name="More for +12125550199").click()
    page.get_by_role("menuitem", name="Use first").click()
    expect(reach.get_by_role("listitem").filter(has_text="+12125550199").get_by_role("img")).to_be_visible()
    reach.get_by_role("button", name="More for +12125550199").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(reach.get_by_role("link", name="+12125550199")).to_have_count(0)
    page.keyboard.press("z")
    expect(reach.get_by_role("link", name="+12125550199")).to_be_visible()
    window.expect_errors("422")


def test_two_are_made_one_and_two_again(window: Windows, world: World, accessible: Accessible) -> None:
    page = person(window, world)
    alan = person_of(page, world.leads[1].lead_id)
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog", name="Merge somebody into Grace Hopper")
    dialog.get_by_role("searchbox", name="Find by name or e-mail").fill("turing")
    dialog.get_by_role("button", name="Choose Alan Turing").click()
    expect(dialog.get_by_role("cell", name="alan@bletchley.example")).to_be_visible()
    accessible(page)
    dialog.get_by_role("button", name="Make them one").click()
    reach = page.get_by_role("region", name="How to reach them")
    expect(reach.get_by_text("alan@bletchley.example")).to_be_visible()
    merges = page.get_by_role("region", name="Merges")
    expect(merges.get_by_text("Merged by Rita Rep")).to_be_visible()
    merges.get_by_role("button", name="Undo").click()
    expect(reach.get_by_text("alan@bletchley.example")).to_have_count(0)
    expect(merges.get_by_text("undone by Rita Rep")).to_be_visible()
    page.goto(f"/people/{alan}")
    expect(page.get_by_role("heading", name="Alan Turing", level=1)).to_be_visible()
    eventually(lambda: person_of(page, world.leads[1].lead_id) == alan)


def test_a_call_made_elsewhere_is_logged_and_counts_on_the_open_lead(window: Windows, world: World) -> None:
    page = person(window, world)
    box = page.get_by_role("region", name="Log what was done")
    choose(page, box, "Kind", "Call")
    choose(page, box, "Outcome", "Left voicemail")
    page.keyboard.press("Escape")
    box.get_by_role("textbox", name="Notes").fill("From my mobile, <i>on the train</i>")
    page.reload()
    expect(box.get_by_role("textbox", name="Notes")).to_have_value("From my mobile, <i>on the train</i>")
    choose(page, box, "Kind", "Call")
    choose(page, box, "Outcome", "Left voicemail")
    box.get_by_role("button", name=re.compile("^Log")).click()
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline.get_by_text("From my mobile, <i>on the train</i>")).to_be_visible()
    expect(box.get_by_role("textbox", name="Notes")).to_have_value("")
    assert ask(page.context.request, "GET", f"/leads/{world.leads[0].lead_id}")["attempts"] == 1
    page.get_by_role("button", name="Undo").first.click()
    expect(box.get_by_role("textbox", name="Notes")).to_have_value("From my mobile, <i>on the train</i>")
    assert ask(page.context.request, "GET", f"/leads/{world.leads[0].lead_id}")["attempts"] == 0
