"""What a mail is: a reply, an absence, a machine's answer, a report; from the person, their company or another."""

from datetime import date

import pytest

from offhook.mail.incoming.absences import automatic_kind, back_on
from offhook.mail.incoming.bounces import bounce_of, is_at_fault
from offhook.mail.incoming.model import Content, MailKind
from offhook.mail.incoming.parsing import read_content, read_head
from offhook.mail.incoming.recognising import Whose, concerns_us, is_from_another, kind_of

SUNDAY = date(2026, 11, 29)


def recognised(headers: str, text: str = "I am away.") -> MailKind | None:
    """What a machine would have meant by this."""
    raw = f"From: ada@engines.example\n{headers}\n\n{text}".encode()
    return automatic_kind(read_head(raw), read_content(raw))


@pytest.mark.parametrize(
    ("headers", "text", "kind"),
    [
        (
            "Subject: Automatic reply: Engines\nAuto-Submitted: auto-replied",
            "I am out of the office.",
            MailKind.OUT_OF_OFFICE,
        ),
        (
            "Subject: Abwesenheitsnotiz\nX-Auto-Response-Suppress: All",
            "Im Urlaub bis 12.12.",
            MailKind.OUT_OF_OFFICE,
        ),
        ("Subject: Respuesta automática\nPrecedence: bulk", "Estoy fuera de la oficina.", MailKind.OUT_OF_OFFICE),
        (
            "Subject: [Ticket 4711] Received\nAuto-Submitted: auto-generated",
            "We got your mail.",
            MailKind.AUTO_REPLY,
        ),
        ("Subject: Réponse automatique\nPrecedence: auto_reply", "Merci.", MailKind.AUTO_REPLY),
        ("Subject: Re: Engines\nAuto-Submitted: no", "I am out of the office tomorrow; Friday?", None),
        ("Subject: Out of office", "Let us meet out of the office.", None),
        ("Subject: Re: Engines\nX-Auto-Response-Suppress: OOF", "Fine, after my holiday.", None),
        ("Subject: Re: Out of office cover\nX-Auto-Response-Suppress: OOF", "Fine.", None),
    ],
)
def test_machines_are_told_by_their_headers_and_never_by_a_subject_alone(
    headers: str, text: str, kind: MailKind | None
) -> None:
    assert recognised(headers, text) is kind


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until December 12 and will read no mail.", date(2026, 12, 13)),
        ("Ich bin bis zum 12.12.2026 nicht im Büro", date(2026, 12, 13)),
        ("I will be back on Monday, December 14.", date(2026, 12, 14)),
        ("Vuelvo el 14 de diciembre", date(2026, 12, 14)),
        ("Je serai de retour le 14 décembre 2026", date(2026, 12, 14)),
        ("away from 1 Dec to 5 Dec, returning on 7 December", date(2026, 12, 7)),
        ("back on 1 Jan", date(2027, 1, 1)),
        ("Back 12/22/2026", date(2026, 12, 22)),
        ("I will be out until 3/4", None),
        ("until further notice; 5 days", None),
        ("back on 32 December", None),
        ("I was away until 2020-01-01", None),
        ("We'll be back at 10:30", None),
    ],
)
def test_the_day_of_return_is_read_where_it_is_told_clearly(text: str, day: date | None) -> None:
    assert back_on(text, SUNDAY) == day


REPORT = """From: MAILER-DAEMON@mx.example
To: rep@offhook.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@engines.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {told}

--b
Content-Type: message/rfc822

Message-ID: <ours@offhook.example>
Subject: Engines
Message-Id-Not: <no@x>

Hello

--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "told", "is_permanent"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", True),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", True),
        ("failed", "5.0.0", "550 no such user here", True),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", False),
        ("failed", "5.7.1", "550 5.7.1 message refused as spam", False),
        ("failed", "5.1.8", "553 5.1.8 sender's domain does not exist", False),
        ("failed", "4.4.7", "delivery time expired", False),
        ("failed", "5.0.0", "552 message too large", False),
        ("delayed", "4.4.1", "connection timed out", False),
    ],
)
def test_a_report_blames_the_address_only_where_the_address_is_at_fault(
    action: str, status: str, told: str, is_permanent: bool
) -> None:
    raw = REPORT.format(action=action, status=status, told=told).encode()
    bounce = bounce_of(raw, read_head(raw))
    assert bounce is not None
    (failure,) = bounce.failures
    assert (failure.address, failure.status, failure.told) == ("ada@engines.example", status, told)
    assert (failure.is_permanent, failure.is_delay) == (is_permanent, action == "delayed")
    assert bounce.original_ids == ("<ours@offhook.example>",)


def test_a_report_that_somebody_quotes_is_none() -> None:
    raw = REPORT.replace("From: MAILER-DAEMON@mx.example", "From: ada@engines.example\nIn-Reply-To: <x@y>")
    raw = raw.replace("Undelivered Mail Returned to Sender", "Re: yours").replace(
        "report; report-type=delivery-status", "mixed"
    )
    assert bounce_of(raw.encode(), read_head(raw.encode())) is None


def test_words_of_servers_that_give_no_code_are_understood() -> None:
    assert is_at_fault("", "This user doesn't have a yahoo.com account")
    assert not is_at_fault("", "The mailbox is full")
    assert not is_at_fault("5.3.0", "system not accepting mail")


PERSON = Whose(is_in_thread=True, is_person=True, is_of_company=True, is_known=True, is_ours=False)
COLLEAGUE = Whose(is_in_thread=True, is_person=False, is_of_company=True, is_known=False, is_ours=False)
ANOTHER = Whose(is_in_thread=True, is_person=False, is_of_company=False, is_known=False, is_ours=False)
STRANGER = Whose(is_in_thread=False, is_person=False, is_of_company=False, is_known=False, is_ours=False)
KNOWN = Whose(is_in_thread=False, is_person=True, is_of_company=True, is_known=True, is_ours=False)
OURSELVES = Whose(is_in_thread=True, is_person=False, is_of_company=False, is_known=False, is_ours=True)

PLAIN = read_head(b"From: ada@engines.example\n\n")
OF_A_LIST = read_head(b"From: ada@engines.example\nList-Id: <engines.list.example>\n\n")
TEXT = Content("Yes.", "", None)


def test_only_what_is_in_a_thread_or_from_somebody_known_is_kept_and_never_our_own_mail() -> None:
    kept = [concerns_us(PLAIN, one) for one in (PERSON, COLLEAGUE, ANOTHER, KNOWN, STRANGER, OURSELVES)]
    assert kept == [True, True, True, True, False, False]
    assert not concerns_us(OF_A_LIST, KNOWN)
    assert concerns_us(OF_A_LIST, PERSON)


def test_the_person_and_their_company_reply_and_anybody_else_does_not() -> None:
    kinds = [kind_of(PLAIN, TEXT, one, answers=True) for one in (PERSON, COLLEAGUE, ANOTHER)]
    assert kinds == [MailKind.REPLY, MailKind.REPLY, MailKind.OTHER]
    assert [is_from_another(one) for one in (PERSON, COLLEAGUE, ANOTHER, KNOWN)] == [False, False, True, False]
    assert kind_of(PLAIN, TEXT, KNOWN, answers=False) is MailKind.OTHER


def test_an_absence_that_another_tells_is_nobodys_absence() -> None:
    head = read_head(b"From: x@else.example\nSubject: Out of office\nAuto-Submitted: auto-replied\n\n")
    assert kind_of(head, Content("I am away", "", None), ANOTHER, answers=True) is MailKind.AUTO_REPLY
