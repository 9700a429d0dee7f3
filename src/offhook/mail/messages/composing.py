"""A mail as bytes: pure, so that the same mail comes out the same to the last byte, however often it is made.

By the standard library's `email` package: names and subjects by RFC 2047, bodies in UTF-8 as quoted-printable,
lines ended by CR LF. A plain text stands always, first (RFC 2046, section 5.1.4: the best comes last).
"""

from collections.abc import Mapping, Sequence
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from offhook.mail.addresses import in_ascii
from offhook.mail.attachments.model import Enclosed
from offhook.mail.messages.model import Mail


class _Ids(UnstructuredHeader, BaseHeader):
    """Ids and addresses, folded between them and never within: the library would encode a long one."""

    def fold(self, *, policy: Policy) -> str:
        """One id a line (RFC 5322, section 2.2.3)."""
        ids = "\r\n ".join(str(self).split())
        return f"{self.name}: {ids}\r\n"


_registry = HeaderRegistry()
for _name in ("message-id", "in-reply-to", "references", "list-unsubscribe"):
    _registry.map_to_type(_name, _Ids)
_POLICY = SMTP.clone(header_factory=_registry)


def compose(mail: Mail, enclosed: Sequence[Enclosed] = (), headers: Mapping[str, str] | None = None) -> bytes:
    """The mail with the files that go with it, and with more in its head if given (`dressing.py`).

    Its `dated_at` must be set. Raises `ValueError` for what cannot stand in a header.
    """
    if mail.dated_at is None:
        raise ValueError("A mail is dated when it is claimed.")
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(mail.dated_at)
    message["From"] = _address(mail.from_name, mail.from_address)
    message["To"] = _address(mail.to_name, mail.to_address)
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to is not None:
        message["In-Reply-To"] = mail.in_reply_to
        message["References"] = " ".join(mail.reference_ids)
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(mail.body_text, cte="quoted-printable")
    if mail.body_html is not None:
        message.add_alternative(mail.body_html, subtype="html", cte="quoted-printable")
    if mail.calendar is not None:  # RFC 6047, section 2.4: the type's method is the object's
        method = {"method": mail.calendar.method}
        message.add_alternative(mail.calendar.text, subtype="calendar", cte="quoted-printable", params=method)
    if message.is_multipart():
        message.set_boundary(f"=_{mail.id.hex}")
    if enclosed:
        _enclose(message, enclosed)
        message.set_boundary(f"=_{mail.id.hex}.files")
    return message.as_bytes()


def _enclose(message: EmailMessage, enclosed: Sequence[Enclosed]) -> None:
    """Files below the text, their names by RFC 2231 where ASCII does not do."""
    for one in enclosed:
        kind, _, subtype = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)


def _address(name: str, address: str) -> Address:
    return Address(name, addr_spec=in_ascii(address))
