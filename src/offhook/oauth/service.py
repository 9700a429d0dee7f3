"""The use cases of sign-ins at providers: begin one, finish it, keep what it gave, use it, forget it.

What a sign-in gave belongs to the user who signed in. Tokens are sealed as they come in and leave only in a
`Bearer`, for connecting. Events name the account and the purpose, no token. Whoever finishes a sign-in asks
the provider (`finish`) between two transactions, never within one.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.oauth import store
from offhook.oauth.asking import exchange, new_verifier, page_of
from offhook.oauth.attempts import HOLDS, attempt_in, check_attempt, state_of
from offhook.oauth.identities import identity_in
from offhook.oauth.model import Attempt, Bearer, Given, Grant, ProviderName, Returned, SignInPurpose
from offhook.oauth.providers import TITLES, provider, redirect_of
from offhook.oauth.rules import is_usable, missing_scopes, renewed, renewed_at, scopes_of

SEALED_AS = "oauth"


def seal_of(settings: Settings) -> Seal:
    """What closes and opens tokens and attempts."""
    return Seal(settings.secret, SEALED_AS)


def begin(tx: Transaction, settings: Settings, name: ProviderName, purpose: SignInPurpose, hint: str = "") -> str:
    """The address of the provider's page for the actor to sign in on; `hint` is the account that is meant.

    Raises `Invalid` for what a sign-in there cannot be for,
    `NotFound` where the installation is not registered, `Forbidden` for who is no user.
    """
    tx.require("mail:send")
    if tx.actor.id is None:
        raise Forbidden("Only a user can sign in at a provider.")
    where = provider(settings, name)
    if purpose not in where.scopes:
        raise Invalid(
            f"A {purpose.value} is not reached by a sign-in at {where.title}. Connect it in another way."
        )
    attempt = Attempt(
        organisation_id=tx.organisation_id,
        user_id=tx.actor.id,
        provider=name,
        purpose=purpose,
        redirect=redirect_of(settings),
        verifier=new_verifier(where),
        nonce=secrets.token_urlsafe(16),
        until=tx.now + HOLDS,
    )
    return page_of(where, attempt, state_of(attempt, seal_of(settings)), hint)


def attempt_of(tx: Transaction, settings: Settings, returned: Returned, purpose: SignInPurpose) -> Attempt:
    """The attempt that the actor comes back from. Raises `Invalid`, `Forbidden` for another's."""
    tx.require("mail:send")
    attempt = attempt_in(returned.state, seal_of(settings))
    check_attempt(attempt, purpose, tx.organisation_id, tx.actor, tx.now)
    return attempt


def finish(settings: Settings, attempt: Attempt, returned: Returned) -> Given:
    """Ask the provider for what was granted. Raises `Invalid` for what user or admin can mend, `Unavailable`."""
    where = provider(settings, attempt.provider)
    tokens = exchange(where, attempt, returned)
    lacking = missing_scopes(where, attempt.purpose, tokens.scopes)
    if lacking:
        raise Invalid(
            f"{where.title} did not let us do all that is needed: {', '.join(lacking)}. Begin the sign-in"
            " again and leave every box ticked."
        )
    begun = attempt.until - HOLDS
    return Given(attempt, tokens, identity_in(tokens.identity, where, attempt, begun))


def keep(tx: Transaction, settings: Settings, given: Given) -> Grant:
    """Keep what a sign-in gave, in place of what the same account gave before. Appends `grant.given`."""
    seal, attempt, tokens = seal_of(settings), given.attempt, given.tokens
    sealed = store.Sealed(seal.close(tokens.access), seal.close(tokens.refresh))
    scopes = scopes_of(provider(settings, attempt.provider), given)
    before = store.of_account(tx, attempt.user_id, attempt.provider, attempt.purpose, given.identity.subject)
    if before is None:
        grant = Grant(
            id=new_id(),
            user_id=attempt.user_id,
            provider=attempt.provider,
            purpose=attempt.purpose,
            subject=given.identity.subject,
            address=given.identity.address,
            username=given.identity.username,
            scopes=scopes,
            expires_at=tx.now + tokens.lasts,
            refresh_at=renewed_at(tx.now + tokens.lasts, tokens.lasts),
            lapsed_at=None,
            problem="",
            failures=0,
            created_at=tx.now,
            version=1,
        )
        store.insert(tx, grant, sealed)
    else:
        told = replace(before, address=given.identity.address, username=given.identity.username, scopes=scopes)
        grant = renewed(told, tokens, tx.now)
        store.save(tx, grant, sealed)
    tx.append(Event("grant.given", subject("grant", grant.id), _told(grant)))
    return grant


def grant(tx: Transaction, grant_id: UUID) -> Grant:
    """A grant: asks for no permission. Raises `NotFound`."""
    found = store.by_id(tx, grant_id)
    if found is None:
        raise NotFound(f"There is no sign-in {grant_id} here.")
    return found


def grants(tx: Transaction, grant_ids: Collection[UUID]) -> Mapping[UUID, Grant]:
    """Several grants by id, as far as they are there: asks for no permission."""
    return {one.id: one for one in store.by_ids(tx, grant_ids)} if grant_ids else {}


def bearer(tx: Transaction, seal: Seal, grant_id: UUID) -> Bearer:
    """A token that lets its user in, for connecting alone: asks for no permission, and nobody but the database.

    `seal`: any of this installation's. Raises `NotFound`, and `Unavailable` while it does not hold: its user must
    sign in again, or it is being renewed.
    """
    found = grant(tx, grant_id)
    if found.lapsed_at is not None:
        raise Unavailable(told_of_lapse(found))
    if not is_usable(found, tx.now):
        why = f": {found.problem}" if found.problem else "."
        raise Unavailable(f"The sign-in at {TITLES[found.provider]} for {found.address} is being renewed{why}")
    tokens = store.tokens_of(tx, grant_id)
    return Bearer(found.username, seal.beside(SEALED_AS).open(tokens.access_token if tokens else ""))


def told_of_lapse(one: Grant) -> str:
    """What to say of a grant that holds no more."""
    return f"{TITLES[one.provider]} does not let Offhook in as {one.address} any more: sign in again."


def renew_soon(tx: Transaction, grant_id: UUID) -> None:
    """Have a token renewed at once, as a server did not take it: so it is told whether it holds at all."""
    store.refresh_now(tx, grant_id)


def forget(tx: Transaction, grant_id: UUID) -> None:
    """Forget a grant with its tokens. Appends `grant.forgotten`; nothing to do when it is gone."""
    found = store.by_id(tx, grant_id)
    if found is None:
        return
    store.delete(tx, grant_id)
    tx.append(Event("grant.forgotten", subject("grant", grant_id), _told(found)))


def _told(one: Grant) -> dict[str, Json]:
    return {
        "user_id": str(one.user_id),
        "provider": one.provider.value,
        "purpose": one.purpose.value,
        "address": one.address,
    }
