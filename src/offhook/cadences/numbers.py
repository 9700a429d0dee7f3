"""How cadences do, counted from what is on record: nothing is kept beside it that could differ.

*Active* waits for a time, a mail to go out or a task; paused and troubled enrolments are told apart. A reply or a
meeting counts once an enrolment, up to 30 days after its end. Opens and clicks are known only of mails that were
sent with tracking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from offhook.cadences.enrolments import LISTED, enrolment_of
from offhook.cadences.model import Enrolment, StepKind
from offhook.kernel.database import Transaction


class EnrolmentState(StrEnum):
    """How an enrolment stands, as lists show it."""

    ACTIVE = "active"
    PAUSED = "paused"
    ATTENTION = "attention"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counts of enrolments; `active`, `paused`, `attention` and `finished` add up to `enrolled`."""

    enrolled: int = 0
    active: int = 0
    paused: int = 0
    attention: int = 0
    finished: int = 0
    completed: int = 0
    replied: int = 0
    met: int = 0


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """What became of one step. `reached`: enrolments that came to it; `waiting`: those that are at it now.

    `sent`: mails of it that went out; `opened`, `clicked`, `replied`: persons it was done with who did.
    """

    step: int
    kind: StepKind
    reached: int
    waiting: int
    done: int
    sent: int
    skipped: int
    branched: int
    cancelled: int
    opened: int
    clicked: int
    replied: int


_COUNTS = (
    "count(*) AS enrolled,"
    " count(*) FILTER (WHERE phase IN ('waiting', 'sending', 'task') AND NOT is_paused) AS active,"
    " count(*) FILTER (WHERE phase <> 'finished' AND is_paused) AS paused,"
    " count(*) FILTER (WHERE phase = 'trouble' AND NOT is_paused) AS attention,"
    " count(*) FILTER (WHERE phase = 'finished') AS finished,"
    " count(*) FILTER (WHERE because = 'completed') AS completed,"
    " count(replied_at) AS replied, count(met_at) AS met"
)


def numbers_of(tx: Transaction, cadence_ids: Sequence[UUID], edition: int | None = None) -> dict[UUID, Numbers]:
    """The numbers of these cadences, of one edition or all. Index: cadence_enrolment_of_cadence."""

    def counted(cadence_id: UUID, **counts: int) -> tuple[UUID, Numbers]:
        return cadence_id, Numbers(**counts)

    found = tx.rows(
        counted,
        "SELECT cadence_id, " + _COUNTS + " FROM cadence_enrolment WHERE cadence_id = ANY(%(ids)s)"
        " AND (%(edition)s::int IS NULL OR edition = %(edition)s) GROUP BY cadence_id",
        ids=list(cadence_ids),
        edition=edition,
    )
    return dict.fromkeys(cadence_ids, Numbers()) | dict(found)


def steps_of(tx: Transaction, cadence_id: UUID, edition: int, kinds: Sequence[StepKind]) -> list[StepNumbers]:
    """The numbers of each step of an edition. Indexes: cadence_step_of_cadence, cadence_enrolment_of_cadence."""

    def counted(step: int, **counts: int) -> StepNumbers:
        return StepNumbers(step, kinds[step - 1], **counts)

    return tx.rows(
        counted,
        "SELECT n.step, coalesce(l.reached, 0) + coalesce(e.coming, 0) AS reached,"
        " coalesce(e.waiting, 0) AS waiting,"
        " coalesce(l.done, 0) AS done, coalesce(l.sent, 0) AS sent, coalesce(l.skipped, 0) AS skipped,"
        " coalesce(l.branched, 0) AS branched, coalesce(l.cancelled, 0) AS cancelled,"
        " coalesce(l.opened, 0) AS opened, coalesce(l.clicked, 0) AS clicked, coalesce(l.replied, 0) AS replied"
        " FROM generate_series(1, %(count)s::int) AS n (step)"
        " LEFT JOIN (SELECT step, count(*) AS reached, count(*) FILTER (WHERE outcome = 'done') AS done,"
        "  count(*) FILTER (WHERE outcome = 'done' AND mail_id IS NOT NULL) AS sent,"
        "  count(*) FILTER (WHERE outcome = 'skipped') AS skipped,"
        "  count(*) FILTER (WHERE outcome = 'branched') AS branched,"
        "  count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled,"
        "  count(opened_at) AS opened, count(clicked_at) AS clicked, count(replied_at) AS replied"
        "  FROM cadence_step WHERE cadence_id = %(cadence)s AND edition = %(edition)s"
        "  GROUP BY step) l USING (step)"
        " LEFT JOIN (SELECT step, count(*) AS waiting, count(*) FILTER (WHERE NOT EXISTS"
        "  (SELECT FROM cadence_step s WHERE s.enrolment_id = e.id AND s.step = e.step)) AS coming"
        "  FROM cadence_enrolment e"
        "  WHERE cadence_id = %(cadence)s AND edition = %(edition)s AND phase <> 'finished'"
        "  GROUP BY step) e USING (step) ORDER BY n.step",
        cadence=cadence_id,
        edition=edition,
        count=len(kinds),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """An enrolment with whom it is about, as the table shows it."""

    enrolment: Enrolment
    name: str | None
    company: str | None
    owner_id: UUID | None


_STATES: Mapping[EnrolmentState, LiteralString] = {
    EnrolmentState.ACTIVE: " AND e.phase IN ('waiting', 'sending', 'task') AND NOT e.is_paused",
    EnrolmentState.PAUSED: " AND e.phase <> 'finished' AND e.is_paused",
    EnrolmentState.ATTENTION: " AND e.phase = 'trouble' AND NOT e.is_paused",
    EnrolmentState.FINISHED: " AND e.phase = 'finished'",
}


def rows(
    tx: Transaction, cadence_id: UUID, state: EnrolmentState | None, before: UUID | None, limit: int
) -> list[Row]:
    """A cadence's enrolments, the newest first. Index: cadence_enrolment_of_cadence."""

    def row(name: str | None, company: str | None, owner_id: UUID | None, **columns: object) -> Row:
        return Row(enrolment_of(**columns), name, company, owner_id)  # pyright: ignore[reportArgumentType]

    more: LiteralString = "" if state is None else _STATES[state]
    return tx.rows(
        row,
        "SELECT " + LISTED + ", p.full_name AS name, coalesce(a.name, p.company_name) AS company, l.owner_id"
        " FROM cadence_enrolment e LEFT JOIN person p ON p.id = e.person_id"
        " LEFT JOIN lead l ON l.id = e.lead_id LEFT JOIN account a ON a.id = p.account_id"
        " WHERE e.cadence_id = %(cadence)s AND (%(before)s::uuid IS NULL OR e.id < %(before)s)"
        + more
        + " ORDER BY e.id DESC LIMIT %(limit)s",
        cadence=cadence_id,
        before=before,
        limit=limit,
    )


def state_of(one: Enrolment) -> EnrolmentState:
    """How an enrolment stands."""
    if one.is_finished:
        return EnrolmentState.FINISHED
    if one.is_paused:
        return EnrolmentState.PAUSED
    return EnrolmentState.ATTENTION if one.problem_code else EnrolmentState.ACTIVE
