"""Cadences: planned, published, seen for a lead, enrolled in one by one and many at once, steered, counted."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask
from browser.world import World

Accessible = Callable[[Page], None]


def publish(page: Page, name: str, *steps: dict[str, Any]) -> str:
    """A published cadence, made by the API in the name of whose window it is; its id."""
    made = ask(page.context.request, "POST", "/cadences", {"name": name, "draft": {"steps": list(steps)}})
    body = {"version": made["version"]}
    return str(ask(page.context.request, "POST", f"/cadences/{made['id']}/publish", body)["id"])


def test_a_manager_plans_a_cadence_by_the_keyboard_sees_it_for_a_lead_and_publishes_it(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("manager", "/cadences")
    expect(page.get_by_text("No cadences yet")).to_be_visible()
    accessible(page)
    page.keyboard.press("n")
    page.get_by_role("textbox", name="Name").fill("After the webinar")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="After the webinar", level=1)).to_be_visible()
    expect(page.get_by_text("No steps yet")).to_be_visible()
    page.keyboard.press("2")
    steps = page.get_by_role("list", name="Steps")
    expect(steps.get_by_role("button", name=re.compile("^1 Call"))).to_be_visible()
    page.get_by_role("textbox", name="What the rep is to do").fill("Ask about the new engine.")
    page.get_by_role("heading", name="After the webinar", level=1).click()
    page.keyboard.press("6")
    page.keyboard.press("4")
    expect(steps.get_by_role("listitem")).to_have_count(3)
    first = steps.get_by_role("button", name=re.compile("^1 Call"))
    first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(steps.get_by_role("button", name=re.compile("^2 Call"))).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name="Step 2: Wait")).to_be_visible()
    page.get_by_role("button", name="Add a branch").click()
    page.get_by_role("button", name="Then go to").click()
    page.get_by_role("option", name="Step 3: SMS").click()
    expect(steps).to_contain_text("a mail was opened: step 3")
    page.get_by_role("searchbox", name="Lead").fill("hopper")
    page.get_by_role("button", name="Grace Hopper").click()
    expect(page.get_by_role("list", name="For a real lead").get_by_role("listitem")).to_have_count(3)
    accessible(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.").first).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Edition 1", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    page.get_by_role("link", name="All cadences").click()
    expect(page.get_by_role("row", name=re.compile("After the webinar"))).to_be_visible()
    accessible(page)


def test_what_keeps_a_plan_from_being_published_stands_at_its_step(window: Windows, world: World) -> None:
    page = window("manager")
    made = ask(
        page.context.request, "POST", "/cadences", {"name": "Half", "draft": {"steps": [{"kind": "email"}]}}
    )
    page.goto(f"/cadences/{made['id']}")
    page.get_by_role("button", name="Publish").click()
    steps = page.get_by_role("list", name="Steps")
    expect(steps).to_contain_text("a mail that goes by itself needs a template")
    window.expect_errors("422")


def test_a_rep_enrols_a_lead_calls_it_from_the_queue_and_steers_it(
    window: Windows, world: World, accessible: Accessible
) -> None:
    manager = window("manager")
    call = {"kind": "call", "instructions": "Ask about the new engine."}
    publish(manager, "Calls first", call, {"kind": "sms", "delay": {"amount": 3}})
    lead_id = world.leads[0].lead_id
    page = window("rep", f"/leads/{lead_id}")
    panel = page.get_by_role("region", name="Cadences")
    expect(panel).to_contain_text("In no cadence.")
    panel.get_by_role("button", name="Enrol").click()
    expect(page.get_by_role("dialog")).to_contain_text("Calls first")
    accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Enrol").click()
    expect(panel).to_contain_text("Step 1 of 2 · Call · in the queue of the rep")
    accessible(page)
    page.goto("/today")
    expect(page.get_by_text("Cadence Calls first, step 1: call. Ask about the new engine.").first).to_be_visible()
    logged = {"kind": "call", "lead_id": str(lead_id), "disposition": "no_answer"}
    ask(page.context.request, "POST", "/activities", logged)
    page.goto(f"/leads/{lead_id}")
    expect(panel).to_contain_text("Step 2 of 2 · SMS · due")
    panel.get_by_role("button", name="Pause").click()
    expect(panel).to_contain_text("Paused")
    panel.get_by_role("button", name="Resume").click()
    expect(panel).to_contain_text("Active")
    panel.get_by_role("button", name="Finish").click()
    expect(panel).to_contain_text("In no cadence.")
    expect(panel).to_contain_text("Finished: by hand")


def test_many_are_enrolled_from_the_table_and_whoever_is_not_is_named_with_the_reason(
    window: Windows, world: World, accessible: Accessible
) -> None:
    manager = window("manager")
    cadence_id = publish(manager, "All of them", {"kind": "call"})
    body = {"cadence_id": cadence_id}
    ask(manager.context.request, "POST", f"/leads/{world.leads[0].lead_id}/enrolments", body)
    page = window("rep", "/leads")
    page.get_by_role("row", name=re.compile("Grace Hopper")).get_by_role("checkbox").check(force=True)
    page.get_by_role("row", name=re.compile("Alan Turing")).get_by_role("checkbox").check(force=True)
    page.get_by_role("button", name="Put into a cadence").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Enrol").click()
    expect(dialog).to_contain_text("1 enrolled, 1 not")
    expect(dialog).to_contain_text("Grace Hopper")
    expect(dialog).to_contain_text("The person is in this cadence already.")
    accessible(page)
    dialog.get_by_role("button", name="Done").click()
    page.goto(f"/cadences/{cadence_id}/people")
    expect(page.get_by_role("row", name=re.compile("Alan Turing"))).to_contain_text("Active")
    expect(page.get_by_text("1 enrolled, 1 not")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Actions for Alan Turing").click()
    page.get_by_role("menuitem", name="Skip this step").click()
    expect(page.get_by_role("row", name=re.compile("Alan Turing"))).to_contain_text("Finished: came to the end")
    page.get_by_role("link", name="Numbers").click()
    expect(page.get_by_role("row", name=re.compile("1 Call"))).to_contain_text("2")
    accessible(page)


def test_a_mail_that_cannot_be_sent_says_why_and_is_tried_again(
    window: Windows, world: World, accessible: Accessible
) -> None:
    manager = window("manager")
    body = {"name": "First word", "is_shared": True, "variants": [{"subject": "Hello", "body": "Good day."}]}
    template = ask(manager.context.request, "POST", "/mail/templates", body)
    cadence_id = publish(manager, "By mail", {"kind": "email", "template_id": template["id"]})
    enrolled = {"cadence_id": cadence_id}
    ask(manager.context.request, "POST", f"/leads/{world.leads[0].lead_id}/enrolments", enrolled)
    page = window("rep", "/cadences")
    row = page.get_by_role("row", name=re.compile("By mail"))
    row.get_by_role("link", name="Needs attention: 1").click()
    person = page.get_by_role("row", name=re.compile("Grace Hopper"))
    expect(person).to_contain_text("no mailbox to send from")
    accessible(page)
    person.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The step is tried again.")).to_be_visible()


def test_who_plans_no_cadences_sees_them_and_changes_none(window: Windows, world: World) -> None:
    cadence_id = publish(window("manager"), "Look only", {"kind": "call"})
    page = window("rep", f"/cadences/{cadence_id}")
    expect(page.get_by_text("You can look at this cadence")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    expect(page.get_by_role("group", name="Add a step")).to_have_count(0)
