"""DMARC (RFC 7489): what receivers should do with mail that only claims to be a domain's. Pure.

The record is the domain's own or that of a domain above it.
"""

from collections.abc import Callable

from offhook.mail.deliverability.dkim import tags_of
from offhook.mail.deliverability.model import DomainCheck, DomainCheckName, Standing, ToPublish

Texts = Callable[[str], tuple[str, ...]]
POLICIES = frozenset({"none", "quarantine", "reject"})
LEAST_LABELS = 2


def judge_dmarc(domain: str, texts: Texts) -> DomainCheck:
    """What the domain's DMARC record says. Raises what `texts` raises."""
    above, records = _nearest(domain, texts)
    if not records:
        publish = ToPublish(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
        told = "Receivers are not told what to do with mail that only claims to be yours. Publish it."
        return DomainCheck(DomainCheckName.DMARC, Standing.WARN, told, publish)
    if len(records) > 1:
        told = f"_dmarc.{above} has {len(records)} DMARC records; receivers heed none then. Leave one."
        return DomainCheck(DomainCheckName.DMARC, Standing.FAIL, told)
    tags = tags_of(records[0])
    policy = tags.get("p", "").lower()
    if policy not in POLICIES:
        told = f"Its policy is “{policy}”; it must be none, quarantine or reject: {records[0]}"
        return DomainCheck(DomainCheckName.DMARC, Standing.FAIL, told)
    held = policy if above == domain else tags.get("sp", policy).lower()
    of_above = "" if above == domain else f", by {above}"
    if held == "none":
        told = f"Published{of_above}: watched only (none). Go on to quarantine once the reports look well."
        return DomainCheck(DomainCheckName.DMARC, Standing.OK, told)
    return DomainCheck(DomainCheckName.DMARC, Standing.OK, f"Published{of_above}: {held}.")


def _nearest(domain: str, texts: Texts) -> tuple[str, list[str]]:
    """The records of the domain, or of the nearest one above that has any."""
    labels = domain.split(".")
    for place in range(max(1, len(labels) - LEAST_LABELS + 1)):
        above = ".".join(labels[place:])
        found = [text for text in texts(f"_dmarc.{above}") if text.lower().startswith("v=dmarc1")]
        if found:
            return above, found
    return domain, []
