"""Trying a mailbox for real: both servers are connected to and signed in at, and no mail is sent.

That the account may send as this address is asked by naming it as sender and receiver and then taking that back
(RSET): a server that minds says so at one of the two.
"""

from smtplib import SMTP, SMTPException

from offhook.mail.addresses import in_ascii
from offhook.mail.mailboxes.connecting import SENT, Trouble, open_imap, open_smtp, plain
from offhook.mail.mailboxes.model import Checked, Login

MAILBOX_OK = frozenset({250, 251})


def check(login: Login) -> Checked:
    """What is wrong with each of its servers, in words. Raises nothing that a server can cause."""
    folder, imap_problem = _imap(login)
    return Checked(_smtp_problem(login), imap_problem, folder)


def _smtp_problem(login: Login) -> str | None:
    try:
        with open_smtp(login) as smtp:
            return _sender_problem(smtp, login)
    except Trouble as trouble:
        return str(trouble)
    except (OSError, SMTPException) as error:
        return f"{login.mailbox.smtp_host}:{login.mailbox.smtp_port} breaks off: {plain(str(error))}."


def _sender_problem(smtp: SMTP, login: Login) -> str | None:
    own = in_ascii(login.mailbox.address)
    for code, told in (smtp.mail(own), smtp.rcpt(own)):
        if code not in MAILBOX_OK:
            return (
                f"{login.mailbox.smtp_host}:{login.mailbox.smtp_port} does not let this account send as"
                f" {login.mailbox.address}: {code} {plain(told)}."
            )
    smtp.rset()
    return None


def _imap(login: Login) -> tuple[str | None, str | None]:
    try:
        with open_imap(login) as imap:
            folder = imap.find_special_folder(SENT)
    except Trouble as trouble:
        return None, str(trouble)
    if folder is None and not login.mailbox.saves_sent:
        return None, "There is no folder for sent mail in this mailbox: make one named Sent."
    return folder, None
