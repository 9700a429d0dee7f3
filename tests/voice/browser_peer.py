"""A browser at the other end of a WebRTC connection, played by aiortc: sends a tone, measures tones."""

import asyncio
import fractions
import time
from collections import deque

import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from voice.peer import Samples, amplitude

_RATE = 48_000
_FRAME = 960


class Tone(MediaStreamTrack):
    """A microphone in front of a tone of `frequency` hertz (0: silence)."""

    kind = "audio"

    def __init__(self) -> None:
        """Silent at first."""
        super().__init__()
        self.frequency = 0.0
        self._position = 0
        self._began: float | None = None

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when it is time."""
        self._began = self._began or time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._position / _RATE - time.monotonic()))
        places = np.arange(self._position, self._position + _FRAME)
        sound = (8000 * np.sin(2 * np.pi * self.frequency * places / _RATE)).astype(np.int16)
        frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE, self._position, fractions.Fraction(1, _RATE)
        self._position += _FRAME
        return frame


class BrowserPeer:
    """One peer connection with a microphone and an ear."""

    def __init__(self) -> None:
        """Not connected."""
        self.microphone = Tone()
        self._heard: deque[tuple[float, Samples]] = deque(maxlen=500)
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.addTrack(self.microphone)
        self._connection.on("track", self._on_track)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def state(self) -> str:
        """The connection's state: new, connecting, connected, failed, closed."""
        return self._connection.connectionState

    async def offer(self) -> str:
        """Our SDP offer, with all candidates."""
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return self._connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Take the answer; the connection comes up by itself."""
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def close(self) -> None:
        """Close the page."""
        for task in self._tasks:
            task.cancel()
        await self._connection.close()

    def loudness(self, seconds: float = 0.4) -> float:
        """How loud anything was in the last seconds: root mean square."""
        since = time.monotonic() - seconds
        parts = [samples for at, samples in self._heard if at >= since]
        return float(np.sqrt(np.mean(np.square(np.concatenate(parts).astype(float))))) if parts else 0.0

    def hears(self, hertz: float, seconds: float = 0.4) -> float:
        """How loud a tone was in the last seconds."""
        since = time.monotonic() - seconds
        parts = [samples for at, samples in self._heard if at >= since]
        return amplitude(np.concatenate(parts), hertz, _RATE) if parts else 0.0

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.ensure_future(self._listen(track)))

    async def _listen(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            channels = len(frame.layout.channels)
            self._heard.append((time.monotonic(), frame.to_ndarray().reshape(-1)[::channels]))
