"""The page of a visitor's own meeting, behind its signed link: to see, move, call off, keep as a file."""

from collections.abc import Mapping
from datetime import timedelta
from html import escape
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from offhook import identity, people
from offhook.calendar.meetings import changing
from offhook.calendar.meetings import store as meeting_store
from offhook.calendar.meetings.itip import Method, Party, message
from offhook.calendar.meetings.links import link_to, read_link
from offhook.calendar.meetings.model import Meeting, MeetingState
from offhook.calendar.meetings.wording import details, when_of
from offhook.calendar.pages import html, offering, store
from offhook.calendar.pages.html import Shown
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
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound, OffhookError

router = APIRouter(include_in_schema=False)


@router.get("/m/{word}")
def show_meeting(word: str, request: Request) -> Response:
    """The meeting of a link: when it is, other times, calling it off."""
    try:
        return _meeting_page(word, request, "")
    except OffhookError as error:
        return refusal(request, error)


@router.get("/m/{word}/meeting.ics")
def download_meeting(word: str, request: Request) -> Response:
    """The meeting as a file for the person's own calendar."""
    try:
        organisation_id, meeting_id = _ids(word, request)
        with database_of(request).transaction(organisation_id, offering.VISITOR) as tx:
            meeting = changing.present(meeting_store.by_id(tx, meeting_id), meeting_id)
            host, person = identity.user(tx, meeting.host_id), people.person(tx, meeting.person_id)
            link = link_to(settings_of(request).base_url, settings_of(request).secret, organisation_id, meeting_id)
            told = "\n".join(details(meeting, link))
            text = message(
                meeting,
                Method.REQUEST,
                Party(host.name, host.email),
                Party(person.full_name or "", meeting.address or host.email),
                details=told,
                link=link,
                now=tx.now,
            ).replace("METHOD:REQUEST\r\n", "METHOD:PUBLISH\r\n")
    except OffhookError as error:
        return refusal(request, error)
    headers = {"content-disposition": 'attachment; filename="meeting.ics"'}
    return Response(text, headers=headers, media_type="text/calendar; charset=utf-8")


@router.post("/m/{word}")
def change_meeting(word: str, request: Request, answers: Mapping[str, str] = Depends(answers_of)) -> Response:
    """Move the meeting to a time that is offered (`at`), or call it off."""
    try:
        organisation_id, meeting_id = _ids(word, request)
        try:
            with database_of(request).transaction(organisation_id, offering.VISITOR) as tx:
                limiter.check(f"{meeting_id} {address_of(request)}", tx.now)
                meeting = changing.to_change(tx, meeting_id)
                at = moment_in(answers.get("at"))
                if at is not None:
                    offering.move_own(tx, meeting, at)
                elif answers.get("do") == "call_off":
                    changing.call_off(tx, meeting_id, answers.get("because", ""))
        except Conflict as error:
            return _meeting_page(word, request, error.message, error.status)
        shown = shown_to(request, meeting.time_zone, answers)
        return RedirectResponse(f"/m/{word}?lang={shown.language}&zone={shown.zone}", 303)
    except OffhookError as error:
        return refusal(request, error)


def _ids(word: str, request: Request) -> tuple[UUID, UUID]:
    found = read_link(settings_of(request).secret, word)
    if found is None:
        raise NotFound("There is no such meeting.")
    return found


def _meeting_page(word: str, request: Request, wrong: str, status: int = 200) -> Response:
    organisation_id, meeting_id = _ids(word, request)
    with database_of(request).transaction(organisation_id, offering.VISITOR) as tx:
        looks.check(address_of(request), tx.now)
        meeting = changing.present(meeting_store.by_id(tx, meeting_id), meeting_id)
        shown = shown_to(request, meeting.time_zone)
        if "lang" not in request.query_params:
            shown = Shown(meeting.language, shown.zone, shown.path)
        host = identity.user(tx, meeting.host_id)
        page = store.by_id(tx, meeting.page_id) if meeting.page_id else None
        again = f"/book/{identity.organisation(tx).slug}/{page.slug}" if page and page.is_active else ""
        changes = _changes(tx, request, shown, meeting)
    title = shown.say("booked") if request.query_params.get("new") else shown.say("yours")
    is_on = meeting.state is MeetingState.BOOKED
    told = f"<p>{shown.say('told', email=meeting.address)}</p>" if is_on and meeting.address else ""
    body = (
        f'{html.wrong(wrong)}<h1>{title}</h1><p>{escape(meeting.title)}</p><p class="when">'
        f"{escape(when_of(meeting.starts_at, meeting.ends_at, shown.zone, shown.language))}</p>"
        f'<p class="quiet">{escape(" · ".join(filter(None, (host.name, meeting.location))))}</p>'
        f"{told}{changes or _end(shown, meeting, again)}"
    )
    return answer(shown, meeting.title, body, status)


def _end(shown: Shown, meeting: Meeting, again: str) -> str:
    if meeting.state is not MeetingState.CANCELLED:
        return f'<p role="status">{shown.say("over")}</p>'
    link = f'<p><a href="{escape(again)}?lang={shown.language}">{shown.say("again")}</a></p>' if again else ""
    return f'<p role="status">{shown.say("off")}</p>{link}'


def _changes(tx: Transaction, request: Request, shown: Shown, meeting: Meeting) -> str:
    """What can still be done; empty when the meeting is off or over."""
    if meeting.state is not MeetingState.BOOKED or meeting.starts_at <= tx.now:
        return ""
    first = first_day(request, shown, tx.now)
    start, end = span_of(shown, first)
    found = offering.other_times(tx, meeting, start, end)
    today, last = tx.now.astimezone(ZoneInfo(shown.zone)).date(), tx.now + timedelta(days=30)
    earlier = max(today, first - timedelta(days=DAYS)) if first > today else None
    later = first + timedelta(days=DAYS) if end < last else None
    lang = f'<input type="hidden" name="lang" value="{shown.language}">'
    zone = f'<input type="hidden" name="zone" value="{escape(shown.zone)}">'
    is_choosing = " open" if "day" in request.query_params else ""
    return (
        f'<p><a href="{escape(shown.path)}/meeting.ics">{shown.say("download")}</a></p>'
        f"<details{is_choosing}><summary>{shown.say('moving')}</summary>{html.zone_form(shown, {})}"
        f'<form method="post" class="plain" action="{escape(shown.path)}">{lang}{zone}'
        f"{html.times(shown, found, 'button')}</form>{html.days_nav(shown, earlier, later)}</details>"
        f"<details><summary>{shown.say('calling_off')}</summary>"
        f'<form method="post" class="plain" action="{escape(shown.path)}">'
        f'<input type="hidden" name="do" value="call_off"><label>{shown.say("why")}'
        f'<input name="because" maxlength="500" autocomplete="off"></label>{lang}{zone}'
        f'<button class="off">{shown.say("call_off")}</button></form></details>'
    )
