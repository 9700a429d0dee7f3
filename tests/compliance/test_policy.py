"""The policy: never outside the hours in any zone, all reasons told, `until` the first allowed moment."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.compliance.hours import DAYS_AHEAD, NOT_NARROWED, standing
from offhook.compliance.model import (
    Called,
    CallingSettings,
    CallPurpose,
    Known,
    Listed,
    NumberKind,
    Override,
    Question,
    RecordingConsent,
    RecordingPolicy,
    Verdict,
    Who,
)
from offhook.compliance.numbers import read_destination
from offhook.compliance.policy import judge
from offhook.compliance.rulebook import in_force, rulebook

RULES = rulebook()
NOON = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
"""A Tuesday: 12 o'clock in New York, 18 in Paris."""

NUMBERS = {
    "new york": "+12125551234",
    "miami": "+13055550123",
    "oklahoma": "+14055551234",
    "texas": "+12145551234",
    "utah": "+18015551234",
    "louisiana": "+15045551234",
    "paris": "+33142685300",
    "madrid": "+34915551234",
    "toronto": "+14165551234",
    "sydney": "+61282345678",
    "berlin": "+4930123456",
    "vienna": "+4315123456",
    "london": "+442079460123",
    "mobile": "+447400123456",
    "toll free": "+18005551234",
}
EVERY_COUNTRY = frozenset({"US", "CA", "FR", "ES", "AU", "DE", "AT", "GB"})


def known(place: str, home: str = "US", **more: object) -> Known:
    settings = more.pop("settings", CallingSettings(countries=EVERY_COUNTRY))
    number = NUMBERS.get(place, place)
    zone, destination = "America/New_York", read_destination(number, home)
    return Known(home=home, home_zone=zone, settings=settings, destination=destination, **more)


def asked(place: str, now: datetime = NOON, question: Question | None = None, **more: object) -> Verdict:
    return judge(question or Question(NUMBERS.get(place, place)), known(place, **more), RULES, now)


def codes(verdict: Verdict) -> list[str]:
    return [one.code for one in verdict.refusals]


