"""SPF (RFC 7208): which servers may send for a domain. Judged from its records; other domains' are asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from offhook.mail.deliverability.model import DomainCheck, DomainCheckName, Standing, ToPublish

MOST_LOOKUPS = 10
"""RFC 7208, section 4.6.4: beyond, receivers give up (permerror)."""
_VERSION = "v=spf1"
_COUNTED = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})

INCLUDES: Mapping[str, str] = {
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "zoho.com": "zohomail.com",
    "zoho.eu": "zohomail.eu",
    "fastmail.com": "spf.messagingengine.com",
    "ionos.com": "_spf-us.ionos.com",
    "ionos.de": "_spf.kundenserver.de",
    "mailbox.org": "mailbox.org",
}
"""What the providers of these submission servers ask their customers to include."""

Texts = Callable[[str], tuple[str, ...]]


@dataclass
class _Walk:
    """What was met along includes and redirects."""

    texts: Texts
    lookups: int = 0
    included: set[str] = field(default_factory=set[str])
    broken: str | None = None


def judge_spf(domain: str, smtp_host: str, texts: Texts) -> DomainCheck:
    """What the domain's SPF record is worth for mail that leaves by that server. Raises what `texts` raises."""
    records = _records(texts(domain))
    wanted = include_of(smtp_host)
    if not records:
        value = f"v=spf1 {f'include:{wanted}' if wanted else f'a:{smtp_host}'} ~all"
        told = f"{domain} does not say which servers may send its mail. Publish it."
        return _check(Standing.WARN, told, ToPublish(domain, "TXT", value))
    if len(records) > 1:
        told = f"{domain} has {len(records)} SPF records; receivers heed none then. Make them one."
        return _check(Standing.FAIL, told)
    walk = _Walk(texts)
    _follow(walk, domain, records[0])
    if walk.broken:
        return _check(Standing.FAIL, walk.broken)
    if walk.lookups > MOST_LOOKUPS:
        told = f"It takes more than {MOST_LOOKUPS} look-ups to read; receivers give up. Take includes away."
        return _check(Standing.FAIL, told)
    return _judged(domain, records[0], walk, wanted)


def _judged(domain: str, record: str, walk: _Walk, wanted: str | None) -> DomainCheck:
    terms = record.lower().split()
    if wanted and wanted not in walk.included:
        told = f"It does not name the servers that your mail leaves by: add include:{wanted}."
        value = _with(record, f"include:{wanted}")
        return _check(Standing.WARN, told, ToPublish(domain, "TXT", value))
    if "all" in terms or "+all" in terms:
        return _check(Standing.WARN, "It lets every server in the world send (+all): end it with ~all instead.")
    if not any(term.endswith("all") or term.startswith("redirect=") for term in terms):
        return _check(Standing.WARN, "It says nothing of other servers: end it with ~all.")
    return _check(Standing.OK, f"Published: {record}")


def _with(record: str, term: str) -> str:
    first, *others = record.split()
    return " ".join([first, term, *others])


def _follow(walk: _Walk, domain: str, record: str) -> None:
    for term in record.lower().split()[1:]:
        name, target = _read(term)
        if name not in _COUNTED or walk.broken:
            continue
        walk.lookups += 1
        if name in {"include", "redirect"} and walk.lookups <= MOST_LOOKUPS:
            _into(walk, domain, term, target)


def _into(walk: _Walk, domain: str, term: str, target: str) -> None:
    if "%{" in target:
        return  # a macro stands for what only the receiver knows
    if not target:
        walk.broken = f"“{term}” names no domain."
        return
    walk.included.add(target)
    found = _records(walk.texts(target))
    if len(found) != 1:
        walk.broken = f"“{term}” of {domain} leads to {len(found)} SPF records instead of one; receivers give up."
        return
    _follow(walk, target, found[0])


def _read(term: str) -> tuple[str, str]:
    """The name of a mechanism or modifier, and what it names."""
    plain = term.lstrip("+-~?")
    for separator in (":", "=", "/"):
        name, found, target = plain.partition(separator)
        if found:
            return name, target.rstrip(".")
    return plain, ""


def _records(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if text.lower() == _VERSION or text.lower().startswith(f"{_VERSION} ")]


def include_of(smtp_host: str) -> str | None:
    """What the provider of a submission server is included by; None for one that we do not know."""
    host = smtp_host.lower()
    return next((one for end, one in INCLUDES.items() if host == end or host.endswith(f".{end}")), None)


def _check(standing: Standing, told: str, publish: ToPublish | None = None) -> DomainCheck:
    return DomainCheck(DomainCheckName.SPF, standing, told, publish)
