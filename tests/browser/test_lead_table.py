"""The table of leads: narrowed, sorted, kept as a view, assigned in bulk, exported; smooth at thousands."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, choose, screen
from browser.world import World, respond_many

MANY = 3_000


def table(page: Page) -> list[str]:
    """The names shown, from the top."""
    rows = page.get_by_role("grid", name="Leads").get_by_role("row")
    return [one.inner_text().split("\n")[0] for one in rows.all()[1:]]


def test_it_is_narrowed_and_sorted_and_the_address_keeps_how(window: Windows, world: World) -> None:
    page = window("manager", "/leads")
    expect(page.get_by_text("5 leads")).to_be_visible()
    page.get_by_role("searchbox", name="Find by name or account").fill("lov")
    expect(page.get_by_text("1 leads")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Ada Lovelace"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("searchbox", name="Find by name or account")).to_have_value("lov")
    expect(page.get_by_text("1 leads")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("5 leads")).to_be_visible()
    choose(page, page.get_by_role("search"), "Stage", "Recycled")
    expect(page.get_by_text("No leads match")).to_be_visible()
    choose(page, page.get_by_role("search"), "Stage", "MQL")
    expect(page.get_by_text("5 leads")).to_be_visible()
    for order in ("descending", "ascending"):
        page.get_by_role("columnheader", name="Account").get_by_role("button").click()
        expect(page.locator("[aria-sort]:not([aria-sort=none])")).to_have_attribute("aria-sort", order)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Analytical Engines")
    assert "sort=account" in page.url


def test_a_lead_is_opened_by_keyboard_and_going_back_finds_the_table_as_it_was(
    window: Windows, world: World
) -> None:
    page = window("manager", "/leads?sort=name")
    page.get_by_role("row").nth(1).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("row").nth(2)).to_be_focused()
    name = page.get_by_role("row").nth(2).inner_text().split("\n")[0]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("row").nth(5)).to_be_visible()
    assert "sort=name" in page.url


def test_a_view_is_saved_shared_chosen_by_somebody_else_and_removed(window: Windows, world: World) -> None:
    page = window("manager", "/leads?q=hopper&sort=name")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    dialog = page.get_by_role("dialog", name="Save this view")
    dialog.get_by_role("textbox", name="Name").fill("Those of Hopper")
    dialog.get_by_text("Everybody may use it").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Those of Hopper")).to_be_visible()

    rep = window("rep", "/leads")
    expect(rep.get_by_text("5 leads")).to_be_visible()
    rep.get_by_role("button", name="Views").click()
    rep.get_by_role("menuitem", name="Those of Hopper (shared)").click()
    expect(rep.get_by_text("1 leads")).to_be_visible()
    expect(rep.get_by_role("searchbox", name="Find by name or account")).to_have_value("hopper")

    page.get_by_role("button", name="Those of Hopper").click()
    page.get_by_role("menuitem", name="Remove “Those of Hopper”").click()
    expect(page.get_by_text("The view “Those of Hopper” is removed.")).to_be_visible()
    assert ask(page.context.request, "GET", "/views?screen=leads")["items"] == []


def test_leads_chosen_with_the_space_bar_are_given_to_somebody_else(window: Windows, world: World) -> None:
    page = window("marketing", "/leads?sort=name")
    rows = page.get_by_role("row")
    expect(rows.nth(5)).to_be_visible()
    rows.nth(1).focus()
    page.keyboard.press(" ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(page.get_by_text("2 leads chosen")).to_be_visible()
    page.get_by_role("button", name="Reassign").click()
    dialog = page.get_by_role("dialog", name="Reassign 2 leads")
    choose(page, dialog, "To", "Rob Rep")
    dialog.get_by_label("Why").fill("Rita is full")
    dialog.get_by_role("button", name="Reassign").click()
    expect(page.get_by_text("2 leads are reassigned.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Rob Rep"))).to_have_count(2)
    expect(page.get_by_text("leads chosen")).to_have_count(0)


def test_all_that_match_are_assigned_though_not_all_were_read(window: Windows, world: World) -> None:
    respond_many(world, 400)
    page = window("manager", "/leads?q=company")
    expect(page.get_by_text("400 leads")).to_be_visible()
    page.get_by_role("checkbox", name="Select all that were read").check(force=True)
    page.get_by_role("button", name="Choose all 400 that match").click()
    page.get_by_role("button", name="Reassign").click()
    dialog = page.get_by_role("dialog", name="Reassign 400 leads")
    choose(page, dialog, "To", "Rob Rep")
    dialog.get_by_role("button", name="Reassign").click()
    expect(page.get_by_text("400 leads are reassigned.")).to_be_visible()
    counted = ask(page.context.request, "GET", f"/leads/table/count?owner_id={world.of('rep2')}")
    assert counted["count"] == 400


def test_what_is_shown_is_taken_away_as_a_file(window: Windows, world: World, tmp_path: Path) -> None:
    page = window("manager", "/leads?q=hopper")
    expect(page.get_by_text("1 leads")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as begun:
        page.get_by_role("menuitem", name="CSV").click()
    begun.value.save_as(tmp_path / "leads.csv")
    rows = [*csv.reader(io.StringIO((tmp_path / "leads.csv").read_text("utf-8-sig")))]
    assert len(rows) == 2
    assert "Grace Hopper" in rows[1]


def test_thousands_of_rows_are_scrolled_with_few_in_the_page(window: Windows, world: World) -> None:
    respond_many(world, MANY)
    page = window("manager", "/leads?sort=name")
    expect(page.get_by_text(re.compile(r"3,005\+? leads|1,000\+ leads"))).to_be_visible()
    grid = page.get_by_role("grid", name="Leads")
    seen: set[str] = set()
    most = 0
    expect(page.get_by_role("row").nth(2)).to_be_visible()
    page.get_by_role("row").nth(1).focus()
    for _ in range(12):
        seen.update(table(page))
        most = max(most, grid.get_by_role("row").count())
        before = page.locator("[data-place]").last.get_attribute("data-place")
        page.keyboard.press("End")
        page.wait_for_function(
            "before => [...document.querySelectorAll('[data-place]')].at(-1)?.dataset.place !== before", arg=before
        )
    assert most < 80, "only what is on screen, and a little more, is in the page"
    assert int(page.locator("[data-place]").last.get_attribute("data-place") or 0) > 1_000
    assert len(seen) > 150
    screen(page, "/leads")
