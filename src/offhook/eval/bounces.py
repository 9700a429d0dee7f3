"""How well reports that a mail did not arrive are understood, on real ones: whom they are about, for good or not.

The set is a folder with `expected.csv` (file, permanent, temporary: addresses, blank between) and the messages it
names. Its labels are what the library `flufl.bounce` finds, which we use: what is measured is that our looking at
headers first, and our own rules beside the library's, lose and add nothing. A found address is right when it is
expected and is said to have failed, or to be delayed, as expected.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offhook.kernel.errors import Invalid
from offhook.mail.incoming.bounces import bounce_of
from offhook.mail.incoming.parsing import read_head

LEAST = 0.98

Found = frozenset[tuple[str, bool]]
"""Addresses, and whether mail to them is only delayed."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mail as it came, and what it reports."""

    name: str
    raw: bytes
    expected: Found


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out: counts of addresses over all mails, and which mails were misunderstood."""

    reports: int
    found: int
    expected: int
    right: int
    wrong: Sequence[str]

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what was to be found that was."""
        return self.right / self.expected if self.expected else 1.0


def labelled_bounces(folder: Path) -> list[Labelled]:
    """The set in a folder. Raises `Invalid` where there is none."""
    table = folder / "expected.csv"
    if not table.exists():
        raise Invalid(f"{folder} holds no bounces: there is no expected.csv.")
    with table.open(encoding="utf-8", newline="") as file:
        return [_labelled(folder, row) for row in csv.DictReader(file)]


def _labelled(folder: Path, row: dict[str, str]) -> Labelled:
    final = {(one.lower(), False) for one in row["permanent"].split()}
    delayed = {(one.lower(), True) for one in row["temporary"].split()}
    return Labelled(row["file"], (folder / row["file"]).read_bytes(), frozenset(final | delayed))


def judged(mails: Sequence[Labelled]) -> Judged:
    """How well these are understood."""
    found = {one.name: understood(one.raw) for one in mails}
    right = sum(len(one.expected & found[one.name]) for one in mails)
    return Judged(
        reports=len(mails),
        found=sum(len(addresses) for addresses in found.values()),
        expected=sum(len(one.expected) for one in mails),
        right=right,
        wrong=[one.name for one in mails if found[one.name] != one.expected],
    )


def understood(raw: bytes) -> Found:
    """The addresses that a mail reports."""
    bounce = bounce_of(raw, read_head(raw))
    failures = bounce.failures if bounce else ()
    return frozenset((one.address, one.is_delay) for one in failures)


def rows(folder: Path) -> Iterator[dict[str, object]]:
    """The figures of the set in a folder."""
    result = judged(labelled_bounces(folder))
    told = (
        f"{result.reports} mails, {result.expected} addresses; misunderstood: {', '.join(result.wrong) or 'none'}"
    )
    for name, value in (("recall", result.recall), ("precision", result.precision)):
        yield {
            "name": f"bounces: {name} of addresses",
            "value": round(value, 4),
            "unit": "",
            "goal": LEAST,
            "holds": value >= LEAST,
            "detail": told,
        }
