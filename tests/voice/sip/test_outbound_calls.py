"""Calls that we place, against a peer played by hand."""

import pytest

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import Answered, Ended, Refused, Trying
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.message import Request
from voice.sip.world import (
    ACCOUNT,
    THEM,
    US,
    Peer,
    a_call_up,
    a_hop,
    a_placing,
    an_endpoint,
    an_sdp,
    from_them,
)

PUBLIC = Address("udp", "203.0.113.9", 34567)


def a_peer(**options: object) -> Peer:
    peer = Peer(an_endpoint(**options))  # type: ignore[arg-type]
    peer.endpoint.place(a_placing(), peer.now)
    return peer


def test_an_invite_shows_who_calls_and_whom() -> None:
    peer = Peer(an_endpoint())
    hop = a_hop(domain="carrier.example", asserts_identity=True)

    peer.endpoint.place(a_placing(hop=hop, caller_name='Ada "L"'), 0.0)

    invite = peer.request("INVITE")
    assert invite.uri == "sip:+15550100@carrier.example"
    assert invite.sender.display == 'Ada "L"'
    assert invite.headers["p-asserted-identity"] == ['"Ada \\"L\\"" <sip:+15550199@carrier.example>']
    assert invite.contact == f"sip:offhook@{US}:5060"
    assert invite.body.decode() == an_sdp()


def test_an_anonymous_call_shows_nobody() -> None:
    peer = Peer(an_endpoint())

    peer.endpoint.place(a_placing(caller="", hop=a_hop(asserts_identity=True)), 0.0)

    invite = peer.request("INVITE")
    assert invite.sender.uri == "sip:anonymous@anonymous.invalid"
    assert invite.headers["privacy"] == ["id"]
    assert "p-asserted-identity" not in invite.headers


def test_nothing_can_be_smuggled_into_a_header() -> None:
    peer = Peer(an_endpoint())

    with pytest.raises(Malformed, match="cannot be sent"):
        peer.endpoint.place(a_placing(caller_name="x\r\nRoute: <sip:evil>"), 0.0)


def test_one_leg_id_is_used_once() -> None:
    peer = a_peer()

    with pytest.raises(Conflict, match="leg"):
        peer.endpoint.place(a_placing(), 0.0)


def test_a_call_rings_with_early_media_and_is_answered() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")

    peer.answer(invite, 100)
    peer.answer(invite, 180, "Ringing", tag="them")
    peer.answer(invite, 183, "Progress", tag="them", sdp=an_sdp(THEM))
    peer.answer(invite, 200, "OK", tag="them", sdp=an_sdp(THEM, version=2))

    ack = peer.request("ACK")
    assert ack.uri == f"sip:them@{THEM}:5060"
    assert ack.cseq.number == invite.cseq.number
    assert ack.via.branch != invite.via.branch
    assert peer.events() == [
        Trying("leg", 100, "Reason", None),
        Trying("leg", 180, "Ringing", None),
        Trying("leg", 183, "Progress", an_sdp(THEM)),
        Answered("leg", an_sdp(THEM, version=2)),
    ]


def test_a_repeated_200_is_acknowledged_again_and_told_once() -> None:
    peer, invite = a_call_up()

    peer.answer(invite, 200, "OK", tag="them", sdp=an_sdp(THEM))

    assert peer.request("ACK").cseq.number == 1
    assert peer.events() == []


def test_an_end_that_answers_every_ack_is_not_answered_for_ever() -> None:
    peer, invite = a_call_up()

    for _ in range(200):
        peer.answer(invite, 200, "OK", tag="them", sdp=an_sdp(THEM))

    assert len(peer.take()) == 30
    assert peer.endpoint.load.legs == 1


def test_of_two_forks_that_answer_the_second_is_hung_up() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    peer.answer(invite, 180, tag="one")
    peer.answer(invite, 180, tag="two")
    peer.answer(invite, 200, tag="two", sdp=an_sdp(THEM))
    first = peer.request("ACK")
    assert first.receiver.tag == "two"

    peer.answer(invite, 200, tag="one", sdp=an_sdp(THEM))

    sent = [m for m in peer.take() if isinstance(m, Request)]
    assert [(m.method, m.receiver.tag) for m in sent] == [("ACK", "one"), ("BYE", "one")]
    assert [e for e in peer.events() if isinstance(e, Answered)] == [Answered("leg", an_sdp(THEM))]


@pytest.mark.parametrize("code", [300, 404, 480, 486, 488, 500, 603])
def test_a_refusal_is_acknowledged_and_told(code: int) -> None:
    peer = a_peer()
    invite = peer.request("INVITE")

    peer.answer(invite, code, "No", tag="them")

    ack = peer.request("ACK")
    assert ack.via.branch == invite.via.branch
    assert ack.receiver.tag == "them"
    assert peer.events() == [Refused("leg", code, "No", contacts=(f"sip:them@{THEM}:5060",) if code < 400 else ())]


