"""Mails sent for real: from the ledger through Postfix into a mailbox, a copy in the Sent folder, logged once."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

from mail.conftest import REP, Writer
from mail.post import PostOffice
from offhook import activities, compliance, people
from offhook.activities import Disposition, Kind
from offhook.kernel.clock import SetClock
from offhook.kernel.sealing import Seal
from offhook.mail.links import Links
from offhook.mail.mailboxes.service import change_mailbox, mailbox
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id


def now(writer: Writer, mail: Mail) -> Mail:
    """The mail as it is."""
    with writer.begin() as tx:
        return mail_by_id(tx, mail.id)


def test_a_mail_arrives_is_filed_and_logged(
    writer: Writer, office: PostOffice, seal: Seal, links: Links, clock: SetClock
) -> None:
    mail = writer.write(subject_line="Über Maschinen", text="Hello Ada.\n.\nBye.", html="<p>Hello <b>Ada</b></p>")

    send_due(writer.database, seal, links, writer.organisation)
    file_due(writer.database, seal, links, writer.organisation)

    (received,) = office.await_mails(writer.to, 1)
    assert received["Subject"] == "Über Maschinen"
    assert received["From"].addresses[0].addr_spec == REP
    assert received["To"].addresses[0].display_name == "Ada Byron"
    assert received["Message-ID"] == mail.message_id
    assert parsedate_to_datetime(received["Date"]) == clock.now()
    assert received.get_content_type() == "multipart/alternative"
    plain, html = received.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == "Hello Ada.\n.\nBye.\n"
    assert html.get_content().strip() == "<p>Hello <b>Ada</b></p>"
    filed = [one for one in office.received(REP, "Gesendet") if one["Message-ID"] == mail.message_id]
    assert len(filed) == 1
    sent = now(writer, mail)
    assert sent.state is MailState.SENT
    assert sent.sent_at == clock.now()
    assert sent.activity_id is not None
    with writer.begin() as tx:
        entry = activities.activity(tx, sent.activity_id)
    assert (entry.kind, entry.disposition) == (Kind.EMAIL, Disposition.SENT)
    assert (entry.subject, entry.body) == ("Über Maschinen", "Hello Ada.\n.\nBye.")
    assert entry.user_id == writer.actor.id
    assert entry.lead_id == writer.lead.lead_id


def test_filing_again_puts_no_second_copy_into_the_folder(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    mail = writer.write()
    send_due(writer.database, seal, links, writer.organisation)
    for _ in range(2):
        file_due(writer.database, seal, links, writer.organisation)
        with writer.begin() as tx:
            tx.execute("UPDATE mail_message SET file_at = now() - interval '1 day' * 10000")

    filed = [one for one in office.received(REP, "Gesendet") if one["Message-ID"] == mail.message_id]
    assert len(filed) == 1


def test_an_answer_names_the_whole_conversation(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    first = writer.write(in_reply_to="<theirs@prospects.example>")
    second = writer.write(in_reply_to=first.message_id)

    send_due(writer.database, seal, links, writer.organisation)

    by_id = {one["Message-ID"]: one for one in office.await_mails(writer.to, 2)}
    assert by_id[second.message_id]["In-Reply-To"] == first.message_id
    assert by_id[second.message_id]["References"].split() == ["<theirs@prospects.example>", first.message_id]


def test_the_same_key_is_one_mail(writer: Writer, office: PostOffice, seal: Seal, links: Links) -> None:
    assert writer.write(key="step 1").id == writer.write(key="step 1", text="Again.").id

    send_due(writer.database, seal, links, writer.organisation)

    office.await_quiet()
    assert len(office.await_mails(writer.to, 1)) == 1


def test_the_policy_is_asked_again_at_the_moment_of_sending(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    mail = writer.write()
    with writer.begin() as tx:
        compliance.suppress(tx, writer.to, "asked us by phone")

    send_due(writer.database, seal, links, writer.organisation)

    failed = now(writer, mail)
    assert failed.state is MailState.FAILED
    assert "asked us by phone" in failed.reason
    office.await_quiet()
    assert office.received(writer.to) == []


def test_who_unsubscribed_after_the_mail_was_written_gets_none(writer: Writer, seal: Seal, links: Links) -> None:
    mail = writer.write()
    with writer.begin() as tx:
        person = people.person(tx, mail.person_id)
        people.change_person(tx, person.id, person.version, {"do_not_email": True})

    send_due(writer.database, seal, links, writer.organisation)

    assert now(writer, mail).state is MailState.FAILED


def test_a_mailbox_that_refuses_says_why_and_sends_what_waited_once_it_takes_it(
    writer: Writer, office: PostOffice, seal: Seal, links: Links, clock: SetClock
) -> None:
    with writer.begin() as tx:
        change_mailbox(tx, seal, writer.mailbox.id, 1, {"password": "wrong"})
    mail = writer.write()

    send_due(writer.database, seal, links, writer.organisation)

    with writer.begin() as tx:
        refusing = mailbox(tx, writer.mailbox.id)
    assert "does not take the user name or password: 535" in refusing.problem
    assert refusing.refusing_since == clock.now()
    assert refusing.retry_at == clock.now() + timedelta(minutes=1)
    assert now(writer, mail).state is MailState.QUEUED
    with writer.begin() as tx:
        change_mailbox(tx, seal, writer.mailbox.id, 2, {"password": "a secret of the mailbox"})
    send_due(writer.database, seal, links, writer.organisation)
    assert now(writer, mail).state is MailState.SENT
    with writer.begin() as tx:
        assert mailbox(tx, writer.mailbox.id).refusing_since is None
    assert len(office.await_mails(writer.to, 1)) == 1
