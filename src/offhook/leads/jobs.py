"""What leads do by themselves: follow merges of their persons and accounts, keep promises moving, come back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.delivery import Consumer
from offhook.kernel.events import StoredEvent
from offhook.kernel.jobs import Job
from offhook.leads.merges import service
from offhook.leads.responses.service import bring_back
from offhook.leads.sla.sweep import sweep

_FOLLOW: Mapping[str, Callable[[Transaction, UUID, UUID, UUID], None]] = {
    "person.merged": service.follow_merge,
    "person.unmerged": service.follow_unmerge,
    "account.merged": service.follow_account_merge,
    "account.unmerged": service.follow_account_unmerge,
}


def follow_merges(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Leads follow their persons and accounts."""
    for event in events:
        merge_id, absorbed_id = UUID(str(event.data["merge_id"])), UUID(str(event.data["absorbed_id"]))
        _FOLLOW[event.kind](tx, merge_id, event.subject_id, absorbed_id)


def move_promises(database: Database, organisation_id: UUID) -> None:
    """Warn of promises, tell of broken ones, give leads to others: all that is due."""
    while _in_one(database, organisation_id, sweep):
        pass


def come_back(database: Database, organisation_id: UUID) -> None:
    """Open new leads for recycled ones whose date has come."""
    while _in_one(database, organisation_id, bring_back):
        pass


def _in_one(database: Database, organisation_id: UUID, work: Callable[[Transaction], int]) -> int:
    with database.transaction(organisation_id, SYSTEM) as tx:
        return work(tx)


JOBS = (
    Job("leads.promises", timedelta(seconds=20), move_promises),
    Job("leads.come_back", timedelta(minutes=10), come_back),
)

CONSUMERS = (Consumer("leads.merges", tuple(_FOLLOW), follow_merges),)
