"""Conversations begin with mails that come in."""

from mail.incoming.conftest import desk

__all__ = ["desk"]
