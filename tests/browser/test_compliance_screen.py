"""The calling rules on screen: a number is checked, the own limits are set, a number is listed and taken off."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows
from offhook.compliance import CallingSettings, settings
from offhook.kernel.database import SYSTEM

Accessible = Callable[[Page], None]

LISTED = "+12125550123"


def check(page: Page, number: str) -> None:
    """Ask about a number."""
    box = page.get_by_role("region", name="May we call?")
    box.get_by_label("Number").fill(number)
    box.get_by_role("button", name="Check").click()


def test_a_number_is_listed_explained_and_taken_off_again(window: Windows, accessible: Accessible) -> None:
    page = window("admin", "/settings/calling")
    page.get_by_role("button", name="Add a number").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Number").fill("(212) 555-0123")
    dialog.get_by_label("Reason").fill("Asked by letter")
    accessible(page)
    page.keyboard.press("Enter")
    row = page.get_by_role("table", name="Do-not-call list").get_by_role("row", name=re.compile(r"\+12125550123"))
    expect(row).to_contain_text("Asked by letter")
    check(page, LISTED)
    verdict = page.get_by_role("region", name="May we call?").get_by_role("status")
    expect(verdict).to_contain_text("May not be called now")
    expect(verdict).to_contain_text("“Your own list”")
    accessible(page)
    page.get_by_label("Find a number").fill("305")
    expect(page.get_by_text("No number begins so")).to_be_visible()
    page.get_by_label("Find a number").fill("")
    row.get_by_role("button", name=f"Remove {LISTED}").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Asked to be called")
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("No number is on your list")).to_be_visible()


def test_a_registry_is_imported(window: Windows, tmp_path: Path, accessible: Accessible) -> None:
    registry = tmp_path / "registry.txt"
    registry.write_text("212,5550123\n305,5550123\nnonsense\n")
    page = window("manager", "/settings/calling")
    page.get_by_role("button", name="Import a registry").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("File", exact=True).set_input_files(registry)
    dialog.get_by_label("List", exact=True).fill("National registry")
    accessible(page)
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("2 numbers read: 2 added, 0 taken off.")
    expect(dialog).to_contain_text("Line 3: nonsense")
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("table", name="Registries")).to_contain_text("National registry")


def test_an_admin_sets_limits_and_a_rep_reads_them(window: Windows, accessible: Accessible) -> None:
    page = window("admin", "/settings/calling")
    limits = page.get_by_role("region", name="Your own limits")
    limits.get_by_label("Calls to one person in 24 hours").fill("2")
    limits.get_by_label("Countries that may be called").fill("Germany")
    page.keyboard.press("Enter")
    limits.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    with window.server.database.transaction(window.world.organisation_id, SYSTEM) as tx:
        assert settings(tx) == CallingSettings(attempts_per_day=2, countries=frozenset({"DE"}), version=1)
    rep = window("rep", "/settings/calling")
    shown = rep.get_by_role("region", name="Your own limits")
    expect(shown).to_contain_text("DE")
    expect(shown.get_by_role("button", name="Save")).to_have_count(0)
    expect(rep.get_by_role("button", name="Import a registry")).to_have_count(0)
    rep.get_by_label("Find a rule").fill("france")
    rules = rep.get_by_role("table", name="Rules")
    expect(rules).to_contain_text("Décret n° 2022-1313")
    expect(rules).not_to_contain_text("Florida")
    accessible(rep)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
def test_it_reads_in_every_size_and_light(
    window: Windows, scheme: str, size: tuple[int, int], accessible: Accessible
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = window("admin", "/settings/calling", viewport=viewport, color_scheme=scheme)
    check(page, "+33142685300")
    expect(page.get_by_role("region", name="May we call?").get_by_role("status")).to_contain_text("FR")
    expect(page.get_by_role("table", name="Rules")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
