"""Making the demo: found the organisation, play its history up to now, and remember how to sign in.

Done once: a demo that is there and complete is kept as it is; one whose making was broken off is made again from
the start, and so is any when asked for a fresh one. Sign-ins are made up at random and kept in the data folder,
readable for its owner only, so that a later start prints them again; without that file new ones are made.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import Conflict, Invalid
from offhook.kernel.events import Event, subject
from offhook.simulator import store
from offhook.simulator.play import staff
from offhook.simulator.play.found import SignIn, found, sign_ins
from offhook.simulator.play.history import play
from offhook.simulator.play.scene import Scene
from offhook.simulator.world import make_world
from offhook.web.consumers import CONSUMERS

SEED = 7
RESPONDERS = 1_000
DAYS = 84
FEWEST_DAYS = 7

KEPT = "demo.json"

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How big a demo is to be: by which seed, how many people respond, in how many days up to now."""

    seed: int = SEED
    responders: int = RESPONDERS
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class Made:
    """The demo that is there now, and how to sign in; `is_alone`: the installation has no other organisation."""

    name: str
    slug: str
    organisation_id: UUID
    is_new: bool
    is_alone: bool
    sign_ins: list[SignIn]

    def plain(self) -> dict[str, object]:
        """As JSON tells it."""
        return {
            "organisation": self.slug,
            "organisation_id": self.organisation_id,
            "is_new": self.is_new,
            "sign_ins": self.sign_ins,
        }


def prepare(database: Database, size: Size, folder: Path, *, is_fresh: bool, tell: Progress) -> Made:
    """Make the demo unless it is there, and tell how to sign in; `folder` is the data folder. Raises as below."""
    organisation_id, is_new = make_demo(database, size, is_fresh=is_fresh, tell=tell)
    is_alone = database.organisations() == [organisation_id]
    entries = how_to_sign_in(database, organisation_id, folder)
    return Made(staff.NAME, staff.SLUG, organisation_id, is_new, is_alone, entries)


def make_demo(database: Database, size: Size, *, is_fresh: bool, tell: Progress) -> tuple[UUID, bool]:
    """The demo organisation's id, and whether it was made now. `tell` hears the share done while making it.

    Raises `Conflict` when an organisation that the demo did not found bears its short name, `Invalid` for a size
    that makes no history.
    """
    if size.days < FEWEST_DAYS or size.responders < 1:
        raise Invalid(f"A demo needs {FEWEST_DAYS} days of history or more, and at least one responder.")
    there = store.organisation_of_slug(database, staff.SLUG)
    if there is not None:
        if _is_ready(database, there) and not is_fresh:
            return there, False
        with database.transaction(there, SYSTEM) as tx:
            store.erase(tx)
    return _make(database, size, tell), True


def _is_ready(database: Database, organisation_id: UUID) -> bool:
    """Whether the demo that is there is complete. Raises `Conflict` when it is none of ours."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        if not store.is_made_here(tx, staff.NAME):
            raise Conflict(
                f"The organisation '{staff.SLUG}' was not made by the demo: it is left alone. Give it another"
                " short name, or use another data folder (--data)."
            )
        return store.is_ready(tx)


def _make(database: Database, size: Size, tell: Progress) -> UUID:
    """Found, play, and count what happened; the database's own clock is put back whatever happens."""
    present, ends_at = database.clock, database.clock.now()
    first_day = (ends_at - timedelta(days=size.days)).date()
    clock = SetClock(datetime.combine(first_day, time(6), ends_at.tzinfo))
    rng = Random(size.seed)
    world = make_world(rng, prospects=size.responders, starts_on=first_day, ends_at=ends_at)
    database.clock = clock
    try:
        floor = found(database, rng, world.campaigns, (first_day, ends_at.date()))
        play(database, clock, Scene(floor, rng), world, days=(first_day, ends_at), tell=tell)
    finally:
        database.clock = present
    deliver(database, CONSUMERS, floor.organisation_id)
    with database.transaction(floor.organisation_id, SYSTEM) as tx:
        about = subject("organisation", floor.organisation_id)
        tx.append(Event(store.READY, about, {"seed": size.seed, "responders": size.responders, "days": size.days}))
    return floor.organisation_id


def how_to_sign_in(database: Database, organisation_id: UUID, folder: Path) -> list[SignIn]:
    """One sign-in of each role: those kept in the data folder, else new ones, kept there from now on."""
    kept = folder / KEPT
    known = _read(kept, organisation_id)
    if known:
        return known
    with database.transaction(organisation_id, SYSTEM) as tx:
        made = sign_ins(tx)
    folder.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(
        json.dumps({"organisation": str(organisation_id), "sign_ins": [asdict(one) for one in made]}, indent=2)
    )
    return made


def _read(kept: Path, organisation_id: UUID) -> list[SignIn]:
    """The sign-ins that were kept of this very organisation; none when the file is missing or of another."""
    try:
        found = json.loads(kept.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    if found.get("organisation") != str(organisation_id):
        return []
    return [SignIn(**one) for one in found["sign_ins"]]
