"""What anybody may open: hosted forms with their snippet, and the address of inbound webhooks.

Pages are written by the server, load nothing from elsewhere, and tell nothing but the form itself. A form may be
framed by the sites that its owner allows (Content-Security-Policy, frame-ancestors).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from offhook.intake import doors, visitors
from offhook.intake.public import FieldKind, Form, FormField, Visit
from offhook.intake.responding import UNSIGNED, Message, answer_form, open_form, receive_message
from offhook.kernel.database import Actor, Database
from offhook.kernel.errors import Invalid, NotFound, OffhookError, Unauthenticated
from offhook.kernel.limiter import Limiter
from offhook.kernel.public_page import public_page
from offhook.kernel.settings import Settings

router = APIRouter(include_in_schema=False)

MOST_ANSWERS = 10
PER = timedelta(minutes=10)
limiter = Limiter(MOST_ANSWERS, PER)
"""Answers per form and address."""

LARGEST_MESSAGE = 2**20


def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


def _database(request: Request) -> Database:
    return cast("Database", request.app.state.database)


def _page(title: str, body: str, *, form: Form | None = None, status: int = 200) -> Response:
    framing = " ".join(form.allowed_origins) if form and form.allowed_origins else "*" if form else "'none'"
    return public_page(title, body, status=status, framed_by=framing)


def _told(error: OffhookError) -> Response:
    return _page("Sorry", f"<main><p>{escape(error.message)}</p></main>", status=error.status)


@router.get("/f/{organisation_id}/{form_id}")
def show_form(organisation_id: UUID, form_id: UUID, request: Request) -> Response:
    """The form's page."""
    try:
        with _database(request).transaction(organisation_id, _actor(form_id)) as tx:
            form = open_form(tx, form_id)
            now = tx.now
    except OffhookError as error:
        return _told(error)
    shown = visitors.stamp(_settings(request).secret, str(form_id), now)
    return _page(form.name, _form_html(form, shown, {}, ""), form=form)


def _actor(form_id: UUID) -> Actor:
    return Actor("form", form_id)


async def _answers(request: Request) -> dict[str, str]:
    sent = await request.form(max_files=0, max_fields=200)
    return {name: value.strip() for name, value in sent.items() if isinstance(value, str)}


@router.post("/f/{organisation_id}/{form_id}")
def send_form(
    organisation_id: UUID, form_id: UUID, request: Request, answers: Mapping[str, str] = Depends(_answers)
) -> Response:
    """Take an answer in, and thank; or show the form again with what is wrong and all that was written."""
    form: Form | None = None
    try:
        with _database(request).transaction(organisation_id, _actor(form_id)) as tx:
            form = open_form(tx, form_id)
            if not visitors.is_robot(answers):
                limiter.check(f"{form_id} {_address(request)}", tx.now)
                secret = _settings(request).secret
                visitors.check_stamp(secret, str(form_id), answers.get(visitors.STAMP, ""), tx.now)
                has_consented = answers.get(visitors.CONSENT) == "yes"
                answer_form(tx, form, answers, has_consented=has_consented, visit=_visit(request))
    except NotFound as error:
        return _told(error)
    except OffhookError as error:
        if form is None:
            return _told(error)
        shown = answers.get(visitors.STAMP, "")
        if not isinstance(error, Invalid) or not error.fields:
            now = _database(request).clock.now()
            shown = visitors.stamp(_settings(request).secret, str(form_id), now)
        return _page(form.name, _form_html(form, shown, answers, error.message), form=form, status=error.status)
    return _page(form.name, f'<main><p role="status">{escape(form.thanks)}</p></main>', form=form)


def _visit(request: Request) -> Visit:
    headers = request.headers
    return Visit(_address(request), headers.get("referer", "")[:500], headers.get("user-agent", "")[:500])


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _form_html(form: Form, shown: str, answers: Mapping[str, str], wrong: str) -> str:
    told = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    questions = "".join(
        _question(f"q{n}", field, answers.get(field.field, "")) for n, field in enumerate(form.fields, start=1)
    )
    return (
        f'<form method="post" novalidate><h1>{escape(form.name)}</h1>{told}{questions}{_consent(form, answers)}'
        f'<div class="trap" aria-hidden="true"><label>Leave this empty<input name="{visitors.TRAP}" tabindex="-1"'
        f' autocomplete="off"></label></div><input type="hidden" name="{visitors.STAMP}" value="{escape(shown)}">'
        "<button>Send</button></form>"
    )


