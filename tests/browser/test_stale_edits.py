"""Two people change the same thing: both changes stand. The server fails under a form: nothing typed is lost."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Locator, Page, Route, expect

from browser.conftest import Windows
from browser.hands import ask, screen
from browser.world import World

OVER = "Read the present version and keep what I typed"


@dataclass(frozen=True)
class Form:
    """A form over a record: where it is, what is typed in it, and what somebody else changes meanwhile."""

    name: str
    who: str
    record: Callable[[APIRequestContext, World], str]
    """Makes the record if need be; its path in the API."""
    address: Callable[[str, World], str]
    """Where the form is, of the record's id."""
    open: Callable[[Page], Locator]
    field: str
    typed: str
    mine: str
    theirs: tuple[str, Any]


def made(path: str, body: Callable[[World], Any]) -> Callable[[APIRequestContext, World], str]:
    """A record that is made for the test."""
    return lambda request, world: f"{path}/{ask(request, 'POST', path, body(world))['id']}"


def edit(name: str) -> Callable[[Page], Locator]:
    """The dialog that a button of this name opens."""

    def opened(page: Page) -> Locator:
        page.get_by_role("button", name=name).first.click()
        return page.get_by_role("dialog")

    return opened


def more(page: Page) -> Locator:
    """The dialog behind the menu of a list of named accounts."""
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name=re.compile("Edit")).click()
    return page.get_by_role("dialog")


def person_at(request: APIRequestContext, world: World) -> str:
    return f"/persons/{ask(request, 'GET', f'/leads/{world.leads[0].lead_id}')['person_id']}"


def account_at(request: APIRequestContext, world: World) -> str:
    return f"/accounts/{ask(request, 'GET', person_at(request, world))['account_id']}"


POLICY = {"name": "At once", "promise": "first_attempt", "minutes": 60, "warn_minutes": 30}
FORMS = (
    Form(
        "person",
        "rep",
        person_at,
        lambda key, _: f"/people/{key}",
        edit("Edit"),
        "Title",
        "Rear Admiral",
        "title",
        ("city", "Arlington"),
    ),
    Form(
        "account",
        "marketing",
        account_at,
        lambda key, _: f"/accounts/{key}",
        edit("Edit"),
        "Industry",
        "Shipping",
        "industry",
        ("city", "Boston"),
    ),
    Form(
        "user",
        "admin",
        lambda _, world: f"/users/{world.of('rep')}",
        lambda _, __: "/settings/users",
        edit("Edit"),
        "Name",
        "Rita of Reps",
        "name",
        ("capacity", 7),
    ),
    Form(
        "team",
        "admin",
        lambda _, world: f"/teams/{world.team.id}",
        lambda key, _: f"/settings/teams/{key}",
        lambda page: page.get_by_role("region", name="What holds for the team"),
        "Name",
        "Inbound of the West",
        "name",
        ("minimum_talk_seconds", 55),
    ),
    Form(
        "organisation",
        "admin",
        lambda _, __: "/organisation",
        lambda _, __: "/settings/organisation",
        lambda page: page.get_by_role("region", name="Organisation", exact=True),
        "Name",
        "Acme of the West",
        "name",
        ("region", "CA"),
    ),
    Form(
        "webhook",
        "manager",
        made("/webhooks", lambda _: {"url": "https://crm.invalid/hook", "kinds": ["lead.*"]}),
        lambda key, _: f"/settings/webhooks/{key}",
        edit("Edit"),
        "What it is for",
        "The CRM",
        "description",
        ("kinds", ["goal.*"]),
    ),
    Form(
        "named list",
        "marketing",
        made("/named-lists", lambda world: {"name": "To open", "team_id": str(world.team.id)}),
        lambda key, _: f"/accounts?list={key}",
        more,
        "Name",
        "To open in the West",
        "name",
        ("user_id", "rep2"),
    ),
    Form(
        "routing rule",
        "marketing",
        made("/routing-rules", lambda world: {"name": "All", "conditions": {}, "team_id": str(world.team.id)}),
        lambda _, __: "/manager/routing",
        edit("Edit All"),
        "Name",
        "Everybody",
        "name",
        ("is_active", False),
    ),
    Form(
        "promise",
        "marketing",
        made("/sla-policies", lambda _: POLICY),
        lambda _, __: "/manager",
        edit("Edit At once"),
        "Name",
        "Soon",
        "name",
        ("minutes", 90),
    ),
)


def opened(form: Form, page: Page, world: World) -> tuple[str, Locator]:
    """The record's path and its form, in which something is typed."""
    path = form.record(page.context.request, world)
    screen(page, form.address(path.rpartition("/")[2], world))
    within = form.open(page)
    within.get_by_role("textbox", name=form.field, exact=True).first.fill(form.typed)
    return path, within


