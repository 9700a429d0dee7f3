"""Templates and snippets, in plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class TemplateKind(StrEnum):
    """What a template is for: a whole mail, or a piece that mails use by its name."""

    EMAIL = "email"
    SNIPPET = "snippet"


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the texts of a template. Each is sent as often as its `weight` among all of them (`choosing.py`)."""

    id: UUID
    name: str
    weight: int
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template. `owner_id` made it; unless it is shared they alone see it. `folder` '': it lies in none."""

    id: UUID
    kind: TemplateKind
    name: str
    folder: str
    owner_id: UUID
    is_shared: bool
    is_archived: bool
    variants: tuple[Variant, ...]
    created_at: datetime
    changed_at: datetime
    version: int = 1


Snippets = Mapping[str, str]
"""What snippets say, by name."""
