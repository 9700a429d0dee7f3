"""The messages of RFC 4475, answered as it asks. `torture/` holds them in the RFC's own notation."""

import re

import pytest

from offhook.voice.signalling import Incoming
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.message import Request, Response, check_request, check_response, parse, serialise
from voice.sip.world import TORTURE, Peer, an_endpoint

SOURCE = Address("udp", "192.0.2.2", 5060)


def torture(name: str) -> bytes:
    """The bytes of a message: `<hex>` and `<repeat>` resolved, lines ended by CRLF."""
    text = (TORTURE / f"{name}.sip").read_text("utf-8")
    text = re.sub(r"<repeat count=(\d+)>(.*?)</repeat>", lambda found: found[2] * int(found[1]), text)
    data = text.replace("\n", "\r\n").encode()
    return re.sub(rb"<hex>(.*?)</hex>", lambda found: bytes.fromhex(found[1].decode()), data)


ALL = sorted(path.stem for path in TORTURE.glob("*.sip"))

ANSWERS = {
    "wsinv": 481,  # a To tag of no call of ours
    "intmeth": 501,
    "esc01": 100,
    "escnull": 405,
    "esc02": 501,
    "lwsdisp": 200,
    "longreq": 100,
    "dblreq": 405,
    "semiuri": 200,
    "transports": 200,
    "badinv01": 400,
    "clerr": 400,
    "ncl": 400,
    "scalar02": 400,
    "quotbal": 400,
    "ltgtruri": 400,
    "lwsruri": 400,
    "lwsstart": 400,
    "trws": 200,
    "escruri": 400,
    "baddate": 100,  # nobody reads Date
    "regbadct": 400,
    "badaspec": 200,
    "baddn": 200,
    "badvers": 505,
    "mismatch01": 400,
    "mismatch02": 400,
    "badbranch": 200,
    "insuf": 400,
    "unkscm": 416,
    "novelsc": 416,
    "unksm2": 405,
    "bext01": 420,
    "invut": 415,
    "regaut01": 405,
    "multi01": 400,
    "mcl01": 400,
    "zeromf": 200,
    "cparam01": 405,
    "sdp01": 406,
    "inv2543": 100,
}
"""What each request earns of a user agent that takes calls and registers nobody."""

DROPPED = {"scalarlg", "bigcode", "unreason", "noreason", "bcast"}
"""Responses: to nothing that we asked, or not even readable."""


def test_every_message_of_the_collection_is_judged() -> None:
    assert set(ANSWERS) | DROPPED == set(ALL)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_torture_request_is_answered_as_the_rfc_asks(name: str) -> None:
    peer = Peer(an_endpoint(), SOURCE)

    peer.send(torture(name))

    codes = [message.code for message in peer.take() if isinstance(message, Response)]
    assert codes == [ANSWERS[name]]


@pytest.mark.parametrize("name", sorted(DROPPED))
def test_a_torture_response_is_dropped(name: str) -> None:
    peer = Peer(an_endpoint(), SOURCE)

    peer.send(torture(name))

    assert peer.take() == []
    assert peer.events() == []


@pytest.mark.parametrize("name", ["badinv01", "clerr", "quotbal", "multi01", "mcl01", "ltgtruri", "insuf"])
def test_a_400_names_what_is_wrong(name: str) -> None:
    peer = Peer(an_endpoint(), SOURCE)

    peer.send(torture(name))

    assert peer.response(400).reason not in ("", "Bad Request")


@pytest.mark.parametrize("name", ["wsinv", "intmeth", "esc01", "longreq", "unreason", "noreason"])
def test_a_valid_torture_message_survives_being_written_again(name: str) -> None:
    message = parse(torture(name))

    assert parse(serialise(message)) == message


def test_the_tortuous_invite_is_understood() -> None:
    request = parse(torture("wsinv"))
    assert isinstance(request, Request)
    check_request(request)

    assert request.via.branch == "390skdjuw"
    assert request.cseq.number == 9
    assert request.receiver.tag == "1918181833n"
    assert request.sender.display == 'J Rosenberg \\"'
    assert request.contact == "sip:jdrosen@example.com"
    assert request.headers["newfangledheader"] == ["newfangled value continued newfangled value"]
    assert len(request.headers["via"]) == 2


def test_escaped_characters_are_only_read_where_a_user_is_read() -> None:
    peer = Peer(an_endpoint(), SOURCE)

    peer.send(torture("esc01"))

    [event] = peer.events()
    assert isinstance(event, Incoming)
    assert event.called == "sips:user@example.com"
    assert event.caller == "I have spaces"


def test_an_unusual_reason_phrase_is_read() -> None:
    response = parse(torture("unreason"))
    assert isinstance(response, Response)
    check_response(response)

    assert response.reason.startswith("= 2**3 * 5**2")


def test_unsupported_extensions_are_named() -> None:
    peer = Peer(an_endpoint(), SOURCE)

    peer.send(torture("bext01"))

    assert peer.response(420).headers["unsupported"] == ["nothingSupportsThis, nothingSupportsThisEither"]


def test_only_the_first_of_two_requests_in_a_datagram_is_seen() -> None:
    peer = Peer(an_endpoint(), SOURCE)

    peer.send(torture("dblreq"))

    assert peer.response(405).call_id == "dblreq.0ha0isndaksdj99sdfafnl3lk233412"
    assert peer.events() == []
