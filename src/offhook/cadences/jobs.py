"""Work of cadences that nobody asks for: steps that come due, runs that are not at their end, what is heard."""

from datetime import timedelta

from offhook.cadences.following import KINDS, follow
from offhook.cadences.scheduling import run_due
from offhook.cadences.steering import go_on
from offhook.kernel.delivery import Consumer
from offhook.kernel.jobs import Job

JOBS = (
    Job("cadences.due", timedelta(seconds=1), run_due),
    Job("cadences.runs", timedelta(seconds=1), go_on),
)

CONSUMERS = (Consumer("cadences.follow", KINDS, follow),)
