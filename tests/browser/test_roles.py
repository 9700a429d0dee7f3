"""What each role is shown and refused: places on the rail, addresses typed by hand, and the API behind them."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.conftest import Windows
from browser.hands import refused, screen, settled
from browser.world import World, handed_off

COMMON = ("Accounts", "Scoreboard", "Settings")
RAIL = {
    "rep": {"Today", "Leads", "Calls", "Hand-offs", *COMMON},
    "ae": {"Calls", "Hand-offs", *COMMON},
    "marketing": {"Campaigns", "Leads", "Manager", *COMMON},
    "manager": {"Campaigns", "Today", "Leads", "Calls", "Hand-offs", "Manager", *COMMON},
    "admin": {"Campaigns", "Today", "Leads", "Hand-offs", "Manager", *COMMON},
}
"""Whose work is where: demand generation assigns and agrees; reps and AEs have no manager's screens."""

OF_ADMINS = ("/settings/users", "/settings/teams", "/settings/teams/{team}", "/settings/organisation")
OF_MANAGERS = ("/settings/forms", "/settings/hooks", "/manager/scoring", "/manager/goals")
FORBIDDEN = {
    "rep": ("/settings/webhooks", *OF_MANAGERS, *OF_ADMINS),
    "ae": ("/today", "/settings/webhooks", *OF_MANAGERS, *OF_ADMINS),
    "marketing": ("/today", "/settings/webhooks", "/manager/goals", *OF_ADMINS),
    "manager": OF_ADMINS,
    "admin": (),
}

HOURS = {"time_zone": "UTC", "week": [[] for _ in range(7)], "holidays": []}
CALLS: Mapping[str, tuple[str, str, Any, set[str]]] = {
    "add a user": ("POST", "/users", {"email": "x@x.example", "name": "X", "role": "admin"}, {"admin"}),
    "add a team": ("POST", "/teams", {"name": "X"}, {"admin"}),
    "change the organisation": ("PATCH", "/organisation", {"name": "X"}, {"admin"}),
    "set business hours": ("PUT", "/organisation/business-hours", HOURS, {"admin"}),
    "add a webhook": (
        "POST",
        "/webhooks",
        {"url": "https://x.example/", "kinds": ["lead.*"]},
        {"manager", "admin"},
    ),
    "add a campaign": ("POST", "/campaigns", {"name": "X"}, {"marketing", "manager", "admin"}),
    "add a routing rule": (
        "POST",
        "/routing-rules",
        {"name": "X", "conditions": {}},
        {"marketing", "manager", "admin"},
    ),
    "add a form": (
        "POST",
        "/forms",
        {"name": "X", "campaign_id": "{campaign}"},
        {"marketing", "manager", "admin"},
    ),
    "add a hook": (
        "POST",
        "/hooks",
        {"name": "X", "campaign_id": "{campaign}"},
        {"marketing", "manager", "admin"},
    ),
    "promise": (
        "POST",
        "/sla-policies",
        {"name": "X", "promise": "first_attempt", "minutes": 2, "warn_minutes": 1},
        {"marketing", "manager", "admin"},
    ),
    "assign leads": ("POST", "/leads/assign-many", {"lead_ids": ["{lead}"]}, {"marketing", "manager", "admin"}),
    "name accounts": (
        "POST",
        "/named-lists",
        {"name": "X", "team_id": "{team}"},
        {"marketing", "manager", "admin"},
    ),
    "add an account": ("POST", "/accounts", {"name": "X"}, {"marketing", "manager", "admin"}),
    "add a person": ("POST", "/persons", {"full_name": "X Y"}, {"rep", "marketing", "manager", "admin"}),
    "draft criteria": ("POST", "/criteria/from-ready-made", {"framework": "CHAMP"}, {"manager", "admin"}),
    "set a goal": ("POST", "/goals", {"counter": "dials", "period": "day", "target": 3}, {"manager", "admin"}),
    "log an activity": (
        "POST",
        "/activities",
        {"kind": "note", "body": "X", "lead_id": "{lead}"},
        {"rep", "ae", "manager", "admin"},
    ),
    "accept a hand-off": ("POST", "/hand-offs/{hand_off}/accept", {}, {"ae", "manager", "admin"}),
    "read the event log": ("GET", "/events", None, {*RAIL}),
}
"""What is asked of the server, and who may; for all others it is 403."""


@pytest.mark.parametrize("who", RAIL)
def test_a_role_sees_its_places_and_is_told_what_is_not_for_it(window: Windows, world: World, who: str) -> None:
    page = window(who, "/accounts")
    rail = page.get_by_role("navigation", name="Places")
    expect(rail.get_by_role("link", name="Accounts")).to_be_visible()
    shown = {one.strip() for one in rail.locator("li").all_inner_texts()}
    assert RAIL[who] <= shown, f"missing: {RAIL[who] - shown}"
    assert not {name for names in RAIL.values() for name in names} - RAIL[who] & shown
    for address in FORBIDDEN[who]:
        page.goto(address.format(team=world.team.id))
        expect(page.get_by_text("Not for your role")).to_be_visible()
        assert page.locator("main button, main input").count() == 0, f"{address} offers something to {who}"
    page.goto("/settings/me")
    settled(page)
    tabs = page.get_by_role("navigation", name="Settings")
    for address in FORBIDDEN[who]:
        assert tabs.locator(f'a[href="{address}"]').count() == 0, f"{address} is offered to {who}"


@pytest.mark.parametrize("who", RAIL)
def test_the_server_refuses_what_a_role_may_not_do(window: Windows, world: World, who: str) -> None:
    page = window(who, "/settings/me")
    names = {"team": str(world.team.id), "lead": str(world.leads[1].lead_id), "hand_off": str(handed_off(world))}
    names["campaign"] = str(world.campaign.id)

    def told(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("{"):
            return names[value.strip("{}")]
        if isinstance(value, dict):
            return {key: told(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType] # JSON
        return [told(one) for one in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType] # JSON

    wrong: list[str] = []
    for what, (method, path, body, allowed) in CALLS.items():
        status = refused(page.context.request, method, path.format(**names), told(body))
        if (status == 403) is (who in allowed):
            wrong.append(f"{what}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["rep", "ae"])
def test_managers_screens_may_be_looked_at_but_offer_nothing_to_change(
    window: Windows, world: World, who: str
) -> None:
    page = window(who, "/settings/me")
    for address, heading in (
        ("/manager", "SLA board"),
        ("/manager/routing", "Routing"),
        ("/manager/criteria", "Qualification criteria"),
        ("/leads", "Leads"),
    ):
        screen(page, address)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        for deed in ("Add a rule", "Add a promise", "New criteria", "Reassign", "Remove", "Next edition"):
            assert page.get_by_role("button", name=deed).count() == 0, f"{deed} is offered to {who}"
    chosen = page.get_by_role("checkbox", name="Select this row")
    if who == "rep":  # who puts leads into cadences, and does nothing else with many
        chosen.first.check(force=True)
        expect(page.get_by_role("button", name="Put into a cadence")).to_be_visible()
        assert page.get_by_role("button", name="Reassign").count() == 0
    else:
        assert chosen.count() == 0