def test_a_redirection_tells_its_targets_and_503_when_to_come_back() -> None:
    peer = a_peer()
    peer.answer(peer.request("INVITE"), 302, tag="t", contact="<sip:a@x.example>, <sip:b@y.example>;q=0.5")
    peer.take()
    peer.endpoint.place(a_placing("other"), 0.0)
    peer.answer(peer.request("INVITE"), 503, tag="t", retry_after="120 (soon)", warning='399 x "full"')

    first, second = peer.events()
    assert isinstance(first, Refused)
    assert first.contacts == ("sip:a@x.example", "sip:b@y.example")
    assert isinstance(second, Refused)
    assert (second.retry_after, second.warning) == (120, '399 x "full"')


def test_an_unanswered_invite_is_repeated_and_ends_as_408() -> None:
    peer = a_peer()
    peer.take()

    peer.wait(31.9)
    repeated = peer.take()
    assert len(repeated) == 6  # after 0.5, 1, 2, 4, 8, 16 seconds more
    assert peer.events() == []
    peer.wait(0.2)

    assert peer.events() == [Refused("leg", 408, "No answer")]
    assert peer.endpoint.load.transactions == 0


def test_a_call_that_only_rings_is_cancelled_in_the_end() -> None:
    peer = a_peer()
    peer.answer(peer.request("INVITE"), 180, tag="them")

    peer.wait(185.2)

    peer.request("CANCEL")
    assert peer.events()[-1] == Refused("leg", 408, "No answer")


def test_a_call_given_up_before_any_answer_is_cancelled_after_the_first() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    peer.endpoint.hang_up("leg", peer.now)
    assert peer.take() == []

    peer.answer(invite, 180, tag="them")

    cancel = peer.request("CANCEL")
    assert cancel.via.branch == invite.via.branch
    assert cancel.uri == invite.uri
    assert cancel.cseq.number == invite.cseq.number
    peer.answer(cancel, 200)
    peer.answer(invite, 487, tag="them")
    peer.request("ACK")
    assert peer.events() == [Refused("leg", 487, "Given up")]


def test_a_call_given_up_that_is_answered_all_the_same_is_hung_up() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    peer.answer(invite, 180, tag="them")
    peer.endpoint.hang_up("leg", peer.now)
    peer.answer(peer.request("CANCEL"), 200)

    peer.answer(invite, 200, tag="them", sdp=an_sdp(THEM))

    assert [m.method for m in peer.take() if isinstance(m, Request)] == ["ACK", "BYE"]
    told = [event for event in peer.events() if not isinstance(event, Trying)]
    assert [event.code for event in told if isinstance(event, Refused)] == [487]
    assert len(told) == 1


def test_a_given_up_call_without_a_last_word_is_over_after_32_seconds() -> None:
    peer = a_peer()
    peer.answer(peer.request("INVITE"), 180, tag="them")
    peer.endpoint.hang_up("leg", peer.now)

    peer.wait(33)

    assert peer.events()[-1] == Refused("leg", 487, "Given up")
    assert peer.endpoint.load.legs == 0


def test_422_raises_the_session_interval() -> None:
    peer = a_peer()

    peer.answer(peer.request("INVITE"), 422, tag="x", min_se="3600")

    again = next(m for m in peer.take() if isinstance(m, Request) and m.method == "INVITE")
    assert again.headers["session-expires"] == ["3600"]
    assert again.headers["min-se"] == ["3600"]


def test_a_bye_of_theirs_ends_the_call_with_its_reason() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "BYE", 1, reason='Q.850;cause=17;text="user busy"'))

    peer.response(200)
    assert peer.events() == [Ended("leg", 486, "user busy")]
    assert peer.endpoint.load.legs == peer.endpoint.load.dialogs == 0


def test_a_bye_is_said_along_the_recorded_route() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    route = "<sip:p2.example;lr>, <sip:p1.example:5070;lr>"
    peer.answer(invite, 200, tag="them", sdp=an_sdp(THEM), record_route=route)
    peer.take()
    peer.sent.clear()

    peer.endpoint.hang_up("leg", 0.0)

    bye = peer.request("BYE")
    assert bye.uri == f"sip:them@{THEM}:5060"
    assert bye.headers["route"] == ["<sip:p1.example:5070;lr>", "<sip:p2.example;lr>"]
    assert peer.sent[-1].to == Address("udp", "p1.example", 5070)


