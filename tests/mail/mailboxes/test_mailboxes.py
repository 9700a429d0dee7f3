"""Mailboxes: connected, checked for real with every failure in words, changed, removed."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from conftest import Begin
from identity.factories import a_token, a_user
from mail.conftest import REP, Writer
from mail.post import HOST, PASSWORD, a_certificate, free_port
from offhook.cli.main import app as words
from offhook.identity import Role
from offhook.kernel.database import Database
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.mailboxes import checking
from offhook.mail.mailboxes.checking import check
from offhook.mail.mailboxes.model import Checked, Login, Security
from offhook.mail.mailboxes.rules import LAST_RETRY, refusing, retry_after
from offhook.web.app import create_app

MAILBOXES = "/api/v1/mail/mailboxes"
MAILBOX = {
    "address": "ada@acme.example",
    "smtp_host": "smtp.acme.example",
    "imap_host": "imap.acme.example",
    "password": "secret-of-the-mailbox",
}

SignIn = Callable[..., TestClient]


@pytest.fixture(scope="session")
def app(session_database: Database, settings: Settings) -> FastAPI:
    """The application."""
    return create_app(session_database, settings)


@pytest.fixture
def sign_in(app: FastAPI, begin: Begin) -> SignIn:
    """A client of a fresh user in that role."""

    def client(role: Role = Role.REP) -> TestClient:
        with begin() as tx:
            text = a_token(tx, a_user(tx, role))
        return TestClient(app, headers={"authorization": f"Bearer {text}"})

    return client


def match(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def login(writer: Writer, **changed: object) -> Login:
    """The writer's mailbox, a little different."""
    mailbox = replace(writer.mailbox, **changed)  # pyright: ignore[reportArgumentType] # fields by name
    return Login(mailbox, PASSWORD)


# Checking, for real


def test_a_mailbox_that_works_is_found_to_with_its_sent_folder(writer: Writer) -> None:
    assert check(login(writer)) == Checked(None, None, "Gesendet")


def test_a_wrong_password_is_told_by_both_servers(writer: Writer) -> None:
    found = check(replace(login(writer), password="wrong"))  # noqa: S106 # of the test

    assert found.smtp_problem is not None
    assert "does not take the user name or password: 535" in found.smtp_problem
    assert found.imap_problem is not None
    assert f":{writer.mailbox.imap_port} does not take the user name or password" in found.imap_problem


def test_an_account_that_may_not_send_as_the_address_is_told_so(writer: Writer) -> None:
    found = check(login(writer, username="other@offhook.example"))

    assert found.smtp_problem is not None
    assert f"does not let this account send as {REP}: 553" in found.smtp_problem


def test_a_host_that_is_not_found_is_named(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)

    found = check(login(writer, smtp_host="smtp.nowhere.example"))

    assert found.smtp_problem is not None
    assert found.smtp_problem.startswith("smtp.nowhere.example:")
    assert "is not found" in found.smtp_problem


def test_a_port_where_nothing_listens_is_named(writer: Writer) -> None:
    port = free_port()
    found = check(login(writer, imap_port=port, smtp_port=port))

    told = f"{HOST}:{port} refuses the connection: nothing listens on that port."
    assert (found.smtp_problem, found.imap_problem) == (told, told)


def test_a_certificate_that_nobody_trusts_is_refused(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(a_certificate(tmp_path, "other.example")[0]))

    found = check(login(writer))

    for problem in (found.smtp_problem, found.imap_problem):
        assert problem is not None
        assert "shows a certificate that does not hold" in problem


def test_the_wrong_kind_of_tls_is_told_with_what_to_try(writer: Writer) -> None:
    found = check(login(writer, smtp_security=Security.TLS))

    assert found.smtp_problem is not None
    assert "does not speak TLS there as 'tls' has it: try the other security" in found.smtp_problem


# Standing


