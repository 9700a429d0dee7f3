"""Demand generation's screens: campaigns and their funnel, what became of the leads, and the import of a file."""

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from browser.conftest import Server, Windows
from browser.world import World
from intake.files import a_file, a_workbook
from offhook.identity import actor_of
from offhook.intake import ImportOptions
from offhook.intake.run import start_run
from offhook.intake.service import files_folder
from offhook.kernel.jobs import only_one
from offhook.leads import disqualify

Accessible = Callable[[Page], None]
HEADINGS = ("Full name", "Work email", "Phone", "Company", "Owner", "Remark")
HOSTILE = "<script>window.broken = true</script><img src=x onerror='window.broken = true'>"
FOREIGN = "\u202eمرحبا بالعالم\u202c 👩🏽‍🚀🦜"
LONG = "Senior" + " very" * 30 + " long title"


def rows_of(world: World) -> list[Sequence[str]]:
    """A good row, one with a number that cannot be one, and one that tells of nobody."""
    rep = world.users["rep"].email
    return [
        HEADINGS,
        ("Lise Meitner", "lise@fission.example", "+12125550160", "Fission Works", rep, "met at the stand"),
        ("Emmy Noether", "emmy@rings.example", "12", "Rings", rep, ""),
        ("", "nobody@", "", "", "", "who was it?"),
    ]


def importing(window: Windows, world: World) -> Page:
    """The first step of an import into the world's campaign."""
    page = window("marketing", f"/campaigns/{world.campaign.id}/import")
    expect(page.get_by_role("button", name="Choose a file")).to_be_focused()
    return page


def choose(page: Page, path: Path) -> None:
    """Choose a file by keyboard. What listens beforehand is there when the chooser opens."""
    page.on("filechooser", lambda _: None)
    expect(page.get_by_text(re.compile("^Up to"))).to_be_visible()
    page.get_by_role("button", name="Choose a file").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(path)


def taken_for(page: Page, column: str) -> Locator:
    """What a column is taken for, and may be said to be."""
    return page.get_by_role("button", name=f"{column} is taken for")


def take_in(page: Page, rows: int) -> None:
    """Import the file that is looked at, by keyboard, and wait until it is in."""
    button = page.get_by_role("button", name=f"Import {rows} row")
    expect(button).to_be_enabled()
    button.press("Enter")
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}$"))
    expect(page.get_by_text("Done", exact=True)).to_be_visible()


def counted(page: Page) -> list[str]:
    """What an import came to: imported, merged, rejected, with errors."""
    tiles = page.get_by_role("listitem").filter(
        has_text=re.compile("new persons|known already|tell of nobody|something left out")
    )
    return [one.inner_text().split("\n")[1] for one in tiles.all()]


def row(page: Page, text: str) -> Locator:
    """The row of a table that holds this text."""
    return page.get_by_role("row").filter(has_text=text)


