"""May this person be mailed, now? One pure policy, asked before every mail, and the list of addresses.

What is no fact of one mail (wishes, the suppression list) is looked up here; whoever sends asks at the moment of
sending, as what was true when a mail was written may not be true any more.
"""

from offhook.compliance.mailing.model import (
    MailRefused,
    MailVerdict,
    Suppressed,
    SuppressedBecause,
)
from offhook.compliance.mailing.service import may_mail, may_mail_persons, permit_mail, suppress, unsuppress

__all__ = [
    "MailRefused",
    "MailVerdict",
    "Suppressed",
    "SuppressedBecause",
    "may_mail",
    "may_mail_persons",
    "permit_mail",
    "suppress",
    "unsuppress",
]
