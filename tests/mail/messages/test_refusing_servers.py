"""Servers that refuse, for now or for good, or break off: what becomes of the mail, and of the mailbox."""

from datetime import timedelta

import pytest

from mail.conftest import NewWriter, Writer
from mail.post import PostOffice
from mail.server import BREAKS, Script, scripted
from offhook.kernel.clock import SetClock
from offhook.kernel.errors import Conflict
from offhook.kernel.sealing import Seal
from offhook.mail.links import Links
from offhook.mail.mailboxes.service import mailbox
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id, send_again, was_sent, withdraw


def sent_by(writer: Writer, seal: Seal, links: Links) -> Mail:
    """A fresh mail after one round of sending."""
    mail = writer.write()
    send_due(writer.database, seal, links, writer.organisation)
    with writer.begin() as tx:
        return mail_by_id(tx, mail.id)


@pytest.mark.parametrize("where", ["at_sender", "at_recipient", "at_content"])
def test_a_mail_refused_for_good_has_failed_with_the_servers_words(
    trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links, where: str
) -> None:
    with scripted(trusted, Script(**{where: "550 5.1.1 no such user"})) as server:
        writer = new_writer(server.port, trusted.imaps)

        mail = sent_by(writer, seal, links)

    assert mail.state is MailState.FAILED
    assert "550 5.1.1 no such user" in mail.reason
    assert server.taken == []


@pytest.mark.parametrize("where", ["at_sender", "at_recipient", "at_content"])
def test_a_mail_refused_for_now_is_sent_later(
    trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links, clock: SetClock, where: str
) -> None:
    with scripted(trusted, Script(**{where: "451 4.3.2 greylisted"})) as server:
        writer = new_writer(server.port, trusted.imaps)

        mail = sent_by(writer, seal, links)

        assert mail.state is MailState.QUEUED
        assert mail.send_at == clock.now() + timedelta(minutes=1)
        send_due(writer.database, seal, links, writer.organisation)
        assert server.taken == []
        setattr(server, where, "250 OK")
        clock.advance(timedelta(minutes=1))
        send_due(writer.database, seal, links, writer.organisation)
        assert len(server.taken) == 1
        with writer.begin() as tx:
            assert mail_by_id(tx, mail.id).state is MailState.SENT


def test_a_connection_lost_before_the_last_byte_sends_the_mail_later(
    trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links, clock: SetClock
) -> None:
    with scripted(trusted, Script(at_recipient=BREAKS)) as server:
        writer = new_writer(server.port, trusted.imaps)

        mail = sent_by(writer, seal, links)

        with writer.begin() as tx:
            refusing = mailbox(tx, writer.mailbox.id)
        assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
        assert "broke off" in refusing.problem
        server.at_recipient = "250 OK"
        clock.advance(timedelta(minutes=1))
        send_due(writer.database, seal, links, writer.organisation)
    assert len(server.taken) == 1


@pytest.mark.parametrize("script", [Script(at_content=BREAKS), Script(breaks_in_content=True)])
def test_a_lost_answer_leaves_the_mail_in_doubt_and_sends_it_by_nobodys_word_but_the_users(
    trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links, clock: SetClock, script: Script
) -> None:
    with scripted(trusted, script) as server:
        writer = new_writer(server.port, trusted.imaps)
        mail = sent_by(writer, seal, links)
        taken = len(server.taken)
        if mail.state is MailState.QUEUED:
            assert taken == 0, "known not to have been sent"
            return
        for _ in range(3):
            clock.advance(timedelta(hours=1))
            send_due(writer.database, seal, links, writer.organisation)
            file_due(writer.database, seal, links, writer.organisation)
        assert len(server.taken) == taken
        server.at_content, server.breaks_in_content = "250 OK", False
        with writer.begin(writer.actor) as tx:
            assert send_again(tx, mail.id).message_id == mail.message_id
        send_due(writer.database, seal, links, writer.organisation)
    with writer.begin() as tx:
        assert mail_by_id(tx, mail.id).state is MailState.SENT


def test_a_mail_in_doubt_is_logged_once_its_user_says_that_it_was_sent(
    trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links
) -> None:
    with scripted(trusted, Script(at_content=BREAKS)) as server:
        writer = new_writer(server.port, trusted.imaps)
        mail = sent_by(writer, seal, links)
    assert mail.state is MailState.IN_DOUBT

    with writer.begin(writer.actor) as tx:
        told = was_sent(tx, mail.id)

    assert (told.state, told.sent_at) == (MailState.SENT, mail.handed_over_at)
    assert told.activity_id is not None


def test_what_waits_can_be_withdrawn_and_what_was_sent_cannot(writer: Writer, seal: Seal, links: Links) -> None:
    mail = writer.write()
    with writer.begin(writer.actor) as tx:
        assert withdraw(tx, mail.id).state is MailState.WITHDRAWN
    send_due(writer.database, seal, links, writer.organisation)
    with writer.begin() as tx:
        assert mail_by_id(tx, mail.id).state is MailState.WITHDRAWN
    sent = sent_by(writer, seal, links)
    with writer.begin(writer.actor) as tx, pytest.raises(Conflict):
        withdraw(tx, sent.id)