def test_a_file_with_a_bad_row_is_imported_and_the_rep_sees_the_new_lead_at_once(
    window: Windows, world: World, accessible: Accessible, tmp_path: Path
) -> None:
    rep = window("rep", "/today")
    expect(rep.get_by_role("listitem").filter(has_text="Grace Hopper")).to_be_visible()
    page = window("marketing", "/")
    page.wait_for_url("**/campaigns")
    page.get_by_role("link", name="Autumn webinar").click()
    expect(page.get_by_role("table", name="What became of them")).to_be_visible()
    page.get_by_role("button", name="Import a file").press("Enter")
    expect(page.get_by_role("button", name="Choose a file")).to_be_focused()
    accessible(page)
    choose(page, a_file(tmp_path, rows_of(world)))

    summary = page.get_by_role("list", name="What the file holds")
    expect(summary.get_by_role("listitem")).to_have_text(
        ["3 rows", "2 can go in", "0 about somebody on record", "1 rejected"]
    )
    expect(taken_for(page, "Work email")).to_contain_text("E-mail")
    expect(row(page, "too short")).to_be_visible()
    accessible(page)
    taken_for(page, "Remark").press("Enter")
    page.keyboard.type("Content")
    page.keyboard.press("Enter")
    expect(row(page, "Remark").get_by_text("chosen")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Content answered")).to_be_visible()

    take_in(page, 3)
    assert counted(page) == ["2", "0", "1", "2"]
    expect(row(page, "too short")).to_contain_text("Phone 12 too short")
    expect(row(page, "nobody@")).to_contain_text("rejected")
    accessible(page)
    expect(rep.get_by_role("listitem").filter(has_text="Lise Meitner")).to_be_visible()
    expect(rep.get_by_role("listitem").filter(has_text="Emmy Noether")).to_be_visible()


def test_the_report_of_errors_is_downloaded_mended_and_sent_again(
    window: Windows, world: World, tmp_path: Path
) -> None:
    page = importing(window, world)
    choose(page, a_file(tmp_path, rows_of(world)))
    take_in(page, 3)
    page.get_by_role("button", name="Report to mend").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV").press("Enter")
    mended = tmp_path / "mended.csv"
    report = download.value.path().read_text("utf-8-sig")
    assert "nobody@" in report
    assert "lise@fission.example" not in report, "what went in whole is not in the report"
    mended.write_text(report.replace("nobody@", "nobody@noone.example").replace(",12,", ",+12125550161,"), "utf-8")
    page.get_by_role("button", name="Send the mended file").press("Enter")
    choose(page, mended)
    take_in(page, 2)
    assert counted(page) == ["1", "1", "0", "0"]


def test_hostile_text_in_cells_is_shown_harmless_and_whole(
    window: Windows, world: World, accessible: Accessible, tmp_path: Path
) -> None:
    page = importing(window, world)
    head = ("Full name", "Email", "Job title", HOSTILE)
    body = [(HOSTILE, "one@hostile.example", FOREIGN, LONG), (FOREIGN, "two@hostile.example", LONG, HOSTILE)]
    choose(page, a_workbook(tmp_path, [head, *body]))
    shown = page.get_by_role("region", name="First rows as they would go in")
    for text in (HOSTILE, LONG, "مرحبا بالعالم"):
        expect(shown).to_contain_text(text)
    expect(taken_for(page, HOSTILE)).to_be_visible()
    accessible(page)
    take_in(page, 2)
    page.get_by_role("link", name="Autumn webinar").click()
    leads = page.get_by_role("table", name="What became of them")
    expect(leads.get_by_role("link", name="<script>")).to_be_visible()
    expect(leads.get_by_text(LONG)).to_be_visible()
    expect(leads.get_by_text("🦜").first).to_be_visible()
    accessible(page)
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page grew sideways"


def test_what_was_chosen_stays_while_the_server_fails_and_when_one_looks_elsewhere(
    window: Windows, world: World, tmp_path: Path
) -> None:
    page = importing(window, world)
    choose(page, a_file(tmp_path, rows_of(world)))
    remark = taken_for(page, "Remark")
    remark.press("Enter")
    page.keyboard.type("Job title")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Import 3 rows")
    expect(button).to_be_enabled()
    page.route("**/api/v1/imports?*", lambda route: route.fulfill(status=503, body="down"))
    button.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(remark).to_have_text("Job title")
    page.unroute("**/api/v1/imports?*")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Leads").click()
    expect(page.get_by_role("heading", name="Leads", level=1)).to_be_visible()
    page.go_back()
    expect(remark).to_have_text("Job title")
    take_in(page, 3)
    window.expect_errors("503")


def test_a_reload_that_would_lose_the_chosen_file_is_asked_about(
    window: Windows, world: World, tmp_path: Path
) -> None:
    page = importing(window, world)
    choose(page, a_file(tmp_path, rows_of(world)))
    expect(taken_for(page, "Work email")).to_be_visible()
    with page.expect_event("dialog") as asked:
        page.evaluate("setTimeout(() => location.reload(), 0)")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(taken_for(page, "Work email")).to_be_visible()
    page.get_by_role("button", name="Another file").click()
    page.reload()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()


def test_a_file_that_cannot_be_imported_is_refused_with_what_to_do(
    window: Windows, world: World, accessible: Accessible, tmp_path: Path
) -> None:
    page = importing(window, world)
    empty, picture, headings, nobody = (tmp_path / name for name in ("e.csv", "p.png", "h.csv", "n.csv"))
    empty.write_bytes(b"")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    headings.write_text("Name,Email\n")
    nobody.write_text("Colour,Size\nred,2\n")
    choose(page, empty)
    expect(page.get_by_role("alert")).to_have_text("“e.csv” is empty. Choose a file with headings and rows.")
    accessible(page)
    choose(page, picture)
    expect(page.get_by_role("alert")).to_contain_text("p.png")
    accessible(page)
    page.get_by_role("button", name="Another file").press("Enter")
    choose(page, headings)
    expect(page.get_by_text("there is nothing to import")).to_be_visible()
    expect(page.get_by_role("button", name="Import 0 rows")).to_be_disabled()
    page.get_by_role("button", name="Another file").press("Enter")
    choose(page, nobody)
    expect(page.get_by_text("No column says who somebody is.")).to_be_visible()
    expect(page.get_by_role("button", name="Import 1 row")).to_be_disabled()
    window.expect_errors("422")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    window: Windows, world: World, tmp_path: Path
) -> None:
    page = window("marketing")
    limits = {"largest_bytes": 1024, "most_columns": 10, "suffixes": [".csv"]}
    page.route("**/api/v1/imports/limits", lambda route: route.fulfill(json=limits))
    page.goto(f"/campaigns/{world.campaign.id}/import")
    expect(page.get_by_text("Up to 1 kB")).to_be_visible()
    choose(page, a_file(tmp_path, [HEADINGS, *[("x" * 90,) * 6] * 9]))
    expect(page.get_by_role("alert")).to_contain_text("at most 1 kB are taken")


