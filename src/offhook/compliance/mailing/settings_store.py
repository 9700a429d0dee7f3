"""The SQL of mailing settings (0022_deliverability.sql)."""

from collections.abc import Mapping
from typing import LiteralString

from pydantic import TypeAdapter

from offhook.compliance.mailing.model import MailingSettings
from offhook.kernel.database import Transaction

_SETTINGS = TypeAdapter(MailingSettings)
_NAMES: tuple[LiteralString, ...] = (
    "mails_per_day",
    "ramps_up",
    "spacing_seconds",
    "mails_per_domain_per_hour",
    "opens",
    "closes",
    "days",
    "skips_holidays",
    "holds_manual",
    "tracks_opens",
    "tracks_clicks",
    "has_footer",
    "footer",
    "postal_address",
    "language",
    "dkim_selectors",
)


def settings(tx: Transaction) -> MailingSettings:
    """The organisation's settings; the defaults where none were set. Index: the primary key."""
    found = tx.first(_settings, "SELECT to_jsonb(s) AS row FROM mailing_settings s")
    return found or MailingSettings()


def _settings(row: Mapping[str, object]) -> MailingSettings:
    return _SETTINGS.validate_python({name: row[name] for name in MailingSettings.__slots__})


def save(tx: Transaction, wanted: MailingSettings) -> bool:
    """Keep settings in the place of version `wanted.version` (0: of the defaults); False when that is gone."""
    told: dict[str, object] = {name: getattr(wanted, name) for name in _NAMES}
    columns = told | {"days": sorted(wanted.days), "dkim_selectors": list(wanted.dkim_selectors)}
    return bool(tx.execute(_FIRST if wanted.version == 0 else _NEXT, version=wanted.version, **columns))


_COLUMNS: LiteralString = ", ".join(_NAMES)
_VALUES: LiteralString = ", ".join("%(" + name + ")s" for name in _NAMES)
_SETS: LiteralString = ", ".join(name + " = %(" + name + ")s" for name in _NAMES)
_FIRST: LiteralString = (
    "INSERT INTO mailing_settings (" + _COLUMNS + ", version) VALUES (" + _VALUES + ", %(version)s + 1)"
    " ON CONFLICT DO NOTHING"
)
_NEXT: LiteralString = (
    "UPDATE mailing_settings SET " + _SETS + ", version = version + 1 WHERE version = %(version)s"
)
