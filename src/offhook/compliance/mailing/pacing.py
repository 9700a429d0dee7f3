"""When a mail may go: pure functions of the settings, of what was sent, and of the time.

Automatic mails go in the organisation's hours on the receiver's clock, not too many to one domain in an hour, not
too many from one mailbox in 24 hours (fewer while it is new), and with a space between them. Mails by hand are
held to the mailbox's limit alone, and to the hours where the organisation says so: a person who writes and sends
now has a reason to. What is transactional waits for nothing (`judge_sending`): an invitation that comes after the
meeting is none. It counts in the limits of those that follow. Spans slide; there is no midnight at which all
begins anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from offhook.compliance.hours import NOT_NARROWED, first_open, standing
from offhook.compliance.mailing.model import MailingSettings, RampRule, Reader, Traffic
from offhook.compliance.model import Confidence, HoursRule, Refusal, Who
from offhook.compliance.policy import DAY, frees_at

HOUR = timedelta(hours=1)
OURS = "Your organisation's mailing rules"
JITTER = 0.5
"""The space between two mails is up to half as long again as is set."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One mail that is about to be sent, with all that its time depends on."""

    is_automatic: bool
    domain: str
    reader: Reader
    traffic: Traffic
    is_transactional: bool = False


def waits_of(
    sending: Sending, settings: MailingSettings, ramp: tuple[RampRule, ...], now: datetime
) -> tuple[Refusal, ...]:
    """Everything that the mail has to wait for, each with until when."""
    found = [*_hours(sending, settings, now), *_daily_limit(sending, settings, ramp, now)]
    if sending.is_automatic:
        found += [*_domain(sending, settings, now), *_spacing(sending, settings, now)]
    return tuple(found)


def not_before(sending: Sending, settings: MailingSettings, waits: Iterable[Refusal], now: datetime) -> datetime:
    """The first moment at which none of these is left: what frees itself last, then the hours that follow."""
    freed = [one.until for one in waits if one.until and one.code != "hours"]
    latest = max([now, *freed])
    if not _is_held_to_hours(sending, settings):
        return latest
    return first_open([sending.reader.time_zone], _window(sending, settings), NOT_NARROWED, latest) or latest + DAY


def _is_held_to_hours(sending: Sending, settings: MailingSettings) -> bool:
    return sending.is_automatic or settings.holds_manual


def _hours(sending: Sending, settings: MailingSettings, now: datetime) -> Iterable[Refusal]:
    if not _is_held_to_hours(sending, settings):
        return
    zone = sending.reader.time_zone
    there = standing([zone], _window(sending, settings), NOT_NARROWED, now)
    if not there.is_open:
        clock = now.astimezone(ZoneInfo(zone))
        why = f"It is {clock:%a %H:%M} where they are; mails go in your mailing hours there."
        yield Refusal("hours", why, OURS, until=there.changes_at or now + DAY)


def _window(sending: Sending, settings: MailingSettings) -> tuple[HoursRule, ...]:
    country = next((region for region in sending.reader.regions if "-" not in region), "")
    return (_rule_of(settings.opens, settings.closes, settings.days, country, settings.skips_holidays),)


@lru_cache(maxsize=1024)
def _rule_of(opens: time, closes: time, days: frozenset[int], region: str, holidays: bool) -> HoursRule:
    """The organisation's hours as a rule of the country whose holidays count; one object for the same hours."""
    week = tuple(((opens, closes),) if day in days else () for day in range(7))
    return HoursRule(
        id="own-mailing-hours",
        region=region,
        who=Who.ALL,
        title="Mailing hours",
        source=OURS,
        url="",
        since=date.min,
        confidence=Confidence.HIGH,
        week=week,
        holidays=holidays and region != "",
    )


def _daily_limit(
    sending: Sending, settings: MailingSettings, ramp: tuple[RampRule, ...], now: datetime
) -> Iterable[Refusal]:
    sent = sending.traffic.of_mailbox
    if until := frees_at(sent, settings.mails_per_day, DAY, now):
        why = f"This mailbox sent {settings.mails_per_day} mails within 24 hours, the most that is allowed."
        yield Refusal("daily-limit", why, OURS, until=until)
    elif sending.is_automatic and settings.ramps_up:
        yield from _ramp(sending.traffic, settings, ramp, now)


def _ramp(
    traffic: Traffic, settings: MailingSettings, ramp: tuple[RampRule, ...], now: datetime
) -> Iterable[Refusal]:
    step = step_of(traffic.began_at, ramp, now)
    if step is None or step.mails is None or step.mails >= settings.mails_per_day:
        return
    until = frees_at(traffic.of_mailbox, step.mails, DAY, now)
    if until is None:
        return
    grows_at = _grows_at(traffic.began_at, ramp, now)
    why = f"This mailbox is new and sent {step.mails} mails within 24 hours: it begins small and grows."
    yield Refusal("daily-limit", why, step.source, step.url, min(until, grows_at or until), rule=step.id)


def step_of(began_at: datetime | None, ramp: tuple[RampRule, ...], now: datetime) -> RampRule | None:
    """On which step a mailbox stands that sent its first mail then (None: not yet)."""
    age = now - began_at if began_at else timedelta(0)
    return max((rule for rule in ramp if rule.from_day <= age.days), key=lambda rule: rule.from_day, default=None)


def _grows_at(began_at: datetime | None, ramp: tuple[RampRule, ...], now: datetime) -> datetime | None:
    if began_at is None:
        return None
    steps = (began_at + timedelta(days=rule.from_day) for rule in ramp)
    return min((moment for moment in steps if moment > now), default=None)


def _domain(sending: Sending, settings: MailingSettings, now: datetime) -> Iterable[Refusal]:
    most = settings.mails_per_domain_per_hour
    if until := frees_at(sending.traffic.to_domain, most, HOUR, now):
        why = f"{most} mails went to {sending.domain} within an hour, the most that your organisation sends."
        yield Refusal("domain", why, OURS, until=until)


def _spacing(sending: Sending, settings: MailingSettings, now: datetime) -> Iterable[Refusal]:
    last = next(iter(sending.traffic.of_mailbox), None)
    if last is None:
        return
    space = timedelta(seconds=settings.spacing_seconds * (1 + JITTER * sending.traffic.jitter))
    if last + space > now:
        why = f"This mailbox sent a mail a moment ago; at least {settings.spacing_seconds} s lie between two."
        yield Refusal("spacing", why, OURS, until=last + space)
