"""Companding, ordering, keys, configuration, watching and quality: what needs no engine."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.media import g711
from offhook.voice.media.configuration import (
    MediaSettings,
    Secrets,
    TurnServer,
    carrier_ports,
    janus_files,
    rtpengine_command,
)
from offhook.voice.media.digits import Pressed, pressed
from offhook.voice.media.engine import Statistics
from offhook.voice.media.quality import Flow, flow, mos, of_leg, quality
from offhook.voice.media.seen import Counted
from offhook.voice.media.taps import Reorderer
from offhook.voice.media.watch import look, statistics


def test_every_code_of_g711_is_its_levels_code() -> None:
    codes = bytes(range(256))
    assert g711.to_alaw(g711.from_alaw(codes)) == codes
    assert g711.from_ulaw(g711.to_ulaw(g711.from_ulaw(codes))).tolist() == g711.from_ulaw(codes).tolist()


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=50))
def test_g711_is_true_to_a_few_percent(values: list[int]) -> None:
    samples = np.array(values, np.int16)
    for back in (g711.from_ulaw(g711.to_ulaw(samples)), g711.from_alaw(g711.to_alaw(samples))):
        error = np.abs(back.astype(int) - samples.astype(int))
        assert np.all(error <= np.maximum(np.abs(samples.astype(int)) * 0.04, 16))


def test_known_codes_of_g711() -> None:
    assert g711.from_ulaw(b"\xff\x00\x80").tolist() == [0, -32124, 32124]
    assert g711.from_alaw(b"\xd5\x55\xaa\x2a").tolist() == [8, -8, 32256, -32256]


@given(st.integers(0, 0xFFFF), st.integers(1, 200), st.randoms(use_true_random=False))
def test_packets_a_little_out_of_order_come_out_in_order(first: int, count: int, chance: random.Random) -> None:
    numbers = [(first + place) & 0xFFFF for place in range(count)]
    sent = numbers[:1]
    for pair in range(1, count, 2):
        swapped = numbers[pair : pair + 2]
        sent += swapped[::-1] if chance.random() < 0.5 else swapped
    order = Reorderer()
    got = [payload for number in sent for payload in order.add(number, number.to_bytes(2))]
    assert got == [number.to_bytes(2) for number in numbers[: len(got)]]
    assert len(got) >= count - 2


@given(st.lists(st.integers(0, 30), max_size=60))
def test_whatever_comes_nothing_is_passed_on_twice_or_backwards(numbers: list[int]) -> None:
    order = Reorderer()
    got = [payload[0] for number in numbers for payload in order.add(number, bytes([number]))]
    assert got == sorted(set(got))


def test_a_missing_packet_holds_the_others_up_only_shortly() -> None:
    order = Reorderer(window=3)
    got = [payload for number in (1, 3, 4, 5, 6) for payload in order.add(number, bytes([number]))]
    assert got == [bytes([number]) for number in (1, 3, 4, 5, 6)]


def test_a_pressed_key_is_read_and_anything_else_is_not() -> None:
    told = {"callid": "c", "source_tag": "t", "type": "DTMF", "event": 11, "duration": 120, "volume": 8}
    assert pressed(json.dumps(told).encode()) == Pressed("c", "t", "#", 120)
    for wrong in (
        b"",
        b"x",
        b"[]",
        json.dumps(told | {"event": 16}).encode(),
        json.dumps(told | {"type": "x"}).encode(),
    ):
        assert pressed(wrong) is None


SECRETS = Secrets("api-1", "admin-1", "room-1")


def test_the_configuration_says_what_the_settings_say(tmp_path: Path) -> None:
    settings = MediaSettings(
        folder=tmp_path,
        nat_1_1="198.51.100.7",
        stun="stun.example.org:3478",
        turn=TurnServer("turn.example.org", 443, "user", 'pass"word', "tls"),
        carrier_address="192.0.2.5",
        carrier_advertised="198.51.100.8",
    )
    files = janus_files(settings, SECRETS, 8188, ("eth0", "eth1"), Path("/usr/lib/janus"))
    main = files["janus.jcfg"]
    for line in (
        'ice_enforce_list = "eth0,eth1"',
        "full_trickle = true",
        'nat_1_1_mapping = "198.51.100.7"',
        'stun_server = "stun.example.org"',
        "stun_port = 3478",
        'turn_type = "tls"',
        'turn_pwd = "pass\\"word"',
        'api_secret = "api-1"',
    ):
        assert line in main
    assert 'ws_ip = "127.0.0.1"' in files["janus.transport.websockets.jcfg"]
    command = rtpengine_command(settings, "rtpengine", 2223, 2299, (40_000, 41_000))
    assert "--interface=carrier/192.0.2.5!198.51.100.8" in command
    assert "--listen-ng=127.0.0.1:2223" in command
    assert "admin-1" not in repr(SECRETS)


@given(st.floats(0, 1))
def test_a_new_relay_begins_elsewhere_within_the_carriers_ports(chance: float) -> None:
    settings = MediaSettings(folder=Path("x"), carrier_ports=(40_000, 49_999))
    low, high = carrier_ports(settings, chance)
    assert 40_000 <= low <= 45_000
    assert low % 2 == 0
    assert high == 49_999


def test_loss_is_what_should_have_come_and_did_not() -> None:
    seen, at = None, 0.0
    for number in range(10):
        found = look(seen, Counted(80 * number, 80 * 172 * number, 0), at, is_expected=True, silent_after=60)
        seen, at = found.seen, at + 2
    assert seen is not None
    assert 0.15 < seen.loss < 0.25


def test_a_talker_who_pauses_loses_nothing() -> None:
    seen, received = None, 0
    for number in range(20):
        received += 100 if number % 4 == 0 else 3
        seen = look(
            seen, Counted(received, received * 172, 0), 2.0 * number, is_expected=True, silent_after=60
        ).seen
    assert seen is not None
    assert seen.loss == 0


def test_silence_is_told_only_where_sound_is_expected() -> None:
    seen = look(None, Counted(5, 860, 0), 0, is_expected=True, silent_after=10).seen
    assert not look(seen, Counted(5, 860, 0), 9, is_expected=True, silent_after=10).is_silent
    assert look(seen, Counted(5, 860, 0), 10, is_expected=True, silent_after=10).is_silent
    held = look(seen, Counted(5, 860, 0), 9, is_expected=False, silent_after=10).seen
    assert not look(held, Counted(5, 860, 0), 15, is_expected=True, silent_after=10).is_silent


@pytest.mark.parametrize(("octets", "is_odd"), [(172, False), (180, False), (252, True), (92, True)])
def test_packets_of_another_length_are_noticed(octets: int, is_odd: bool) -> None:
    seen = look(None, Counted(0, 0, 0), 0, is_expected=True, silent_after=60).seen
    found = look(seen, Counted(50, 50 * octets, 0), 1, is_expected=True, silent_after=60)
    assert found.has_odd_packets is is_odd


def test_statistics_are_read_from_the_relays_answer() -> None:
    def side(packets: int, source: int) -> dict[str, object]:
        return {"medias": [{"streams": [{"SSRC": source, "stats": {"packets": packets, "bytes": packets * 172}}]}]}

    report = {"jitter": 3, "round-trip time leg": 41_500, "packet loss": 1}
    answer = {
        "tags": {"carrier": side(900, 77), "room": side(950, 5)},
        "SSRC": {"77": {"MOS progression": {"entries": [{"jitter": 9}, report]}}, "5": {}},
    }
    assert statistics(answer, None) == Statistics(900, 950, 0.0, 3.0, 41.5)  # type: ignore[arg-type]
    assert statistics({"tags": {}}, None) == Statistics(0, 0, 0.0, None, None)


def test_a_perfect_line_scores_as_g107_says() -> None:
    best = quality(loss=0, jitter=0, one_way_delay=0)
    assert best.r == pytest.approx(92.7, abs=0.1)
    assert best.mos == pytest.approx(4.40, abs=0.02)
    assert mos(0) == 1
    assert mos(50) == pytest.approx(2.58, abs=0.01)
    assert mos(93.2) == pytest.approx(4.41, abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 500), st.floats(0, 500))
def test_more_loss_or_delay_never_sounds_better(loss: float, more: float, delay: float, later: float) -> None:
    before = quality(loss=loss, jitter=0, one_way_delay=delay)
    after = quality(loss=min(loss + more, 1), jitter=0, one_way_delay=delay + later)
    assert after.r <= before.r + 1e-9
    assert 1 <= after.mos <= before.mos + 1e-9 <= 4.5


def test_the_quality_of_a_leg_counts_what_was_not_reported_as_none() -> None:
    assert of_leg(Statistics(1, 1, 0.0, None, None)) == quality(loss=0, jitter=0, one_way_delay=0)


@pytest.mark.parametrize(
    ("received", "sent", "which"),
    [(0, 100, Flow.DEAF), (100, 0, Flow.MUTE), (100, 100, Flow.BOTH), (0, 0, Flow.NONE), (0, 10, Flow.BOTH)],
)
def test_one_way_media_is_told_from_two_countings(received: int, sent: int, which: Flow) -> None:
    before = Statistics(500, 500, 0, None, None)
    assert flow(before, Statistics(500 + received, 500 + sent, 0, None, None)) is which
