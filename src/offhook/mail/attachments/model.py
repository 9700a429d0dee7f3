"""Files that go with mails, in plain immutable data."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a user has sent in, to go with mails. `size` in bytes."""

    id: UUID
    user_id: UUID
    name: str
    media_type: str
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file as it goes into a mail."""

    name: str
    media_type: str
    content: bytes
