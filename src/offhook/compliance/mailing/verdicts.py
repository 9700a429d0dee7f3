"""The one way to leave to send a mail: asked at the moment of sending, of whom it goes to and of what was sent.

What was true when a mail was written may not be true any more. Every answer is kept but the mere rhythm of a
mailbox, which says nothing of the mail.
"""

from datetime import datetime
from uuid import UUID

from offhook.compliance.mailing import facts, settings_store, store
from offhook.compliance.mailing.model import (
    MailAsked,
    MailingSettings,
    MailPermit,
    MailVerdict,
    Reader,
    RecordedMail,
    Tracking,
)
from offhook.compliance.mailing.pacing import Sending
from offhook.compliance.mailing.policy import judge_sending
from offhook.compliance.mailing.rulebook import mail_rules
from offhook.compliance.mailing.service import known_of
from offhook.compliance.mailing.tracking import may_track
from offhook.compliance.mailing.words import footer_of
from offhook.compliance.service import place_of
from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.kernel.paging import Page, page_of, read_cursor

NOT_TRACKED = Tracking(opens=False, clicks=False)


def permit_sending(tx: Transaction, asked: MailAsked) -> MailPermit | MailVerdict:
    """Leave to send this mail now, or the verdict that says why not, and not before when; both are kept.

    Ask in a short transaction, together with what makes the mail yours to send: until it ends no other mail of
    the organisation is decided, so that limits hold whoever runs beside. Leave counts from then on, whatever
    becomes of the mail; asked again for the same mail it counts once. Raises `NotFound` for a person who is gone.
    """
    facts.lock(tx)
    settings = settings_store.settings(tx)
    reader = facts.reader_of(tx, asked.person_id)
    sending = Sending(
        asked.is_automatic,
        facts.domain_of(asked.address),
        reader,
        facts.traffic_of(tx, asked, settings),
        asked.is_transactional,
    )
    known = known_of(tx, asked.person_id, asked.address)
    verdict = judge_sending(known, sending, settings, mail_rules().ramp, tx.now)
    identifier = new_id()
    if {one.code for one in verdict.waits} != {"spacing"}:
        store.insert_verdict(tx, asked, verdict, identifier)
    return _permit(tx.now, asked, settings, reader, identifier) if verdict.is_allowed else verdict


def _permit(
    now: datetime, asked: MailAsked, settings: MailingSettings, reader: Reader, identifier: UUID
) -> MailPermit:
    seen = NOT_TRACKED if asked.is_transactional else _tracking(settings, reader, now)
    has_footer = asked.is_automatic and settings.has_footer
    return MailPermit(
        id=identifier,
        mail_id=asked.mail_id,
        address=asked.address,
        given_at=now,
        tracks_opens=seen.opens,
        tracks_clicks=seen.clicks,
        has_way_out=asked.is_automatic,
        footer=footer_of(asked.language, settings.footer, settings.postal_address) if has_footer else None,
    )


def tracking(tx: Transaction, person_id: UUID) -> Tracking:
    """What may be noted now of a mail to a person: asks for no permission."""
    settings = settings_store.settings(tx)
    if not (settings.tracks_opens or settings.tracks_clicks):
        return NOT_TRACKED
    return _tracking(settings, facts.reader_of(tx, person_id), tx.now)


def _tracking(settings: MailingSettings, reader: Reader, now: datetime) -> Tracking:
    is_lawful = may_track(reader, mail_rules().tracking, now.date())
    return Tracking(is_lawful and settings.tracks_opens, is_lawful and settings.tracks_clicks)


def mail_verdicts(
    tx: Transaction, *, person_id: UUID | None = None, cursor: str | None, limit: int
) -> Page[RecordedMail]:
    """What was answered to mails about to be sent, the newest first."""
    tx.require("compliance:read")
    key = read_cursor(cursor, 2)
    rows = store.verdicts_page(tx, person_id, place_of(key) if key else None, limit + 1)
    return page_of(rows, limit, lambda row: (row.at.isoformat(), str(row.id)))
