"""Text that means harm: it stands everywhere as it was typed, does nothing, and pushes nothing off the screen."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, eventually, overflow, refused, screen
from browser.world import World, handed_off

SCRIPT = "<script>harm=1</script>"
IMAGE = '"><img src=x onerror=harm=1>'
RIGHT_TO_LEFT = "\u202eمرحبا بالعالم\u202c"
FAMILY = "👩‍👩‍👧‍👦🏳️‍🌈"
TEMPLATE = "{{name}} $t(save)"
HOSTILE = f"{SCRIPT} {IMAGE} {RIGHT_TO_LEFT} {FAMILY} {TEMPLATE}"
CLEAN = HOSTILE.replace("\u202e", "").replace("\u202c", "")
"""As it stands among the facts of persons and companies, from which marks that turn text round are taken."""

UNBROKEN = "W" * 200
LONG = "Ten thousand. " * 714 + "Done"
"""Ten thousand characters."""


WIDER = """() => [...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 6)
    .map(one => `${one.tagName}.${one.className}`)"""
"""What reaches out of the window, to be told when something does."""


def harm(page: Page) -> list[str]:
    """What is wrong where something that was typed has run, or pushes the screen wider than the window."""
    found: list[str] = []
    if page.evaluate("typeof harm") != "undefined":
        found.append(f"{page.url}: what was typed ran")
    if page.locator("main script, main img[src='x'], [onerror]").count() > 0:
        found.append(f"{page.url}: what was typed is part of the page")
    if overflow(page) > 0:
        found.append(f"{page.url} scrolls sideways: {page.evaluate(WIDER)}")
    return found


def shown(page: Page) -> str:
    """All that a screen holds, in one line."""
    return " ".join((page.locator("main").text_content() or "").split())


def hostile(window: Windows, world: World) -> tuple[Page, Mapping[str, tuple[str, int]]]:
    """Hostile text in every record; by its address what each screen shows, and how often."""
    page = window("admin", "/settings/me", viewport={"width": 390, "height": 844})
    request = page.context.request

    def post(path: str, body: Any) -> Any:
        return ask(request, "POST", path, body)

    team = post("/teams", {"name": HOSTILE})["id"]
    account = post(
        "/accounts", {"name": HOSTILE, "industry": HOSTILE, "city": UNBROKEN, "attributes": {"a": HOSTILE}}
    )
    person = post(
        "/persons",
        {
            "full_name": HOSTILE,
            "title": HOSTILE,
            "city": UNBROKEN,
            "email": "harm@harm.example",
            "account_id": account["id"],
            "attributes": {HOSTILE[:40]: HOSTILE},
        },
    )["id"]
    lead = post("/leads", {"person_id": person, "rep_id": str(world.of("rep"))})["id"]
    post("/activities", {"kind": "note", "lead_id": lead, "body": HOSTILE + LONG})
    post("/leads/assign-many", {"lead_ids": [lead], "user_id": str(world.of("rep2")), "note": HOSTILE})
    named = post("/named-lists", {"name": HOSTILE, "team_id": team})["id"]
    post(f"/named-lists/{named}/accounts", {"account_ids": [account["id"]]})
    post("/routing-rules", {"name": HOSTILE, "conditions": {"field": "title", "is": HOSTILE}, "team_id": team})
    post("/sla-policies", {"name": HOSTILE, "promise": "first_attempt", "minutes": 9, "warn_minutes": 3})
    draft = post(
        "/criteria", {"name": HOSTILE[:100], "questions": [question("one", HOSTILE), question("two", UNBROKEN)]}
    )["id"]
    post("/tokens", {"name": HOSTILE, "scopes": ["leads:read"]})
    hook = post("/webhooks", {"url": "https://crm.invalid/", "kinds": ["lead.*"], "description": HOSTILE})["id"]
    post("/users", {"name": HOSTILE, "email": f"harm.{team[-6:]}@acme.example", "role": "rep", "team_id": team})
    post("/views", {"screen": "leads", "name": HOSTILE[:80], "query": {"q": "x"}, "is_shared": True})
    start = world.now()
    away = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(days=2)).isoformat(), "reason": HOSTILE}
    post("/absences", {"user_id": str(world.of("rep")), **away})
    return page, {
        f"/people/{person}": (CLEAN, 3),
        f"/accounts/{account['id']}": (CLEAN, 4),
        f"/leads/{lead}": (CLEAN, 2),
        "/leads": (CLEAN, 2),
        f"/accounts?list={named}": (HOSTILE, 3),
        "/accounts?list=all": (CLEAN, 2),
        "/manager": (HOSTILE, 1),
        "/manager/routing": (HOSTILE, 3),
        "/manager/criteria": (HOSTILE[:100], 1),
        f"/manager/criteria/{draft}": (HOSTILE, 2),
        "/settings/tokens": (HOSTILE, 1),
        f"/settings/webhooks/{hook}": (HOSTILE, 1),
        "/settings/webhooks": (HOSTILE, 1),
        "/settings/users": (HOSTILE, 2),
        "/settings/teams": (HOSTILE, 1),
        f"/settings/teams/{team}": (HOSTILE, 1),
        "/settings/absences": (HOSTILE, 1),
        "/settings/events": (HOSTILE[:20], 0),
        "/scoreboard": (HOSTILE, 0),
        "/today": (HOSTILE, 0),
    }


def question(key: str, text: str) -> dict[str, Any]:
    return {"key": key, "text": text, "kind": "text", "hint": text, "is_required": True}


def test_hostile_text_stands_whole_on_every_screen_and_does_nothing(window: Windows, world: World) -> None:
    page, screens = hostile(window, world)
    dialogs: list[str] = []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    wrong: list[str] = []
    for address, (text, times) in screens.items():
        screen(page, address)
        eventually(lambda text=text, times=times: shown(page).count(text) >= times)
        wrong += harm(page)
    assert not wrong, "\n".join(wrong)
    assert not dialogs


def test_hostile_notes_are_kept_logged_and_briefed_whole(window: Windows, world: World) -> None:
    hand_off = handed_off(world)
    page = window("rep", f"/leads/{world.leads[1].lead_id}", viewport={"width": 390, "height": 844})
    notes = page.get_by_role("textbox", name="Notes")
    notes.fill(HOSTILE + LONG)
    page.reload()
    expect(notes).to_have_value(HOSTILE + LONG)
    notes.focus()
    page.keyboard.press("Alt+5")
    expect(page.get_by_text("Logged: Conversation")).to_be_visible()
    expect(page.get_by_role("main").get_by_text(re.compile("Ten thousand. Done$"))).to_be_visible()
    assert not harm(page)
    ae = window("ae", f"/hand-offs/{hand_off}", viewport={"width": 390, "height": 844})
    ae.get_by_role("button", name=re.compile("^Reject")).click()
    dialog = ae.get_by_role("dialog", name="Reject: why?")
    dialog.get_by_role("button", name=re.compile("Reason")).click()
    ae.get_by_role("option").first.click()
    dialog.get_by_role("textbox", name="Note to the rep").fill(HOSTILE)
    dialog.get_by_role("button", name="Reject").click()
    expect(ae.get_by_text("Rejected", exact=True)).to_be_visible()
    assert not harm(ae)
    screen(page, f"/leads/{world.leads[0].lead_id}")
    expect(page.get_by_role("main").get_by_text(SCRIPT).first).to_be_visible()
    assert not harm(page)


def test_text_that_is_too_long_is_told_at_its_field_and_not_cut_off(window: Windows, world: World) -> None:
    page = window("admin", "/settings/teams")
    page.get_by_role("button", name="Add a team").click()
    dialog = page.get_by_role("dialog", name="Add a team")
    name = dialog.get_by_role("textbox", name="Name")
    page.evaluate("text => navigator.clipboard?.writeText(text).catch(() => {})", LONG)
    name.focus()
    page.keyboard.insert_text(LONG)
    expect(name).to_have_value(LONG)
    expect(dialog.get_by_text("At most 200 characters; these are 9,800 too many.")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(name).to_have_value(LONG)
    name.fill(HOSTILE)
    expect(dialog.get_by_text("are 9,800 too many")).to_have_count(0)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=HOSTILE, level=1)).to_be_visible()
    assert refused(page.context.request, "POST", "/teams", {"name": LONG}) == 422
    window.expect_errors("422")
