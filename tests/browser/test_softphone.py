"""The phone in the workbench: a real Chromium with a fake microphone, our engines, the virtual carrier behind."""

import re
import time
from collections.abc import Callable, Generator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from browser.calling import BUSY, OUR_NUMBER, Floor, a_calling_world, a_floor, another_lead, missing
from browser.conftest import CHROMIUM, FLAGS, Windows
from browser.world import World
from offhook.activities import Disposition, Kind
from offhook.identity import actor_of
from offhook.kernel.database import SYSTEM
from offhook.leads import Stage, answer_all, load_lead, log_activity
from offhook.web import workbench

Accessible = Callable[[Page], None]
MICROPHONE = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
ALLOWED = "--use-fake-ui-for-media-stream"
QUALIFIED = {"budget": "planned", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}
SOON = 20_000


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Generator[Floor]:
    """The product with a telephone."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: sudo apt-get install chromium")
    if not (workbench.BUILT / "index.html").is_file():
        pytest.skip("needs the workbench's build: make setup")
    if why := missing():
        pytest.skip(why)
    with a_floor(tmp_path_factory.mktemp("softphone")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, floor: Floor) -> Generator[Browser]:
    """A browser with a microphone that beeps, and a user who allows it."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MICROPHONE, ALLOWED])
    yield browser
    browser.close()


@pytest.fixture
def world(floor: Floor) -> Generator[World]:
    """A fresh organisation that calls."""
    with a_calling_world(floor) as made:
        yield made


@pytest.fixture
def window(chromium: Browser, floor: Floor, world: World) -> Generator[Windows]:
    """Open windows: `window("rep", "/today")`."""
    windows = Windows(chromium, floor.server, world)
    yield windows
    for context in windows.contexts:
        context.close()
    assert not windows.errors, "\n".join(windows.errors)


def connected(page: Page) -> Page:
    """A window whose phone was connected by its key."""
    expect(page.get_by_role("button", name="Connect phone")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Phone ready")).to_be_visible(timeout=SOON)
    return page


def on_lead(window: Windows, lead_id: UUID, who: str = "rep") -> Page:
    """A lead's screen, with the phone connected."""
    page = window(who, f"/leads/{lead_id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return connected(page)


def bar(page: Page) -> Locator:
    """The phone's bar."""
    return page.get_by_role("region", name="Phone")


def loudness(page: Page, who: str) -> int:
    """What a level meter shows, 0 to 100."""
    return int(page.get_by_role("meter", name=who).get_attribute("aria-valuenow") or 0)


def until(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for what a page does behind the scenes."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.1)


def talking(page: Page) -> None:
    """Wait until the person is there and heard."""
    expect(page.get_by_text("Talking", exact=True)).to_be_visible(timeout=SOON)
    until(lambda: loudness(page, "They") > 5, "the person's voice")


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
    page.keyboard.type("42#")
    expect(pad.get_by_text("42#")).to_be_visible()
    page.keyboard.press("Escape")
    expect(pad).to_have_count(0)
    page.keyboard.press("5")
    chosen = page.get_by_role("button", name="Conversation", exact=True)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+H")
    expect(page.get_by_role("button", name="Log: Conversation")).to_be_visible()


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
    page.get_by_role("button", name="Microphone blocked").click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("Allow it: press the picture"))).to_be_visible()
    page.context.close()
    browser.close()
    assert not windows.errors


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


def test_a_lead_is_handed_off_live_to_an_ae_in_another_window(
    window: Windows, world: World, accessible: Accessible
) -> None:
    lead_id = world.leads[0].lead_id
    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        log_activity(tx, kind=Kind.CALL, lead_id=lead_id, disposition=Disposition.CONVERSATION, seconds=90)
        answer_all(tx, lead_id, QUALIFIED)
    ae = connected(window("ae", "/hand-offs"))
    page = on_lead(window, lead_id)
    page.keyboard.press("c")
    talking(page)
    page.keyboard.press("h")
    ring = page.get_by_role("button", name="Ring 1 AE now")
    expect(ring).to_be_visible()
    accessible(page)
    ring.click()
    asked = ae.get_by_role("dialog", name="Rita Rep hands you a lead, live")
    expect(asked.get_by_text("Grace Hopper").first).to_be_visible()
    expect(asked.get_by_text("Why now")).to_be_visible()
    accessible(ae)
    asked.get_by_role("button", name="Take").click()
    expect(page.get_by_text("Between the two of you; they hear music")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.get_by_text("All together")).to_be_visible()
    page.keyboard.press("l")
    expect(bar(page)).to_have_count(0)
    talking(ae)
    until(lambda: _stage(world, lead_id) is Stage.SAL, "the hand-off on record")
    ae.keyboard.press("Shift+H")


def _stage(world: World, lead_id: UUID) -> Stage:
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        return load_lead(tx, lead_id).stage


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
