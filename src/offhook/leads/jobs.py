"""What leads do by themselves: follow merges of their persons and accounts, keep promises moving, come back."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.delivery import Consumer
from offhook.kernel.events import StoredEvent
from offhook.leads.merges import service

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


CONSUMERS = (Consumer("leads.merges", tuple(_FOLLOW), follow_merges),)
