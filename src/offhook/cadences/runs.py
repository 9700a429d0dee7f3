"""Runs: many leads enrolled at one word, batch by batch, resumable, with a report on everybody refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id


class RunStatus(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refused:
    """A lead that is not enrolled: why, as a code and in a sentence."""

    lead_id: UUID
    code: str
    told: str


@dataclass(frozen=True, slots=True)
class Run:
    """Many leads, enrolled at one word. `user_id` None: by a campaign's rule."""

    id: UUID
    cadence_id: UUID
    user_id: UUID | None
    status: RunStatus
    total: int
    enrolled: int
    refused: int
    error: str | None
    started_at: datetime
    ended_at: datetime | None


_RUN = (
    "SELECT id, cadence_id, user_id, status, total, enrolled, refused, error, started_at, ended_at"
    " FROM cadence_run "
)


def _run(status: str, **columns: object) -> Run:
    return Run(status=RunStatus(status), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def start(tx: Transaction, cadence_id: UUID, lead_ids: Sequence[UUID]) -> Run:
    """Note a run, before the first lead is enrolled."""
    identifier = new_id()
    tx.execute(
        "INSERT INTO cadence_run (id, cadence_id, user_id, status, total, started_at)"
        " VALUES (%(id)s, %(cadence)s, %(user)s, 'running', %(total)s, %(now)s)",
        id=identifier,
        cadence=cadence_id,
        user=tx.actor.id,
        total=len(lead_ids),
        now=tx.now,
    )
    tx.copy("cadence_run_lead", ("lead_id",), ((str(one),) for one in lead_ids), run_id=identifier)
    return Run(identifier, cadence_id, tx.actor.id, RunStatus.RUNNING, len(lead_ids), 0, 0, None, tx.now, None)


def note_finished(tx: Transaction, cadence_id: UUID, enrolled: int, refused: Sequence[Refused]) -> None:
    """Note a run that is done already, with those whom it refused."""
    identifier = new_id()
    tx.execute(
        "INSERT INTO cadence_run (id, cadence_id, user_id, status, total, enrolled, refused, started_at, ended_at)"
        " VALUES (%(id)s, %(cadence)s, %(user)s, 'done', %(enrolled)s + %(refused)s, %(enrolled)s, %(refused)s,"
        " %(now)s, %(now)s)",
        id=identifier,
        cadence=cadence_id,
        user=tx.actor.id,
        enrolled=enrolled,
        refused=len(refused),
        now=tx.now,
    )
    rows = ((str(one.lead_id), str(one.code), one.told) for one in refused)
    tx.copy("cadence_run_lead", ("lead_id", "refusal", "told"), rows, run_id=identifier)


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Run | None:
    """One run; `lock` keeps others from going on with it, and is None while somebody does."""
    if lock:
        return tx.first(_run, _RUN + "WHERE id = %(id)s FOR UPDATE SKIP LOCKED", id=identifier)
    return tx.first(_run, _RUN + "WHERE id = %(id)s", id=identifier)


def running(tx: Transaction) -> list[UUID]:
    """Runs that are not at their end, the oldest first. Index: cadence_run_running."""
    return tx.scalars(UUID, "SELECT id FROM cadence_run WHERE status = 'running' ORDER BY id")


def of_cadence(tx: Transaction, cadence_id: UUID, before: UUID | None, limit: int) -> list[Run]:
    """A cadence's runs, the newest first. Index: cadence_run_of_cadence."""
    return tx.rows(
        _run,
        _RUN + "WHERE cadence_id = %(cadence)s AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        cadence=cadence_id,
        before=before,
        limit=limit,
    )


def left(tx: Transaction, run_id: UUID, limit: int) -> list[UUID]:
    """Leads that a run has not come to yet. Index: cadence_run_lead_left."""
    return tx.scalars(
        UUID,
        "SELECT lead_id FROM cadence_run_lead WHERE run_id = %(run)s AND refusal IS NULL"
        " ORDER BY lead_id LIMIT %(limit)s",
        run=run_id,
        limit=limit,
    )


def move(tx: Transaction, run: Run, enrolled: Sequence[UUID], refused: Sequence[Refused]) -> None:
    """Note what became of a batch."""
    leads = [*enrolled, *(one.lead_id for one in refused)]
    tx.execute(
        "UPDATE cadence_run_lead l SET refusal = d.refusal, told = d.told"
        " FROM unnest(%(leads)s::uuid[], %(codes)s::text[], %(told)s::text[]) AS d (lead_id, refusal, told)"
        " WHERE l.run_id = %(run)s AND l.lead_id = d.lead_id",
        run=run.id,
        leads=leads,
        codes=["" for _ in enrolled] + [str(one.code) for one in refused],
        told=["" for _ in enrolled] + [one.told for one in refused],
    )
    tx.execute(
        "UPDATE cadence_run SET enrolled = enrolled + %(enrolled)s, refused = refused + %(refused)s"
        " WHERE id = %(run)s",
        run=run.id,
        enrolled=len(enrolled),
        refused=len(refused),
    )


def end(tx: Transaction, run_id: UUID, status: RunStatus, error: str | None = None) -> None:
    """Note that a run is over."""
    tx.execute(
        "UPDATE cadence_run SET status = %(status)s, error = %(error)s, ended_at = %(now)s WHERE id = %(run)s",
        run=run_id,
        status=status.value,
        error=error,
        now=tx.now,
    )


@dataclass(frozen=True, slots=True)
class RefusedPerson:
    """Somebody a run refused, as the report shows them."""

    lead_id: UUID
    name: str | None
    code: str
    told: str


def refusals(tx: Transaction, run_id: UUID, after: UUID | None, limit: int) -> list[RefusedPerson]:
    """Whom a run refused, in the order of their leads. Index: the primary key."""
    return tx.rows(
        RefusedPerson,
        "SELECT r.lead_id, p.full_name AS name, r.refusal AS code, r.told FROM cadence_run_lead r"
        " LEFT JOIN lead l ON l.id = r.lead_id LEFT JOIN person p ON p.id = l.person_id"
        " WHERE r.run_id = %(run)s AND r.refusal <> '' AND (%(after)s::uuid IS NULL OR r.lead_id > %(after)s)"
        " ORDER BY r.lead_id LIMIT %(limit)s",
        run=run_id,
        after=after,
        limit=limit,
    )
