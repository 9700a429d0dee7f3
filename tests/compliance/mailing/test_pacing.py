"""When a mail may go: hours where its reader is, limits of mailbox and domain, the space between two."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.compliance.mailing.facts import jitter_of
from offhook.compliance.mailing.model import (
    MailingSettings,
    MailKnown,
    Reader,
    Suppressed,
    SuppressedBecause,
    TrackingNeeds,
    Traffic,
)
from offhook.compliance.mailing.pacing import DAY, HOUR, Sending, step_of
from offhook.compliance.mailing.policy import judge_mail, judge_sending
from offhook.compliance.mailing.rulebook import every_mail_rule, mail_rules
from offhook.compliance.mailing.tracking import may_track
from offhook.compliance.mailing.words import WORDS, footer_of, language_of
from offhook.kernel.ids import new_id

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)  # a Wednesday
NO_RAMP = MailingSettings(ramps_up=False)
BERLIN = Reader(("DE",), "Europe/Berlin")
SOMEBODY = MailKnown("ada@engines.example", False, None)

seconds = st.integers(0, 30 * 3600)
moments = st.lists(seconds, max_size=60).map(
    lambda ages: tuple(sorted((NOW - timedelta(seconds=age) for age in ages), reverse=True))
)
settings = st.builds(
    MailingSettings,
    mails_per_day=st.integers(1, 40),
    ramps_up=st.booleans(),
    spacing_seconds=st.integers(0, 600),
    mails_per_domain_per_hour=st.integers(1, 20),
    opens=st.just(time(8)),
    closes=st.sampled_from([time(9), time(18)]),
    days=st.sets(st.integers(0, 6), min_size=1).map(frozenset),
    skips_holidays=st.booleans(),
    holds_manual=st.booleans(),
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland"])


def sending(traffic: Traffic = Traffic(), reader: Reader = BERLIN, *, is_automatic: bool = True) -> Sending:  # noqa: B008 # a constant
    """A mail about to be sent."""
    return Sending(is_automatic, "engines.example", reader, traffic)


def judged(asked: Sending, wanted: MailingSettings = NO_RAMP, now: datetime = NOW) -> list[str]:
    """The codes of what it waits for."""
    return [one.code for one in judge_sending(SOMEBODY, asked, wanted, mail_rules().ramp, now).waits]


@given(
    wanted=settings,
    traffic=st.builds(
        Traffic,
        of_mailbox=moments,
        to_domain=moments,
        began_at=st.none() | seconds.map(lambda age: NOW - 40 * timedelta(seconds=age)),
        jitter=st.floats(0, 1),
    ),
    zone=zones,
    is_automatic=st.booleans(),
)
def test_what_waits_may_go_at_the_time_that_is_told_and_not_a_moment_before(
    wanted: MailingSettings, traffic: Traffic, zone: str, is_automatic: bool
) -> None:
    asked = sending(traffic, Reader(("DE",), zone), is_automatic=is_automatic)
    verdict = judge_sending(SOMEBODY, asked, wanted, mail_rules().ramp, NOW)

    assert verdict.is_allowed == (verdict.not_before is None)
    assert all(one.why and one.source and one.until for one in verdict.waits)
    if verdict.not_before is None:
        return
    assert verdict.not_before > NOW
    later = judge_sending(SOMEBODY, asked, wanted, mail_rules().ramp, verdict.not_before)
    assert {one.code for one in later.waits} <= {"daily-limit"}, "only a limit that grows may ask once more"
    before = verdict.not_before - timedelta(seconds=1)
    if before >= NOW:
        assert not judge_sending(SOMEBODY, asked, wanted, mail_rules().ramp, before).is_allowed


@given(wanted=settings, jitters=st.lists(st.floats(0, 1), min_size=1, max_size=30), zone=zones)
def test_whatever_is_tried_a_mailbox_keeps_its_limits_its_space_and_the_hours(
    wanted: MailingSettings, jitters: list[float], zone: str
) -> None:
    sent: list[datetime] = []
    now = NOW
    for jitter in jitters:
        traffic = Traffic(
            of_mailbox=tuple(one for one in reversed(sent) if one > now - DAY),
            to_domain=tuple(one for one in reversed(sent) if one > now - HOUR),
            began_at=sent[0] if sent else None,
            jitter=jitter,
        )
        asked = sending(traffic, Reader(("DE",), zone))
        verdict = judge_sending(SOMEBODY, asked, wanted, mail_rules().ramp, now)
        if verdict.not_before is not None:
            now = verdict.not_before
        else:
            sent.append(now)

    for one in sent:
        assert sum(one - DAY < other <= one for other in sent) <= wanted.mails_per_day
        assert sum(one - HOUR < other <= one for other in sent) <= wanted.mails_per_domain_per_hour
        local = one.astimezone(ZoneInfo(zone))
        assert local.weekday() in wanted.days
        assert wanted.opens <= local.time() < wanted.closes
    for earlier, later in pairwise(sent):
        assert later - earlier >= timedelta(seconds=wanted.spacing_seconds)


def test_automatic_mails_go_in_business_hours_where_their_reader_is() -> None:
    in_california = Reader(("US", "US-CA"), "America/Los_Angeles")
    verdict = judge_sending(SOMEBODY, sending(reader=in_california), NO_RAMP, (), NOW)

    assert [one.code for one in verdict.waits] == ["hours"]
    assert "Wed 02:00 where they are" in verdict.told
    assert verdict.not_before == datetime(2026, 3, 4, 16, tzinfo=UTC)
    assert judged(sending(reader=in_california, is_automatic=False)) == []
    assert judged(sending(reader=in_california, is_automatic=False), replace(NO_RAMP, holds_manual=True)) == [
        "hours"
    ]


def test_a_public_holiday_of_the_country_is_no_business_day() -> None:
    unity_day = datetime(2025, 10, 3, 10, tzinfo=UTC)  # a Friday

    assert judged(sending(), now=unity_day) == ["hours"]
    assert judged(sending(reader=Reader(("FR",), "Europe/Paris")), now=unity_day) == []
    assert judged(sending(), replace(NO_RAMP, skips_holidays=False), unity_day) == []


def test_a_new_mailbox_begins_small_and_grows() -> None:
    ramp = mail_rules().ramp
    days = {day: step_of(NOW - timedelta(days=day), ramp, NOW) for day in range(40)}
    sizes = [days[day].mails or 10_000 for day in days if days[day]]

    assert sizes == sorted(sizes), "it never shrinks"
    assert step_of(None, ramp, NOW) == ramp[0]
    first_day = Traffic(
        of_mailbox=tuple(NOW - timedelta(minutes=5 * n + 5) for n in range(20)), began_at=NOW - HOUR * 2
    )
    assert judged(sending(first_day), MailingSettings()) == ["daily-limit"]
    assert judged(sending(first_day, is_automatic=False), MailingSettings(spacing_seconds=0)) == []
    assert judged(sending(replace(first_day, began_at=NOW - 30 * DAY)), MailingSettings()) == []


def test_a_limit_that_grows_meanwhile_frees_the_mailbox_then() -> None:
    began = NOW - timedelta(days=2, hours=20)
    sent = tuple(NOW - timedelta(minutes=10 * n + 5) for n in range(20))
    verdict = judge_sending(SOMEBODY, sending(Traffic(sent, (), began)), MailingSettings(), mail_rules().ramp, NOW)

    assert verdict.not_before == began + timedelta(days=3)


@pytest.mark.parametrize(("count", "waits"), [(29, []), (30, ["domain"])])
def test_one_firm_gets_so_many_automatic_mails_in_an_hour(count: int, waits: list[str]) -> None:
    traffic = Traffic(to_domain=tuple(NOW - timedelta(minutes=1, seconds=n) for n in range(count)))

    assert judged(sending(traffic)) == waits
    assert judged(sending(traffic, is_automatic=False)) == []


def test_who_is_not_to_be_mailed_at_all_is_told_nothing_of_waiting() -> None:
    listed = Suppressed("ada@engines.example", SuppressedBecause.UNSUBSCRIBED, "by a mail", NOW, "mail", 1)
    sunday = NOW - timedelta(days=3)
    verdict = judge_sending(MailKnown("ada@engines.example", False, listed), sending(), NO_RAMP, (), sunday)

    assert [one.code for one in verdict.refusals] == ["suppressed"]
    assert (verdict.waits, verdict.not_before) == ((), None)


def test_the_chance_in_the_spacing_is_the_same_however_often_it_is_asked_and_spread_out() -> None:
    mailbox, mails = new_id(), [new_id() for _ in range(400)]
    drawn = [jitter_of(mailbox, mail) for mail in mails]

    assert drawn == [jitter_of(mailbox, mail) for mail in mails]
    assert all(0 <= one < 1 for one in drawn)
    assert 0.35 < sum(drawn) / len(drawn) < 0.65
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize(
    ("regions", "consented", "tracked"),
    [
        (("US",), False, True),
        (("US", "US-CA"), False, False),
        (("US", "US-CA"), True, True),
        (("DE",), False, False),
        (("DE",), True, True),
        (("GB",), False, False),
        (("XX",), True, False),
        ((), True, False),
    ],
)
def test_a_mail_is_tracked_only_where_a_rule_lets_it_be(
    regions: tuple[str, ...], consented: bool, tracked: bool
) -> None:
    reader = Reader(regions, "UTC", has_consented=consented)

    assert may_track(reader, mail_rules().tracking, NOW.date()) is tracked


def test_no_rule_of_a_region_is_ever_loosened_by_another_of_its_state() -> None:
    for rule in mail_rules().tracking:
        if rule.needs is not TrackingNeeds.NOTHING:
            country = rule.region.partition("-")[0]
            assert not may_track(Reader((country, rule.region), "UTC"), mail_rules().tracking, NOW.date())


def test_every_rule_tells_where_it_comes_from() -> None:
    assert all(rule.title and rule.source and rule.since for rule in every_mail_rule())


def test_a_footer_has_the_mails_language_the_organisations_words_and_its_address() -> None:
    assert language_of(None, "es-MX", "de") == "es"
    assert language_of("xx", None, "de") == "de"
    assert language_of("xx", None) == "en"
    assert footer_of("es", "", "") == WORDS["es"].footer
    assert footer_of("es", " Nuestras palabras. ", "Acme, Calle 1") == "Nuestras palabras.\nAcme, Calle 1"


@given(wanted=settings, traffic=st.builds(Traffic, of_mailbox=moments, to_domain=moments), zone=zones)
def test_an_invitation_waits_for_no_hours_and_no_limits(
    wanted: MailingSettings, traffic: Traffic, zone: str
) -> None:
    asked = replace(sending(traffic, Reader(("DE",), zone), is_automatic=False), is_transactional=True)

    assert judge_sending(SOMEBODY, asked, wanted, mail_rules().ramp, NOW).is_allowed


@pytest.mark.parametrize(
    ("because", "is_sent"),
    [
        (SuppressedBecause.UNSUBSCRIBED, True),
        (SuppressedBecause.BOUNCED, False),
        (SuppressedBecause.COMPLAINED, False),
        (SuppressedBecause.BY_HAND, False),
    ],
)
def test_an_invitation_goes_to_who_objected_to_selling_and_to_no_address_that_is_gone(
    because: SuppressedBecause, is_sent: bool
) -> None:
    listed = Suppressed("ada@engines.example", because, "told", NOW, "user:1", 1)
    known = MailKnown("ada@engines.example", does_not_email=is_sent, suppressed=listed)

    assert judge_mail(known, is_transactional=True).is_allowed is is_sent
    assert not judge_mail(known).is_allowed
