"""One domain looked over: the DNS is asked, what it tells is judged. Takes seconds: never within a transaction."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from offhook.mail.deliverability.asking import Dns, DnsTrouble
from offhook.mail.deliverability.dkim import COMMON, judge_dkim
from offhook.mail.deliverability.dmarc import judge_dmarc
from offhook.mail.deliverability.model import (
    DomainCheck,
    DomainCheckName,
    DomainStanding,
    SendingDomain,
    Standing,
)
from offhook.mail.deliverability.spf import judge_spf

AT_ONCE = 16
"""Questions."""
NO_MAIL = "."


def examine_domains(dns: Dns, domains: Sequence[SendingDomain]) -> list[DomainStanding]:
    """What is found of each, in order. Raises nothing that the DNS can cause."""
    with ThreadPoolExecutor(AT_ONCE, "dns") as pool:
        asked = [(one, [(name, pool.submit(check, dns, one)) for name, check in _CHECKS]) for one in domains]
        return [
            DomainStanding(one.domain, tuple(_answer(name, check.result) for name, check in checks))
            for one, checks in asked
        ]


def _answer(name: DomainCheckName, check: Callable[[], DomainCheck]) -> DomainCheck:
    try:
        return check()
    except DnsTrouble as trouble:
        return DomainCheck(name, Standing.UNKNOWN, str(trouble))


def _spf(dns: Dns, one: SendingDomain) -> DomainCheck:
    return judge_spf(one.domain, one.smtp_host, dns.texts)


def _dkim(dns: Dns, one: SendingDomain) -> DomainCheck:
    names = one.selectors or COMMON
    with ThreadPoolExecutor(len(names), "dkim") as pool:
        texts = list(pool.map(dns.texts, [f"{name}._domainkey.{one.domain}" for name in names]))
    return judge_dkim(one.domain, one.selectors, dict(zip(names, texts, strict=True)))


def _dmarc(dns: Dns, one: SendingDomain) -> DomainCheck:
    return judge_dmarc(one.domain, dns.texts)


def _mx(dns: Dns, one: SendingDomain) -> DomainCheck:
    servers = dns.mail_servers(one.domain)
    if NO_MAIL in servers:
        told = f"{one.domain} says that it takes no mail: answers and bounces are lost."
        return DomainCheck(DomainCheckName.MX, Standing.FAIL, told)
    if not servers:
        told = f"{one.domain} names no server that takes its mail: answers and bounces may be lost."
        return DomainCheck(DomainCheckName.MX, Standing.WARN, told)
    return DomainCheck(DomainCheckName.MX, Standing.OK, f"Answers go to {', '.join(servers)}.")


def _ptr(dns: Dns, one: SendingDomain) -> DomainCheck:
    """Of a server of one's own; the addresses that a provider sends by are its own matter."""
    host = one.smtp_host
    if host != one.domain and not host.endswith(f".{one.domain}"):
        told = f"Mail leaves by {host}; the names of its addresses are its operator's matter."
        return DomainCheck(DomainCheckName.PTR, Standing.OK, told)
    public = [address for address in dns.addresses(host) if ip_address(address).is_global]
    if not public:
        told = f"{host} has no public address of its own, so by which one mail leaves cannot be told."
        return DomainCheck(DomainCheckName.PTR, Standing.WARN, told)
    nameless = [address for address in public if not _is_confirmed(dns, address)]
    if nameless:
        told = (
            f"{', '.join(nameless)} has no name that leads back to it; many receivers refuse mail from such."
            f" Ask whoever the address is from to name it {host}."
        )
        return DomainCheck(DomainCheckName.PTR, Standing.WARN, told)
    return DomainCheck(DomainCheckName.PTR, Standing.OK, f"{', '.join(public)} has its name.")


def _is_confirmed(dns: Dns, address: str) -> bool:
    """Whether one of the address's names leads back to it (RFC 8601, section 2.7.3, "iprev")."""
    return any(address in dns.addresses(name) for name in dns.names_of(address))


_CHECKS: Sequence[tuple[DomainCheckName, Callable[[Dns, SendingDomain], DomainCheck]]] = (
    (DomainCheckName.SPF, _spf),
    (DomainCheckName.DKIM, _dkim),
    (DomainCheckName.DMARC, _dmarc),
    (DomainCheckName.MX, _mx),
    (DomainCheckName.PTR, _ptr),
)
