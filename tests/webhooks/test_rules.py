"""The decisions of webhooks: kinds, pauses, verdicts, addresses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.errors import Invalid
from offhook.webhooks.model import Answer, DeliveryState
from offhook.webhooks.rules import (
    JITTER,
    MOST_ATTEMPTS,
    PAUSES,
    checked_kinds,
    checked_url,
    is_wanted,
    judge,
    pause_after,
    refusal_of,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
chances = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("kinds", "kind", "wanted"),
    [
        (("*",), "lead.assigned", True),
        (("lead.*",), "lead.assigned", True),
        (("lead.assigned",), "lead.assigned", True),
        (("lead.assigned",), "lead.accepted", False),
        (("lead.*",), "leader.assigned", False),
        (("person.*", "lead.accepted"), "lead.accepted", True),
    ],
)
def test_an_endpoint_is_told_of_the_kinds_it_wants(kinds: tuple[str, ...], kind: str, wanted: bool) -> None:
    assert is_wanted(kinds, kind) is wanted


@given(chances)
def test_ten_attempts_spread_over_three_days(chance: float) -> None:
    pauses = [pause_after(attempts, chance) for attempts in range(1, MOST_ATTEMPTS)]
    assert None not in pauses
    total = sum((pause for pause in pauses if pause), timedelta())
    assert timedelta(days=3) < total < timedelta(days=4)
    assert pauses == sorted(pauses, key=lambda pause: pause or timedelta())
    assert pause_after(MOST_ATTEMPTS, chance) is None


@given(st.integers(1, MOST_ATTEMPTS - 1), chances, st.none() | st.integers(0, 10**9))
def test_a_pause_is_the_schedules_lengthened_a_little_or_what_was_asked(
    attempts: int, chance: float, asked: int | None
) -> None:
    pause, scheduled = pause_after(attempts, chance, asked), PAUSES[attempts - 1]
    assert pause is not None
    assert scheduled <= pause <= max(scheduled * (1 + JITTER), timedelta(hours=24))
    if asked is not None and asked <= 24 * 3600:
        assert pause >= timedelta(seconds=asked)


@given(st.none() | st.integers(100, 599), st.integers(1, 20), chances)
def test_every_answer_leads_to_delivery_retry_or_death(status: int | None, attempts: int, chance: float) -> None:
    verdict = judge(Answer(status, None if status else "refused"), attempts, NOW, chance)
    delivered = status is not None and 200 <= status <= 299
    assert (verdict.state is DeliveryState.DELIVERED) == delivered
    assert (verdict.error is None) == delivered
    assert verdict.is_gone == (status == 410)
    assert (verdict.try_at is not None) == (verdict.state is DeliveryState.WAITING)
    if verdict.try_at is not None:
        assert attempts < MOST_ATTEMPTS
        assert verdict.try_at > NOW
    elif not delivered and status != 410:
        assert attempts >= MOST_ATTEMPTS


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.1.2.3 172.16.0.1 192.168.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
    192.0.2.1 198.18.0.1 240.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 2002:7f00:1:: 2002:a9fe:a9fe:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    64:ff9b:1::7f00:1 2001:0:7f00:1::""".split(),
)
def test_addresses_inside_networks_are_refused(address: str) -> None:
    assert refusal_of(address) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_public_internet_pass(address: str) -> None:
    assert refusal_of(address) is None


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_ipv6_wraps_it(address: object) -> None:
    if refusal_of(str(address)):
        assert refusal_of(f"::ffff:{address}")
        assert refusal_of(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("receiver.example", "absolute https"),
        ("ftp://receiver.example/x", "absolute https"),
        ("https://", "absolute https"),
        ("http://receiver.example/x", "personal data"),
        ("https://user:secret@receiver.example/x", "user name or password"),
        ("https://receiver.example/x#part", "#fragment"),
        ("https://localhost/x", "internal name"),
        ("https://metadata.google.internal/x", "internal name"),
        ("https://169.254.169.254/latest", "public internet"),
        ("https://[::1]/x", "public internet"),
        ("https://[::1/x", "no address"),
        ("https://receiver.example:port/x", "no address"),
        ("https://receiver.example/a b", "plain ASCII"),
        ("https://receiver.example/\x00", "plain ASCII"),
        ("https://müller.example/", "plain ASCII"),
        ("https://receiver.example/" + "x" * 2_000, "2000 characters"),
    ],
)
def test_addresses_that_will_not_do_are_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        checked_url(url, allow_private=False)
    assert caught.value.fields[0].field == "url"
    assert "secret" not in str(caught.value.fields)


def test_where_private_addresses_are_allowed_so_is_plain_http() -> None:
    for url in ("http://localhost:8080/x", "http://10.0.0.5/x", "https://crm.internal/x"):
        assert checked_url(f" {url} ", allow_private=True) == url
    assert checked_url("https://receiver.example/x?key=1", allow_private=False)


@pytest.mark.parametrize(
    "kinds", [[], ["lead"], ["lead.*.x"], ["Lead.assigned"], ["**"], ["lead.%"], ["lead.a"] * 0]
)
def test_what_is_no_kind_is_refused(kinds: list[str]) -> None:
    with pytest.raises(Invalid, match="kinds"):
        checked_kinds(kinds)


def test_kinds_are_kept_once_each_in_order() -> None:
    assert checked_kinds(["lead.*", " person.merged", "lead.*"]) == ("lead.*", "person.merged")
