"""What every slice stands on: database, events, jobs, clock, ids, errors, settings.

The kernel knows no slice. Anything here must be useful to at least two of them;
a decision of the field (who may be called, what an MQL is) never belongs here.
"""
