"""Doors that people and programs outside come in by: hosted forms and signed inbound webhooks, as plain data.

Both belong to a campaign; what comes in through them is read like the rows of a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FieldKind(StrEnum):
    """How a form asks for a value."""

    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    LONG_TEXT = "long_text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of a form. `field` is a field of a person or of the response, or the name of an attribute."""

    field: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A hosted form. `consent_wording`: what a responder must agree to, kept with each answer; empty: nothing.

    `allowed_origins`: the sites that may embed it; none named: any.
    """

    id: UUID
    name: str
    campaign_id: UUID
    fields: Sequence[FormField]
    consent_wording: str
    thanks: str
    allowed_origins: Sequence[str]
    is_active: bool
    created_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Hook:
    """An inbound webhook. `mapping`: what the message's fields are (`lead.mail` → `email`); others are guessed."""

    id: UUID
    name: str
    campaign_id: UUID
    mapping: Mapping[str, str]
    is_active: bool
    created_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sends a form: kept as evidence of consent."""

    address: str
    page: str
    user_agent: str
