"""The `state` that goes with a sign-in to the provider and back (RFC 6749, section 10.12). Pure but for the seal.

It holds the whole attempt, sealed: nobody else can read or make one, and nothing has to be remembered here. In
clear before it stands the purpose, so that our screen knows which part of us it belongs to. It counts for ten
minutes and for the user who began it, so that nobody is made to connect another's account.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID

from offhook.kernel.database import Actor
from offhook.kernel.errors import Forbidden, Invalid, Unavailable
from offhook.kernel.sealing import Seal
from offhook.oauth.model import Attempt, ProviderName, SignInPurpose

HOLDS = timedelta(minutes=10)


def state_of(attempt: Attempt, seal: Seal) -> str:
    """The attempt as text that can go through an address."""
    told = {
        "organisation": str(attempt.organisation_id),
        "user": str(attempt.user_id),
        "provider": attempt.provider.value,
        "purpose": attempt.purpose.value,
        "redirect": attempt.redirect,
        "verifier": attempt.verifier,
        "nonce": attempt.nonce,
        "until": attempt.until.isoformat(),
    }
    return f"{attempt.purpose.value}.{seal.close(json.dumps(told))}"


def attempt_in(state: str, seal: Seal) -> Attempt:
    """The attempt in a state. Raises `Invalid` for one that we did not make."""
    try:
        told = json.loads(seal.open(state.partition(".")[2]))
    except (Unavailable, ValueError) as error:
        raise Invalid("This sign-in was not begun here. Begin it again.") from error
    return Attempt(
        organisation_id=UUID(told["organisation"]),
        user_id=UUID(told["user"]),
        provider=ProviderName(told["provider"]),
        purpose=SignInPurpose(told["purpose"]),
        redirect=told["redirect"],
        verifier=told["verifier"],
        nonce=told["nonce"],
        until=datetime.fromisoformat(told["until"]),
    )


def check_attempt(
    attempt: Attempt, purpose: SignInPurpose, organisation_id: UUID, actor: Actor, now: datetime
) -> None:
    """Raise `Forbidden` for somebody else's attempt, `Invalid` for one of another purpose or that is too old."""
    if (attempt.organisation_id, attempt.user_id) != (organisation_id, actor.id):
        raise Forbidden("Somebody else began this sign-in. Begin it again as yourself.")
    if attempt.purpose is not purpose:
        raise Invalid(f"This sign-in was begun for the {attempt.purpose.value}, not for the {purpose.value}.")
    if now > attempt.until:
        raise Invalid("This sign-in took more than ten minutes. Begin it again.")
