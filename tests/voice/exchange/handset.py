"""A user's phone as the browser would be it: the WebSocket of the phone and a WebRTC connection, by aiortc.

Synchronous to use; the connection lives in a loop of its own.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

from starlette.testclient import TestClient, WebSocketTestSession

from voice.browser_peer import BrowserPeer

T = TypeVar("T")
PATIENCE = 15.0


class Handset:
    """Use as a context: connected within."""

    def __init__(self, client: TestClient) -> None:
        """The phone of whoever the client's token is."""
        self.client = client
        self.told: list[dict[str, Any]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._peer: BrowserPeer | None = None
        self._socket: WebSocketTestSession | None = None
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def open(self) -> None:
        """Open the window: link, offer, answer, sound."""
        socket = self.client.websocket_connect("/api/v1/phone").__enter__()
        self._socket = socket
        self._reader = threading.Thread(target=self._read, args=(socket,), daemon=True)
        self._reader.start()
        self.wait(lambda: any(one.get("state") == "ready" for one in self.of("telephone")), "the telephone")
        peer = self._run(self._made())
        self._peer = peer
        before = len(self.of("answer"))
        socket.send_json({"type": "connect", "sdp": self._run(peer.offer())})
        self.wait(lambda: len(self.of("answer")) > before, "an answer")
        self._run(peer.accept(self.of("answer")[-1]["sdp"]))
        self.wait(lambda: bool(self.of("media")) and self.of("media")[-1]["is_connected"], "sound")

    def close(self) -> None:
        """Close the window."""
        if self._peer is not None:
            self._run(self._peer.close())
            self._peer = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _made(self) -> BrowserPeer:
        return BrowserPeer()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def _read(self, socket: WebSocketTestSession) -> None:
        try:
            while True:
                self.told.append(socket.receive_json())
        except Exception:  # the link ended, however
            return

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What the server told of one kind."""
        return [one for one in list(self.told) if one["type"] == kind]

    @property
    def call(self) -> dict[str, Any] | None:
        """The call as it was last told."""
        return self.of("call")[-1]["call"] if self.of("call") else None

    def wait(self, holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until something holds; fails, saying what was waited for."""
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, f"waited in vain for {what}; told last: {self.told[-3:]}"
            time.sleep(0.02)

    def wait_for(self, status: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until the call has this status."""
        self.wait(lambda: self.call is not None and self.call["status"] == status, f"status {status}", seconds)
        return self.call or {}

    def say(self, hertz: float) -> None:
        """Speak, as a tone (0: be silent)."""
        if self._peer is not None:
            self._peer.microphone.frequency = hertz

    def hears(self, hertz: float) -> float:
        """How loud a tone is heard."""
        return self._peer.hears(hertz) if self._peer else 0.0

    def loudness(self) -> float:
        """How loud anything is heard: root mean square of the last 400 ms."""
        return self._peer.loudness() if self._peer else 0.0

    def do(self, path: str, **body: object) -> dict[str, Any]:
        """A command below the call."""
        call = self.call or {}
        answer = self.client.post(f"/api/v1/calls/{call['id']}/{path}", json=body or None)
        assert answer.is_success, answer.text
        return answer.json()
