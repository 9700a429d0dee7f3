"""May this person be mailed, now? One pure policy, asked before every mail, and the list of addresses.

What is no fact of one mail (wishes, the suppression list) is looked up here; whoever sends asks at the moment of
sending (`permit_sending`), as what was true when a mail was written may not be true any more, and as limits, hours
and spacing are facts of the moment.
"""

from offhook.compliance.mailing.model import (
    MailAsked,
    MailingSettings,
    MailPermit,
    MailRefused,
    MailVerdict,
    Suppressed,
    SuppressedBecause,
)
from offhook.compliance.mailing.service import (
    is_suppressed,
    keep_unsubscribed,
    may_mail,
    may_mail_persons,
    permit_mail,
    suppress,
    unsuppress,
)
from offhook.compliance.mailing.settings import mail_language, mailing_settings, set_mailing_settings
from offhook.compliance.mailing.verdicts import permit_sending, tracking
from offhook.compliance.mailing.words import WORDS, WayOutWords, language_of

__all__ = [
    "WORDS",
    "MailAsked",
    "MailPermit",
    "MailRefused",
    "MailVerdict",
    "MailingSettings",
    "Suppressed",
    "SuppressedBecause",
    "WayOutWords",
    "is_suppressed",
    "keep_unsubscribed",
    "language_of",
    "mail_language",
    "mailing_settings",
    "may_mail",
    "may_mail_persons",
    "permit_mail",
    "permit_sending",
    "set_mailing_settings",
    "suppress",
    "tracking",
    "unsuppress",
]
