"""Cadences: plans of timed touches over several channels, and who is in them.

A published plan never changes. Each step of an enrolment is done once, whatever crashes or overlaps: mails go by a
key of enrolment and step, tasks stand in the rep's queue. A reply, a meeting, a hand-off ends it by itself.
"""
