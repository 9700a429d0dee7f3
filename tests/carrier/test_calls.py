"""Calls to the real carrier, by a telephone that is neither ours nor sipp's: codes, ringing, speech, endings."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from carrier.telephone import Telephone
from offhook.carrier import Carrier, Kind, plan

pytestmark = pytest.mark.slow

Make = Callable[..., Telephone]
AREA = "+1212555"
PERSON, VOICEMAIL, NO_ANSWER, ANNOUNCEMENT, FORKED = (
    f"{AREA}01{ending}" for ending in ("00", "06", "16", "29", "30")
)

both = pytest.mark.parametrize("transport", ["udp", "tcp"])


@both
@pytest.mark.parametrize("ending", ["00", "06", "23", "30"])
def test_who_answers_does_so_after_ringing_as_planned_and_speaks(
    carrier: Carrier, telephone: Make, transport: str, ending: str
) -> None:
    number = f"{AREA}01{ending}"
    line = telephone(transport)
    answer = line.dial(number, carrier.host, carrier.port)
    assert answer.code == 200
    assert answer.at - line.began == pytest.approx(plan(number, carrier.seed).ring_seconds, abs=0.6)
    heard = line.hear(3)
    assert heard.packets >= 120
    assert heard.lost == 0
    assert heard.payload_types == {0}
    assert heard.level > 500, "no speech"
    assert line.hang_up().code == 200
    assert line.hear(0.5).packets <= 10, "it speaks on after the BYE"


@both
@pytest.mark.parametrize(("ending", "code"), [("25", 486), ("26", 404), ("27", 603), ("28", 503)])
def test_who_refuses_does_so_with_their_code_as_planned(
    carrier: Carrier, telephone: Make, transport: str, ending: str, code: int
) -> None:
    number = f"{AREA}01{ending}"
    line = telephone(transport)
    answer = line.dial(number, carrier.host, carrier.port)
    assert answer.code == code
    assert answer.at - line.began == pytest.approx(plan(number, carrier.seed).ring_seconds, abs=0.6)
    assert answer.header("Reason").startswith("Q.850;cause=")
    assert bool(answer.header("Retry-After")) == (code == 503)
    assert line.is_quiet(0.8), "it is not satisfied with our ACK"


def test_an_announcement_is_heard_before_the_refusal(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    line.call(ANNOUNCEMENT, carrier.host, carrier.port)
    codes = [line.next(2).code, line.next(2).code]
    assert codes == [100, 183]
    assert line.hear(3).level > 500
    assert line.final().code == 480


def test_a_forked_call_rings_with_two_tags_and_the_second_answers(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    line.call(FORKED, carrier.host, carrier.port)
    line.next(2)
    first, second = (line.next(2).header("To") for _ in range(2))
    answer = line.final()
    assert first != second
    assert answer.header("To") == second
    line.hang_up()


@both
def test_no_answer_rings_until_we_cancel(carrier: Carrier, telephone: Make, transport: str) -> None:
    line = telephone(transport)
    proxy = "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKproxy"
    line.call(NO_ANSWER, carrier.host, carrier.port, more=proxy)
    assert [line.next(2).code, line.next(2).code] == [100, 180]
    assert line.is_quiet(1.5)
    line.cancel()
    cancelled = line.next(2)
    assert (cancelled.method, cancelled.code) == ("CANCEL", 200)
    ended = line.final()
    assert ended.code == 487
    assert len(ended.headers("Via")) == 2, "an answer goes back by every proxy"
    assert line.is_quiet(0.8)


@pytest.mark.timeout(90)
def test_no_answer_becomes_480_when_we_are_patient(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    assert line.dial(NO_ANSWER, carrier.host, carrier.port, seconds=45).code == 480


def test_a_retransmitted_invite_is_answered_again_and_is_no_second_call(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    line.call(NO_ANSWER, carrier.host, carrier.port)
    assert [line.next(2).code, line.next(2).code] == [100, 180]
    line.call(NO_ANSWER, carrier.host, carrier.port)
    assert line.next(2).code == 100
    assert line.is_quiet(0.5)
    line.cancel()
    assert line.final().code == 487


@both
def test_hold_stops_the_speech_and_resuming_brings_it_back(
    carrier: Carrier, telephone: Make, transport: str
) -> None:
    line = telephone(transport)
    line.dial(PERSON, carrier.host, carrier.port)
    assert line.hear(0.5).packets > 15
    assert line.offer("sendonly").direction == "recvonly"
    line.hear(0.2)
    assert line.hear(0.6).packets == 0
    assert line.offer("sendrecv").direction == "sendrecv"
    assert line.hear(0.6).packets > 15
    assert line.offer("inactive").direction == "inactive"
    assert line.hang_up().code == 200


@both
def test_what_else_comes_within_a_call_is_answered_and_does_not_end_it(
    carrier: Carrier, telephone: Make, transport: str
) -> None:
    line = telephone(transport)
    line.dial(PERSON, carrier.host, carrier.port)
    timer = "Session-Expires: 90;refresher=uac"
    told = {method: line.ask(method, more=timer).code for method in ("OPTIONS", "UPDATE", "INFO", "REFER")}
    assert told == {"OPTIONS": 200, "UPDATE": 200, "INFO": 200, "REFER": 405}
    assert line.hear(0.5).packets > 15
    assert line.hang_up().code == 200


def test_a_gatekeeper_says_goodbye_and_hangs_up(carrier: Carrier, telephone: Make) -> None:
    spoken = min(
        (number for number in (f"+1{area}5550123" for area in range(200, 400)) if plan(number, carrier.seed).part),
        key=lambda number: len(plan(number, carrier.seed).part.script),
    )
    line = telephone()
    line.dial(spoken, carrier.host, carrier.port)
    bye = line.request("BYE", seconds=60)
    assert 10 < bye.at - line.began < 60
    line.answer(bye, "200 OK")
    assert line.is_quiet(1.0), "it repeats the BYE that we answered"


@pytest.mark.parametrize(("codecs", "payload_type"), [("8", 8), ("0", 0), ("9 8", 8), ("8 0", 0)])
def test_it_speaks_the_law_that_is_offered(
    carrier: Carrier, telephone: Make, codecs: str, payload_type: int
) -> None:
    line = telephone(codecs=codecs)
    line.dial(PERSON, carrier.host, carrier.port)
    heard = line.hear(2)
    assert heard.payload_types == {payload_type}
    assert heard.level > 500
    line.hang_up()


def test_without_a_common_codec_or_with_half_a_number_it_refuses(carrier: Carrier, telephone: Make) -> None:
    assert telephone(codecs="9 18").dial(PERSON, carrier.host, carrier.port).code == 488
    assert telephone().dial("123", carrier.host, carrier.port).code == 484


@both
def test_a_request_is_answered_at_whatever_moment_it_comes(
    carrier: Carrier, telephone: Make, transport: str
) -> None:
    line = telephone(transport)
    line.dial(PERSON, carrier.host, carrier.port)
    for moment in range(150):  # the carrier looks at its clock every 100 ms; no moment may be a bad one
        time.sleep(moment % 7 / 1000)
        assert line.offer("sendrecv").code == 200, f"request {moment}"
    assert line.hang_up().code == 200


@pytest.mark.timeout(120)
def test_a_hundred_calls_at_once_are_answered_and_heard(carrier: Carrier, telephone: Make) -> None:
    lines = [telephone() for _ in range(100)]
    for index, line in enumerate(lines):
        line.call(f"+1{200 + index}5550100", carrier.host, carrier.port)
    assert Counter(line.final().code for line in lines) == {200: 100}
    time.sleep(2)
    heard = [line.hear(0.05) for line in lines]
    assert all(one.packets >= 2 for one in heard), "a line is dead"
    assert len({one.payload for one in heard}) > 15, "they do not all say the same"
    assert [line.hang_up().code for line in lines] == [200] * 100
    assert carrier.restarts == 0


def test_numbers_without_a_fixed_ending_behave_by_the_seed(carrier: Carrier, telephone: Make) -> None:
    wanted = [Kind.BUSY, Kind.NOT_IN_SERVICE, Kind.CONGESTED]
    numbers = [f"+442079460{last}" for last in range(132, 200)]
    chosen = [number for number in numbers if plan(number, carrier.seed).kind in wanted]
    assert chosen
    for number in chosen:
        assert telephone().dial(number, carrier.host, carrier.port).code == plan(number, carrier.seed).code


# Calls to us


def ring(carrier: Carrier, line: Telephone, **more: object):
    return carrier.ring("+12125550190", "+13125550107", to=("127.0.0.1", line.port), **more)


def test_somebody_rings_us_speaks_and_hangs_up(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    ringing = ring(carrier, line, part="announcement")
    invite = line.wait_for_call()
    assert invite.text.startswith("INVITE sip:+12125550190@")
    assert "<sip:+13125550107@" in invite.header("From")
    line.answer(invite, "180 Ringing")
    time.sleep(0.3)
    line.answer(invite, "200 OK", sdp=True)
    line.request("ACK")
    assert line.hear(2).level > 500
    bye = line.request("BYE")
    line.answer(bye, "200 OK")
    outcome = ringing.wait(10)
    assert (outcome.rang, outcome.answered, outcome.ended_by) == (True, True, "us")


def test_we_hold_and_end_a_call_that_somebody_made_to_us(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    ringing = ring(carrier, line)
    invite = line.wait_for_call()
    line.take_over(invite)
    line.answer(invite, "200 OK", sdp=True)
    line.request("ACK")
    assert line.hear(1).level > 500
    assert line.offer("sendonly").direction == "recvonly"
    assert line.hang_up().code == 200
    assert ringing.wait(10).summary == "answered, hung up by the called"


def test_whoever_rings_us_takes_no_for_an_answer(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    ringing = ring(carrier, line)
    line.answer(line.wait_for_call(), "486 Busy Here")
    line.request("ACK")
    assert ringing.wait(10).summary == "refused with 486"


def test_whoever_rings_us_in_vain_gives_up(carrier: Carrier, telephone: Make) -> None:
    line = telephone()
    ringing = ring(carrier, line, patience_seconds=1.5)
    invite = line.wait_for_call()
    line.answer(invite, "180 Ringing")
    cancel = line.request("CANCEL")
    line.answer(cancel, "200 OK")
    line.answer(invite, "487 Request Terminated")
    line.request("ACK")
    assert ringing.wait(10).summary == "rang, not answered"
