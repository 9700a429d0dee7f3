"""E-mail addresses: judged by `email-validator`, written in one form, lower case.

Two spellings of one mailbox give one text: case is folded, the domain is in Unicode (IDNA 2008) and NFC
whichever way it came. Nothing is looked up in the network. Plain ASCII addresses take a short way: the library
judges each domain once, the local part meets a regular expression stricter than the library's own rules
(RFC 5321, section 4.1.2, dot-string), so the short way accepts nothing that the library would refuse.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, EmailSyntaxError, validate_email

from offhook.people.normalise.values import Rejected

LONGEST = 254
"""RFC 3696 erratum 1690: the longest address that fits into an SMTP path."""

_PLAIN = re.compile(r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*")
_LONGEST_PLAIN_LOCAL = 64
_LONGEST_PLAIN = 200


@dataclass(frozen=True, slots=True)
class Email:
    """A well-formed address: `address` as stored and compared, `domain` its host in ASCII."""

    address: str
    domain: str


def read_email(text: str) -> Email | Rejected:
    """Understand one address; a display name around it ("Ann <ann@example.org>") is left out.

    Rejected with the library's words when the syntax is wrong, and for domains that never receive mail
    (RFC 6761: .test, .invalid, .local, …).
    """
    local, at, domain = text.lower().rpartition("@")
    if at and len(text) <= _LONGEST_PLAIN and len(local) <= _LONGEST_PLAIN_LOCAL and _PLAIN.fullmatch(local):
        judged = _judge_domain(domain)
        if judged is not None:
            return Email(f"{local}@{judged[0]}", judged[1])
    return _read_with_library(text)


_PLAIN_DOMAIN = re.compile(r"(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_LAST_LABELS = frozenset(domain.rpartition(".")[2] for domain in SPECIAL_USE_DOMAIN_NAMES)


@lru_cache(maxsize=65536)
def _judge_domain(domain: str) -> tuple[str, str] | None:
    """The domain in Unicode and in ASCII, None if the library refuses it or wants a second look.

    Host names in plain ASCII (RFC 1123, section 2.1) under an ordinary top-level domain need no library.
    """
    if _PLAIN_DOMAIN.fullmatch(domain) and domain.rpartition(".")[2] not in _LAST_LABELS:
        return domain, domain
    judged = _read_with_library(f"a@{domain}")
    return None if isinstance(judged, Rejected) else (judged.address[2:], judged.domain)


def _read_with_library(text: str) -> Email | Rejected:
    try:
        found = validate_email(text, check_deliverability=False, allow_display_name=True, allow_quoted_local=True)
    except EmailSyntaxError as error:
        return Rejected(str(error))
    except EmailNotValidError as error:
        return Rejected(f"{error} Mail to it would never arrive.")
    return Email(found.normalized.lower(), found.ascii_domain.lower())


_SEPARATORS = re.compile(r"[;,\s|/]+(?=[^;,\s|/]*@)")


def read_emails(text: str) -> list[Email | Rejected]:
    """Understand a cell that may hold several addresses ("a@x.example; b@y.example"); at least one answer."""
    whole = read_email(text)
    if isinstance(whole, Email) or text.count("@") < 2:
        return [whole]
    parts = [read_email(part.strip(" ;,|/")) for part in _SEPARATORS.split(text)]
    return parts if any(isinstance(part, Email) for part in parts) else [whole]
