"""What persons agreed to: kept with wording and evidence, never changed (consent_record in 0007_intake.sql)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to, when, how and in which words."""

    id: UUID
    person_id: UUID
    purpose: str
    wording: str
    obtained_by: str
    obtained_at: datetime
    evidence: Mapping[str, object]


def keep_consent(tx: Transaction, new: Consent) -> None:
    """Keep a consent."""
    tx.execute(
        "INSERT INTO consent_record (id, person_id, purpose, wording, obtained_by, obtained_at, evidence)"
        " VALUES (%(id)s, %(person)s, %(purpose)s, %(wording)s, %(by)s, %(at)s, %(evidence)s)",
        id=new.id,
        person=new.person_id,
        purpose=new.purpose,
        wording=new.wording,
        by=new.obtained_by,
        at=new.obtained_at,
        evidence=Jsonb(dict(new.evidence)),
    )


def consents_of(tx: Transaction, person_ids: Sequence[UUID]) -> list[Consent]:
    """What any of them agreed to, the newest first. Index: consent_of_person."""
    return tx.rows(
        Consent,
        "SELECT id, person_id, purpose, wording, obtained_by, obtained_at, evidence FROM consent_record"
        " WHERE person_id = ANY(%(persons)s) ORDER BY obtained_at DESC, id DESC",
        persons=list(person_ids),
    )
