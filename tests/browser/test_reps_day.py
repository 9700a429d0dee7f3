"""The rep's day by keyboard alone: next lead, notes, disposition, qualification, hand-off, and what others see."""

import re
from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import choose, eventually
from browser.world import World, handed_off
from offhook.activities import Disposition, Kind
from offhook.identity import actor_of
from offhook.kernel.database import SYSTEM, Actor
from offhook.leads import Lead, Stage, load_lead, log_activity

Accessible = Callable[[Page], None]


def lead_of(world: World, lead_id: str | UUID) -> Lead:
    """The lead as the server has it."""
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        return load_lead(tx, UUID(str(lead_id)))


def actor(world: World, who: str = "rep") -> Actor:
    """Somebody of the world, acting elsewhere."""
    return actor_of(world.users[who])


def today(window: Windows) -> Page:
    """The rep's day, ready for keys."""
    page = window("rep", "/today")
    expect(page.get_by_role("heading", name="Your queue")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Grace Hopper")).to_be_visible()
    return page


def on_lead(page: Page) -> str:
    """Wait for a lead's screen; the id of the lead."""
    page.wait_for_url(re.compile(r"/leads/[0-9a-f-]{36}$"))
    expect(page.get_by_role("button", name=re.compile("^No answer"))).to_be_visible()
    return page.url.rpartition("/")[2]


def test_from_next_lead_to_logged_and_on_to_the_next_takes_two_keys(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = today(window)
    expect(page.get_by_role("listitem").filter(has_text="Grace Hopper")).to_be_visible()
    accessible(page)
    page.keyboard.press("n")
    first = on_lead(page)
    accessible(page)
    page.keyboard.press("1")
    page.wait_for_url(lambda url: first not in url)
    second = on_lead(page)
    assert second != first
    lead = lead_of(world, first)
    assert (lead.stage, lead.attempts) == (Stage.WORKING, 1)


def test_notes_survive_going_away_and_go_with_the_call(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("n")
    lead_id = on_lead(page)
    page.keyboard.press("e")
    page.keyboard.type("Wants <b>numbers</b> & a demo 🦜 مرحبا")
    page.reload()
    on_lead(page)
    notes = page.get_by_role("textbox", name="Notes")
    expect(notes).to_have_value("Wants <b>numbers</b> & a demo 🦜 مرحبا")
    notes.focus()
    page.keyboard.press("Alt+5")
    expect(page.get_by_role("main").get_by_text("Wants <b>numbers</b> & a demo 🦜 مرحبا")).to_be_visible()
    expect(notes).to_have_value("")
    expect(page.get_by_text("Logged: Conversation")).to_be_visible()
    assert page.url.endswith(lead_id), "after a conversation the rep stays"


def test_what_was_logged_by_mistake_is_taken_back_with_a_key(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("n")
    first = on_lead(page)
    page.keyboard.press("5")
    expect(page.get_by_text("Logged: Conversation")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Logged: Conversation")).to_have_count(0)
    expect(page.get_by_text("was: Conversation")).to_be_visible()
    assert lead_of(world, first).attempts == 0


def test_a_call_back_is_planned_in_the_persons_morning(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("n")
    first = on_lead(page)
    page.keyboard.press("6")
    dialog = page.get_by_role("dialog", name="When shall we call back?")
    expect(dialog.get_by_role("button", name=re.compile("Tomorrow morning"))).to_be_visible()
    page.keyboard.press("3")
    page.wait_for_url(lambda url: first not in url)
    lead = lead_of(world, first)
    assert lead.next_touch_because == "call_back"
    assert lead.next_touch_at is not None
    assert lead.next_touch_at.astimezone(ZoneInfo(lead.time_zone)).hour == 9


def test_qualified_by_keyboard_and_handed_off_in_two_keys_the_ae_sees_it_live(
    window: Windows, world: World, accessible: Accessible
) -> None:
    ae = window("ae", "/hand-offs")
    expect(ae.get_by_text("Nothing waits")).to_be_visible()
    page = today(window)
    page.keyboard.press("n")
    lead_id = on_lead(page)
    name = page.get_by_role("heading", level=1).inner_text()
    expect(page.get_by_role("listitem").filter(has_text="Is there a budget for this?")).to_be_visible()
    for _ in range(4):
        answered = page.locator("[aria-pressed=true]").count()
        page.keyboard.press("q")
        page.keyboard.press("Enter")
        expect(page.locator("[aria-pressed=true]")).to_have_count(answered + 1)
    expect(page.get_by_text("Qualified", exact=True)).to_be_visible()
    page.keyboard.press("h")
    expect(page.get_by_role("dialog", name=f"Hand {name} off")).to_be_visible()
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Handed off to Amy Exec.")).to_be_visible()
    assert lead_of(world, lead_id).stage is Stage.SAL

    row = ae.get_by_role("link", name=re.compile(name))
    expect(row).to_be_visible()
    accessible(ae)
    row.click()
    expect(ae.get_by_role("heading", name="Why now")).to_be_visible()
    accessible(ae)
    ae.keyboard.press("a")
    expect(ae.get_by_text("Accepted", exact=True)).to_be_visible()
    ae.keyboard.press("q")
    expect(ae.get_by_text("SQL", exact=True)).to_be_visible()
    expect(page.get_by_role("main").get_by_text("SQL", exact=True).first).to_be_visible()
    assert lead_of(world, lead_id).stage is Stage.SQL


def test_a_rejected_hand_off_comes_back_with_its_reason(window: Windows, world: World) -> None:
    hand_off_id = handed_off(world)
    ae = window("ae", f"/hand-offs/{hand_off_id}")
    expect(ae.get_by_role("heading", name="Why now")).to_be_visible()
    ae.keyboard.press("x")
    dialog = ae.get_by_role("dialog", name="Reject: why?")
    choose(ae, dialog, "Reason", "")
    dialog.get_by_role("button", name="Reject").click()
    expect(ae.get_by_text("Rejected", exact=True)).to_be_visible()
    page = today(window)
    expect(page.get_by_role("listitem").filter(has_text="The AE gave it back")).to_be_visible()


def test_disqualified_by_two_keys_and_reopened_by_one(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("n")
    first = on_lead(page)
    page.keyboard.press("x")
    expect(page.get_by_role("dialog", name="Qualify out: why?").get_by_role("button").nth(4)).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url(lambda url: first not in url)
    on_lead(page)
    assert lead_of(world, first).stage is Stage.DISQUALIFIED
    page.keyboard.press("z")
    expect(page.get_by_text("Qualified out.")).to_have_count(0)
    eventually(lambda: lead_of(world, first).stage is Stage.WORKING or lead_of(world, first).stage is Stage.MQL)


def test_snoozed_by_two_keys_and_not_offered_before(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("n")
    first = on_lead(page)
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("5")
    page.wait_for_url(lambda url: first not in url)
    assert lead_of(world, first).next_touch_because == "snoozed"


def test_the_queue_and_goals_follow_what_another_window_does(window: Windows, world: World) -> None:
    watching, working = today(window), today(window)
    expect(watching.get_by_text("0 / 20")).to_be_visible()
    working.keyboard.press("n")
    first = on_lead(working)
    working.keyboard.press("1")
    working.wait_for_url(lambda url: first not in url)
    expect(watching.get_by_text("1 / 20")).to_be_visible()


def test_all_is_reached_by_keyboard_and_the_sheet_tells_how(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = today(window)
    page.keyboard.press("Shift+?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text("Next lead")).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Scoreboard", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("turing")
    expect(page.get_by_role("option", name=re.compile("Alan Turing"))).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_palette_answers_as_one_types_by_any_part_of_a_name(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("Control+k")
    found = page.get_by_role("option", name=re.compile("Grace Hopper"))
    for typed in ("gra", "Grace H", "hopper gr", "grace@har", "harbor"):
        page.get_by_role("searchbox").fill("")
        expect(found).to_have_count(0)
        page.keyboard.type(typed)
        expect(found).to_be_visible()
    page.keyboard.type(" xyz")
    expect(found).to_have_count(0)


def test_a_lost_connection_is_shown_and_caught_up(window: Windows, world: World) -> None:
    page = today(window)
    expect(page.get_by_text("0 / 20")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("Connection lost")).to_be_visible()
    with world.database.transaction(world.organisation_id, actor(world)) as tx:
        log_activity(tx, kind=Kind.CALL, lead_id=world.leads[0].lead_id, disposition=Disposition.NO_ANSWER)
    page.context.set_offline(False)
    expect(page.get_by_text("Connection lost")).to_have_count(0)
    expect(page.get_by_text("1 / 20")).to_be_visible()
    window.expect_errors("ERR_INTERNET_DISCONNECTED", "WebSocket")


def test_what_was_typed_stays_while_the_server_fails(window: Windows, world: World) -> None:
    page = today(window)
    page.keyboard.press("n")
    first = on_lead(page)
    page.route("**/api/v1/activities", lambda route: route.fulfill(status=503, body="down"))
    page.keyboard.press("e")
    page.keyboard.type("Not to be lost")
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("Not to be lost")
    page.unroute("**/api/v1/activities")
    page.keyboard.press("Alt+1")
    page.wait_for_url(lambda url: first not in url)
    assert lead_of(world, first).attempts == 1
    window.expect_errors("503")
