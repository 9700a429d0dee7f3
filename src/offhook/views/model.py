"""Saved views and preferences, in plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from offhook.kernel.events import Json


@dataclass(frozen=True, slots=True)
class View:
    """How somebody arranged a screen's table: filters, sort, columns.

    `query` is the screen's own affair: it is kept and given back as it was sent. A shared view is seen by
    everybody, any other by `user_id` alone.
    """

    id: UUID
    user_id: UUID
    screen: str
    name: str
    query: Mapping[str, Json]
    is_shared: bool
    version: int


class Language(StrEnum):
    """The languages that the workbench speaks (ISO 639-1)."""

    ENGLISH = "en"
    SPANISH = "es"


class Theme(StrEnum):
    """Colours; `system` follows the device."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class Density(StrEnum):
    """How close rows stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody prefers; version 0 means that they never said. `language` None: the browser's."""

    language: Language | None = None
    theme: Theme = Theme.SYSTEM
    density: Density = Density.COMFORTABLE
    version: int = 0
