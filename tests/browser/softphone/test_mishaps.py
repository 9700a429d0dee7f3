"""What goes wrong around a phone (engines, networks, microphones, other windows): the screen says so."""

import re
from collections.abc import Callable

import psutil
from playwright.sync_api import Page, Playwright, expect

from browser.conftest import CHROMIUM, FLAGS, Windows
from browser.softphone.calling import Floor
from browser.softphone.phone import ALLOWED, MICROPHONE, SOON, bar, connected, hung_up, on_lead, talking, until
from browser.world import PASSWORD, World

Accessible = Callable[[Page], None]


def test_a_reload_rejoins_the_running_call(window: Windows, world: World) -> None:
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    page.reload()
    talking(page)
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    page.keyboard.press("Shift+H")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()


def test_the_window_opened_last_is_the_phone_and_the_first_can_take_it_back(window: Windows, world: World) -> None:
    first = connected(window("rep", "/today"))
    second = connected(window("rep", "/calls"))
    trouble = first.get_by_role("button", name="Phone in another window")
    expect(trouble).to_be_visible()
    trouble.click()
    first.get_by_role("button", name="Use the phone here").click()
    expect(first.get_by_role("button", name="Phone ready")).to_be_visible(timeout=SOON)
    expect(second.get_by_role("button", name="Phone in another window")).to_be_visible()


def test_a_microphone_that_is_denied_is_explained(playwright: Playwright, floor: Floor, world: World) -> None:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MICROPHONE])
    windows = Windows(browser, floor.server, world)
    page = windows("rep", "/today")
    expect(page.get_by_role("button", name="Connect phone")).to_be_visible()
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Microphone blocked")
    expect(dialog.get_by_text(re.compile("Allow it: press the picture"))).to_be_visible()
    page.context.grant_permissions(["microphone"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Phone ready")).to_be_visible(timeout=SOON)
    page.context.close()
    browser.close()
    assert not windows.errors


def test_a_page_that_came_without_https_says_why_there_is_no_microphone(
    playwright: Playwright, floor: Floor, world: World, accessible: Accessible
) -> None:
    here = floor.server.address
    there = here.replace("localhost", "offhook.example")
    rules = "--host-resolver-rules=MAP offhook.example 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MICROPHONE, ALLOWED, rules])
    context = browser.new_context(base_url=there)
    told = {"email": world.users["rep"].email, "password": PASSWORD}
    assert context.request.post(f"{here}/api/v1/sessions", data=told).ok
    cookies = [{**one, "domain": "offhook.example"} for one in context.cookies()]
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto("/today")
    expect(page.get_by_role("button", name="Connect phone")).to_be_visible()
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="No microphone without https")
    expect(dialog.get_by_text(re.compile("Ask your administrator to serve Offhook by https"))).to_be_visible()
    expect(dialog.get_by_role("button", name="Try again")).to_have_count(0)
    accessible(page)
    browser.close()


def test_when_the_media_engine_dies_the_call_ends_and_the_next_one_works(window: Windows, world: World) -> None:
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    kill("janus")
    expect(page.get_by_role("button", name="Telephone interrupted")).to_be_visible()
    expect(page.get_by_text("The call was cut off: the telephone was interrupted.")).to_be_visible()
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
    expect(page.get_by_role("button", name="Phone ready")).to_be_visible(timeout=SOON)
    page.keyboard.press("c")
    talking(page)
    hung_up(page)


def test_when_the_media_relay_dies_the_call_ends_and_the_next_one_works(window: Windows, world: World) -> None:
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    kill("rtpengine")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
    until(lambda: calls(page), "the relay to be back")
    talking(page)
    hung_up(page)
    window.expect_errors("503 (Service Unavailable)")  # nothing is placed meanwhile


def test_a_call_waits_for_who_lost_the_network(window: Windows, world: World) -> None:
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    page.context.set_offline(True)
    expect(page.get_by_role("button", name="Phone: no link")).to_be_visible()
    expect(bar(page).get_by_text("Your link is lost; the call waits")).to_be_visible()
    page.context.set_offline(False)
    talking(page)
    hung_up(page)
    window.expect_errors("ERR_INTERNET_DISCONNECTED")


def calls(page: Page) -> bool:
    """Whether a call comes about; the key does nothing while one runs."""
    page.keyboard.press("c")
    page.wait_for_timeout(500)
    return bar(page).get_by_text("Talking", exact=True).is_visible()


def kill(engine: str) -> None:
    """End an engine of ours as badly as can be."""
    (process,) = (one for one in psutil.Process().children(recursive=True) if one.name() == engine)
    process.kill()
