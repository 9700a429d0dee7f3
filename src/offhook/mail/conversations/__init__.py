"""Conversations by mail: one inbox of all that persons write to a rep, and what is still to be done about each.

`threads.py` says to which conversation a Message-ID belongs; `rules.py` decides how a conversation stands; a reply
goes through the ledger of mails like any other.
"""
