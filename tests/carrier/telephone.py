"""A telephone that is not ours and not sipp's: SIP as text over a socket, and an ear for RTP. For tests alone."""

import re
import secrets
import select
import socket
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Message:
    """One SIP message and when it came (seconds of the monotonic clock)."""

    text: str
    at: float

    @property
    def code(self) -> int:
        """Status of a response; 0 for a request."""
        return int(self.text[8:11]) if self.text.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Method of a request, or the one that a response answers."""
        return self.text.split(" ", 1)[0] if not self.code else self.header("CSeq").split()[1]

    def header(self, name: str) -> str:
        """First value; empty when there is none."""
        found = re.search(rf"^{name}: *(.*?)\r$", self.text, re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""

    def headers(self, name: str) -> list[str]:
        """All values, in order."""
        return re.findall(rf"^{name}: *(.*?)\r$", self.text, re.MULTILINE | re.IGNORECASE)

    @property
    def direction(self) -> str:
        """The direction attribute of its SDP."""
        found = re.search(r"a=(sendrecv|sendonly|recvonly|inactive)", self.text)
        return found[1] if found else ""


@dataclass
class Heard:
    """What arrived as RTP."""

    packets: int = 0
    payload_types: set[int] = field(default_factory=set)
    payload: bytes = b""
    lost: int = 0

    @property
    def level(self) -> float:
        """Root mean square of the speech, of 32768; both laws are undone by their tables of the standard."""
        samples = linear(self.payload, is_pcma=8 in self.payload_types)
        return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0


def linear(payload: bytes, *, is_pcma: bool = False) -> NDArray[np.float64]:
    """Samples of G.711, written from the standard's decoding side."""
    laid = np.frombuffer(payload, np.uint8).astype(np.int64)
    if is_pcma:
        laid ^= 0x55
        exponent, mantissa = (laid >> 4) & 7, laid & 15
        size = np.where(
            exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
        )
        return np.where(laid & 0x80, size, -size).astype(np.float64)
    laid ^= 0xFF
    size = ((((laid & 15) << 3) + 132) << ((laid >> 4) & 7)) - 132
    return np.where(laid & 0x80, -size, size).astype(np.float64)


