"""Mails about what was agreed, such as invitations: they wait for nothing, and go to no dead address."""

from dataclasses import replace

import pytest

from mail.conftest import Writer
from mail.messages.test_pacing import every, wants
from mail.post import PostOffice
from offhook.compliance import MailRefused, SuppressedBecause, mailing_settings, set_mailing_settings, suppress
from offhook.compliance.mailing.verdicts import mail_verdicts
from offhook.kernel.sealing import Seal
from offhook.mail.links import Links
from offhook.mail.messages.model import MailState
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import send_again


def listed(writer: Writer, because: SuppressedBecause) -> None:
    """The lead's person is on the suppression list."""
    with writer.begin() as tx:
        suppress(tx, writer.to, "told so", because)


def test_an_invitation_goes_at_once_however_much_was_sent_and_bears_no_way_out(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    wants(writer, mails_per_day=1, mails_per_domain_per_hour=1, spacing_seconds=3600, holds_manual=True)
    with writer.begin() as tx:
        set_mailing_settings(tx, replace(mailing_settings(tx), days=frozenset({6}), tracks_opens=True))
    writer.write()
    listed(writer, SuppressedBecause.UNSUBSCRIBED)
    invitations = [
        writer.write(is_transactional=True, is_automatic=True, html="<p>See you then.</p>") for _ in range(2)
    ]

    send_due(writer.database, seal, links, writer.organisation)

    received = office.await_mails(writer.to, 2)
    assert {one["Message-ID"] for one in received} == {one.message_id for one in invitations}
    for one in received:
        assert one["List-Unsubscribe"] is None
        assert "offhook.acme.example" not in one.as_string(), "it is not tracked and has no footer"
    with writer.begin() as tx:
        log = mail_verdicts(tx, person_id=writer.person(), cursor=None, limit=10).items
    assert [(one.is_transactional, one.is_allowed) for one in log] == [(True, True), (True, True), (False, False)]


def test_an_invitation_to_an_address_that_bounced_is_refused_when_written_and_when_sent(
    writer: Writer, seal: Seal, links: Links
) -> None:
    written = writer.write(is_transactional=True)
    listed(writer, SuppressedBecause.BOUNCED)

    send_due(writer.database, seal, links, writer.organisation)

    (failed,) = every(writer)
    assert failed.state is MailState.FAILED
    assert "does not exist: mail to it came back" in failed.reason
    with pytest.raises(MailRefused, match="does not exist"):
        writer.write(is_transactional=True)
    with pytest.raises(MailRefused, match="does not exist"), writer.begin(writer.actor) as tx:
        send_again(tx, written.id)
