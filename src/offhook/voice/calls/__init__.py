"""What a call is: a pure state machine over legs and places, and its record in the database.

`machine.decide` says what follows from a command of a user or a signal of an engine, `machine.apply` what the call
is then. The exchange carries the events out.
"""
