"""People: accounts, persons and how to reach them.

It makes one row of one human being, however often and however spelled they respond: normalising, identity
resolution, merge with undo. Higher slices hand over what they understood and get back whom it is about.
"""

from offhook.people.facts import facts_of
from offhook.people.model import Account, ContactPoint, Person, PersonFacts, Resolution, Understood
from offhook.people.normalise import KNOWN_FIELDS, understand
from offhook.people.normalise.values import Rejected, day_comes_first, read_boolean, read_moment
from offhook.people.resolve import resolve
from offhook.people.store import persons as persons_by_id

__all__ = [
    "KNOWN_FIELDS",
    "Account",
    "ContactPoint",
    "Person",
    "PersonFacts",
    "Rejected",
    "Resolution",
    "Understood",
    "day_comes_first",
    "facts_of",
    "persons_by_id",
    "read_boolean",
    "read_moment",
    "resolve",
    "understand",
]
