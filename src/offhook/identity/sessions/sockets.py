"""Who opens a WebSocket: a program by its token, a browser by its session's cookie, from our own pages alone."""

from fastapi import WebSocket

from offhook.identity.sessions.cookie import is_own_origin, read_cookie
from offhook.identity.tokens import read_authorization
from offhook.kernel.errors import Unauthenticated
from offhook.kernel.http import Credential


def credential_of_socket(socket: WebSocket) -> Credential:
    """What a WebSocket shows of its sender. Raises `Unauthenticated`, also when another site's page opened it."""
    if not is_own_origin(socket.headers.get("origin"), socket.headers.get("host", "")):
        raise Unauthenticated("This was opened by another site's page.", code="cross-site")
    header = socket.headers.get("authorization")
    cookie = None if header else read_cookie(socket)
    return cookie or read_authorization(header)
