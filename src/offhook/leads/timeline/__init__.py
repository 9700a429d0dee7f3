"""One timeline of everything: what was done with a person, what they did, and what became of their leads.

It is read from the event log, so that whatever happens is in it without being written twice; entries of the record
and responses are laid beside their events. Each deed is told once, in its latest form.
"""
