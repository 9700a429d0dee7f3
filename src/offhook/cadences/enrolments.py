"""The SQL of enrolments (0024_cadences.sql). Who changes one has it locked; many are saved in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from offhook.cadences.model import Ending, Enrolment, EnrolmentPhase
from offhook.kernel.copying import time_text
from offhook.kernel.database import Transaction

COLUMNS = tuple(field.name for field in fields(Enrolment))

LISTED: LiteralString = (
    "e.id, e.cadence_id, e.edition, e.lead_id, e.person_id, e.user_id, e.is_beside, e.phase, e.step, e.due_at,"
    " e.is_paused, e.mail_id, e.problem_code, e.problem, e.because, e.replied_at, e.opened_at, e.clicked_at,"
    " e.met_at, e.disposition, e.enrolled_at, e.finished_at, e.version"
)
SELECT_ENROLMENT: LiteralString = "SELECT " + LISTED + " FROM cadence_enrolment e "

COUNTED_AFTER = timedelta(days=30)
"""So long after its end an answer still counts as one to a cadence: the last mail is answered, too."""


def enrolment_of(phase: str, because: str | None, **columns: object) -> Enrolment:
    """A row as an enrolment."""
    return Enrolment(
        phase=EnrolmentPhase(phase),
        because=Ending(because) if because else None,
        **columns,  # pyright: ignore[reportArgumentType] # columns are the fields
    )


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Enrolment | None:
    """One enrolment; `lock` keeps others from changing it until the transaction ends."""
    return tx.first(
        enrolment_of,
        SELECT_ENROLMENT + ("WHERE e.id = %(id)s FOR UPDATE" if lock else "WHERE e.id = %(id)s"),
        id=identifier,
    )


def of_lead(tx: Transaction, lead_id: UUID) -> list[Enrolment]:
    """A lead's enrolments, the newest first. Index: cadence_enrolment_of_lead."""
    return tx.rows(enrolment_of, SELECT_ENROLMENT + "WHERE e.lead_id = %(id)s ORDER BY e.id DESC", id=lead_id)


def claim_due(tx: Transaction, limit: int) -> list[Enrolment]:
    """Enrolments whose step has come due, the longest due first, locked; those that others hold are left to them.

    Index: cadence_enrolment_due, in whose order they are read, so that what waits for later costs nothing.
    """
    return tx.rows(
        enrolment_of,
        SELECT_ENROLMENT + "WHERE e.phase = 'waiting' AND NOT e.is_paused AND e.due_at <= %(now)s"
        " ORDER BY e.due_at, e.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED",
        now=tx.now,
        limit=limit,
    )


def concerned(
    tx: Transaction, lead_ids: Iterable[UUID], person_ids: Iterable[UUID], mail_ids: Iterable[UUID]
) -> list[Enrolment]:
    """Locked: what of these leads and persons goes on or has ended lately, and whatever sent these mails.

    In the order of their ids, so that two who lock the same never wait for each other. Indexes:
    cadence_enrolment_of_lead, cadence_enrolment_of_person, cadence_step_mail.
    """
    return tx.rows(
        enrolment_of,
        SELECT_ENROLMENT + "WHERE e.id = ANY(ARRAY("
        " SELECT id FROM cadence_enrolment WHERE lead_id = ANY(%(leads)s)"
        "  AND (phase <> 'finished' OR finished_at > %(since)s)"
        " UNION SELECT id FROM cadence_enrolment WHERE person_id = ANY(%(persons)s)"
        "  AND (phase <> 'finished' OR finished_at > %(since)s)"
        " UNION SELECT enrolment_id FROM cadence_step WHERE mail_id = ANY(%(mails)s)))"
        " ORDER BY e.id FOR UPDATE",
        leads=[*lead_ids],
        persons=[*person_ids],
        mails=[*mail_ids],
        since=tx.now - COUNTED_AFTER,
    )


def insert(tx: Transaction, new: Sequence[Enrolment]) -> set[UUID]:
    """Add enrolments; returns the ids of those that are in: not whose person is in a cadence already."""
    tx.stage("cadence_enrolment", COLUMNS, map(_row, new))
    return set(
        tx.scalars(
            UUID,
            "INSERT INTO cadence_enrolment SELECT current_organisation(), s.id, s.cadence_id, s.edition,"
            " s.lead_id, s.person_id, s.user_id, s.is_beside, s.phase, s.step, s.due_at, s.is_paused, s.mail_id,"
            " s.problem_code, s.problem, s.because, s.replied_at, s.opened_at, s.clicked_at, s.met_at,"
            " s.disposition, s.enrolled_at, s.finished_at, s.version FROM staged_cadence_enrolment s"
            " ON CONFLICT DO NOTHING RETURNING id",
        )
    )


def save(tx: Transaction, changed: Sequence[Enrolment]) -> None:
    """Save enrolments that this transaction has locked."""
    if not changed:
        return
    tx.stage("cadence_enrolment", COLUMNS, map(_row, changed))
    tx.execute(
        "UPDATE cadence_enrolment e SET person_id = s.person_id, phase = s.phase, step = s.step,"
        " due_at = s.due_at, is_paused = s.is_paused, mail_id = s.mail_id, problem_code = s.problem_code,"
        " problem = s.problem, because = s.because, replied_at = s.replied_at, opened_at = s.opened_at,"
        " clicked_at = s.clicked_at, met_at = s.met_at, disposition = s.disposition,"
        " finished_at = s.finished_at, version = e.version + 1"
        " FROM staged_cadence_enrolment s WHERE e.id = s.id"
    )


def _row(one: Enrolment) -> list[object]:
    """As COPY takes it."""
    return [_text(getattr(one, name)) for name in COLUMNS]


def _text(value: object) -> object:
    if hasattr(value, "isoformat"):
        return time_text(value)  # pyright: ignore[reportArgumentType] # a moment
    return value if value is None or isinstance(value, bool | int) else str(value)


def running_of_persons(tx: Transaction, person_ids: Sequence[UUID]) -> list[Enrolment]:
    """What goes on for these persons. Index: cadence_enrolment_of_person."""
    return tx.rows(
        enrolment_of,
        SELECT_ENROLMENT + "WHERE e.person_id = ANY(%(ids)s) AND e.phase <> 'finished'",
        ids=list(person_ids),
    )


def ever_in(tx: Transaction, cadence_id: UUID, person_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these persons was ever enrolled in a cadence. Index: cadence_enrolment_of_person."""
    return set(
        tx.scalars(
            UUID,
            "SELECT person_id FROM cadence_enrolment WHERE person_id = ANY(%(ids)s) AND cadence_id = %(cadence)s",
            ids=list(person_ids),
            cadence=cadence_id,
        )
    )
