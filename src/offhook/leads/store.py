"""The SQL of the table `lead` (0006_leads.sql); the queue's own reads are in `queue/store.py`."""

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.leads.model import Lead, Stage, Verdict

LEAD_COLUMNS = (
    "id, person_id, account_id, campaign_id, stage, time_zone, opened_at, scored_at, created_at, owner_id,"
    " team_id, ae_id, score, fit, engagement, score_reasons, mql_at, assigned_at, first_attempt_at,"
    " last_attempt_at, conversed_at, attempts, attempts_to_contact, next_touch_at, next_touch_because,"
    " next_touch_note, sal_at, sql_at, closed_at, close_reason, recycle_until, verdict, criteria_id, due_at,"
    " claimed_by, claimed_until, version"
)
SELECT_LEAD = "SELECT " + LEAD_COLUMNS + " FROM lead "
"""What `lead_of` makes a lead of; a condition follows."""

COLUMNS = tuple(field.name for field in fields(Lead))


def lead_of(stage: str, verdict: str, **columns: object) -> Lead:
    """A row as a lead."""
    return Lead(stage=Stage(stage), verdict=Verdict(verdict), **columns)  # pyright: ignore[reportArgumentType] # columns are the fields


def load_lead(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Lead:
    """One lead; `lock` keeps others from changing it until the transaction ends. Raises `NotFound`."""
    found = tx.first(
        lead_of,
        SELECT_LEAD + ("WHERE id = %(id)s FOR NO KEY UPDATE" if lock else "WHERE id = %(id)s"),
        id=identifier,
    )
    if found is None:
        raise NotFound(f"There is no lead {identifier} here.")
    return found


def leads_by_id(tx: Transaction, identifiers: Sequence[UUID]) -> list[Lead]:
    """Leads by id, in no order; unknown ids are left out. Index: the primary key.

    Looked up one by one: where organisations differ much in size, or statistics are old, `id = ANY` may be
    answered by reading all leads of an organisation that is thought small.
    """
    return tx.rows(
        lead_of,
        "SELECT " + LEAD_COLUMNS + " FROM unnest(%(ids)s::uuid[]) AS asked (asked_id)"
        " CROSS JOIN LATERAL (SELECT * FROM lead WHERE lead.id = asked_id OFFSET 0) AS lead",
        ids=list(dict.fromkeys(identifiers)),
    )


def lock_leads(tx: Transaction, identifiers: Sequence[UUID]) -> dict[UUID, Lead]:
    """Leads by id, as nobody else can change them until the transaction ends; unknown ids are left out.

    Locked in the order of their ids, so that two who lock the same never wait for each other.
    """
    tx.execute("SELECT 1 FROM lead WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE", ids=list(identifiers))
    return {lead.id: lead for lead in leads_by_id(tx, identifiers)}


def open_leads_of(tx: Transaction, person_ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, Lead]:
    """The open lead of each person who has one. Index: lead_open_of_person."""
    if not person_ids:
        return {}
    if lock:
        tx.execute(
            "SELECT 1 FROM lead WHERE person_id = ANY(%(ids)s) AND is_open ORDER BY id FOR NO KEY UPDATE",
            ids=list(person_ids),
        )
    found = tx.rows(
        lead_of,
        SELECT_LEAD + "WHERE person_id = ANY(%(ids)s) AND is_open",
        ids=list(person_ids),
    )
    return {lead.person_id: lead for lead in found}


def persons_with_open_leads(tx: Transaction, person_ids: Collection[UUID]) -> set[UUID]:
    """Who of these has an open lead. Index: lead_open_of_person."""
    if not person_ids:
        return set()
    return set(
        tx.scalars(
            UUID, "SELECT person_id FROM lead WHERE person_id = ANY(%(ids)s) AND is_open", ids=list(person_ids)
        )
    )


def leads_of_person(tx: Transaction, person_id: UUID) -> list[Lead]:
    """All leads of a person, the newest first. Index: lead_of_person."""
    return tx.rows(
        lead_of,
        SELECT_LEAD + "WHERE person_id = %(id)s ORDER BY opened_at DESC, id DESC",
        id=person_id,
    )


def leads_page(
    tx: Transaction,
    *,
    stage: Stage | None = None,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
    campaign_id: UUID | None = None,
    person_id: UUID | None = None,
    account_id: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[Lead]:
    """Leads in the order in which they were opened, beyond one of them; conditions that are None do not count."""
    return tx.rows(
        lead_of,
        SELECT_LEAD + "WHERE (%(stage)s::text IS NULL OR stage = %(stage)s)"
        " AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s)"
        " AND (%(team)s::uuid IS NULL OR team_id = %(team)s)"
        " AND (%(campaign)s::uuid IS NULL"
        " OR id IN (SELECT lead_id FROM response WHERE campaign_id = %(campaign)s))"
        " AND (%(person)s::uuid IS NULL OR person_id = %(person)s)"
        " AND (%(account)s::uuid IS NULL OR account_id = %(account)s)"
        " AND (%(after)s::uuid IS NULL OR id > %(after)s) ORDER BY id LIMIT %(limit)s",
        stage=stage.value if stage else None,
        owner=owner_id,
        team=team_id,
        campaign=campaign_id,
        person=person_id,
        account=account_id,
        after=after,
        limit=limit,
    )


def insert_leads(tx: Transaction, leads: Sequence[Lead]) -> None:
    """Add leads. Raises `Conflict` for a person who has an open one already."""
    try:
        tx.copy("lead", COLUMNS, (_row(lead) for lead in leads))
    except UniqueViolation as error:
        raise Conflict("This person has an open lead already; work that one.", code="open-lead") from error


def _row(lead: Lead) -> list[object]:
    row = [getattr(lead, name) for name in COLUMNS]
    row[_STAGE] = lead.stage.value
    row[_VERDICT] = lead.verdict.value
    row[_REASONS] = Jsonb(list(lead.score_reasons))
    return row


_STAGE, _VERDICT, _REASONS = (COLUMNS.index(name) for name in ("stage", "verdict", "score_reasons"))

_CHANGING = tuple(name for name in COLUMNS if name not in {"person_id", "opened_at", "created_at", "version"})


def save_lead(tx: Transaction, lead: Lead) -> Lead:
    """Save a changed lead and return it with its new version.

    Raises `Conflict` if it was changed since it was loaded, or if the person has another open one.
    """
    return save_leads(tx, [lead])[0]


def save_leads(tx: Transaction, leads: Sequence[Lead]) -> list[Lead]:
    """Save changed leads, all or none; like `save_lead`."""
    if not leads:
        return []
    one = len(leads) == 1
    try:
        saved = _update_one(tx, leads[0]) if one else _update_many(tx, leads)
    except UniqueViolation as error:
        raise Conflict("This person has another open lead; work that one.", code="open-lead") from error
    if saved != len(leads):
        raise Conflict("The lead was changed meanwhile by somebody else. Load it again, then repeat.")
    return [replace(lead, version=lead.version + 1) for lead in leads]


def _update_one(tx: Transaction, lead: Lead) -> int:
    return tx.execute(
        "UPDATE lead SET account_id = %(account_id)s, campaign_id = %(campaign_id)s, stage = %(stage)s,"
        " time_zone = %(time_zone)s, scored_at = %(scored_at)s, owner_id = %(owner_id)s, team_id = %(team_id)s,"
        " ae_id = %(ae_id)s, score = %(score)s, fit = %(fit)s, engagement = %(engagement)s,"
        " score_reasons = %(score_reasons)s, mql_at = %(mql_at)s, assigned_at = %(assigned_at)s,"
        " first_attempt_at = %(first_attempt_at)s, last_attempt_at = %(last_attempt_at)s,"
        " conversed_at = %(conversed_at)s, attempts = %(attempts)s, attempts_to_contact = %(attempts_to_contact)s,"
        " next_touch_at = %(next_touch_at)s, next_touch_because = %(next_touch_because)s,"
        " next_touch_note = %(next_touch_note)s, sal_at = %(sal_at)s,"
        " sql_at = %(sql_at)s, closed_at = %(closed_at)s, close_reason = %(close_reason)s,"
        " recycle_until = %(recycle_until)s, verdict = %(verdict)s, criteria_id = %(criteria_id)s,"
        " due_at = %(due_at)s, claimed_by = %(claimed_by)s, claimed_until = %(claimed_until)s,"
        " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
        **dict(zip(COLUMNS, _row(lead), strict=True)),
    )


def _update_many(tx: Transaction, leads: Sequence[Lead]) -> int:
    tx.stage("lead", ("version", *_CHANGING), (_changes(lead) for lead in leads))
    return tx.execute(
        "UPDATE lead SET account_id = s.account_id, campaign_id = s.campaign_id, stage = s.stage,"
        " time_zone = s.time_zone, scored_at = s.scored_at, owner_id = s.owner_id, team_id = s.team_id,"
        " ae_id = s.ae_id, score = s.score, fit = s.fit, engagement = s.engagement,"
        " score_reasons = s.score_reasons, mql_at = s.mql_at, assigned_at = s.assigned_at,"
        " first_attempt_at = s.first_attempt_at, last_attempt_at = s.last_attempt_at,"
        " conversed_at = s.conversed_at, attempts = s.attempts, attempts_to_contact = s.attempts_to_contact,"
        " next_touch_at = s.next_touch_at, next_touch_because = s.next_touch_because,"
        " next_touch_note = s.next_touch_note, sal_at = s.sal_at,"
        " sql_at = s.sql_at, closed_at = s.closed_at, close_reason = s.close_reason,"
        " recycle_until = s.recycle_until, verdict = s.verdict, criteria_id = s.criteria_id,"
        " due_at = s.due_at, claimed_by = s.claimed_by, claimed_until = s.claimed_until,"
        " version = lead.version + 1 FROM staged_lead s WHERE lead.id = s.id AND lead.version = s.version"
    )


def _changes(lead: Lead) -> list[object]:
    row = dict(zip(COLUMNS, _row(lead), strict=True))
    return [lead.version, *(row[name] for name in _CHANGING)]


def due_again(tx: Transaction, today: datetime, limit: int) -> list[Lead]:
    """Recycled leads whose date to come back has arrived, locked. Index: lead_recycled."""
    return tx.rows(
        lead_of,
        SELECT_LEAD + "WHERE stage = 'recycled' AND recycle_until <= %(today)s::date"
        " ORDER BY recycle_until, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED",
        today=today,
        limit=limit,
    )
