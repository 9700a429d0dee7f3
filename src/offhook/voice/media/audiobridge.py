"""Requests of Janus' AudioBridge plug-in, each by a name of ours (Janus documentation, "AudioBridge").

Rooms run at `SAMPLE_RATE` all, so that a move between them never touches a participant's codec. Ids are text.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from offhook.kernel.errors import Invalid
from offhook.voice.media.configuration import GROUPS, Secrets
from offhook.voice.media.engine import SAMPLE_RATE, BadOffer, Group, MediaUnavailable
from offhook.voice.media.janus import JanusClient, Json, Refused, Reply

_ALREADY_IN_ROOM = 491
_BAD_SDP = frozenset({464, 465, 493})
"""Janus' and the plug-in's codes for an SDP they cannot use."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits where: a party's place in a room."""

    party: str
    room: str
    group: Group
    is_muted: bool


class AudioBridge:
    """The plug-in of one running Janus."""

    def __init__(self, client: JanusClient, control: int, secrets: Secrets, prebuffer: int) -> None:
        """`control` is the handle of requests that belong to no party."""
        self.client = client
        self._control = control
        self._secrets = secrets
        self._prebuffer = prebuffer

    async def attach(self) -> int:
        """A handle for a party."""
        try:
            return await self.client.attach()
        except Refused as refused:
            raise MediaUnavailable(f"Janus refuses a party: {refused}") from refused

    async def trickle(self, handle: int, candidate: Json | None) -> None:
        """Hand on a browser's ICE candidate. Raises `Invalid` for what is none."""
        try:
            await self.client.trickle(handle, candidate)
        except Refused as refused:
            raise Invalid(f"The ICE candidate cannot be used: {refused}.") from refused

    async def create_room(self, room: str) -> None:
        """A new, private room."""
        await self._administrate(
            "create",
            room,
            permanent=False,
            is_private=True,
            sampling_rate=SAMPLE_RATE,
            allow_rtp_participants=True,
            default_prebuffering=self._prebuffer,
            groups=GROUPS,
        )

    async def join_by_rtp(self, handle: int, seat: Seat, port: int) -> int:
        """Sit down by plain RTP to and from a loopback port; Janus' own port."""
        rtp = {"ip": "127.0.0.1", "port": port}
        reply = await self._ask(handle, self._seated("join", seat) | {"codec": "pcmu", "rtp": rtp})
        match reply.data.get("rtp"):
            case {"port": int(own)}:
                return own
            case _:
                raise MediaUnavailable("Janus has no free port for a phone leg")

    async def join_by_browser(self, handle: int, seat: Seat, offer: str) -> str:
        """Sit down by WebRTC; Janus' SDP answer. Raises `BadOffer` when it can make nothing of the offer."""
        try:
            reply = await self.client.message(handle, self._seated("join", seat), offer=offer)
        except Refused as refused:
            if refused.code in _BAD_SDP:
                raise BadOffer(f"The browser's SDP cannot be used: {refused}.") from refused
            raise MediaUnavailable(f"Janus refuses the browser: {refused}") from refused
        if reply.sdp is None:
            raise MediaUnavailable("Janus gave no answer to the browser's offer")
        return reply.sdp

    async def change_room(self, handle: int, seat: Seat) -> None:
        """Move to the seat's room; moving to where one sits is no error."""
        try:
            await self.client.message(handle, self._seated("changeroom", seat))
        except Refused as refused:
            if refused.code != _ALREADY_IN_ROOM:
                raise MediaUnavailable(f"Janus refuses the move: {refused}") from refused

    async def leave(self, handle: int) -> None:
        """Stand up, so that another handle can take the seat at once. Who sits nowhere need not."""
        with suppress(Refused):
            await self.client.message(handle, {"request": "leave"})

    def _seated(self, request: str, seat: Seat) -> dict[str, object]:
        return {
            "request": request,
            "room": seat.room,
            "id": seat.party,
            "group": seat.group.value,
            "muted": seat.is_muted,
            "prebuffer": self._prebuffer,
        }

    async def mute(self, seat: Seat) -> None:
        """Make a party's being heard what its seat says."""
        await self._administrate("mute" if seat.is_muted else "unmute", seat.room, id=seat.party)

    async def record(self, handle: int, stem: Path) -> None:
        """Begin a file `<stem>-audio.mjr` of what a party says."""
        await self._ask(handle, {"request": "configure", "record": True, "filename": str(stem)})

    async def stop_recording(self, handle: int) -> None:
        """End the file."""
        await self._ask(handle, {"request": "configure", "record": False})

    async def play(self, room: str, playing: str, file: Path, *, is_looped: bool) -> None:
        """Play an Ogg Opus file to a room."""
        await self._administrate(
            "play_file", room, group=Group.SYSTEM.value, file_id=playing, filename=str(file), loop=is_looped
        )

    async def stop(self, room: str, playing: str) -> None:
        """Stop a file; one that has ended is no error."""
        with suppress(Refused):
            await self._control_message("stop_file", room, file_id=playing)

    async def forward(self, room: str, group: Group, port: int) -> int:
        """Send a group's sound as PCMU to a loopback port, silence too; the forward's id."""
        reply = await self._administrate(
            "rtp_forward", room, codec="pcmu", group=group.value, host="127.0.0.1", port=port, always_on=True
        )
        stream = reply.get("stream_id")
        if not isinstance(stream, int):
            raise MediaUnavailable("Janus does not forward the room's sound")
        return stream

    async def stop_forward(self, room: str, stream: int) -> None:
        """End a forward; one that is gone is no error."""
        with suppress(Refused):
            await self._control_message("stop_rtp_forward", room, stream_id=stream)

    async def _administrate(self, request: str, room: str, **values: object) -> Json:
        try:
            return await self._control_message(request, room, **values)
        except Refused as refused:
            raise MediaUnavailable(f"Janus refuses {request}: {refused}") from refused

    async def _control_message(self, request: str, room: str, **values: object) -> Json:
        body = {
            "request": request,
            "room": room,
            "secret": self._secrets.room,
            "admin_key": self._secrets.admin,
            **values,
        }
        return (await self.client.message(self._control, body)).data

    async def _ask(self, handle: int, body: Json) -> Reply:
        try:
            return await self.client.message(handle, body)
        except Refused as refused:
            raise MediaUnavailable(f"Janus refuses {body['request']}: {refused}") from refused
