"""Messages: read, written, read again; and that nothing but our own error ever comes of garbage."""

import contextlib
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.framing import Framer
from offhook.voice.sip.headers import COMPACT, CSeq, Via, key_of, parse_cseq, parse_via, wire_name
from offhook.voice.sip.message import Message, Request, Response, check_request, check_response, parse, serialise
from offhook.voice.sip.uri import NameAddress, Uri, parse_name_address, parse_uri
from voice.sip.test_torture import ALL, torture
from voice.sip.world import FROM_THEM, Peer, a_call_up, a_request, an_endpoint, an_sdp

TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-.!%*_+`'~", min_size=1, max_size=12)
NAMES = TOKEN.map(str.lower).filter(lambda name: name not in ("content-length", *COMPACT))
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40).map(str.strip)
HEADERS = st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=3), max_size=6)
BODIES = st.binary(max_size=80)
URIS = st.text("abcdefghijklmnopqrstuvwxyz0123456789:@;?&=+$,./", min_size=1, max_size=30)
REQUESTS = st.builds(Request, headers=HEADERS, body=BODIES, method=TOKEN, uri=URIS).filter(
    lambda request: not request.method.startswith("SIP")
)
RESPONSES = st.builds(
    Response,
    headers=HEADERS,
    body=BODIES,
    code=st.integers(100, 699),
    reason=VALUES,
)
USERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
HOSTS = st.sampled_from(["example.com", "192.0.2.1", "[2001:db8::1]", "a-b.example", "localhost"])
PARAMS = st.dictionaries(TOKEN.map(str.lower), st.one_of(st.just(""), TOKEN), max_size=3)


def with_length(message: Message) -> Message:
    """As it is read back: its length is among the headers then."""
    message.headers = {**message.headers, "content-length": [str(len(message.body))]}
    return message


@given(st.one_of(REQUESTS, RESPONSES))
def test_what_is_written_is_read_again(message: Message) -> None:
    assert parse(serialise(message)) == with_length(message)


@given(
    st.builds(
        Uri, st.sampled_from(["sip", "sips"]), USERS, st.none(), HOSTS, st.none() | st.integers(1, 65535), PARAMS
    )
)
def test_an_address_is_written_and_read_again(uri: Uri) -> None:
    assert parse_uri(str(uri)) == uri


@given(
    st.builds(
        NameAddress,
        URIS.map(lambda text: f"sip:{text}"),
        VALUES,
        st.dictionaries(TOKEN.map(str.lower), VALUES, max_size=3),
    )
)
def test_a_named_address_is_written_and_read_again(address: NameAddress) -> None:
    assert parse_name_address(str(address)) == address


@given(st.builds(Via, st.sampled_from(["UDP", "TCP"]), HOSTS, st.none() | st.integers(1, 65535), PARAMS))
def test_a_via_is_written_and_read_again(via: Via) -> None:
    assert parse_via(str(via)) == via


@given(st.builds(CSeq, st.integers(0, 2**31 - 1), TOKEN))
def test_a_sequence_is_written_and_read_again(cseq: CSeq) -> None:
    assert parse_cseq(str(cseq)) == cseq


@given(st.binary(max_size=400))
@example(b"SIP/2.0 200 OK\r\nVia: \r\n\r\n")
@example(b"INVITE sip:a SIP/2.0\r\nContent-Length: \xb2\r\n\r\n")
def test_random_bytes_raise_nothing_but_our_own_error(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        message = parse(data)
        if isinstance(message, Request):
            check_request(message)
        else:
            check_response(message)
    with contextlib.suppress(Malformed):
        Framer().feed(data)


@given(st.sampled_from(ALL), st.integers(0, 2**32))
def test_damaged_messages_never_hurt_an_endpoint(name: str, seed: int) -> None:
    """Real messages with bytes changed, cut out and doubled go deeper than noise."""
    chance = random.Random(seed)
    data = bytearray(torture(name))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        match chance.randint(0, 2):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case _:
                data[at:at] = data[at : at + chance.randint(1, 20)]
        if not data:
            break
    endpoint = an_endpoint()

    endpoint.receive(bytes(data), FROM_THEM, 0.0)
    endpoint.wake(1_000.0)


@given(st.integers(0, 2**32), st.sampled_from([100, 183, 200, 302, 401, 422, 491]))
def test_damaged_answers_never_hurt_a_call(seed: int, code: int) -> None:
    chance = random.Random(seed)
    peer, _ = a_call_up()
    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)
    invite = peer.request("INVITE")
    headers = {key: list(invite.headers[key]) for key in ("via", "from", "to", "call-id", "cseq")} | {
        "contact": ["<sip:them@192.0.2.2>"],
        "record-route": ["<sip:p;lr>"],
        "session-expires": ["90;refresher=uac"],
        "min-se": ["90"],
        "www-authenticate": ['Digest realm="r", nonce="n"'],
        "retry-after": ["5"],
    }
    victim = chance.choice([key for key in headers if key not in ("via", "call-id", "cseq")])
    text = headers[victim][0]
    at = chance.randrange(len(text))
    headers[victim] = [text[:at] + chance.choice(['"', "<", ">", ";", ",", "\x00", "é", ":", ""]) + text[at + 1 :]]

    peer.send(Response(code=code, reason="x", headers=headers))
    peer.wait(200)


@pytest.mark.parametrize(("short", "long"), COMPACT.items())
def test_compact_names_mean_the_long_ones(short: str, long: str) -> None:
    assert key_of(short) == key_of(short.upper()) == key_of(f"{short} ") == long
    assert key_of(wire_name(long)) == long


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"INVITE sip:a@b SIP/2.0\r\nno colon here\r\n\r\n", "Bad header line: 'no colon here'"),
        (b"INVITE sip:a@b SIP/2.0\r\nContent-Length: 9\r\n\r\nshort", "Content-Length 9 is more than the 5 bytes"),
        (b"INVITE  sip:a@b SIP/2.0\r\n\r\n", "Bad request line"),
        (b"SIP/2.0 99 x\r\n\r\n", "Bad status code: '99'"),
        (b"INVITE sip:a@b HTTP/1.1\r\n\r\n", "Bad version"),
    ],
)
def test_an_error_names_what_was_wrong(data: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        parse(data)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"via": None}, "Missing Via"),
        ({"cseq": "x INVITE"}, "Bad CSeq"),
        ({"cseq": "1 BYE"}, "another method"),
        ({"from": '"open <sip:a@b>'}, "Unterminated"),
        ({"max_forwards": "300"}, "Bad Max-Forwards"),
        ({"contact": "<sip:a@b:99999>"}, None),
    ],
)
def test_a_request_is_held_to_what_must_be_right(headers: dict[str, str | None], words: str | None) -> None:
    request = a_request(**headers)

    if words is None:
        check_request(request)  # a contact's host is read when something is to be sent there
        return
    with pytest.raises(Malformed, match=words):
        check_request(request)


@given(st.lists(REQUESTS, min_size=1, max_size=4), st.integers(1, 50), st.integers(0, 3))
def test_a_stream_is_cut_into_its_messages(messages: list[Request], size: int, newlines: int) -> None:
    stream = b"".join(b"\r\n\r\n" * newlines + serialise(message) for message in messages)
    framer = Framer()
    found: list[bytes] = []

    for start in range(0, len(stream), size):
        found.extend(framer.feed(stream[start : start + size]))

    assert [parse(data) for data in found] == [with_length(message) for message in messages]
    assert framer.pings == newlines * len(messages)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"INVITE sip:a@b SIP/2.0\r\nTo: x\r\n\r\n", "Content-Length is missing"),
        (b"INVITE sip:a@b SIP/2.0\r\nl: 99999999\r\n\r\n", "Bad Content-Length"),
        (b"x" * 40_000, "too long"),
    ],
)
def test_a_stream_that_lost_its_frame_says_so(data: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        Framer().feed(data)


def test_keep_alives_are_not_answered_by_datagram() -> None:
    peer = Peer(an_endpoint())

    peer.send(b"\r\n\r\n")
    peer.send(b"\x00\x00\x00\x00")

    assert peer.take() == []
