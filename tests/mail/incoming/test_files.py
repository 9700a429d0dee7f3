"""Files of mails, read from a real Dovecot: kept with the mail, opened by whoever may read it, gone with it."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from imaplib import IMAP4
from random import Random
from uuid import UUID

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from conftest import an_organisation
from identity.factories import a_token, a_user
from mail.incoming.conftest import Desk, an_answer
from mail.incoming.test_reading import a_report
from offhook import activities, identity
from offhook.cli.main import app as words
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import NotFound
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings
from offhook.mail.incoming import files as filing
from offhook.mail.incoming.files import UNCLAIMED, forget_files, key_of
from offhook.mail.incoming.model import Attachment, Received
from offhook.mail.incoming.rules import LARGEST_FILES
from offhook.web.app import create_app
from web.conftest import without_scope

__all__ = ["without_scope"]

FILES = "/api/v1/mail/received-files"
HTML = b"<script>alert(document.cookie)</script>"


def with_files(desk: Desk, *files: tuple[str, bytes], text: str = "See these.") -> EmailMessage:
    """An answer to a mail of ours, with these files."""
    mail = an_answer(desk.sent(), text=text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def the_one(desk: Desk) -> Received:
    """The only mail that was kept."""
    (kept,) = desk.kept()
    return kept


def content_of(desk: Desk, file: Attachment) -> bytes:
    """What is in a file that is kept."""
    assert file.file_id, f"{file.name} is kept"
    key = key_of(desk.writer.organisation, file.file_id)
    return b"".join(desk.objects.read(key, 0, desk.objects.size(key)))


def rows(desk: Desk) -> int:
    """How many files are on record."""
    with desk.writer.begin() as tx:
        return tx.scalar(int, "SELECT count(*) FROM mail_in_file") or 0


@pytest.fixture
def rep(desk: Desk, settings: Settings) -> TestClient:
    """Their client."""
    with desk.writer.begin() as tx:
        text = a_token(tx, identity.user(tx, desk.writer.mailbox.user_id))
    return TestClient(create_app(desk.writer.database, settings), headers={"authorization": f"Bearer {text}"})


def test_files_of_a_mail_are_kept_and_sent_as_bytes_to_keep_whatever_they_are(desk: Desk, rep: TestClient) -> None:
    desk.come(with_files(desk, ("../Präis 你好.html", HTML), ("empty.txt", b"")).as_bytes())

    desk.read()
    desk.read()

    page, empty = the_one(desk).attachments
    assert (page.name, page.size, empty.name, empty.size) == ("Präis 你好.html", len(HTML), "empty.txt", 0)
    answer = rep.get(f"{FILES}/{page.file_id}")
    assert (answer.status_code, answer.content) == (200, HTML)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Pr%C3%A4is%20%E4%BD%A0%E5%A5%BD.html"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert rep.get(f"{FILES}/{page.file_id}", headers={"range": "bytes=1-6"}).content == HTML[1:7]
    nothing = rep.get(f"{FILES}/{empty.file_id}")
    assert (nothing.status_code, nothing.content) == (200, b"")
    shown = rep.get(f"/api/v1/mail/conversations/{the_one(desk).conversation_id}").json()
    told = [(one["name"], one["file_id"]) for one in shown["received"][0]["attachments"]]
    assert told == [("Präis 你好.html", str(page.file_id)), ("empty.txt", str(empty.file_id))]
    assert rows(desk) == 2


def test_who_may_not_read_the_mail_may_not_read_its_files(
    desk: Desk, without_scope: TestClient, rep: TestClient
) -> None:
    desk.come(with_files(desk, ("a.txt", b"x")).as_bytes())
    desk.read()
    (file,) = the_one(desk).attachments

    assert without_scope.get(f"{FILES}/{file.file_id}").status_code == 403
    assert rep.get(f"{FILES}/{new_id()}").status_code == 404
    assert rep.get(f"{FILES}/{file.file_id}", headers={"authorization": ""}).status_code == 401


def test_the_record_names_the_files_and_says_which_can_be_opened(desk: Desk) -> None:
    desk.come(with_files(desk, ("a.txt", b"x")).as_bytes())
    desk.read()

    kept = the_one(desk)
    assert kept.activity_id
    with desk.writer.begin() as tx:
        data = activities.activity(tx, kept.activity_id).data
    assert (data["files"], data["file_ids"]) == (["a.txt"], [str(kept.attachments[0].file_id)])


def test_a_very_large_file_is_kept_in_little_memory(desk: Desk) -> None:
    content = Random(1).randbytes(50_000_000)
    desk.come(with_files(desk, ("drawing.bin", content), ("list.csv", b"a;b\r\n")).as_bytes())

    tracemalloc.start()
    desk.read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    drawing, table = the_one(desk).attachments
    assert (drawing.name, drawing.size, table.size) == ("drawing.bin", len(content), 5)
    assert content_of(desk, drawing) == content
    assert content_of(desk, table) == b"a;b\r\n"
    assert peak < 30_000_000


def test_what_is_too_large_is_named_and_stays_in_the_mailbox(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offhook.mail.incoming.rules.LARGEST_FILES", 1_500_000)
    large, small = ("large.bin", b"x" * 2_000_000), ("small.bin", b"x" * 900_000)
    desk.come(with_files(desk, large, small).as_bytes())

    desk.read()

    first, second = the_one(desk).attachments
    assert (first.name, first.file_id) == ("large.bin", None)
    assert (second.size, second.file_id is None) == (900_000, False)
    assert LARGEST_FILES >= 50 * 2**20 * 4 // 3 * 78 // 76


@pytest.mark.parametrize("size", [1_000, 1_000_000], ids=["small", "large"])
def test_a_forwarded_mail_with_files_of_its_own_is_one_file(desk: Desk, size: int) -> None:
    inner = EmailMessage(SMTP)
    inner["Subject"] = "Angebot für Kräne"
    inner.set_content("Größe")
    inner.add_attachment(b"p" * size, maintype="image", subtype="png", filename="plan.png")
    outer = with_files(desk)
    outer.add_attachment(inner)
    desk.come(outer.as_bytes())

    desk.read()

    (file,) = the_one(desk).attachments
    assert (file.name, file.media_type) == ("mail.eml", "message/rfc822")
    assert content_of(desk, file) == inner.as_bytes()


HOSTILE = (
    b'Content-Type: application/pdf; name="=?utf-8?q?pl=C3=A4n=2Epdf?="',
    b"Content-Disposition: attachment; filename*0*=utf-8''..%2F..%2Fpl%C3; filename*1*=%A4n.pdf",
    b'Content-Disposition: attachment; filename="../../../etc/passwd"',
    b'Content-Disposition: attachment; filename="C:\\\\temp\\\\a.exe"',
    b"Content-Disposition: attachment; filename*=utf-8''a%0D%0ASet-Cookie%3A%20x.txt",
    b"Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEfdp.exe",
    b"Content-Disposition: attachment",
)


@pytest.mark.parametrize("size", [10, 600_000], ids=["small", "large"])
def test_hostile_names_are_harmless_however_the_mail_was_read(desk: Desk, rep: TestClient, size: int) -> None:
    mail = desk.sent()
    parts = b"".join(b"--b\r\n" + one + b"\r\n\r\n" + b"x" * size + b"\r\n" for one in HOSTILE)
    head = f"From: {mail.to_address}\r\nIn-Reply-To: {mail.message_id}\r\nMIME-Version: 1.0\r\n".encode()
    head += b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n"
    desk.come(head + parts + b"--b--\r\n")

    desk.read()

    names = [one.name for one in the_one(desk).attachments]
    expected = ["plän.pdf", "plän.pdf", "passwd", "a.exe", "a Set-Cookie_ x.txt", "a fdp.exe"]
    assert names[:6] == expected
    for one in the_one(desk).attachments:
        answer = rep.get(f"{FILES}/{one.file_id}")
        assert answer.content == b"x" * size, one.name
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert "set-cookie" not in answer.headers


def test_a_mail_that_is_nothing_but_a_large_file_is_kept_with_it(desk: Desk) -> None:
    mail = an_answer(desk.sent())
    content = Random(2).randbytes(1_000_000)
    mail.set_content(content, maintype="application", subtype="pdf", filename="scan.pdf")
    desk.come(mail.as_bytes())

    desk.read()

    (file,) = the_one(desk).attachments
    assert (file.name, the_one(desk).body_text) == ("scan.pdf", "")
    assert content_of(desk, file) == content


def test_files_go_with_their_mail_and_what_belongs_to_none_goes_in_time(desk: Desk, rep: TestClient) -> None:
    desk.come(with_files(desk, ("a.txt", b"x")).as_bytes())
    desk.come(with_files(desk, ("b.txt", b"y")).as_bytes())
    desk.read()
    erased, other = desk.kept()
    (gone,), (stays,) = erased.attachments, other.attachments
    begun = new_id()
    with desk.writer.begin() as tx:
        filing.store.insert_files(tx, [begun])
        tx.execute("DELETE FROM mail_in WHERE id = %(id)s", id=erased.id)
    desk.objects.write(key_of(desk.writer.organisation, begun), b"of a reader that was killed")

    assert rep.get(f"{FILES}/{gone.file_id}").status_code == 404
    forget_files(desk.writer.database, desk.objects, desk.writer.organisation)

    assert gone.file_id
    with pytest.raises(NotFound):
        desk.objects.size(key_of(desk.writer.organisation, gone.file_id))
    assert desk.objects.size(key_of(desk.writer.organisation, begun)) > 0, "its mail may be kept any moment"
    desk.clock.advance(UNCLAIMED + timedelta(seconds=1))
    forget_files(desk.writer.database, desk.objects, desk.writer.organisation)
    with pytest.raises(NotFound):
        desk.objects.size(key_of(desk.writer.organisation, begun))
    assert content_of(desk, stays) == b"y"
    assert rows(desk) == 1


def test_the_files_of_another_organisation_are_not_there(
    desk: Desk, database: Database, settings: Settings
) -> None:
    desk.come(with_files(desk, ("a.txt", b"x")).as_bytes())
    desk.read()
    (file,) = the_one(desk).attachments
    other = an_organisation(database)
    with database.transaction(other, SYSTEM) as tx:
        text = a_token(tx, a_user(tx))

    client = TestClient(create_app(database, settings), headers={"authorization": f"Bearer {text}"})

    assert client.get(f"{FILES}/{file.file_id}").status_code == 404


def test_nothing_is_kept_of_a_mail_that_concerns_nobody(desk: Desk) -> None:
    report = message_from_bytes(a_report("stranger@else.example", "<private@offhook.example>"))
    part = EmailMessage()
    part.set_content(b"private", maintype="image", subtype="png", filename="x.png")
    report.attach(part)
    desk.come(report.as_bytes())

    desk.read()

    assert (desk.kept(), desk.reading().others, rows(desk)) == ([], 1, 0)


class Breaking:
    """Breaks while a large file is fetched, so often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int, error: type[Exception]) -> None:
        real = filing.pieces_of
        self.left = times

        def pieces(*told: object) -> Iterator[bytes]:
            for piece in real(*told):  # pyright: ignore[reportArgumentType] # as called
                yield piece
                if self.left:
                    self.left -= 1
                    raise error("broke")

        monkeypatch.setattr(filing, "pieces_of", pieces)


