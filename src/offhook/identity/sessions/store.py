"""The SQL of sessions, second factors and links of entry (0009_sessions.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import kwargs_row

from offhook.identity.sessions.model import Passkey, Purpose, Session
from offhook.kernel.database import Database, Transaction

MOST_ORGANISATIONS = 5
"""In so many an address is looked for a password; comparing one takes some 50 ms."""


@dataclass(frozen=True, slots=True)
class Known:
    """A user in one organisation as signing in needs them."""

    organisation_id: UUID
    organisation: str
    slug: str
    user_id: UUID
    password_hash: str | None


def known_by(database: Database, email: str, slug: str | None) -> list[Known]:
    """Active users with this address, in whichever organisation or in one. Index: app_user_address."""
    with database.across_organisations() as connection, connection.cursor(row_factory=kwargs_row(Known)) as cursor:
        return cursor.execute(
            "SELECT o.organisation_id, o.name AS organisation, o.slug, u.id AS user_id, u.password_hash"
            " FROM app_user u JOIN organisation o USING (organisation_id)"
            " WHERE u.email = %(email)s AND u.is_active AND (%(slug)s::text IS NULL OR o.slug = %(slug)s)"
            " ORDER BY o.created_at LIMIT %(most)s",
            {"email": email, "slug": slug, "most": MOST_ORGANISATIONS},
        ).fetchall()


# Failures


def failures(tx: Transaction, user_id: UUID, since: datetime) -> list[datetime]:
    """When signing in as this user failed since. Index: failed_sign_in_of_user."""
    return tx.scalars(
        datetime,
        "SELECT at FROM failed_sign_in WHERE user_id = %(id)s AND at > %(since)s",
        id=user_id,
        since=since,
    )


def insert_failure(tx: Transaction, user_id: UUID, address: str) -> None:
    """Note that signing in failed."""
    tx.execute(
        "INSERT INTO failed_sign_in (user_id, at, address) VALUES (%(id)s, %(now)s, %(address)s)",
        id=user_id,
        now=tx.now,
        address=address,
    )


def forget_failures(tx: Transaction, user_id: UUID) -> None:
    """They have signed in."""
    tx.execute("DELETE FROM failed_sign_in WHERE user_id = %(id)s", id=user_id)


# Sessions

_SESSION = "SELECT id, user_id, agent, address, created_at, seen_at, expires_at FROM session "


def insert_session(tx: Transaction, session: Session, secret_hash: bytes, *, waits_for_factor: bool) -> None:
    """Add a session."""
    tx.execute(
        "INSERT INTO session (id, user_id, secret_hash, waits_for_factor, agent, address, created_at, seen_at,"
        " expires_at) VALUES (%(id)s, %(user_id)s, %(hash)s, %(waits)s, %(agent)s, %(address)s, %(at)s, %(at)s,"
        " %(expires_at)s)",
        id=session.id,
        user_id=session.user_id,
        hash=secret_hash,
        waits=waits_for_factor,
        agent=session.agent,
        address=session.address,
        at=session.created_at,
        expires_at=session.expires_at,
    )


def sessions_of(tx: Transaction, user_id: UUID, idle_since: datetime) -> list[Session]:
    """The sessions of a user that are not over, the last seen first. Index: session_of_user."""
    return tx.rows(
        Session,
        _SESSION + "WHERE user_id = %(id)s AND expires_at > %(now)s AND ended_at IS NULL AND NOT waits_for_factor"
        " AND seen_at > %(idle)s ORDER BY seen_at DESC, id",
        id=user_id,
        now=tx.now,
        idle=idle_since,
    )


def end_sessions(tx: Transaction, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> int:
    """End sessions of a user: one, all, or all but one; how many that were."""
    return tx.execute(
        "UPDATE session SET ended_at = %(now)s WHERE user_id = %(user_id)s AND ended_at IS NULL"
        " AND expires_at > %(now)s AND (%(only)s::uuid IS NULL OR id = %(only)s)"
        " AND (%(but)s::uuid IS NULL OR id <> %(but)s)",
        user_id=user_id,
        now=tx.now,
        only=only,
        but=but,
    )


def complete_session(tx: Transaction, session_id: UUID, expires_at: datetime) -> None:
    """The second factor was shown."""
    tx.execute(
        "UPDATE session SET waits_for_factor = false, challenge = NULL, expires_at = %(expires_at)s"
        " WHERE id = %(id)s",
        id=session_id,
        expires_at=expires_at,
    )


def save_challenge(tx: Transaction, session_id: UUID, challenge: str | None) -> None:
    """Remember what a passkey is to sign."""
    tx.execute(
        "UPDATE session SET challenge = %(challenge)s WHERE id = %(id)s", id=session_id, challenge=challenge
    )


def note_seen(tx: Transaction, session_id: UUID) -> None:
    """Keep that the session was used; a request that meets another one doing so passes by."""
    tx.execute(
        "UPDATE session SET seen_at = %(now)s WHERE id ="
        " (SELECT id FROM session WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED)",
        id=session_id,
        now=tx.now,
    )


def forget_sessions(tx: Transaction, before: datetime) -> int:
    """Delete sessions, links and failures that were over by then; how many sessions."""
    tx.execute("DELETE FROM entry_link WHERE expires_at < %(before)s", before=before)
    tx.execute("DELETE FROM failed_sign_in WHERE at < %(before)s", before=before)
    return tx.execute("DELETE FROM session WHERE expires_at < %(before)s", before=before)


# Second factors


@dataclass(frozen=True, slots=True)
class Authenticator:
    """One-time passwords of a user: the sealed secret and the last step whose code was used."""

    secret: str
    confirmed_at: datetime | None
    last_step: int


def authenticator(tx: Transaction, user_id: UUID) -> Authenticator | None:
    """The user's authenticator, locked, so that a code is good but once."""
    return tx.first(
        Authenticator,
        "SELECT secret, confirmed_at, last_step FROM authenticator WHERE user_id = %(id)s FOR UPDATE",
        id=user_id,
    )


