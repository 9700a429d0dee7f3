"""Mails fetched from an INBOX without changing anything in it (RFC 3501: EXAMINE, BODY.PEEK), and never too much.

Headers first, by the dozen. Of a mail that concerns somebody here its text follows: of a small mail all of it, of
a large one the parts that are text, each up to a limit, wherever they stand. What was not read is told. Files of a
large mail are fetched by their parts, in pieces (`pieces_of`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from offhook.mail.incoming.bounces import LARGEST_REPORT, bounce_of, is_report
from offhook.mail.incoming.decoding import KNOWN, decoded_pieces
from offhook.mail.incoming.model import Content, Fetched, Found, Head, Section
from offhook.mail.incoming.parsing import (
    CALENDAR,
    LARGEST_HEAD,
    LONGEST_CALENDAR,
    MOST_CALENDARS,
    REPORTED,
    content_of,
    file_name,
    name_in,
    read_content,
    read_head,
    text_of_part,
)

LARGEST_WHOLE = 512 * 1024
"""Bytes of a mail that is fetched as it is."""
LARGEST_PART = 256 * 1024
"""Bytes that are fetched of one text in a larger mail."""
PIECE = 2 * 2**20
"""Bytes of a file that are fetched, and in memory, at a time."""
MOST_TEXTS = 6
MOST_AT_ONCE = 50
DEEPEST = 20

Structure = Sequence[Any]


class InboxServer(Protocol):
    """What of `imapclient.IMAPClient` reading uses, with types."""

    def select_folder(self, folder: str, readonly: bool = False) -> dict[bytes, int]:
        """Go into a folder; `readonly` by EXAMINE."""
        ...

    def search(self, criteria: Sequence[object]) -> list[int]:
        """The UIDs that match."""
        ...

    def fetch(self, messages: Sequence[int], data: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """What is asked of these messages, by UID."""
        ...

    def has_capability(self, capability: str) -> bool:
        """Whether the server can do that."""
        ...

    def idle(self) -> None:
        """Wait for news from now on (RFC 2177)."""
        ...

    def idle_check(self, timeout: float) -> list[tuple[Any, ...]]:
        """What the server told, or nothing after `timeout` seconds."""
        ...

    def idle_done(self) -> object:
        """Wait no more."""
        ...

    def noop(self) -> object:
        """Let the server tell what is new."""
        ...

    def socket(self) -> Any:
        """The connection's socket."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail of which the header was read: `size` in bytes as the server has it."""

    uid: int
    received_at: datetime
    size: int
    head: Head


def has_unread(server: InboxServer) -> bool:
    """Whether something that the server told lies in a buffer already.

    What came right behind the server's word that it idles is read together with it. Waiting, the library looks at
    the socket alone, on which nothing would be seen of it until the next news.
    """
    link, lines = server.socket(), getattr(getattr(server, "_imap", None), "file", None)
    if lines is None:
        return False
    patience = link.gettimeout()
    link.setblocking(False)
    try:
        return bool(lines.peek(1))
    except OSError:
        return False  # nothing there, which TLS tells by an error
    finally:
        link.settimeout(patience)


def envelopes(server: InboxServer, uids: Sequence[int]) -> Iterator[list[Envelope]]:
    """The headers of these mails in their order, a few dozen at once; those gone meanwhile are left out."""
    wanted = ["INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[HEADER]<0.{LARGEST_HEAD}>"]
    for first in range(0, len(uids), MOST_AT_ONCE):
        some = uids[first : first + MOST_AT_ONCE]
        found = server.fetch(some, wanted)
        yield [_envelope(uid, found[uid]) for uid in some if uid in found]


def whole(server: InboxServer, one: Envelope) -> Fetched:
    """A mail with what it says, and, where it is a report, what that is about."""
    if is_report(one.head):
        raw = _bytes(server, one.uid, f"BODY.PEEK[]<0.{LARGEST_REPORT}>")
        content = read_content(raw, _left_out(one.size - len(raw)))
        return _fetched(one, content, raw)
    if one.size <= LARGEST_WHOLE:
        return _fetched(one, read_content(_bytes(server, one.uid, "BODY.PEEK[]")))
    return _fetched(one, _content_of_large(server, one))


def pieces_of(server: InboxServer, uid: int, part: Section, size: int) -> Iterator[bytes]:
    """What is in a part, decoded, piece by piece; to its end, even if that is beyond its `size` as sent."""
    return decoded_pieces(part.encoding, _raw_pieces(server, uid, part.number, size))


def _raw_pieces(server: InboxServer, uid: int, section: str, size: int) -> Iterator[bytes]:
    begin, is_more = 0, True
    while is_more:
        piece = _bytes(server, uid, f"BODY.PEEK[{section}]<{begin}.{PIECE}>")
        begin += len(piece)
        # Sizes that servers tell are not always right, and some answer by less than was asked for.
        is_more = bool(piece) and (len(piece) == PIECE or begin < size)
        yield piece


def _fetched(one: Envelope, content: Content, report: bytes | None = None) -> Fetched:
    bounce = bounce_of(report, one.head) if report is not None else None
    return Fetched(one.uid, one.received_at, one.size, one.head, content, bounce)


