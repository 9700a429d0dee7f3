"""Accounts: lists of named accounts and how far they are reached, one company, and who is who there."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, choose
from browser.world import World
from offhook.activities import Disposition, Kind
from offhook.identity import actor_of
from offhook.leads import log_activity

Accessible = Callable[[Page], None]


def test_a_list_is_made_filled_reached_and_opened(window: Windows, world: World, accessible: Accessible) -> None:
    page = window("marketing", "/accounts")
    page.get_by_role("button", name="New list").click()
    dialog = page.get_by_role("dialog", name="New list")
    dialog.get_by_role("textbox", name="Name").fill("To open this quarter")
    choose(page, dialog, "Who is to open it", "Rob Rep")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="To open this quarter")).to_be_visible()
    page.get_by_role("button", name="Add accounts").click()
    dialog = page.get_by_role("dialog", name="Add accounts to To open this quarter")
    dialog.get_by_role("searchbox", name="Find an account").fill("Harbor")
    dialog.get_by_role("button", name="Choose Harbor Systems").click()
    dialog.get_by_role("textbox", name="Or many at once").fill("bletchley.example\nNobody Knows Ltd")
    accessible(page)
    dialog.get_by_role("button", name="Add 3 accounts").click()
    expect(dialog.get_by_text("1 is not known")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Or many at once")).to_have_value("Nobody Knows Ltd")
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("link", name="Bletchley Works")).to_be_visible()
    expect(page.get_by_text("0 of 2 touched")).to_be_visible()

    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        log_activity(
            tx, kind=Kind.CALL, lead_id=world.leads[0].lead_id, disposition=Disposition.CONVERSATION, seconds=60
        )
    page.reload()
    expect(page.get_by_text("1 of 2 touched")).to_be_visible()
    accessible(page)
    page.get_by_role("checkbox", name="Choose Bletchley Works").check(force=True)
    page.get_by_role("button", name="Take off the list").click()
    expect(page.get_by_role("link", name="Bletchley Works")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.get_by_role("link", name="Bletchley Works")).to_be_visible()


def test_a_company_is_found_read_and_gets_somebody_new_whose_lead_is_opened(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/accounts?list=all")
    page.get_by_role("searchbox", name="Find an account by name").fill("harb")
    page.get_by_role("link", name="Harbor Systems").click()
    expect(page.get_by_role("heading", name="Harbor Systems", level=1)).to_be_visible()
    people = page.get_by_role("region", name="People map")
    expect(people.get_by_role("link", name="Grace Hopper", exact=True)).to_be_visible()
    expect(people.get_by_text("not touched yet")).to_be_visible()
    page.keyboard.press("Shift+P")
    dialog = page.get_by_role("dialog", name=re.compile("Add a person"))
    dialog.get_by_role("textbox", name="Name", exact=True).or_(
        dialog.get_by_role("textbox", name="First name")
    ).first.fill("Howard")
    if dialog.get_by_role("textbox", name="Last name").count():
        dialog.get_by_role("textbox", name="Last name").fill("Aiken")
    dialog.get_by_role("textbox", name="E-mail").fill("howard@harbor.example")
    accessible(page)
    dialog.get_by_role("button", name="Add a person").click()
    expect(people.get_by_role("link", name=re.compile("Howard"))).to_be_visible()
    people.get_by_role("button", name=re.compile("Open a lead with Howard")).click()
    page.wait_for_url(re.compile(r"/leads/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name=re.compile("Howard"), level=1)).to_be_visible()


def test_a_companys_facts_are_changed_and_the_change_is_on_record(window: Windows, world: World) -> None:
    page = window("marketing", "/accounts?list=all")
    page.get_by_role("link", name="Harbor Systems").click()
    expect(page.get_by_role("heading", name="Harbor Systems", level=1)).to_be_visible()
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Harbor Systems")
    dialog.get_by_role("textbox", name="Industry").fill("Shipping")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("region", name="Facts").get_by_text("Shipping")).to_be_visible()
    expect(page.get_by_role("region", name="History of the record").get_by_text("Shipping")).to_be_visible()
    page.get_by_role("link", name="Accounts").first.click()
    page.get_by_role("button", name="Add an account").click()
    dialog = page.get_by_role("dialog", name="Add an account")
    dialog.get_by_role("textbox", name="Name").first.fill("Harbor Systems")
    dialog.get_by_role("textbox", name="Web site").fill("harbor.example")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("link", name=re.compile("already|known|Show")).click()
    expect(page.get_by_role("heading", name="Harbor Systems", level=1)).to_be_visible()
    assert len(ask(page.context.request, "GET", "/accounts?name=harbor")["items"]) == 1
    window.expect_errors("409")
