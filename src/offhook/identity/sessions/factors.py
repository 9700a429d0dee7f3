"""Second factors: one-time passwords (RFC 6238), passkeys (WebAuthn level 2) and recovery codes.

A code is good once, and one step early or late, for clocks that differ. A passkey signs a challenge that the
session keeps; the libraries `pyotp` and `webauthn` do the arithmetic, this says who has what and when it counts.
"""

import secrets
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from offhook.identity.model import User
from offhook.identity.passwords import require_password
from offhook.identity.service import organisation, user
from offhook.identity.sessions import store
from offhook.identity.sessions.model import Factor, Passkey, SignInMeans
from offhook.identity.sessions.store import Authenticator, PasskeyKey
from offhook.identity.tokens import hash_of
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal

STEP_SECONDS = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 10
LONGEST_NAME = 80
MOST_PASSKEYS = 20
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where browsers reach us: passkeys belong to its host alone. `secret` is the installation's."""

    origin: str
    secret: str

    @property
    def host(self) -> str:
        """The relying party's id."""
        return urlsplit(self.origin).hostname or "localhost"


@dataclass(frozen=True, slots=True)
class ShownFactor:
    """A second factor as it is shown; just one of the three."""

    site: Site
    code: str | None = None
    recovery_code: str | None = None
    passkey: dict[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class NewAuthenticator:
    """What an authenticator app is to be told: the secret in base32, and the same as a link (otpauth)."""

    secret: str
    link: str


def _seal(site: Site) -> Seal:
    return Seal(site.secret, "authenticators")


def factors_of(tx: Transaction, user_id: UUID) -> tuple[Factor, ...]:
    """Which second factors are asked of this user: any of them will do; none set up, none asked."""
    kept = store.authenticator(tx, user_id)
    found: list[Factor] = []
    if store.passkey_keys(tx, user_id):
        found.append(Factor.PASSKEY)
    if kept is not None and kept.confirmed_at is not None:
        found.append(Factor.AUTHENTICATOR)
    if found and store.recovery_codes_left(tx, user_id):
        found.append(Factor.RECOVERY_CODE)
    return tuple(found)


def is_right(tx: Transaction, user_id: UUID, shown: ShownFactor, challenge: str | None) -> bool:
    """Whether what is shown opens the session of this user; a code is used up by it."""
    if shown.code is not None:
        return _is_code(tx, user_id, shown.site, shown.code, must_be_confirmed=True)
    if shown.recovery_code is not None:
        return store.use_recovery_code(tx, user_id, _code_hash(shown.recovery_code))
    if shown.passkey is not None and challenge is not None:
        return _is_passkey(tx, user_id, shown.site, shown.passkey, challenge)
    return False


# One-time passwords


def begin_authenticator(tx: Transaction, site: Site) -> NewAuthenticator:
    """Make a secret for one's authenticator app; it counts once a code of it was shown.

    Raises `Conflict` when there is one in force: take that away first.
    """
    tx.require("sign-in:write")
    somebody = _oneself(tx)
    kept = store.authenticator(tx, somebody.id)
    if kept is not None and kept.confirmed_at is not None:
        raise Conflict("You have an authenticator app already. Remove it before you set up another.")
    from pyotp import random_base32
    from pyotp.totp import TOTP

    secret = random_base32()
    store.save_authenticator(tx, somebody.id, Authenticator(_seal(site).close(secret), None, 0))
    name = f"Offhook · {organisation(tx).name}"
    return NewAuthenticator(secret, TOTP(secret, name=somebody.email, issuer=name).provisioning_uri())


def confirm_authenticator(tx: Transaction, site: Site, code: str) -> list[str]:
    """Put the app in force by a code of it; returns fresh recovery codes if there are none, told only here.

    Raises `Invalid` when the code is wrong, `Conflict` when none was begun.
    """
    tx.require("sign-in:write")
    somebody = _oneself(tx)
    kept = store.authenticator(tx, somebody.id)
    if kept is None or kept.confirmed_at is not None:
        raise Conflict("Begin to set up an authenticator app first.")
    if not _is_code(tx, somebody.id, site, code, must_be_confirmed=False):
        reason = "is not the code that the app shows now; check the clock of your device"
        raise Invalid(f"'code' {reason}.", fields=[FieldError("code", reason)])
    now_kept = store.authenticator(tx, somebody.id) or kept
    store.save_authenticator(tx, somebody.id, replace(now_kept, confirmed_at=tx.now))
    tx.append(Event("user.authenticator_added", subject("user", somebody.id)))
    return _first_recovery_codes(tx, somebody.id)


def remove_authenticator(tx: Transaction, password: str) -> None:
    """Take one's authenticator app away. Raises `Forbidden` for a wrong password, `NotFound` without one."""
    somebody = require_password(tx, password)
    if not store.delete_authenticator(tx, somebody.id):
        raise NotFound("You have no authenticator app set up.")
    _drop_idle_recovery_codes(tx, somebody.id)
    tx.append(Event("user.authenticator_removed", subject("user", somebody.id)))


def _is_code(tx: Transaction, user_id: UUID, site: Site, code: str, *, must_be_confirmed: bool) -> bool:
    kept = store.authenticator(tx, user_id)
    if kept is None or (must_be_confirmed and kept.confirmed_at is None):
        return False
    from pyotp.totp import TOTP

    clock = TOTP(_seal(site).open(kept.secret), interval=STEP_SECONDS)
    typed = "".join(code.split())
    present = int(tx.now.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if step > kept.last_step and secrets.compare_digest(clock.generate_otp(step).encode(), typed.encode()):
            store.save_authenticator(tx, user_id, replace(kept, last_step=step))
            return True
    return False


# Recovery codes


def new_recovery_codes(tx: Transaction, password: str) -> list[str]:
    """Fresh recovery codes in place of the old ones, told only here. Raises `Forbidden`, and `Conflict` without
    a second factor to recover from."""
    somebody = require_password(tx, password)
    if not factors_of(tx, somebody.id):
        raise Conflict("Recovery codes stand in for a second factor; set one up first.")
    tx.append(Event("user.recovery_codes_made", subject("user", somebody.id)))
    return _make_recovery_codes(tx, somebody.id)


def _first_recovery_codes(tx: Transaction, user_id: UUID) -> list[str]:
    return [] if store.recovery_codes_left(tx, user_id) else _make_recovery_codes(tx, user_id)


def _make_recovery_codes(tx: Transaction, user_id: UUID) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    store.replace_recovery_codes(tx, user_id, [_code_hash(code) for code in codes])
    return codes


def _drop_idle_recovery_codes(tx: Transaction, user_id: UUID) -> None:
    if not factors_of(tx, user_id):
        store.replace_recovery_codes(tx, user_id, [])


def _code_hash(code: str) -> bytes:
    """Ten letters of 31 are 49 bits: enough behind the waits, so that a fast hash will do."""
    return hash_of("".join(code.lower().replace("-", " ").split()).encode())


# Passkeys


def begin_passkey(tx: Transaction, site: Site, session_id: UUID) -> str:
    """What the browser is to ask for a new passkey of one's own: WebAuthn's creation options as JSON."""
    tx.require("sign-in:write")
    somebody = _oneself(tx)
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Offhook",
        user_id=somebody.id.bytes,
        user_name=somebody.email,
        user_display_name=somebody.name,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=one.credential_id) for one in store.passkey_keys(tx, somebody.id)
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    store.save_challenge(tx, session_id, bytes_to_base64url(options.challenge))
    return options_to_json(options)


def add_passkey(
    tx: Transaction, site: Site, session_id: UUID, challenge: str | None, name: str, credential: dict[str, Json]
) -> list[str]:
    """Keep a new passkey of one's own; returns fresh recovery codes if there are none, told only here.

    Raises `Invalid` when it does not answer the challenge, `Conflict` when it is known already.
    """
    tx.require("sign-in:write")
    somebody = _oneself(tx)
    clean = " ".join(name.split())[:LONGEST_NAME]
    if not clean:
        raise Invalid("'name' must not be empty.", fields=[FieldError("name", "must not be empty")])
    if len(store.passkeys(tx, somebody.id)) >= MOST_PASSKEYS:
        raise Conflict(f"Nobody needs more than {MOST_PASSKEYS} passkeys. Remove one first.")
    store.save_challenge(tx, session_id, None)
    key = _registered(site, challenge, credential)
    if not store.insert_passkey(tx, Passkey(key.id, clean, tx.now, None), somebody.id, key):
        raise Conflict("This passkey is set up already.")
    tx.append(
        Event("user.passkey_added", subject("user", somebody.id), {"passkey_id": str(key.id), "name": clean})
    )
    return _first_recovery_codes(tx, somebody.id)


def remove_passkey(tx: Transaction, passkey_id: UUID, password: str) -> None:
    """Take one of one's own passkeys away. Raises `Forbidden` for a wrong password, `NotFound`."""
    somebody = require_password(tx, password)
    if not store.delete_passkeys(tx, somebody.id, passkey_id):
        raise NotFound("There is no such passkey.")
    _drop_idle_recovery_codes(tx, somebody.id)
    tx.append(Event("user.passkey_removed", subject("user", somebody.id), {"passkey_id": str(passkey_id)}))


def ask_passkey(tx: Transaction, site: Site, session_id: UUID, user_id: UUID) -> str:
    """What the browser is to ask one of the user's passkeys: WebAuthn's request options as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    options = generate_authentication_options(
        rp_id=site.host,
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=one.credential_id) for one in store.passkey_keys(tx, user_id)
        ],
    )
    store.save_challenge(tx, session_id, bytes_to_base64url(options.challenge))
    return options_to_json(options)


def _registered(site: Site, challenge: str | None, credential: dict[str, Json]) -> PasskeyKey:
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    if challenge is None:
        raise Conflict("Begin to set up a passkey first.")
    try:
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError) as error:
        reason = f"does not answer what was asked: {error}"
        raise Invalid(f"The passkey {reason}", fields=[FieldError("credential", reason)]) from error
    return PasskeyKey(new_id(), made.credential_id, made.credential_public_key, made.sign_count)


def _is_passkey(tx: Transaction, user_id: UUID, site: Site, credential: dict[str, Json], challenge: str) -> bool:
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    shown = cast("object", credential.get("rawId"))
    for key in store.passkey_keys(tx, user_id):
        try:
            if not isinstance(shown, str) or base64url_to_bytes(shown) != key.credential_id:
                continue
            signed = verify_authentication_response(
                credential=dict(credential),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
            )
        except (WebAuthnException, ValueError):
            return False
        store.note_passkey_used(tx, key.id, signed.new_sign_count)
        return True
    return False


# All of them


def sign_in_means(tx: Transaction) -> SignInMeans:
    """How one can sign in oneself."""
    tx.require("sign-in:write")
    somebody = _oneself(tx)
    from offhook.identity import store as users

    kept = store.authenticator(tx, somebody.id)
    return SignInMeans(
        has_password=users.password_hash(tx, somebody.email) is not None,
        has_authenticator=kept is not None and kept.confirmed_at is not None,
        passkeys=tuple(store.passkeys(tx, somebody.id)),
        recovery_codes_left=store.recovery_codes_left(tx, somebody.id),
    )


def remove_factors_of(tx: Transaction, user_id: UUID) -> User:
    """Take all second factors of somebody away who lost them; needs `users:write`."""
    tx.require("users:write")
    somebody = user(tx, user_id)
    store.delete_authenticator(tx, user_id)
    store.delete_passkeys(tx, user_id)
    store.replace_recovery_codes(tx, user_id, [])
    tx.append(Event("user.second_factors_removed", subject("user", user_id)))
    return somebody


def _oneself(tx: Transaction) -> User:
    return user(tx, tx.actor.id or tx.organisation_id)
