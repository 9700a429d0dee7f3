"""Bytes of a mail read apart: pure, and whatever they are, never an error.

The standard library's parser takes broken MIME; what it trips over here or there (unknown charsets, nonsense in
headers, endless nesting) has a fallback that shows what can be shown. Every length is bounded.
"""

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import collapse_rfc2231_value, decode_params, getaddresses, unquote
from hashlib import sha256
from mimetypes import MimeTypes
from typing import cast

import nh3

from offhook.mail.attachments.rules import clean_name
from offhook.mail.incoming.decoding import decoded_pieces
from offhook.mail.incoming.model import Content, Found, Head
from offhook.mail.incoming.quoting import split_quoted
from offhook.mail.messages.model import CalendarPart

LARGEST_HEAD = 64 * 1024
"""Bytes of a header that are read."""
LONGEST_LINE = 8_000
"""Characters of one header that are looked at."""
LONGEST_SUBJECT = 500
LONGEST_TEXT = 90_000
LONGEST_QUOTE = 60_000
LONGEST_HTML = 500_000
LONGEST_CALENDAR = 200_000
"""A text for calendars is never cut, which would make another of it: a longer one is not read."""
LONGEST_NAME = 200
LONGEST_ADDRESS = 254
LONGEST_ID = 250
MOST_REFERENCES = 60
MOST_ADDRESSES = 50
MOST_PARTS = 200
MOST_ATTACHMENTS = 50
MOST_CALENDARS = 3

SIGNS = (
    "return-path",
    "auto-submitted",
    "precedence",
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-auto-response-suppress",
    "x-fc-machinegenerated",
    "x-failed-recipients",
    "list-id",
    "list-unsubscribe",
    "content-type",
    "x-loop",
)
"""Headers by which it is recognised who or what wrote a mail."""

CALENDAR = "text/calendar"
"""What programs read (RFC 6047), unless it has a name: then it hangs at the mail for people too."""

REPORTED = frozenset({"message/delivery-status", "text/rfc822-headers"})
"""What mail systems tell each other (RFC 3464): no file of anybody's."""

UNREADABLE = "This mail's content could not be read; open it in your mail program."

_ID = re.compile(rf"<[^<>\s]{{1,{LONGEST_ID - 2}}}>")
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^>]*>", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_METHOD = re.compile(r"^METHOD:([A-Z-]{1,40})\s*$", re.IGNORECASE | re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")

_AS_IT_CAME = default.clone(refold_source="none", linesep="\r\n")
_ENDINGS = MimeTypes(filenames=())

_CHARSETS = {
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gbk",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-1": "cp1252",  # what says Latin-1 is mostly this, and no printable letter differs
    "us-ascii": "utf-8",
    "utf8mb4": "utf-8",
}


def read_head(raw: bytes) -> Head:
    """What the header says, from the whole mail or its header alone."""
    message = _parsed(_head_of(raw))
    dated, from_ = _line(message, "date"), _line(message, "from")
    own_ids = ids_in(_line(message, "message-id"))
    name, address = next(iter(_addresses(message, "from")), ("", ""))
    answered = ids_in(_line(message, "in-reply-to"))
    subject = _line(message, "subject")
    named = "\0".join((own_ids[0] if own_ids else "", dated, from_, _line(message, "to"), subject))
    return Head(
        fingerprint=sha256(named.encode() if own_ids or dated else _head_of(raw)).hexdigest(),
        message_id=own_ids[0] if own_ids else None,
        in_reply_to=answered[0] if answered else None,
        reference_ids=_some(ids_in(_line(message, "references"))),
        from_address=address,
        from_name=name,
        to_addresses=tuple(one for _, one in _addresses(message, "to")),
        cc_addresses=tuple(one for _, one in _addresses(message, "cc")),
        subject=subject[:LONGEST_SUBJECT],
        signs={sign: line for sign in SIGNS if (line := _line(message, sign))} | _empty_path(message),
    )


def read_content(raw: bytes, left_out: Sequence[str] = ()) -> Content:
    """What a mail says, as far as its bytes go; with what its files hold, unless some of it was left out."""
    try:
        return _content(message_from_bytes(raw, EmailMessage, policy=default), tuple(left_out))
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError, AssertionError):
        return Content(UNREADABLE, "", None, (), tuple(left_out))


