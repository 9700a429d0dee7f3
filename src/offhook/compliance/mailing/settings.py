"""The use cases of mailing settings: look at an organisation's own limits and wishes, set them."""

from dataclasses import replace
from datetime import time

from offhook.compliance.mailing import settings_store
from offhook.compliance.mailing.checking import check_mailing
from offhook.compliance.mailing.model import MailingSettings
from offhook.kernel.database import Transaction
from offhook.kernel.errors import StaleVersion
from offhook.kernel.events import Event, Json, subject


def mailing_settings(tx: Transaction) -> MailingSettings:
    """The organisation's own limits and wishes for mail."""
    tx.require("compliance:read")
    return settings_store.settings(tx)


def mail_language(tx: Transaction) -> str:
    """The language of footers to people of whom we know none: asks for no permission."""
    return settings_store.settings(tx).language


def set_mailing_settings(tx: Transaction, wanted: MailingSettings) -> MailingSettings:
    """Set all of them; `wanted.version` is the version they replace.

    Appends `compliance.mailing_changed`. Raises `Invalid` naming the field, `StaleVersion`.
    """
    tx.require("settings:write")
    check_mailing(wanted)
    before = settings_store.settings(tx)
    if not settings_store.save(tx, wanted):
        raise StaleVersion("The mailing rules were changed since you read them. Read them again.")
    after = replace(wanted, version=wanted.version + 1)
    changes: dict[str, Json] = {
        name: [_plain(getattr(before, name)), _plain(getattr(after, name))]
        for name in MailingSettings.__slots__
        if name != "version" and getattr(before, name) != getattr(after, name)
    }
    about = subject("organisation", tx.organisation_id)
    tx.append(Event("compliance.mailing_changed", about, {"changes": changes}))
    return after


def _plain(value: bool | int | str | time | frozenset[int] | tuple[str, ...]) -> Json:
    if isinstance(value, frozenset | tuple):
        return [*sorted(value)]
    return value.isoformat("minutes") if isinstance(value, time) else value
