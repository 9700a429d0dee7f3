"""The API application: every slice's routes under /api/v1, and what all of them have in common.

`create_app` needs an open database and settings, nothing else, so tests and benches make one in a line. The
jobs and the relay that a running server needs besides are `web/server.py`'s.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request, Response

from offhook import __version__, identity
from offhook.activities.api import router as activity_routes
from offhook.cadences.api import router as cadence_routes
from offhook.cadences.enrolments_api import router as enrolment_routes
from offhook.calendar.meetings.api import router as meeting_routes
from offhook.calendar.pages.api import router as booking_page_routes
from offhook.calendar.pages.own_meeting import router as own_meeting_pages
from offhook.calendar.pages.public import router as booking_pages
from offhook.calendar.sources.api import router as calendar_routes
from offhook.compliance.api import router as compliance_routes
from offhook.compliance.do_not_call.api import router as do_not_call_routes
from offhook.compliance.mailing.api import router as mailing_routes
from offhook.goals.api import router as goal_routes
from offhook.identity.api import router as identity_routes
from offhook.identity.sessions.api import router as sign_in_routes
from offhook.identity.sessions.cookie import read_cookie
from offhook.intake.api import router as intake_routes
from offhook.intake.pages import router as intake_pages
from offhook.intake.preview_api import router as preview_routes
from offhook.intake.reading import LARGEST_FILE
from offhook.kernel.database import Database
from offhook.kernel.http import Credential
from offhook.kernel.settings import Settings
from offhook.leads.api import router as lead_routes
from offhook.leads.campaigns.api import router as campaign_routes
from offhook.leads.campaigns.funnel_api import router as funnel_routes
from offhook.leads.hand_off.api import router as hand_off_routes
from offhook.leads.hand_off.options_api import router as option_routes
from offhook.leads.named.api import router as named_routes
from offhook.leads.named.people_map_api import router as people_map_routes
from offhook.leads.qualification.api import router as qualification_routes
from offhook.leads.queue.api import router as queue_routes
from offhook.leads.routing.api import router as routing_routes
from offhook.leads.rule_building.api import router as rule_building_routes
from offhook.leads.rule_building.scoring_api import router as rescoring_routes
from offhook.leads.scoring.api import router as scoring_routes
from offhook.leads.sla.api import router as sla_routes
from offhook.leads.table.api import router as table_routes
from offhook.leads.timeline.api import router as timeline_routes
from offhook.leads.touch.api import router as touch_routes
from offhook.mail.attachments.api import router as attachment_routes
from offhook.mail.attachments.rules import LARGEST_FILE as LARGEST_ATTACHMENT
from offhook.mail.conversations.api import router as conversation_routes
from offhook.mail.deliverability.api import router as deliverability_routes
from offhook.mail.incoming.api import router as reading_routes
from offhook.mail.mailboxes.api import router as mailbox_routes
from offhook.mail.messages.api import router as mail_routes
from offhook.mail.pages import LARGEST_BODY as LARGEST_OF_MAILS
from offhook.mail.pages import router as mail_pages
from offhook.mail.results.api import router as mail_result_routes
from offhook.mail.templates.api import router as mail_template_routes
from offhook.mail.tracking.api import router as tracking_routes
from offhook.oauth.api import router as oauth_routes
from offhook.people.api import router as people_routes
from offhook.views.api import router as view_routes
from offhook.voice.api import router as call_routes
from offhook.voice.commands_api import router as command_routes
from offhook.voice.phone import router as phone_routes
from offhook.voice.recordings.api import router as recording_routes
from offhook.voice.sounds.api import router as sound_routes
from offhook.voice.sounds.service import LARGEST_BYTES as LARGEST_SOUND
from offhook.voice.telephone import Telephone
from offhook.voice.trunks import unknown_health
from offhook.voice.trunks.api import router as trunk_routes
from offhook.voice.trunks.calling_api import router as calling_routes
from offhook.voice.trunks.numbers_api import router as number_routes
from offhook.web import health, live, pages, problems, workbench
from offhook.web.description import describe
from offhook.web.protection import Protection
from offhook.webhooks.api import router as webhook_routes

PREFIX = "/api/v1"

ROUTERS: Sequence[APIRouter] = (
    touch_routes,
    sign_in_routes,
    identity_routes,
    webhook_routes,
    people_routes,
    funnel_routes,
    campaign_routes,
    preview_routes,  # before the imports themselves: `limits` is no import's id
    intake_routes,
    table_routes,  # before the leads themselves: `table` is no lead's id
    lead_routes,
    scoring_routes,
    routing_routes,
    rule_building_routes,
    rescoring_routes,
    sla_routes,
    queue_routes,
    activity_routes,
    timeline_routes,
    qualification_routes,
    hand_off_routes,
    option_routes,
    named_routes,
    people_map_routes,
    goal_routes,
    view_routes,
    oauth_routes,
    mailbox_routes,
    deliverability_routes,
    mail_routes,
    reading_routes,
    conversation_routes,
    tracking_routes,
    attachment_routes,
    calendar_routes,
    booking_page_routes,
    meeting_routes,
    call_routes,
    command_routes,
    recording_routes,
    sound_routes,
    trunk_routes,
    number_routes,
    calling_routes,
    mail_template_routes,
    mail_result_routes,
    cadence_routes,
    enrolment_routes,
    compliance_routes,
    do_not_call_routes,
    mailing_routes,
)
"""The slices' routes, in the order in which the description shows them; a request is held against them in turn, so
what is asked most often, logging an activity, stands first."""

OTHER_BODIES = {
    f"{PREFIX}/imports": LARGEST_FILE,
    f"{PREFIX}/compliance/do-not-call": LARGEST_FILE,
    f"{PREFIX}/compliance/mail/suppressions/import": LARGEST_FILE,
    f"{PREFIX}/phone/sounds": LARGEST_SOUND,
    f"{PREFIX}/mail/attachments": LARGEST_ATTACHMENT,
    "/m/": LARGEST_OF_MAILS,
}
"""Bytes that may be sent to paths which take files, or little."""


def create_app(database: Database, settings: Settings, telephone: Telephone | None = None) -> FastAPI:
    """The application that serves this database; `telephone` is what calls are made by, if that runs here."""
    app = FastAPI(title="Offhook", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.database = database
    app.state.settings = settings
    app.state.credential_of = credential_of
    app.state.delivery = health.Measure(database)
    app.state.live = live.Feed(database)
    app.state.telephone = telephone
    app.state.trunk_health = telephone.health if telephone else unknown_health
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(live.router, prefix=PREFIX)
    app.include_router(phone_routes, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(pages.router)
    app.include_router(intake_pages)
    app.include_router(mail_pages)
    app.include_router(booking_pages)
    app.include_router(own_meeting_pages)
    _serve_description(app)
    app.include_router(workbench.router)
    workbench.show_screens(app)
    problems.install(app)
    is_https = urlsplit(settings.base_url).scheme == "https"
    app.add_middleware(Protection, limits=OTHER_BODIES, is_https=is_https)
    return app


def credential_of(request: Request) -> Credential:
    """What the request shows of its sender: a token, else the cookie of a session.

    Raises `Unauthenticated` without either, `Forbidden` for a cookie that another site's page has sent.
    """
    header = request.headers.get("authorization")
    cookie = None if header else read_cookie(request)
    return cookie or identity.read_authorization(header)


def _serve_description(app: FastAPI) -> None:
    """Serve the OpenAPI document and its page, made when first asked for."""
    made: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        return made or (made.update(describe(app)) or made)

    app.openapi = document

    @app.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    def openapi() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction] # a route
        return document()

    @app.get(f"{PREFIX}/docs", include_in_schema=False)
    def docs() -> Response:  # pyright: ignore[reportUnusedFunction] # a route
        return pages.description_page(document())
