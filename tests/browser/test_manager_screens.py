"""The manager's screens: promises that press, routing rules tried while written, criteria agreed with sales."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, choose, eventually
from browser.world import World
from offhook.kernel.database import SYSTEM
from offhook.leads import sweep

Accessible = Callable[[Page], None]


def test_a_promise_is_agreed_presses_and_the_lead_is_given_on(
    window: Windows, world: World, accessible: Accessible
) -> None:
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        tx.execute(
            "UPDATE sla_timer SET warn_at = %(due)s, due_at = %(due)s, check_at = %(due)s, reassign_at = NULL"
            " WHERE lead_id = %(id)s",
            due=tx.now - timedelta(minutes=3),
            id=world.leads[2].lead_id,
        )
        sweep(tx)
    page = window("manager", "/manager")
    pressing = page.get_by_role("region", name="Pressing now")
    expect(pressing.get_by_role("link", name=re.compile("Ada Lovelace"))).to_be_visible()
    pressing.get_by_role("button", name="Reassign Ada Lovelace").click()
    dialog = page.get_by_role("dialog", name="Reassign Ada Lovelace")
    choose(page, dialog, "To", "Rob Rep")
    dialog.get_by_label("Why").fill("Rita is on the phone")
    accessible(page)
    dialog.get_by_role("button", name="Reassign").click()
    expect(page.get_by_text("Ada Lovelace is with Rob Rep now.")).to_be_visible()
    expect(pressing.get_by_text("Every promise is kept")).to_be_visible()
    lead = f"/leads/{world.leads[2].lead_id}"
    assert ask(page.context.request, "GET", lead)["owner_id"] == str(world.of("rep2"))
    page.keyboard.press("z")
    eventually(lambda: ask(page.context.request, "GET", lead)["owner_id"] == str(world.of("rep")))

    page.get_by_role("button", name="Add a promise").click()
    dialog = page.get_by_role("dialog", name="Add a promise")
    dialog.get_by_role("textbox", name="Name").fill("Within the hour")
    dialog.get_by_role("textbox", name="Warn after so many minutes").fill("45")
    dialog.get_by_role("textbox", name="Broken after so many minutes").fill("30")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("textbox", name="Broken after so many minutes").fill("60")
    dialog.get_by_role("button", name="Save").click()
    promised = page.get_by_role("region", name="What is promised").first
    expect(promised.get_by_role("row", name=re.compile("Within the hour"))).to_contain_text("1 h")
    promised.get_by_role("button", name="Remove Within the hour").click()
    expect(promised.get_by_role("row", name=re.compile("Within the hour"))).to_have_count(0)
    page.keyboard.press("z")
    expect(promised.get_by_role("row", name=re.compile("Within the hour"))).to_be_visible()
    window.expect_errors("422")


def test_a_routing_rule_is_written_tried_ordered_and_explains_itself(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("marketing", "/manager/routing")
    for name, domain, held in (("Elsewhere", "nowhere.example", 0), ("Harbor", "harbor.example", 1)):
        page.get_by_role("button", name="Add a rule").click()
        dialog = page.get_by_role("dialog", name="Add a rule")
        dialog.get_by_role("textbox", name="Name").fill(name)
        dialog.get_by_role("button", name="Condition", exact=True).click()
        part = dialog.get_by_role("group", name="Condition 1")
        choose(page, part, "Field", "E-mail domain")
        choose(page, part, "Comparison", "is")
        part.get_by_label("Value").fill(domain)
        expect(dialog.get_by_text(f"Holds for {held} of the 5 newest leads")).to_be_visible()
        choose(page, dialog, "Goes to", "Inbound")
        accessible(page)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    rules = page.get_by_role("region", name="Rules")
    expect(rules.get_by_text("E-mail domain is harbor.example")).to_be_visible()
    rules.get_by_role("button", name="Move Harbor up").click()
    expect(rules.get_by_role("listitem").first).to_contain_text("Harbor")
    page.get_by_role("searchbox", name="Whose lead").fill("Hopper")
    page.get_by_role("button", name=re.compile("Grace Hopper")).click()
    why = page.get_by_role("region", name="Where would a lead go?")
    expect(why.get_by_text("turn", exact=True).or_(why.get_by_text("rule", exact=True))).to_be_visible()
    expect(why.get_by_text(re.compile("Harbor"))).to_be_visible()
    accessible(page)
    rules.get_by_role("button", name="Remove Harbor").click()
    expect(rules.get_by_text("E-mail domain is harbor.example")).to_have_count(0)
    page.keyboard.press("z")
    expect(rules.get_by_text("E-mail domain is harbor.example")).to_be_visible()
    assert len(ask(page.context.request, "GET", "/routing-rules")["items"]) == 2
    window.expect_errors("422")  # conditions are tried while they are written


def test_criteria_are_drafted_changed_tried_and_published(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("manager", "/manager/criteria")
    page.get_by_role("button", name="New criteria").click()
    dialog = page.get_by_role("dialog", name="New criteria")
    choose(page, dialog, "Begin with", "CHAMP")
    dialog.get_by_role("textbox", name="Name").fill("What sales wants")
    accessible(page)
    dialog.get_by_role("button", name="Draft").click()
    expect(page.get_by_role("heading", name=re.compile("What sales wants"), level=1)).to_be_visible()
    page.get_by_role("button", name="Add a question").click()
    editor = page.get_by_role("textbox", name="Question", exact=True)
    editor.fill("Is there a <deadline>?")
    choose(page, page.get_by_role("main"), "Kind of answer", "Yes or no")
    preview = page.get_by_role("region", name="As reps will see it")
    expect(preview.get_by_text("Is there a <deadline>?")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Not saved yet; kept in this browser.")).to_be_visible()
    expect(preview.get_by_text("Is there a <deadline>?")).to_be_visible()
    accessible(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("A draft: nobody is judged by it until it is published.")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish What sales wants, edition 1")
    dialog.get_by_role("textbox", name="Agreed with").fill("Amy Exec")
    accessible(page)
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("agreed with Amy Exec")).to_be_visible()
    rep = window("rep", f"/leads/{world.leads[0].lead_id}")
    expect(rep.get_by_text("Is there a <deadline>?")).to_be_visible()
    window.expect_errors("422")  # drafts are tried while they are written
