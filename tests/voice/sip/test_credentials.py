"""Calls that are challenged, against a peer played by hand."""

import pytest

from offhook.voice.signalling import Refused
from offhook.voice.sip.digest import Challenge, Login, challenge_value, is_authorised
from offhook.voice.sip.message import Request
from voice.sip.world import (
    ACCOUNT,
    Peer,
    a_hop,
    a_placing,
    an_endpoint,
)


def a_peer(**options: object) -> Peer:
    peer = Peer(an_endpoint(**options))  # type: ignore[arg-type]
    peer.endpoint.place(a_placing(), peer.now)
    return peer


@pytest.mark.parametrize("algorithm", ["", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"])
@pytest.mark.parametrize(
    ("code", "asked", "given"),
    [
        (401, "www-authenticate", "authorization"),
        (407, "proxy-authenticate", "proxy-authorization"),
    ],
)
def test_a_challenge_is_met(algorithm: str, code: int, asked: str, given: str) -> None:
    hop = a_hop(**ACCOUNT)
    peer = Peer(an_endpoint(hop=hop))
    peer.endpoint.place(a_placing(hop=hop), 0.0)
    invite = peer.request("INVITE")
    challenge = Challenge("carrier", "nonce1", algorithm, opaque="o")

    peer.answer(invite, code, tag="x", **{asked: challenge_value(challenge)})

    sent = [m for m in peer.take() if isinstance(m, Request)]
    assert [m.method for m in sent] == ["ACK", "INVITE"]
    again = sent[1]
    assert again.cseq.number == 2
    assert again.call_id == invite.call_id
    assert again.sender.tag == invite.sender.tag
    assert again.via.branch != invite.via.branch
    assert is_authorised(again.headers[given][0], challenge, Login("ada", "secret"), "INVITE")
    assert peer.events() == []


def test_a_known_nonce_is_used_again_with_a_higher_count() -> None:
    hop = a_hop(**ACCOUNT)
    peer = Peer(an_endpoint(hop=hop))
    challenge = Challenge("carrier", "nonce1")
    peer.endpoint.place(a_placing(hop=hop), 0.0)
    peer.answer(peer.request("INVITE"), 401, tag="x", www_authenticate=challenge_value(challenge))
    peer.take()

    peer.endpoint.place(a_placing("second", hop=hop), 0.0)

    value = peer.request("INVITE").headers["authorization"][0]
    assert "nc=00000002" in value
    assert is_authorised(value, challenge, Login("ada", "secret"), "INVITE", count_seen=1)


def test_a_stale_nonce_is_replaced_and_a_wrong_password_is_not_tried_twice() -> None:
    hop = a_hop(**ACCOUNT | {"password": "wrong"})
    peer = Peer(an_endpoint(hop=hop))
    peer.endpoint.place(a_placing(hop=hop), 0.0)
    peer.answer(peer.request("INVITE"), 401, tag="x", www_authenticate=challenge_value(Challenge("c", "n1")))
    second = next(m for m in peer.take() if isinstance(m, Request) and m.method == "INVITE")
    stale = challenge_value(Challenge("c", "n2", stale=True))
    peer.answer(second, 401, tag="x", www_authenticate=stale)
    third = next(m for m in peer.take() if isinstance(m, Request) and m.method == "INVITE")
    assert 'nonce="n2"' in third.headers["authorization"][0]

    peer.answer(third, 401, "Wrong", tag="x", www_authenticate=challenge_value(Challenge("c", "n3")))

    assert peer.events() == [Refused("leg", 401, "Wrong")]


def test_without_credentials_a_challenge_is_a_refusal() -> None:
    peer = a_peer()

    peer.answer(peer.request("INVITE"), 407, "Who?", tag="x", proxy_authenticate='Digest realm="c", nonce="n"')

    assert peer.events() == [Refused("leg", 407, "Who?")]
