"""Whether trunks answer: OPTIONS pings (RFC 3261 section 11) and registrations (section 10), with their refresh.

A trunk is up when its pings are answered, by whatever code but 503, and, if it registers, while it is registered.
It counts as down after `misses` pings in a row without an answer, and as up again with the first answer.
"""

from dataclasses import dataclass

from offhook.voice.signalling import TrunkChanged
from offhook.voice.sip.addresses import Address, in_brackets
from offhook.voice.sip.agent import Agent
from offhook.voice.sip.alarms import Owner
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import Headers, listed, number
from offhook.voice.sip.legs import Errand, Purpose
from offhook.voice.sip.message import MAX_FORWARDS, Request, Response
from offhook.voice.sip.trunks import Trunk
from offhook.voice.sip.uri import Uri, parse_name_address

PING = "ping"
REGISTER = "register"
MAX_SECONDS = 7 * 86_400
FIRST_RETRY = 30.0
MAX_RETRY = 600.0
"""A refused registration is tried again after 30 s, then twice as long, up to ten minutes (RFC 5626 4.5)."""


@dataclass(eq=False)
class Watch(Owner):
    """What is known of one trunk. `is_up` None: nothing yet."""

    trunk: Trunk
    call_id: str
    tag: str
    is_up: bool | None = None
    pinging: Errand | None = None
    missed: int = 0
    registering: Errand | None = None
    is_registered: bool = False
    failures: int = 0
    sequence: int = 0
    seconds: int = 0
    reason: str = ""


def begin(agent: Agent, trunk: Trunk, now: float) -> Watch:
    """Watch a trunk as it wants; the first ping and registration go out at the next wake."""
    watch = Watch(trunk, f"{agent.token()}{agent.token()}", agent.token(), seconds=trunk.register_seconds)
    if trunk.ping_every > 0:
        agent.alarms.set(watch, PING, now)
    if trunk.registers:
        agent.alarms.set(watch, REGISTER, now)
    return watch


def ring(agent: Agent, watch: Watch, name: str, now: float) -> None:
    """An alarm of a trunk rang."""
    if name == PING:
        _ping(agent, watch, now)
    elif watch.registering is None:
        _register(agent, watch, watch.seconds, now)


def _ping(agent: Agent, watch: Watch, now: float) -> None:
    if watch.pinging is not None:
        _miss(agent, watch, "no answer to OPTIONS")
    trunk = watch.trunk
    watch.pinging = Errand(
        Purpose.PING, trunk.name, _request(agent, watch, "OPTIONS", _uri(trunk)), _target(trunk)
    )
    agent.dispatch(watch.pinging, now)
    agent.alarms.set(watch, PING, now + trunk.ping_every)


def hear_ping(agent: Agent, watch: Watch, errand: Errand, response: Response | None) -> None:
    """The answer; None: there was none, or the trunk cannot be reached."""
    if watch.pinging is not errand:
        return  # counted as missed when the next one went out
    watch.pinging = None
    if response is None:
        _miss(agent, watch, "cannot be reached")
    elif response.code == 503:
        _miss(agent, watch, response.reason or "503")
    else:
        watch.missed = 0
        _judge(agent, watch)


def _miss(agent: Agent, watch: Watch, reason: str) -> None:
    watch.missed += 1
    watch.reason = reason
    _judge(agent, watch)


def _judge(agent: Agent, watch: Watch) -> None:
    trunk = watch.trunk
    if trunk.registers and not watch.is_registered:
        if watch.failures == 0:
            return  # not known yet
        is_up, reason = False, watch.reason
    elif watch.missed >= trunk.misses:
        is_up, reason = False, watch.reason
    elif watch.missed:
        return  # not enough to judge
    else:
        is_up, reason = True, "registered" if trunk.registers else "answers"
    if is_up != watch.is_up:
        watch.is_up = is_up
        agent.tell(TrunkChanged(trunk.name, is_up, reason))


