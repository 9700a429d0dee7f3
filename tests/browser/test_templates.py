"""Templates of mails: written with variables and snippets, seen for a lead, kept, archived and brought back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, find
from browser.world import World

Accessible = Callable[[Page], None]
TEXT = 'Hello {{ person.first_name | default: "there" }},\n\nyou work in {{ person.city }}.\n\n'


def test_a_rep_writes_a_template_sees_it_for_a_lead_and_archives_it(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/settings/templates")
    manager = window("manager", "/settings/templates")
    snippet = {
        "kind": "snippet",
        "name": "closing",
        "is_shared": True,
        "variants": [{"body": "By {{ rep.name }}"}],
    }
    ask(manager.context.request, "POST", "/mail/templates", snippet)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New template", level=1)).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("After the webinar")
    page.get_by_role("textbox", name="Subject").fill("About ")
    find(page, page, "Insert into the subject", "company's name")
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("About {{ account.name }}")
    body = page.get_by_role("textbox", name="Text")
    body.fill("Hello {{ person.frist_name }}")
    expect(page.get_by_text("did you mean person.first_name?")).to_be_visible()
    body.fill(TEXT)
    find(page, page, "Insert into the text", "closing", "Snippet “closing”")
    expect(body).to_have_value(TEXT + '{% render "closing" %}')
    mail = page.get_by_role("group", name="The mail")
    expect(mail).to_contain_text("About Acme Foods")
    page.get_by_role("searchbox", name="For which lead").fill("hopper")
    page.get_by_role("button", name="Grace Hopper").click()
    expect(mail).to_contain_text("About Harbor Systems")
    expect(mail).to_contain_text("By Rita Rep")
    expect(mail.get_by_role("status")).to_contain_text("City")
    accessible(page)
    page.get_by_role("checkbox", name="Plain text").check(force=True)
    expect(mail).to_contain_text("Hello Grace,")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", name="After the webinar", level=1)).to_be_visible()
    page.get_by_role("button", name="Add a variant").click()
    page.get_by_role("textbox", name="Subject").fill("Another subject")
    expect(page.get_by_text("“B” goes to 50% of the persons.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()
    page.get_by_role("link", name="All templates").click()
    row = page.get_by_role("row", name=re.compile("After the webinar"))
    expect(row).to_contain_text("2 variants")
    expect(page.get_by_role("row", name=re.compile("closing"))).to_contain_text("Everybody's")
    expect(manager.get_by_role("row", name=re.compile("After the webinar"))).to_have_count(0)
    expect(manager.get_by_role("row", name=re.compile("closing"))).to_be_visible()
    page.get_by_role("searchbox", name="Find by name").fill("another")
    expect(page.get_by_role("row", name=re.compile("closing"))).to_have_count(0)
    accessible(page)
    page.get_by_role("button", name="Archive “After the webinar”").click()
    expect(row).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(row).to_be_visible()
    window.expect_errors("422")


def test_a_shared_template_is_a_managers_to_change_and_a_reps_to_copy(window: Windows, world: World) -> None:
    manager = window("manager", "/settings/templates")
    shared = {"name": "First word", "is_shared": True, "variants": [{"subject": "Hello", "body": "Good day."}]}
    made = ask(manager.context.request, "POST", "/mail/templates", shared)
    page = window("rep", f"/settings/templates/{made['id']}")
    expect(page.get_by_text("A copy of it is yours to change.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Subject")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.get_by_role("button", name="Make my own copy").click()
    expect(page.get_by_role("heading", name="First word (copy)", level=1)).to_be_visible()
    page.get_by_role("textbox", name="Subject").fill("Hello again")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    unchanged = ask(manager.context.request, "GET", f"/mail/templates/{made['id']}")
    assert unchanged["variants"][0]["subject"] == "Hello"
