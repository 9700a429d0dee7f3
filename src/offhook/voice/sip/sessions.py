"""Session timers at work: what was agreed is written into the leg, and its alarms are set (RFC 4028)."""

from offhook.voice.sip.agent import Agent
from offhook.voice.sip.endings import lose
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, tokens
from offhook.voice.sip.legs import Leg, LegState, Offering, Purpose
from offhook.voice.sip.message import Request, Response
from offhook.voice.sip.session_timers import Session, answered, granted

REFRESH = "refresh"
LOST = "lost"


def start_session(agent: Agent, leg: Leg, response: Response, now: float) -> None:
    """A 2xx to an INVITE or UPDATE of ours: begin to count."""
    if leg.dialog is not None:
        leg.dialog.allowed = tokens(response.headers, "allow") or leg.dialog.allowed
    try:
        session = answered(response.headers)
    except Malformed:
        session = None
    _count(agent, leg, session, now)


def grant_session(agent: Agent, leg: Leg, request: Request, now: float) -> Headers:
    """An INVITE or UPDATE of theirs that we take: begin to count; what our 2xx says of it. Raises `Malformed`."""
    if leg.dialog is not None:
        leg.dialog.allowed = tokens(request.headers, "allow") or leg.dialog.allowed
    _count(agent, leg, granted(request.headers), now)
    session = leg.session
    if session is None:
        return {}
    headers: Headers = {
        "session-expires": [f"{session.seconds};refresher={'uas' if session.is_ours else 'uac'}"],
    }
    if not session.is_ours:
        headers["require"] = ["timer"]
    return headers


def _count(agent: Agent, leg: Leg, session: Session | None, now: float) -> None:
    """Where nothing was agreed we refresh on our own, which needs nobody's leave (section 7.2)."""
    if session is None and agent.settings.session_seconds:
        session = Session(agent.settings.session_seconds, is_ours=True)
    leg.session = session
    leg.deadlines.pop(REFRESH, None)
    leg.deadlines.pop(LOST, None)
    if session is None:
        return
    if session.is_ours:
        agent.alarms.set(leg, REFRESH, now + session.refresh_after)
    agent.alarms.set(leg, LOST, now + session.lost_after)


def count_again(agent: Agent, leg: Leg, method: str, now: float) -> None:
    """A refresh that was refused: they live all the same. By another method next time."""
    if leg.dialog is not None:
        leg.dialog.allowed -= {method}
    _count(agent, leg, leg.session, now)


def refresh(agent: Agent, leg: Leg, now: float) -> None:
    """Show that we are there, and see whether they are: UPDATE where they know it, else the last offer again."""
    if leg.state is not LegState.UP or leg.session is None or leg.dialog is None:
        return
    if leg.offering is not Offering.NONE or leg.unacked is not None:
        agent.alarms.set(leg, REFRESH, now + 1)
        return
    headers: Headers = {"session-expires": [f"{leg.session.seconds};refresher=uac"]}
    if "UPDATE" in leg.dialog.allowed:
        agent.errand_within(leg, Purpose.REFRESH, "UPDATE", now, headers)
        return
    headers["content-type"] = ["application/sdp"]
    leg.offering = Offering.OURS
    agent.errand_within(leg, Purpose.REFRESH, "INVITE", now, headers, leg.local_sdp.encode())


def expire(agent: Agent, leg: Leg, now: float) -> None:
    """No refresh came in time."""
    lose(agent, leg, 408, "session expired", now)
