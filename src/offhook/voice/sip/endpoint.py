"""Our SIP user agent (RFC 3261), sans-IO: bytes and commands in, bytes and events out, time and chance handed in.

    receive(data, source, now)     what came                    take_sends()   what is to be sent
    wake(now)                      `next_wake` has come         take_events()  what is to be told
    broken(send, now)              something cannot be sent
    place, ring, answer, …         what `SignallingPort` asks

It never blocks, never looks at a clock and never raises for what others send. The parts, from below: `uri`,
`headers`, `message` (grammar); `machines`, `transactions`; `dialogs`; `legs`, `agent` (what is kept); and one
module for each thing that happens in calls: `gate`, `origins`, `outbound`, `redirects`, `inbound`, `offers`,
`sessions`, `transfers`, `within`, `endings`, `hops`.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offhook.voice.signalling import SignallingEvent
from offhook.voice.sip import gate, hops, inbound, offers, outbound, sessions, transfers
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.agent import Agent, Settings
from offhook.voice.sip.alarms import Owner
from offhook.voice.sip.dialogs import restored, snapshot_of
from offhook.voice.sip.endings import bye, close, lose
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.legs import Errand, Leg, LegState, Offering, Purpose
from offhook.voice.sip.message import Response
from offhook.voice.sip.outbound import Placing
from offhook.voice.sip.transactions import News, Send, Told, Transaction
from offhook.voice.sip.trunks import Trunk


@dataclass(frozen=True, slots=True)
class Load:
    """How much an endpoint keeps at present."""

    legs: int
    dialogs: int
    transactions: int


class Endpoint:
    """One user agent. Commands for legs that are over do nothing (see `SignallingPort`)."""

    def __init__(self, settings: Settings, trunks: Sequence[Trunk], chance: random.Random, now: float) -> None:
        """`chance` must be unpredictable in production (`random.SystemRandom`): branches and tags come of it."""
        self.agent = Agent(settings, trunks, chance)
        self._watches: dict[str, hops.Watch] = {}
        self.set_trunks(trunks, now)

    @property
    def load(self) -> Load:
        """What is kept now."""
        agent = self.agent
        return Load(len(agent.legs), len(agent.dialogs), len(agent.transactions))

    @property
    def next_wake(self) -> float | None:
        """When `wake` is to be called; None: not before something comes."""
        return self.agent.alarms.next_wake

    def take_sends(self) -> list[Send]:
        """What is to be sent, in order; it is forgotten here."""
        sends, self.agent.transactions.sends = self.agent.transactions.sends, []
        return sends

    def take_events(self) -> list[SignallingEvent]:
        """What is to be told, in order; it is forgotten here."""
        told, self.agent.told = self.agent.told, []
        return told

    def set_trunks(self, trunks: Sequence[Trunk], now: float) -> None:
        """Know and watch these trunks from now on; those that did not change go on being what they were."""
        self.agent.set_trunks(trunks)
        before, self._watches = self._watches, {}
        for trunk in trunks:
            old = before.get(trunk.name)
            if old is not None and old.trunk == trunk:
                self._watches[trunk.name] = before.pop(trunk.name)
            else:
                self._watches[trunk.name] = hops.begin(self.agent, trunk, now)
        for gone in before.values():
            gone.deadlines.clear()

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """One message came."""
        gate.receive(self.agent, data, source, now)
        self._settle(now)

    def wake(self, now: float) -> None:
        """Do what is due."""
        for owner, name in self.agent.alarms.due(now):
            self._ring(owner, name, now)
            self._settle(now)

    def broken(self, send: Send, now: float) -> None:
        """Something of `take_sends` could not be sent."""
        if send.owner is not None:
            self.agent.transactions.broken(send.owner, now)
            self._settle(now)

    def place(self, placing: Placing, now: float) -> None:
        """See `SignallingPort.invite`."""
        outbound.place(self.agent, placing, now)

    def ring(self, leg_id: str, sdp: str | None, now: float) -> None:
        """See `SignallingPort.ring`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            inbound.ring(self.agent, leg, sdp, now)

    def answer(self, leg_id: str, sdp: str, now: float) -> None:
        """See `SignallingPort.answer`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            inbound.answer(self.agent, leg, sdp, now)

    def refuse(self, leg_id: str, code: int, reason: str, now: float) -> None:
        """See `SignallingPort.refuse`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            inbound.refuse(self.agent, leg, code, reason, now)

    def reoffer(self, leg_id: str, sdp: str, now: float) -> None:
        """See `SignallingPort.reoffer`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            offers.offer(self.agent, leg, sdp, now)

    def answer_reoffer(self, leg_id: str, sdp: str, now: float) -> None:
        """See `SignallingPort.answer_reoffer`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            offers.answer(self.agent, leg, sdp, now)
            offers.go_on(self.agent, leg, now)

    def refuse_reoffer(self, leg_id: str, now: float) -> None:
        """See `SignallingPort.refuse_reoffer`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            offers.refuse(self.agent, leg, now)
            offers.go_on(self.agent, leg, now)

    def refer(self, leg_id: str, target: str, now: float) -> None:
        """See `SignallingPort.refer`."""
        leg = self.agent.legs.get(leg_id)
        if leg is not None:
            transfers.refer(self.agent, leg, target, now)

    def hang_up(self, leg_id: str, now: float) -> None:
        """See `SignallingPort.hang_up`."""
        leg = self.agent.legs.get(leg_id)
        if leg is None:
            return
        if leg.state is LegState.CALLING:
            outbound.give_up(self.agent, leg, now)
        elif leg.state is LegState.RINGING:
            inbound.refuse(self.agent, leg, 603, "", now)
        elif leg.state is LegState.UP:
            close(self.agent, leg, now)

    def snapshot(self, leg_id: str) -> dict[str, object] | None:
        """See `SignallingPort.snapshot`. An early dialog will do for a caller: he may say BYE in it (15.1.1)."""
        leg = self.agent.legs.get(leg_id)
        if leg is None or leg.state is LegState.RINGING:
            return None
        dialog = leg.dialog or leg.early
        return None if dialog is None else snapshot_of(dialog, leg.hop.trunk)

    def end_orphan(self, snapshot: Mapping[str, object], now: float) -> None:
        """See `SignallingPort.end_orphan`. Raises `Malformed` when it is no snapshot."""
        dialog, trunk = restored(snapshot)
        bye(self.agent, dialog, trunk, now)

    def _ring(self, owner: Owner, name: str, now: float) -> None:
        match owner:
            case Transaction():
                self.agent.transactions.ring(owner, name, now)
            case Leg():
                self._ring_leg(owner, name, now)
            case hops.Watch():
                hops.ring(self.agent, owner, name, now)
            case _:
                raise TypeError(f"no alarms of {type(owner).__name__}")

    def _ring_leg(self, leg: Leg, name: str, now: float) -> None:
        match name:
            case inbound.ACK:
                inbound.repeat_answer(self.agent, leg, now)
            case inbound.NO_ACK:
                inbound.give_up_ack(self.agent, leg, now)
            case sessions.REFRESH:
                sessions.refresh(self.agent, leg, now)
            case sessions.LOST:
                sessions.expire(self.agent, leg, now)
            case offers.RETRY:
                offers.go_on(self.agent, leg, now)
            case transfers.NO_NOTIFY:
                transfers.fail(self.agent, leg, 408)
            case _:
                raise ValueError(f"no alarm {name} of legs")

    def _settle(self, now: float) -> None:
        """Hand on what transactions told, until they have nothing more to tell."""
        transactions = self.agent.transactions
        while transactions.told:
            told, transactions.told = transactions.told, []
            for news in told:
                self._hear(news, now)

    def _hear(self, told: Told, now: float) -> None:
        match told.transaction.user:
            case Errand() as errand if told.response is not None:
                self._hear_response(errand, told.response, now)
            case Errand() as errand:
                self._hear_failure(errand, told.news, now)
            case Leg() as leg if not leg.is_over:
                self._hear_nothing(leg)
            case _:
                pass  # a CANCEL of ours, or a request that was refused at the gate

    def _hear_response(self, errand: Errand, response: Response, now: float) -> None:
        agent = self.agent
        is_challenge = response.code in (401, 407) and self._may_repeat(errand)
        if is_challenge and agent.credentials.learn(errand, agent.hop_of(errand), response):
            agent.repeat(errand, now)
            return
        try:
            self._hear_answer(errand, response, now)
        except Malformed as error:
            if response.code >= 200:
                self._lose(errand, 502, error.message, now)
        if errand.leg is not None and not errand.leg.is_over:
            offers.go_on(agent, errand.leg, now)

    def _hear_answer(self, errand: Errand, response: Response, now: float) -> None:
        agent = self.agent
        match errand.purpose:
            case Purpose.INVITE:
                outbound.hear(agent, errand, response, now)
            case Purpose.REOFFER | Purpose.REFRESH:
                offers.hear(agent, errand, response, now)
            case Purpose.REFER:
                transfers.hear(agent, errand, response)
            case Purpose.PING | Purpose.REGISTER:
                self._hear_trunk(errand, response, now)
            case Purpose.BYE | Purpose.NOTIFY:
                pass  # the call is over whatever comes; a report that nobody wants is none

    def _lose(self, errand: Errand, code: int, reason: str, now: float) -> None:
        """An answer that cannot be understood ends the call that needed it."""
        leg = errand.leg
        if errand.purpose is Purpose.INVITE:
            outbound.fail(self.agent, errand, code, reason)
        elif leg is not None and not leg.is_over and errand.purpose in (Purpose.REOFFER, Purpose.REFRESH):
            lose(self.agent, leg, code, reason, now)

    @staticmethod
    def _may_repeat(errand: Errand) -> bool:
        """A call that was given up is not placed again with credentials; a BYE is said though the leg is over."""
        leg = errand.leg
        return leg is None or leg.state in (LegState.CALLING, LegState.UP)

    def _hear_failure(self, errand: Errand, news: News, now: float) -> None:
        agent = self.agent
        if news is News.BROKEN and errand.fallback is not None and self._may_repeat(errand):
            errand.target, errand.fallback, errand.may_change = errand.fallback, None, False
            agent.repeat(errand, now)
            return
        leg = errand.leg
        match errand.purpose:
            case Purpose.INVITE:
                outbound.unheard(agent, errand, news)
            case Purpose.REOFFER | Purpose.REFRESH if leg is not None and not leg.is_over:
                leg.offering = Offering.NONE
                lose(agent, leg, 408, "no answer within the call", now)
            case Purpose.REFER if leg is not None:
                transfers.fail(agent, leg, 408)
            case Purpose.PING | Purpose.REGISTER:
                self._hear_trunk(errand, None, now)
            case _:
                pass

    def _hear_trunk(self, errand: Errand, response: Response | None, now: float) -> None:
        watch = self._watches.get(errand.trunk)
        if watch is None:
            return
        if errand.purpose is Purpose.PING:
            hops.hear_ping(self.agent, watch, errand, response)
        else:
            hops.hear_registration(self.agent, watch, errand, response, now)

    def _hear_nothing(self, leg: Leg) -> None:
        """Our side did not answer a call, or an offer, in time; the transaction is over."""
        if leg.state is LegState.RINGING:
            inbound.unanswered(self.agent, leg)
        elif leg.offering is Offering.THEIRS:
            leg.server, leg.offering = None, Offering.NONE
