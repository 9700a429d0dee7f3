"""Sends messages: one HTTP POST each, signed, to an address that was checked, within a time limit.

The name is looked up here and the connection goes to the very address that passed (`rules.refusal_of`), so that
a name which answers differently the second time gains nothing; certificate and `Host` are still the name's. No
redirect is followed, no proxy and no credentials of the environment are used, and of an answer no more than a
little is read. Nothing here touches the database.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

import certifi
import httpx
from standardwebhooks import Webhook

from offhook import __version__
from offhook.webhooks.model import Answer, Claim
from offhook.webhooks.rules import refusal_of

LONGEST_READ = 1_024
"""Bytes of an error's body that are looked at, for the delivery log."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the body and the headers that sign it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class Refused(Exception):  # never leaves this module
    """The address must not be called, or cannot be found."""


def message_of(claimed: Claim, signing_secrets: Sequence[str], now: datetime) -> Message:
    """The message of an event, signed with each of the secrets as an attempt made `now`."""
    told = {
        "type": claimed.kind,
        "timestamp": claimed.at.astimezone(UTC).isoformat(),
        "id": str(claimed.event_id),
        "version": claimed.version,
        "subject": claimed.subject,
        "position": claimed.position,
        "actor": claimed.actor,
        "cause": str(claimed.cause) if claimed.cause else None,
        "data": claimed.data,
    }
    text = json.dumps(told, separators=(",", ":"))
    name = str(claimed.event_id)
    signatures = " ".join(Webhook(secret).sign(name, now.astimezone(UTC), text) for secret in signing_secrets)
    headers = (
        ("content-type", "application/json"),
        ("user-agent", f"Offhook/{__version__}"),
        ("webhook-id", name),
        ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", signatures),
    )
    return Message(text.encode(), headers)


def new_client(at_once: int) -> httpx.AsyncClient:
    """A client for one endpoint: its connections are never shared with another's."""
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    return httpx.AsyncClient(
        verify=trusted(),
        trust_env=False,
        follow_redirects=False,
        limits=limits,
        timeout=None,  # noqa: S113 # `post` limits the whole attempt
    )


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: the authorities of the web, and those this machine trusts besides."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


async def post(
    client: httpx.AsyncClient, url: str, message: Message, *, allow_private: bool, time_limit_seconds: float
) -> Answer:
    """Make one attempt. Never raises for what the other side does: that is in the answer."""
    try:
        async with asyncio.timeout(time_limit_seconds):
            return await _post(client, httpx.URL(url), message, allow_private)
    except TimeoutError:
        return Answer(None, f"no answer within {time_limit_seconds:g} s")
    except Refused as error:
        return Answer(None, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        return Answer(None, f"{type(error).__name__}: {error}".rstrip(": "))


async def _post(client: httpx.AsyncClient, url: httpx.URL, message: Message, allow_private: bool) -> Answer:
    response = await _first_answer(client, url, message, await _checked_addresses(url, allow_private))
    try:
        if response.is_success:
            return Answer(response.status_code)
        return Answer(response.status_code, await _error_of(response), _asked_pause(response))
    finally:
        await response.aclose()


async def _first_answer(
    client: httpx.AsyncClient, url: httpx.URL, message: Message, addresses: Sequence[str]
) -> httpx.Response:
    """Send to the first of the addresses that takes a connection; the last one's error if none does."""
    for left, address in enumerate(addresses, 1 - len(addresses)):
        request = client.build_request(
            "POST",
            url.copy_with(host=address),
            content=message.body,
            headers=[("host", url.netloc.decode()), *message.headers],
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        try:
            return await client.send(request, stream=True)
        except httpx.ConnectError:
            if left == 0:
                raise
    raise Refused(f"the host {url.host} has no address")


async def _checked_addresses(url: httpx.URL, allow_private: bool) -> list[str]:
    """The addresses to connect to. Raises `Refused` when the name has none, or any that must not be called.

    One bad address refuses the name: which of several is used must not be left to chance.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.raw_host.decode(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(f"the host {url.host} cannot be found: {error}") from error
    addresses = list(dict.fromkeys(str(where[0]) for *_, where in found))
    for address in addresses if not allow_private else ():
        refusal = refusal_of(address)
        if refusal:
            raise Refused(f"not sent: {refusal}")
    return addresses


async def _error_of(response: httpx.Response) -> str:
    """What the log says of an answer that is none: its status, and the beginning of its text."""
    told = f"answered {response.status_code} {response.reason_phrase}".strip()
    if response.is_redirect:
        return f"{told}: redirects are not followed; set the address that it leads to"
    begun = b""
    with suppress(httpx.HTTPError):
        async for piece in response.aiter_raw(LONGEST_READ):
            begun += piece
            if len(begun) >= LONGEST_READ:
                break
    text = " ".join(begun[:LONGEST_READ].decode(errors="replace").split())
    return f"{told}: {text}" if text else told


def _asked_pause(response: httpx.Response) -> int | None:
    """The pause that `Retry-After` asks for, in seconds. RFC 9110, section 10.2.3."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal():
        return int(asked[:9])
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(0, int((moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()))
