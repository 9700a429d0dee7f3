"""The one state machine from response to SQL: which command may be given in which stage, and what it does.

`rules.decide` is pure; `service.advance` loads nothing, saves the lead and appends the events.
"""
