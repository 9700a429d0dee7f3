"""Mail on screen: a mailbox connected and checked, a lead written to by keyboard alone, and what becomes of it."""

import json
import re
from collections.abc import Callable, Generator
from uuid import UUID

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import Windows
from browser.hands import ask, eventually, overflow, screen
from browser.world import World
from mail import post
from mail.post import HOST, PASSWORD, PostOffice
from offhook.compliance import suppress
from offhook.kernel.database import SYSTEM
from offhook.kernel.ids import new_id

Accessible = Callable[[Page], None]
REP = "rita@offhook.example"
PHONE = {"width": 390, "height": 844}
BODY = "Hello **{{ person.first_name }}**,\n\nyou work in {{ person.city }}."
MAILS = "/mail/messages"


@pytest.fixture(scope="module")
def office() -> Generator[PostOffice]:
    """Postfix and Dovecot with the rep's mailbox; the leads' addresses receive as well."""
    missing = post.why_not()
    if missing:
        pytest.skip(missing)
    opening = post.open_post_office([REP], ["offhook.example", "harbor.example"])
    with opening as opened, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(opened.certificate))
        yield opened


def mailbox_at(smtp_port: int, imap_port: int) -> dict[str, object]:
    """A mailbox as it is told to the server."""
    servers = {"smtp_host": HOST, "smtp_port": smtp_port, "imap_host": HOST, "imap_port": imap_port}
    return {"address": f"{new_id().hex}@offhook.example", "password": "x", "signature": "**Rita**", **servers}


def a_template(page: Page, name: str, body: str = BODY) -> None:
    """A template of the rep's own."""
    variants = [{"subject": "About {{ account.name }}", "body": body}]
    ask(page.context.request, "POST", "/mail/templates", {"name": name, "variants": variants})


def on_lead(window: Windows, world: World, path: str = "") -> Page:
    """The rep before a lead whose mailbox is at a server that nobody reaches."""
    page = window("rep", path or f"/leads/{world.leads[0].lead_id}")
    ask(page.context.request, "POST", "/mail/mailboxes", mailbox_at(9, 9))
    expect(page.get_by_role("button", name=re.compile("^Write a mail"))).to_be_visible()
    return page


def begin(page: Page) -> None:
    """Press the key and wait for the form: who has templates begins by choosing one."""
    page.keyboard.press("m")
    expect(page.get_by_role("combobox", name="Template")).to_be_focused()


def begin_without(page: Page) -> None:
    """Press the key and wait for the form of who has no template."""
    page.keyboard.press("m")
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()


def mails(page: Page) -> list[dict[str, str]]:
    """The rep's mails as the server has them, the newest first."""
    return ask(page.context.request, "GET", MAILS)["items"]


def test_a_mailbox_is_connected_checked_mended_and_seen_by_the_admin(
    window: Windows, office: PostOffice, accessible: Accessible
) -> None:
    page = window("rep", "/settings/mailbox")
    page.get_by_role("textbox", name="E-mail address").fill(REP)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    for place, port in enumerate((1, office.imaps)):
        page.get_by_role("textbox", name="Host").nth(place).fill(HOST)
        page.get_by_role("textbox", name="Port").nth(place).fill(str(port))
    accessible(page)
    page.get_by_role("button", name="Connect my mailbox").click()
    found = page.get_by_role("region", name="How it stands")
    expect(found).to_contain_text("Sending does not work. 127.0.0.1:1 refuses the connection")
    expect(found).to_contain_text("Reading: the server lets you in. Copies of sent mail go to the folder")
    expect(found).to_contain_text("Refuses")
    accessible(page)
    admin = window("admin", "/settings/mailbox")
    row = admin.get_by_role("row", name=re.compile(REP))
    expect(row).to_contain_text("Rita Rep")
    expect(row).to_contain_text("Refuses")
    accessible(admin)
    page.get_by_role("textbox", name="Port").first.fill(str(office.submission))
    page.get_by_role("textbox", name="Signature").fill("**Rita**")
    page.keyboard.press("Control+s")
    expect(found).to_contain_text("Sending: the server lets you in")
    expect(found).to_contain_text("Ready to send")
    row.get_by_role("link", name=REP).click()
    expect(admin.get_by_role("heading", name="Rita Rep's mailbox")).to_be_visible()
    expect(admin.get_by_role("textbox", name="Signature")).to_have_value("**Rita**")
    expect(admin.get_by_role("textbox", name="Password")).to_have_value("")
    admin.get_by_role("button", name="Remove this mailbox").click()
    admin.get_by_role("button", name="Remove", exact=True).click()
    expect(admin.get_by_text("No mailbox yet")).to_be_visible()


