"""What mails lead to, open to anybody: the way out, the picture that tells of an open, links that are followed.

Each address is signed (`links.py`); one that is not ours is told so, and leads nowhere. Programs look at links
ahead of people, so to look at the way out (GET) changes nothing: a POST does, from the mail program (RFC 8058) or
from the page's own button. What is seen is noted beside the answer: whoever follows a link arrives, whatever
happens here.
"""

import base64
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import escape
from typing import Annotated, cast
from urllib.parse import quote

import psycopg
from fastapi import APIRouter, Depends, Query, Request, Response

from offhook.compliance import WORDS, WayOutWords
from offhook.kernel.database import Actor, Database, Transaction
from offhook.kernel.errors import NotFound, TooManyRequests
from offhook.kernel.limiter import Limiter
from offhook.kernel.public_page import public_page
from offhook.mail.links import LONGEST_URL, MailNamed, links_of
from offhook.mail.messages.dressing import ONE_CLICK
from offhook.mail.tracking.service import note_clicked, note_opened
from offhook.mail.unsubscribing import WayOut, unsubscribe, way_out

router = APIRouter(include_in_schema=False)
logger = logging.getLogger(__name__)

LARGEST_BODY = 2**14
"""Bytes that are taken in here: a word or two."""

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A picture of one point that cannot be seen (GIF89a)."""

CONFIRMED = ("confirmed", "yes")
_LIMITER = Limiter(60, timedelta(minutes=10))
"""What is noted of one link: whoever loads it all day long moves nothing any more."""

_NOT_OURS = "This link is not one of ours, or it was changed on its way. Open it from the mail itself."


def _database(request: Request) -> Database:
    return cast("Database", request.app.state.database)


async def _sent(request: Request) -> Mapping[str, str]:
    sent = await request.form(max_files=0, max_fields=10)
    return {name: value for name, value in sent.items() if isinstance(value, str)}


def _not_ours() -> Response:
    return public_page("Sorry", f"<main><p>{escape(_NOT_OURS)}</p></main>", status=404)


@router.api_route("/m/u/{token}", methods=["GET", "HEAD"])
def show_way_out(token: str, request: Request) -> Response:
    """Ask whether to unsubscribe; changes nothing."""
    return _way_out(token, request, way_out)


@router.post("/m/u/{token}")
def take_way_out(token: str, request: Request, sent: Mapping[str, str] = Depends(_sent)) -> Response:
    """Unsubscribe at once."""
    one_click, _, value = ONE_CLICK.partition("=")
    if sent.get(one_click) != value and sent.get(CONFIRMED[0]) != CONFIRMED[1]:
        return _way_out(token, request, way_out)
    return _way_out(token, request, unsubscribe)


def _way_out(token: str, request: Request, work: Callable[[Transaction, MailNamed], WayOut]) -> Response:
    named = links_of(request.app.state.settings).read_way_out(token)
    if named is None:
        return _not_ours()
    try:
        with _database(request).transaction(named.organisation_id, Actor("mail", named.mail_id)) as tx:
            found = work(tx, named)
    except NotFound:
        return _not_ours()
    words = WORDS[found.language]
    return _done(words, found) if found.is_taken else _question(words, found)


def _question(words: WayOutWords, found: WayOut) -> Response:
    name, value = CONFIRMED
    body = (
        f'<form method="post"><h1>{escape(words.question)}</h1>'
        f"<p>{escape(words.detail.format(address=found.address))}</p>"
        f'<input type="hidden" name="{name}" value="{value}"><button>{escape(words.button)}</button></form>'
    )
    return public_page(words.question, body, language=found.language)


def _done(words: WayOutWords, found: WayOut) -> Response:
    told = escape(words.done_detail.format(address=found.address))
    body = f'<main role="status"><h1>{escape(words.done)}</h1><p>{told}</p></main>'
    return public_page(words.done, body, language=found.language)


@router.api_route("/m/o/{token}.gif", methods=["GET", "HEAD"])
def show_pixel(token: str, request: Request) -> Response:
    """The picture; a mail that shows it was opened, by a person or a program."""
    named = links_of(request.app.state.settings).read_pixel(token)
    if named is None:
        return Response(status_code=404)
    _note(request, named, token, lambda tx: note_opened(tx, named.mail_id, _program(request)))
    return Response(PIXEL, media_type="image/gif")


@router.api_route("/m/c/{token}", methods=["GET", "HEAD"])
def follow(token: str, request: Request, to: Annotated[str, Query(max_length=LONGEST_URL)] = "") -> Response:
    """Lead on to where the link was written to lead, and nowhere else."""
    named = links_of(request.app.state.settings).read_followed(token, to)
    if named is None:
        return _not_ours()
    _note(request, named, token, lambda tx: note_clicked(tx, named.mail_id, to, _program(request)))
    return Response(status_code=302, headers={"location": quote(to, safe=":/%#?=@[]!$&'()*+,;~")})


def _program(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _note(request: Request, named: MailNamed, token: str, work: Callable[[Transaction], None]) -> None:
    if request.method == "HEAD":
        return  # no program that shows a mail to a person asks so
    database = _database(request)
    try:
        _LIMITER.check(token, database.clock.now())
        with database.transaction(named.organisation_id, Actor("mail", named.mail_id)) as tx:
            work(tx)
    except TooManyRequests:
        return
    except psycopg.Error:
        logger.exception("what was seen of mail %s could not be noted", named.mail_id)
