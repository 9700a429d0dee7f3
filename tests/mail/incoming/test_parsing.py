"""Mails read apart: what is said is shown, and nothing that can be sent is an error."""

from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given
from hypothesis import strategies as st

from offhook.mail.incoming.absences import automatic_kind
from offhook.mail.incoming.bounces import bounce_of, is_report
from offhook.mail.incoming.model import Found
from offhook.mail.incoming.parsing import (
    LARGEST_HEAD,
    LONGEST_CALENDAR,
    LONGEST_HTML,
    LONGEST_QUOTE,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    read_content,
    read_head,
)

ANSWER = (
    b"From: =?utf-8?q?Ada_Lov=C3=A9?= <Ada@Engines.Example>\r\n"
    b"To: rep@offhook.example, Other <other@offhook.example>\r\n"
    b"Subject: =?iso-8859-1?Q?Re:_M=FChlen?=\r\n"
    b"Date: Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    b"Message-ID: <theirs@engines.example>\r\n"
    b"In-Reply-To: <ours@offhook.example>\r\n"
    b"References: <first@offhook.example>\r\n <ours@offhook.example>\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n"
    b"Sch\xf6n, gern.\r\n\r\nOn Mon, 2 Mar 2026 at 09:00, Rep <rep@offhook.example> wrote:\r\n> Hello Ada\r\n"
)


def test_a_reply_says_who_answers_what_in_which_words() -> None:
    head, content = read_head(ANSWER), read_content(ANSWER)
    assert (head.from_name, head.from_address) == ("Ada Lové", "ada@engines.example")
    assert head.to_addresses == ("rep@offhook.example", "other@offhook.example")
    assert head.subject == "Re: Mühlen"
    assert head.answered_ids == ("<ours@offhook.example>", "<first@offhook.example>")
    assert content.text == "Schön, gern."
    assert content.quoted.endswith("> Hello Ada")


def test_a_charset_that_nobody_knows_and_one_that_is_wrong_are_read_all_the_same() -> None:
    assert read_content(b"Content-Type: text/html; charset=utf-7\r\n\r\n<b>+2AA-</b>").html == "<b>?</b>"
    for charset in (b"x-martian", b"ansi_x3.110-1983", b"us-ascii", b"utf-8"):
        raw = b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nGr\xfc\xdfe"
        assert read_content(raw).text == "Grüße", charset


def test_bytes_beyond_ascii_in_headers_are_letters() -> None:
    head = read_head("From: Zoë <zoe@engines.example>\nSubject: Größe\n\nx".encode())
    assert (head.from_name, head.subject) == ("Zoë", "Größe")


def test_a_mail_of_html_alone_is_read_as_text_without_its_scripts() -> None:
    page = b"<style>p{}</style><p>Yes &amp; no</p><script>x()</script>Bye"
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page
    content = read_content(raw)
    assert content.text == "Yes & no\nBye"
    assert content.html is not None


def test_attachments_are_named_and_held() -> None:
    mail = EmailMessage(SMTP)
    mail.set_content("See the plan.")
    mail.add_attachment(b"%PDF" * 100, maintype="application", subtype="pdf", filename="plän.pdf")
    content = read_content(mail.as_bytes())
    assert content.text == "See the plan."
    assert content.attachments == (Found("plän.pdf", "application/pdf", 400, b"%PDF" * 100),)


def test_texts_for_calendars_are_kept_with_what_they_ask_and_named_ones_hang_at_the_mail_too() -> None:
    mail = EmailMessage(SMTP)
    mail.set_content("Ada has accepted.")
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
    mail.add_alternative(calendar, subtype="calendar", params={"method": "REPLY"})
    mail.add_attachment("BEGIN:VCALENDAR\nEND:VCALENDAR\n", subtype="calendar", filename="invite.ics")
    mail.add_attachment("x" * (LONGEST_CALENDAR + 1), subtype="calendar", filename="endless.ics")
    content = read_content(mail.as_bytes())
    assert content.text == "Ada has accepted."
    assert [one.method for one in content.calendars] == ["REPLY", ""]
    assert content.calendars[0].text.splitlines() == calendar.splitlines()
    assert [one.name for one in content.attachments] == ["invite.ics", "endless.ics"]


def test_an_answer_between_the_lines_is_shown_whole() -> None:
    text = "On Monday 2 March Rep wrote:\n> When?\nTomorrow.\n> Where?\nHere."
    assert read_content(b"\r\n" + text.encode()).text == text


