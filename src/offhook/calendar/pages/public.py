"""What visitors see of a booking page. No sign-in; limited per address, and closed to robots."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from offhook import identity
from offhook.calendar.meetings.links import link_to
from offhook.calendar.meetings.wording import when_of
from offhook.calendar.pages import html, offering, store
from offhook.calendar.pages.html import Shown
from offhook.calendar.pages.model import BookingPage
from offhook.calendar.pages.showing import (
    DAYS,
    address_of,
    answer,
    answers_of,
    database_of,
    first_day,
    limiter,
    looks,
    moment_in,
    refusal,
    settings_of,
    shown_to,
    span_of,
)
from offhook.intake import visitors
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound, OffhookError

router = APIRouter(include_in_schema=False)


@router.get("/book/{organisation}/{slug}")
def show_page(organisation: str, slug: str, request: Request) -> Response:
    """The free times of a page, or its form once one is chosen."""
    try:
        with database_of(request).transaction(_organisation(request, organisation), offering.VISITOR) as tx:
            looks.check(address_of(request), tx.now)
            page = offering.open_page(tx, slug)
            shown = shown_to(request, identity.organisation(tx).time_zone)
            chosen = moment_in(request.query_params.get("at"))
            if chosen is not None:
                stamp = visitors.stamp(settings_of(request).secret, str(page.id), tx.now)
                return _form(shown, page, chosen, stamp, {}, "")
            return _times(tx, request, shown, page, "")
    except OffhookError as error:
        return refusal(request, error)


@router.post("/book/{organisation}/{slug}")
def book(
    organisation: str, slug: str, request: Request, answers: Mapping[str, str] = Depends(answers_of)
) -> Response:
    """Book, and lead to the meeting's own page; or show the form again with what is wrong and what was written."""
    page: BookingPage | None = None
    organisation_id: UUID | None = None
    settings, shown = settings_of(request), shown_to(request, "UTC", answers)
    chosen = moment_in(answers.get("at"))
    try:
        organisation_id = _organisation(request, organisation)
        with database_of(request).transaction(organisation_id, offering.VISITOR) as tx:
            page = offering.open_page(tx, slug)
            if chosen is None or visitors.is_robot(answers):
                return _times(tx, request, shown, page, "")
            limiter.check(f"{page.id} {address_of(request)}", tx.now)
            visitors.check_stamp(settings.secret, str(page.id), answers.get(visitors.STAMP, ""), tx.now)
            meeting = offering.book_time(tx, page, chosen, _visitor(request, shown, answers))
        link = link_to("", settings.secret, organisation_id, meeting.id)
        return RedirectResponse(f"{link}?lang={shown.language}&new=1", 303)
    except OffhookError as error:
        if organisation_id is None or page is None or chosen is None:
            return refusal(request, error)
        return _again(request, organisation_id, shown, page, chosen, answers, error)


def _again(
    request: Request,
    organisation_id: UUID,
    shown: Shown,
    page: BookingPage,
    chosen: datetime,
    answers: Mapping[str, str],
    error: OffhookError,
) -> Response:
    """The form with what is wrong, or other times where that one is taken."""
    with database_of(request).transaction(organisation_id, offering.VISITOR) as tx:
        if isinstance(error, Conflict):
            return _times(tx, request, shown, page, error.message, error.status)
        stamp = visitors.stamp(settings_of(request).secret, str(page.id), tx.now)
    return _form(shown, page, chosen, stamp, answers, error.message, error.status)


def _organisation(request: Request, slug: str) -> UUID:
    found = store.organisation_of(database_of(request), slug)
    if found is None:
        raise NotFound("There is no such page.")
    return found