_TYPES = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel"}
_FILLS = {
    "first_name": "given-name",
    "last_name": "family-name",
    "full_name": "name",
    "email": "email",
    "phone": "tel",
    "mobile": "tel",
    "company": "organization",
    "title": "organization-title",
    "city": "address-level2",
    "postal_code": "postal-code",
    "country": "country-name",
}
"""What browsers may fill in (HTML, "autofill detail tokens")."""


def _question(key: str, field: FormField, answer: str) -> str:
    name, label = escape(field.field), escape(field.label)
    mark = ' <span class="needed" aria-hidden="true">*</span>' if field.is_required else ""
    needed = " required" if field.is_required else ""
    head = f'<label for="{key}">{label}{mark}</label>'
    if field.choices:
        return f'{head}<select id="{key}" name="{name}"{needed}>{_choices(field.choices, answer)}</select>'
    if field.kind is FieldKind.LONG_TEXT:
        return f'{head}<textarea id="{key}" name="{name}" rows="4"{needed}>{escape(answer)}</textarea>'
    kind, fill = _TYPES.get(field.kind, "text"), _FILLS.get(field.field, "on")
    return (
        f'{head}<input id="{key}" name="{name}" type="{kind}" autocomplete="{fill}"'
        f' value="{escape(answer)}"{needed}>'
    )


def _choices(choices: Sequence[str], answer: str) -> str:
    return '<option value=""></option>' + "".join(
        f"<option{' selected' if choice == answer else ''}>{escape(choice)}</option>" for choice in choices
    )


def _consent(form: Form, answers: Mapping[str, str]) -> str:
    if not form.consent_wording:
        return ""
    checked = " checked" if answers.get(visitors.CONSENT) == "yes" else ""
    wording = escape(form.consent_wording).replace("\n", "<br>")
    return (
        f'<label class="consent"><input type="checkbox" name="{visitors.CONSENT}" value="yes" required{checked}>'
        f"<span>{wording}</span></label>"
    )


_SNIPPET = """\
(function () {{
  var here = document.currentScript;
  var frame = document.createElement("iframe");
  frame.src = {address};
  frame.title = {title};
  frame.loading = "lazy";
  frame.style.cssText = "width:100%;border:0;min-height:" + {height} + "px";
  here.parentNode.insertBefore(frame, here.nextSibling);
}})();
"""


@router.get("/f/{organisation_id}/{form_id}/embed.js")
def embed(organisation_id: UUID, form_id: UUID, request: Request) -> Response:
    """The script that puts the form where its tag stands."""
    try:
        with _database(request).transaction(organisation_id, _actor(form_id)) as tx:
            form = open_form(tx, form_id)
            address = doors.address_of_form(_settings(request).base_url, tx, form_id)
    except OffhookError as error:
        return Response(f"/* {error.code} */", error.status, media_type="text/javascript")
    height = 220 + 84 * len(form.fields) + (len(form.consent_wording) // 3 if form.consent_wording else 0)
    # "<" is escaped so that the script stays one even if a page writes it into itself.
    title = json.dumps(form.name).replace("<", "\\u003c")
    script = _SNIPPET.format(address=json.dumps(address), title=title, height=height)
    return Response(script, headers={"cache-control": "public, max-age=300"}, media_type="text/javascript")


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/hooks/{organisation_id}/{hook_id}")
def receive_hook(organisation_id: UUID, hook_id: UUID, request: Request, body: bytes = Depends(_body)) -> Response:
    """Take a signed message in (Standard Webhooks); sent again it changes nothing."""
    if len(body) > LARGEST_MESSAGE:
        raise Invalid(f"A message may have {LARGEST_MESSAGE:,} bytes.")
    message = Message(body, {name.lower(): value for name, value in request.headers.items()})
    with _database(request).transaction(organisation_id, Actor("hook", hook_id)) as tx:
        try:
            secret = doors.signing_secret(tx, hook_id, _settings(request).secret)
        except NotFound as error:
            # Whoever cannot sign learns nothing of which hooks there are.
            raise Unauthenticated(UNSIGNED) from error
        taken = receive_message(tx, hook_id, secret, message)
    told = {
        "repeated": taken is None,
        "records": [
            {"outcome": one.outcome.value, "errors": [{"field": e.column, "reason": e.reason} for e in one.errors]}
            for one in taken or ()
        ],
    }
    return Response(json.dumps(told), media_type="application/json")
