"""Renewing tokens before they end, so that whoever needs one only reads it.

The provider is asked between two transactions. A crash between its answer and our commit loses nothing: the
refresh token that we have goes on holding. Microsoft gives a new one each time and does not revoke the old one
(Microsoft, "Refresh tokens in the Microsoft identity platform"), Google gives a new one with a consent alone.
Where both a renewal and a sign-in happen at once, the sign-in counts: it changed the version.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import OffhookError
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.settings import Settings
from offhook.oauth import store
from offhook.oauth.asking import Refused, refresh
from offhook.oauth.model import Grant, Tokens
from offhook.oauth.providers import provider
from offhook.oauth.rules import lapsed, not_renewed, renewed
from offhook.oauth.service import seal_of

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""So that a provider that does not answer holds up no other's tokens."""


def renew_due(database: Database, settings: Settings, organisation_id: UUID) -> None:
    """Renew the tokens of an organisation that end soon."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = store.due(tx)
    if not due:
        return
    with ThreadPoolExecutor(AT_ONCE, "oauth") as pool:
        list(pool.map(partial(_renew, database, settings, organisation_id), due))


def _renew(database: Database, settings: Settings, organisation_id: UUID, one: Grant) -> None:
    try:
        with database.transaction(organisation_id, SYSTEM) as tx:
            refresh_token = _refresh_token(tx, settings, one)
        tokens = refresh(provider(settings, one.provider), refresh_token)
    except Refused as refused:
        with database.transaction(organisation_id, SYSTEM) as tx:
            _note_lapsed(tx, one, str(refused))
    except OffhookError as error:
        with database.transaction(organisation_id, SYSTEM) as tx:
            store.save(tx, not_renewed(one, str(error), tx.now))
    except Exception:
        # What nobody expected holds up no other's token; this one is tried again by the next run.
        logger.exception("renewing grant %s failed", one.id)
    else:
        with database.transaction(organisation_id, SYSTEM) as tx:
            _note_renewed(tx, settings, one, tokens, refresh_token)


def _refresh_token(tx: Transaction, settings: Settings, one: Grant) -> str:
    tokens = store.tokens_of(tx, one.id)
    return seal_of(settings).open(tokens.refresh_token if tokens else "")


def _note_renewed(tx: Transaction, settings: Settings, one: Grant, tokens: Tokens, refresh_token: str) -> None:
    seal = seal_of(settings)
    sealed = store.Sealed(seal.close(tokens.access), seal.close(tokens.refresh or refresh_token))
    store.save(tx, renewed(one, tokens, tx.now), sealed)


def _note_lapsed(tx: Transaction, one: Grant, problem: str) -> None:
    """Appends `grant.lapsed`, unless the user signed in again meanwhile."""
    if store.save(tx, lapsed(one, problem, tx.now)):
        told: dict[str, Json] = {
            "user_id": str(one.user_id),
            "provider": one.provider.value,
            "purpose": one.purpose.value,
            "address": one.address,
            "problem": problem,
        }
        tx.append(Event("grant.lapsed", subject("grant", one.id), told))
