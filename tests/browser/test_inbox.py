"""The inbox on screen: what persons wrote, answered, put off, finished and handed over by keyboard."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Server, Windows
from browser.hands import overflow
from browser.world import World
from mail.incoming.test_reading import a_report
from mail.post import HOST
from offhook.identity import actor_of
from offhook.kernel.database import SYSTEM, Actor, Transaction
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.incoming.bounces import bounce_of
from offhook.mail.incoming.fetching import InboxServer
from offhook.mail.incoming.files import Cabinet, objects_of
from offhook.mail.incoming.model import Fetched
from offhook.mail.incoming.parsing import read_content, read_head
from offhook.mail.incoming.receiving import receive
from offhook.mail.mailboxes.model import Mailbox
from offhook.mail.mailboxes.service import add_mailbox
from offhook.mail.messages.model import Mail
from offhook.mail.messages.service import send_mail

Accessible = Callable[[Page], None]
PHONE = {"width": 390, "height": 844}
PIXEL = "https://tracker.example/pixel.gif"


class Post:
    """The rep's mailbox, and what comes into it, as if it had been read from its server."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._objects = objects_of(settings)
        with self._begin() as tx:
            self._mailbox: Mailbox = add_mailbox(
                tx,
                Seal("x" * 32, "mailboxes"),
                address=f"{new_id().hex}@offhook.example",
                smtp_host=HOST,
                imap_host=HOST,
                password="x",  # noqa: S106 # of nobody
                user_id=world.users["rep"].id,
                smtp_port=9,
                imap_port=9,
            )

    def _begin(self, actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
        return self._world.database.transaction(self._world.organisation_id, actor)

    def wrote(self, place: int, subject: str = "Your cranes") -> Mail:
        """A mail of the rep's to a lead."""
        with self._begin(actor_of(self._world.users["rep"])) as tx:
            return send_mail(
                tx, lead_id=self._world.leads[place].lead_id, subject_line=subject, text="Hello. Shall we talk?"
            )

    def comes(self, content: bytes) -> None:
        """A mail comes in."""
        head = read_head(content)
        at = self._world.now()
        fetched = Fetched(1, at, len(content), head, read_content(content), bounce_of(content, head))
        cabinet = Cabinet(self._world.database, self._objects, self._world.organisation_id, self._mailbox.id)
        files = cabinet.take(cast("InboxServer", None), fetched)
        with self._begin() as tx:
            assert receive(tx, self._mailbox, fetched, 1, files), "it concerns somebody"

    def answers(
        self,
        mail: Mail,
        text: str,
        *,
        sender: str = "",
        html: str = "",
        files: Sequence[tuple[str, bytes]] = (),
        **headers: str,
    ) -> None:
        """Whom the rep wrote to answers."""
        message = EmailMessage(SMTP)
        message["From"] = f"{mail.to_name} <{sender or mail.to_address}>"
        message["Subject"] = f"Re: {mail.subject}"
        message["Message-ID"] = f"<{new_id().hex}@theirs.example>"
        message["In-Reply-To"] = mail.message_id
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in files:
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self.comes(message.as_bytes())


@pytest.fixture
def post(world: World, server: Server) -> Post:
    """The rep's mailbox."""
    return Post(world, server.settings)


def furnished(post: Post) -> None:
    """An inbox with everything in it."""
    first = post.wrote(0)
    quoted = "On Mon, 2 Mar 2026 at 09:00, Rita wrote:\n> Hello. Shall we talk?"
    page = f'<p style="color:#333">Thank you, <b>Monday at ten</b> would suit me.</p><img src="{PIXEL}" width="9">'
    post.answers(first, f"Thank you, Monday at ten would suit me.\n\n{quoted}", html=page)
    post.answers(post.wrote(1, "The winter fair"), "Please call my colleague.", sender="mallory@elsewhere.example")
    away = post.wrote(2, "Spare parts")
    post.answers(away, "I am out of the office, back on 7 January.", Auto_Submitted="auto-replied")
    gone = post.wrote(3, "A quote for two cranes, with everything that belongs to them and a long subject besides")
    post.comes(a_report(gone.to_address, gone.message_id))


def test_a_reply_comes_up_without_a_reload_and_is_answered_put_off_and_finished_by_keyboard(
    window: Windows, post: Post, accessible: Accessible
) -> None:
    page = window("rep", "/today")
    expect(page.get_by_role("link", name="Inbox")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_text("Nothing waits for an answer")).to_be_visible()
    accessible(page)
    furnished(post)

    expect(page.get_by_role("link", name=re.compile("Thank you, Monday at ten"))).to_be_visible()
    accessible(page)
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.get_by_role("link", name=re.compile("Thank you, Monday at ten")).click()
    expect(page.get_by_role("heading", name="Your cranes")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    accessible(page)

    page.get_by_text("Earlier mails").click()
    expect(page.get_by_text("> Hello. Shall we talk?")).to_be_visible()
    page.keyboard.press("r")
    area = page.get_by_role("textbox", name=re.compile("^Answer to"))
    expect(area).to_be_focused()
    page.keyboard.type("Monday it is.")
    page.reload()
    expect(area).to_have_value("Monday it is.")
    area.press("Control+Enter")
    expect(page.get_by_text(re.compile("is on its way"))).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(3)
    expect(area).to_have_value("")
    page.keyboard.press("z")
    expect(area).to_have_value("Monday it is.")
    area.press("Control+Enter")
    expect(area).to_have_value("")
    expect(page.get_by_role("article")).to_have_count(3)

    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="Until when?")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text(re.compile("^Snoozed until"))).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("The conversation is done.")).to_be_visible()
    page.get_by_role("navigation", name="Inbox").get_by_role("link", name="Done").click()
    expect(page.get_by_role("region", name="Done").get_by_role("listitem")).to_have_count(1)