class Telephone:
    """One line: calls a number of a carrier, or waits to be called."""

    def __init__(self, transport: str = "udp", codecs: str = "0 8 101") -> None:
        """A line on loopback with ports of its own."""
        self.transport, self.codecs = transport, codecs
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind(("127.0.0.1", 0))
        self.socket = socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        )
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self._unread: deque[Message] = deque()
        self._buffer = b""
        self._call_id, self._tag, self._branch = (secrets.token_hex(6) for _ in range(3))
        self._to_tag, self._cseq, self._last_sequence = "", 1, None
        self._number = self._target = ""
        self.began = 0.0

    def close(self) -> None:
        """Hang up the receiver for good."""
        self.rtp.close()
        self.socket.close()

    # Calling

    def call(self, number: str, host: str, port: int, *, more: str = "") -> None:
        """Send the INVITE."""
        self.socket.connect((host, port))
        self._number = self._target = f"sip:{number}@{host}:{port}"
        self.began = time.monotonic()
        self._request("INVITE", self._sdp("sendrecv"), branch=self._branch, more=more)

    def dial(self, number: str, host: str, port: int, *, seconds: float = 20) -> Message:
        """Call, wait for the final answer, acknowledge it."""
        self.call(number, host, port)
        return self.final(seconds)

    def final(self, seconds: float = 20) -> Message:
        """The next final answer to our INVITE, acknowledged."""
        until = time.monotonic() + seconds
        while True:
            message = self.next(until - time.monotonic())
            if message.method == "INVITE" and message.code >= 200:
                self._acknowledge(message)
                return message

    def cancel(self) -> None:
        """Take the INVITE back."""
        self._request("CANCEL", uri=self._number, branch=self._branch)

    def ask(self, method: str, body: str = "", *, more: str = "") -> Message:
        """A request within the call, and its answer."""
        self._cseq += 1
        self._request(method, body, more=more)
        while True:
            message = self.next(3)
            if message.code >= 200 and message.method == method:
                if method == "INVITE":
                    self._acknowledge(message)
                return message

    def offer(self, direction: str) -> Message:
        """A re-INVITE with this direction."""
        return self.ask("INVITE", self._sdp(direction))

    def hang_up(self) -> Message:
        """BYE and its answer."""
        return self.ask("BYE")

    # Being called

    def wait_for_call(self, seconds: float = 10) -> Message:
        """The INVITE that comes."""
        return self.request("INVITE", seconds)

    def request(self, method: str, seconds: float = 10) -> Message:
        """The next request of this method."""
        until = time.monotonic() + seconds
        while True:
            message = self.next(until - time.monotonic())
            if message.text.startswith(f"{method} "):
                return message

    def answer(self, asked: Message, status: str, *, sdp: bool = False) -> None:
        """Answer a request."""
        echoed = [
            line for line in asked.text.split("\r\n") if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))
        ]
        to = asked.header("To")
        to += "" if "tag=" in to or status.startswith("100") else f";tag={self._tag}"
        body = self._sdp("sendrecv") if sdp else ""
        kind = ["Content-Type: application/sdp"] if sdp else []
        contact = f"Contact: <sip:us@127.0.0.1:{self.port}>"
        lines = [
            f"SIP/2.0 {status}",
            *echoed,
            f"To: {to}",
            contact,
            *kind,
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self.socket.send("\r\n".join(lines).encode())

    def take_over(self, invite: Message) -> None:
        """Be the called side of this INVITE's dialog from now on, so that `hang_up` works."""
        self._number = invite.header("From").split(";")[0].strip("<>")
        self._to_tag = ";tag=" + invite.header("From").split("tag=")[1]
        self._target = invite.header("Contact").split(";")[0].strip("<>")
        self._call_id = invite.header("Call-ID")

    # Listening

    def next(self, seconds: float) -> Message:
        """The next message. Fails when none comes in time."""
        until = time.monotonic() + seconds
        while not self._unread:
            ready, _, _ = select.select([self.socket], [], [], max(0.0, until - time.monotonic()))
            assert ready, "no SIP message came in time"
            self._read()
        return self._unread.popleft()

    def is_quiet(self, seconds: float) -> bool:
        """Whether no SIP message comes."""
        return not self._unread and not select.select([self.socket], [], [], seconds)[0]

    def hear(self, seconds: float) -> Heard:
        """Listen that long."""
        heard, until = Heard(), time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.rtp], [], [], left)[0]:
                break
            packet = self.rtp.recv(2000)
            sequence = int.from_bytes(packet[2:4], "big")
            if self._last_sequence is not None:
                heard.lost += (sequence - self._last_sequence - 1) % 65536
            self._last_sequence = sequence
            heard.packets += 1
            heard.payload_types.add(packet[1] & 127)
            heard.payload += packet[12:]
        return heard

    def _read(self) -> None:
        if self.transport == "udp":
            content, sender = self.socket.recvfrom(8192)
            if not self._number:
                self.socket.connect(sender)
                self._number = "called"
            self._unread.append(Message(content.decode(), time.monotonic()))
            return
        content = self.socket.recv(8192)
        assert content, "the connection was closed"
        self._buffer += content
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            length = int(Message(head.decode() + "\r\n", 0).header("Content-Length"))
            if len(rest) < length:
                return
            text = head + b"\r\n\r\n" + rest[:length]
            self._buffer = rest[length:]
            self._unread.append(Message(text.decode(), time.monotonic()))

    def _acknowledge(self, message: Message) -> None:
        is_refusal = message.code >= 300
        self._to_tag = ";tag=" + message.header("To").split("tag=")[1].split(";")[0]
        if not is_refusal:
            self._target = message.header("Contact").split(";")[0].strip("<>")
        self._request("ACK", uri=self._number if is_refusal else None, branch=self._branch if is_refusal else None)

    def _sdp(self, direction: str) -> str:
        lines = (
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP {self.codecs}",
            "a=rtpmap:101 telephone-event/8000", f"a={direction}", "",
        )  # fmt: skip
        return "\r\n".join(lines)

    def _request(
        self, method: str, body: str = "", *, uri: str | None = None, branch: str | None = None, more: str = ""
    ) -> None:
        branch = branch or secrets.token_hex(6)
        lines = (
            f"{method} {uri or self._target} SIP/2.0",
            f"Via: SIP/2.0/{self.transport.upper()} 127.0.0.1:{self.port};branch=z9hG4bK{branch}",
            *([more] if more else []),
            f"From: <sip:tester@127.0.0.1>;tag={self._tag}",
            f"To: <{self._number}>{self._to_tag}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._cseq} {method}",
            f"Contact: <sip:tester@127.0.0.1:{self.port}>",
            "Max-Forwards: 70",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
            "",
            body,
        )  # fmt: skip
        self.socket.send("\r\n".join(lines).encode())