def test_the_wait_grows_up_to_an_hour_and_begins_anew(writer: Writer) -> None:
    waits = [retry_after(failures) for failures in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == LAST_RETRY == timedelta(hours=1)
    once = refusing(writer.mailbox, "no", writer.mailbox.created_at)
    twice = refusing(once, "still no", writer.mailbox.created_at + timedelta(minutes=5))
    assert (twice.refusing_since, twice.problem, twice.failures) == (once.refusing_since, "still no", 2)


# Routes


def test_a_mailbox_from_beginning_to_end(sign_in: SignIn, begin: Begin, seal: Seal) -> None:
    rep = sign_in()
    added = rep.post(MAILBOXES, json=MAILBOX)
    assert added.status_code == 201, added.text
    told = added.json()
    assert "secret" not in added.text
    assert (told["smtp_port"], told["imap_port"], told["username"]) == (587, 993, "ada@acme.example")
    assert (told["state"], told["version"]) == ("ok", 1)
    path = f"{MAILBOXES}/{told['id']}"
    changed = rep.patch(path, json={"smtp_security": "tls", "smtp_port": 465}, headers=match(1)).json()
    assert (changed["smtp_port"], changed["version"]) == (465, 2)
    assert rep.patch(path, json={"shown_name": "Ada"}, headers=match(1)).status_code == 412
    with begin() as tx:
        sealed = tx.scalar(str, "SELECT password FROM mailbox")
    assert sealed is not None
    assert "secret" not in sealed
    assert seal.open(sealed) == "secret-of-the-mailbox"
    assert [one["id"] for one in rep.get(MAILBOXES).json()["items"]] == [told["id"]]
    assert rep.request("DELETE", path, headers=match(2)).status_code == 200
    assert rep.get(path).status_code == 404


def test_a_mailbox_is_its_users_and_the_admins(sign_in: SignIn) -> None:
    path = f"{MAILBOXES}/{sign_in().post(MAILBOXES, json=MAILBOX).json()['id']}"
    other, admin, marketing = sign_in(), sign_in(Role.ADMIN), sign_in(Role.DEMAND_GENERATION)

    assert other.patch(path, json={"shown_name": "Eve"}, headers=match(1)).status_code == 403
    assert other.post(f"{path}/check").status_code == 403
    assert marketing.post(MAILBOXES, json=MAILBOX).status_code == 403
    assert admin.patch(path, json={"shown_name": "Ada B."}, headers=match(1)).status_code == 200


def test_a_second_mailbox_and_anothers_address_are_conflicts(sign_in: SignIn) -> None:
    rep = sign_in()
    assert rep.post(MAILBOXES, json=MAILBOX).status_code == 201
    assert rep.post(MAILBOXES, json=MAILBOX | {"address": "b@acme.example"}).status_code == 409
    assert sign_in().post(MAILBOXES, json=MAILBOX).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "ada@"),
        ("address", "zoë@acme.example"),
        ("shown_name", "Ada\r\nBcc: all@acme.example"),
        ("smtp_host", "smtp://acme.example"),
        ("imap_host", "acme.example:993"),
        ("username", "ada\nbyron"),
        ("password", "a\r\nb"),
    ],
)
def test_what_does_not_do_is_named(sign_in: SignIn, field: str, value: str) -> None:
    answer = sign_in().post(MAILBOXES, json=MAILBOX | {field: value})

    if field == "shown_name":  # a name's white space is one space
        assert answer.json()["shown_name"] == "Ada Bcc: all@acme.example"
        return
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert "a\r\nb" not in answer.text


def test_a_check_keeps_what_it_found(app: FastAPI, begin: Begin, writer: Writer, sign_in: SignIn) -> None:
    with begin() as tx:
        tx.execute("UPDATE mailbox SET smtp_port = %(port)s", port=free_port())
    admin = sign_in(Role.ADMIN)
    path = f"{MAILBOXES}/{writer.mailbox.id}"

    found = admin.post(f"{path}/check").json()

    assert "nothing listens on that port" in found["smtp_problem"]
    assert (found["imap_problem"], found["sent_folder"]) == (None, "Gesendet")
    assert admin.get(path).json()["state"] == "refusing"
    admin.patch(path, json={"smtp_port": writer.mailbox.smtp_port}, headers=match(1))
    assert admin.post(f"{path}/check").json()["mailbox"]["state"] == "ok"


def test_a_mailbox_in_which_mail_waits_is_not_removed(writer: Writer, sign_in: SignIn) -> None:
    writer.write()

    answer = sign_in(Role.ADMIN).request("DELETE", f"{MAILBOXES}/{writer.mailbox.id}", headers=match(1))

    assert answer.status_code == 409
    assert "1 of its mails wait" in answer.json()["detail"]


def test_commands_do_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OFFHOOK_DATA", str(tmp_path / "data"))

    def said(*line: str, told: str = "") -> str:
        done = CliRunner().invoke(words, [*line], input=told)
        assert done.exit_code == 0, done.output
        return done.output

    said("init", "--name", "Acme", "--admin", "ada@acme.example")
    add = ("add", "ada@acme.example", "--smtp", HOST, "--imap", HOST, "--user", "ada@acme.example")
    said("mail", "mailboxes", *add, told="secret\n")
    assert "ada@acme.example" in said("mail", "mailboxes", "list")
    assert '"signs_in_by": "password"' in said("mail", "mailboxes", "show", "ada@acme.example", "--json")
    said("mail", "mailboxes", "change", "ada@acme.example", "--smtp-port", str(free_port()))
    done = CliRunner().invoke(words, ["mail", "mailboxes", "check", "ada@acme.example", "--json"])
    assert done.exit_code == 1
    assert "nothing listens" in done.output
    said("suppressions", "add", "eve@engines.example", "--reason", "asked")
    assert "eve@engines.example" in said("suppressions", "list")
    assert "none" in said("mail", "list")
    said("mail", "mailboxes", "remove", "ada@acme.example")


def test_a_check_holds_no_connection_to_the_database_while_servers_answer(
    app: FastAPI, begin: Begin, writer: Writer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    real = checking.check

    def looking(login: Login) -> Checked:
        pool = writer.database.pool
        held.append(pool.get_stats()["pool_size"] - pool.get_stats()["pool_available"])
        return real(login)

    monkeypatch.setattr(checking, "check", looking)
    path = f"/api/v1/mail/mailboxes/{writer.mailbox.id}/check"
    first = sign_in(Role.ADMIN).post(path)

    assert first.status_code == 200
    assert held == [0]
    admin = sign_in(Role.ADMIN)
    again = [admin.post(path, headers={"idempotency-key": "check"}).json() for _ in range(2)]
    assert again[0] == again[1]
    assert len(held) == 2, "what was answered before is not asked for again"