def _envelope(uid: int, told: dict[bytes, Any]) -> Envelope:
    raw = next((value for key, value in told.items() if key.startswith(b"BODY[HEADER]")), b"")
    received = cast("datetime", told.get(b"INTERNALDATE")) or datetime.now(UTC)
    return Envelope(uid, received.astimezone(UTC), int(told.get(b"RFC822.SIZE") or 0), read_head(raw or b""))


def _bytes(server: InboxServer, uid: int, what: str) -> bytes:
    told = server.fetch([uid], [what]).get(uid, {})
    return next((value or b"" for key, value in told.items() if key.startswith(b"BODY[")), b"")


def _left_out(count: int) -> list[str]:
    return [f"{count:,} bytes at its end"] if count > 0 else []


@dataclass(frozen=True, slots=True)
class _Part:
    """One part as the server's BODYSTRUCTURE has it (RFC 3501, section 7.4.2). `section` is its number."""

    section: str
    media_type: str
    charset: str | None
    encoding: str
    size: int
    name: str
    is_attached: bool

    @property
    def is_text(self) -> bool:
        return self.media_type in {"text/plain", "text/html"} and not self.is_attached and not self.name

    @property
    def is_calendar(self) -> bool:
        return self.media_type == CALENDAR

    def found(self) -> Found:
        """The part as a file."""
        source = Section(self.section, self.encoding) if self.encoding in KNOWN else None
        return Found(file_name(self.name, self.media_type), self.media_type, self.size, source)


def _content_of_large(server: InboxServer, one: Envelope) -> Content:
    """The texts of a large mail; what the server does not take apart is read from its beginning."""
    told = server.fetch([one.uid], ["BODYSTRUCTURE"]).get(one.uid, {})
    parts = list(parts_of(told.get(b"BODYSTRUCTURE") or ()))
    if not parts:
        raw = _bytes(server, one.uid, f"BODY.PEEK[]<0.{LARGEST_WHOLE}>")
        return read_content(raw, _left_out(one.size - len(raw)))
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    left_out: list[str] = []
    for part in [part for part in parts if part.is_text][:MOST_TEXTS]:
        raw = _bytes(server, one.uid, f"BODY.PEEK[{part.section}]<0.{LARGEST_PART}>")
        texts[part.media_type].append(text_of_part(raw, part.encoding, part.charset))
        left_out += _left_out(part.size - len(raw))
    attached = [
        part.found()
        for part in parts
        if not part.is_text and part.media_type not in REPORTED and (part.name or not part.is_calendar)
    ]
    calendars = _calendars(server, one.uid, parts)
    return content_of(texts["text/plain"], texts["text/html"], calendars, attached, left_out)


def _calendars(server: InboxServer, uid: int, parts: Sequence[_Part]) -> list[str]:
    """The texts for calendars that are not too long to be any."""
    found = [part for part in parts if part.is_calendar and part.size <= LONGEST_CALENDAR]
    return [
        text_of_part(_bytes(server, uid, f"BODY.PEEK[{part.section}]"), part.encoding, part.charset)
        for part in found[:MOST_CALENDARS]
    ]


def parts_of(structure: Structure, section: str = "", depth: int = 0) -> Iterator[_Part]:
    """The parts of a mail that hold something. What does not look like a structure is left out."""
    if not structure or depth > DEEPEST:
        return
    if isinstance(structure[0], list | tuple):
        # imapclient puts the parts into a list of their own; servers send them one after the other.
        inner = cast("Structure", structure[0]) if isinstance(structure[0], list) else structure
        nested = [found for one in inner if (found := _sequence(one))]
        for number, one in enumerate(nested, 1):
            yield from parts_of(one, f"{section}.{number}" if section else str(number), depth + 1)
        return
    if len(structure) >= 7:
        yield _part(structure, section or "1")


def _sequence(told: object) -> Structure:
    return cast("Structure", told) if isinstance(told, list | tuple) else ()


def _part(told: Structure, section: str) -> _Part:
    parameters = _pairs(told[2])
    disposition, more = "", list[tuple[str, str]]()
    for one in map(_sequence, told[7:]):
        if one and _text(one[0]).lower() in {"attachment", "inline"}:
            disposition, more = _text(one[0]).lower(), _pairs(one[1] if len(one) > 1 else None)
    return _Part(
        section,
        f"{_text(told[0])}/{_text(told[1])}".lower(),
        dict(parameters).get("charset"),
        _text(told[5]).lower(),
        told[6] if isinstance(told[6], int) else 0,
        name_in(more, "filename") or name_in(parameters, "name"),
        disposition == "attachment",
    )


def _pairs(told: object) -> list[tuple[str, str]]:
    """A flat list of names and values, by pairs."""
    flat = [_text(one) for one in cast("Sequence[object]", told)] if isinstance(told, list | tuple) else []
    return [(name.lower(), value) for name, value in zip(flat[::2], flat[1::2], strict=False)]


def _text(told: object) -> str:
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told or "")
