"""Cadences: plans of timed touches over several channels, and who is in them.

A published plan never changes. Each step of an enrolment is done once, whatever crashes or overlaps: mails go by a
key of enrolment and step, tasks stand in the rep's queue. A reply, a meeting, a hand-off ends it by itself.
"""

from offhook.cadences.model import Cadence, Delay, Plan, Step, StepKind
from offhook.cadences.scheduling import run_due
from offhook.cadences.service import add_cadence, publish
from offhook.cadences.steering import enrol_many, go_on

__all__ = [
    "Cadence",
    "Delay",
    "Plan",
    "Step",
    "StepKind",
    "add_cadence",
    "enrol_many",
    "go_on",
    "publish",
    "run_due",
]