def test_an_import_is_stopped_survives_a_reload_and_goes_on(
    window: Windows, world: World, server: Server, accessible: Accessible, tmp_path: Path
) -> None:
    path = a_file(tmp_path, rows_of(world))
    with ExitStack() as held:
        with world.database.transaction(world.organisation_id, actor_of(world.users["marketing"])) as tx:
            run, _ = start_run(tx, path, world.campaign.id, ImportOptions(), files_folder(server.settings))
            held.enter_context(only_one(world.database, f"import:{run.id}"))
        page = window("marketing", f"/campaigns/{world.campaign.id}/imports")
        expect(row(page, path.name).get_by_text("Waiting")).to_be_visible()
        accessible(page)
        page.get_by_role("link", name=path.name).click()
        expect(page.get_by_text("The server has the file")).to_be_visible()
        page.reload()
        expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
        accessible(page)
        page.get_by_role("button", name="Stop").press("Enter")
        expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
        page.reload()
        expect(page.get_by_text("What is in stays in.")).to_be_visible()
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert counted(page) == ["2", "0", "1", "2"]


def test_the_funnel_shows_counts_and_shares_and_follows_what_happens(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("marketing", "/campaigns")
    expect(row(page, "Autumn webinar")).to_contain_text("Webinar")
    accessible(page)
    page.get_by_role("link", name="Autumn webinar").click()
    funnel = page.get_by_role("table", name="Funnel")
    expect(funnel.get_by_role("row").nth(1)).to_have_text(re.compile(r"Responses\s*5\s*100%"))
    expect(funnel.get_by_role("row").nth(2)).to_have_text(re.compile(r"MQL\s*5\s*100%\s*100%"))
    expect(funnel.get_by_role("row").nth(4)).to_have_text(re.compile(r"SQL\s*0\s*–\s*0%"))
    leads = page.get_by_role("table", name="What became of them")
    expect(leads.get_by_role("row")).to_have_count(6)
    expect(row(page, "Grace Hopper")).to_contain_text("Marketing gave it to Rita Rep.")
    accessible(page)
    with world.database.transaction(world.organisation_id, actor_of(world.users["rep"])) as tx:
        disqualify(tx, world.leads[0].lead_id, "no_need")
    expect(row(page, "Grace Hopper").get_by_text("Disqualified")).to_be_visible()
    page.get_by_role("button", name=re.compile("Any stage")).press("Enter")
    page.get_by_role("option", name="Disqualified").click()
    expect(leads.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Grace Hopper").click()
    expect(page.get_by_role("heading", name="Grace Hopper", level=1)).to_be_visible()


def test_a_period_is_in_the_address_and_counts_those_who_responded_in_it(window: Windows, world: World) -> None:
    page = window("marketing", "/campaigns?responded=own&to=2020-01-01")
    expect(row(page, "Autumn webinar").get_by_text("none yet")).to_be_visible()
    page.get_by_role("button", name=re.compile("Own days")).press("Enter")
    page.get_by_role("option", name="Last 30 days").click()
    page.wait_for_url("**/campaigns?responded=month")
    expect(row(page, "Autumn webinar").get_by_role("cell", name="5", exact=True)).to_be_visible()


def test_a_campaign_is_added_changed_and_reached_by_keyboard(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("manager", "/scoreboard")
    expect(page.get_by_role("heading", name="Scoreboard", level=1)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.get_by_role("button", name="New campaign").press("Enter")
    page.keyboard.type("autumn WEBINAR")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("already")
    page.get_by_role("textbox", name="Name").fill("Fair Berlin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fair Berlin", level=1)).to_be_visible()
    expect(page.get_by_text("Nobody responded yet")).to_be_visible()
    page.get_by_role("button", name="Edit").press("Enter")
    page.get_by_role("dialog").get_by_role("switch").press("Space")
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_text("marketing: every responder")).to_be_visible()
    window.expect_errors("409")


def test_a_rep_is_told_that_importing_is_not_theirs(window: Windows, world: World, accessible: Accessible) -> None:
    page = window("rep", "/campaigns/import")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    accessible(page)
    page.goto(f"/campaigns/{world.campaign.id}/import")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    page.goto("/campaigns")
    expect(page.get_by_role("link", name="Autumn webinar")).to_be_visible()
    expect(page.get_by_role("button", name="Import a file")).to_have_count(0)
    expect(page.get_by_role("button", name="New campaign")).to_have_count(0)


def test_a_file_may_be_chosen_before_its_campaign(window: Windows, world: World, tmp_path: Path) -> None:
    page = window("marketing", "/campaigns/import")
    choose(page, a_file(tmp_path, rows_of(world)))
    expect(page.get_by_text("Choose the campaign above first.")).to_be_visible()
    expect(page.get_by_role("button", name="Import 3 rows")).to_be_disabled()
    page.get_by_role("combobox", name="Campaign").fill("autumn")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/campaigns/{world.campaign.id}/import")
    take_in(page, 3)


def test_the_screens_say_it_when_they_cannot_be_read(window: Windows, world: World) -> None:
    page = window("marketing")
    page.route(
        "**/api/v1/campaigns/funnel*", lambda route: route.fulfill(status=500, json={"detail": "Out of order."})
    )
    page.goto("/campaigns")
    expect(page.get_by_text("Out of order.")).to_be_visible()
    page.unroute("**/api/v1/campaigns/funnel*")
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_role("link", name="Autumn webinar")).to_be_visible()
    page.goto("/campaigns/0190e0a0-0000-7000-8000-000000000000")
    expect(page.get_by_text("There is no campaign")).to_be_visible()
    window.expect_errors("500", "404")
