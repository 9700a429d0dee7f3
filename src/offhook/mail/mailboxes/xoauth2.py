"""Signing in at a mail server by a token: XOAUTH2, as Google and Microsoft have it.

The client says user and token at once. A server that does not take them asks once more, with a JSON object that
says why, is answered by nothing, and then refuses. Sources: Google, "OAuth 2.0 Mechanism"; Microsoft,
"Authenticate an IMAP, POP or SMTP connection using OAuth".
"""

import json
from typing import cast

MECHANISM = "XOAUTH2"


class SignInRefused(Exception):
    """The server does not take the token: in its words."""


class Xoauth2:
    """One conversation with a server; it keeps what the server said of a refusal."""

    def __init__(self, username: str, token: str) -> None:
        """Begin nothing yet."""
        self._first = f"user={username}\1auth=Bearer {token}\1\1"
        self._has_begun = False
        self._challenge = b""

    def in_smtp(self, challenge: bytes | None = None) -> str:
        """The next answer, as `smtplib` asks for it."""
        return self.in_imap(challenge or b"").decode()

    def in_imap(self, challenge: bytes) -> bytes:
        """The next answer, as `imapclient` asks for it."""
        if self._has_begun:
            self._challenge = challenge
            return b""
        self._has_begun = True
        return self._first.encode()

    def told(self, answer: str) -> str:
        """A refusal in words: what the server answered, and what its object says."""
        try:
            found: object = json.loads(self._challenge)
        except ValueError:
            return answer
        if not isinstance(found, dict):
            return answer
        said = ", ".join(f"{name} {value}" for name, value in cast("dict[str, object]", found).items() if value)
        return f"{answer} ({said})"
