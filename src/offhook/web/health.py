"""Whether the server is alive, whether it is ready, how far delivery is behind: for load balancers and monitors.

None asks for a token, and none tells anything of an organisation: lag is that of the slowest of all.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Literal

import psycopg
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.delivery import dead_letters, lag
from offhook.kernel.errors import Unavailable
from offhook.web.consumers import CONSUMERS

router = APIRouter(tags=["health"])

PATIENCE = 2.0
"""Seconds to wait for a connection."""

FRESH_SECONDS = 5.0
"""How long a measured lag is told again, so that nobody can wear the database out by asking."""


class Health(BaseModel):
    """All is well; otherwise the answer is a problem."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Alive")
def alive() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", summary="Ready")
def ready(request: Request) -> Health:
    """The database answers too; 503 while it does not."""
    database: Database = request.app.state.database
    try:
        with database.pool.connection(timeout=PATIENCE) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer.") from error
    return Health()


class Delivery(BaseModel):
    """How delivery to the product's own consumers stands, over all organisations."""

    lag_seconds: float = Field(
        description="Age of the oldest event that some consumer has not received; 0 if none"
    )
    waiting: int = Field(description="Events before the slowest consumer, counted up to 100,000")
    dead_letters: int = Field(description="Events set aside, which wait for `offhook replay`")
    measured_at: datetime


@router.get("/healthz/delivery", summary="How far delivery is behind")
def delivery(request: Request) -> Delivery:
    """Lag of the events and number of dead letters, measured anew every five seconds at most."""
    measure: Measure = request.app.state.delivery
    return measure()


class Measure:
    """Measures delivery in a database; what it found holds for `FRESH_SECONDS`."""

    def __init__(self, database: Database, seconds: Callable[[], float] = monotonic) -> None:
        """Nothing is measured before it is asked for; `seconds` tells the time that passes."""
        self._database = database
        self._seconds = seconds
        self._turn = Lock()
        self._found: tuple[float, Delivery] | None = None

    def __call__(self) -> Delivery:
        """How delivery stands. Raises `psycopg.OperationalError` while the database does not answer."""
        with self._turn:
            if self._found is None or self._seconds() - self._found[0] >= FRESH_SECONDS:
                self._found = (self._seconds(), self._measured())
            return self._found[1]

    def _measured(self) -> Delivery:
        now = self._database.clock.now()
        found = Delivery(lag_seconds=0, waiting=0, dead_letters=0, measured_at=now)
        for organisation_id in self._database.organisations():
            with self._database.transaction(organisation_id, SYSTEM) as tx:
                behind = lag(tx, CONSUMERS)
                found.dead_letters += sum(dead_letters(tx).values())
            if behind.since is not None:
                found.lag_seconds = max(found.lag_seconds, (now - behind.since).total_seconds())
                found.waiting = max(found.waiting, behind.events)
        return found
