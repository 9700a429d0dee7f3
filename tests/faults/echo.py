"""A process that delivers to a consumer which can be caught at any moment of its work; killed by its parent.

`python -c "from faults.echo import main; main()" MOMENT URL ORGANISATION`: it says "now" when that moment has
come, and then waits to be killed. Without a moment to wait for it delivers all there is and ends.
"""

import os
import sys
from collections.abc import Sequence
from time import sleep
from uuid import UUID

from offhook.kernel import delivery
from offhook.kernel.database import Database, Transaction
from offhook.kernel.delivery import Consumer, deliver
from offhook.kernel.events import Event, StoredEvent

MOMENTS = ("before anything", "in the middle", "before the commit", "after the commit")
BATCH = 10


def main() -> None:
    """Deliver until the moment."""
    moment, url, organisation = sys.argv[1:]
    delivery.BATCH = BATCH
    with Database(url) as database:
        consumer = Consumer("echo", ("thing.done",), echo(moment))
        deliver(database, [consumer], UUID(organisation))


def echo(moment: str) -> delivery.Receive:
    """A consumer that appends an event for each, and is caught in its third batch."""
    batches = 0

    def receive(tx: Transaction, events: Sequence[StoredEvent]) -> None:
        nonlocal batches
        batches += 1
        is_caught = batches == 3
        if is_caught and moment == "before anything":
            _wait()
        for nth, event in enumerate(events):
            if is_caught and nth == BATCH // 2 and moment == "in the middle":
                _wait()
            tx.append(Event("thing.echoed", event.subject, {"n": event.data["n"]}))
            tx.flush_events()
        if is_caught and moment == "before the commit":
            _wait()
        if batches == 4 and moment == "after the commit":
            _wait()

    return receive


def _wait() -> None:
    os.write(1, b"now\n")
    sleep(600)
