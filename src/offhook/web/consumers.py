"""The product's consumers of events, in one list: what the relay runs and what a rebuild knows.

A slice offers its consumers in its `jobs.py`; a new one is added here (ARCHITECTURE.md, "Where to put a new …").
"""

from collections.abc import Sequence

from offhook.activities import jobs as activities
from offhook.cadences import jobs as cadences
from offhook.calendar import jobs as calendar
from offhook.compliance import jobs as compliance
from offhook.goals import jobs as goals
from offhook.kernel.delivery import Consumer
from offhook.leads import jobs as leads
from offhook.mail import jobs as mail
from offhook.voice import jobs as voice
from offhook.webhooks import jobs as webhooks

CONSUMERS: Sequence[Consumer] = (
    *webhooks.CONSUMERS,
    *activities.CONSUMERS,
    *compliance.CONSUMERS,
    *leads.CONSUMERS,
    *voice.CONSUMERS,
    *mail.CONSUMERS,
    *calendar.CONSUMERS,
    *cadences.CONSUMERS,
    *goals.CONSUMERS,
)
"""In the order in which each event reaches them."""
