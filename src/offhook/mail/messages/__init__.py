"""Mails that users send to persons: asked of the policy, kept in a ledger, handed in once, filed, logged.

`rules.py` decides, `composing.py` makes the bytes, `handing_over.py` speaks to the server; `sending.py` and
`filing.py` carry out what the ledger says is due. docs/mailboxes.md tells what can be known after a crash.
"""
