"""Forms and inbound webhooks as marketing sets them up: asked, embedded, answered, signed, and what arrived."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, expect
from standardwebhooks.webhooks import Webhook

from browser.conftest import Windows
from browser.world import World

Accessible = Callable[[Page], None]


def a_form(page: Page, world: World, name: str = "Book a demo") -> dict[str, Any]:
    """A form of the world's campaign, made by whoever has the window."""
    told = {"name": name, "campaign_id": str(world.campaign.id)}
    answer = page.context.request.post("/api/v1/forms", data=told)
    assert answer.ok, answer.text()
    return answer.json()


def here(window: Windows, address: str) -> str:
    """An address that the product tells, at the port that it has in this test."""
    return window.server.address + urlsplit(address).path


def sent(address: str, secret: str, message_id: str, body: object) -> int:
    """Send a signed message to an inbound webhook; the status that it is answered with."""
    text, now = json.dumps(body), datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, text),
    }
    return httpx.post(address, content=text, headers=headers).status_code


def test_a_form_is_made_changed_seen_and_answered(window: Windows, world: World, accessible: Accessible) -> None:
    page = window("marketing", "/settings/forms")
    expect(page.get_by_text("No forms yet")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="New form").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Book a demo")
    dialog.get_by_role("combobox", name="Campaign").fill("Autumn")
    page.get_by_role("option", name="Autumn webinar").click()
    accessible(page)
    dialog.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_role("heading", name=re.compile("Book a demo"))).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Add a question").click()
    page.get_by_role("menuitem", name="Something else").click()
    page.get_by_label("As it is asked").fill("Which plan?")
    page.get_by_label("Kept as").fill("plan")
    page.get_by_role("button", name=re.compile("^Text")).click()
    page.get_by_role("option", name="Choice").click()
    page.get_by_role("textbox", name="Choices").fill("Team")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Choices").fill("Enterprise")
    page.keyboard.press("Enter")
    page.get_by_label("What must be agreed to").fill("You may call me.")
    accessible(page)
    page.reload()
    expect(page.get_by_text("Not saved yet; kept in this browser.")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()

    address = page.get_by_role("link", name="See it").get_attribute("href")
    visitor = window(path=here(window, address or ""))
    visitor.get_by_label("First name").fill("Emmy")
    visitor.get_by_label("Last name").fill("Noether")
    visitor.get_by_label("Work e-mail").fill("emmy@rings.example")
    visitor.get_by_label("Company").fill("Rings")
    visitor.get_by_label("Which plan?").select_option("Enterprise")
    visitor.get_by_role("checkbox").check()
    visitor.wait_for_timeout(3_000)
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("status")).to_contain_text("Thank you")

    arrived = page.get_by_role("region", name="What arrived")
    expect(arrived.get_by_text("new person")).to_be_visible()
    arrived.locator("summary").click()
    expect(arrived.get_by_text("Enterprise", exact=True)).to_be_visible()
    arrived.get_by_role("link", name="Open the person").click()
    expect(page.get_by_role("heading", name=re.compile("Emmy Noether"))).to_be_visible()
    page.goto("/settings/forms")
    expect(page.get_by_role("row").filter(has_text="Book a demo")).to_contain_text("1 received")


def test_what_is_wrong_with_a_form_is_told_and_what_was_typed_stays(window: Windows, world: World) -> None:
    page = window("marketing", "/settings/forms")
    form = a_form(page, world)
    page.goto(f"/settings/forms/{form['id']}")
    page.get_by_label("Sites that may embed it").fill("www.acme.example/page")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("alert")).to_contain_text("not written as https://www.your.example")
    expect(page.get_by_text("www.acme.example/page", exact=True)).to_be_visible()
    window.expect_errors("422")


def test_a_form_that_somebody_else_changed_is_saved_over_knowingly(window: Windows, world: World) -> None:
    page = window("marketing", "/settings/forms")
    form = a_form(page, world)
    page.goto(f"/settings/forms/{form['id']}")
    page.get_by_label("Thanks, once it is sent").fill("Mine")
    other = page.context.request.patch(
        f"/api/v1/forms/{form['id']}",
        data={"name": "Theirs"},
        headers={"If-Match": f'"{form["version"]}"'},
    )
    assert other.ok
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.get_by_role("button", name="Read the present version and keep what I typed").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Theirs")
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    kept = page.context.request.get(f"/api/v1/forms/{form['id']}").json()
    assert (kept["name"], kept["thanks"]) == ("Theirs", "Mine")
    window.expect_errors("412")


def test_a_form_is_closed_and_that_is_taken_back(window: Windows, world: World) -> None:
    page = window("manager", "/settings/forms")
    form = a_form(page, world)
    page.goto(f"/settings/forms/{form['id']}")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("Closed", exact=True)).to_be_visible()
    closed = page.context.request.get(here(window, form["address"]))
    assert closed.status == 404
    page.keyboard.press("z")
    expect(page.get_by_text("Open", exact=True)).to_be_visible()
    assert page.context.request.get(here(window, form["address"])).ok


def test_a_hook_takes_signed_messages_in_and_tells_what_arrived(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("marketing", "/settings/hooks")
    expect(page.get_by_text("No inbound webhooks yet")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="New inbound webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Webinar tool")
    dialog.get_by_role("combobox", name="Campaign").fill("Autumn")
    page.get_by_role("option", name="Autumn webinar").click()
    dialog.get_by_role("button", name="Add", exact=True).click()
    once = page.get_by_role("dialog", name="The signing secret")
    secret = once.get_by_text(re.compile("^whsec_")).inner_text()
    accessible(page)
    once.get_by_role("button", name="I have it").click()

    expect(page.get_by_role("heading", name=re.compile("Webinar tool"))).to_be_visible()
    page.get_by_role("button", name="Say what a field is").click()
    page.get_by_label("Name as it is sent").fill("who.reach")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    address = here(window, page.get_by_text(re.compile("/hooks/")).inner_text())
    good = {"who": {"reach": "emmy@rings.example", "name": "Emmy Noether"}}
    assert sent(address, secret, "msg_1", good) == 200
    assert sent(address, secret, "msg_2", {"city": "Göttingen"}) == 200
    assert sent(address, "whsec_" + "A" * 43 + "=", "msg_3", good) == 401

    page.reload()
    arrived = page.get_by_role("region", name="What arrived")
    expect(arrived.get_by_text("new person")).to_be_visible()
    expect(arrived.get_by_text("nobody: not used")).to_be_visible()
    accessible(page)
    arrived.get_by_role("button", name=re.compile("All")).click()
    page.get_by_role("option", name="Only with something wrong").click()
    expect(arrived.get_by_text("new person")).to_have_count(0)
    expect(arrived.get_by_text("Göttingen").first).to_be_visible()


def test_a_rep_sets_up_no_doors(window: Windows, world: World) -> None:
    page = window("rep", "/settings/forms")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    page.goto("/settings/hooks")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    page.goto("/settings/me")
    expect(page.get_by_role("link", name="Yourself")).to_be_visible()
    expect(page.get_by_role("link", name="Forms")).to_have_count(0)
    expect(page.get_by_role("link", name="Inbound webhooks")).to_have_count(0)
    refused = page.context.request.post("/api/v1/forms", data={"name": "x", "campaign_id": str(world.campaign.id)})
    assert refused.status == 403