def test_a_link_that_breaks_within_a_file_leaves_nothing_half_and_the_mail_comes_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.come(with_files(desk, ("large.bin", b"x" * 3_000_000)).as_bytes())
    Breaking(monkeypatch, 1, IMAP4.abort)
    inbox = desk.inbox()

    with pytest.raises(Exception, match="broke"):
        inbox.read(is_once=True)
    assert desk.kept() == []
    inbox.read(is_once=True)

    (file,) = the_one(desk).attachments
    assert content_of(desk, file) == b"x" * 3_000_000
    desk.clock.advance(UNCLAIMED + timedelta(seconds=1))
    forget_files(desk.writer.database, desk.objects, desk.writer.organisation)
    assert rows(desk) == 1


def test_a_file_at_which_the_link_always_breaks_holds_up_no_mail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.come(with_files(desk, ("large.bin", b"x" * 3_000_000)).as_bytes())
    Breaking(monkeypatch, 1_000, IMAP4.abort)
    inbox = desk.inbox()
    for _ in range(3):
        with pytest.raises(Exception, match="broke"):
            inbox.read(is_once=True)

    inbox.read(is_once=True)

    (file,) = the_one(desk).attachments
    assert (file.name, file.file_id, the_one(desk).body_text) == ("large.bin", None, "See these.")


