"""Mail that comes in: what concerns a person or a conversation here is kept and understood, all else is counted.

`parsing.py`, `bounces.py`, `absences.py`, `quoting.py` and `recognising.py` are pure; `fetching.py` and `inbox.py`
read a mailbox and change nothing in it; `receiving.py` keeps what was read, once. docs/mailboxes.md has the rules.
"""
