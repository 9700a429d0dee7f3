"""Who may work which lead, and on whose behalf: the rules that all work on leads shares.

A rep works the leads that are theirs or lie in their team's pool; whoever may assign leads may work any. The AE
who received a lead goes on with it. The system (imports, engines, commands without `--as`) may do all.
"""

from uuid import UUID

from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Forbidden
from offhook.leads.model import Lead, Stage
from offhook.leads.store import load_lead


def load_to_work(tx: Transaction, lead_id: UUID, *, or_decide: bool = False) -> Lead:
    """One lead, locked until the transaction ends, that the actor may work (`require_work_on`).

    Raises `Forbidden`, before anything is looked up where the role allows no such work at all, and `NotFound`.
    """
    if not (tx.actor.may("leads:assign") or (or_decide and tx.actor.may("handoffs:decide"))):
        tx.require("leads:work")
    lead = load_lead(tx, lead_id, lock=True)
    require_work_on(tx, lead, or_decide=or_decide)
    return lead


def require_work_on(tx: Transaction, lead: Lead, *, or_decide: bool = False) -> None:
    """Raise `Forbidden` unless the actor may work this lead; `or_decide` lets the AE who received it do so too."""
    if or_decide and lead.stage is Stage.SAL and tx.actor.id == lead.ae_id and tx.actor.may("handoffs:decide"):
        return
    if not tx.actor.may("leads:assign"):
        tx.require("leads:work")
    if may_work(tx.actor, lead):
        return
    raise Forbidden("This lead is another rep's. Have it assigned to you first.")


def may_work(actor: Actor, lead: Lead) -> bool:
    """Whether somebody may work this lead: whoever assigns leads any, a rep their own and their team's pool's."""
    if actor.may("leads:assign"):
        return True
    if not actor.may("leads:work"):
        return False
    is_pooled = lead.owner_id is None and lead.team_id in (None, actor.team_id)
    return is_pooled or actor.id == lead.owner_id or actor.id is None


def require_on_behalf_of(tx: Transaction, user_id: UUID) -> None:
    """Raise `Forbidden` unless the actor may work in this user's name: their own, or any with `leads:assign`."""
    if tx.actor.may("leads:assign"):
        return
    tx.require("leads:work")
    if tx.actor.id not in (None, user_id):
        raise Forbidden("Only who may assign leads works in another's name.")
