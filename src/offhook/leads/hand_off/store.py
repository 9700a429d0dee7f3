"""The SQL of hand-offs. Table: hand_off (0006_leads.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.leads.hand_off.model import HandOff, HandOffStatus, MeetingOutcome, Mode
from offhook.leads.hand_off.rules import LONGEST_MEETING

_HAND_OFF = (
    "SELECT id, lead_id, rep_id, rep_team_id, ae_id, mode, meeting_at, meeting_outcome, briefing, explanation,"
    " status, reason, is_first, at, accepted_at, decided_at, confirmed_at, meeting_minutes, version FROM hand_off "
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """When an AE is in a meeting with somebody's lead."""

    ae_id: UUID
    starts_at: datetime
    ends_at: datetime


def _hand_off(mode: str, meeting_outcome: str | None, status: str, **columns: object) -> HandOff:
    return HandOff(
        mode=Mode(mode),
        meeting_outcome=MeetingOutcome(meeting_outcome) if meeting_outcome else None,
        status=HandOffStatus(status),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def insert(tx: Transaction, new: HandOff) -> None:
    """Add a hand-off."""
    tx.execute(
        "INSERT INTO hand_off (id, lead_id, rep_id, rep_team_id, ae_id, mode, meeting_at, briefing, explanation,"
        " status, is_first, at, meeting_minutes) VALUES (%(id)s, %(lead)s, %(rep)s, %(team)s, %(ae)s, %(mode)s,"
        " %(meeting)s, %(briefing)s, %(explanation)s, %(status)s, %(is_first)s, %(at)s, %(minutes)s)",
        id=new.id,
        lead=new.lead_id,
        rep=new.rep_id,
        team=new.rep_team_id,
        ae=new.ae_id,
        mode=new.mode.value,
        meeting=new.meeting_at,
        briefing=Jsonb(dict(new.briefing)),
        explanation=Jsonb(dict(new.explanation)),
        status=new.status.value,
        is_first=new.is_first,
        at=new.at,
        minutes=new.meeting_minutes,
    )


def save(tx: Transaction, changed: HandOff) -> bool:
    """Save status, reason, times and meeting if it still has this version; False when not."""
    return bool(
        tx.execute(
            "UPDATE hand_off SET status = %(status)s, reason = %(reason)s, accepted_at = %(accepted)s,"
            " decided_at = %(decided)s,"
            " confirmed_at = %(confirmed)s, meeting_at = %(meeting)s, meeting_outcome = %(outcome)s,"
            " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
            id=changed.id,
            version=changed.version,
            status=changed.status.value,
            reason=changed.reason,
            accepted=changed.accepted_at,
            decided=changed.decided_at,
            confirmed=changed.confirmed_at,
            meeting=changed.meeting_at,
            outcome=changed.meeting_outcome.value if changed.meeting_outcome else None,
        )
    )


def by_id(tx: Transaction, identifier: UUID) -> HandOff | None:
    """One hand-off."""
    return tx.first(
        _hand_off,
        _HAND_OFF + "WHERE id = %(id)s",
        id=identifier,
    )


def was_accepted(tx: Transaction, lead_id: UUID, but: UUID) -> bool:
    """Whether another hand-off of this lead was accepted; served by hand_off_of_lead."""
    found = tx.scalar(
        bool,
        "SELECT EXISTS (SELECT FROM hand_off WHERE lead_id = %(lead)s AND id <> %(but)s"
        " AND accepted_at IS NOT NULL)",
        lead=lead_id,
        but=but,
    )
    return bool(found)


def last_of_lead(tx: Transaction, lead_id: UUID) -> HandOff | None:
    """The lead's last hand-off; served by hand_off_of_lead."""
    return tx.first(
        _hand_off,
        _HAND_OFF + "WHERE lead_id = %(lead)s ORDER BY at DESC, id DESC LIMIT 1",
        lead=lead_id,
    )


def page(
    tx: Transaction,
    *,
    ae_id: UUID | None,
    rep_id: UUID | None,
    lead_id: UUID | None,
    statuses: Sequence[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[HandOff]:
    """Hand-offs, the newest first; served by hand_off_of_ae and hand_off_of_lead."""
    before_at, before_id = before or (None, None)
    return tx.rows(
        _hand_off,
        _HAND_OFF + "WHERE (%(ae)s::uuid IS NULL OR ae_id = %(ae)s)"
        " AND (%(rep)s::uuid IS NULL OR rep_id = %(rep)s)"
        " AND (%(lead)s::uuid IS NULL OR lead_id = %(lead)s)"
        " AND (%(statuses)s::text[] IS NULL OR status = ANY(%(statuses)s))"
        " AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s))"
        " ORDER BY at DESC, id DESC LIMIT %(limit)s",
        ae=ae_id,
        rep=rep_id,
        lead=lead_id,
        statuses=list(statuses) if statuses is not None else None,
        at=before_at,
        id=before_id,
        limit=limit,
    )


def meetings(
    tx: Transaction, ae_ids: Sequence[UUID], start: datetime, end: datetime, *, but: UUID | None = None
) -> list[Meeting]:
    """The meetings of these AEs that are on and overlap a span of time; served by hand_off_meeting."""
    return tx.rows(
        Meeting,
        "SELECT ae_id, meeting_at AS starts_at, meeting_at + make_interval(mins => meeting_minutes) AS ends_at"
        " FROM hand_off WHERE ae_id = ANY(%(aes)s) AND meeting_at > %(earliest)s AND meeting_at < %(end)s"
        " AND meeting_at + make_interval(mins => meeting_minutes) > %(start)s"
        " AND status IN ('offered', 'accepted', 'confirmed') AND meeting_outcome IS NULL"
        " AND (%(but)s::uuid IS NULL OR id <> %(but)s) ORDER BY meeting_at, id",
        aes=list(ae_ids),
        earliest=start - LONGEST_MEETING,
        start=start,
        end=end,
        but=but,
    )
