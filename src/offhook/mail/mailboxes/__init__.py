"""A user's mailbox: where mail is handed in (SMTP) and read (IMAP), its password sealed, and how it stands.

What decides is pure (`rules.py`); `connecting.py` is the one way to a mailbox's servers, with every failure in
words. A mailbox that refuses is tried again by itself; mails wait meanwhile.
"""
