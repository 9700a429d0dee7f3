"""The SQL of what became of mails (0020_composing.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that became of a mail: `what` is `replied`, `opened`, `clicked` or `bounced`."""

    mail_id: UUID
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Numbers:
    """A variant's mails, sent since a moment. `edited` ones are counted there alone."""

    variant_id: UUID
    sent: int
    bounced: int
    replied: int
    opened: int
    clicked: int
    edited: int


def note(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Keep outcomes; of each kind the first counts, and to tell one twice changes nothing."""
    tx.execute(
        "INSERT INTO mail_outcome AS old (mail_id, replied_at, opened_at, clicked_at, bounced_at)"
        " SELECT mail_id, min(at) FILTER (WHERE what = 'replied'), min(at) FILTER (WHERE what = 'opened'),"
        " min(at) FILTER (WHERE what = 'clicked'), min(at) FILTER (WHERE what = 'bounced')"
        " FROM unnest(%(mails)s::uuid[], %(whats)s::text[], %(ats)s::timestamptz[]) AS told (mail_id, what, at)"
        " GROUP BY mail_id"
        " ON CONFLICT (organisation_id, mail_id) DO UPDATE SET"
        " replied_at = LEAST(old.replied_at, excluded.replied_at),"
        " opened_at = LEAST(old.opened_at, excluded.opened_at),"
        " clicked_at = LEAST(old.clicked_at, excluded.clicked_at),"
        " bounced_at = LEAST(old.bounced_at, excluded.bounced_at)",
        mails=[one.mail_id for one in outcomes],
        whats=[one.what for one in outcomes],
        ats=[one.at for one in outcomes],
    )


def worded_since(tx: Transaction, template_id: UUID) -> datetime | None:
    """Since when all variants of a template in use have said what they say. Index: mail_template_variant_of."""
    return tx.scalar(
        datetime,
        "SELECT max(worded_at) FROM mail_template_variant"
        " WHERE template_id = %(id)s AND retired_at IS NULL AND weight > 0",
        id=template_id,
    )


def numbers(tx: Transaction, template_id: UUID, since: datetime) -> dict[UUID, Numbers]:
    """By variant, the mails of a template written since. Index: mail_message_of_template."""
    rows = tx.rows(
        Numbers,
        "SELECT m.variant_id, count(*) FILTER (WHERE NOT m.is_edited) AS sent,"
        " count(o.bounced_at) FILTER (WHERE NOT m.is_edited) AS bounced,"
        " count(o.replied_at) FILTER (WHERE NOT m.is_edited AND o.bounced_at IS NULL) AS replied,"
        " count(o.opened_at) FILTER (WHERE NOT m.is_edited) AS opened,"
        " count(o.clicked_at) FILTER (WHERE NOT m.is_edited) AS clicked,"
        " count(*) FILTER (WHERE m.is_edited) AS edited"
        " FROM mail_message m LEFT JOIN mail_outcome o"
        "  ON (o.organisation_id, o.mail_id) = (m.organisation_id, m.id)"
        " WHERE m.template_id = %(id)s AND m.state = 'sent' AND m.created_at >= %(since)s"
        " GROUP BY m.variant_id",
        id=template_id,
        since=since,
    )
    return {one.variant_id: one for one in rows}
