"""The work queue: the next best lead of a rep, explained, and claims that no two reps ever share."""

from offhook.leads.queue.model import QueueItem
from offhook.leads.queue.service import claim, claim_next, claims, give_back, queue_of, snooze

__all__ = ["QueueItem", "claim", "claim_next", "claims", "give_back", "queue_of", "snooze"]
