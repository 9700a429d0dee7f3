"""Plain data for batches: immutable to the reader and the type checker, as cheap to make as Python can.

A frozen dataclass sets its fields past its own `__setattr__`, which takes ten times as long as setting them; where
an import makes a dozen objects of each row, that was a fifth of its whole time. What is made one by one stays an
ordinary `@dataclass(frozen=True, slots=True)`.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def plain(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that nobody may change; that nobody does is for the type checker to see."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
