"""Files sent in, going with mails, read by their receivers, and forgotten when they go with none."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from starlette.testclient import TestClient

from identity.factories import a_token, a_user
from mail.conftest import NewWriter, Writer
from mail.messages.test_composing import a_mail
from mail.post import PostOffice
from offhook import identity
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database
from offhook.kernel.errors import NotFound
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.attachments.model import Enclosed
from offhook.mail.attachments.service import forget_unused, objects_of
from offhook.mail.links import Links
from offhook.mail.messages.composing import compose
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id
from offhook.web.app import create_app

FILES = "/api/v1/mail/attachments"
MAILS = "/api/v1/mail/messages"
PDF = b"%PDF-1.7 ..."


def client_of(writer: Writer, database: Database, settings: Settings) -> TestClient:
    """The writer's client."""
    with writer.begin() as tx:
        text = a_token(tx, identity.user(tx, writer.mailbox.user_id))
    return TestClient(create_app(database, settings), headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def offline(new_writer: NewWriter) -> Writer:
    """A writer whose mailbox is at a server that nobody asks here."""
    return new_writer(587, 993)


@pytest.fixture
def rep(offline: Writer, database: Database, settings: Settings) -> TestClient:
    """Their client."""
    return client_of(offline, database, settings)


def send_in(client: TestClient, name: str, content: bytes) -> str:
    """Send a file in; its id."""
    answer = client.post(FILES, params={"name": name}, content=content)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def mail_with(writer: Writer, *ids: str) -> dict[str, object]:
    """A mail with these files."""
    return {
        "lead_id": str(writer.lead.lead_id),
        "subject": "Files",
        "text": "See **these**.",
        "text_format": "markdown",
        "attachment_ids": ids,
    }


def test_a_file_goes_with_a_mail_to_its_receiver_and_into_the_sent_folder(
    writer: Writer, office: PostOffice, seal: Seal, links: Links, database: Database, settings: Settings
) -> None:
    client, objects = client_of(writer, database, settings), objects_of(settings)
    one = send_in(client, "C:\\Präis 你好.pdf", PDF)
    two = send_in(client, "numbers.csv", "a;ü\n".encode("latin-1"))
    made = client.post(MAILS, json=mail_with(writer, two, one)).json()

    send_due(database, seal, links, writer.organisation, objects=objects)
    file_due(database, seal, links, writer.organisation, objects=objects)

    copies = [*office.await_mails(writer.to, 1), *office.received(writer.mailbox.address, "Gesendet")[-1:]]
    assert len(copies) == 2
    for mail in copies:
        first, *files = mail.iter_parts()
        assert first.get_content_type() == "multipart/alternative"
        assert [part.get_filename() for part in files] == ["numbers.csv", "Präis 你好.pdf"]
        assert files[1].get_content() == PDF
        assert files[0].get_payload(decode=True) == b"a;\xfc\n"
    listed = client.get(f"{MAILS}/{made['id']}/attachments").json()["items"]
    assert [(file["name"], file["size"]) for file in listed] == [("numbers.csv", 4), ("Präis 你好.pdf", len(PDF))]
    with writer.begin() as tx:
        sent = mail_by_id(tx, mail_by_id(tx, made["id"]).id)
        files_told = tx.scalar(str, "SELECT data->>'files' FROM activity WHERE id = %(id)s", id=sent.activity_id)
    assert files_told == '["numbers.csv", "Präis 你好.pdf"]'


def test_a_file_is_read_as_bytes_to_keep_whatever_it_is(rep: TestClient) -> None:
    identifier = send_in(rep, "page.html", b"<script>alert(1)</script>")

    answer = rep.get(f"{FILES}/{identifier}/file")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''page.html"


def test_what_may_not_go_is_refused_when_it_is_sent_in(rep: TestClient) -> None:
    answer = rep.post(FILES, params={"name": "setup.exe"}, content=b"MZ")

    assert answer.status_code == 422
    assert "program" in answer.json()["detail"]
    assert rep.post(FILES, params={"name": "a.txt"}, content=b"x" * (16 * 2**20)).status_code == 413


def test_only_ones_own_files_that_are_there_go_with_a_mail(rep: TestClient, offline: Writer) -> None:
    own = send_in(rep, "a.txt", b"x")
    with offline.begin() as tx:
        other = {"authorization": f"Bearer {a_token(tx, a_user(tx))}"}
    others = rep.post(FILES, params={"name": "b.txt"}, content=b"x", headers=other).json()["id"]

    for ids in ((others,), (str(new_id()),), (own, own)):
        answer = rep.post(MAILS, json=mail_with(offline, *ids))
        assert answer.status_code == 422, ids
        assert answer.json()["errors"][0]["field"] == "attachment_ids"
    assert rep.get(MAILS).json()["items"] == [], "a mail without its files is not written"


def test_a_file_goes_with_a_mail_once_more_after_the_first_was_withdrawn(rep: TestClient, offline: Writer) -> None:
    file = send_in(rep, "a.txt", b"x")
    first = rep.post(MAILS, json=mail_with(offline, file)).json()
    rep.post(f"{MAILS}/{first['id']}/withdraw")

    assert rep.post(MAILS, json=mail_with(offline, file)).status_code == 201


def test_files_that_go_with_no_mail_are_forgotten_in_time(
    rep: TestClient, offline: Writer, settings: Settings, clock: SetClock
) -> None:
    used, unused = send_in(rep, "a.txt", b"x"), send_in(rep, "b.txt", b"x")
    rep.post(MAILS, json=mail_with(offline, used))
    objects = objects_of(settings)
    forget_unused(offline.database, objects, offline.organisation)
    assert rep.get(f"{FILES}/{unused}/file").status_code == 200
    clock.advance(timedelta(days=15))

    forget_unused(offline.database, objects, offline.organisation)

    assert rep.get(f"{FILES}/{used}/file").status_code == 200
    assert rep.get(f"{FILES}/{unused}/file").status_code == 404
    with pytest.raises(NotFound):
        objects.size(f"{offline.organisation}/{unused}")


def test_a_mail_whose_file_is_gone_fails_with_the_reason_and_others_go(
    writer: Writer, office: PostOffice, seal: Seal, links: Links, database: Database, settings: Settings
) -> None:
    client, objects = client_of(writer, database, settings), objects_of(settings)
    file = send_in(client, "a.txt", b"x")
    made = client.post(MAILS, json=mail_with(writer, file)).json()
    other = writer.write()
    objects.remove(f"{writer.organisation}/{file}")

    send_due(database, seal, links, writer.organisation, objects=objects)

    failed = client.get(f"{MAILS}/{made['id']}").json()
    assert (failed["state"], failed["reason"]) == ("failed", "A file of it: This file is gone from the store.")
    assert client.get(f"{MAILS}/{other.id}").json()["state"] == "sent"


def test_names_of_any_kind_are_read_as_they_were_given_and_every_attempt_is_the_same() -> None:
    names = ['a"b; x=y.txt', "你好" * 40 + ".txt", "ab\u0301.txt"]
    mail = a_mail(body_html="<p>Hello.</p>")
    enclosed = [Enclosed(name, "text/plain", b"x") for name in names]

    content = compose(mail, enclosed)

    read = message_from_bytes(content, policy=default)
    assert isinstance(read, EmailMessage)
    assert [part.get_filename() for part in read.iter_attachments()] == names
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert content == compose(mail, enclosed)
    assert [part.get_content_type() for part in read.walk()][:4] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
