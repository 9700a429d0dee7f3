"""What was found of a sending domain, in plain immutable data."""

from dataclasses import dataclass
from enum import StrEnum


class DomainCheckName(StrEnum):
    """What is looked at."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MX = "mx"
    PTR = "ptr"


class Standing(StrEnum):
    """What a check came to."""

    OK = "ok"
    WARN = "warn"
    """Works, or may; receivers will trust more if it is mended."""
    FAIL = "fail"
    """What is published is broken."""
    UNKNOWN = "unknown"
    """The DNS did not answer."""


@dataclass(frozen=True, slots=True)
class ToPublish:
    """A record to publish in the DNS."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class DomainCheck:
    """One check, what it came to in a sentence, and what to publish if something is missing."""

    name: DomainCheckName
    standing: Standing
    told: str
    publish: ToPublish | None = None


@dataclass(frozen=True, slots=True)
class SendingDomain:
    """A domain that mail is sent from, by which server; the selectors of its DKIM keys, if they are named."""

    domain: str
    smtp_host: str
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DomainStanding:
    """All that was found of a domain."""

    domain: str
    checks: tuple[DomainCheck, ...]
