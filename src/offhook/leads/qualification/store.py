"""The SQL of criteria and answers. Tables: criteria, answer (0006_leads.sql)."""

from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.leads.qualification.documents import read_agreement, write_agreement
from offhook.leads.qualification.model import Answer, Criteria, CriteriaStatus


def _criteria(questions: object, status: str, **columns: object) -> Criteria:
    return Criteria(
        agreement=read_agreement(questions),
        status=CriteriaStatus(status),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def lock_criteria(tx: Transaction) -> None:
    """Let no other transaction draft or publish until this one ends."""
    tx.execute(
        "SELECT pg_advisory_xact_lock("
        "hashtextextended('criteria:' || current_setting('offhook.organisation_id'), 0))"
    )


def insert(tx: Transaction, new: Criteria) -> None:
    """Add criteria."""
    tx.execute(
        "INSERT INTO criteria (id, name, edition, framework, questions, status, agreed_with, created_at)"
        " VALUES (%(id)s, %(name)s, %(edition)s, %(framework)s, %(questions)s, %(status)s, %(agreed_with)s,"
        " %(created_at)s)",
        id=new.id,
        name=new.name,
        edition=new.edition,
        framework=new.framework,
        questions=Jsonb(write_agreement(new.agreement)),
        status=new.status.value,
        agreed_with=new.agreed_with,
        created_at=new.created_at,
    )


def save(tx: Transaction, changed: Criteria) -> bool:
    """Save all that can change if it still has this version; False when not."""
    return bool(
        tx.execute(
            "UPDATE criteria SET questions = %(questions)s, framework = %(framework)s, status = %(status)s,"
            " agreed_with = %(agreed_with)s, published_at = %(published_at)s, version = version + 1"
            " WHERE id = %(id)s AND version = %(version)s",
            id=changed.id,
            version=changed.version,
            questions=Jsonb(write_agreement(changed.agreement)),
            framework=changed.framework,
            status=changed.status.value,
            agreed_with=changed.agreed_with,
            published_at=changed.published_at,
        )
    )


def delete(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a draft if it still has this version; False when not."""
    return bool(
        tx.execute(
            "DELETE FROM criteria WHERE id = %(id)s AND version = %(version)s AND status = 'draft'",
            id=identifier,
            version=version,
        )
    )


def by_id(tx: Transaction, identifier: UUID) -> Criteria | None:
    """One edition."""
    return tx.first(
        _criteria,
        "SELECT id, name, edition, framework, questions, status, agreed_with, version, created_at, published_at"
        " FROM criteria WHERE id = %(id)s",
        id=identifier,
    )


def by_ids(tx: Transaction, identifiers: Sequence[UUID]) -> list[Criteria]:
    """Editions by id; unknown ones are left out."""
    return tx.rows(
        _criteria,
        "SELECT id, name, edition, framework, questions, status, agreed_with, version, created_at, published_at"
        " FROM criteria WHERE id = ANY(%(ids)s)",
        ids=list(identifiers),
    )


def in_force(tx: Transaction) -> Criteria | None:
    """The published edition; served by criteria_in_force."""
    return tx.first(
        _criteria,
        "SELECT id, name, edition, framework, questions, status, agreed_with, version, created_at, published_at"
        " FROM criteria WHERE status = 'published'",
    )


def editions(tx: Transaction, name: str) -> list[Criteria]:
    """All editions under a name, in any case of letters, the newest first; served by criteria_edition."""
    return tx.rows(
        _criteria,
        "SELECT id, name, edition, framework, questions, status, agreed_with, version, created_at, published_at"
        " FROM criteria WHERE lower(name) = lower(%(name)s) ORDER BY edition DESC",
        name=name,
    )


def page(tx: Transaction, *, status: CriteriaStatus | None, before: UUID | None, limit: int) -> list[Criteria]:
    """Editions, the newest first; served by the primary key, as ids grow with time."""
    return tx.rows(
        _criteria,
        "SELECT id, name, edition, framework, questions, status, agreed_with, version, created_at, published_at"
        " FROM criteria WHERE (%(status)s::text IS NULL OR status = %(status)s)"
        " AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s",
        status=status.value if status else None,
        before=before,
        limit=limit,
    )


def insert_answers(tx: Transaction, answers: Sequence[Answer]) -> None:
    """Add answers, in one statement."""
    tx.execute(
        "INSERT INTO answer (id, lead_id, criteria_id, question, value, activity_id, note, at, user_id)"
        " SELECT a.id, %(lead)s, %(criteria)s, a.question, a.value, a.activity_id, a.note, a.at, %(user)s"
        " FROM unnest(%(ids)s::uuid[], %(questions)s::text[], %(values)s::jsonb[], %(activities)s::uuid[],"
        " %(notes)s::text[], %(ats)s::timestamptz[]) AS a (id, question, value, activity_id, note, at)",
        lead=answers[0].lead_id,
        criteria=answers[0].criteria_id,
        user=answers[0].user_id,
        ids=[answer.id for answer in answers],
        questions=[answer.question for answer in answers],
        values=[Jsonb(answer.value) for answer in answers],
        activities=[answer.activity_id for answer in answers],
        notes=[answer.note for answer in answers],
        ats=[answer.at for answer in answers],
    )


def answers_of(tx: Transaction, lead_id: UUID) -> list[Answer]:
    """All answers on a lead, in the order in which they were given; served by answer_of_lead."""
    return tx.rows(
        Answer,
        "SELECT id, lead_id, criteria_id, question, value, activity_id, note, at, user_id FROM answer"
        " WHERE lead_id = %(lead)s ORDER BY at, id",
        lead=lead_id,
    )
