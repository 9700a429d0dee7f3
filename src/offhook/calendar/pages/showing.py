"""What the public pages share: how a visitor is shown to, answered and refused. Edges only."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from html import escape
from typing import cast
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from offhook import identity
from offhook.calendar.pages import html
from offhook.calendar.pages.html import Shown
from offhook.calendar.pages.words import language_of
from offhook.kernel.database import Database
from offhook.kernel.errors import Invalid, NotFound, OffhookError
from offhook.kernel.limiter import Limiter
from offhook.kernel.settings import Settings

DAYS = 7
"""So many days are shown at once."""
limiter = Limiter(10, timedelta(minutes=10))
"""Bookings and changes per page or meeting and address."""
looks = Limiter(240, timedelta(minutes=10))
"""Pages shown per address: each looks into calendars."""


def settings_of(request: Request) -> Settings:
    """The installation's settings."""
    return cast("Settings", request.app.state.settings)


def database_of(request: Request) -> Database:
    """The database behind the request."""
    return cast("Database", request.app.state.database)


async def answers_of(request: Request) -> dict[str, str]:
    """What a form was filled in with, each answer without the spaces around it."""
    sent = await request.form(max_files=0, max_fields=30)
    return {name: value.strip() for name, value in sent.items() if isinstance(value, str)}


def shown_to(request: Request, own_zone: str, told: Mapping[str, str] | None = None) -> Shown:
    """How a page is shown to who asks: as they chose, else by their browser's languages and `own_zone`."""
    words = {**request.query_params, **(told or {})}
    language = language_of(words.get("lang"), request.headers.get("accept-language", ""))
    try:
        zone = identity.check_time_zone(words.get("zone") or own_zone)
    except Invalid:
        zone = own_zone
    return Shown(language, zone, request.url.path)


def answer(shown: Shown, title: str, body: str, status: int = 200, *, finds_zone: bool = False) -> Response:
    """A page; nothing that it does not name itself may run in it."""
    text = html.page(shown, title, body, finds_zone=finds_zone)
    return Response(text, status, {"content-security-policy": html.POLICY}, "text/html; charset=utf-8")


def refusal(request: Request, error: OffhookError) -> Response:
    """The page that tells why there is none."""
    shown = shown_to(request, "UTC")
    told = shown.say("unknown") if isinstance(error, NotFound) else escape(error.message)
    title = shown.say("sorry")
    return answer(shown, title, f"<h1>{title}</h1><p>{told}</p>", error.status)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def moment_in(text: str | None) -> datetime | None:
    """The moment that a text names; None when it names none."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


def first_day(request: Request, shown: Shown, now: datetime) -> date:
    """The first day to show: as asked, not before today."""
    today = now.astimezone(ZoneInfo(shown.zone)).date()
    try:
        return max(today, date.fromisoformat(request.query_params.get("day", "")))
    except ValueError:
        return today


def span_of(shown: Shown, first: date) -> tuple[datetime, datetime]:
    """From when until when the days shown are, by the visitor's clock."""
    zone = ZoneInfo(shown.zone)
    start = datetime.combine(first, time(), zone)
    return start, datetime.combine(first + timedelta(days=DAYS), time(), zone)