def save_authenticator(tx: Transaction, user_id: UUID, kept: Authenticator) -> None:
    """Add or change it."""
    tx.execute(
        "INSERT INTO authenticator (user_id, secret, confirmed_at, last_step)"
        " VALUES (%(id)s, %(secret)s, %(confirmed_at)s, %(last_step)s) ON CONFLICT (organisation_id, user_id)"
        " DO UPDATE SET secret = excluded.secret, confirmed_at = excluded.confirmed_at,"
        " last_step = excluded.last_step",
        id=user_id,
        secret=kept.secret,
        confirmed_at=kept.confirmed_at,
        last_step=kept.last_step,
    )


def delete_authenticator(tx: Transaction, user_id: UUID) -> int:
    """Take it away; whether there was one."""
    return tx.execute("DELETE FROM authenticator WHERE user_id = %(id)s", id=user_id)


@dataclass(frozen=True, slots=True)
class PasskeyKey:
    """What checking a passkey's signature needs."""

    id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int


def passkeys(tx: Transaction, user_id: UUID) -> list[Passkey]:
    """The user's passkeys, the oldest first."""
    return tx.rows(
        Passkey,
        "SELECT id, name, created_at, last_used_at FROM passkey WHERE user_id = %(id)s ORDER BY created_at, id",
        id=user_id,
    )


def passkey_keys(tx: Transaction, user_id: UUID) -> list[PasskeyKey]:
    """Their keys, locked."""
    return tx.rows(
        PasskeyKey,
        "SELECT id, credential_id, public_key, sign_count FROM passkey WHERE user_id = %(id)s FOR UPDATE",
        id=user_id,
    )


