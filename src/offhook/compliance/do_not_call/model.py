"""Do-not-call lists, in plain immutable data: the organisation's own, and imported ones of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class DncSource(StrEnum):
    """How a number came onto the own list."""

    BY_HAND = "by_hand"
    DISPOSITION = "disposition"
    """A rep ended a call with it."""
    IMPORT = "import"


class ImportMode(StrEnum):
    """What a file of numbers is to a list."""

    REPLACE = "replace"
    """All there is: what is not in it goes."""
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """One number of the own list. `number` is E.164; `added_by` as events name actors."""

    number: str
    reason: str
    source: DncSource
    added_at: datetime
    added_by: str
    person_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class NumberList:
    """An imported list: how many numbers, when and by whom, until when it holds (None: for ever)."""

    id: UUID
    name: str
    numbers: int
    imported_at: datetime
    imported_by: str
    expires_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line of a file in which no number could be read."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `to_list` None: to the own list. `wrong` are the first of `wrong_lines`."""

    to_list: NumberList | None
    read: int
    added: int
    removed: int
    wrong_lines: int
    wrong: Sequence[WrongLine]
