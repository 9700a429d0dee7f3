"""The sender: takes due deliveries in hand, sends them, notes what became of them; for one endpoint or for ever.

An attempt is begun in one transaction (the lease of `store.claim`), made in none, and ended in another. Whoever
dies in between leaves a lease that runs out, and the delivery is sent again: at least once, never lost. Several
senders share the work by the same leases. Endpoints are served side by side, so that a slow one holds up only
itself; to one endpoint go at most `AT_ONCE` messages at a time, each about another subject, so that order is kept.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import psycopg

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import OffhookError
from offhook.kernel.events import Event, subject
from offhook.webhooks import store
from offhook.webhooks.model import Answer, Claim, DeliveryState
from offhook.webhooks.rules import judge
from offhook.webhooks.sending import message_of, new_client, post
from offhook.webhooks.terms import Terms

AT_ONCE = 16
"""Messages on their way to one endpoint at a time, by one sender."""

LEASE_MARGIN = timedelta(seconds=45)
"""A lease outlasts the time limit by this: for noting the outcome on a busy machine."""

POLL_SECONDS = 1.0
CLEAR_EVERY = timedelta(hours=1)
KEPT = {DeliveryState.DELIVERED: timedelta(days=30), DeliveryState.DEAD: timedelta(days=90)}
"""How long deliveries stay in the log after they ended."""

CLEARED_AT_ONCE = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Claimed deliveries with what is needed to send them."""

    url: str
    signing_secrets: Sequence[str]
    claims: Sequence[Claim]
    now: datetime
    unfit: str | None = None


def send_due(database: Database, organisation_id: UUID, terms: Terms) -> int:
    """Send all that is due in an organisation, endpoint by endpoint, until nothing is; how many attempts."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = store.due_endpoints(tx)
    never = threading.Event()
    return sum(send_to(database, organisation_id, endpoint_id, terms, never) for endpoint_id in due)


def send_to(
    database: Database, organisation_id: UUID, endpoint_id: UUID, terms: Terms, stop: threading.Event
) -> int:
    """Send what is due for one endpoint until nothing is, or until told to stop; how many attempts."""
    return asyncio.run(_send_to(database, organisation_id, endpoint_id, terms, stop))


async def _send_to(
    database: Database, organisation_id: UUID, endpoint_id: UUID, terms: Terms, stop: threading.Event
) -> int:
    attempts = 0
    async with new_client(AT_ONCE) as client:
        while not stop.is_set():
            with database.transaction(organisation_id, SYSTEM) as tx:
                batch = _claim(tx, endpoint_id, terms)
            if batch is None:
                break
            answers = await _answers(client, batch, terms)
            with database.transaction(organisation_id, SYSTEM) as tx:
                _note(tx, endpoint_id, batch.claims, answers)
            attempts += len(batch.claims)
    return attempts


async def _answers(client: httpx.AsyncClient, batch: _Batch, terms: Terms) -> list[Answer]:
    """Send a batch, all at once; the answers in its order."""
    if batch.unfit is not None:
        return [Answer(None, batch.unfit)] * len(batch.claims)
    messages = [message_of(one, batch.signing_secrets, batch.now) for one in batch.claims]
    attempts = (
        post(
            client,
            batch.url,
            message,
            allow_private=terms.allow_private,
            time_limit_seconds=terms.time_limit_seconds,
        )
        for message in messages
    )
    return await asyncio.gather(*attempts)


def _claim(tx: Transaction, endpoint_id: UUID, terms: Terms) -> _Batch | None:
    """The next deliveries of an endpoint, taken in hand; None when nothing is due."""
    endpoint, sealed = store.endpoint_row(tx, endpoint_id), store.secrets_row(tx, endpoint_id)
    if endpoint is None or sealed is None:
        return None
    lease = timedelta(seconds=terms.time_limit_seconds) + LEASE_MARGIN
    claims = store.claim(tx, endpoint_id, AT_ONCE, lease)
    if not claims:
        return None
    try:
        opened = [terms.seal.open(sealed.secret)]
        until = sealed.previous_secret_until
        if sealed.previous_secret is not None and until is not None and tx.now < until:
            opened.append(terms.seal.open(sealed.previous_secret))
    except OffhookError as error:
        return _Batch(endpoint.url, (), claims, tx.now, error.message)
    return _Batch(endpoint.url, opened, claims, tx.now)


def _note(tx: Transaction, endpoint_id: UUID, claims: Sequence[Claim], answers: Sequence[Answer]) -> None:
    """Save what follows from the answers; an endpoint that is gone is deactivated."""
    if not store.hold_endpoint(tx, endpoint_id):
        return  # removed meanwhile, with its deliveries
    told = [
        (one, answer.status, judge(answer, one.attempts, tx.now, random.random()))
        for one, answer in zip(claims, answers, strict=True)
    ]
    store.save_verdicts(tx, endpoint_id, told)
    for one, _, verdict in told:
        if verdict.state is DeliveryState.DEAD:
            _log.warning("Webhook %s: gave up event %s (%s)", endpoint_id, one.event_id, verdict.error)
    gone = next((verdict.error for _, _, verdict in told if verdict.is_gone), None)
    if gone is not None and store.deactivate_endpoint(tx, endpoint_id, gone):
        tx.append(Event("webhook.deactivated", subject("webhook", endpoint_id), {"because": gone}))


def clear_log(tx: Transaction) -> int:
    """Forget deliveries that ended long ago (`KEPT`), a bounded number at a time; how many."""
    return sum(store.delete_ended(tx, state, tx.now - kept, CLEARED_AT_ONCE) for state, kept in KEPT.items())


class Sender:
    """Sends for all organisations, in threads of its own. One a process is enough; several share the work."""

    def __init__(self, database: Database, terms: Terms, *, endpoints_at_once: int = 16) -> None:
        """Prepare; `start` begins."""
        self._database = database
        self._terms = terms
        self._endpoints_at_once = endpoints_at_once
        self._busy: dict[UUID, Future[int]] = {}
        self._cleared_at: datetime | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, note what becomes of what is on its way (the time limit at most), and end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(self._endpoints_at_once, "webhooks") as pool:
            while not self._stopping.wait(POLL_SECONDS):
                try:
                    self._begin(pool)
                    self._clear()
                except psycopg.Error as error:
                    _log.warning("Webhooks wait for the database (%s); trying again.", error)
                except Exception:
                    # What is due stays due; a sender that has died would leave it so for ever.
                    _log.exception("Webhooks stumbled; trying again.")

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        """Begin with every endpoint that has something due and is not being served."""
        self._drop_ended()
        for organisation_id in self._database.organisations():
            with self._database.transaction(organisation_id, SYSTEM) as tx:
                due = store.due_endpoints(tx)
            for endpoint_id in due:
                if endpoint_id not in self._busy:
                    self._busy[endpoint_id] = pool.submit(
                        send_to, self._database, organisation_id, endpoint_id, self._terms, self._stopping
                    )

    def _drop_ended(self) -> None:
        for endpoint_id, future in list(self._busy.items()):
            if future.done():
                del self._busy[endpoint_id]
                error = future.exception()
                if error is not None:
                    _log.error("Webhook %s: sending broke off; it goes on", endpoint_id, exc_info=error)

    def _clear(self) -> None:
        now = self._database.clock.now()
        if self._cleared_at is not None and now < self._cleared_at + CLEAR_EVERY:
            return
        self._cleared_at = now
        for organisation_id in self._database.organisations():
            with self._database.transaction(organisation_id, SYSTEM) as tx:
                clear_log(tx)
