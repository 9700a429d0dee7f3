"""Scoring and goals as the manager keeps them, and the scoreboard that everybody looks at."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.world import World

Accessible = Callable[[Page], None]


def rules(page: Page) -> dict[str, float]:
    """The points of the rules in force, by name."""
    model = page.context.request.get("/api/v1/scoring-model").json()
    return {rule["name"]: rule["points"] for rule in model["rules"]}


def test_a_model_is_changed_tried_on_recent_leads_and_put_in_force(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("manager", "/manager/scoring")
    tried = page.get_by_role("region", name="Tried on recent leads")
    expect(tried.get_by_text("The 5 newest leads, scored anew by both models.")).to_be_visible()
    accessible(page)
    page.get_by_label("MQL from so many points on").fill("100")
    page.keyboard.press("Tab")
    expect(tried.get_by_text("Would be MQLs no more")).to_be_visible()
    page.get_by_role("button", name="Add a fit rule").click()
    rule = page.get_by_role("region", name="Fit", exact=True)
    rule.get_by_label("Name", exact=True).fill("builds computers")
    rule.get_by_label("Points").fill("100")
    page.keyboard.press("Tab")
    rule.get_by_role("button", name="Condition", exact=True).click()
    expect(rule.get_by_text("to mend")).to_be_visible()
    expect(rule.get_by_role("alert")).to_contain_text("must be a list")
    expect(page.get_by_role("button", name="Put in force")).to_be_disabled()
    accessible(page)

    page.reload()
    expect(page.get_by_text("Not in force yet; kept in this browser.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^builds computers")).click()
    rule.get_by_role("button", name="Remove condition 1").click()
    expect(tried.get_by_text("Would be MQLs no more")).to_have_count(0)
    page.get_by_role("button", name="Put in force").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Of the 5 newest leads, 5 would be MQLs instead of 5.")).to_be_visible()
    accessible(page)
    dialog.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Version 1 is in force.").first).to_be_visible()
    assert rules(page)["builds computers"] == 100
    page.keyboard.press("z")
    expect(tried.get_by_text("Version 2 is in force.")).to_be_visible()
    assert "builds computers" not in rules(page)
    window.expect_errors("422")


def test_a_model_put_in_force_meanwhile_is_told_and_nothing_typed_is_lost(window: Windows, world: World) -> None:
    page = window("manager", "/manager/scoring")
    page.get_by_label("Engagement halves every so many days").fill("7")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Discard")).to_be_visible()
    rule = {"name": "theirs", "kind": "fit", "points": 60, "when": {}}
    theirs = window("marketing", "/scoreboard").context.request.put(
        "/api/v1/scoring-model",
        data={"mql_threshold": 40, "half_life_days": 30, "rules": [rule]},
        headers={"If-Match": '"0"'},
    )
    assert theirs.ok, theirs.text()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else put another model in force")
    page.get_by_role("button", name="Read the present version and keep what I typed").click()
    expect(page.get_by_role("button", name=re.compile("^theirs"))).to_be_visible()
    expect(page.get_by_label("MQL from so many points on")).to_have_value("40")
    expect(page.get_by_label("Engagement halves every so many days")).to_have_value("7")


def test_a_goal_is_set_changed_ended_and_taken_back(window: Windows, world: World, accessible: Accessible) -> None:
    page = window("manager", "/manager/goals")
    expect(page.get_by_role("row").filter(has_text="Rita Rep")).to_contain_text("20")
    accessible(page)
    page.get_by_role("button", name="Set a goal").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Whose").fill("Inbound")
    page.get_by_role("option", name="Inbound").click()
    dialog.get_by_label("Target").fill("12")
    accessible(page)
    dialog.get_by_role("button", name="Set a goal").click()
    team = page.get_by_role("row").filter(has_text="Inbound")
    expect(team).to_contain_text("12")

    team.get_by_role("button", name="More about SALs of Inbound").click()
    page.get_by_role("menuitem", name="Change").click()
    dialog.get_by_label("Target").fill("15")
    dialog.get_by_role("button", name="Change").click()
    expect(team).to_contain_text("15")
    expect(team).to_have_count(1)
    page.keyboard.press("z")
    expect(team).to_contain_text("12")
    expect(team).to_have_count(1)

    team.get_by_role("button", name="More about SALs of Inbound").click()
    page.get_by_role("menuitem", name="End").click()
    accessible(page)
    dialog.get_by_role("button", name="End").click()
    expect(team).not_to_contain_text("further notice")
    page.keyboard.press("z")
    expect(team).to_contain_text("further notice")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as begun:
        page.get_by_role("menuitem", name="CSV").click()
    assert begun.value.suggested_filename.startswith("goals-")


def test_the_scoreboard_tells_by_charts_tables_and_files(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", "/scoreboard")
    expect(page.get_by_role("region", name="Leader board")).to_be_visible()
    trend = page.get_by_role("region", name="Day by day")
    trend.get_by_role("button", name=re.compile("Calls")).click()
    page.get_by_role("option", name="Funnel").click()
    trend.get_by_text("These numbers as a table").click()
    expect(trend.get_by_role("columnheader", name="MQLs")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as begun:
        page.get_by_role("menuitem", name="CSV").click()
    assert begun.value.suggested_filename.endswith(".csv")
    expect(page.get_by_role("button", name="Set a goal")).to_have_count(0)


@pytest.mark.parametrize("path", ["/manager/scoring", "/manager/goals"])
def test_a_rep_neither_scores_nor_sets_goals(window: Windows, world: World, path: str) -> None:
    page = window("rep", path)
    expect(page.get_by_text("Not for your role")).to_be_visible()


def test_who_may_score_but_set_no_goals_sees_just_that(window: Windows, world: World) -> None:
    page = window("marketing", "/manager")
    expect(page.get_by_role("link", name="Scoring")).to_be_visible()
    expect(page.get_by_role("link", name="Goals")).to_have_count(0)
    page.goto("/manager/goals")
    expect(page.get_by_text("Not for your role")).to_be_visible()