def test_a_lead_is_written_to_by_keyboard_alone_and_the_mail_stands_on_the_timeline(
    window: Windows, world: World, office: PostOffice, accessible: Accessible
) -> None:
    page = window("rep", f"/leads/{world.leads[0].lead_id}")
    box = mailbox_at(office.submission, office.imaps) | {"address": REP, "password": PASSWORD}
    ask(page.context.request, "POST", "/mail/mailboxes", box)
    a_template(page, "After the webinar")
    expect(page.get_by_role("button", name=re.compile("^Write a mail"))).to_be_visible()
    begin(page)
    accessible(page)
    page.keyboard.type("after")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    text = page.get_by_role("textbox", name="Text")
    expect(text).to_be_focused()
    expect(text).to_have_value("Hello **Grace**,\n\nyou work in .")
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("About Harbor Systems")
    expect(page.get_by_text("The template has nothing to say for City.")).to_be_visible()
    accessible(page)
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\nP.S. *Soon*")
    file = {"name": "Präis.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.locator("input[type=file]").set_input_files(file)  # pyright: ignore[reportArgumentType] # a file in memory
    expect(page.get_by_role("list", name="Files")).to_contain_text("Präis.pdf")
    page.keyboard.press("Control+Enter")
    under_way = page.get_by_role("list", name="Mails under way")
    expect(under_way).to_contain_text("Goes out in a moment.")
    accessible(page)
    expect(page.get_by_text("E-mail sent").nth(1)).to_be_visible()
    expect(under_way).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("P.S. Soon")
    expect(page.get_by_role("main")).to_contain_text("Präis.pdf")
    (mail,) = office.await_mails("grace@harbor.example", 1)
    assert mail["Subject"] == "About Harbor Systems"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Präis.pdf"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<strong>Grace</strong>" in html.get_content()
    assert "<strong>Rita</strong>" in html.get_content(), "the signature"


def test_what_was_sent_is_taken_back_within_seconds_and_is_a_draft_again(window: Windows, world: World) -> None:
    page = on_lead(window, world)
    begin_without(page)
    page.get_by_role("textbox", name="Subject").fill("Hello")
    page.get_by_role("textbox", name="Text").fill("My own words")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("goes out in a few seconds")).to_be_visible()
    page.keyboard.press("z")
    text = page.get_by_role("textbox", name="Text")
    expect(text).to_have_value("My own words")
    expect(text).to_be_focused()
    assert [one["state"] for one in mails(page)] == ["withdrawn"]
    page.keyboard.press("Control+Enter")
    eventually(lambda: [one["state"] for one in mails(page)] == ["queued", "withdrawn"])


def test_a_draft_survives_a_reload_and_a_server_that_fails_and_goes_once(window: Windows, world: World) -> None:
    page = on_lead(window, world)
    begin_without(page)
    page.get_by_role("textbox", name="Subject").fill("Hello")
    page.get_by_role("textbox", name="Text").fill("Long <b>thought</b> of 🦜")
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^Write a mail"))).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Long <b>thought</b> of 🦜")
    seen: list[str] = []

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        seen.append(json.loads(route.request.post_data or "{}")["key"])
        route.abort()

    page.route("**/api/v1/mail/messages", lose_the_answer, times=1)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("Hello")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("goes out in a few seconds")).to_be_visible()
    assert len(seen) == 1
    assert len(mails(page)) == 1, "sent again with the same key, it is one mail"
    begin_without(page)
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("")
    window.expect_errors("net::ERR_FAILED")


def test_a_template_over_what_was_written_can_be_taken_back(window: Windows, world: World) -> None:
    page = on_lead(window, world)
    a_template(page, "After the webinar")
    begin(page)
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Subject").fill("Mine")
    page.get_by_role("textbox", name="Text").fill("My own words")
    page.get_by_role("combobox", name="Template").fill("after")
    page.get_by_role("option", name="After the webinar").click()
    expect(page.get_by_role("textbox", name="Subject")).to_have_value("About Harbor Systems")
    page.get_by_role("button", name="Bring that back").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("My own words")


def test_what_stands_against_a_mail_is_told_before_it_is_written(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("rep", f"/leads/{world.leads[0].lead_id}")
    expect(page.get_by_role("button", name=re.compile("^Write a mail"))).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog")).to_contain_text("You have no mailbox yet")
    expect(page.get_by_role("link", name="Connect my mailbox")).to_be_visible()
    page.keyboard.press("Escape")
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        suppress(tx, "grace@harbor.example", "asked by letter")
    page.keyboard.press("m")
    expect(page.get_by_role("alert")).to_contain_text("asked by letter")
    expect(page.get_by_role("textbox", name="Text")).to_have_count(0)
    accessible(page)


def test_a_mail_that_failed_or_may_have_been_sent_is_decided_on_where_it_stands(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = on_lead(window, world)
    lead_id = str(world.leads[0].lead_id)
    made = [
        ask(page.context.request, "POST", MAILS, {"lead_id": lead_id, "subject": subject, "text": "x"})["id"]
        for subject in ("Refused", "Doubtful")
    ]
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        for identifier, state in zip(made, ("failed", "in_doubt"), strict=True):
            tx.execute(
                "UPDATE mail_message SET state = %(state)s, send_at = NULL, reason = %(reason)s WHERE id = %(id)s",
                id=UUID(identifier),
                state=state,
                reason=f"The server said {state}.",
            )
    page.reload()
    failed = page.get_by_role("listitem").filter(has_text="Refused")
    doubtful = page.get_by_role("listitem").filter(has_text="Doubtful")
    expect(failed).to_contain_text("Not sent")
    expect(failed).to_contain_text("The server said failed.")
    expect(doubtful).to_contain_text("Maybe sent")
    accessible(page)
    page.set_viewport_size(PHONE)
    assert overflow(page) == 0
    doubtful.get_by_role("button", name="It was sent").click()
    expect(page.get_by_text("Logged as sent.")).to_be_visible()
    failed.get_by_role("button", name="Send again").click()
    expect(failed).to_contain_text("Waits")
    failed.get_by_role("button", name="Do not send").click()
    expect(page.get_by_role("list", name="Mails under way")).to_have_count(0)
    assert [one["state"] for one in mails(page)] == ["sent", "withdrawn"]


def test_writing_stands_on_a_phone_in_the_dark_and_in_spanish(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = on_lead(window, world)
    page.evaluate("localStorage.setItem('offhook.language', 'es')")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    screen(page, f"/leads/{world.leads[0].lead_id}")
    page.get_by_role("button", name=re.compile("^Escribir un correo")).click()
    expect(page.get_by_role("heading", name="Correo a Grace Hopper")).to_be_visible()
    accessible(page)
    assert overflow(page) == 0