def _times(
    tx: Transaction, request: Request, shown: Shown, page: BookingPage, wrong: str, status: int = 200
) -> Response:
    first = first_day(request, shown, tx.now)
    today, last = tx.now.astimezone(ZoneInfo(shown.zone)).date(), tx.now + page.rules.horizon
    start, end = span_of(shown, min(first, last.date()))
    found = offering.free_times(tx, page, start, end)
    if not found and "day" not in request.query_params and end < last:  # begin where something is free
        ahead = offering.free_times(tx, page, end, last)
        if ahead:
            first = ahead[0].astimezone(ZoneInfo(shown.zone)).date()
            start, end = span_of(shown, first)
            found = [at for at in ahead if at < end]
    earlier = max(today, first - timedelta(days=DAYS)) if first > today else None
    later = first + timedelta(days=DAYS) if end < last else None
    body = (
        f"{html.wrong(wrong)}{_head(shown, page)}{html.zone_form(shown, {})}{html.times(shown, found, 'link')}"
        f"{html.days_nav(shown, earlier, later)}"
    )
    return answer(shown, page.title, body, status, finds_zone=request.method == "GET")


def _head(shown: Shown, page: BookingPage) -> str:
    welcome = f'<p class="welcome">{escape(page.welcome)}</p>' if page.welcome else ""
    where = f" · {escape(page.location)}" if page.location else ""
    about = f'<p class="quiet">{shown.say("minutes", n=page.minutes)}{where}</p>'
    return f"<h1>{escape(page.title)}</h1>{about}{welcome}"


def _form(
    shown: Shown,
    page: BookingPage,
    at: datetime,
    stamp: str,
    answers: Mapping[str, str],
    wrong: str,
    status: int = 200,
) -> Response:
    when = when_of(at, at + page.rules.length, shown.zone, shown.language)
    questions = "".join(
        html.field(shown, name, answers.get(name, ""), kind=kind, fills=fills, is_needed=needed)
        for name, kind, fills, needed in (
            ("name", "text", "name", True),
            ("email", "email", "email", True),
            ("company", "text", "organization", False),
            ("note", "textarea", "off", False),
        )
    )
    hidden = {"at": html.moment_text(at), "zone": shown.zone, "lang": shown.language, visitors.STAMP: stamp}
    kept = "".join(f'<input type="hidden" name="{k}" value="{escape(v)}">' for k, v in hidden.items())
    body = (
        f"{html.wrong(wrong)}{_head(shown, page)}<h2>{shown.say('chosen')}</h2>"
        f'<p class="when">{escape(when)}</p>'
        f'<p><a href="{shown.link(day=_day(shown, at))}">{shown.say("another")}</a></p>'
        f'<form method="post" action="{escape(shown.path)}">{questions}{_consent(page, answers)}{kept}'
        f'<div class="trap" aria-hidden="true"><label>{shown.say("trap")}<input name="{visitors.TRAP}"'
        f' tabindex="-1" autocomplete="off"></label></div><button>{shown.say("book")}</button></form>'
    )
    return answer(shown, page.title, body, status)


def _day(shown: Shown, at: datetime) -> str:
    return at.astimezone(ZoneInfo(shown.zone)).date().isoformat()


def _consent(page: BookingPage, answers: Mapping[str, str]) -> str:
    if not page.consent_wording:
        return ""
    checked = " checked" if answers.get(visitors.CONSENT) == "yes" else ""
    wording = escape(page.consent_wording).replace("\n", "<br>")
    box = f'<input type="checkbox" name="{visitors.CONSENT}" value="yes" required{checked}>'
    return f'<label class="consent">{box}<span>{wording}</span></label>'


def _visitor(request: Request, shown: Shown, answers: Mapping[str, str]) -> offering.Visitor:
    headers = request.headers
    return offering.Visitor(
        name=answers.get("name", "")[:200],
        email=answers.get("email", "")[:254],
        company=answers.get("company", "")[:200],
        note=answers.get("note", ""),
        time_zone=shown.zone,
        language=shown.language,
        has_consented=answers.get(visitors.CONSENT) == "yes",
        evidence={"address": address_of(request), "user_agent": headers.get("user-agent", "")[:500]},
    )
