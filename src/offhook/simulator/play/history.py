"""Playing history: slot by slot of two hours, responses arrive, reps work their queues, AEs decide and meet.

The clock is set to the end of each slot; what was done within it is told afterwards (`at`), as people do who log
their calls. One transaction for what arrives, one for each rep and AE: so a played day costs what a day's work
costs, and nothing is written that the product would not write for anybody.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from offhook import identity, leads
from offhook.identity import Role, User
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Actor, Database, Transaction
from offhook.simulator.play import staff
from offhook.simulator.play.arrivals import receive
from offhook.simulator.play.decisions import decide_slot
from offhook.simulator.play.named import open_some, tell_lists
from offhook.simulator.play.scene import Scene, Slot
from offhook.simulator.play.work import work_slot
from offhook.simulator.world import Sent, World

SLOT = timedelta(hours=2)
OPENING, SLOTS_A_DAY = time(9), 8
"""Eight slots a day from 09:00 UTC on: from London's morning to San Francisco's afternoon."""

DAY = timedelta(hours=24)
SATURDAY = 5

REST = timedelta(minutes=45)
"""So long before the end reps work no more, so that something has come in that nobody has touched."""

LISTED = frozenset({"trade_show", "content", "email", "social"})
"""Kinds of campaigns whose responders come as a list of the day, at `LISTS_AT` (UTC); others as they respond."""
LISTS_AT = 13

NAMED_AFTER = 4
"""After one part in so many of the history the reps are told which accounts to open."""

Progress = Callable[[float], None]


def slots(first_day: date, ends_at: datetime) -> Iterator[Slot]:
    """The slots from the first day to the end, each beginning where the one before ended; the last ends there.

    Nights and the days of a weekend are one slot each: responses come then too, but nobody works.
    """
    starts_at = datetime.combine(first_day, OPENING, UTC)
    while starts_at < ends_at:
        closes = starts_at + _length(starts_at)
        yield Slot(starts_at, min(closes, ends_at))
        starts_at = closes


def _length(starts_at: datetime) -> timedelta:
    if starts_at.weekday() >= SATURDAY and starts_at.time() == OPENING:
        return DAY
    return DAY - SLOTS_A_DAY * SLOT if starts_at.time() < OPENING else SLOT


def play(
    database: Database, clock: SetClock, scene: Scene, world: World, *, days: tuple[date, datetime], tell: Progress
) -> None:
    """Play everything between the first day and the last moment. `tell` hears the share done (0 to 1)."""
    inbox = Inbox(deque(world.sent))
    all_slots = list(slots(*days))
    for number, slot in enumerate(all_slots):
        clock.at = slot.starts_at
        _arrive(database, scene, inbox.until(slot.starts_at, is_list_due=slot.starts_at.hour == LISTS_AT))
        if number == len(all_slots) // NAMED_AFTER:
            with _transaction(database, scene, scene.floor.actor(staff.DEMAND_GENERATION)) as tx:
                tell_lists(tx, scene)
        clock.at = slot.ends_at
        if slot.ends_at <= days[1] - REST:
            _work(database, scene, slot)
        _keep_time(database, scene)
        tell((number + 1) / len(all_slots))
    _arrive(database, scene, inbox.until(days[1], is_list_due=True))


@contextmanager
def _transaction(database: Database, scene: Scene, actor: Actor) -> Generator[Transaction]:
    """A transaction that does not wait for the disk: a history cut off is played anew, so none of it is promised.

    The one that says that the demo is ready does wait, and with it all that was before.
    """
    with database.transaction(scene.floor.organisation_id, actor) as tx:
        tx.execute("SET LOCAL synchronous_commit = off")
        yield tx


@dataclass(slots=True)
class Inbox:
    """What was sent and is not yet in. Forms arrive as they are sent; lists are sent in once a day."""

    waiting: "deque[Sent]"
    held: list[Sent] = field(default_factory=list[Sent])

    def until(self, moment: datetime, *, is_list_due: bool) -> list[Sent]:
        """What arrives by then, in the order in which it was sent."""
        arrived: list[Sent] = []
        while self.waiting and self.waiting[0].at <= moment:
            one = self.waiting.popleft()
            (self.held if one.campaign.kind in LISTED else arrived).append(one)
        if is_list_due:
            arrived, self.held = [*self.held, *arrived], []
        return arrived


def _arrive(database: Database, scene: Scene, arrived: list[Sent]) -> None:
    if arrived:
        with _transaction(database, scene, SYSTEM) as tx:
            receive(tx, scene, arrived)


def _work(database: Database, scene: Scene, slot: Slot) -> None:
    """Everybody who is at work in this slot, in the order of the staff."""
    at_work = [
        user for role in (Role.REP, Role.AE) for user in scene.floor.of_role(role) if _is_open(scene, user, slot)
    ]
    if not at_work:
        return
    with _transaction(database, scene, SYSTEM) as tx:
        away = identity.absent_users(tx, tx.now)
    for user in at_work:
        if user.id in away:
            continue
        with _transaction(database, scene, identity.actor_of(user)) as tx:
            if user.role is Role.REP:
                open_some(tx, scene, user)
                work_slot(tx, scene, user, slot)
            else:
                decide_slot(tx, scene, user, slot)


def _is_open(scene: Scene, user: User, slot: Slot) -> bool:
    hours = scene.floor.hours.get(user.team_id) or scene.floor.hours[None]
    return identity.is_business_time(hours, slot.starts_at + (slot.ends_at - slot.starts_at) / 2)


def _keep_time(database: Database, scene: Scene) -> None:
    """What the server does as time passes: promises are watched, recycled leads come back."""
    with _transaction(database, scene, SYSTEM) as tx:
        while leads.sweep(tx):
            pass
        while leads.bring_back(tx):
            pass
