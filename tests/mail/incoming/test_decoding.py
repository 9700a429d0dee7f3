"""Files that come encoded, in pieces of any size."""

import base64
import quopri
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.mail.incoming.decoding import KNOWN, decoded_pieces
from offhook.mail.incoming.fetching import parts_of
from offhook.mail.incoming.model import Found, Section
from offhook.mail.incoming.parsing import file_name, name_in, read_content
from offhook.mail.incoming.rules import LARGEST_FILES, kept_places


def in_pieces(content: bytes, size: int) -> list[bytes]:
    """As a server gives it."""
    return [content[begin : begin + size] for begin in range(0, len(content), size)]


@given(st.binary(max_size=500), st.integers(1, 90))
def test_what_was_encoded_is_read_whatever_the_pieces(content: bytes, size: int) -> None:
    for encoding, encoded in (
        ("base64", base64.encodebytes(content).replace(b"\n", b"\r\n")),
        ("quoted-printable", quopri.encodestring(content)),
        ("8bit", content),
    ):
        assert b"".join(decoded_pieces(encoding, in_pieces(encoded, size))) == content, encoding


@given(st.sampled_from(sorted(KNOWN)), st.lists(st.binary(max_size=80)))
def test_what_is_broken_is_read_as_far_as_it_goes(encoding: str, pieces: list[bytes]) -> None:
    assert len(b"".join(decoded_pieces(encoding, pieces))) <= sum(map(len, pieces))


def test_a_line_that_never_ends_is_not_waited_for() -> None:
    pieces = in_pieces(b"=41" * 100_000, 10_000)
    sizes = [len(one) for one in decoded_pieces("quoted-printable", pieces)]
    assert sum(sizes) == 100_000
    assert max(sizes) < 30_000


def test_the_end_of_base64_is_the_end_and_what_was_cut_off_is_read_as_far_as_it_goes() -> None:
    assert b"".join(decoded_pieces("base64", [b"YQ==\r\nYWJj"])) == b"a"
    assert b"".join(decoded_pieces("base64", [b"YWJjYW", b"I"])) == b"abcab"
    assert b"".join(decoded_pieces("base64", [b"YWJjY"])) == b"abc"


@pytest.mark.parametrize(
    ("told", "clean"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Windows\\System32\\evil.dll", "evil.dll"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ('"><script>.html', "___script_.html"),
        ("..", "file"),
        ("con.txt", "_con.txt"),
        ("Pr\u00e4is \u4f60\u597d.pdf", "Pr\u00e4is \u4f60\u597d.pdf"),
        ("=?utf-8?q?pl=C3=A4n=2Epdf?=", "pl\u00e4n.pdf"),
        ("=?iso-8859-1?b?cGzkbi5wZGY=?=", "pl\u00e4n.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("a\udcff.txt", "a_.txt"),
        ("", "file.pdf"),
    ],
)
def test_a_name_is_one_that_every_system_takes(told: str, clean: str) -> None:
    assert file_name(told, "application/pdf") == clean


def test_what_has_no_name_is_named_by_its_type() -> None:
    assert file_name("", "message/rfc822") == "mail.eml"
    assert file_name("", "image/png") == "file.png"
    assert file_name("", "x/unheard-of") == "file"


def test_names_in_a_servers_words_are_read_however_they_are_encoded() -> None:
    assert name_in([("filename", "plan.pdf")], "filename") == "plan.pdf"
    assert name_in([("FILENAME*", "utf-8''pl%C3%A4n.pdf")], "filename") == "plän.pdf"
    pieces = [("filename*1", "n.pdf"), ("filename*0*", "iso-8859-1'de'pl%E4")]
    assert name_in(pieces, "filename") == "plän.pdf"
    assert name_in([("filename*", "nonsense''%FF"), ("filename*x", "")], "filename") is not None
    assert name_in([], "filename") == ""


def test_a_forwarded_mail_is_a_file_as_it_came() -> None:
    inner = EmailMessage(SMTP)
    inner["Subject"] = "Ärger mit Kränen, " * 8
    inner["X-Odd"] = "a  b"
    inner.set_content("Größe", cte="8bit")
    outer = EmailMessage(SMTP)
    outer.set_content("See below.")
    outer.add_attachment(inner)
    (found,) = read_content(outer.as_bytes()).attachments
    assert (found.name, found.media_type) == ("mail.eml", "message/rfc822")
    assert isinstance(found.source, bytes)
    again = message_from_bytes(found.source)
    assert again["X-Odd"] == "a  b"
    assert again.get_payload(decode=True) == "Größe\r\n".encode()


def test_files_of_a_mail_that_was_cut_off_are_named_alone() -> None:
    mail = EmailMessage(SMTP)
    mail.set_content("See the plan.")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    (found,) = read_content(mail.as_bytes(), ["12 bytes at its end"]).attachments
    assert (found.name, found.source) == ("plan.pdf", None)


def test_files_are_kept_in_their_order_as_far_as_they_fit() -> None:
    def file(size: int | None, source: bytes | None = b"") -> Found:
        return Found("a", "b/c", size, source)

    assert kept_places([file(LARGEST_FILES)]) == [0]
    assert kept_places([file(LARGEST_FILES + 1), file(1), file(None), file(0)]) == [1, 2, 3]
    assert kept_places([file(LARGEST_FILES - 1), file(2), file(1), file(1, None)]) == [0, 2]


def test_a_part_in_an_encoding_that_is_not_understood_stays_where_it_is() -> None:
    structure = (b"application", b"pdf", (b"name", b"a.pdf"), None, None, b"X-UUENCODE", 70, None, None, None)
    (part,) = parts_of(structure)
    assert part.found().source is None
    (part,) = parts_of((*structure[:5], b"BASE64", *structure[6:]))
    assert part.found().source == Section("1", "base64")
