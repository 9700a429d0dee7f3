"""The SQL of how people call (0014_trunks.sql)."""

from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.voice.trunks.model import CallerPreference, CallingSettings, OrganisationCalling
from offhook.voice.trunks.store import referring


def _settings(caller_preference: str, **columns: object) -> CallingSettings:
    return CallingSettings(
        caller_preference=CallerPreference(caller_preference),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def settings_row(tx: Transaction, user_id: UUID) -> CallingSettings | None:
    """How a user calls; None when they never said."""
    return tx.first(
        _settings,
        "SELECT user_id, caller_preference, number_id, ring_seconds, version FROM user_calling"
        " WHERE user_id = %(user)s",
        user=user_id,
    )


@referring()
def save_settings(tx: Transaction, wanted: CallingSettings) -> bool:
    """Keep how a user calls, if the present version is still `wanted.version` (0: none); False when it is not."""
    columns: dict[str, object] = {
        "user": wanted.user_id,
        "preference": wanted.caller_preference.value,
        "number": wanted.number_id,
        "seconds": wanted.ring_seconds,
    }
    if wanted.version == 0:
        return bool(
            tx.execute(
                "INSERT INTO user_calling (user_id, caller_preference, number_id, ring_seconds)"
                " VALUES (%(user)s, %(preference)s, %(number)s, %(seconds)s) ON CONFLICT DO NOTHING",
                **columns,
            )
        )
    return bool(
        tx.execute(
            "UPDATE user_calling SET caller_preference = %(preference)s, number_id = %(number)s,"
            " ring_seconds = %(seconds)s, version = version + 1"
            " WHERE user_id = %(user)s AND version = %(version)s",
            **columns,
            version=wanted.version,
        )
    )


def organisation_row(tx: Transaction) -> OrganisationCalling | None:
    """What holds for all; None when nobody said yet."""
    return tx.first(
        OrganisationCalling,
        "SELECT default_number_id, emergency_trunk_id, version FROM organisation_calling",
    )


@referring()
def save_organisation(tx: Transaction, wanted: OrganisationCalling) -> bool:
    """Keep what holds for all, if the present version is still `wanted.version` (0: none); False when not."""
    columns: dict[str, object] = {"number": wanted.default_number_id, "trunk": wanted.emergency_trunk_id}
    if wanted.version == 0:
        return bool(
            tx.execute(
                "INSERT INTO organisation_calling (default_number_id, emergency_trunk_id)"
                " VALUES (%(number)s, %(trunk)s) ON CONFLICT DO NOTHING",
                **columns,
            )
        )
    return bool(
        tx.execute(
            "UPDATE organisation_calling SET default_number_id = %(number)s, emergency_trunk_id = %(trunk)s,"
            " version = version + 1 WHERE version = %(version)s",
            **columns,
            version=wanted.version,
        )
    )
