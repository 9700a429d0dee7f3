"""Client of Janus' WebSocket API (Janus documentation, "Janus API"): one session, handles, requests, events.

Every request carries a transaction of ours and is answered under it. Janus first acknowledges what plug-ins do
asynchronously, then sends the result as an event of the same transaction. Anything else is an event of a handle.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from offhook.voice.media.engine import MediaUnavailable

Json = Mapping[str, object]

_TIME_LIMIT = 5.0
"""Seconds for one request; Janus answers in a few milliseconds."""
_KEEP_ALIVE = 20.0
"""Seconds between keep-alives; Janus drops a session after 60 without."""
_LARGEST = 4 * 1024 * 1024


class Refused(Exception):
    """Janus or its plug-in said no; `code` is its error code."""

    def __init__(self, code: int, reason: str) -> None:
        """Keep both."""
        super().__init__(f"{reason} ({code})")
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """What a plug-in answered: its data, and an SDP answer if one belongs to it."""

    data: Json
    sdp: str | None


@dataclass(frozen=True, slots=True)
class HandleEvent:
    """Something told about a handle unasked: `kind` is Janus' word (event, webrtcup, hangup, trickle, …)."""

    handle: int
    kind: str
    data: Json
    message: Json


class JanusClient:
    """One connection and one session. `on_event` is called for every event, in order, and must not wait."""

    def __init__(self, url: str, api_secret: str, on_event: Callable[[HandleEvent], None]) -> None:
        """Nothing is sent yet."""
        self._url = url
        self._api_secret = api_secret
        self._on_event = on_event
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._done_by_ack: set[str] = set()
        self._connection: ClientConnection | None = None
        self._session: int | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect and begin a session. Raises `MediaUnavailable` when nobody is there."""
        try:
            self._connection = await connect(
                self._url,
                subprotocols=[Subprotocol("janus-protocol")],
                max_size=_LARGEST,
                compression=None,
                ping_interval=None,
                open_timeout=_TIME_LIMIT,
                close_timeout=1,
                proxy=None,
            )
        except (OSError, TimeoutError) as error:
            raise MediaUnavailable("Janus does not answer") from error
        self._tasks.append(asyncio.create_task(self._read(self._connection)))
        created = await self._ask({"janus": "create"})
        self._session = _number(_object(created, "data"), "id")
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def close(self) -> None:
        """End the session and the connection. May be called twice."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
        self._fail_all()

    async def ping(self) -> None:
        """Keep the session alive. Raises `MediaUnavailable` when nobody answers, `Refused` when it is gone."""
        await self._ask({"janus": "keepalive"}, is_acked=True)

    async def attach(self) -> int:
        """A new handle of the AudioBridge."""
        attached = await self._ask({"janus": "attach", "plugin": "janus.plugin.audiobridge"})
        return _number(_object(attached, "data"), "id")

    async def detach(self, handle: int) -> None:
        """Give a handle up, and with it whatever it holds. One that is gone is no error."""
        with suppress(Refused):
            await self._ask({"janus": "detach", "handle_id": handle})

    async def message(self, handle: int, body: Json, *, offer: str | None = None) -> Reply:
        """One request of the AudioBridge. Raises `Refused` with its reason, `MediaUnavailable` in silence."""
        request: dict[str, object] = {"janus": "message", "handle_id": handle, "body": body}
        if offer is not None:
            request["jsep"] = {"type": "offer", "sdp": offer}
        answer = await self._ask(request)
        data = _object(_object(answer, "plugindata"), "data")
        if "error_code" in data:
            raise Refused(_number(data, "error_code"), str(data.get("error")))
        sdp = _object(answer, "jsep").get("sdp")
        return Reply(data, sdp if isinstance(sdp, str) else None)

    async def trickle(self, handle: int, candidate: Json | None) -> None:
        """Hand on an ICE candidate of the browser; None: that was all."""
        await self._ask(
            {"janus": "trickle", "handle_id": handle, "candidate": candidate or {"completed": True}}, is_acked=True
        )

    async def _ask(self, request: Mapping[str, object], *, is_acked: bool = False) -> Json:
        if self._connection is None:
            raise MediaUnavailable("Janus is not running")
        transaction = secrets.token_hex(8)
        if is_acked:
            self._done_by_ack.add(transaction)
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = future
        envelope: dict[str, object] = {**request, "transaction": transaction, "apisecret": self._api_secret}
        if self._session is not None:
            envelope["session_id"] = self._session
        try:
            await self._connection.send(json.dumps(envelope))
            answer = await asyncio.wait_for(future, _TIME_LIMIT)
        except (ConnectionClosed, TimeoutError) as error:
            raise MediaUnavailable("Janus does not answer") from error
        finally:
            self._waiting.pop(transaction, None)
            self._done_by_ack.discard(transaction)
        if answer.get("janus") == "error":
            reason = _object(answer, "error")
            raise Refused(_number(reason, "code"), str(reason.get("reason")))
        return answer

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_KEEP_ALIVE)
            with suppress(MediaUnavailable, Refused):  # the reader notices a lost connection
                await self.ping()

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for raw in connection:
                self._take(cast("Json", json.loads(raw)))
        except ConnectionClosed:
            pass
        finally:
            self._fail_all()

    def _take(self, message: Json) -> None:
        transaction = message.get("transaction")
        future = self._waiting.get(transaction) if isinstance(transaction, str) else None
        if future is not None and not future.done():
            if message.get("janus") != "ack" or transaction in self._done_by_ack:
                future.set_result(message)
            return
        sender = message.get("sender")
        if isinstance(sender, int):
            data = _object(_object(message, "plugindata"), "data")
            self._on_event(HandleEvent(sender, str(message.get("janus")), data, message))

    def _fail_all(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(MediaUnavailable("Janus went away"))


def _object(message: Json, key: str) -> Json:
    value = message.get(key)
    return cast("Json", value) if isinstance(value, dict) else {}


def _number(message: Json, key: str) -> int:
    value = message.get(key)
    return value if isinstance(value, int) else -1