def as_saved(request: APIRequestContext, path: str) -> Any:
    """The record as the server has it; promises are only listed."""
    if not path.startswith("/sla-policies/"):
        return ask(request, "GET", path)
    return next(one for one in ask(request, "GET", "/sla-policies")["items"] if path.endswith(one["id"]))


def change_elsewhere(request: APIRequestContext, path: str, body: Any) -> None:
    """Somebody else edits the record."""
    version = as_saved(request, path)["version"]
    answer = request.fetch("/api/v1" + path, method="PATCH", data=body, headers={"If-Match": f'"{version}"'})
    assert answer.ok, answer.text()


@pytest.mark.parametrize("form", FORMS, ids=lambda one: one.name)
def test_nothing_is_lost_when_the_server_fails_or_somebody_else_is_quicker(
    window: Windows, world: World, form: Form
) -> None:
    page = window(form.who, "/settings/me")
    path, within = opened(form, page, world)
    save = within.get_by_role("button", name="Save")
    typed = within.get_by_role("textbox", name=form.field, exact=True).first
    ways: list[Callable[[Route], None]] = [
        lambda route: route.fulfill(status=500, body="Internal Server Error"),
        lambda route: route.abort("connectionreset"),
    ]
    for fails in ways:
        handler = partial(only_writes, fails)
        page.route("**/api/v1/**", handler)
        save.click()
        expect(within.get_by_role("alert")).to_be_visible()
        expect(typed).to_have_value(form.typed)
        page.unroute("**/api/v1/**", handler)

    field, value = form.theirs
    wanted = str(world.of(value)) if field == "user_id" else value
    other = {"team_id": None} if field == "user_id" else {}
    change_elsewhere(page.context.request, path, {field: wanted, **other})
    save.click()
    expect(within.get_by_role("button", name=OVER)).to_be_visible()
    expect(typed).to_have_value(form.typed)
    within.get_by_role("button", name=OVER).click()
    expect(within.get_by_role("alert")).to_have_count(0)
    expect(typed).to_have_value(form.typed)
    save.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    now = as_saved(page.context.request, path)
    assert (now[form.mine], now[field]) == (form.typed, wanted)
    window.expect_errors("412", "500", "ERR_")


def only_writes(fails: Callable[[Route], None], route: Route) -> None:
    """Let a write fail and all else pass."""
    if route.request.method == "GET":
        route.continue_()
    else:
        fails(route)


def test_two_drafts_of_the_same_criteria_are_brought_together(window: Windows, world: World) -> None:
    first = window("manager", "/settings/me")
    draft = ask(first.context.request, "POST", "/criteria/from-ready-made", {"framework": "CHAMP"})
    screen(first, f"/manager/criteria/{draft['id']}")
    second = window("admin", f"/manager/criteria/{draft['id']}")
    minimum = second.get_by_role("textbox", name="Minimum points")
    expect(minimum).to_be_visible()
    first.get_by_role("button", name="Add a question").click()
    first.get_by_role("textbox", name="Question", exact=True).fill("Typed by the manager?")
    minimum.fill("33")
    minimum.press("Tab")
    second.get_by_role("button", name=re.compile("^Save")).click()
    expect(second.get_by_text("A draft: nobody is judged by it")).to_be_visible()
    expect(first.get_by_text("Somebody else saved this draft meanwhile.")).to_be_visible()
    first.get_by_role("button", name="Bring both together").click()
    expect(first.get_by_role("textbox", name="Minimum points")).to_have_value("33")
    expect(first.get_by_role("textbox", name="Question", exact=True)).to_have_value("Typed by the manager?")
    window.expect_errors("412", "422")  # a draft that is not finished cannot be tried


def test_what_somebody_else_does_with_a_person_is_seen_and_disturbs_nothing(window: Windows, world: World) -> None:
    rep = window("rep", f"/leads/{world.leads[0].lead_id}")
    manager = window("manager", "/settings/me")
    screen(manager, f"/people/{person_at(manager.context.request, world).rpartition('/')[2]}")
    rep.get_by_role("textbox", name="Notes").fill("Half a sentence")
    manager.get_by_role("textbox", name="Notes").fill("Call her on Tuesday")
    manager.keyboard.press("Control+Enter")
    expect(manager.get_by_text("Logged: Note")).to_be_visible()
    expect(rep.get_by_role("main").get_by_text("Call her on Tuesday")).to_be_visible()
    expect(rep.get_by_role("textbox", name="Notes")).to_have_value("Half a sentence")
