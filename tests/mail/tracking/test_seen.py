"""Opens and clicks: where they may be noted, by persons and programs apart, and never a way to lead astray."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from identity.factories import a_token
from mail.conftest import REP, NewWriter, Writer
from mail.post import PostOffice
from offhook import identity, people
from offhook.compliance import MailingSettings, set_mailing_settings
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.links import Links, MailNamed, links_of
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.model import Mail
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id
from offhook.mail.tracking.judging import SOON, machine_behind, programs
from offhook.web.app import create_app

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
HTML = '<p>Hello <a href="https://acme.example/pricing?plan=team&amp;n=1">prices</a></p>'
URL = "https://acme.example/pricing?plan=team&n=1"


def kinds(tx: Transaction, mail: Mail) -> list[str]:
    """The kinds of events about a mail, but for its way out of the door."""
    return tx.scalars(
        str,
        "SELECT kind FROM event WHERE subject = %(subject)s AND kind NOT IN ('mail.queued', 'mail.sent')"
        " ORDER BY id",
        subject=f"mail:{mail.id}",
    )


def wants(writer: Writer, **wanted: object) -> None:
    """What the organisation wants."""
    with writer.begin() as tx:
        version = tx.scalar(int, "SELECT version FROM mailing_settings") or 0
        set_mailing_settings(tx, MailingSettings(**wanted, version=version))  # type: ignore[arg-type] # by name


def is_in(writer: Writer, country: str) -> None:
    """The lead's person lives there."""
    with writer.begin() as tx:
        person = people.person(tx, writer.person())
        people.change_person(tx, person.id, person.version, {"country": country})


@pytest.fixture
def visitor(database: Database, settings: Settings) -> TestClient:
    """Somebody outside."""
    return TestClient(create_app(database, settings), follow_redirects=False, headers={"user-agent": FIREFOX})


def sent(writer: Writer, office: PostOffice, seal: Seal, links: Links) -> tuple[Mail, EmailMessage]:
    """A mail that was sent, and as it arrived."""
    mail = writer.write(html=HTML)
    send_due(writer.database, seal, links, writer.organisation)
    (received,) = office.await_mails(writer.to, 1)
    return mail, received


def html_of(received: EmailMessage) -> str:
    """Its HTML."""
    part = received.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def addresses(html: str) -> tuple[str, str]:
    """The picture's and the link's."""
    (picture,) = re.findall(r'<img src="([^"]+)"', html)
    (link,) = re.findall(r'href="([^"]+)"', html)
    return unescape(picture), unescape(link)


def local(url: str) -> str:
    """An address without its host."""
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def test_nothing_is_tracked_unless_it_is_wanted_and_the_country_lets_it(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    is_in(writer, "US")
    _, received = sent(writer, office, seal, links)
    assert html_of(received).strip() == HTML

    wants(writer, tracks_opens=True, tracks_clicks=True)
    is_in(writer, "DE")
    writer.write(html=HTML)
    send_due(writer.database, seal, links, writer.organisation)
    assert [html_of(one).strip() for one in office.await_mails(writer.to, 2)] == [HTML, HTML]


def test_a_persons_open_and_click_are_noted_once_and_a_machines_apart(
    writer: Writer, office: PostOffice, seal: Seal, clock: SetClock, visitor: TestClient, settings: Settings
) -> None:
    wants(writer, tracks_opens=True, tracks_clicks=True)
    is_in(writer, "US")
    links = links_of(settings)
    mail, received = sent(writer, office, seal, links)
    file_due(writer.database, seal, links, writer.organisation)
    picture, link = map(local, addresses(html_of(received)))
    assert (
        html_of(
            next(one for one in office.received(REP, "Gesendet") if one["Message-ID"] == mail.message_id)
        ).strip()
        == HTML
    )

    at_once = visitor.get(picture)
    assert (at_once.status_code, at_once.headers["content-type"]) == (200, "image/gif")
    clock.advance(timedelta(minutes=5))
    visitor.get(picture, headers={"user-agent": GMAIL})
    with writer.begin() as tx:
        assert mail_by_id(tx, mail.id).opened_at is None
        assert kinds(tx, mail) == []
    for _ in range(3):
        visitor.get(picture)
        followed = visitor.get(link)
        assert (followed.status_code, followed.headers["location"]) == (302, URL)
    visitor.head(link)

    with writer.begin() as tx:
        seen = mail_by_id(tx, mail.id)
        assert (seen.opened_at, seen.clicked_at) == (clock.now(), clock.now())
        assert kinds(tx, mail) == ["mail.opened", "mail.clicked"]
        token = a_token(tx, identity.user(tx, writer.mailbox.user_id))
    told = visitor.get(f"/api/v1/mail/messages/{mail.id}/seen", headers={"authorization": f"Bearer {token}"})
    counted = {(one["kind"], one["by_machine"]): one for one in told.json()["items"]}
    assert counted["opened", True]["times"] == 2
    assert counted["opened", False]["times"] == 3
    assert (counted["clicked", False]["times"], counted["clicked", False]["url"]) == (3, URL)
    assert "within 10 s" in counted["opened", True]["because"]


def test_a_changed_link_leads_nowhere_and_notes_nothing(
    new_writer: NewWriter, visitor: TestClient, settings: Settings, organisation: object
) -> None:
    writer = new_writer(587, 993)
    mail = writer.write(html=HTML)
    named = MailNamed(writer.organisation, mail.id)
    link, picture = links_of(settings).followed(named, URL), links_of(settings).pixel(named)
    path = urlsplit(link).path

    for changed in (
        f"{path}?to=https://evil.example/",
        f"{path}?to={URL.replace('&', '%26')}x",
        path,
        f"{path[:-4]}AAAA?{urlsplit(link).query}",
        f"/m/c/x?{urlsplit(link).query}",
        f"{path}?to=https://evil.example/&{urlsplit(link).query.replace('to=', 'x=')}",
        f"{path}?to=//evil.example",
    ):
        answer = visitor.get(changed)
        assert answer.status_code == 404, changed
        assert "location" not in answer.headers
    assert visitor.get(local(picture)[:-9] + "AAAAA.gif").status_code == 404
    with writer.begin() as tx:
        assert tx.scalar(int, "SELECT count(*)::int FROM mail_seen") == 0


def test_who_turned_it_off_notes_nothing_more_and_links_lead_on(
    writer: Writer, office: PostOffice, seal: Seal, clock: SetClock, visitor: TestClient, settings: Settings
) -> None:
    wants(writer, tracks_opens=True, tracks_clicks=True)
    is_in(writer, "US")
    mail, received = sent(writer, office, seal, links_of(settings))
    wants(writer)
    clock.advance(timedelta(minutes=5))
    picture, link = map(local, addresses(html_of(received)))

    assert visitor.get(picture).status_code == 200
    assert visitor.get(link).headers["location"] == URL
    with writer.begin() as tx:
        assert kinds(tx, mail) == []
        assert tx.scalar(int, "SELECT count(*)::int FROM mail_seen") == 0


@given(seconds=st.integers(0, 10_000), program=st.sampled_from([FIREFOX, GMAIL, "", "curl/8.1", "Mozilla/5.0"]))
def test_only_a_browser_that_takes_its_time_is_a_person(seconds: int, program: str) -> None:
    now = SetClock().now()
    machine = machine_behind(program, now - timedelta(seconds=seconds), now, programs())

    assert (machine is None) == (program == FIREFOX and seconds >= SOON.seconds)
    assert machine_behind(program, None, now, programs()) is not None
