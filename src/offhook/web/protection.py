"""What stands around every request: an id, a limit of size, headers that browsers heed, and the last catch.

A plain ASGI layer, as it must see what frameworks do not: bodies while they stream in, and errors that nobody
expected. Those are logged with the request's id and answered without any detail of ours.
"""

import logging
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from offhook.kernel.http import Problem
from offhook.kernel.ids import new_id

log = logging.getLogger("offhook.web")

LARGEST_BODY = 16 * 2**20
"""Bytes of a JSON body: a batch of 10,000 responses has about 5 MB."""

HEADERS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
"""Set unless the route says otherwise; a route with its own Content-Security-Policy also decides on framing."""


class TooLarge(Exception):  # told to the sender as a problem, not a defect
    """A body went over the limit while it streamed in."""


class Protection:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int], is_https: bool) -> None:
        """`limits` gives the limits of paths (by prefix) that take more, or less, than `LARGEST_BODY`."""
        self.app = app
        self.limits = limits
        self.headers = dict(HEADERS)
        if is_https:
            self.headers[b"strict-transport-security"] = b"max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, self.headers, request_id)
        limit = self._limit(scope["path"])
        try:
            await self.app(scope, answer.limited(scope, receive, limit), answer.send)
            if answer.is_refused:
                await answer.problem(scope, 413, "too-large", _told(limit))
        except TooLarge:
            await answer.problem(scope, 413, "too-large", _told(limit))
        except Exception:
            log.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            told = f"Something went wrong on our side. It is logged as request {request_id}; repeat or tell us."
            await answer.problem(scope, 500, "unexpected", told)

    def _limit(self, path: str) -> int:
        return next((limit for prefix, limit in self.limits.items() if path.startswith(prefix)), LARGEST_BODY)


def _told(limit: int) -> str:
    return f"A body may have at most {limit:,} bytes here."


class _Answer:
    """Sends an answer on with our headers, and knows whether it has begun.

    Frameworks turn an error while a body is read into an answer of their own; once a body was refused, that
    answer is dropped and ours given.
    """

    def __init__(self, send: Send, headers: Mapping[bytes, bytes], request_id: str) -> None:
        self._send = send
        self._headers = headers
        self._request_id = request_id
        self.has_begun = False
        self.is_refused = False

    def limited(self, scope: Scope, receive: Receive, limit: int) -> Receive:
        """`receive` that raises `TooLarge` once more than `limit` bytes came, or were announced."""
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        is_announced_too_large = announced.isdigit() and int(announced) > limit
        came = 0

        async def receive_counted() -> Message:
            nonlocal came
            message: Message = {} if is_announced_too_large else await receive()
            came += len(message.get("body", b""))
            if is_announced_too_large or came > limit:
                self.is_refused = True
                raise TooLarge
            return message

        return receive_counted

    async def send(self, message: Message) -> None:
        if self.is_refused and not self.has_begun:
            return
        await self._pass_on(message)

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            message = {**message, "headers": self._with_ours(list(message.get("headers", ())))}
        await self._send(message)

    def _with_ours(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in given}
        if b"content-security-policy" in names:
            names.add(b"x-frame-options")
        ours = [(name, value) for name, value in self._headers.items() if name not in names]
        return [*given, *ours, (b"x-request-id", self._request_id.encode())]

    async def problem(self, scope: Scope, status: int, code: str, detail: str) -> None:
        """Answer with a problem unless an answer has begun, which can then only break off."""
        if self.has_begun:
            return
        told = Problem(
            type=f"urn:offhook:problem:{code}",
            title=code.replace("-", " "),
            status=status,
            detail=detail,
            instance=scope["path"],
        )
        headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
        await self._pass_on({"type": "http.response.start", "status": status, "headers": headers})
        await self._pass_on({"type": "http.response.body", "body": told.model_dump_json().encode()})
