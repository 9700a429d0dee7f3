"""Whether somebody may be contacted, now and in this way: one policy engine, asked before every contact.

Rules are data with their source and date (`rules/`); the verdict is a pure function of what is asked, what is
known and the time. A refusal says why and until when.
"""

from offhook.compliance.do_not_call import add_number, is_listed, remove_number
from offhook.compliance.mailing import MailRefused, MailVerdict, may_mail, may_mail_persons, permit_mail, suppress
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
    "CallPurpose",
    "CallingSettings",
    "MailRefused",
    "MailVerdict",
    "Override",
    "Permit",
    "RecordingConsent",
    "Refusal",
    "Refused",
    "Verdict",
    "add_number",
    "is_listed",
    "may_call",
    "may_call_persons",
    "may_mail",
    "may_mail_persons",
    "permit_call",
    "permit_mail",
    "remove_number",
    "set_settings",
    "settings",
    "suppress",
    "usual_hours",
]
