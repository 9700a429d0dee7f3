"""Mails as bytes: readable by anybody, the same each time, and nothing written into one ever ends a header."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.errors import Invalid
from offhook.kernel.ids import new_id
from offhook.mail.mailboxes.rules import checked_line
from offhook.mail.messages.composing import compose
from offhook.mail.messages.model import CalendarPart, Mail, MailState
from offhook.mail.messages.rules import checked_name, checked_writing, is_message_id, message_id_of, references_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEADERS = [
    "date",
    "from",
    "to",
    "subject",
    "message-id",
    "content-transfer-encoding",
    "content-type",
    "mime-version",
]
HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from('\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029 :;<>@"\\,=?'))
)


def a_mail(**changed: object) -> Mail:
    """A mail that is being sent."""
    identifier = new_id()
    mail = Mail(
        id=identifier,
        key=None,
        mailbox_id=new_id(),
        user_id=new_id(),
        person_id=new_id(),
        lead_id=None,
        from_address="rep@acme.example",
        from_name="Rep",
        to_address="ada@engines.example",
        to_name="Ada Byron",
        subject="Engines",
        body_text="Hello.",
        body_html=None,
        message_id=message_id_of(identifier, "rep@acme.example"),
        in_reply_to=None,
        reference_ids=(),
        state=MailState.SENDING,
        reason="",
        attempts=1,
        send_at=NOW,
        claim=new_id(),
        dated_at=NOW,
        handed_over_at=None,
        sent_at=None,
        activity_id=None,
        file_at=None,
        filing_tries=0,
        filing_problem="",
        created_at=NOW,
    )
    return replace(mail, **changed)  # pyright: ignore[reportArgumentType] # fields by name


def read(mail: Mail) -> EmailMessage:
    """The mail as its receiver reads it."""
    found = message_from_bytes(compose(mail), policy=default)
    assert isinstance(found, EmailMessage)
    return found


@given(subject=HOSTILE, name=HOSTILE, shown=HOSTILE, text=HOSTILE, html=HOSTILE, reply=HOSTILE)
def test_nothing_that_is_written_makes_a_header_or_an_address(
    subject: str, name: str, shown: str, text: str, html: str, reply: str
) -> None:
    try:
        checked_writing(subject, text, html, reply or None, None)
        checked_line("shown_name", shown, 100)
    except Invalid:
        subject, text, html, shown = "Engines", "Hello.", "<p>Hello.</p>", "Rep"
    in_reply_to = reply if is_message_id(reply) else None
    mail = a_mail(
        subject=subject,
        from_name=shown,
        to_name=checked_name(name),
        body_text=text,
        body_html=html,
        in_reply_to=in_reply_to,
        reference_ids=references_of(in_reply_to, ()),
    )

    content = compose(mail)

    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()
    header = BytesHeaderParser(policy=default).parsebytes(content)
    replying = {"in-reply-to", "references"} if in_reply_to else set()
    assert {key.lower() for key in header} == {*HEADERS, *replying} - {"content-transfer-encoding"}
    assert [one.addr_spec for one in header["to"].addresses] == ["ada@engines.example"]
    assert [one.addr_spec for one in header["from"].addresses] == ["rep@acme.example"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
@pytest.mark.parametrize("field", ["subject", "in_reply_to", "key"])
def test_a_line_end_in_what_becomes_a_header_is_refused_by_name(field: str, end: str) -> None:
    told = {"subject": "Engines", "in_reply_to": "<a@b.example>", "key": "k"}
    told[field] = f"{told[field][:-1]}{end}Bcc: all@acme.example>"

    with pytest.raises(Invalid) as refused:
        checked_writing(told["subject"], "Hello.", None, told["in_reply_to"], told["key"])

    assert refused.value.fields[0].field == field


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1))
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    assert read(a_mail(body_text=f"{text}\nend")).get_content().replace("\r\n", "\n") == f"{text}\nend\n"


def test_a_plain_text_stands_first_and_always() -> None:
    assert read(a_mail()).get_content_type() == "text/plain"
    both = read(a_mail(body_html="<p>Hello.</p>"))
    assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"]


def test_names_and_subjects_in_any_language_are_read_as_written() -> None:
    mail = read(a_mail(subject="Grüße – 你好 👋" * 10, to_name='Ada "Lovelace", Byron', from_name="Zoë Ångström"))

    assert mail["subject"] == "Grüße – 你好 👋" * 10
    assert mail["to"].addresses[0].display_name == 'Ada "Lovelace", Byron'
    assert mail["from"].addresses[0].display_name == "Zoë Ångström"


def test_long_message_ids_are_folded_between_and_never_within() -> None:
    ids = tuple(f"<{'x' * 200}{n}@prospects.example>" for n in range(5))
    content = compose(a_mail(in_reply_to=ids[-1], reference_ids=ids))

    assert all(one.encode() in content for one in ids)
    assert message_from_bytes(content, policy=default)["references"].split() == list(ids)


def test_an_international_domain_goes_out_in_ascii() -> None:
    mail = a_mail(from_address="rep@bücher.example", message_id=message_id_of(new_id(), "rep@bücher.example"))

    assert read(mail)["from"].addresses[0].addr_spec == "rep@xn--bcher-kva.example"
    assert mail.message_id.endswith("@xn--bcher-kva.example>")


def test_each_attempt_makes_the_same_bytes() -> None:
    mail = a_mail(body_html="<p>Hello.</p>")
    assert compose(mail) == compose(replace(mail, attempts=2))


def test_an_invitation_stands_beside_the_text_and_its_type_says_what_it_asks() -> None:
    text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Café\r\nEND:VCALENDAR\r\n"
    mail = a_mail(calendar=CalendarPart("REQUEST", text))
    got = read(mail)
    assert got.get_content_type() == "multipart/alternative"
    plain, calendar = got.iter_parts()
    assert (plain.get_content_type(), calendar.get_content_type()) == ("text/plain", "text/calendar")
    assert calendar["content-type"].params["method"] == "REQUEST"
    assert calendar["content-type"].params["charset"] == "utf-8"
    assert calendar.get_content().splitlines() == text.splitlines()
    assert compose(mail) == compose(mail)
