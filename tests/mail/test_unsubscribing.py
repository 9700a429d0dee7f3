"""The way out of our mails: one click, at once, by the address's owner alone, never by a program that looks."""

import re
from email.message import EmailMessage

import pytest
from starlette.testclient import TestClient

from mail.conftest import NewWriter, Writer
from mail.post import PostOffice
from offhook import compliance, people
from offhook.compliance import MailingSettings, MailRefused, set_mailing_settings
from offhook.kernel.database import Database
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.links import Links, MailNamed, links_of
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id
from offhook.web.app import create_app

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def visitor(database: Database, settings: Settings) -> TestClient:
    """Somebody outside, who signs in nowhere."""
    return TestClient(create_app(database, settings))


@pytest.fixture
def offline(new_writer: NewWriter) -> Writer:
    """A writer whose server nobody asks."""
    return new_writer(587, 993)


def path_of(mail: Mail, writer: Writer, settings: Settings) -> str:
    """Where one unsubscribes."""
    return links_of(settings).way_out(MailNamed(writer.organisation, mail.id)).removeprefix(settings.base_url)


def listed(writer: Writer) -> bool:
    """Whether the address is on the list."""
    with writer.begin() as tx:
        return compliance.is_suppressed(tx, writer.to)


def test_one_click_of_the_mail_program_suppresses_the_address_at_once(
    offline: Writer, visitor: TestClient, settings: Settings
) -> None:
    mail = offline.write(is_automatic=True)
    path = path_of(mail, offline, settings)

    answer = visitor.post(path, data=ONE_CLICK)

    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text
    assert listed(offline)
    with offline.begin() as tx:
        (told,) = tx.scalars(dict, "SELECT data FROM event WHERE kind = 'mail.unsubscribed'")
        assert (told["address"], told["person_id"]) == (offline.to, str(mail.person_id))
        assert mail_by_id(tx, mail.id).unsubscribed_at is not None
        assert tx.scalar(str, "SELECT because FROM mail_suppression") == "unsubscribed"
    with pytest.raises(MailRefused, match="unsubscribed"):
        offline.write()
    visitor.post(path, data=ONE_CLICK)
    with offline.begin() as tx:
        assert tx.scalar(int, "SELECT count(*)::int FROM event WHERE kind = 'mail.unsubscribed'") == 1


def test_a_mail_program_may_send_it_as_a_form_of_either_kind(
    offline: Writer, visitor: TestClient, settings: Settings
) -> None:
    path = path_of(offline.write(is_automatic=True), offline, settings)

    assert visitor.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert listed(offline)


def test_who_looks_is_asked_and_nothing_happens_until_they_say_so(
    offline: Writer, visitor: TestClient, settings: Settings
) -> None:
    path = path_of(offline.write(is_automatic=True, language="es-MX"), offline, settings)

    page = visitor.get(path)
    assert visitor.head(path).status_code == 200
    assert visitor.post(path, data={"something": "else"}).status_code == 200

    assert page.status_code == 200
    assert '<html lang="es">' in page.text
    assert f"No enviaremos más correos a {offline.to}." in page.text
    assert "script" not in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert not listed(offline)
    (name, value) = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page.text)[0]
    assert "Se ha dado de baja" in visitor.post(path, data={name: value}).text
    assert listed(offline)
    assert "Se ha dado de baja" in visitor.get(path).text


def test_who_asked_to_be_written_to_again_can_leave_again(
    offline: Writer, visitor: TestClient, settings: Settings
) -> None:
    path = path_of(offline.write(is_automatic=True), offline, settings)
    visitor.post(path, data=ONE_CLICK)
    with offline.begin() as tx:
        compliance.mailing.unsuppress(tx, offline.to, 1, "asked by phone")

    assert "Unsubscribe?" in visitor.get(path).text
    visitor.post(path, data=ONE_CLICK)
    assert listed(offline)


def test_a_forged_link_unsubscribes_nobody(offline: Writer, visitor: TestClient, settings: Settings) -> None:
    mail = offline.write(is_automatic=True)
    named = MailNamed(offline.organisation, mail.id)
    path = path_of(mail, offline, settings)
    forged = Links(settings.base_url, "guessed").way_out(named).removeprefix(settings.base_url)
    unknown = links_of(settings).way_out(MailNamed(offline.organisation, new_id())).removeprefix(settings.base_url)
    elsewhere = links_of(settings).way_out(MailNamed(new_id(), mail.id)).removeprefix(settings.base_url)
    picture = links_of(settings).pixel(named).removeprefix(settings.base_url).replace("/m/o/", "/m/u/")

    for wrong in (forged, path[:-1], path + "A", f"/m/u/{mail.id}", "/m/u/x", unknown, elsewhere, picture):
        assert visitor.get(wrong).status_code == 404, wrong
        assert visitor.post(wrong, data=ONE_CLICK).status_code == 404, wrong
    assert visitor.post(path, data={"x": "x" * 20_000}).status_code == 413
    assert not listed(offline)


def body(mail: EmailMessage, kind: str) -> str:
    """One of its parts."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_an_automatic_mail_tells_the_way_out_in_its_head_and_below_its_text(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    with writer.begin() as tx:
        set_mailing_settings(tx, MailingSettings(postal_address="Acme, 1 Main St", spacing_seconds=0))
        person = people.person(tx, writer.person())
        people.change_person(tx, person.id, person.version, {"language": "de"})
    mail = writer.write(is_automatic=True, html="<p>Hello.</p>")
    by_hand = writer.write()

    send_due(writer.database, seal, links, writer.organisation)

    by_id = {one["Message-ID"]: one for one in office.await_mails(writer.to, 2)}
    sent, plain = by_id[mail.message_id], by_id[by_hand.message_id]
    way_out = links.way_out(MailNamed(writer.organisation, mail.id))
    assert sent["List-Unsubscribe"] == f"<{way_out}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert body(sent, "plain").endswith(f"\nAcme, 1 Main St\nAbmelden: {way_out}\n")
    assert f'<a href="{way_out}"' in body(sent, "html")
    assert (plain["List-Unsubscribe"], body(plain, "plain")) == (None, "Hello.\n")


def test_without_a_footer_the_head_tells_the_way_out_still(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    with writer.begin() as tx:
        set_mailing_settings(tx, MailingSettings(has_footer=False))
    writer.write(is_automatic=True)

    send_due(writer.database, seal, links, writer.organisation)

    (sent,) = office.await_mails(writer.to, 1)
    assert sent["List-Unsubscribe"] is not None
    assert body(sent, "plain") == "Hello.\n"


def test_what_waits_is_sent_no_more_once_its_reader_left(
    writer: Writer, seal: Seal, links: Links, visitor: TestClient, settings: Settings
) -> None:
    first, second = writer.write(is_automatic=True), writer.write(is_automatic=True)
    send_due(writer.database, seal, links, writer.organisation)
    visitor.post(path_of(first, writer, settings), data=ONE_CLICK)
    with writer.begin() as tx:
        tx.execute("UPDATE mailbox SET paced_until = NULL")

    send_due(writer.database, seal, links, writer.organisation)

    with writer.begin() as tx:
        assert mail_by_id(tx, second.id).state is MailState.FAILED