def insert_passkey(tx: Transaction, passkey: Passkey, user_id: UUID, key: PasskeyKey) -> bool:
    """Add one; False when this credential is known already."""
    return bool(
        tx.execute(
            "INSERT INTO passkey (id, user_id, credential_id, public_key, sign_count, name, created_at)"
            " VALUES (%(id)s, %(user_id)s, %(credential_id)s, %(public_key)s, %(count)s, %(name)s, %(at)s)"
            " ON CONFLICT DO NOTHING",
            id=passkey.id,
            user_id=user_id,
            credential_id=key.credential_id,
            public_key=key.public_key,
            count=key.sign_count,
            name=passkey.name,
            at=passkey.created_at,
        )
    )


def note_passkey_used(tx: Transaction, passkey_id: UUID, sign_count: int) -> None:
    """Keep its counter."""
    tx.execute(
        "UPDATE passkey SET sign_count = %(count)s, last_used_at = %(now)s WHERE id = %(id)s",
        id=passkey_id,
        count=sign_count,
        now=tx.now,
    )


def delete_passkeys(tx: Transaction, user_id: UUID, only: UUID | None = None) -> int:
    """Take one or all away; how many."""
    return tx.execute(
        "DELETE FROM passkey WHERE user_id = %(user_id)s AND (%(only)s::uuid IS NULL OR id = %(only)s)",
        user_id=user_id,
        only=only,
    )


def replace_recovery_codes(tx: Transaction, user_id: UUID, hashes: Sequence[bytes]) -> None:
    """New codes; the old ones are worthless."""
    tx.execute("DELETE FROM recovery_code WHERE user_id = %(id)s", id=user_id)
    tx.execute(
        "INSERT INTO recovery_code (user_id, code_hash) SELECT %(id)s, unnest(%(hashes)s::bytea[])",
        id=user_id,
        hashes=list(hashes),
    )


def use_recovery_code(tx: Transaction, user_id: UUID, code_hash: bytes) -> bool:
    """Whether there is this code; it is gone then."""
    return bool(
        tx.execute(
            "DELETE FROM recovery_code WHERE user_id = %(id)s AND code_hash = %(hash)s", id=user_id, hash=code_hash
        )
    )


def recovery_codes_left(tx: Transaction, user_id: UUID) -> int:
    """How many were not used."""
    return tx.scalar(int, "SELECT count(*) FROM recovery_code WHERE user_id = %(id)s", id=user_id) or 0


# Links of entry


@dataclass(frozen=True, slots=True)
class KeptLink:
    """A link as it is kept."""

    id: UUID
    user_id: UUID
    purpose: Purpose
    secret_hash: bytes
    expires_at: datetime
    used_at: datetime | None


def _link_of(purpose: str, **columns: object) -> KeptLink:
    return KeptLink(purpose=Purpose(purpose), **columns)  # pyright: ignore[reportArgumentType] # columns are the fields


def insert_link(tx: Transaction, link: KeptLink) -> None:
    """Add a link; earlier ones of the user that were not used are worthless from now on."""
    tx.execute(
        "UPDATE entry_link SET used_at = %(now)s WHERE user_id = %(id)s AND used_at IS NULL",
        id=link.user_id,
        now=tx.now,
    )
    tx.execute(
        "INSERT INTO entry_link (id, user_id, purpose, secret_hash, made_at, expires_at)"
        " VALUES (%(id)s, %(user_id)s, %(purpose)s, %(hash)s, %(now)s, %(expires_at)s)",
        id=link.id,
        user_id=link.user_id,
        purpose=link.purpose.value,
        hash=link.secret_hash,
        now=tx.now,
        expires_at=link.expires_at,
    )


def entry_link(tx: Transaction, link_id: UUID) -> KeptLink | None:
    """A link, locked, so that it is good but once."""
    return tx.first(
        _link_of,
        "SELECT id, user_id, purpose, secret_hash, expires_at, used_at FROM entry_link"
        " WHERE id = %(id)s FOR UPDATE",
        id=link_id,
    )


def note_link_used(tx: Transaction, link_id: UUID) -> None:
    """It is good no more."""
    tx.execute("UPDATE entry_link SET used_at = %(now)s WHERE id = %(id)s", id=link_id, now=tx.now)
