"""An organisation with a receiver: what happens is delivered, and the clock says when."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from conftest import Begin
from offhook import webhooks
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database
from offhook.kernel.delivery import deliver
from offhook.kernel.events import Event
from offhook.kernel.sealing import Seal
from offhook.webhooks import Delivery, DeliveryState, Endpoint, Terms
from offhook.webhooks.jobs import CONSUMERS
from webhooks.receiver import Receiver, receiving

A_LEAD = "lead:00000000-0000-7000-8000-00000000000a"
ANOTHER_LEAD = "lead:00000000-0000-7000-8000-00000000000b"


@pytest.fixture
def receiver() -> Generator[Receiver]:
    """A receiver that takes everything until told otherwise."""
    with receiving() as receiver:
        yield receiver


@dataclass
class World:
    """One organisation, with what tests do in it in a line each."""

    database: Database
    organisation_id: UUID
    begin: Begin
    clock: SetClock
    terms: Terms

    def add(self, url: str, *kinds: str) -> tuple[Endpoint, str]:
        """An endpoint and its secret."""
        with self.begin() as tx:
            return webhooks.add_endpoint(tx, self.terms, url=url, kinds=kinds or ["lead.*"])

    def happen(self, *kinds: str, about: str = A_LEAD) -> None:
        """Something happens, and the event log brings it to the webhooks."""
        with self.begin() as tx:
            tx.append(*(Event(kind, about, {"nth": nth}) for nth, kind in enumerate(kinds)))
        self.bring()

    def bring(self) -> None:
        """Let the event log bring what happened."""
        deliver(self.database, CONSUMERS, self.organisation_id)

    def send(self, **changed: float) -> int:
        """Send what is due; returns how many attempts were made."""
        terms = replace(self.terms, **changed) if changed else self.terms
        return webhooks.send_due(self.database, self.organisation_id, terms)

    def later(self, **by: float) -> None:
        """Time goes by."""
        self.clock.advance(timedelta(**by))

    def deliveries(self, endpoint: Endpoint, state: DeliveryState | None = None) -> list[Delivery]:
        """The endpoint's deliveries, the oldest event first."""
        with self.begin() as tx:
            return webhooks.deliveries_page(tx, endpoint.id, state, None, 1_000)[::-1]

    def endpoint(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint as it is now."""
        with self.begin() as tx:
            return webhooks.endpoint(tx, endpoint.id)


@pytest.fixture
def world(database: Database, organisation: UUID, begin: Begin, clock: SetClock) -> World:
    """An organisation whose clock begins at the present, as signatures are checked against it."""
    clock.at = datetime.now(UTC)
    return World(database, organisation, begin, clock, Terms(Seal("test", "webhooks"), allow_private=True))
