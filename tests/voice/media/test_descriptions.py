"""The SDP that the engine reads and writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.media.descriptions import (
    Direction,
    answer_to,
    audio_of,
    audio_only,
    our_offer,
    placeholder,
    room_side,
)
from offhook.voice.media.engine import BadOffer

HEAD = "v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
AUDIO = "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
VIDEO = "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"


def test_the_audio_stream_is_read() -> None:
    audio = audio_of(HEAD + AUDIO)
    assert (audio.address, audio.port, audio.codecs) == ("192.0.2.1", 4000, ("PCMA", "PCMU", "TELEPHONE-EVENT"))
    assert audio.has_digits
    assert audio.wants_sound
    assert audio.sends_sound


def test_a_streams_own_address_and_direction_count_over_the_sessions() -> None:
    audio = audio_of(HEAD + "a=sendonly\r\n" + AUDIO + "c=IN IP4 192.0.2.9\r\na=inactive\r\n")
    assert audio.address == "192.0.2.9"
    assert audio.direction is Direction.NONE


@pytest.mark.parametrize(
    ("direction", "wants", "sends"),
    [("sendrecv", True, True), ("sendonly", False, True), ("recvonly", True, False), ("inactive", False, False)],
)
def test_directions_say_who_may_speak(direction: str, wants: bool, sends: bool) -> None:
    audio = audio_of(f"{HEAD}{AUDIO}a={direction}\r\n")
    assert (audio.wants_sound, audio.sends_sound) == (wants, sends)


def test_an_address_of_zero_is_a_hold() -> None:
    assert not audio_of((HEAD + AUDIO).replace("192.0.2.1", "0.0.0.0")).wants_sound  # noqa: S104 # a hold


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "nonsense",
        HEAD,
        HEAD + VIDEO,
        HEAD + "m=audio\r\n",
        HEAD + "m=audio 0 RTP/AVP 0\r\n",
        HEAD + "m=audio 4000 RTP/AVP\r\n",
        HEAD + "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 AMR/8000\r\n",
        HEAD + "m=audio x RTP/AVP 0\r\n",
    ],
)
def test_sdp_without_usable_audio_is_refused(sdp: str) -> None:
    with pytest.raises(BadOffer):
        audio_of(sdp)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        audio_of(HEAD + text)
    except BadOffer:
        return


def test_other_streams_are_taken_out_and_refused_in_their_place() -> None:
    offer = HEAD + VIDEO + AUDIO + "m=image 5000 udptl t38\r\n"
    assert "video" not in audio_only(offer)
    answer = answer_to(offer, HEAD + "m=audio 6000 RTP/AVP 8\r\na=sendrecv\r\n")
    assert [line for line in answer.split("\r\n") if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 96",
        "m=audio 6000 RTP/AVP 8",
        "m=image 0 udptl t38",
    ]


@given(st.sampled_from(Direction), st.integers(1, 65535), st.booleans())
def test_what_we_write_we_can_read(direction: Direction, port: int, has_digits: bool) -> None:
    audio = audio_of(room_side(port, 1, 1, direction, has_digits=has_digits))
    assert (audio.port, audio.direction, audio.has_digits) == (port, direction, has_digits)
    assert audio_of(our_offer("192.0.2.3", port, 1, 2)).codecs == ("PCMU", "PCMA", "TELEPHONE-EVENT")


def test_nothing_is_sent_to_a_carrier_that_has_not_answered() -> None:
    assert not audio_of(placeholder()).wants_sound
