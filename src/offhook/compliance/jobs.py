"""What compliance does by itself: wishes told in calls go on the own list, imported lists expire."""

from datetime import timedelta
from uuid import UUID

from offhook.compliance.do_not_call.service import expire_lists, keep_wishes
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.delivery import Consumer
from offhook.kernel.jobs import Job


def remove_expired_lists(database: Database, organisation_id: UUID) -> None:
    """Remove the do-not-call lists whose time is over; the policy has not heeded them since."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        expire_lists(tx)


JOBS = (Job("compliance.lists", timedelta(minutes=10), remove_expired_lists),)

CONSUMERS = (Consumer("compliance.do_not_call", ("activity.logged",), keep_wishes),)
