"""Requests to calendars' servers, within limits of time and size, to addresses that may be called.

Users name the servers, so nothing inside our own network must be reached by them (SSRF): the name is looked up
here and the connection goes to the very address that passed, as for webhooks; only by https, whose certificate
must hold, unless OFFHOOK_CALENDARS_ALLOW_PRIVATE is set. Neither password nor token follows a redirect to another
host.
"""

import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from socket import SOCK_STREAM, gaierror, getaddrinfo
from time import monotonic
from typing import ClassVar

import httpx

from offhook import __version__
from offhook.calendar.sources.source import Trouble
from offhook.kernel.hosts import not_public

CONNECT_SECONDS = 10
WHOLE_SECONDS = 45
LARGEST = 8 * 2**20
"""Bytes of one answer."""
MOST_REDIRECTS = 4
_REDIRECTS = frozenset({301, 302, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `url` is where it came from after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: httpx.URL


class Fetcher:
    """Asks servers with one login. Use it in a `with`, which closes its connections."""

    seconds: ClassVar[float] = WHOLE_SECONDS

    def __init__(self, *, allow_private: bool, login: tuple[str, str] | None = None, token: str = "") -> None:
        """Connect to nothing yet; `login` is user name and password, `token` one instead (RFC 6750)."""
        self._allow_private = allow_private
        self._login = login
        self._bearer = {"authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.Timeout(CONNECT_SECONDS, read=self.seconds)
        self._client = httpx.Client(
            verify=ssl.create_default_context(), trust_env=False, follow_redirects=False, timeout=timeout
        )

    def __enter__(self) -> "Fetcher":
        """Use as a context manager to close the connections at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One answer, whatever its status. Raises `Trouble`."""
        url = read_url(address)
        until = monotonic() + self.seconds
        origin = url
        for _ in range(MOST_REDIRECTS + 1):
            with _troubles(url):
                answer = self._once(method, url, headers, body, until, is_ours=_is_same_host(url, origin))
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                return answer
            url = read_url(str(url.join(location)))
        raise Trouble(f"{told_of(url)} redirects without end.")

    def _once(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes,
        until: float,
        *,
        is_ours: bool,
    ) -> Answer:
        request = self._client.build_request(
            method,
            url.copy_with(host=self._address(url)),
            content=body,
            headers={
                "host": url.netloc.decode(),
                "user-agent": f"Offhook/{__version__}",
                **headers,
                **(self._bearer if is_ours else {}),
            },
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        login = self._login if is_ours else None
        response = self._client.send(request, auth=login, stream=True)
        try:
            return Answer(response.status_code, response.headers, _read(response, url, until), url)
        finally:
            response.close()

    def _address(self, url: httpx.URL) -> str:
        """The address to connect to. One bad one refuses the name: which is used must not be left to chance."""
        if url.scheme != "https" and not self._allow_private:
            raise Trouble(f"{told_of(url)} is not reached by https: a password would be read on the way.")
        port = url.port or (443 if url.scheme == "https" else 80)
        found = getaddrinfo(url.raw_host.decode(), port, type=SOCK_STREAM)
        addresses = [str(where[0]) for *_, where in found]
        for address in addresses if not self._allow_private else ():
            refusal = not_public(address)
            if refusal:
                allowing = "An admin allows it by OFFHOOK_CALENDARS_ALLOW_PRIVATE"
                raise Trouble(f"{told_of(url)} is not called: {refusal}. {allowing}.")
        return addresses[0]


def read_url(address: str) -> httpx.URL:
    """An address of http or https, without user and password. Raises `Trouble`."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise Trouble(f"'{address[:80]}' is no address: {error}.") from error
    if url.scheme not in {"https", "http"} or not url.host:
        raise Trouble(f"'{address[:80]}' is no address that begins with https://.")
    return url.copy_with(username=None, password=None, fragment=None)


def told_of(url: httpx.URL) -> str:
    """Where a server is, without path and query, which may be secret."""
    return url.netloc.decode()


def _is_same_host(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _read(response: httpx.Response, url: httpx.URL, until: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > LARGEST:
            raise Trouble(f"{told_of(url)} answers more than {LARGEST // 2**20} MB.")
        if monotonic() > until:
            raise Trouble(f"{told_of(url)} does not answer in time.")
        pieces.append(piece)
    return b"".join(pieces)


@contextmanager
def _troubles(url: httpx.URL) -> Generator[None]:
    """What goes wrong on the way, in words."""
    try:
        yield
    except (gaierror, UnicodeError) as error:
        raise Trouble(f"{told_of(url)} is not found: there is no host of that name.") from error
    except httpx.TimeoutException as error:
        raise Trouble(f"{told_of(url)} does not answer in time.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Trouble(f"{told_of(url)} cannot be reached: {_in_short(error)}.") from error


def _in_short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
