"""E-mail: what reps write to persons, from the template to the message, sent from their own mailboxes.

Mails are made from templates that the language of this slice understands and nothing else can run in. Every mail
has a plain-text part, and no value that is put into one can change what the template around it says. A mail is a
row of a ledger before anything is sent, so that it goes once, whatever crashes.
"""

from offhook.mail.incoming.model import Received
from offhook.mail.incoming.service import received_mail
from offhook.mail.mailboxes.model import Mailbox
from offhook.mail.mailboxes.service import mailbox_of
from offhook.mail.messages.from_templates import send_template
from offhook.mail.messages.model import CalendarPart, Mail, MailState
from offhook.mail.messages.service import mail_by_id, send_again, send_mail, withdraw

__all__ = [
    "CalendarPart",
    "Mail",
    "MailState",
    "Mailbox",
    "Received",
    "mail_by_id",
    "mailbox_of",
    "received_mail",
    "send_again",
    "send_mail",
    "send_template",
    "withdraw",
]
