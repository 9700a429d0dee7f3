"""Which variant of a template somebody gets. Pure.

By weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005, the
logarithmic method): over many persons each variant comes up as often as its weight says, the same person always
gets the same one, and to add, remove or weigh a variant moves no more persons than it must.
"""

from collections.abc import Sequence
from hashlib import blake2b
from math import log
from uuid import UUID

from offhook.mail.templates.model import Variant


def variant_for(variants: Sequence[Variant], person_id: UUID) -> Variant:
    """The variant for this person: of those with a weight above 0, of which a template has at least one."""
    return max((one for one in variants if one.weight), key=lambda one: _score(one, person_id))


def _score(variant: Variant, person_id: UUID) -> float:
    digest = blake2b(variant.id.bytes + person_id.bytes, digest_size=8).digest()
    share = (int.from_bytes(digest) + 0.5) / 2**64  # above 0 and below 1
    return -variant.weight / log(share)
