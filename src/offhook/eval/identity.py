"""Judging identity resolution on a labelled file: the production path without its database.

Rows go one by one through normalising (`people.normalise.understand`) and resolving (`people.resolving.Resolver`)
as in an import; only what the batch met is known. The truth column judges and is used for nothing else.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from offhook.eval.columns import mapped
from offhook.eval.pairwise import Quality, judge
from offhook.eval.reading import read_tables, understood
from offhook.people import Understood
from offhook.people.model import RecordKind
from offhook.people.resolving import Accounts, Incoming, Persons, Resolver, incoming_person

_FEBRL = re.compile(r"^rec-(\d+)-(?:org|dup-\d+)$")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records with their true identities, and which column was read as what."""

    records: tuple[Understood, ...]
    truth: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out of one way of resolving: its name, quality, seconds, and how it was set."""

    name: str
    quality: Quality
    seconds: float
    setting: str = ""


def labelled(
    paths: Sequence[Path],
    truth: str,
    kind: RecordKind,
    fields: Mapping[str, str],
    region: str,
    area_code: str | None = None,
) -> Labelled:
    """Read and understand labelled files. Raises Invalid for what does not fit.

    Of values such as "rec-12-dup-0" (FEBRL) the number is the truth; else the whole value is. An empty one is an
    identity of its own.
    """
    table = read_tables(paths)
    used = mapped(table.headers, truth, kind.value, fields)
    labels = tuple(_label(value.strip()) or f"row {number}" for number, value in enumerate(table.column(truth), 1))
    return Labelled(tuple(understood(table, used, region, area_code)), labels, used)


def _label(value: str) -> str:
    found = _FEBRL.match(value)
    return found[1] if found else value


def judged(data: Labelled, kind: RecordKind) -> Judged:
    """How well our own resolving does."""
    began = time.perf_counter()
    found = resolved(data.records, kind)
    return Judged("offhook", judge(found, data.truth), time.perf_counter() - began)


def resolved(records: Sequence[Understood], kind: RecordKind) -> list[UUID]:
    """Whom each record is about, in order."""
    ids = _ids()
    resolver = Resolver(Persons() if kind is RecordKind.PERSON else Accounts(), lambda: next(ids))
    incoming = (incoming_person(r) if kind is RecordKind.PERSON else _incoming_account(r) for r in records)
    return [resolver.resolve(one)[0].id for one in incoming]


def _incoming_account(received: Understood) -> Incoming:
    features = Accounts.features(received)
    return Incoming(received, features, Accounts.keys(features), ())


def _ids() -> Iterator[UUID]:
    """1, 2, 3, …: the same run gives the same ids."""
    number = 0
    while True:
        number += 1
        yield UUID(int=number)