def test_a_part_that_the_server_refuses_stays_in_the_mailbox(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.come(with_files(desk, ("a.bin", b"x" * 600_000), ("b.bin", b"y" * 600_000)).as_bytes())
    Breaking(monkeypatch, 1, IMAP4.error)

    desk.read()

    first, second = the_one(desk).attachments
    assert (first.file_id, content_of(desk, second)) == (None, b"y" * 600_000)


def test_a_file_is_saved_from_the_command_line_and_writes_over_none(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk.come(with_files(desk, ("a.txt", b"x")).as_bytes())
    desk.read()
    with desk.writer.begin() as tx:
        slug = tx.scalar(str, "SELECT slug FROM organisation")
    for name, value in (
        ("DATA", settings.data),
        ("DATABASE_URL", desk.writer.database.url),
        ("ORGANISATION", slug),
    ):
        monkeypatch.setenv(f"OFFHOOK_{name}", str(value))
    folder = tmp_path_factory.mktemp("saved")
    monkeypatch.chdir(folder)
    kept = the_one(desk)
    file_id = str(UUID(str(kept.attachments[0].file_id)))

    listed = CliRunner().invoke(words, ["mail", "inbox", "files", str(kept.conversation_id), "--json"])
    saved = CliRunner().invoke(words, ["mail", "inbox", "save", file_id, "--json"])
    again = CliRunner().invoke(words, ["mail", "inbox", "save", file_id])

    assert file_id in listed.output, listed.output
    assert saved.exit_code == 0, saved.output
    assert (folder / "a.txt").read_bytes() == b"x"
    assert again.exit_code != 0
