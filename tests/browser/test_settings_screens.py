"""Settings: users, teams, business hours, absences, tokens, webhooks and the event log, each on its main path."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, choose, find, settled
from browser.world import World

Accessible = Callable[[Page], None]


def test_a_user_is_found_changed_and_let_go(window: Windows, world: World, accessible: Accessible) -> None:
    page = window("admin", "/settings/users")
    page.get_by_role("searchbox", name="Find a user").fill("rob")
    row = page.get_by_role("listitem").filter(has_text="Rob Rep")
    expect(page.get_by_role("listitem").filter(has_text="Amy Exec")).to_have_count(0)
    row.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Rob Rep")
    dialog.get_by_role("textbox", name="Name").fill("Robert Rep")
    choose(page, dialog, "State", "Has left")
    accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem").filter(has_text="Robert Rep")).to_contain_text("Has left")
    out = window(path="/sign-in")
    out.get_by_label("E-mail").fill(world.users["rep2"].email)
    out.get_by_label("Password").fill("correct horse battery")
    out.keyboard.press("Enter")
    expect(out.get_by_role("alert")).to_be_visible()
    window.expect_errors("401")


def test_a_team_is_added_ruled_and_given_members_and_hours(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("admin", "/settings/teams")
    page.get_by_role("button", name="Add a team").click()
    dialog = page.get_by_role("dialog", name="Add a team")
    dialog.get_by_role("textbox", name="Name").fill("Iberia")
    find(page, dialog, "Time zone", "madrid", "Europe/Madrid")
    accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Iberia", level=1)).to_be_visible()
    find(page, page, "Manager", "Max Manager")
    page.get_by_role("textbox", name="Minimum talk time, in seconds").fill("45")
    page.get_by_role("region", name="What holds for the team").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    find(page, page, "Take somebody in", "Rob Rep")
    expect(page.get_by_text("Rob Rep is in the team now.")).to_be_visible()
    expect(page.get_by_role("heading", name="1 member")).to_be_visible()
    page.get_by_role("button", name="Give the team hours of its own").click()
    hours = page.get_by_role("region", name="Business hours")
    hours.get_by_role("button", name="Add hours on Saturday").click()
    hours.get_by_label("Saturday: opens").fill("10:00")
    hours.get_by_label("Saturday: closes").fill("14:00")
    accessible(page)
    hours.get_by_role("button", name="Save").click()
    expect(hours.get_by_role("button", name="Go by the organisation's hours again")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_label("Saturday: closes")).to_have_value("14:00")
    page.get_by_role("button", name="Go by the organisation's hours again").click()
    expect(page.get_by_text("This team goes by the organisation's business hours.")).to_be_visible()


def test_an_absence_is_noted_by_a_rep_and_seen_by_the_manager(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/settings/absences")
    page.get_by_role("button", name="Add an absence").click()
    dialog = page.get_by_role("dialog", name="Add an absence")
    today = world.now().date()
    dialog.get_by_label("First day").fill(today.isoformat())
    dialog.get_by_label("Last day").fill((today + timedelta(days=2)).isoformat())
    dialog.get_by_label("Reason").fill("Moving house")
    accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Moving house")).to_be_visible()
    accessible(page)
    manager = window("manager", "/settings/absences")
    expect(manager.get_by_text("Moving house")).to_be_visible()
    manager.goto("/manager")
    expect(manager.get_by_role("region", name="Who can take more").get_by_text(re.compile("away"))).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("You have no absences noted")).to_be_visible()


def test_a_token_is_issued_shown_once_works_and_is_revoked(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/settings/tokens")
    page.get_by_role("button", name="Issue a token").click()
    dialog = page.get_by_role("dialog", name="Issue a token")
    dialog.get_by_role("textbox", name="What it is for").fill("My <script> of sums")
    dialog.get_by_text("leads:read").click()
    accessible(page)
    dialog.get_by_role("button", name="Issue a token").click()
    shown = page.get_by_role("dialog", name="The new token")
    secret = shown.get_by_text(re.compile("^oh_")).inner_text()
    accessible(page)
    shown.get_by_role("button", name="I have it").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    bearer = {"authorization": f"Bearer {secret}"}
    program = window.chromium.new_context(base_url=window.server.address)
    assert program.request.get("/api/v1/leads/table", headers=bearer).ok
    assert program.request.get("/api/v1/goals", headers=bearer).status == 403
    page.get_by_role("button", name="Revoke “My <script> of sums”").click()
    page.get_by_role("dialog", name="Revoke this token?").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name=re.compile("My <script> of sums"))).to_contain_text("Revoked")
    assert program.request.get("/api/v1/leads/table", headers=bearer).status == 401
    program.close()


def test_a_webhook_is_added_tested_paused_and_removed(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("manager", "/settings/webhooks")
    page.get_by_role("button", name="Add a webhook").click()
    dialog = page.get_by_role("dialog", name="Add a webhook")
    dialog.get_by_role("textbox", name="Address").fill("http://insecure.example/")
    dialog.get_by_role("searchbox", name="Find a kind of event").fill("handed")
    dialog.get_by_text("Lead handed off (SAL)").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text(re.compile("must begin with https://")).first).to_be_visible()
    dialog.get_by_role("textbox", name="Address").fill("https://crm.invalid/offhook")
    accessible(page)
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("dialog", name="The signing secret").get_by_role("button", name="I have it").click()
    expect(page.get_by_role("heading", name="crm.invalid", level=1)).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("A test is on its way")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Webhook tested"))).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("main").get_by_text("Paused").first).to_be_visible()
    page.get_by_role("button", name="More about this webhook").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog", name="Remove this webhook?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nobody is told yet")).to_be_visible()
    window.expect_errors("422", "404")  # what is shown of it may be read once more when it is gone


def test_the_event_log_tells_who_did_what_and_narrows(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("admin", "/settings/events")
    log = page.get_by_role("region", name="Event log")
    expect(log.get_by_text("Signed in").first).to_be_visible()
    find(page, page, "Kind", "criteria published", "Criteria published")
    expect(log.get_by_role("listitem")).to_have_count(1)
    log.get_by_role("button", name=re.compile("Raw data of “Criteria published”")).click()
    expect(log.get_by_text('"kind": "criteria.published"')).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Show all").click()
    ask(page.context.request, "POST", "/teams", {"name": "Told live"})
    log.get_by_role("button", name=re.compile("new event")).click()
    expect(log.get_by_role("listitem").first).to_contain_text("Team added")
