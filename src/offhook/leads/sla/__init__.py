"""Promises on time: a first attempt, a decision on a hand-off; timers in business hours that warn and escalate."""