def local(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 # its way
places = st.sampled_from(sorted(NUMBERS))
minutes = st.integers(0, 60 * 24 * 40)


@given(places, moments)
def test_nobody_is_called_outside_the_hours_of_any_zone_they_may_be_in(place, now):
    facts = known(place)
    verdict = judge(Question(NUMBERS[place]), facts, RULES, now)
    if "hours" not in codes(verdict):
        for zone in facts.destination.zones:
            clock = now.astimezone(ZoneInfo(zone))
            assert time(8) <= clock.time() < time(21, 30), f"{place}: {clock}"
            for rule in in_force(RULES.hours, verdict.regions, now.date()):
                spans = rule.week[clock.weekday()]
                assert any(opens <= clock.time() < closes for opens, closes in spans), f"{rule.id}: {clock}"


@given(places, moments, st.lists(minutes, max_size=12), st.sampled_from([None, time(10)]))
def test_until_is_the_first_allowed_moment(place, now, ago, opens):
    attempts = tuple(sorted((now - timedelta(minutes=one) for one in ago), reverse=True))
    person = Called(has_consented=True)
    settings = CallingSettings(countries=EVERY_COUNTRY, opens=opens)
    facts = known(place, attempts=attempts, person=person, settings=settings)
    verdict = judge(Question(NUMBERS[place]), facts, RULES, now)
    assert verdict.until is not None
    assert verdict.until > now

    def is_allowed(at: datetime) -> bool:
        return judge(Question(NUMBERS[place]), facts, RULES, at).is_allowed

    if verdict.is_allowed:
        assert not is_allowed(verdict.until), "the hours end there"
        assert is_allowed(verdict.until - timedelta(seconds=1))
        return
    assert is_allowed(verdict.until)
    assert not is_allowed(verdict.until - timedelta(seconds=1))
    step = (verdict.until - now) / 40
    assert not any(is_allowed(now + step * n) for n in range(40))


@given(places, moments, st.lists(minutes, max_size=6))
def test_one_more_attempt_never_makes_a_call_allowed(place, now, ago):
    attempts = tuple(sorted((now - timedelta(minutes=one) for one in ago), reverse=True))
    if not asked(place, now, attempts=attempts[1:]).is_allowed:
        assert not asked(place, now, attempts=attempts).is_allowed


@given(st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"})), moments)
def test_hours_change_exactly_when_they_say_in_every_zone_of_the_world(zone, now):
    rules = in_force(RULES.hours, (), now.date())
    held = standing([zone], rules, NOT_NARROWED, now)
    assert held.changes_at
    assert now < held.changes_at <= now + timedelta(hours=25)
    assert standing([zone], rules, NOT_NARROWED, held.changes_at).is_open is not held.is_open
    before = held.changes_at - timedelta(microseconds=1)
    assert standing([zone], rules, NOT_NARROWED, before).is_open is held.is_open
    assert (time(8) <= now.astimezone(ZoneInfo(zone)).time() < time(21)) is held.is_open


@pytest.mark.parametrize(
    ("place", "zone", "moment", "is_open"),
    [
        ("new york", "America/New_York", (2026, 3, 3, 7, 59), False),
        ("new york", "America/New_York", (2026, 3, 3, 8, 0), True),
        ("new york", "America/New_York", (2026, 3, 3, 20, 59), True),
        ("new york", "America/New_York", (2026, 3, 3, 21, 0), False),
        ("new york", "America/New_York", (2026, 3, 8, 8, 0), True),  # clocks went forward at 2
        ("new york", "America/New_York", (2026, 11, 1, 7, 59), False),  # and back
        ("miami", "America/New_York", (2026, 3, 3, 20, 0), False),
        ("oklahoma", "America/Chicago", (2026, 3, 3, 20, 0), False),
        ("texas", "America/Chicago", (2026, 3, 8, 11, 59), False),
        ("texas", "America/Chicago", (2026, 3, 8, 12, 0), True),
        ("utah", "America/Denver", (2026, 7, 24, 12, 0), False),  # Pioneer Day
        ("louisiana", "America/Chicago", (2026, 2, 17, 12, 0), False),  # Mardi Gras
        ("paris", "Europe/Paris", (2026, 3, 3, 13, 30), False),
        ("paris", "Europe/Paris", (2026, 3, 3, 14, 0), True),
        ("paris", "Europe/Paris", (2026, 7, 14, 11, 0), False),
        ("paris", "Europe/Paris", (2026, 3, 7, 11, 0), False),
        ("toronto", "America/Toronto", (2026, 3, 3, 21, 15), True),
        ("toronto", "America/Toronto", (2026, 3, 7, 18, 0), False),
        ("sydney", "Australia/Sydney", (2026, 3, 1, 12, 0), False),
        ("sydney", "Australia/Sydney", (2026, 3, 7, 16, 59), True),
        ("madrid", "Europe/Madrid", (2026, 1, 6, 12, 0), False),
    ],
)
def test_the_hours_are_those_of_the_law(place, zone, moment, is_open):
    verdict = asked(place, local(zone, *moment), person=Called(has_consented=True))
    assert verdict.is_allowed is is_open, verdict.refusals


def test_every_reason_is_told_with_its_source():
    midnight = local("America/New_York", 2026, 3, 3, 23, 30)
    listed = Listed("National registry", NOON, "scrub of March")
    attempts = tuple(midnight - timedelta(hours=hour) for hour in (1, 2, 3))
    verdict = asked("miami", midnight, listed=(listed,), attempts=attempts, person=Called(does_not_call=True))
    assert codes(verdict) == ["do-not-call", "do-not-call", "hours", "hours", "attempts", "attempts"]
    assert verdict.until is None, "waiting does not help"
    assert all(one.source and one.why.endswith(".") for one in verdict.refusals)
    assert "Fla. Stat. 501.616(6)" in {one.source for one in verdict.refusals}


def test_an_own_zone_on_record_counts_before_the_numbers():
    at = local("Europe/London", 2026, 3, 3, 9, 0)
    moved = Called(time_zone="Europe/London")
    assert not asked("new york", at).is_allowed
    assert asked("new york", at, person=moved).is_allowed


def test_the_state_on_record_holds_beside_the_area_code():
    at = local("America/New_York", 2026, 3, 3, 20, 30)
    assert asked("new york", at).is_allowed
    assert codes(asked("new york", at, person=Called(country="US", region="FL"))) == ["hours"]


def test_firms_are_spared_consumers_hours_only_where_the_organisation_says_so():
    at = local("Europe/Paris", 2026, 3, 3, 9, 0)
    firm = Called(is_business=True)
    by_law = CallingSettings(countries=EVERY_COUNTRY, businesses_as_consumers=False)
    assert codes(asked("paris", at, person=firm)) == ["hours"]
    assert asked("paris", at, person=firm, settings=by_law).is_allowed
    assert codes(asked("paris", at, settings=by_law)) == ["hours"], "nobody says that it is a firm"
    night = local("Europe/Paris", 2026, 3, 3, 22, 0)
    assert codes(asked("paris", night, person=firm, settings=by_law)) == ["hours"], "courtesy holds for all"


def test_consumers_in_germany_must_have_agreed_and_firms_in_austria_too():
    firm, private = Called(is_business=True), Called()
    assert asked("berlin", person=firm).is_allowed
    assert codes(asked("berlin", person=private)) == ["consent"]
    assert asked("berlin", person=replace(private, has_consented=True)).is_allowed
    assert codes(asked("vienna", person=firm)) == ["consent"]
    assert asked("berlin").is_allowed, "who is unknown counts as a firm unless the organisation says otherwise"
    careful = CallingSettings(countries=EVERY_COUNTRY, unknown_are_businesses=False)
    assert codes(asked("berlin", settings=careful)) == ["consent"]


def test_a_rule_holds_from_its_date_on():
    day = local("Europe/Paris", 2026, 8, 10, 11, 0)
    assert asked("paris", day, person=Called()).is_allowed
    assert codes(asked("paris", day + timedelta(days=1), person=Called())) == ["consent"]


def test_an_override_lifts_hours_and_caps_and_nothing_else():
    night = local("America/New_York", 2026, 3, 3, 22, 0)
    question = Question(NUMBERS["new york"], override=Override("asked for 22:00"))
    attempts = tuple(night - timedelta(hours=hour) for hour in (1, 2, 3))
    lifted = asked("new york", night, question, attempts=attempts)
    assert lifted.is_allowed
    assert [one.code for one in lifted.lifted] == ["hours", "attempts"]
    assert codes(asked("new york", night, question, person=Called(does_not_call=True))) == ["do-not-call"]
    assert codes(asked("paris", night, question, settings=CallingSettings())) == ["country"]
    assert "emergency" in codes(asked("911", night, replace(question, number="911")))


def test_a_call_that_is_owed_is_not_held_to_hours_and_caps():
    night = local("America/New_York", 2026, 3, 3, 22, 0)
    owed = Question(NUMBERS["new york"], CallPurpose.SERVICE)
    assert asked("new york", night, owed).is_allowed
    assert codes(asked("new york", night, owed, person=Called(does_not_call=True))) == ["do-not-call"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("911", NumberKind.EMERGENCY),
        ("112", NumberKind.EMERGENCY),
        ("+1 911", NumberKind.EMERGENCY),
        ("+19005551234", NumberKind.PREMIUM),
        ("+448712345678", NumberKind.PREMIUM),
        ("+49180512345", NumberKind.SHARED_COST),
        ("+881612345678", NumberKind.SATELLITE),
        ("+870773123456", NumberKind.SATELLITE),
        ("+979123456789", NumberKind.PREMIUM),
        ("+883510001234", NumberKind.SATELLITE),
        ("12345", NumberKind.SHORT),
        ("+1999", NumberKind.SHORT),
        ("hello", NumberKind.UNKNOWN),
        ("(212) 555-1234", NumberKind.ORDINARY),
        ("+18005551234", NumberKind.TOLL_FREE),
    ],
)
def test_numbers_are_known_by_kind(number, kind):
    destination = read_destination(number, "US")
    assert destination.kind is kind
    if kind not in {NumberKind.ORDINARY, NumberKind.TOLL_FREE}:
        assert not asked(number).is_allowed


def test_every_area_code_of_the_united_states_tells_its_state():
    import phonenumbers

    unknown = set()
    for area in range(201, 990):
        number = f"+1{area}2345678"
        parsed = phonenumbers.parse(number)
        is_ours = phonenumbers.region_code_for_number(parsed) == "US"
        is_of_a_place = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE
        if is_ours and is_of_a_place and read_destination(number, "US").state is None:
            unknown.add(area)
    assert unknown == set()


def test_other_countries_are_refused_until_they_are_allowed():
    plain = CallingSettings()
    assert codes(asked("london", settings=plain)) == ["country"]
    assert asked("london", settings=CallingSettings(countries=frozenset({"GB"}))).is_allowed
    assert asked("london", home="GB", settings=plain).is_allowed
    assert asked("+18765551234").refusals[0].code == "country", "Jamaica shares +1"


def test_fraud_meets_limits():
    just_now = NOON - timedelta(seconds=30)
    settings = CallingSettings(
        countries=EVERY_COUNTRY,
        calls_per_minute_of_user=2,
        calls_per_minute=3,
        abroad_calls_per_day=2,
        abroad_minutes_per_day=10,
    )
    verdict = asked("new york", by_user=(just_now,) * 2, by_all=(just_now,) * 3, settings=settings)
    assert codes(verdict) == ["rate", "rate"]
    assert verdict.until == just_now + timedelta(minutes=1)
    abroad = asked("london", abroad=(just_now,) * 2, abroad_seconds=600, settings=settings)
    assert codes(abroad) == ["abroad", "abroad"]
    assert asked("new york", abroad=(just_now,) * 2, abroad_seconds=600, settings=settings).is_allowed


def test_recording_follows_the_strictest_place():
    def needs(place: str, home: str = "US", **settings: object) -> RecordingConsent:
        return asked(place, home=home, settings=CallingSettings(**settings)).recording

    assert needs("new york") is RecordingConsent.ONE_PARTY
    assert needs("miami") is RecordingConsent.ANNOUNCE
    assert needs("new york", own_regions=frozenset({"US", "US-CA"})) is RecordingConsent.ANNOUNCE
    assert needs("new york", home="DE") is RecordingConsent.ANNOUNCE
    assert needs("berlin") is RecordingConsent.ANNOUNCE
    assert needs("new york", recording=RecordingPolicy.NEVER) is RecordingConsent.FORBIDDEN
    told = asked("miami", settings=CallingSettings(announcement="We record."))
    assert told.announcement == "We record."
    assert asked("new york").announcement == ""


def test_the_organisation_can_narrow_hours_and_never_widen_them():
    own = CallingSettings(opens=time(7), closes=time(17), days=frozenset(range(5)))
    assert codes(asked("new york", local("America/New_York", 2026, 3, 3, 7, 30), settings=own)) == ["hours"]
    assert codes(asked("new york", local("America/New_York", 2026, 3, 3, 17, 0), settings=own)) == ["hours"]
    assert codes(asked("new york", local("America/New_York", 2026, 3, 7, 12, 0), settings=own)) == ["hours"]
    assert asked("new york", local("America/New_York", 2026, 3, 3, 16, 59), settings=own).is_allowed


def test_every_rule_is_well_made():
    every = (*RULES.hours, *RULES.caps, *RULES.consent, *RULES.recording)
    assert len({(rule.id, rule.region) for rule in every}) == len(every)
    assert all(rule.source and rule.title for rule in every)
    assert all(any(rule.week) for rule in RULES.hours)
    assert {rule.who for rule in every} == set(Who)
    assert DAYS_AHEAD > 7
