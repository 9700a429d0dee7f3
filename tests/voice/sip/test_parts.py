"""The small parts: session descriptions, reasons, causes, limits, alarms, dialogs."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.activities import OUTCOMES, Disposition, Kind
from offhook.voice import sip
from offhook.voice.sip.addresses import Address, is_private
from offhook.voice.sip.alarms import Alarms, Owner
from offhook.voice.sip.causes import CAUSES, cause_of
from offhook.voice.sip.dialogs import Dialog, as_server, next_hop, request_line, restored, snapshot_of
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.limiter import MAX_SOURCES, Limiter, Rate, Verdict
from offhook.voice.sip.reasons import read_reason, reason_value
from offhook.voice.sip.sdp import is_same_offer, parse_sdp
from voice.sip.world import THEM, US, a_request, an_sdp


def test_a_description_is_read_and_written_again() -> None:
    text = an_sdp(extra="a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\nm=video 0 RTP/AVP 31\r\nc=IN IP4 192.0.2.9\r\n")

    found = parse_sdp(text)

    assert str(found) == text
    assert [(stream.kind, stream.port, stream.formats) for stream in found.streams] == [
        ("audio", 4000, ("0", "101")),
        ("video", 0, ("31",)),
    ]
    assert found.origin.version == "1"


@pytest.mark.parametrize(
    ("change", "words", "answer"),
    [
        (("v=0", "v=1"), "must begin with v=0", 400),
        (("o=-", "o="), "Bad SDP origin", 400),
        (("s=-\r\n", ""), "s= is missing", 400),
        (("c=IN IP4 192.0.2.1\r\n", ""), "no address", 400),
        (("c=IN IP4", "c=ATM NSAP"), "Incompatible network address", 488),
        (("4000", "70000"), "Bad SDP port", 400),
        (("RTP/AVP 0 101", ""), "Bad SDP media line", 400),
        (("t=0 0", "nonsense"), "Bad SDP line 5", 400),
    ],
)
def test_a_wrong_description_says_what_is_wrong(change: tuple[str, str], words: str, answer: int) -> None:
    with pytest.raises(Malformed, match=words) as caught:
        parse_sdp(an_sdp().replace(*change))

    assert caught.value.answer == answer


def test_an_offer_is_the_same_if_its_words_are() -> None:
    assert is_same_offer(an_sdp(), an_sdp().replace("\r\n", "\n"))
    assert not is_same_offer(an_sdp(extra="a=sendonly\r\n"), an_sdp())
    assert not is_same_offer(an_sdp(), None)


def test_a_reason_is_read_sip_before_q850() -> None:
    values = {"reason": ['Q.850;cause=17;text="busy", SIP;cause=600;text="Busy Everywhere"']}
    assert read_reason(values) == (600, "Busy Everywhere")
    assert read_reason({"reason": ["Q.850;cause=16"]}) == (200, "Q.850 cause 16")
    assert read_reason({"reason": ["Q.850;cause=99"]}) == (500, "Q.850 cause 99")
    assert read_reason({"reason": ["preemption"]}) is None
    assert read_reason({"reason": [reason_value(408, 'no "ack"')]}) == (408, 'no "ack"')


def test_causes_suggest_dispositions_of_calls() -> None:
    for code, cause in CAUSES.items():
        assert 200 <= code <= 699
        assert cause.words
        assert cause.disposition is None or Kind.CALL in OUTCOMES[cause.disposition].kinds


@pytest.mark.parametrize("code", [408, 500, 502, 503, 504, 580])
def test_a_fault_of_the_trunk_lets_the_next_one_try(code: int) -> None:
    assert cause_of(code).tries_next


@pytest.mark.parametrize("code", [404, 410, 486, 487, 499, 600, 603, 604, 699])
def test_who_is_busy_or_declines_is_so_by_every_trunk(code: int) -> None:
    assert not cause_of(code).tries_next


def test_busy_and_wrong_numbers_are_suggested_as_such() -> None:
    assert cause_of(486).disposition is Disposition.BUSY
    assert cause_of(404).disposition is Disposition.OUT_OF_SERVICE
    assert cause_of(480).disposition is Disposition.NO_ANSWER
    assert cause_of(503).disposition is None


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=200))
def test_nobody_passes_the_limiter_more_often_than_its_rate(asks: list[tuple[float, bool]]) -> None:
    limiter = Limiter(trunk=Rate(5, 10), stranger=Rate(1, 3))
    now = passed = refused = 0.0
    for delay, _ in asks:
        now += delay
        verdict = limiter.ask("198.51.100.1", now, is_trunk=False)
        passed += verdict is Verdict.PASS
        refused += verdict is Verdict.REFUSE

    assert passed <= 3 + now + 1e-6
    assert refused <= 1 + now


def test_the_limiter_forgets_the_oldest_sources() -> None:
    limiter = Limiter(stranger=Rate(0, 1))
    for n in range(MAX_SOURCES + 1):
        limiter.ask(str(n), 0.0, is_trunk=False)

    assert limiter.ask("0", 0.0, is_trunk=False) is Verdict.PASS
    assert limiter.ask(str(MAX_SOURCES), 0.0, is_trunk=False) is not Verdict.PASS


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100)), max_size=30))
def test_alarms_ring_in_order_and_only_the_last_setting_counts(settings: list[tuple[int, float]]) -> None:
    alarms, owners = Alarms(), [Owner() for _ in range(4)]
    for number, at in settings:
        alarms.set(owners[number], "x", at)
    last = dict(settings)
    assert alarms.next_wake == min(last.values(), default=None)

    rung = [owners.index(owner) for owner, _ in alarms.due(100)]

    assert sorted(rung) == sorted(last)
    assert [last[number] for number in rung] == sorted(last.values())
    assert alarms.next_wake is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [("10.1.2.3", True), ("172.31.0.1", True), ("172.32.0.1", False), ("100.64.0.1", True), ("127.0.0.1", True),
     ("fd00::1", True), ("2001:db8::1", False), ("198.51.100.1", False), ("sip.example", False)],
)  # fmt: skip
def test_private_addresses_are_known(host: str, expected: bool) -> None:
    assert is_private(host) is expected


def a_dialog(**headers: str) -> Dialog:
    request = a_request(**headers)
    request.source = Address("udp", THEM, 5060)
    return as_server(request, "ours")


def test_a_loose_route_is_followed_and_a_strict_one_swapped() -> None:
    loose = a_dialog(record_route="<sip:p1.example;lr>, <sip:p2.example;lr>")
    strict = a_dialog(record_route="<sip:p1.example>, <sip:p2.example;lr>")

    assert request_line(loose) == (f"sip:bob@{THEM}:5060", ["<sip:p1.example;lr>", "<sip:p2.example;lr>"])
    assert next_hop(loose) == Address("udp", "p1.example", 5060)
    assert request_line(strict) == ("sip:p1.example", ["<sip:p2.example;lr>", f"<sip:bob@{THEM}:5060>"])


def test_a_target_tells_its_transport_and_port() -> None:
    assert next_hop(a_dialog(contact="<sip:b@h.example:5070;transport=tcp>")) == Address("tcp", "h.example", 5070)
    assert next_hop(a_dialog(contact="<sip:b@[2001:db8::1]>")) == Address("udp", "2001:db8::1", 5060)


def test_a_snapshot_is_the_dialog_again() -> None:
    dialog = a_dialog(record_route="<sip:p1.example;lr>")
    dialog.reach = Address("udp", "203.0.113.9", 999)

    again, trunk = restored(snapshot_of(dialog, "carrier"))

    assert trunk == "carrier"
    assert again.id == dialog.id
    assert request_line(again) == request_line(dialog)
    assert again.reach == dialog.reach
    assert again.local_sequence > dialog.local_sequence
    assert US in again.local


EDGE = {"driver", "wire", "names", "__init__"}
"""The modules that may do input and output."""


@pytest.mark.parametrize(
    "path", [p for p in Path(sip.__file__).parent.glob("*.py") if p.stem not in EDGE], ids=lambda path: path.stem
)
def test_the_core_does_no_input_or_output_and_looks_at_no_clock(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    forbidden = {"asyncio", "socket", "time", "datetime", "threading", "logging", "os"}

    assert not imported & forbidden
    assert {name for name in imported if name.startswith("offhook.kernel")} <= {"offhook.kernel.errors"}
    assert not imported & {f"offhook.voice.sip.{name}" for name in EDGE}
