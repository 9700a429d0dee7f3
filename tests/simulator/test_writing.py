"""Everybody's mailbox at the demo's post office."""

from typing import Self
from uuid import UUID

import pytest

from conftest import Begin
from offhook.identity import Role, User
from offhook.identity.service import add_user
from offhook.kernel.database import Database
from offhook.kernel.errors import Unavailable
from offhook.kernel.settings import Settings
from offhook.mail.mailboxes.model import Login
from offhook.mail.mailboxes.service import change_mailbox, login_of, mailbox_of, seal_of
from offhook.postoffice import PostOffice
from offhook.simulator import writing
from offhook.simulator.writing import connect


@pytest.fixture
def rep(begin: Begin) -> User:
    """Somebody who writes."""
    with begin() as tx:
        return add_user(tx, email="ann@offhook.example", name="Ann Reyes", role=Role.REP)


def connected(begin: Begin, settings: Settings, rep: User, office: PostOffice) -> Login:
    """How their mailbox is signed in to once they are connected to this office."""
    with begin() as tx:
        connect(tx, settings, rep, office)
        mailbox = mailbox_of(tx, rep.id)
        assert mailbox is not None
        return login_of(tx, seal_of(settings), mailbox.id)


def test_whoever_writes_has_a_mailbox_at_the_office_and_at_the_next_one(
    begin: Begin, settings: Settings, rep: User
) -> None:
    for office in (PostOffice([rep.email]), PostOffice([rep.email])):
        login = connected(begin, settings, rep, office)
        assert login.password == office.password
        assert (login.mailbox.smtp_host, login.mailbox.smtp_port) == (office.host, office.smtp_port)
        assert (login.mailbox.imap_host, login.mailbox.imap_port) == (office.host, office.imap_port)


def test_a_mailbox_connected_elsewhere_is_left_alone_and_told_no_password(
    begin: Begin, settings: Settings, rep: User
) -> None:
    before = connected(begin, settings, rep, PostOffice([rep.email]))
    with begin() as tx:
        elsewhere = {"smtp_host": "smtp.acme.example", "imap_host": "imap.acme.example", "password": "theirs"}
        change_mailbox(tx, seal_of(settings), before.mailbox.id, before.mailbox.version, elsewhere)
    after = connected(begin, settings, rep, PostOffice([rep.email]))
    assert (after.mailbox.smtp_host, after.password) == ("smtp.acme.example", "theirs")
    assert after.mailbox.smtp_port == before.mailbox.smtp_port


def test_without_a_post_office_the_demo_goes_on_and_says_why(
    database: Database,
    organisation: UUID,
    settings: Settings,
    rep: User,
    begin: Begin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Closed(PostOffice):
        def __enter__(self) -> Self:
            raise Unavailable("Dovecot did not begin to serve.")

    monkeypatch.setattr(writing, "PostOffice", Closed)
    monkeypatch.setattr(writing, "missing", list)
    with writing.writing(database, organisation, settings) as told:
        assert told == "none: Dovecot did not begin to serve."
    monkeypatch.setattr(writing, "missing", lambda: ["dovecot-imapd"])
    with writing.writing(database, organisation, settings) as told:
        assert told.startswith("none: install dovecot-imapd")
    with begin() as tx:
        assert mailbox_of(tx, rep.id) is None
