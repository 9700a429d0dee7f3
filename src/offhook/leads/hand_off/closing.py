"""The ways a lead ends before SQL, and back: recycle, disqualify, reopen. Reasons are agreed words (`reasons`)."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.hand_off.reasons import DISQUALIFY, RECYCLE, agreed
from offhook.leads.lifecycle.model import Disqualify, Recycle, Reopen
from offhook.leads.lifecycle.service import advance, check_moment
from offhook.leads.model import Lead
from offhook.leads.sla.service import stop_promises
from offhook.leads.working import load_to_work

LONGEST_REST_DAYS = 3 * 366


def recycle(
    tx: Transaction, lead_id: UUID, reason: str, until: date, note: str = "", at: datetime | None = None
) -> Lead:
    """Give a lead back to marketing, to come back on a date.

    Raises `Invalid` for a reason that was not agreed or a date that is past or years away, `Conflict` for the
    stage.
    """
    lead = load_to_work(tx, lead_id)
    told, done_at = agreed(RECYCLE, reason, note), check_moment(tx, at)
    if (until - done_at.date()).days > LONGEST_REST_DAYS:
        raise Invalid(
            "The date to come back lies more than three years ahead.",
            fields=[FieldError("until", "at most three years ahead", until.isoformat())],
        )
    return advance(tx, stop_promises(tx, lead, None, done_at), Recycle(told, until), done_at)


def disqualify(tx: Transaction, lead_id: UUID, reason: str, note: str = "", at: datetime | None = None) -> Lead:
    """Qualify a lead out. Raises as `recycle`."""
    lead = load_to_work(tx, lead_id)
    told, done_at = agreed(DISQUALIFY, reason, note), check_moment(tx, at)
    return advance(tx, stop_promises(tx, lead, None, done_at), Disqualify(told), done_at)


def reopen(tx: Transaction, lead_id: UUID, at: datetime | None = None) -> Lead:
    """Undo a recycling or disqualification: the lead goes on where it was, due now.

    Raises `Conflict` when it is not closed, or its person has another open lead.
    """
    lead = load_to_work(tx, lead_id)
    return advance(
        tx, replace(lead, next_touch_at=None, next_touch_because=None, next_touch_note=None), Reopen(), at
    )
