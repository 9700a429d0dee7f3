"""Mail by real servers: handed in by SMTP, answered by people, read by IMAP."""

import smtplib
import socket
from itertools import count
from time import monotonic

import psutil
import pytest

from offhook.kernel.errors import Unavailable
from offhook.postoffice import Manner, PostOffice
from postoffice.customer import Customer, a_mail, somebody

_numbers = count()


def something_new() -> str:
    """A subject that no other test has."""
    return f"Engines {next(_numbers)}!"


def test_a_mail_to_a_colleague_lies_in_their_mailbox(ann: Customer, bo: Customer) -> None:
    sent = ann.write(bo.account, something_new(), "Grüße, café.")
    found = bo.await_mail(sent["Subject"])
    assert found["Message-ID"] == sent["Message-ID"]
    assert found["Return-Path"] == f"<{ann.account}>"
    assert found.get_content().strip() == "Grüße, café."


def test_one_mail_to_many_comes_to_each(ann: Customer, bo: Customer, office: PostOffice) -> None:
    mail = a_mail(ann.account, bo.account, something_new())
    outside = somebody(Manner.SILENT)
    with ann.signed_in() as connection:
        assert connection.sendmail(ann.account, [bo.account, outside], bytes(mail)) == {}
    bo.await_mail(mail["Subject"])
    assert [one.address for one in office.received() if one.mail["Subject"] == mail["Subject"]] == [outside]


def test_a_person_answers_into_the_mailbox_of_who_wrote(ann: Customer, bo: Customer) -> None:
    sent = ann.write(somebody(Manner.INTERESTED), something_new())
    answer = ann.await_mail(f"Re: {sent['Subject']}")
    assert answer["In-Reply-To"] == sent["Message-ID"]
    assert answer["Message-ID"] != sent["Message-ID"]
    assert answer["Return-Path"] == f"<{somebody(Manner.INTERESTED)}>"
    assert "Could you call me tomorrow morning?" in answer.get_content()
    assert not [mail for mail in bo.inbox() if sent["Subject"] in str(mail["Subject"])]


def test_a_mail_to_an_address_that_is_gone_bounces(ann: Customer) -> None:
    sent = ann.write(somebody(Manner.GONE), something_new())
    bounces = []
    end = monotonic() + 15
    while not bounces and monotonic() < end:
        bounces = [mail for mail in ann.inbox() if str(sent["Message-ID"]) in mail.as_string()]
    assert bounces[0]["Return-Path"] == "<>"
    assert bounces[0].get_content_type() == "multipart/report"
    assert "5.1.1" in bounces[0].as_string()


def test_who_is_out_of_office_says_so(ann: Customer) -> None:
    sent = ann.write(somebody(Manner.AWAY), something_new())
    assert ann.await_mail(f"Out of office: {sent['Subject']}")["Auto-Submitted"] == "auto-replied"


def test_the_mailbox_has_a_folder_for_sent_mail(ann: Customer) -> None:
    with ann.reading() as client:
        assert client.find_special_folder(b"\\Sent") == "Sent"
        client.append("Sent", bytes(a_mail(ann.account, somebody(Manner.SILENT), "Filed")))
        client.select_folder("Sent", readonly=True)
        assert len(client.search(["SUBJECT", "Filed"])) == 1


def test_nobody_hands_in_without_signing_in_or_with_a_wrong_password(ann: Customer) -> None:
    with ann.connection() as connection:
        connection.ehlo()
        assert connection.mail(ann.account)[0] == 530
        with pytest.raises(smtplib.SMTPAuthenticationError):
            connection.login(ann.account, "guessed")
    with smtplib.SMTP(ann.office.host, ann.office.smtp_port) as bare:
        bare.ehlo()
        assert bare.mail(ann.account)[0] == 530


def test_nobody_writes_as_somebody_else(ann: Customer, bo: Customer) -> None:
    with ann.signed_in() as connection:
        assert connection.mail(bo.account)[0] == 553


@pytest.mark.parametrize("to", ["<ada>", "<ada@>", "<a b@c.example>", "<adé@c.example>", "<>", "ada@b@c.example"])
def test_who_cannot_be_written_to_is_refused_at_once(ann: Customer, to: str) -> None:
    with ann.signed_in() as connection:
        connection.mail(ann.account)
        connection.send(f"RCPT TO:{to}\r\n".encode())
        refused = connection.getreply()[0]
        assert 500 <= refused < 600
        assert connection.rcpt(somebody(Manner.SILENT))[0] == 250


def test_a_mail_too_large_is_refused_before_it_comes(ann: Customer) -> None:
    with ann.signed_in() as connection:
        code, _ = connection.mail(ann.account, [f"size={50 * 2**20}"])
    assert code == 552


def test_broken_mail_is_taken_and_answered(ann: Customer, office: PostOffice) -> None:
    to, subject = somebody(Manner.ASKS, 1), something_new()
    ann.hand_in(
        b"Subject: " + subject.encode() + b" \xff\r\nFrom: \xfe\r\nTo: <<,;\r\nMessage-ID: <\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain; charset=none\r\n\r\n\xe9",
        to,
    )
    ann.await_mail(subject)
    assert [one.address for one in office.received() if subject in str(one.mail["Subject"])] == [to]


def test_a_connection_that_talks_nonsense_or_breaks_off_disturbs_no_other(ann: Customer, bo: Customer) -> None:
    with socket.create_connection((ann.office.host, ann.office.smtp_port)) as nonsense:
        nonsense.recv(200)
        nonsense.sendall(b"\x00\xff" * 2000 + b"\r\nGET / HTTP/1.1\r\n\r\n")
    broken_off = ann.signed_in()
    broken_off.mail(ann.account)
    broken_off.rcpt(bo.account)
    broken_off.docmd("DATA")
    broken_off.send(b"Subject: Half of a mail\r\n\r\nHal")
    broken_off.close()
    sent = ann.write(bo.account, something_new())
    bo.await_mail(sent["Subject"])
    assert not [mail for mail in bo.inbox() if mail["Subject"] == "Half of a mail"]


def test_nothing_listens_or_connects_beyond_this_machine(ann: Customer, office: PostOffice) -> None:
    ann.write(somebody(Manner.SILENT, 1), something_new())
    ours = psutil.Process()
    sockets = [
        connection
        for process in (ours, *ours.children(recursive=True))
        for connection in process.net_connections("inet")
    ]
    listening = {one.laddr.port: one.laddr.ip for one in sockets if one.status == psutil.CONN_LISTEN}
    for port in (office.smtp_port, office.imap_port, office.page_port):
        assert listening[port] == "127.0.0.1"
    assert {one.raddr.ip for one in sockets if one.raddr} <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("which", ["smtp_port", "imap_port", "page_port"])
def test_a_taken_port_is_told_and_nothing_is_left_running(office: PostOffice, which: str) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    unlucky = PostOffice(["ann@offhook.example"])
    with socket.socket() as taken:
        taken.bind((unlucky.host, getattr(unlucky, which)))
        taken.listen()
        with pytest.raises(Unavailable, match=f"{getattr(unlucky, which)}: Address already in use"), unlucky:
            pass
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
