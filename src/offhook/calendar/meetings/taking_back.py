"""Meetings that their host moved or removed in their own calendar: that holds, and the person is told.

A reading that lacks an entry proves nothing (it may have been written a moment later, or moved far away), so the
server is asked for that entry itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from offhook.calendar.meetings import store
from offhook.calendar.meetings.changing import at_time, call_off, move
from offhook.calendar.meetings.model import Meeting, MeetingState, RemoteState
from offhook.calendar.sources.reading import Own
from offhook.kernel.database import Transaction

REMOVED = {"en": "Taken off the host's calendar.", "es": "Se quitó de la agenda del anfitrión."}


@dataclass(frozen=True, slots=True)
class Moved:
    """A meeting, and where its entry stands now; `entry` None: it was removed or cancelled."""

    meeting: Meeting
    entry: Own | None


def differing(meetings: list[Meeting], found: Mapping[str, Own | None], now: datetime) -> list[Moved]:
    """Those whose entries are not where we wrote them; an entry moved into the past is left alone. Pure."""
    differ: list[Moved] = []
    for meeting in meetings:
        if meeting.uid not in found:
            continue
        own = found[meeting.uid]
        if own is None or own.is_cancelled:
            differ.append(Moved(meeting, None))
        elif own.starts_at > now and (own.starts_at, own.ends_at) != (meeting.starts_at, meeting.ends_at):
            differ.append(Moved(meeting, own))
    return differ


def take_back(tx: Transaction, one: Moved) -> None:
    """Let the meeting be as its host has it, unless it was changed here meanwhile."""
    now = store.by_id(tx, one.meeting.id, lock=True)
    if now is None or now.sequence != one.meeting.sequence or now.remote_state is not RemoteState.WRITTEN:
        return
    if now.state is not MeetingState.BOOKED or now.starts_at <= tx.now:
        return
    if one.entry is None:
        call_off(tx, now.id, REMOVED[now.language])
    elif one.entry.starts_at != now.starts_at:
        moved = move(tx, now.id, one.entry.starts_at, is_forced=True)
        _lengthen(tx, moved, one.entry)
    else:
        _lengthen(tx, now, one.entry)


def _lengthen(tx: Transaction, meeting: Meeting, entry: Own) -> None:
    """Another length than before; that of a hand-off's meeting was agreed with it and stays."""
    if meeting.hand_off_id is None and entry.ends_at != meeting.ends_at and entry.ends_at > entry.starts_at:
        at_time(tx, meeting, entry.starts_at, entry.ends_at)
