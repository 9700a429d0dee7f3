"""A real HTTP server that receives messages: it keeps what it got and answers as it is told."""

import json
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One message as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered: a status with headers and text; `drip` seconds pass before each byte of the text."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    drip: float = 0


@dataclass
class Receiver:
    """The server: `received` in order of arrival; `reply` decides each answer."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    reply: Callable[[Received], Reply] = lambda _: Reply()
    most_at_once: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def answer(self, status: int, text: str = "", **headers: str) -> None:
        """Answer everything this way from now on; `retry_after` becomes the header Retry-After."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.reply = lambda _: Reply(status, named, text)

    @property
    def kinds(self) -> list[str]:
        """The kinds of the messages, in order."""
        return [one.told["type"] for one in self.received]


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    """Five, the default, makes the kernel reset connections when many senders come at once."""


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Generator[Receiver]:
    """A receiver on a port of its own on the loopback address; speaks https with `tls`."""
    receiver = Receiver()
    lock, at_once = threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            message = Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            with lock:
                receiver.received.append(message)
                at_once[0] += 1
                receiver.most_at_once = max(receiver.most_at_once, at_once[0])
            reply = receiver.reply(message)
            with lock:
                at_once[0] -= 1
            self.respond(reply)

        def respond(self, reply: Reply) -> None:
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("content-length", str(len(reply.text)))
                self.end_headers()
                for byte in reply.text.encode():
                    if reply.drip and receiver.stopping.wait(reply.drip):
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield receiver
        receiver.stopping.set()
        server.shutdown()
        thread.join()
