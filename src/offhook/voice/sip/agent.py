"""What the topic modules of the endpoint share: settings, tables of legs and dialogs, and how requests are made.

Nothing here decides about calls. Everything that leaves goes through `sends` and `told`.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from offhook.voice.signalling import Hop, SignallingEvent
from offhook.voice.sip.addresses import in_brackets
from offhook.voice.sip.alarms import Alarms
from offhook.voice.sip.credentials import Credentials
from offhook.voice.sip.dialogs import Dialog, DialogId, next_hop, request_line
from offhook.voice.sip.headers import CSeq, Headers
from offhook.voice.sip.legs import Errand, Leg, LegState, Purpose
from offhook.voice.sip.limiter import STRANGER, TRUNK, Limiter, Rate
from offhook.voice.sip.machines import Timing
from offhook.voice.sip.message import MAX_FORWARDS, Request, serialise
from offhook.voice.sip.replies import ALLOWED, SUPPORTED, answer_to
from offhook.voice.sip.transactions import COOKIE, Send, Transaction, Transactions
from offhook.voice.sip.trunks import Sources, Trunk

MTU = 1_300
"""A request longer than this does not go by UDP, if there is another way (section 18.1.1)."""

MAX_ACKS = 30
"""How often a 2xx's ACK is repeated: well more than a 2xx is repeated by the RFC's timers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How we appear and how patient we are. `host` and `port` are what others reach us by (Via, Contact).

    `session_seconds`: the session interval that we ask for (RFC 4028); 0: calls are not refreshed by us.
    """

    host: str = ""
    port: int = 0
    user: str = "offhook"
    product: str = "Offhook"
    timing: Timing = field(default_factory=Timing)
    session_seconds: int = 1_800
    trunk_rate: Rate = TRUNK
    stranger_rate: Rate = STRANGER


class Agent:
    """The shared state of one endpoint."""

    def __init__(self, settings: Settings, trunks: Sequence[Trunk], chance: random.Random) -> None:
        """`chance` makes tags, branches and call ids: unpredictable ones in production."""
        self.settings = settings
        self.chance = chance
        self.alarms = Alarms()
        self.transactions = Transactions(self.alarms, settings.timing)
        self.credentials = Credentials(chance)
        self.trunks = {trunk.name: trunk for trunk in trunks}
        self.sources = Sources(tuple(trunks))
        self.limiter = Limiter(settings.trunk_rate, settings.stranger_rate)
        self.legs: dict[str, Leg] = {}
        self.dialogs: dict[DialogId, Leg] = {}
        self.told: list[SignallingEvent] = []
        self.secret = chance.randbytes(16)
        self._place = f"{in_brackets(settings.host)}:{settings.port}"

    def token(self) -> str:
        """64 random bits as text: a tag, a branch's rest, a call id."""
        return f"{self.chance.getrandbits(64):016x}"

    def tell(self, event: SignallingEvent) -> None:
        """For the user."""
        self.told.append(event)

    def contact(self, transport: str, user: str = "") -> str:
        """How we are reached within a dialog."""
        suffix = ";transport=tcp" if transport == "tcp" else ""
        return f"<sip:{user or self.settings.user}@{self._place}{suffix}>"

    def set_trunks(self, trunks: Sequence[Trunk]) -> None:
        """Know these trunks from now on; calls that run are not touched."""
        self.trunks = {trunk.name: trunk for trunk in trunks}
        self.sources = Sources(tuple(trunks), self.sources.resolved)

    def hop_of(self, errand: Errand) -> Hop | None:
        """The hop that an errand goes by; None: its trunk is not among ours (any more)."""
        if errand.leg is not None:
            return errand.leg.hop
        found = self.trunks.get(errand.trunk)
        return None if found is None else found.hop

    def within(self, dialog: Dialog, method: str, headers: Headers | None = None, body: bytes = b"") -> Request:
        """A request of a dialog; ACK takes the number of what it acknowledges from `headers`."""
        uri, routes = request_line(dialog)
        found: Headers = {"max-forwards": [str(MAX_FORWARDS)]}
        if routes:
            found["route"] = routes
        found["from"] = [dialog.local]
        found["to"] = [dialog.remote]
        found["call-id"] = [dialog.call_id]
        if method != "ACK":
            found["cseq"] = [f"{dialog.next_sequence()} {method}"]
        if method in ("INVITE", "UPDATE", "REFER"):
            found["contact"] = [self.contact(dialog.transport)]
            found["allow"] = [ALLOWED]
            found["supported"] = [SUPPORTED]
        found["user-agent"] = [self.settings.product]
        if headers:
            found.update(headers)
        return Request(method=method, uri=uri, headers=found, body=body)

    def dispatch(self, errand: Errand, now: float) -> None:
        """Send an errand's request, with a fresh branch and, where the trunk is known to ask, credentials."""
        hop = self.hop_of(errand)
        if hop is not None and errand.purpose is not Purpose.PING:
            self.credentials.attach(errand.trunk, hop, errand.request)
        self._choose_transport(errand, hop)
        self.set_via(errand.request, errand.target.transport)
        errand.transaction = self.transactions.start(errand.request, errand.target, errand, now)

    def errand_within(
        self,
        leg: Leg,
        purpose: Purpose,
        method: str,
        now: float,
        headers: Headers | None = None,
        body: bytes = b"",
    ) -> None:
        """Send a request of a leg's dialog, if it has one."""
        if leg.dialog is None:
            return
        request = self.within(leg.dialog, method, headers, body)
        self.dispatch(Errand(purpose, leg.hop.trunk, request, next_hop(leg.dialog), leg, leg.dialog), now)

    def repeat(self, errand: Errand, now: float, *, uri: str = "") -> None:
        """Send an errand's request again as a new one, with the next number, after something of it was changed."""
        old = errand.request
        sequence = errand.dialog.next_sequence() if errand.dialog else old.cseq.number + 1
        headers = {**old.headers, "cseq": [str(CSeq(sequence, old.method))]}
        errand.request = Request(method=old.method, uri=uri or old.uri, headers=headers, body=old.body)
        self.dispatch(errand, now)

    def set_via(self, request: Request, transport: str) -> None:
        """Give a request that nobody has read yet a Via of ours with a new branch."""
        via = f"SIP/2.0/{transport.upper()} {self._place};branch={COOKIE}{self.token()};rport"
        rest = {key: values for key, values in request.headers.items() if key != "via"}
        request.headers = {"via": [via], **rest}

    def _choose_transport(self, errand: Errand, hop: Hop | None) -> None:
        if errand.target.transport != "udp" or hop is None or not hop.large_by_tcp or not errand.may_change:
            return
        if len(serialise(errand.request)) + 120 > MTU:  # the Via to come
            errand.fallback = errand.target
            errand.target = errand.target._replace(transport="tcp")

    def acknowledge(self, errand: Errand, dialog: Dialog, now: float, body: bytes = b"") -> None:
        """ACK a 2xx (13.2.2.4): not a transaction, so it is kept and sent again with each repeated 2xx."""
        sequence = CSeq(errand.request.cseq.number, "ACK")
        headers: Headers = {"cseq": [str(sequence)]}
        if body:
            headers["content-type"] = ["application/sdp"]
        for key in ("authorization", "proxy-authorization"):
            if key in errand.request.headers:  # section 22.1: an ACK carries the INVITE's credentials
                headers[key] = errand.request.headers[key]
        request = self.within(dialog, "ACK", headers, body)
        target = next_hop(dialog)
        self.set_via(request, target.transport)
        send = Send(serialise(request), target)
        errand.acks[dialog.remote_tag] = send
        self.transactions.sends.append(send)

    def acknowledge_again(self, errand: Errand, tag: str) -> bool:
        """Repeat the ACK for a repeated 2xx; False: there was none. Some answer an ACK by a 2xx: not for ever."""
        known = errand.acks.get(tag)
        if known is None:
            return False
        errand.acks_repeated += 1
        if errand.acks_repeated <= MAX_ACKS:
            self.transactions.sends.append(known)
        return True

    def reply(
        self,
        transaction: Transaction,
        code: int,
        now: float,
        reason: str = "",
        headers: Headers | None = None,
        body: bytes = b"",
        tag: str = "",
    ) -> None:
        """Answer a request by its transaction."""
        transaction.tag = tag or transaction.tag or self.token()
        answer = answer_to(transaction.request, code, reason, tag=transaction.tag, headers=headers, body=body)
        if code > 100:
            answer.headers["server"] = [self.settings.product]
        self.transactions.respond(transaction, answer, now)

    def enter(self, leg: Leg, dialog: Dialog) -> None:
        """A leg's dialog can be found from now on."""
        leg.dialog = dialog
        self.dialogs[dialog.id] = leg

    def forget(self, leg: Leg) -> None:
        """A leg is over."""
        leg.state = LegState.ENDED
        leg.deadlines.clear()
        self.legs.pop(leg.id, None)
        if leg.dialog is not None:
            self.dialogs.pop(leg.dialog.id, None)
