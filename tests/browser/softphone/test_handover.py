"""Bringing others into a call, each in a window of their own: consult, transfer, three together, live hand-off."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from browser.conftest import Windows
from browser.softphone.phone import SOON, bar, connected, hung_up, on_lead, talking, until
from browser.world import QUALIFIED, World, add_user
from offhook.activities import Disposition, Kind
from offhook.identity import Role, actor_of
from offhook.kernel.database import SYSTEM
from offhook.leads import Stage, answer_all, load_lead, log_activity

Accessible = Callable[[Page], None]


def test_a_lead_is_handed_off_live_to_an_ae_in_another_window(
    window: Windows, world: World, accessible: Accessible
) -> None:
    lead_id = qualified(world)
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
    until(lambda: stage_of(world, lead_id) is Stage.SAL, "the hand-off on record")
    hung_up(ae)


def qualified(world: World) -> UUID:
    """The first lead, talked to before and found to be what AEs want."""
    lead_id = world.leads[0].lead_id
    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        log_activity(tx, kind=Kind.CALL, lead_id=lead_id, disposition=Disposition.CONVERSATION, seconds=90)
        answer_all(tx, lead_id, QUALIFIED)
    return lead_id


def stage_of(world: World, lead_id: UUID) -> Stage:
    """How far a lead is, on record."""
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        return load_lead(tx, lead_id).stage


def in_a_call(window: Windows, world: World) -> Page:
    """A rep who talks with the first lead."""
    page = on_lead(window, world.leads[0].lead_id)
    page.keyboard.press("c")
    talking(page)
    return page


def bringing(page: Page) -> Locator:
    """The dialog by which somebody is brought in, opened by its key."""
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Bring somebody in")
    expect(dialog).to_be_visible()
    return dialog


def test_a_colleague_is_asked_first_and_then_has_the_call(
    window: Windows, world: World, accessible: Accessible
) -> None:
    colleague = connected(window("rep2", "/today"))
    page = in_a_call(window, world)
    dialog = bringing(page)
    expect(dialog.get_by_role("radio", name=re.compile("Rob Rep"))).to_be_checked()
    accessible(page)
    page.keyboard.type("rob")
    page.keyboard.press("Enter")
    asked = colleague.get_by_role("dialog", name="Rita Rep asks you to join a call")
    expect(asked.get_by_text("Grace Hopper")).to_be_visible()
    accessible(colleague)
    asked.get_by_role("button", name="Take").click()
    talking(page, "Between the two of you; they hear music")
    accessible(page)
    page.keyboard.press("l")
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
    talking(colleague)
    hung_up(colleague)


def test_a_call_is_put_through_at_once_and_the_rep_is_free(window: Windows, world: World) -> None:
    colleague = connected(window("rep2", "/today"))
    page = in_a_call(window, world)
    bringing(page).get_by_role("button", name="Put through at once").click()
    expect(bar(page)).to_have_count(0)
    expect(page.get_by_text(re.compile("The call is over"))).to_be_visible()
    colleague.get_by_role("dialog").get_by_role("button", name="Take").click()
    talking(colleague)
    hung_up(colleague)


def test_three_talk_with_somebody_outside_until_they_are_dropped(window: Windows, world: World) -> None:
    page = in_a_call(window, world)
    bringing(page)
    page.keyboard.type("+1 303 555 0102")
    page.keyboard.press("Enter")
    expect(bar(page).get_by_text("+13035550102 · there")).to_be_visible(timeout=SOON)
    talking(page, "Between the two of you; they hear music")
    page.keyboard.press("j")
    talking(page, "All together")
    page.keyboard.press("u")
    talking(page)
    expect(bar(page).get_by_text("there")).to_have_count(0)
    hung_up(page)


def test_aes_are_rung_one_after_another_until_one_takes_the_lead(window: Windows, world: World) -> None:
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        second = add_user(tx, "ae2", Role.AE, "Abe Exec", world.team)
    window.world = replace(world, users={**world.users, "ae2": second})
    lead_id = qualified(world)
    aes = [connected(window(one, "/hand-offs")) for one in ("ae", "ae2")]
    page = in_a_call(window, world)
    page.keyboard.press("h")
    page.get_by_text("One after another, instead of all at once").click()
    page.get_by_role("button", name="Ring 2 AEs now").click()
    rung = page.get_by_role("dialog").get_by_role("listitem")
    expect(rung).to_have_count(1)
    first, then = aes if "Amy" in rung.inner_text() else reversed(aes)
    asked = first.get_by_role("dialog", name="Rita Rep hands you a lead, live")
    expect(asked).to_be_visible()
    expect(then.get_by_role("dialog")).to_have_count(0)
    asked.get_by_role("button", name="Decline").click()
    then.get_by_role("dialog").get_by_role("button", name="Take").click()
    expect(first.get_by_role("dialog")).to_have_count(0)
    talking(page, "Between the two of you; they hear music")
    page.keyboard.press("l")
    talking(then)
    until(lambda: stage_of(world, lead_id) is Stage.SAL, "the hand-off on record")
    hung_up(then)


def test_a_meeting_is_booked_where_no_ae_takes_the_lead(window: Windows, world: World) -> None:
    lead_id = qualified(world)
    ae = connected(window("ae", "/hand-offs"))
    page = on_lead(window, lead_id)
    page.keyboard.press("c")
    talking(page)
    page.keyboard.press("h")
    page.get_by_role("button", name="Ring 1 AE now").click()
    ae.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(page.get_by_text("No AE took it. Book a meeting while you have them on the line.")).to_be_visible()
    expect(bar(page).get_by_text("Talking", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Handed off"))).to_be_visible()
    hung_up(page)