def content_of(
    texts: Sequence[str],
    pages: Sequence[str],
    calendars: Sequence[str],
    attachments: Sequence[Found],
    left_out: Sequence[str],
) -> Content:
    """The content of a mail with these parts of plain text, of HTML and for calendars."""
    page = "\n".join(pages)
    plain = "\n\n".join(one for one in texts if one.strip()) or text_of_html(page)
    told = list(left_out)
    own, quoted = split_quoted(tidied(plain))
    if len(own) > LONGEST_TEXT:
        told.append(f"{len(own) - LONGEST_TEXT:,} characters of its text")
    if len(page) > LONGEST_HTML:
        told.append("its look, which is too large")
        page = ""
    return Content(
        own[:LONGEST_TEXT],
        quoted[:LONGEST_QUOTE],
        page or None,
        tuple(attachments[:MOST_ATTACHMENTS]),
        tuple(told),
        tuple(map(_calendar, calendars[:MOST_CALENDARS])),
    )


def _calendar(text: str) -> CalendarPart:
    """A text for calendars, with the METHOD that stands in it (RFC 5546, section 1.4); empty where none does."""
    method = _METHOD.search(text)
    return CalendarPart(method[1].upper() if method else "", text)


def decoded(content: bytes, charset: str | None) -> str:
    """Text in the charset that is told, or, where that cannot be, in UTF-8 or Windows' Latin."""
    for name in (charset, "utf-8"):
        try:
            codec = codecs.lookup(_CHARSETS.get((name or "").lower(), name or "utf-8"))
            return _encodable(str(codec.decode(content)[0]).replace("\0", ""))
        except (LookupError, ValueError, TypeError, AssertionError):
            continue
    return content.decode("cp1252", "replace").replace("\0", "")


def text_of_part(content: bytes, encoding: str, charset: str | None) -> str:
    """The text of one part that was fetched alone, as far as its bytes go."""
    part = Message()
    part["Content-Transfer-Encoding"] = encoding or "8bit"
    part.set_payload(content.decode("ascii", "surrogateescape"))
    return decoded(_bytes(part), charset)


def text_of_html(page: str) -> str:
    """What a page says, without looks."""
    if not page:
        return ""
    lines = _BREAKS.sub("\n", _BLANKS.sub(" ", page.replace("\r", "").replace("\n", " "))[: 2 * LONGEST_HTML])
    plain = html.unescape(nh3.clean(lines, tags=set(), clean_content_tags={"script", "style", "title"}))
    return "\n".join(line.strip() for line in plain.split("\n"))


def tidied(text: str) -> str:
    """Text with plain line ends, without control characters and piles of empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    shown = "".join(one for one in _encodable(lines) if one in "\n\t" or unicodedata.category(one) != "Cc")
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in shown.split("\n"))).strip()


def ids_in(text: str) -> list[str]:
    """The message ids in a line, in their order."""
    return _ID.findall(text)


def file_name(told: str, media_type: str) -> str:
    """A file's name that every system takes, also where it has none."""
    if told.strip():
        return clean_name(one_line(_words(told))[:LONGEST_LINE])
    if media_type.startswith("message/"):
        return "mail.eml"
    return "file" + (_ENDINGS.guess_extension(media_type) or "")


def name_in(parameters: Sequence[tuple[str, str]], wanted: str) -> str:
    """A parameter that is a name, in clear, however it is encoded (RFC 2231); empty where it is not told."""
    try:
        plain = [(name.lower(), value) for name, value in parameters]
        value = dict(decode_params([("", ""), *plain])).get(wanted, "")  # pyright: ignore[reportArgumentType] # a list, whatever its hint says
        return collapse_rfc2231_value((*value[:2], unquote(value[2])) if isinstance(value, tuple) else value)
    except (ValueError, LookupError, TypeError):
        return ""


