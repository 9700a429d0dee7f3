"""Whether somebody may be contacted, now and in this way: one policy engine, asked before every contact.

Rules are data with their source and date (`rules/`); the verdict is a pure function of what is asked, what is
known and the time. A refusal says why and until when.
"""

from offhook.compliance.do_not_call import add_number, is_listed, remove_number
from offhook.compliance.mailing import (
    WORDS,
    MailAsked,
    MailingSettings,
    MailPermit,
    MailRefused,
    MailVerdict,
    SuppressedBecause,
    WayOutWords,
    is_suppressed,
    keep_unsubscribed,
    language_of,
    mail_language,
    mailing_settings,
    may_mail,
    may_mail_persons,
    permit_mail,
    permit_sending,
    set_mailing_settings,
    suppress,
    tracking,
)
from offhook.compliance.model import (
    CallingSettings,
    CallPurpose,
    Override,
    Permit,
    RecordingConsent,
    Refusal,
    Refused,
    Verdict,
)
from offhook.compliance.service import may_call, may_call_persons, permit_call, set_settings, settings
from offhook.compliance.usual import usual_hours

__all__ = [
    "WORDS",
    "CallPurpose",
    "CallingSettings",
    "MailAsked",
    "MailPermit",
    "MailRefused",
    "MailVerdict",
    "MailingSettings",
    "Override",
    "Permit",
    "RecordingConsent",
    "Refusal",
    "Refused",
    "SuppressedBecause",
    "Verdict",
    "WayOutWords",
    "add_number",
    "is_listed",
    "is_suppressed",
    "keep_unsubscribed",
    "language_of",
    "mail_language",
    "mailing_settings",
    "may_call",
    "may_call_persons",
    "may_mail",
    "may_mail_persons",
    "permit_call",
    "permit_mail",
    "permit_sending",
    "remove_number",
    "set_mailing_settings",
    "set_settings",
    "settings",
    "suppress",
    "tracking",
    "usual_hours",
]