def _register(agent: Agent, watch: Watch, seconds: int, now: float) -> None:
    trunk = watch.trunk
    hop = trunk.hop
    uri = str(Uri("sip", host=hop.domain or in_brackets(hop.host)))
    request = _request(agent, watch, "REGISTER", uri)
    request.headers["contact"] = [f"{_contact(agent, trunk)};expires={seconds}"]
    request.headers["expires"] = [str(seconds)]
    watch.registering = Errand(Purpose.REGISTER, trunk.name, request, _target(trunk))
    agent.dispatch(watch.registering, now)


def _contact(agent: Agent, trunk: Trunk) -> str:
    return agent.contact(trunk.hop.transport, trunk.hop.username or "")


def hear_registration(agent: Agent, watch: Watch, errand: Errand, response: Response | None, now: float) -> None:
    """The answer to REGISTER; None: there was none."""
    if watch.registering is not errand:
        return
    watch.registering = None
    watch.sequence = max(watch.sequence, errand.request.cseq.number)
    if response is not None and response.code < 300:
        _registered(agent, watch, response, now)
        return
    if response is not None and response.code == 423 and watch.seconds < MAX_SECONDS:
        least = _limited(response, "min-expires")
        if least > watch.seconds:
            watch.seconds = least
            _register(agent, watch, least, now)
            return
    watch.failures += 1
    watch.is_registered = False
    watch.reason = "no answer to REGISTER" if response is None else f"{response.code} {response.reason}"
    delay = min(FIRST_RETRY * 2 ** (watch.failures - 1), MAX_RETRY)
    agent.alarms.set(watch, REGISTER, now + delay)
    _judge(agent, watch)


def _registered(agent: Agent, watch: Watch, response: Response, now: float) -> None:
    granted = _granted(agent, watch.trunk, response) or watch.seconds
    watch.failures = 0
    watch.is_registered = True
    agent.alarms.set(watch, REGISTER, now + max(granted * 0.5, granted - 60.0, 1.0))
    _judge(agent, watch)


def _granted(agent: Agent, trunk: Trunk, response: Response) -> int:
    """How long our own Contact is registered for (10.2.4): its own parameter, else the Expires header."""
    ours = parse_name_address(_contact(agent, trunk)).uri
    for value in listed(response.headers, "contact"):
        try:
            contact = parse_name_address(value)
        except Malformed:
            continue
        told = contact.params.get("expires", "")
        if contact.uri == ours and told.isascii() and told.isdigit() and len(told) < 8:
            return int(told)
    return _limited(response, "expires")


def _limited(response: Response, key: str) -> int:
    try:
        return min(number(response.headers, key, limit=2**32) or 0, MAX_SECONDS)
    except Malformed:
        return 0


def _uri(trunk: Trunk) -> str:
    hop = trunk.hop
    port = None if hop.domain or hop.port == 5060 else hop.port
    return str(Uri("sip", host=hop.domain or in_brackets(hop.host), port=port))


def _target(trunk: Trunk) -> Address:
    return Address(trunk.hop.transport, trunk.hop.host, trunk.hop.port)


def _request(agent: Agent, watch: Watch, method: str, uri: str) -> Request:
    hop = watch.trunk.hop
    watch.sequence += 1
    host = hop.domain or in_brackets(hop.host if method == "REGISTER" else agent.settings.host)
    identity = str(Uri("sip", user=hop.username or agent.settings.user, host=host))
    headers: Headers = {
        "max-forwards": [str(MAX_FORWARDS)],
        "from": [f"<{identity}>;tag={watch.tag}"],
        "to": [f"<{identity}>" if method == "REGISTER" else f"<{uri}>"],
        "call-id": [watch.call_id],
        "cseq": [f"{watch.sequence} {method}"],
        "user-agent": [agent.settings.product],
    }
    return Request(method=method, uri=uri, headers=headers)