def test_a_private_contact_behind_nat_is_reached_where_its_packets_come_from() -> None:
    peer = Peer(an_endpoint(), PUBLIC)
    peer.endpoint.place(a_placing(), 0.0)
    peer.answer(peer.request("INVITE"), 200, tag="them", sdp=an_sdp(THEM), contact="<sip:bob@192.168.1.7:5060>")

    ack = peer.request("ACK")

    assert ack.uri == "sip:bob@192.168.1.7:5060"
    assert peer.sent[-1].to == PUBLIC


def test_an_answer_that_cannot_be_understood_ends_the_call() -> None:
    peer = a_peer()

    peer.answer(peer.request("INVITE"), 200, tag="them", sdp="v=0 nonsense")

    assert [m.method for m in peer.take() if isinstance(m, Request)] == ["ACK", "BYE"]
    [event] = peer.events()
    assert isinstance(event, Refused)
    assert event.code == 488


def test_an_answer_given_in_the_183_only_counts() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    peer.answer(invite, 183, tag="them", sdp=an_sdp(THEM))

    peer.answer(invite, 200, tag="them")

    assert peer.events()[-1] == Answered("leg", an_sdp(THEM))


def test_a_200_without_any_answer_is_no_call() -> None:
    peer = a_peer()

    peer.answer(peer.request("INVITE"), 200, tag="them")

    assert peer.events() == [Refused("leg", 488, "No answer to our offer")]


def test_an_answer_with_an_unreadable_contact_ends_the_call() -> None:
    peer = a_peer()

    peer.answer(peer.request("INVITE"), 200, tag="them", sdp=an_sdp(THEM), contact="<mailto:a@b>")

    [event] = peer.events()
    assert isinstance(event, Refused)
    assert event.code == 502


@pytest.mark.parametrize("change", ["branch", "method", "call-id"])
def test_a_response_to_nothing_that_we_asked_is_dropped(change: str) -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    headers = {
        "branch": {"via": f"SIP/2.0/UDP {US}:5060;branch=z9hG4bKguess"},
        "method": {"cseq": "1 BYE"},
        "call-id": {"call_id": "guess"},
    }[change]

    peer.answer(invite, 200, tag="spoof", sdp=an_sdp("198.51.100.66"), **headers)

    assert peer.take() == []
    assert peer.events() == []


def test_a_long_invite_goes_by_tcp_where_the_trunk_allows_and_falls_back_to_udp() -> None:
    peer = Peer(an_endpoint())
    long = an_sdp(extra="a=x:" + "y" * 1500 + "\r\n")
    peer.endpoint.place(a_placing(sdp=long, hop=a_hop(large_by_tcp=True)), 0.0)
    [first] = peer.endpoint.take_sends()
    assert first.to == Address("tcp", THEM, 5060)
    assert b"SIP/2.0/TCP" in first.data

    peer.endpoint.broken(first, 0.0)

    [second] = peer.endpoint.take_sends()
    assert second.to == Address("udp", THEM, 5060)
    assert b"SIP/2.0/UDP" in second.data
    peer.endpoint.broken(second, 0.0)
    assert peer.events() == [Refused("leg", 503, "The trunk cannot be reached")]


def test_a_short_invite_stays_with_udp() -> None:
    peer = Peer(an_endpoint())

    peer.endpoint.place(a_placing(hop=a_hop(large_by_tcp=True)), 0.0)

    [send] = peer.endpoint.take_sends()
    assert send.to.transport == "udp"


def test_another_process_ends_a_call_from_its_snapshot() -> None:
    peer, invite = a_call_up()
    snapshot = peer.endpoint.snapshot("leg")
    assert snapshot is not None
    other = Peer(an_endpoint(seed=9))

    other.endpoint.end_orphan(snapshot, 0.0)

    bye = other.request("BYE")
    assert bye.call_id == invite.call_id
    assert bye.sender.tag == invite.sender.tag
    assert bye.receiver.tag == "them"
    assert bye.cseq.number > invite.cseq.number
    assert bye.uri == f"sip:them@{THEM}:5060"


def test_a_snapshot_of_a_ringing_call_ends_it_too_and_holds_no_secret() -> None:
    hop = a_hop(**ACCOUNT)
    peer = Peer(an_endpoint(hop=hop))
    peer.endpoint.place(a_placing(hop=hop), 0.0)
    assert peer.endpoint.snapshot("leg") is None
    peer.answer(peer.request("INVITE"), 180, tag="them")

    snapshot = peer.endpoint.snapshot("leg")

    assert snapshot is not None
    assert "secret" not in str(snapshot)


def test_a_broken_snapshot_is_refused_by_name() -> None:
    peer, _ = a_call_up()
    snapshot = peer.endpoint.snapshot("leg")
    assert snapshot is not None

    with pytest.raises(Malformed, match="target"):
        peer.endpoint.end_orphan({key: value for key, value in snapshot.items() if key != "target"}, 0.0)
