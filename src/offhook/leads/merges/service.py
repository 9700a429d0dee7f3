"""Leads follow their persons: when two persons are merged, and back when that is undone.

A person has at most one open lead. If both had one, the one that has come farther goes on and the other is closed
as a duplicate; a lead that lies with an AE is never closed so, and stays with the absorbed person until it is
decided.
"""

from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.lifecycle.model import Disqualify, Reopen
from offhook.leads.lifecycle.rules import allowed
from offhook.leads.lifecycle.service import advance
from offhook.leads.merges import store
from offhook.leads.merges.rules import goes_on
from offhook.leads.model import Stage
from offhook.leads.named import store as named
from offhook.leads.responses.store import lock_opening
from offhook.leads.sla.service import stop_promises
from offhook.leads.store import leads_by_id, leads_of_person, load_lead, open_leads_of

DUPLICATE = "duplicate"


def follow_merge(tx: Transaction, merge_id: UUID, survivor_id: UUID, absorbed_id: UUID) -> None:
    """Two persons are one: the absorbed one's leads and responses are the survivor's from now on."""
    lock_opening(tx)
    still_absorbed = _close_one_of_two(tx, merge_id, survivor_id, absorbed_id)
    moving = [lead.id for lead in leads_of_person(tx, absorbed_id) if lead.id != still_absorbed]
    store.move_leads(tx, merge_id, survivor_id, moving)
    store.move_responses(tx, merge_id, survivor_id, absorbed_id)


def _close_one_of_two(tx: Transaction, merge_id: UUID, survivor_id: UUID, absorbed_id: UUID) -> UUID | None:
    """Close the lead that does not go on; returns the id of one that must stay with the absorbed person."""
    both = open_leads_of(tx, [survivor_id, absorbed_id], lock=True)
    if len(both) < 2:
        return None
    on = goes_on(both[survivor_id], both[absorbed_id])
    other = both[absorbed_id] if on is both[survivor_id] else both[survivor_id]
    if Disqualify not in allowed(other.stage):
        return both[absorbed_id].id
    store.note_closed(tx, merge_id, other.id)
    advance(tx, stop_promises(tx, other, None, tx.now), Disqualify(DUPLICATE))
    return None


def follow_unmerge(tx: Transaction, merge_id: UUID, survivor_id: UUID, absorbed_id: UUID) -> None:
    """They are two after all: everybody gets back what the merge took, and a lead closed by it goes on."""
    lock_opening(tx)
    store.give_back(tx, merge_id, survivor_id, absorbed_id)
    for lead in leads_by_id(tx, store.closed_leads(tx, merge_id)):
        was_ours = lead.stage is Stage.DISQUALIFIED and lead.close_reason == DUPLICATE
        if was_ours and not open_leads_of(tx, [lead.person_id]):
            advance(tx, load_lead(tx, lead.id, lock=True), Reopen())
    store.forget(tx, merge_id)


def follow_account_merge(tx: Transaction, merge_id: UUID, survivor_id: UUID, absorbed_id: UUID) -> None:
    """Two accounts are one: leads of the absorbed are the survivor's, and so is its place on a named list."""
    store.move_account(tx, merge_id, survivor_id, absorbed_id)
    named.follow_merge(tx, survivor_id, absorbed_id)


def follow_account_unmerge(tx: Transaction, merge_id: UUID, survivor_id: UUID, absorbed_id: UUID) -> None:
    """They are two after all: leads go back to the account they were of."""
    store.move_account_back(tx, merge_id, survivor_id, absorbed_id)
    named.follow_unmerge(tx, survivor_id, absorbed_id)
    store.forget(tx, merge_id)
