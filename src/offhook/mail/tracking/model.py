"""What was seen of a mail, in plain immutable data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SeenKind(StrEnum):
    """What happened to a mail at its reader's."""

    OPENED = "opened"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that happened, however often. `url` is '' for opens.

    `by_machine`: by a program, as far as can be told; `because` says by what, and is '' for persons.
    """

    kind: SeenKind
    url: str
    by_machine: bool
    because: str
    first_at: datetime
    last_at: datetime
    times: int
