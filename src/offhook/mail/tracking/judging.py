"""Whether a person or a program saw a mail: pure, and honest rather than flattering.

Nobody can know for sure. What known proxies and scanners load, and what comes so soon that nobody can have read
the mail, is counted as by a machine. A person who reads at Gmail or by Apple Mail is therefore not counted as
having opened it; links that they follow are.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field, TypeAdapter

SOON = timedelta(seconds=10)
"""A mail that is on its way cannot have been read by then; scanners at the receiver's door follow its links."""


class _Row(BaseModel):
    """A program as the file has it."""

    name: str
    source: str
    contains: str | None = None
    whole: str | None = Field(default=None, alias="is")


@dataclass(frozen=True, slots=True)
class Program:
    """One program: how its User-Agent, in lower case, is recognised."""

    name: str
    contains: str | None
    whole: str | None

    def is_it(self, user_agent: str) -> bool:
        """Whether this is its User-Agent, in lower case."""
        return user_agent == self.whole or (self.contains is not None and self.contains in user_agent)


@cache
def programs() -> Sequence[Program]:
    """All programs that we know. Raises `ValidationError` for a row that is none."""
    told = tomllib.loads((Path(__file__).parent / "programs.toml").read_text(encoding="utf-8"))
    rows = TypeAdapter(list[_Row]).validate_python(told["program"])
    return tuple(Program(row.name, row.contains, row.whole) for row in rows)


def machine_behind(
    user_agent: str, sent_at: datetime | None, now: datetime, known: Sequence[Program]
) -> str | None:
    """Why this was no person, as far as can be told; None for a person.

    `sent_at` None: not sent, as far as we know.
    """
    told = user_agent.strip().lower()
    found = next((one.name for one in known if one.is_it(told)), None)
    if found is not None:
        return found
    if sent_at is None or now - sent_at < SOON:
        return f"within {SOON.seconds} s of being sent"
    return None
