"""The phone in the workbench: a real Chromium with a fake microphone, our engines, the virtual carrier behind."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask
from browser.softphone.calling import BUSY, OUR_NUMBER, VOICEMAIL, Floor, another_lead
from browser.softphone.phone import SOON, bar, connected, hung_up, loudness, on_lead, talking, until
from browser.world import World
from offhook.compliance import add_number, set_settings
from offhook.compliance import settings as calling_rules
from offhook.kernel.database import SYSTEM
from offhook.leads import load_lead
from offhook.voice.trunks.owning import add_extension

Accessible = Callable[[Page], None]


def test_c_dials_the_person_is_heard_and_one_key_logs_it(
    window: Windows, world: World, accessible: Accessible
) -> None:
    lead_id = world.leads[0].lead_id
    page = on_lead(window, lead_id)
    accessible(page)
    page.keyboard.press("c")
    talking(page)
    until(lambda: loudness(page, "You") > 5, "our own beeps")
    accessible(page)
    page.keyboard.press("e")
    page.keyboard.type("Wants a demo")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+H")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Log: "))).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_text(re.compile("^Logged: "))).to_be_visible()
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        assert load_lead(tx, lead_id).attempts == 1
        (body,) = tx.scalars(str, "SELECT body FROM activity WHERE kind = 'call'")
    assert body == "Wants a demo"


def test_a_busy_number_suggests_busy(window: Windows, world: World) -> None:
    page = on_lead(window, another_lead(world, BUSY))
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Log: Busy")).to_be_visible(timeout=SOON)
    page.keyboard.press("w")
    expect(page.get_by_text("Logged: Busy")).to_be_visible()


def test_who_calls_us_pops_up_and_is_taken_by_enter(
    window: Windows, world: World, floor: Floor, accessible: Accessible
) -> None:
    page = connected(window("rep", "/today"))
    to = ("127.0.0.1", floor.server.settings.sip_port)
    floor.carrier.ring(OUR_NUMBER, "+13035550102", to=to)
    dialog = page.get_by_role("dialog", name="Alan Turing is calling")
    expect(dialog).to_be_visible(timeout=SOON)
    expect(dialog.get_by_text("Bletchley Works")).to_be_visible()
    accessible(page)
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    talking(page)
    page.wait_for_url(re.compile(str(world.leads[1].lead_id)))
    page.keyboard.press("Shift+H")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()


def test_hold_resume_and_the_keypad_go_by_keys_that_do_not_log(window: Windows, world: World) -> None:
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    page.keyboard.press("k")
    expect(page.get_by_text("On hold, with music")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Talking", exact=True)).to_be_visible()
    page.keyboard.press("d")
    pad = page.get_by_role("group", name="Keypad")
    expect(pad).to_be_visible()
    sent: list[str] = []
    page.on("requestfinished", lambda one: sent.append(str(one.post_data)) if one.url.endswith("/press") else None)
    with page.expect_request_finished(lambda one: one.url.endswith("/press") and "#" in str(one.post_data)):
        page.keyboard.type("42#")
    expect(pad.get_by_text("42#")).to_be_visible()
    assert sent == ['{"digits":"4"}', '{"digits":"2"}', '{"digits":"#"}']
    page.keyboard.press("Escape")
    expect(pad).to_have_count(0)
    page.keyboard.press("5")
    chosen = page.get_by_role("button", name="Conversation", exact=True)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+H")
    expect(page.get_by_role("button", name="Log: Conversation")).to_be_visible()


def test_power_dialling_calls_the_next_lead_by_itself_and_waits_by_a_key(window: Windows, world: World) -> None:
    page = connected(window("rep", "/today"))
    page.get_by_text("Dial the next lead by itself").click()
    page.keyboard.press("n")
    expect(page.get_by_text(re.compile("Dials in"))).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_text("Waits for you")).to_be_visible()
    page.keyboard.press("t")
    talking(page)
    first = page.url
    page.keyboard.press("Shift+H")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url(lambda url: url != first)
    talking(page)
    page.keyboard.press("Shift+H")


def test_ones_own_greeting_is_recorded_in_the_browser(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/settings/me")
    greeting = page.get_by_role("region", name="Voicemail greeting")
    expect(greeting.get_by_text("the usual one")).to_be_visible()
    accessible(page)
    greeting.get_by_role("button", name="Record").click()
    page.wait_for_timeout(1500)
    greeting.get_by_role("button", name=re.compile("^Stop")).click()
    expect(greeting.get_by_text("your own")).to_be_visible(timeout=SOON)
    greeting.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(greeting.get_by_text("the usual one")).to_be_visible()


def test_who_may_not_be_called_now_is_put_off_by_one_key(
    window: Windows, world: World, accessible: Accessible
) -> None:
    lead_id = another_lead(world, "+18085550103", "Kaipo Kahale")  # six in the morning in Hawaii
    page = on_lead(window, lead_id)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Kaipo Kahale may not be called now")
    expect(dialog.get_by_text("47 CFR 64.1200(c)(1)")).to_be_visible(timeout=SOON)
    accessible(page)
    expect(dialog.get_by_role("button", name=re.compile("^Put off until"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Not offered before"))).to_be_visible()
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        assert load_lead(tx, lead_id).next_touch_because == "snoozed"
    window.expect_errors("409")


def test_calls_are_listed_and_listened_to(window: Windows, world: World, accessible: Accessible) -> None:
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    page.wait_for_timeout(3_000)
    page.keyboard.press("Shift+H")
    expect(page.get_by_role("button", name=re.compile("^Log: "))).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/calls")
    page.get_by_role("button", name=re.compile("^Log: ")).click()
    expect(page.get_by_text("not logged")).to_have_count(0)
    page.get_by_role("button", name="Listen").click(timeout=SOON)
    player = page.get_by_role("group", name="Recording")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    accessible(page)
    position = player.get_by_role("slider", name="Position")
    until(lambda: float(position.input_value()) > 0, "the recording to play")


def test_a_voicemail_gets_our_message_while_the_rep_is_free(window: Windows, world: World) -> None:
    page = on_lead(window, another_lead(world, VOICEMAIL))
    page.keyboard.press("c")
    expect(bar(page).get_by_text("Talking", exact=True)).to_be_visible(timeout=SOON)
    expect(bar(page).get_by_text("a machine answered")).to_be_visible(timeout=SOON)
    page.keyboard.press("v")
    expect(bar(page)).to_have_count(0)
    page.get_by_role("button", name="Log: Left voicemail").click()
    expect(page.get_by_text("Logged: Left voicemail")).to_be_visible()


def test_power_dialling_puts_off_who_may_not_be_called_and_goes_on(window: Windows, world: World) -> None:
    page = connected(window("rep", "/today"))
    first, second = (one["lead"] for one in ask(page.request, "GET", "/queue?limit=2")["items"])
    person = ask(page.request, "GET", f"/persons/{first['person_id']}")
    (number,) = (one["value"] for one in person["contact_points"] if one["kind"] == "phone")
    page.get_by_text("Dial the next lead by itself").click()
    page.keyboard.press("n")
    page.wait_for_url(re.compile(first["id"]))
    expect(page.get_by_text(re.compile("Dials in"))).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_text("Waits for you")).to_be_visible()
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        add_number(tx, number, "Asked by mail")
    page.keyboard.press("t")
    expect(page.get_by_text(re.compile("Not called: .*Asked by mail.* Put off until"))).to_be_visible(timeout=SOON)
    page.wait_for_url(re.compile(second["id"]))
    talking(page)
    page.keyboard.press("Shift+H")
    window.expect_errors("403")


def test_power_dialling_waits_where_the_rep_called_too_often(window: Windows, world: World) -> None:
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        set_settings(tx, replace(calling_rules(tx), calls_per_minute_of_user=1))
    page = connected(window("rep", "/today"))
    page.get_by_text("Dial the next lead by itself").click()
    page.keyboard.press("n")
    talking(page)
    first = page.url
    hung_up(page)
    page.keyboard.press("1")
    page.wait_for_url(lambda url: url != first)
    expect(page.get_by_text(re.compile("Not called yet: "))).to_be_visible(timeout=SOON)
    expect(page.get_by_text(re.compile(r"Dials in [1-5]\d seconds"))).to_be_visible()
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        assert load_lead(tx, UUID(page.url.rsplit("/", 1)[1])).next_touch_because != "snoozed"
    window.expect_errors("409")


def test_a_colleague_is_called_by_the_extension_that_is_typed(window: Windows, world: World) -> None:
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        add_extension(tx, number="24", user_id=world.of("rep2"))
    colleague = connected(window("rep2", "/today"))
    page = connected(window("rep", "/calls"))
    page.keyboard.press("d")
    page.keyboard.type("24")
    expect(page.get_by_role("dialog").get_by_text("Extension 24 – Rob Rep")).to_be_visible()
    page.keyboard.press("Enter")
    asked = colleague.get_by_role("dialog", name="Rita Rep is calling")
    asked.get_by_role("button", name="Take").click()
    talking(page)
    talking(colleague)
    page.keyboard.press("Shift+H")
    expect(bar(colleague)).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="Rob Rep")).to_be_visible()
    expect(page.get_by_role("button", name="Who was it?")).to_have_count(0)