def named_parts(message: Message) -> Iterator[Message]:
    """The parts of a mail that hold something, not those of mails within it."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        inner = within(part) if part.get_content_maintype() == "multipart" else []
        if inner:
            waiting[:0] = inner
        else:
            yield part


def within(part: Message) -> list[Message]:
    """What lies within a part: its parts, or the mail that it holds."""
    inner = part.get_payload()
    found = cast("list[object]", inner) if isinstance(inner, list) else []
    return [cast("Message", one) for one in found if isinstance(one, Message)]


def _content(message: Message, left_out: tuple[str, ...]) -> Content:
    texts: list[str] = []
    pages: list[str] = []
    calendars: list[str] = []
    attachments: list[Found] = []
    for part in named_parts(message):
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and _disposition(part) != "attachment" and not _name(part):
            text = decoded(_bytes(part), _charset(part))
            (texts if kind == "text/plain" else pages).append(text)
            continue
        if kind == CALENDAR and len(_bytes(part)) <= LONGEST_CALENDAR:
            calendars.append(decoded(_bytes(part), _charset(part)))
        if kind not in REPORTED and (kind != CALENDAR or _name(part)):
            attachments.append(_found(part, kind, is_whole=not left_out))
    return content_of(texts, pages, calendars, attachments, left_out)


def _found(part: Message, kind: str, *, is_whole: bool) -> Found:
    content = _mail_within(part) if part.get_content_maintype() == "message" else _payload(part)
    size = None if content is None else len(content)
    return Found(file_name(_name(part), kind), kind, size, content if is_whole else None)


def _mail_within(part: Message) -> bytes | None:
    """A mail that hangs at a mail, written as it came; None where it cannot be."""
    try:
        written = b"".join(one.as_bytes(policy=_AS_IT_CAME) for one in within(part))
        encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError):
        return None
    return b"".join(decoded_pieces(encoding, [written]))


def _bytes(part: Message) -> bytes:
    return _payload(part) or b""


def _payload(part: Message) -> bytes | None:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else None


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, AttributeError, TypeError):
        return None


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""


def _name(part: Message) -> str:
    try:
        return one_line(part.get_filename() or "")
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""


def _head_of(raw: bytes) -> bytes:
    """The header, without what follows its empty line."""
    end = re.search(rb"\r?\n\r?\n", raw[:LARGEST_HEAD])
    return raw[: end.start()] if end else raw[:LARGEST_HEAD]


def _parsed(head: bytes) -> Message:
    """By the old policy, as that alone gives every header as it came."""
    return message_from_bytes(head + b"\r\n\r\n")


def _raw(message: Message, name: str) -> str:
    """A header as it came: the first of its name, or nothing."""
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return _repaired(value)[:LONGEST_LINE]


def _line(message: Message, name: str) -> str:
    return one_line(_words(_raw(message, name)))


def _words(text: str) -> str:
    """Encoded words (RFC 2047) in clear; what is none stays as it is."""
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (MessageError, ValueError, LookupError):
        return text
    return "".join(one if isinstance(one, str) else decoded(one, charset) for one, charset in pieces)


def _repaired(text: str) -> str:
    """Bytes beyond ASCII in a header, which the parser keeps as surrogates or marks as unknown, as text."""
    try:
        return decoded(text.encode("ascii", "surrogateescape"), "utf-8")
    except UnicodeEncodeError:
        return _encodable(text)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """A text in one line without control characters."""
    return " ".join(
        "".join(one if unicodedata.category(one)[0] != "C" else " " for one in _encodable(text)).split()
    )


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """Names and addresses; what is no address is left out."""
    try:
        found = getaddresses([one_line(_raw(message, name))])
    except (ValueError, IndexError, RecursionError):
        return []
    told = [(one_line(_words(shown))[:LONGEST_NAME], address.strip().lower()) for shown, address in found]
    return [
        (shown, address)
        for shown, address in told
        if 2 < len(address) <= LONGEST_ADDRESS and "@" in address and " " not in address
    ][:MOST_ADDRESSES]


def _some(ids: Sequence[str]) -> tuple[str, ...]:
    """The first and the latest of very many."""
    return tuple(ids) if len(ids) <= MOST_REFERENCES else (ids[0], *ids[-MOST_REFERENCES + 1 :])


def _empty_path(message: Message) -> dict[str, str]:
    """An empty sender of the envelope (RFC 5321, section 4.5.5), which reports have."""
    path = _raw(message, "return-path").strip()
    return {"return-path": "<>"} if path == "<>" else {}
