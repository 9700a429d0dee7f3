"""Which of two open leads goes on when their persons turn out to be one: pure."""

from offhook.leads.model import Lead, Stage

_PROGRESS = {Stage.INQUIRY: 0, Stage.MQL: 1, Stage.WORKING: 2, Stage.SAL: 3}


def goes_on(one: Lead, other: Lead) -> Lead:
    """The one that has come farther; of equals the one with more attempts, then the older."""
    return max(one, other, key=lambda lead: (_PROGRESS[lead.stage], lead.attempts, -lead.opened_at.timestamp()))
