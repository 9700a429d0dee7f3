"""The SQL of moving leads and responses from person to person (lead, response, merge_move in 0006_leads.sql)."""

from collections.abc import Sequence
from uuid import UUID

from offhook.kernel.database import Transaction


def move_leads(tx: Transaction, merge_id: UUID, to: UUID, lead_ids: Sequence[UUID]) -> None:
    """Let leads be of another person, and remember that this merge did it."""
    tx.execute(
        "WITH moved AS (UPDATE lead SET person_id = %(to)s, version = version + 1 WHERE id = ANY(%(ids)s)"
        " RETURNING id) INSERT INTO merge_move (merge_id, what, id) SELECT %(merge)s, 'lead', id FROM moved"
        " ON CONFLICT DO NOTHING",
        to=to,
        ids=list(lead_ids),
        merge=merge_id,
    )


def note_closed(tx: Transaction, merge_id: UUID, lead_id: UUID) -> None:
    """Remember that a lead was closed because of this merge."""
    tx.execute(
        "INSERT INTO merge_move (merge_id, what, id) VALUES (%(merge)s, 'closed_lead', %(id)s)"
        " ON CONFLICT DO NOTHING",
        merge=merge_id,
        id=lead_id,
    )


def move_responses(tx: Transaction, merge_id: UUID, survivor: UUID, absorbed: UUID) -> None:
    """Let the responses of an absorbed person be the survivor's, save to campaigns they responded to as well.

    Index: the primary key of response.
    """
    tx.execute(
        "WITH moved AS (UPDATE response SET person_id = %(survivor)s WHERE person_id = %(absorbed)s"
        " AND campaign_id NOT IN (SELECT campaign_id FROM response WHERE person_id = %(survivor)s)"
        " RETURNING id) INSERT INTO merge_move (merge_id, what, id) SELECT %(merge)s, 'response', id FROM moved"
        " ON CONFLICT DO NOTHING",
        survivor=survivor,
        absorbed=absorbed,
        merge=merge_id,
    )


def move_account(tx: Transaction, merge_id: UUID, survivor: UUID, absorbed: UUID) -> None:
    """Let leads of an absorbed account be the survivor's. Index: lead_of_account."""
    tx.execute(
        "WITH moved AS (UPDATE lead SET account_id = %(survivor)s WHERE account_id = %(absorbed)s RETURNING id)"
        " INSERT INTO merge_move (merge_id, what, id) SELECT %(merge)s, 'account_of_lead', id FROM moved"
        " ON CONFLICT DO NOTHING",
        survivor=survivor,
        absorbed=absorbed,
        merge=merge_id,
    )


def move_account_back(tx: Transaction, merge_id: UUID, survivor: UUID, absorbed: UUID) -> None:
    """Give leads back to the account that a merge took them from, where they are still the survivor's."""
    tx.execute(
        "UPDATE lead SET account_id = %(absorbed)s FROM merge_move m WHERE m.merge_id = %(merge)s"
        " AND m.what = 'account_of_lead' AND m.id = lead.id AND lead.account_id = %(survivor)s",
        survivor=survivor,
        absorbed=absorbed,
        merge=merge_id,
    )


def closed_leads(tx: Transaction, merge_id: UUID) -> list[UUID]:
    """The leads that a merge closed."""
    return tx.scalars(
        UUID,
        "SELECT id FROM merge_move WHERE merge_id = %(merge)s AND what = 'closed_lead' ORDER BY id",
        merge=merge_id,
    )


def give_back(tx: Transaction, merge_id: UUID, survivor: UUID, absorbed: UUID) -> None:
    """Let what a merge moved be the absorbed person's again, where it is still the survivor's."""
    tx.execute(
        "UPDATE lead SET person_id = %(absorbed)s, version = version + 1 FROM merge_move m"
        " WHERE m.merge_id = %(merge)s AND m.what = 'lead' AND m.id = lead.id AND lead.person_id = %(survivor)s",
        survivor=survivor,
        absorbed=absorbed,
        merge=merge_id,
    )
    tx.execute(
        "UPDATE response SET person_id = %(absorbed)s FROM merge_move m"
        " WHERE m.merge_id = %(merge)s AND m.what = 'response' AND m.id = response.id"
        " AND response.person_id = %(survivor)s",
        survivor=survivor,
        absorbed=absorbed,
        merge=merge_id,
    )


def forget(tx: Transaction, merge_id: UUID) -> None:
    """The merge is undone: nothing is left to bring back."""
    tx.execute("DELETE FROM merge_move WHERE merge_id = %(merge)s", merge=merge_id)
