"""The policy of mails: pure functions of what is known. No override lifts a wish not to be mailed.

`judge_mail` tells whether somebody may be mailed at all, `judge_sending` whether this mail may go now, and if not,
not before when (`pacing.py`).
"""

from dataclasses import replace
from datetime import datetime

from offhook.compliance.mailing.model import (
    MailingSettings,
    MailKnown,
    MailVerdict,
    RampRule,
    Suppressed,
    SuppressedBecause,
)
from offhook.compliance.mailing.pacing import Sending, not_before, waits_of
from offhook.compliance.model import Refusal

CAN_SPAM = "CAN-SPAM Act, 15 U.S.C. § 7704(a)(4); Regulation (EU) 2016/679 (GDPR), Art. 21(3)"
"""Who objects to mail that sells is mailed no more."""
OWN_LIST = "Your suppression list"
RFC_6531 = "RFC 6531"

_WORDS = {
    SuppressedBecause.BY_HAND: "was put on the suppression list",
    SuppressedBecause.UNSUBSCRIBED: "unsubscribed",
    SuppressedBecause.BOUNCED: "does not exist: mail to it came back",
    SuppressedBecause.COMPLAINED: "reported a mail of ours as unwanted",
}


def judge_mail(known: MailKnown, *, is_transactional: bool = False) -> MailVerdict:
    """Whether this person may be mailed at this address, with every reason against it.

    Who objects to mail that sells has not objected to the invitation to a meeting that they agreed to: what is
    `is_transactional` (15 U.S.C. § 7702(17)) goes to them all the same. It goes to nobody whose address does not
    exist, who reported a mail of ours, or whom somebody put on the list by hand.
    """
    if known.address is None:
        why = "There is no e-mail address of this person on record. Add one, then write."
        return MailVerdict(None, (Refusal("no-address", why, "Offhook"),))
    refusals: list[Refusal] = []
    if known.does_not_email and not is_transactional:
        refusals.append(Refusal("do-not-email", "This person does not want to be mailed.", CAN_SPAM))
    if known.suppressed is not None and not (is_transactional and _objects_to_selling(known.suppressed)):
        refusals.append(_suppressed(known.suppressed))
    if not known.address.rpartition("@")[0].isascii():
        why = f"The address {known.address} has letters before the @ that most mail servers do not take."
        refusals.append(Refusal("address", why, RFC_6531))
    return MailVerdict(known.address, tuple(refusals))


def judge_sending(
    known: MailKnown, sending: Sending, settings: MailingSettings, ramp: tuple[RampRule, ...], now: datetime
) -> MailVerdict:
    """Whether this mail may be sent at `now`; what waiting does not end is told alone."""
    verdict = judge_mail(known, is_transactional=sending.is_transactional)
    if verdict.refusals or sending.is_transactional:
        return verdict
    waits = waits_of(sending, settings, ramp, now)
    if not waits:
        return verdict
    return replace(verdict, waits=waits, not_before=not_before(sending, settings, waits, now))


def _objects_to_selling(one: Suppressed) -> bool:
    return one.because is SuppressedBecause.UNSUBSCRIBED


def _suppressed(one: Suppressed) -> Refusal:
    why = f"The address {one.address} {_WORDS[one.because]} ({one.added_at:%Y-%m-%d}): {one.reason}."
    source = OWN_LIST if one.because in {SuppressedBecause.BY_HAND, SuppressedBecause.BOUNCED} else CAN_SPAM
    return Refusal("suppressed", why, source)
