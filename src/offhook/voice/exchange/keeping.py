"""What is written of a call after each step: its row, who took part, events, a live hand-off that came about."""

from collections.abc import Sequence
from uuid import UUID

from offhook import identity
from offhook.activities import DEFAULT_TALK_SECONDS
from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, Json, subject
from offhook.leads import Mode, accept, hand_off
from offhook.voice.calls import events as e
from offhook.voice.calls import store
from offhook.voice.calls.model import Bringing, Call
from offhook.voice.calls.outcome import Taking, suggested, takings
from offhook.voice.exchange.exchange import Saving
from offhook.voice.exchange.ledger import Ledger
from offhook.voice.exchange.live import Live, Quality

UNTOLD = (e.LegMuted, e.TimerSet, e.TimerCleared, e.SoundStarted, e.SoundStopped, e.Pressed)
"""Events after which nothing has to be written."""


class Keeper:
    """Keeps the record of running calls: `save` is what the exchange calls after each step."""

    def __init__(self, ledger: Ledger) -> None:
        """Write by this ledger."""
        self._ledger = ledger

    def save(self, saving: Saving) -> None:
        """Have written what became of a call."""
        live = saving.live
        if not all(isinstance(event, UNTOLD) for event in saving.events):
            self._ledger.write(live.organisation_id, lambda tx: _keep(tx, saving))
        if saving.before.bringing is Bringing.HAND_OFF or saving.call.bringing is Bringing.HAND_OFF:
            for event in saving.events:
                if isinstance(event, e.ColleagueJoined):
                    self._hand_off(live, saving.before, event.leg)  # after it the call may be the AE's

    def _hand_off(self, live: Live, call: Call, leg_id: str) -> None:
        """The AE talks with the person: the lead is handed off live, and accepted by whoever took it."""
        rep_id, ae_id, lead_id = call.owner_id, call.legs[leg_id].user_id, live.about.lead_id
        if rep_id is None or ae_id is None or lead_id is None:
            return

        def pass_on(tx: Transaction) -> None:
            rep, ae = identity.user(tx, rep_id), identity.user(tx, ae_id)
            tx.actor = identity.actor_of(rep)
            offered = hand_off(tx, lead_id, Mode.LIVE, ae_id=ae_id)
            tx.flush_events()  # they bear the name of who acts when they are written
            tx.actor = identity.actor_of(ae)
            accept(tx, offered.id)

        self._ledger.write(live.organisation_id, pass_on)


def _keep(tx: Transaction, saving: Saving) -> None:
    call = saving.call
    store.update(tx, call, saving.rang_at, _plain(saving.quality))
    store.save_parts(tx, call.id, [(one, _suggestion(tx, call, one)) for one in takings(call)])
    for leg, dialog in saving.dialogs.items():
        store.keep_dialog(tx, call.id, leg, dialog)
    over = [event.leg for event in saving.events if isinstance(event, e.LegEnded)]
    if over:
        store.forget_dialogs(tx, call.id, over)
    tx.append(*_events(saving, saving.live))


def _suggestion(tx: Transaction, call: Call, one: Taking) -> str | None:
    if not one.is_over:
        return None
    return suggested(call, one.seconds, minimum_talk(tx, one.user_id)).value


def minimum_talk(tx: Transaction, user_id: UUID) -> int:
    """The seconds of talk that make a conversation for a user's team."""
    team_id = identity.user(tx, user_id).team_id
    teams = {team.id: team.minimum_talk_seconds for team in identity.teams(tx)}
    return teams.get(team_id, DEFAULT_TALK_SECONDS) if team_id else DEFAULT_TALK_SECONDS


def _events(saving: Saving, live: Live) -> Sequence[Event]:
    told: list[Event] = []
    for event in saving.events:
        match event:
            case e.Connected():
                told.append(_event("call.answered", saving.call, live))
            case e.MessageBegun():
                told.append(_event("call.message_begun", saving.call, live))
            case e.ColleagueJoined(leg):
                user_id = saving.call.legs[leg].user_id
                told.append(_event("call.joined", saving.call, live, joined=_text(user_id)))
            case e.Owned(leg) if saving.before.owner_id != saving.call.owner_id:
                told.append(_event("call.transferred", saving.call, live, previous=_text(saving.before.owner_id)))
            case e.TransferDeclined(leg, target):
                part = saving.call.legs[leg].part.value
                told.append(_event("call.transfer_declined", saving.call, live, part=part, target=target))
            case e.CallEnded(cause, code):
                seconds = max((one.seconds for one in takings(saving.call)), default=0)
                told.append(_event("call.ended", saving.call, live, cause=cause.value, code=code, seconds=seconds))
            case _:
                continue
    return told


def _event(kind: str, call: Call, live: Live, **more: Json) -> Event:
    return Event(kind, subject("call", call.id), told_of(call, live) | more)


def told_of(call: Call, live: Live) -> dict[str, Json]:
    """What every event of a call tells."""
    about = live.about
    return {
        "direction": call.direction.value,
        "user_id": _text(call.owner_id),
        "person_id": _text(about.person_id),
        "account_id": _text(about.account_id),
        "lead_id": _text(about.lead_id),
    }


def _plain(quality: Quality | None) -> dict[str, object] | None:
    if quality is None:
        return None
    return {
        "loss": quality.loss,
        "jitter": quality.jitter,
        "mos": quality.mos,
        "is_one_way": quality.is_one_way,
    }


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None
