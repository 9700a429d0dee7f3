"""One mail over a connection that has let us in (RFC 5321, sections 3.3 and 4.1.1), step by step.

Not by `smtplib.SMTP.sendmail`, which tells nobody how far it came: what matters here is to know whether the
content may have been taken. Up to the server's 354 it cannot have been; after the last byte and before the answer
it may.
"""

import re
from collections.abc import Callable
from smtplib import SMTP, SMTPException

from offhook.compliance import MailPermit
from offhook.kernel.errors import Forbidden
from offhook.mail.addresses import in_ascii
from offhook.mail.mailboxes.connecting import Trouble, TroubleKind, plain, told_by
from offhook.mail.mailboxes.model import Server
from offhook.mail.messages.model import Accepted, Mail, Outcome, ServerRefused, Unanswered

GO_AHEAD = 354
TAKEN = 250
WELL = frozenset({250, 251})
CLOSING = 421
"""The server ends the session: a matter of the mailbox, not of the mail."""

_DOT = re.compile(rb"^\.", re.MULTILINE)


def hand_over(
    smtp: SMTP,
    server: Server,
    mail: Mail,
    content: bytes,
    permit: MailPermit,
    before_content: Callable[[], None],
) -> Outcome:
    """Give one mail to the server; what it answered, or that it did not. Raises `Forbidden` without leave for it.

    `before_content` is called when the server is ready for the content, before any of it goes out; what it raises
    ends the connection. Raises `Trouble` when the connection broke before the last byte: then nothing was taken.
    """
    if permit.mail_id != mail.id or permit.address != mail.to_address:
        raise Forbidden("This leave is not for this mail.")
    try:
        refused = _envelope(smtp, server, mail)
        if refused is not None:
            smtp.rset()
            return refused
        code, told = smtp.docmd("DATA")
        if code != GO_AHEAD:
            return _refused(server, code, told)
    except (OSError, SMTPException) as error:
        raise _broken(server, error) from error
    try:
        before_content()
    except BaseException:
        smtp.close()  # without a dot on a line of its own nothing was sent
        raise
    return _content(smtp, server, content)


def _envelope(smtp: SMTP, server: Server, mail: Mail) -> Outcome | None:
    code, told = smtp.mail(in_ascii(mail.from_address))
    if code == TAKEN:
        code, told = smtp.rcpt(in_ascii(mail.to_address))
    return None if code in WELL else _refused(server, code, told)


def _content(smtp: SMTP, server: Server, content: bytes) -> Outcome:
    try:
        smtp.send(_DOT.sub(b"..", content) + b".\r\n")
    except (OSError, SMTPException) as error:
        raise _broken(server, error) from error  # the end was not sent
    try:
        code, told = smtp.getreply()
    except (OSError, SMTPException) as error:
        where = f"{server.host}:{server.port}"
        return Unanswered(f"{where} did not answer after it had the whole mail: {told_by(error)}.")
    return Accepted() if code == TAKEN else ServerRefused(code, plain(told))


def _refused(server: Server, code: int, told: bytes) -> ServerRefused:
    if code == CLOSING:
        raise Trouble(TroubleKind.UNREACHABLE, server, f"ends the session: {code} {plain(told)}")
    return ServerRefused(code, plain(told))


def _broken(server: Server, error: Exception) -> Trouble:
    return Trouble(TroubleKind.UNREACHABLE, server, f"broke off: {told_by(error)}")
