"""The ledger of steps (cadence_step): one row for each step that an enrolment has come to, whatever happens.

Its key, enrolment and step, is what makes each step happen once: a mail is written in the transaction that writes
its row, by a key made of the same two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.cadences.model import Enrolment, StepKind, StepOutcome
from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one step. `closed_at` None: it was begun and is not closed yet."""

    enrolment: Enrolment
    step: int
    kind: StepKind
    begun_at: datetime
    closed_at: datetime | None = None
    outcome: StepOutcome | None = None
    disposition: str | None = None


def mail_key(enrolment_id: UUID, step: int) -> str:
    """The key by which a step's mail is written once (`mail.send_template`)."""
    return f"cadence:{enrolment_id}:{step}"


def note(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Write what became of steps: a new row, or what there is to add to one; each step at most once a call."""
    rows = list(entries)
    if not rows:
        return
    tx.execute(
        "INSERT INTO cadence_step (enrolment_id, step, cadence_id, edition, kind, begun_at, closed_at, outcome,"
        " disposition) SELECT * FROM unnest(%(enrolments)s::uuid[], %(steps)s::int[], %(cadences)s::uuid[],"
        " %(editions)s::int[], %(kinds)s::text[], %(begun)s::timestamptz[], %(closed)s::timestamptz[],"
        " %(outcomes)s::text[], %(dispositions)s::text[])"
        " ON CONFLICT (organisation_id, enrolment_id, step) DO UPDATE SET"
        " closed_at = coalesce(EXCLUDED.closed_at, cadence_step.closed_at),"
        " outcome = coalesce(EXCLUDED.outcome, cadence_step.outcome),"
        " disposition = coalesce(EXCLUDED.disposition, cadence_step.disposition)",
        enrolments=[row.enrolment.id for row in rows],
        steps=[row.step for row in rows],
        cadences=[row.enrolment.cadence_id for row in rows],
        editions=[row.enrolment.edition for row in rows],
        kinds=[row.kind.value for row in rows],
        begun=[row.begun_at for row in rows],
        closed=[row.closed_at for row in rows],
        outcomes=[row.outcome.value if row.outcome else None for row in rows],
        dispositions=[row.disposition for row in rows],
    )


def note_mail(tx: Transaction, one: Enrolment, step: int, mail_id: UUID) -> None:
    """Write that this mail is the step's."""
    tx.execute(
        "INSERT INTO cadence_step (enrolment_id, step, cadence_id, edition, kind, begun_at, mail_id)"
        " VALUES (%(id)s, %(step)s, %(cadence)s, %(edition)s, 'email', %(now)s, %(mail)s)"
        " ON CONFLICT (organisation_id, enrolment_id, step) DO UPDATE SET mail_id = EXCLUDED.mail_id",
        id=one.id,
        step=step,
        cadence=one.cadence_id,
        edition=one.edition,
        now=tx.now,
        mail=mail_id,
    )


def mail_before(tx: Transaction, enrolment_id: UUID) -> UUID | None:
    """The latest mail of an enrolment. Index: the primary key."""
    return tx.scalar(
        UUID,
        "SELECT mail_id FROM cadence_step WHERE enrolment_id = %(id)s AND mail_id IS NOT NULL"
        " ORDER BY step DESC LIMIT 1",
        id=enrolment_id,
    )


@dataclass(frozen=True, slots=True)
class MailStep:
    """Whose mail it is: an enrolment's, at which step."""

    mail_id: UUID
    enrolment_id: UUID
    step: int


def steps_of_mails(tx: Transaction, mail_ids: Sequence[UUID]) -> dict[UUID, MailStep]:
    """The steps that sent these mails. Index: cadence_step_mail."""
    found = tx.rows(
        MailStep,
        "SELECT mail_id, enrolment_id, step FROM cadence_step WHERE mail_id = ANY(%(ids)s)",
        ids=list(mail_ids),
    )
    return {one.mail_id: one for one in found}


def note_looked_at(tx: Transaction, steps: Sequence[MailStep], at: datetime, *, is_click: bool) -> None:
    """The mails of these steps were opened, or a link in them was clicked, for the first time then."""
    if is_click:
        tx.execute(
            "UPDATE cadence_step SET clicked_at = coalesce(clicked_at, %(at)s),"
            " opened_at = coalesce(opened_at, %(at)s) WHERE mail_id = ANY(%(ids)s)",
            ids=[one.mail_id for one in steps],
            at=at,
        )
        return
    tx.execute(
        "UPDATE cadence_step SET opened_at = coalesce(opened_at, %(at)s) WHERE mail_id = ANY(%(ids)s)",
        ids=[one.mail_id for one in steps],
        at=at,
    )


def note_reply(tx: Transaction, enrolment_id: UUID, step: int | None, at: datetime) -> None:
    """The person replied to this step, or to the last one that was done."""
    tx.execute(
        "UPDATE cadence_step SET replied_at = coalesce(replied_at, %(at)s) WHERE enrolment_id = %(id)s"
        " AND step = coalesce(%(step)s::int, (SELECT max(step) FROM cadence_step"
        "  WHERE enrolment_id = %(id)s AND outcome = 'done'))",
        id=enrolment_id,
        step=step,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One row, as the history of an enrolment shows it."""

    step: int
    kind: StepKind
    begun_at: datetime
    closed_at: datetime | None
    outcome: StepOutcome | None
    disposition: str | None
    mail_id: UUID | None
    opened_at: datetime | None
    clicked_at: datetime | None
    replied_at: datetime | None


def history(tx: Transaction, enrolment_id: UUID) -> list[Told]:
    """What became of each step so far, in order. Index: the primary key."""

    def told(kind: str, outcome: str | None, **columns: object) -> Told:
        return Told(
            kind=StepKind(kind),
            outcome=StepOutcome(outcome) if outcome else None,
            **columns,  # pyright: ignore[reportArgumentType] # typed by the column
        )

    return tx.rows(
        told,
        "SELECT step, kind, begun_at, closed_at, outcome, disposition, mail_id, opened_at, clicked_at, replied_at"
        " FROM cadence_step WHERE enrolment_id = %(id)s ORDER BY step",
        id=enrolment_id,
    )
