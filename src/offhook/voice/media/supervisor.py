"""Runs Janus and rtpengine for us, and holds the connections to them.

When Janus goes, rooms, legs and devices are gone: the engine is lost until it is back. When rtpengine goes, phone
legs are gone; rooms and devices stay. Both come back by themselves within a second or so.
"""

import random
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from offhook.voice.media.audiobridge import AudioBridge
from offhook.voice.media.configuration import (
    MediaSettings,
    Secrets,
    carrier_ports,
    janus_command,
    janus_files,
    rtpengine_command,
)
from offhook.voice.media.digits import DigitListener, Pressed
from offhook.voice.media.engine import MediaUnavailable
from offhook.voice.media.janus import HandleEvent, JanusClient
from offhook.voice.media.janus import Refused as JanusRefused
from offhook.voice.media.keeper import Keeper
from offhook.voice.media.processes import (
    Child,
    end_leftovers,
    free_port,
    janus_libraries,
    outside_interfaces,
    program,
)
from offhook.voice.media.relay import Relay
from offhook.voice.media.rooms import RoomPool
from offhook.voice.media.rtpengine import Refused as RelayRefused
from offhook.voice.media.rtpengine import RtpengineClient


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Whom to tell what. The first two are called at once and must not wait."""

    event: Callable[[HandleEvent], None]
    key: Callable[[Pressed], None]
    lost: Callable[[str], Awaitable[None]]
    legs_lost: Callable[[str], Awaitable[None]]
    back: Callable[[], Awaitable[None]]


class Supervisor:
    """Both processes."""

    def __init__(self, settings: MediaSettings, tell: Callbacks) -> None:
        """Nothing runs yet."""
        self._settings = settings
        self._tell = tell
        self._secrets = Secrets(*(secrets.token_urlsafe(24) for _ in range(3)))
        self._digits = DigitListener(tell.key)
        self._digits_port = 0
        self._ports = (0, 0)
        self._janus = Keeper(self._make_janus, self._janus_up, self._janus_down)
        self._relay_keeper = Keeper(self._make_relay, self._relay_up, self._relay_down)
        self._bridge: AudioBridge | None = None
        self._rooms: RoomPool | None = None
        self._relay_client: RtpengineClient | None = None
        self._was_lost = False
        self._programs = (settings.janus, settings.rtpengine)
        self._libraries = Path()

    async def start(self) -> None:
        """Start both and wait until they answer. Raises `MediaUnavailable`, naming what is missing."""
        self._programs = (
            program(self._settings.janus, "janus"),
            program(self._settings.rtpengine, "rtpengine-daemon"),
        )
        self._libraries = janus_libraries()
        self._settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        end_leftovers(self._settings.folder)
        self._digits_port = await self._digits.open()
        try:
            await self._relay_keeper.start()
            await self._janus.start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End both."""
        if self._bridge is not None:
            await self._bridge.client.close()
            self._bridge = None
        await self._janus.stop()
        await self._relay_keeper.stop()
        if self._relay_client is not None:
            self._relay_client.close()
            self._relay_client = None
        self._digits.close()

    @property
    def bridge(self) -> AudioBridge:
        """Janus' rooms. Raises `MediaUnavailable` while it is away."""
        if self._bridge is None:
            raise MediaUnavailable("The media engine is being started again: try in a moment")
        return self._bridge

    @property
    def rooms(self) -> RoomPool:
        """The pool of rooms. Raises `MediaUnavailable` while Janus is away."""
        if self._rooms is None:
            raise MediaUnavailable("The media engine is being started again: try in a moment")
        return self._rooms

    @property
    def relay(self) -> Relay:
        """The relay. Raises `MediaUnavailable` while it is away."""
        if self._relay_client is None or not self._relay_keeper.is_up:
            raise MediaUnavailable("The media relay is being started again: try in a moment")
        return Relay(self._relay_client)

    @property
    def memory(self) -> int:
        """Bytes that Janus holds."""
        return self._janus.child.resident() if self._janus.child is not None else 0

    @property
    def pids(self) -> tuple[int | None, int | None]:
        """Process ids of Janus and rtpengine."""
        children = (self._janus.child, self._relay_keeper.child)
        return (children[0].pid if children[0] else None, children[1].pid if children[1] else None)

    def restart_janus(self) -> None:
        """End Janus; it comes back empty."""
        self._janus.restart()

    async def check(self) -> None:
        """End whichever runs but does not answer any more, so that it is started again."""
        if self._bridge is not None:
            try:
                await self._bridge.client.ping()
            except (MediaUnavailable, JanusRefused):
                self._janus.restart()
        if self._relay_client is not None and self._relay_keeper.is_up:
            try:
                await self._relay_client.ask("ping")
            except (MediaUnavailable, RelayRefused):
                self._relay_keeper.restart()

    def _make_janus(self) -> Child:
        port = free_port(socket.SOCK_STREAM)
        self._ports = (port, self._ports[1])
        interfaces = self._settings.ice_interfaces or outside_interfaces()
        files = janus_files(self._settings, self._secrets, port, interfaces, self._libraries)
        for name, content in files.items():
            path = self._settings.folder / name
            path.touch(mode=0o600)
            path.write_text(content)
        return Child(
            "janus", janus_command(self._settings, self._programs[0]), self._settings.folder, signal.SIGTERM
        )

    async def _janus_up(self) -> None:
        client = JanusClient(f"ws://127.0.0.1:{self._ports[0]}", self._secrets.api, self._tell.event)
        try:
            await client.open()
            bridge = AudioBridge(client, await client.attach(), self._secrets, self._settings.prebuffer)
            rooms = RoomPool(bridge, self._settings.rooms_ahead)
            await rooms.fill()
        except (MediaUnavailable, JanusRefused) as error:
            await client.close()
            raise MediaUnavailable("Janus does not answer yet") from error
        self._bridge, self._rooms = bridge, rooms
        if self._was_lost:
            self._was_lost = False
            await self._tell.back()

    async def _janus_down(self, reason: str) -> None:
        bridge, self._bridge, self._rooms = self._bridge, None, None
        self._was_lost = True
        await self._tell.lost(reason)
        if bridge is not None:
            await bridge.client.close()

    def _make_relay(self) -> Child:
        port = free_port(socket.SOCK_DGRAM)
        self._ports = (self._ports[0], port)
        ports = carrier_ports(self._settings, random.random())
        command = rtpengine_command(self._settings, self._programs[1], port, self._digits_port, ports)
        return Child("rtpengine", command, self._settings.folder, signal.SIGKILL)

    async def _relay_up(self) -> None:
        client = RtpengineClient("127.0.0.1", self._ports[1])
        await client.open()
        try:
            await client.ask("ping")
        except MediaUnavailable:
            client.close()
            raise
        self._relay_client = client

    async def _relay_down(self, reason: str) -> None:
        client, self._relay_client = self._relay_client, None
        if client is not None:
            client.close()
        with suppress(MediaUnavailable):
            await self._tell.legs_lost(reason)
