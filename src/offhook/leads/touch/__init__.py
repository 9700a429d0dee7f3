"""Touching a lead: what was done is logged once, and the lead, its promise and its place in the queue follow.

Whoever logs what was done with a person whose lead is being worked goes through `log_activity`, by hand or by an
engine; `offhook.activities` keeps the record itself.
"""

from offhook.leads.touch.service import correct_activity, log_activity

__all__ = ["correct_activity", "log_activity"]
