"""The telephone of an installation: engines, exchange and ledger, put together, started, watched and ended.

One process of an installation has it (an advisory lock says which): calls live where their engines do. Where an
engine is missing nothing fails: `state` and `reason` say what is off and what to install, and every door says so.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import OffhookError, Unavailable
from offhook.kernel.jobs import only_one
from offhook.kernel.listening import listening
from offhook.kernel.settings import Settings
from offhook.voice import trunks
from offhook.voice.exchange.arrivals import Claim, claim_of, rightful, take_in
from offhook.voice.exchange.departing import see_off
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.hearing import hear_media, hear_signalling
from offhook.voice.exchange.keeping import Keeper
from offhook.voice.exchange.ledger import Ledger
from offhook.voice.exchange.opening import Opening, Ways
from offhook.voice.exchange.recovery import recover
from offhook.voice.exchange.telling import CallNow
from offhook.voice.exchange.watching import watch_quality
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.janus_engine import JanusEngine
from offhook.voice.recordings.pieces import PieceFolder, folder_of
from offhook.voice.signalling import Incoming, TrunkChanged
from offhook.voice.sip import SipSignalling
from offhook.voice.sip import Trunk as SipTrunk
from offhook.voice.sounds import sound_file
from offhook.voice.trunks import Health, HealthState, Line
from offhook.voice.trunks.routing import hop_of

log = logging.getLogger("offhook.voice")

LOOK_SECONDS = 5.0
"""How often it is looked whether trunks were changed, or the telephone of another process is gone."""
PAUSE_SECONDS = 0.5
"""Between looking again because something was written, however much is."""
START_SECONDS = 30.0
RETRY_AFTER = timedelta(seconds=60)
"""A trunk that does not answer is tried again after this."""
NOT_FOUND = 404


class Telephone:
    """Call `start` before, `stop` after; everything else may be asked at any time, from any thread."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        engine: Callable[[MediaSettings], JanusEngine] = JanusEngine,
    ) -> None:
        """Nothing runs yet. `engine` makes the media engine."""
        self.state = "starting"
        self.reason: str | None = None
        self._database = database
        self._settings = settings
        self._engine = engine
        self._exchange: Exchange | None = None
        self._health: dict[UUID, Health] = {}
        self._owners: dict[UUID, UUID] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telephone", daemon=True)

    def start(self) -> None:
        """Begin; engines are ready a moment later. What calls leave on disk lies in one folder from now on."""
        (self._settings.data / "voice").mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """End all calls and engines."""
        self._stopping.set()
        self._thread.join(START_SECONDS)

    def exchange(self) -> Exchange:
        """The running exchange. Raises `Unavailable`, with why there is none and what to do."""
        if self._exchange is None or self.state != "ready":
            raise Unavailable(self.reason or "The telephone is starting; try again in a moment.")
        return self._exchange

    def ways(self) -> Ways:
        """What is needed to find a way to a number."""
        return Ways(trunks.seal_of(self._settings), self.health)

    def health(self, trunk_id: UUID) -> Health:
        """Whether a trunk answers, as far as this process knows."""
        return self._health.get(trunk_id, trunks.unknown_health(trunk_id))

    def now(self, call_id: UUID, user_id: UUID | None) -> CallNow | None:
        """A call as it stands; None: it does not run here."""
        return self._exchange.now(call_id, user_id) if self._exchange else None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with only_one(self._database, "telephone") as is_ours:
                    if is_ours:
                        self._serve()
                    else:
                        self._off("Calls are made by another process of this installation.")
            except OffhookError as error:
                self._off(error.message)
            except (OSError, psycopg.OperationalError) as error:
                self._off(f"The telephone could not start: {error}.")
            except Exception:
                log.exception("The telephone stumbled; trying again.")
                self._off("The telephone stumbled; it is being started again.")
            self._stopping.wait(LOOK_SECONDS)

    def _off(self, reason: str) -> None:
        if self.reason != reason:
            log.warning("No calls: %s", reason)
        self.state, self.reason, self._exchange = "off", reason, None

    def _serve(self) -> None:
        """Run until told to stop. Raises what keeps the engines from starting."""
        ledger = Ledger(self._database)
        pieces = PieceFolder(folder_of(self._settings), ledger, self._database.clock)
        media = self._engine(_media_settings(self._settings))
        known = self._sip_trunks()
        signalling = SipSignalling(
            list(known.values()),
            bind=(self._settings.sip_host, self._settings.sip_port),
            advertised=_advertised(self._settings),
            clock=self._database.clock,
        )
        exchange = Exchange(
            media,
            signalling,
            self._database.clock,
            sounds=lambda live, sound: sound_file(self._settings.data, live.call.owner_id, sound),
            pieces=pieces.next,
            save=Keeper(ledger).save,
        )
        ledger.start()
        exchange.start()
        try:
            exchange.ask(media.start(), START_SECONDS)
            exchange.ask(signalling.start(), START_SECONDS)
            recover(self._database, exchange)
            exchange.begin(
                lambda: hear_media(exchange),
                lambda: hear_signalling(exchange, self._arrive, self._trunk_changed),
                lambda: watch_quality(exchange),
                lambda: see_off(exchange),
            )
            self._exchange, self.state, self.reason = exchange, "ready", None
            self._look_after(exchange, signalling, known)
        finally:
            self.state, self._exchange = "off", None
            exchange.end_all()
            for work in (signalling.close(), media.shut_down()):
                _quietly(exchange, work)
            exchange.stop()
            ledger.stop()

    def _look_after(self, exchange: Exchange, signalling: SipSignalling, known: Mapping[UUID, SipTrunk]) -> None:
        """Follow what admins change about trunks, until told to stop."""
        while not self._stopping.is_set():
            try:
                with listening(self._database.url, self._stopping) as ear:
                    while not self._stopping.is_set():
                        found = self._sip_trunks()
                        if found != known:
                            known = found
                            exchange.ask(signalling.set_trunks(list(known.values())), START_SECONDS)
                        ear.wait(LOOK_SECONDS)
                        self._stopping.wait(PAUSE_SECONDS)
            except psycopg.OperationalError as error:
                log.warning("Trunks could not be read (%s); those known go on.", error)
                self._stopping.wait(LOOK_SECONDS)

    def _sip_trunks(self) -> dict[UUID, SipTrunk]:
        """The active trunks of all organisations, by id."""
        seal = trunks.seal_of(self._settings)
        found: dict[UUID, SipTrunk] = {}
        for organisation_id in self._database.organisations():
            with self._database.transaction(organisation_id, SYSTEM) as tx:
                for line in trunks.lines(tx, seal):
                    if line.trunk.is_active:
                        found[line.trunk.id] = _sip_trunk(line)
                        self._owners[line.trunk.id] = organisation_id
        return found

    def _trunk_changed(self, told: TrunkChanged) -> None:
        now = self._database.clock.now()
        state = HealthState.UP if told.is_up else HealthState.DOWN
        retry_at = None if told.is_up else now + RETRY_AFTER
        self._health[UUID(told.trunk)] = Health(state, told.reason, now, retry_at)

    async def _arrive(self, told: Incoming) -> None:
        """Take a call from outside in; one for a number that is none of ours is refused."""
        exchange = self.exchange()
        opening = await asyncio.to_thread(self._take_in, exchange, told)
        if opening is None:
            await exchange.signalling.refuse(told.leg, NOT_FOUND)
        else:
            await exchange.take_in(opening.live, opening.first)

    def _take_in(self, exchange: Exchange, told: Incoming) -> Opening | None:
        claims = self._claims(told)
        claim = rightful(claims)
        if claim is None:
            return None
        if len({one.organisation_id for one in claims}) > 1:
            log.warning("Several organisations have the number %s by one carrier: %s.", told.called, claims)
        with self._database.transaction(claim.organisation_id, SYSTEM) as tx:
            return take_in(tx, exchange, replace(told, trunk=claim.trunk))

    def _claims(self, told: Incoming) -> list[Claim]:
        """Whose call it may be, by the trunks that it may have come by."""
        found: list[Claim] = []
        for trunk in (told.trunk, *told.rivals):
            organisation_id = self._owners.get(UUID(trunk))
            if organisation_id is None:
                continue
            with self._database.transaction(organisation_id, SYSTEM) as tx:
                claim = claim_of(tx, told, trunk)
            if claim is not None:
                found.append(claim)
        return found


def _sip_trunk(line: Line) -> SipTrunk:
    return SipTrunk(hop_of(line), line.trunk.sends_from, registers=line.trunk.registers)


def _media_settings(settings: Settings) -> MediaSettings:
    return MediaSettings(
        folder=settings.data / "voice" / "engine",
        carrier_address=settings.media_host,
        carrier_advertised=settings.media_public_host,
        ice_interfaces=tuple(settings.media_interfaces),
        nat_1_1=settings.media_public_host,
        stun=settings.stun,
    )


def _advertised(settings: Settings) -> tuple[str, int] | None:
    return (settings.sip_public_host, 0) if settings.sip_public_host else None


def _quietly(exchange: Exchange, work: Coroutine[None, None, None]) -> None:
    """What cannot be ended in order ends with the process."""
    try:
        exchange.ask(work)
    except (OffhookError, OSError) as error:
        log.warning("Not ended in order: %s", error)
