"""What an organisation's own limits for mail may be: pure."""

import re

from offhook.compliance.mailing.model import MailingSettings
from offhook.compliance.mailing.words import WORDS
from offhook.kernel.errors import FieldError, Invalid

BETWEEN = {
    "mails_per_day": (1, 10_000),
    "spacing_seconds": (0, 3_600),
    "mails_per_domain_per_hour": (1, 10_000),
}
"""The least and the largest value of each limit. Google Workspace takes 2,000 a day, Microsoft 365 10,000."""

LONGEST_FOOTER = 1_000
LONGEST_POSTAL = 300
MOST_SELECTORS = 10
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
"""A DKIM selector (RFC 6376, section 3.1): labels of a domain name."""


def check_mailing(wanted: MailingSettings) -> None:
    """Raise `Invalid`, naming the field, for limits that cannot be kept."""
    for name, (least, most) in BETWEEN.items():
        if not least <= getattr(wanted, name) <= most:
            raise _invalid(name, f"must be {least} to {most:,}", str(getattr(wanted, name)))
    if not wanted.days <= frozenset(range(7)) or not wanted.days:
        raise _invalid("days", "must be some of 0 (Monday) to 6 (Sunday)", str(sorted(wanted.days)))
    if wanted.opens >= wanted.closes:
        raise _invalid("closes", "must be later than `opens`", wanted.closes.isoformat("minutes"))
    for name, text, longest in (
        ("footer", wanted.footer, LONGEST_FOOTER),
        ("postal_address", wanted.postal_address, LONGEST_POSTAL),
    ):
        if len(text) > longest or "\0" in text:
            raise _invalid(name, f"must have at most {longest} characters, none of them null", None)
    if wanted.language not in WORDS:
        raise _invalid("language", f"must be one of {', '.join(sorted(WORDS))}", wanted.language)
    _check_selectors(wanted.dkim_selectors)


def _check_selectors(selectors: tuple[str, ...]) -> None:
    if len(selectors) > MOST_SELECTORS:
        raise _invalid("dkim_selectors", f"must be at most {MOST_SELECTORS}", None)
    for one in selectors:
        if not _SELECTOR.fullmatch(one):
            raise _invalid(
                "dkim_selectors", "must be selectors such as s1 (the name before ._domainkey)", one[:80]
            )


def _invalid(field: str, reason: str, value: str | None) -> Invalid:
    return Invalid(f"The mailing rules' {field} {reason}.", fields=[FieldError(field, reason, value)])
