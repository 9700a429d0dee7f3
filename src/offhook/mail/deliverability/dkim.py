"""DKIM (RFC 6376): where a domain's signing keys are published, and whether they hold. Pure.

Nobody can list a domain's selectors; those of common providers are tried where none is named.
"""

import base64
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from offhook.mail.deliverability.model import DomainCheck, DomainCheckName, Standing

COMMON = (
    "google",
    "selector1",
    "selector2",
    "default",
    "dkim",
    "mail",
    "s1",
    "s2",
    "k1",
    "k2",
    "fm1",
    "mta",
    "smtp",
    "zoho",
    "mbo0001",
    "s1-ionos",
)
"""Google, Microsoft 365, and what other providers and common software name theirs."""

LEAST_BITS, GOOD_BITS = 1024, 2048
"""RFC 8301, section 3.2: shorter keys than the first do not count; signers should use the second."""
_ED25519_BYTES = 32


def judge_dkim(domain: str, selectors: tuple[str, ...], found: Mapping[str, tuple[str, ...]]) -> DomainCheck:
    """What the keys are worth; `found` are TXT records by selector, `selectors` those that are named, if any."""
    keys = {name: text for name, texts in found.items() for text in texts if "p=" in text.replace(" ", "")}
    if not keys:
        where = ", ".join(f"{one}._domainkey.{domain}" for one in selectors)
        told = (
            f"There is no key at {where}. Publish the record that your provider shows."
            if selectors
            else "No key was found under any common name (selector). Switch DKIM on at your provider and publish"
            " its record; if its selector is another, name it in the mailing rules."
        )
        return DomainCheck(DomainCheckName.DKIM, Standing.WARN, told)
    judged = {name: _judged(text) for name, text in keys.items()}
    worst = min(judged, key=lambda name: _ORDER.index(judged[name][0]))
    best = max(judged, key=lambda name: _ORDER.index(judged[name][0]))
    chosen = worst if selectors else best  # of keys that nobody named, old ones may be left behind
    standing, told = judged[chosen]
    return DomainCheck(DomainCheckName.DKIM, standing, f"{chosen}._domainkey.{domain}: {told}")


_ORDER = (Standing.FAIL, Standing.WARN, Standing.OK)


def _judged(text: str) -> tuple[Standing, str]:
    tags = tags_of(text)
    if not tags.get("p"):
        return Standing.FAIL, "the key was revoked (p= is empty)."
    try:
        key = base64.b64decode("".join(tags["p"].split()), validate=True)
    except ValueError:
        return Standing.FAIL, "what is published is no key: it was cut or changed on its way into the DNS."
    if tags.get("k", "rsa").lower() == "ed25519":
        fine = len(key) == _ED25519_BYTES
        return (
            (Standing.OK, "an Ed25519 key.") if fine else (Standing.FAIL, "what is published is no Ed25519 key.")
        )
    return _judged_rsa(key)


def _judged_rsa(key: bytes) -> tuple[Standing, str]:
    try:
        loaded = load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        return Standing.FAIL, "what is published is no key: it was cut or changed on its way into the DNS."
    if not isinstance(loaded, RSAPublicKey):
        return Standing.FAIL, "the key is not of the kind that it says."
    bits = loaded.key_size
    if bits < LEAST_BITS:
        return Standing.FAIL, f"the key has {bits} bits; receivers heed none below {LEAST_BITS}."
    if bits < GOOD_BITS:
        return Standing.WARN, f"the key has {bits} bits; take one of {GOOD_BITS}."
    return Standing.OK, f"a key of {bits} bits."


def tags_of(text: str) -> dict[str, str]:
    """The tags of a record such as `v=DKIM1; k=rsa; p=…` (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, found, value in pairs if found}