def test_a_mail_as_it_was_sent_asks_nobody_for_anything_until_somebody_wants_its_images(
    window: Windows, post: Post, accessible: Accessible
) -> None:
    furnished(post)
    page = window("rep", "/inbox")
    asked: list[str] = []
    page.context.route(
        "https://tracker.example/**", lambda route: (asked.append(route.request.url), route.abort())
    )
    page.get_by_role("link", name=re.compile("Thank you, Monday at ten")).click()
    page.get_by_role("button", name="Show as sent").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("b")).to_have_text("Monday at ten")
    accessible(page)
    assert asked == []
    page.get_by_role("button", name=re.compile("^Load 1 image")).click()
    expect(frame.locator("img")).to_have_attribute("src", PIXEL)
    assert asked == [PIXEL]
    window.expect_errors("tracker.example")


def test_another_address_is_marked_until_somebody_says_whose_it_is(
    window: Windows, post: Post, accessible: Accessible
) -> None:
    furnished(post)
    page = window("rep", "/inbox")
    page.get_by_role("link", name=re.compile("Please call my colleague")).click()
    note = page.get_by_role("note")
    expect(note).to_contain_text("counts as nobody's answer")
    accessible(page)
    note.get_by_role("button").click()
    expect(page.get_by_text(re.compile("mallory@elsewhere.example is kept as"))).to_be_visible()
    expect(note).to_have_count(0)


def test_a_colleague_takes_over(window: Windows, world: World, post: Post, accessible: Accessible) -> None:
    furnished(post)
    page = window("rep", "/inbox")
    page.get_by_role("link", name=re.compile("Thank you, Monday at ten")).click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Who looks after it?")
    accessible(page)
    dialog.get_by_role("button", name=re.compile("Rep$")).click()
    page.get_by_role("option", name=re.compile(world.users["rep2"].name)).click()
    dialog.get_by_role("button", name="Assign").click()
    expect(page.get_by_text(f"{world.users['rep2'].name} looks after it now.")).to_be_visible()
    theirs = window("rep2", "/inbox")
    expect(theirs.get_by_role("link", name=re.compile("Thank you, Monday at ten"))).to_be_visible()


def test_the_lead_says_that_somebody_waits_and_leads_to_the_answer(
    window: Windows, world: World, post: Post
) -> None:
    furnished(post)
    page = window("rep", "/today")
    expect(page.get_by_text(re.compile("waits for an answer$")).first).to_be_visible()
    page.goto(f"/leads/{world.leads[0].lead_id}")
    expect(page.get_by_text("Thank you, Monday at ten would suit me.")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Your cranes")).to_be_visible()


HTML = b"<script>document.title = 'run'</script>"
LONG = "A name that is far longer than any phone is wide and has no end in sight whatever one does about it.pdf"


def with_files(post: Post) -> None:
    """A conversation with files, of which one is too large to be kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offhook.mail.incoming.rules.LARGEST_FILES", 300_000)
        files = [
            ("offer.html", HTML),
            (LONG, b"%PDF-1.7" * 30_000),
            ("film.mp4", b"x" * 301_000),
            ("empty.txt", b""),
        ]
        post.answers(post.wrote(0), "See these.", files=files)


def saved(page: Page, name: str) -> bytes:
    """What is in a file that is saved by its link."""
    with page.expect_download() as told:
        page.get_by_role("link", name=name).click()
    assert told.value.suggested_filename == name
    return Path(told.value.path()).read_bytes()


def test_files_of_a_mail_are_saved_from_the_inbox_and_from_the_lead_and_never_shown(
    window: Windows, world: World, post: Post, accessible: Accessible
) -> None:
    with_files(post)
    page = window("rep", "/inbox")
    page.get_by_role("link", name=re.compile("See these")).click()
    files = page.get_by_role("list", name="Files").get_by_role("listitem")
    expect(files).to_have_count(4)
    expect(files.nth(2)).to_contain_text("stays in the mailbox")
    expect(files.nth(2).get_by_role("link")).to_have_count(0)
    accessible(page)
    title = page.title()
    assert saved(page, "offer.html") == HTML
    assert saved(page, "empty.txt") == b""
    assert len(saved(page, LONG)) == 240_000
    assert page.title() == title

    page.goto(f"/leads/{world.leads[0].lead_id}")
    expect(page.get_by_text("film.mp4")).to_be_visible()
    assert saved(page, "offer.html") == HTML
    accessible(page)


@pytest.mark.parametrize("locale", ["en-US", "es-ES"])
def test_all_tabs_of_the_inbox_are_seen_on_a_phone(window: Windows, post: Post, locale: str) -> None:
    page = window("rep", "/inbox", viewport=PHONE, has_touch=True, locale=locale)
    tabs = page.locator("main nav a")
    expect(tabs).to_have_count(4)
    for tab in tabs.all():
        at = tab.bounding_box()
        assert at
        assert at["x"] >= 0
        assert at["x"] + at["width"] <= PHONE["width"]


def test_the_inbox_fits_on_a_phone(window: Windows, post: Post, accessible: Accessible) -> None:
    furnished(post)
    page = window("rep", "/inbox", viewport=PHONE, has_touch=True)
    expect(page.get_by_role("link", name=re.compile("Thank you, Monday at ten"))).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_role("link", name=re.compile("A quote for two cranes")).click()
    expect(page.get_by_text(re.compile("comes back for good"))).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_role("button", name="Back to the list").click()
    with_files(post)
    page.get_by_role("link", name=re.compile("See these")).click()
    expect(page.get_by_text("film.mp4")).to_be_visible()
    assert overflow(page) <= 0
    accessible(page)
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("link", name=re.compile("A quote for two cranes"))).to_be_visible()
