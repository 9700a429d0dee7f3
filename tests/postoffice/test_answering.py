"""What people do with a mail: pure, and the same for the same address."""

from collections import Counter
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as some

from offhook.postoffice import Manner, manner_of, reaction_to
from offhook.postoffice.answering import SHARES
from offhook.postoffice.letters import body, header, headers, parse
from postoffice.customer import a_mail, somebody

SENDER = "ann@offhook.example"
TODAY = date(2026, 11, 2)
ANSWERING = (Manner.INTERESTED, Manner.ASKS, Manner.NOT_NOW)


def reaction(manner: Manner, mail: EmailMessage | None = None) -> EmailMessage | None:
    """What somebody of this manner writes back."""
    to = somebody(manner)
    found = reaction_to(mail or a_mail(SENDER, to), SENDER, to, TODAY)
    return found and found.mail


def test_the_same_address_deals_with_mail_in_the_same_manner_however_it_is_written() -> None:
    for number in range(50):
        address = f"ada.{number}@prospects.example"
        assert manner_of(address) is manner_of(address.upper())


def test_whoever_is_asked_twice_says_the_same() -> None:
    for manner in Manner:
        first, second = reaction(manner), reaction(manner)
        assert (first and first.get_content_type()) == (second and second.get_content_type())
        assert (first and first.get("Subject")) == (second and second.get("Subject"))
        if manner in ANSWERING:
            assert first is not None
            assert second is not None
            assert first.get_content() == second.get_content()


def test_people_are_of_all_manners_in_about_the_shares_told() -> None:
    seen = Counter(manner_of(f"{number}@prospects.example") for number in range(4000))
    for manner, share in SHARES:
        assert seen[manner] / 40 == pytest.approx(share, abs=3), manner


@pytest.mark.parametrize("manner", ANSWERING)
def test_an_answer_stands_in_the_thread_and_quotes_what_it_answers(manner: Manner) -> None:
    mail = a_mail(SENDER, somebody(manner), text="Do you build engines?")
    answer = reaction(manner, mail)
    assert answer is not None
    assert answer["In-Reply-To"] == mail["Message-ID"]
    assert mail["Message-ID"] in answer["References"]
    assert answer["Subject"] == "Re: Engines"
    assert str(answer["From"]) == f"Ada Byron <{somebody(manner)}>"
    assert "> Do you build engines?" in answer.get_content()


def test_people_answer_a_thread_once() -> None:
    for manner in ANSWERING:
        mail = a_mail(SENDER, somebody(manner), subject="Re: Engines")
        mail["In-Reply-To"] = "<theirs@prospects.example>"
        assert reaction(manner, mail) is None


def test_who_is_silent_writes_nothing_back() -> None:
    assert reaction(Manner.SILENT) is None


def test_who_is_away_says_until_when_and_that_a_machine_says_it() -> None:
    answer = reaction(Manner.AWAY)
    assert answer is not None
    assert answer["Auto-Submitted"] == "auto-replied"
    assert "11 November 2026" in answer.get_content()


def test_an_automatic_mail_gets_no_automatic_answer() -> None:
    mail = a_mail(SENDER, somebody(Manner.AWAY))
    mail["Auto-Submitted"] = "auto-generated"
    assert reaction(Manner.AWAY, mail) is None


def test_a_mail_to_whom_is_gone_comes_back_as_rfc_3464_says() -> None:
    mail = a_mail(SENDER, somebody(Manner.GONE))
    found = reaction_to(mail, SENDER, somebody(Manner.GONE), TODAY)
    assert found is not None
    assert found.sender == ""
    bounce = parse(found.mail.as_bytes(policy=SMTP))
    assert bounce.get_content_type() == "multipart/report"
    assert bounce.get_param("report-type") == "delivery-status"
    told, report, returned = bounce.get_payload()
    assert somebody(Manner.GONE) in told.get_payload()
    of_message, of_recipient = report.get_payload()
    assert of_message["Reporting-MTA"] == "dns; prospects.example"
    assert of_recipient["Final-Recipient"] == f"rfc822; {somebody(Manner.GONE)}"
    assert (of_recipient["Action"], of_recipient["Status"]) == ("failed", "5.1.1")
    assert returned.get_content_type() == "text/rfc822-headers"
    assert mail["Message-ID"] in returned.get_payload()


HEADERS = (
    "From",
    "To",
    "Subject",
    "Message-ID",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Date",
)
BROKEN = (
    b"Subject: \xff\xfe\xe9\r\nMessage-ID: <\r\n\r\n\xff",
    b"Subject: =?no-such?q?x?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xe9",
    b"Content-Type: text/plain; charset=hex\r\nTo: <<<,;:@\r\n\r\nzz",
    b"Content-Type: multipart/mixed\r\n\r\n--x",
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!=",
    b"Subject: =?utf-7?q?+2AA-?=\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
    b"",
    b"\x00\r\n\r\n",
)


@pytest.mark.parametrize("manner", list(Manner))
@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_mail_is_dealt_with_like_any_other(content: bytes, manner: Manner) -> None:
    to = somebody(manner)
    found = reaction_to(parse(content), SENDER, to, TODAY)
    assert (found is None) == (manner is Manner.SILENT)
    if found is not None:
        assert b"Subject: " in found.mail.as_bytes(policy=SMTP)


@given(
    some.lists(some.tuples(some.sampled_from(HEADERS), some.binary(max_size=40)), max_size=6),
    some.binary(max_size=80),
)
def test_no_content_stops_the_answer_or_the_page(lines: list[tuple[str, bytes]], text: bytes) -> None:
    content = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in lines) + b"\r\n" + text
    mail = parse(content)
    for told in (
        headers(mail),
        body(mail, "plain"),
        body(mail, "html"),
        *(header(mail, name) for name in HEADERS),
    ):
        told.encode()
    for manner in Manner:
        found = reaction_to(mail, SENDER, somebody(manner), TODAY)
        if found is not None:
            found.mail.as_bytes(policy=SMTP)
