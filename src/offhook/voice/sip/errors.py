"""The errors of this package: what was wrong with something received, in words that can be sent back."""

from collections.abc import Mapping, Sequence

from offhook.kernel.errors import Invalid


class Malformed(Invalid):
    """What was received breaks the grammar or a limit of RFC 3261.

    `answer` is the status code that a request earns by it; `headers` are those that could be read (lower-case
    names), so that an answer can find its way; None when nothing could be read.
    """

    code = "sip-malformed"

    def __init__(
        self, message: str, *, answer: int = 400, headers: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """`message` becomes the reason phrase, so it is one short line."""
        super().__init__(message)
        self.answer = answer
        self.headers = headers
