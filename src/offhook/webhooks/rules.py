"""The decisions of webhooks: who is told of what, what follows from an answer, what an endpoint may look like.

Pure: time and chance are passed in. Source: the Standard Webhooks specification 1.0.0
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), whose retry schedule
and meaning of status codes are used as they stand.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from offhook.kernel.errors import invalid_field
from offhook.kernel.events import StoredEvent, is_among
from offhook.kernel.hosts import is_address, not_public
from offhook.webhooks.model import Answer, DeliveryState, Endpoint, Verdict

TESTED = "webhook.tested"
"""The event of a test; only the tested endpoint is told of it."""

EVERY_KIND = "*"

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Pauses after the first, second, … failed attempt: ten attempts over 75.6 hours. Standard Webhooks, "Retries"."""

MOST_ATTEMPTS = len(PAUSES) + 1
JITTER = 0.2
"""A pause is lengthened by up to this share, so that what failed together does not come back together."""

LONGEST_ASKED_PAUSE = timedelta(hours=24)
"""A receiver may ask for a longer pause (`Retry-After`), but not for more than this."""

LONGEST_URL = 2_000
LONGEST_ERROR = 500
MOST_KINDS = 100

_KIND = re.compile(r"[a-z][a-z0-9_]{0,49}\.(?:\*|[a-z][a-z0-9_]{0,49})")


def is_wanted(kinds: Collection[str], kind: str) -> bool:
    """Whether somebody who wants these kinds wants to be told of an event of that kind."""
    return EVERY_KIND in kinds or is_among(kind, kinds)


def told_of(event: StoredEvent, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """The endpoints that are told of an event."""
    if event.kind == TESTED:
        return [one for one in endpoints if one.is_active and one.id == event.subject_id]
    return [one for one in endpoints if one.is_active and is_wanted(one.kinds, event.kind)]


def pause_after(attempts: int, chance: float, asked: int | None = None) -> timedelta | None:
    """How long to wait after so many failed attempts; None to give up.

    `chance` in [0, 1) spreads the pauses (`JITTER`); `asked` is what the receiver asked for, in seconds.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = PAUSES[max(attempts, 1) - 1] * (1 + JITTER * chance)
    wished = min(timedelta(seconds=min(asked or 0, 10**6)), LONGEST_ASKED_PAUSE)
    return max(pause, wished)


def judge(answer: Answer, attempts: int, now: datetime, chance: float) -> Verdict:
    """What follows from the answer to the `attempts`-th attempt, made by `now`.

    2xx is success; 410 Gone means that the receiver wants no more; all else, redirects too, is a failure.
    """
    status = answer.status
    if status is not None and 200 <= status < 300:
        return Verdict(DeliveryState.DELIVERED, None, None)
    error = (answer.error or f"answered {status}").replace("\x00", "")[:LONGEST_ERROR]
    if status == 410:
        return Verdict(DeliveryState.DEAD, None, error, is_gone=True)
    pause = pause_after(attempts, chance, answer.wait_seconds)
    if pause is None:
        return Verdict(DeliveryState.DEAD, None, error)
    return Verdict(DeliveryState.WAITING, now + pause, error)


def checked_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds, each once, in order. Raises `Invalid` for none, too many, or what is not a kind."""
    clean = tuple(dict.fromkeys(kind.strip() for kind in kinds))
    if not clean:
        raise invalid_field("kinds", "name at least one kind of event; '*' stands for all", None)
    if len(clean) > MOST_KINDS:
        raise invalid_field(
            "kinds", f"name at most {MOST_KINDS}; 'lead.*' stands for all about leads", str(len(clean))
        )
    for kind in clean:
        if kind != EVERY_KIND and not _KIND.fullmatch(kind):
            raise invalid_field("kinds", "a kind is such as 'lead.assigned', 'lead.*' or '*'", kind[:80])
    return clean


def checked_url(url: str, *, allow_private: bool) -> str:
    """The address, cleaned. Raises `Invalid` for what cannot or must not be called.

    Without `allow_private` it must be https, as messages hold personal data, and no private address; names are
    checked again, by what they resolve to, at every attempt.
    """
    clean = url.strip()
    try:
        parts = urlsplit(clean)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise invalid_field("url", f"is no address: {error}", clean[:80]) from None
    problem = _problem_of_url(clean, parts.scheme, host, allow_private=allow_private)
    if parts.username is not None or parts.password is not None:
        problem = "must not hold a user name or password; messages are signed instead"
    elif parts.fragment:
        problem = "must not end in a #fragment, which is never sent"
    if problem:
        raise invalid_field("url", problem, None if "password" in problem else clean[:80])
    return clean


def _problem_of_url(url: str, scheme: str, host: str | None, *, allow_private: bool) -> str | None:
    if len(url) > LONGEST_URL:
        return f"has more than {LONGEST_URL} characters"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "must be plain ASCII without spaces: write other characters %-encoded, host names in punycode"
    if scheme not in {"https", "http"} or not host:
        return "must be an absolute https:// address"
    if allow_private:
        return None
    if scheme != "https":
        return "must begin with https://, as messages hold personal data"
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return "is an internal name (OFFHOOK_WEBHOOKS_ALLOW_PRIVATE allows it)"
    return refusal_of(host) if is_address(host) else None


def refusal_of(address: str) -> str | None:
    """Why an IP address must not be called (`not_public`), and what allows it; None when it may be."""
    told = not_public(address)
    return f"{told} (OFFHOOK_WEBHOOKS_ALLOW_PRIVATE allows it)" if told else None
