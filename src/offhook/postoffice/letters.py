"""Reading mail that may be broken in any way: what a header or a body says, in text that can be shown and sent on.

Nothing here raises: mail is parsed the old way (`compat32`), as the newer one raises at some headers when they are
read. What cannot be decoded is shown with replacement characters.
"""

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

_PARSER = BytesParser(policy=compat32)


def parse(content: bytes) -> Message:
    """A mail, however broken."""
    return _PARSER.parsebytes(content)


def header(mail: Message, name: str) -> str:
    """What a header says, decoded (RFC 2047) and on one line; empty where there is none."""
    value = mail.get(name, "")
    try:
        told = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        told = str(value)
    return " ".join(_sendable(told).split())


def headers(mail: Message) -> str:
    """All headers as they stand there, one below the other."""
    lines = (f"{name}: {' '.join(str(value).splitlines())}\n" for name, value in mail.items())
    return _sendable("".join(lines))


def body(mail: Message, kind: str) -> str:
    """The first part of `text/` this kind that is no attachment; empty where there is none."""
    for part in mail.walk():
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            return _sendable(_decoded(part))
    return ""


def is_address(text: str) -> bool:
    """Whether it is one address of a mailbox at a domain (RFC 5321), in ASCII and without blanks."""
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        return False
    return bool(address.username and address.domain) and text.isascii() and text.isprintable() and " " not in text


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _sendable(text: str) -> str:
    """Without halves of characters, which some charsets decode to."""
    return text.encode("utf-8", "replace").decode("utf-8")