def test_outlooks_block_of_headers_and_a_broken_line_above_a_quotation_are_recognised() -> None:
    outlook = "Gern.\n\nVon: Rep <rep@offhook.example>\nGesendet: Montag\nAn: Ada\nBetreff: Hallo\n\nHallo Ada"
    gmail = "Sí.\n\nEl lun, 2 mar 2026 a las 9:00, Rep (<rep@offhook.example>)\nescribió:\n\n> Hola"
    for text, said in ((outlook, "Gern."), (gmail, "Sí.")):
        assert read_content(b"\r\n" + text.encode()).text == said


def test_the_same_mail_has_one_fingerprint_wherever_it_was_delivered_and_another_mail_has_another() -> None:
    again = b"Received: from elsewhere\r\n" + ANSWER
    other = ANSWER.replace(b"10:00:00", b"10:00:01")
    assert read_head(ANSWER).fingerprint == read_head(again).fingerprint
    assert read_head(ANSWER).fingerprint != read_head(other).fingerprint


def test_mails_without_id_and_date_are_told_apart_by_their_whole_header() -> None:
    one, other = (b"From: a@b.example\r\nX-Number: " + number + b"\r\n\r\n" for number in (b"1", b"2"))
    assert read_head(one).fingerprint != read_head(other).fingerprint


def test_very_deep_and_very_long_mails_are_bounded() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000))
    assert len(read_content(deep + b"\r\nhello").text) <= LONGEST_TEXT
    long = read_content(b"Content-Type: text/html\r\n\r\n" + b"<p>x</p>" * 200_000)
    assert len(long.text) <= LONGEST_TEXT
    assert long.html is None
    assert long.left_out


HEADERS = st.sampled_from(
    [
        b"From",
        b"To",
        b"Subject",
        b"Date",
        b"Message-ID",
        b"References",
        b"In-Reply-To",
        b"Content-Type",
        b"Content-Transfer-Encoding",
        b"Content-Disposition",
        b"Auto-Submitted",
        b"Return-Path",
        b"X-Failed-Recipients",
    ]
)
VALUES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [
            b"multipart/report; report-type=delivery-status; boundary=x",
            b"multipart/mixed; boundary=x",
            b"message/rfc822",
            b"message/delivery-status",
            b"text/html; charset=utf-7",
            b"text/plain; charset*0*=us'",
            b"base64",
            b"quoted-printable",
            b"uuencode",
            b"=?utf-8?b?====?=",
            b"=?unknown-8bit?q?=FF?=",
            b'"unclosed <a@b>',
            b"<>",
            b"MAILER-DAEMON@x.example",
            b"attachment; filename*=utf-8''%FF%FE",
        ]
    ),
)
LINES = st.tuples(HEADERS, VALUES).map(lambda pair: pair[0] + b": " + pair[1])
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=120),
        LINES,
        st.sampled_from(
            [b"--x", b"--x--", b"", b"begin 644 x", b"> quoted", b"On x wrote:", b"550 5.1.1 <a@b.example>"]
        ),
    ),
    max_size=20,
).map(b"\r\n".join)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(st.lists(LINES, max_size=8).map(b"\r\n".join), BODIES).map(b"\r\n\r\n".join),
    )
)
def test_whatever_is_sent_is_read_without_an_error_and_within_bounds(raw: bytes) -> None:
    head, content = read_head(raw), read_content(raw)
    for text in (
        head.subject,
        head.from_name,
        head.from_address,
        *head.reference_ids,
        content.text,
        content.quoted,
    ):
        assert "\0" not in text
        text.encode()
    assert len(head.subject) <= LONGEST_SUBJECT
    assert len(content.text) <= LONGEST_TEXT
    assert len(content.quoted) <= LONGEST_QUOTE
    assert len(content.html or "") <= LONGEST_HTML
    (content.html or "").encode()
    for one in content.attachments:
        (one.name + one.media_type).encode()
        assert "\0" not in one.name + one.media_type
    automatic_kind(head, content)
    bounce_of(raw, head)


def test_a_huge_header_is_looked_at_in_part() -> None:
    raw = b"Subject: " + b"a" * 10 * LARGEST_HEAD + b"\r\n\r\nx"
    assert len(read_head(raw).subject) == LONGEST_SUBJECT
    assert not is_report(read_head(raw))
