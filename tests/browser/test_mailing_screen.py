"""The mailing rules on screen: limits set, addresses listed and taken off, domains looked over, the way out."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import ask, choose, overflow
from browser.test_mail_screens import mailbox_at
from offhook.compliance import MailingSettings, mailing_settings
from offhook.kernel.database import SYSTEM
from offhook.mail.links import MailNamed, links_of

Accessible = Callable[[Page], None]

LISTED = "ada@engines.example"


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look."""
    folder = os.environ.get("OFFHOOK_PICTURES")
    if folder:
        before = page.viewport_size or {"width": 1440, "height": 900}
        page.set_viewport_size({"width": before["width"], "height": 2600})
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size(before)


def test_an_admin_sets_the_mailing_rules_and_a_rep_reads_them(window: Windows, accessible: Accessible) -> None:
    page = window("admin", "/settings/mailing")
    limits = page.get_by_role("region", name="Your own limits")
    limits.get_by_label("Of one mailbox in 24 hours").fill("40")
    limits.get_by_label("Seconds between two").fill("90")
    limits.get_by_text("Note when a mail is opened").click()
    choose(page, limits, "Language if", "Spanish")
    limits.get_by_label("DKIM selectors").fill("s1")
    page.keyboard.press("Enter")
    limits.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    with window.server.database.transaction(window.world.organisation_id, SYSTEM) as tx:
        assert mailing_settings(tx) == MailingSettings(
            mails_per_day=40,
            spacing_seconds=90,
            tracks_opens=True,
            language="es",
            dkim_selectors=("s1",),
            version=1,
        )
    accessible(page)
    rep = window("rep", "/settings/mailing")
    shown = rep.get_by_role("region", name="Your own limits")
    expect(shown).to_contain_text("90")
    expect(shown).to_contain_text("08:00–18:00, Mon, Tue, Wed, Thu, Fri")
    expect(shown.get_by_role("button", name="Save")).to_have_count(0)
    expect(rep.get_by_role("table", name="Where mails may be tracked")).to_contain_text("TDDDG")
    accessible(rep)


def test_an_address_is_listed_found_and_taken_off_again(
    window: Windows, accessible: Accessible, tmp_path: Path
) -> None:
    page = window("manager", "/settings/mailing")
    page.get_by_role("button", name="Add an address").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("Ada@Engines.example")
    dialog.get_by_label("Reason").fill("Asked by letter")
    accessible(page)
    page.keyboard.press("Enter")
    table = page.get_by_role("table", name="Suppression list")
    row = table.get_by_role("row", name=re.compile(LISTED))
    expect(row).to_contain_text("Asked by letter")
    file = tmp_path / "addresses.csv"
    file.write_text("email,because\nbob@engines.example,unsubscribed\nnobody\n")
    page.get_by_role("button", name="Import").click()
    dialog.get_by_label("File", exact=True).set_input_files(file)
    dialog.get_by_label("Reason").fill("From the old system")
    accessible(page)
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_contain_text("1 addresses read, 1 of them new.")
    expect(dialog).to_contain_text("Line 3: nobody")
    dialog.get_by_role("button", name="Close").last.click()
    expect(table.get_by_role("row", name=re.compile("bob@"))).to_contain_text("unsubscribed")
    page.get_by_label("Find an address").fill("xy")
    expect(page.get_by_text("No address begins so")).to_be_visible()
    page.get_by_label("Find an address").fill("ada")
    row.get_by_role("button", name=f"Remove {LISTED}").click()
    dialog.get_by_label("Reason").fill("Asked to be written to")
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("No address begins so")).to_be_visible()
    with page.expect_download() as written:
        page.get_by_role("button", name="Export").click()
    assert "bob@engines.example" in written.value.path().read_text()


def test_sending_domains_are_looked_over(window: Windows, accessible: Accessible) -> None:
    page = window("rep", "/today")
    ask(page.context.request, "POST", "/mail/mailboxes", mailbox_at(9, 9))
    page.goto("/settings/mailbox")
    panel = page.get_by_role("region", name=re.compile("Deliverability of"))
    expect(panel).to_contain_text("SPF: who may send")
    accessible(page)
    picture(page, "mailbox")
    admin = window("admin", "/settings/mailing")
    domains = admin.get_by_role("region", name="Sending domains")
    expect(domains.get_by_role("listitem")).to_have_count(5)
    expect(domains).to_contain_text("_dmarc")
    accessible(admin)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
def test_it_reads_in_every_size_and_light(
    window: Windows, scheme: str, size: tuple[int, int], accessible: Accessible
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = window("admin", "/settings/mailing", viewport=viewport, color_scheme=scheme)
    request = page.context.request
    ask(request, "POST", "/mail/mailboxes", mailbox_at(9, 9))
    for n in range(3):
        told = {"address": f"somebody.with.a.long.name.{n}@engineering.example", "reason": "asked by letter"}
        ask(request, "POST", "/compliance/mail/suppressions", told)
    page.reload()
    expect(page.get_by_role("region", name="Sending domains").get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_role("table", name="Suppression list")).to_contain_text("asked by letter")
    accessible(page)
    assert overflow(page) == 0, "nothing is cut off at the side"
    picture(page, f"mailing-{size[0]}-{scheme}")
    if scheme == "light":
        page.evaluate("localStorage.setItem('offhook.language', 'es')")
        page.reload()
        expect(page.get_by_role("region", name="Lista de exclusión")).to_be_visible()
        accessible(page)
        assert overflow(page) == 0, "nothing is cut off at the side"
        picture(page, f"mailing-{size[0]}-es")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_way_out_of_a_mail_is_a_page_that_anybody_reads(
    window: Windows, size: tuple[int, int], accessible: Accessible
) -> None:
    rep = window("rep", "/today")
    ask(rep.context.request, "POST", "/mail/mailboxes", mailbox_at(9, 9))
    lead = str(window.world.leads[1].lead_id)
    told = {"lead_id": lead, "subject": "Engines", "text": "Hello.", "is_automatic": True, "language": "es"}
    mail = ask(rep.context.request, "POST", "/mail/messages", told)
    settings = window.server.settings
    named = MailNamed(window.world.organisation_id, UUID(mail["id"]))
    path = links_of(settings).way_out(named).removeprefix(settings.base_url)
    page = window(None, path, viewport={"width": size[0], "height": size[1]})
    expect(page.get_by_role("heading", name="¿Darse de baja?")).to_be_visible()
    accessible(page)
    picture(page, f"way-out-{size[0]}")
    page.get_by_role("button", name="Darse de baja").click()
    expect(page.get_by_role("heading", name="Se ha dado de baja")).to_be_visible()
    accessible(page)
    picture(page, f"way-out-done-{size[0]}")
