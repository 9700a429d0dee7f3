"""Calls that come in, and all that is turned away, against a peer played by hand."""

import pytest

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import Answered, Ended, Incoming
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.limiter import Rate
from offhook.voice.sip.message import Request, Response
from voice.sip.world import THEM, US, Peer, a_call_in, a_hop, a_request, an_endpoint, an_sdp, within

STRANGER = Address("udp", "198.51.100.66", 5060)


def codes(peer: Peer) -> list[int]:
    return [message.code for message in peer.take() if isinstance(message, Response)]


def ack_of(invite: Request, answer: Response, sdp: str = "") -> Request:
    return within(invite, answer, "ACK", invite.cseq.number, sdp=sdp)


def test_a_call_tells_who_calls_whom_by_which_trunk() -> None:
    peer = Peer(an_endpoint(hop=a_hop(asserts_identity=True)))
    asserted = '"Robert" <sip:+15550999@them.example>, <tel:+15550998>'

    peer.send(a_request(sdp=an_sdp(THEM), p_asserted_identity=asserted, diversion="<sip:+1@x>", x_id="7"))

    assert codes(peer) == [100]
    [event] = peer.events()
    assert isinstance(event, Incoming)
    assert (event.trunk, event.called) == ("carrier", "+15550199")
    assert (event.caller, event.caller_name) == ("+15550999", "Robert")
    assert event.sdp == an_sdp(THEM)
    assert event.headers["Diversion"] == "<sip:+1@x>"
    assert event.headers["X-Id"] == "7"


def test_an_asserted_identity_of_a_trunk_that_is_not_trusted_counts_nothing() -> None:
    peer = Peer(an_endpoint())

    peer.send(a_request(sdp=an_sdp(THEM), p_asserted_identity="<sip:+15550999@them.example>"))

    [event] = peer.events()
    assert isinstance(event, Incoming)
    assert event.caller == "+15550123"


def test_a_call_to_our_registered_contact_is_to_the_number_in_to() -> None:
    peer = Peer(an_endpoint(hop=a_hop(username="account7")))

    peer.send(a_request(sdp=an_sdp(THEM), uri=f"sip:account7@{US}"))

    [event] = peer.events()
    assert isinstance(event, Incoming)
    assert event.called == "+15550199"


def test_a_call_rings_is_answered_and_acknowledged() -> None:
    peer, invite, leg = a_call_in(record_route="<sip:p.example;lr>")
    peer.endpoint.ring(leg, None, 0.0)
    ringing = peer.response(180)
    peer.endpoint.ring(leg, an_sdp(), 0.0)
    assert peer.response(183).body.decode() == an_sdp()

    peer.endpoint.answer(leg, an_sdp(), 0.0)

    answer = peer.response(200)
    assert answer.receiver.tag == ringing.receiver.tag != ""
    assert answer.headers["record-route"] == ["<sip:p.example;lr>"]
    assert answer.contact == f"sip:offhook@{US}:5060"
    peer.send(ack_of(invite, answer))
    peer.wait(40)
    assert peer.take() == []
    assert peer.events() == []


def test_an_answer_is_repeated_until_its_ack_comes() -> None:
    peer, invite, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)

    peer.wait(3.6)
    assert codes(peer) == [200, 200, 200]  # after 0.5, 1, 2 s more

    peer.send(ack_of(invite, answer))
    peer.wait(60)
    assert codes(peer) == []


def test_a_call_without_ack_is_lost() -> None:
    peer, _, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)

    peer.wait(33)

    assert any(isinstance(message, Request) and message.method == "BYE" for message in peer.take())
    assert peer.events() == [Ended(leg, 408, "no ACK")]


def test_a_hang_up_waits_for_the_ack() -> None:
    peer, invite, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)
    peer.endpoint.hang_up(leg, 0.0)
    assert peer.take() == []

    peer.send(ack_of(invite, answer))

    peer.request("BYE")
    assert peer.events() == []


def test_a_late_offer_is_answered_by_the_ack() -> None:
    peer, invite, leg = a_call_in(sdp="")

    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)
    assert answer.body.decode() == an_sdp()
    peer.send(ack_of(invite, answer, an_sdp(THEM)))

    assert peer.events() == [Answered(leg, an_sdp(THEM))]


def test_a_late_offer_is_never_made_in_a_provisional_answer() -> None:
    peer, _, leg = a_call_in(sdp="")

    peer.endpoint.ring(leg, an_sdp(), 0.0)

    assert peer.response(180).body == b""


def test_a_late_offer_without_an_answer_ends_the_call() -> None:
    peer, invite, leg = a_call_in(sdp="")
    peer.endpoint.answer(leg, an_sdp(), 0.0)

    peer.send(ack_of(invite, peer.response(200)))

    assert peer.events() == [Ended(leg, 488, "no answer in the ACK")]
    peer.request("BYE")


@pytest.mark.parametrize("code", [302, 480, 486, 488, 603])
def test_a_refusal_is_repeated_until_acknowledged(code: int) -> None:
    peer, invite, leg = a_call_in()

    peer.endpoint.refuse(leg, code, "", 0.0)
    answer = peer.response(code)
    peer.wait(0.6)
    assert codes(peer) == [code]
    via = invite.headers["via"][0]
    peer.send(within(invite, answer, "ACK", 1, via=via))
    peer.wait(60)

    assert codes(peer) == []
    assert peer.endpoint.load.transactions == peer.endpoint.load.legs == 0


def test_hanging_up_a_call_that_rings_declines_it() -> None:
    peer, _, leg = a_call_in()

    peer.endpoint.hang_up(leg, 0.0)

    assert codes(peer) == [603]
    assert peer.events() == []


def test_a_repeated_invite_is_answered_by_the_last_answer_and_told_once() -> None:
    peer, invite, leg = a_call_in()
    peer.endpoint.ring(leg, None, 0.0)
    peer.take()

    peer.send(invite)

    assert codes(peer) == [180]
    assert peer.events() == []


def test_a_call_given_up_by_the_caller_ends() -> None:
    peer, invite, leg = a_call_in()
    cancel = a_request(
        "CANCEL",
        **{key: invite.headers[key][0] for key in ("via", "from", "to")},
        call_id=invite.call_id,
        cseq="1 CANCEL",
        reason='SIP;cause=200;text="Call completed elsewhere"',
    )

    peer.send(cancel)

    assert codes(peer) == [200, 487]
    assert peer.events() == [Ended(leg, 200, "Call completed elsewhere")]


def test_a_cancel_that_crosses_our_200_changes_nothing() -> None:
    peer, invite, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)

    peer.send(
        a_request(
            "CANCEL",
            **{key: invite.headers[key][0] for key in ("via", "from", "to")},
            call_id=invite.call_id,
            cseq="1 CANCEL",
        )
    )

    assert codes(peer) == [200]
    peer.send(ack_of(invite, answer))
    assert peer.events() == []
    assert peer.endpoint.load.legs == 1


def test_a_cancel_of_nothing_is_481() -> None:
    peer = Peer(an_endpoint())

    peer.send(a_request("CANCEL"))

    assert codes(peer) == [481]


def test_a_caller_who_says_bye_while_it_rings_is_gone() -> None:
    peer, invite, leg = a_call_in()
    peer.endpoint.ring(leg, None, 0.0)
    ringing = peer.response(180)

    peer.send(within(invite, ringing, "BYE", 2))

    assert codes(peer) == [200, 487]
    assert peer.events() == [Ended(leg, 200, "hung up")]


def test_commands_must_fit_the_leg() -> None:
    peer, _, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)

    with pytest.raises(Conflict, match="does not ring"):
        peer.endpoint.answer(leg, an_sdp(), 0.0)
    with pytest.raises(Conflict, match="does not ring"):
        peer.endpoint.refuse(leg, 486, "", 0.0)


def test_commands_for_a_leg_that_is_over_do_nothing() -> None:
    peer = Peer(an_endpoint())

    peer.endpoint.answer("gone", an_sdp(), 0.0)
    peer.endpoint.hang_up("gone", 0.0)

    assert peer.take() == []


def test_an_unanswered_call_is_shown_to_be_alive_and_refused_in_the_end() -> None:
    peer, _, leg = a_call_in()
    peer.endpoint.ring(leg, None, 0.0)
    peer.take()

    peer.wait(61)
    assert codes(peer) == [180]
    peer.wait(600)

    assert 480 in codes(peer)
    assert peer.events() == [Ended(leg, 408, "not answered")]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (a_request("PRACK"), 405),
        (a_request("REGISTER"), 405),
        (a_request("FROBNICATE"), 501),
        (a_request(sdp=an_sdp(THEM), require="100rel"), 420),
        (a_request(sdp=an_sdp(THEM), max_forwards="0"), 483),
        (a_request("BYE", to=f"<sip:a@{US}>;tag=unknown"), 481),
        (a_request("INFO"), 481),
        (a_request("NOTIFY"), 481),
        (a_request("REFER"), 403),
        (a_request("OPTIONS"), 200),
        (a_request(sdp=an_sdp(THEM), session_expires="30", supported="timer"), 422),
        (a_request(sdp="v=0"), 400),
        (a_request(sdp=an_sdp(THEM).replace("IN IP4 192.0.2.2\r\nt", "NN IP9 x\r\nt")), 488),
        (a_request(sdp=an_sdp(THEM), content_type="text/plain"), 415),
        (a_request(sdp=an_sdp(THEM), contact="<sip:bob@ho st>"), 400),
        (a_request(uri="fax:123"), 416),
    ],
    ids=lambda value: value.start[:30] if isinstance(value, Request) else str(value),
)
def test_what_cannot_be_done_is_answered_so(request_: Request, code: int) -> None:
    peer = Peer(an_endpoint())

    peer.send(request_)

    assert codes(peer) == [code]
    assert peer.events() == []


def test_ack_is_never_answered() -> None:
    peer = Peer(an_endpoint())

    peer.send(a_request("ACK", to=f"<sip:a@{US}>;tag=unknown"))
    peer.send(a_request("ACK", cseq="9 INVITE"))

    assert peer.take() == []


def test_a_request_that_comes_by_two_ways_is_merged() -> None:
    peer, invite, _ = a_call_in()
    invite.headers["via"] = [f"SIP/2.0/UDP {THEM}:5060;branch=z9hG4bKother"]

    peer.send(Request(method="INVITE", uri=invite.uri, headers=invite.headers, body=invite.body))

    assert codes(peer) == [482]


def test_a_stranger_may_not_call() -> None:
    peer = Peer(an_endpoint())

    peer.send(a_request(sdp=an_sdp(THEM)), STRANGER)

    assert codes(peer) == [403]
    assert peer.events() == []
    assert peer.endpoint.load.transactions == 0


def test_a_stranger_of_a_listed_network_may_call() -> None:
    peer = Peer(an_endpoint(sources=("198.51.100.0/24",)))

    peer.send(a_request(sdp=an_sdp(THEM)), STRANGER)

    assert codes(peer) == [100]


def test_a_flood_is_told_so_sparsely_and_then_dropped() -> None:
    peer = Peer(an_endpoint(settings={"stranger_rate": Rate(1, 3)}))

    for _ in range(50):
        peer.send(a_request("OPTIONS"), STRANGER)

    answers = [message for message in peer.take() if isinstance(message, Response)]
    assert [answer.code for answer in answers] == [200, 200, 200, 503]
    assert answers[-1].headers["retry-after"] == ["30"]
    peer.now += 5
    peer.send(a_request("OPTIONS"), STRANGER)
    assert codes(peer) == [200]


def test_a_flood_of_a_stranger_does_not_touch_calls_that_run() -> None:
    peer, invite, leg = a_call_in(an_endpoint(settings={"stranger_rate": Rate(0, 0), "trunk_rate": Rate(0, 1)}))
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)
    peer.send(ack_of(invite, answer))

    peer.send(within(invite, answer, "BYE", 2))

    assert codes(peer) == [200]


def test_answers_go_where_the_request_came_from() -> None:
    peer = Peer(an_endpoint())
    behind = Address("udp", "203.0.113.5", 40000)

    peer.send(a_request("OPTIONS", via="SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKn1;rport"), behind)
    first = peer.response(200)
    peer.send(a_request("OPTIONS", via="SIP/2.0/UDP 10.0.0.5:5066;branch=z9hG4bKn2"), behind)
    peer.response(200)

    assert first.via.params["received"] == "203.0.113.5"
    assert first.via.params["rport"] == "40000"
    assert [send.to for send in peer.sent] == [behind, Address("udp", "203.0.113.5", 5066)]


def test_a_proxy_that_serves_several_trunks_is_told_apart_by_domain_and_account() -> None:
    from offhook.voice.sip.trunks import Trunk

    endpoint = an_endpoint()
    hops = [a_hop(trunk="a", domain="a.example"), a_hop(trunk="b", domain="b.example", username="acc")]
    endpoint.set_trunks([Trunk(hop, ping_every=0) for hop in hops], 0.0)
    peer = Peer(endpoint)

    peer.send(a_request(sdp=an_sdp(THEM), to="<sip:+15550199@b.example>"))
    peer.send(a_request(sdp=an_sdp(THEM), uri=f"sip:acc@{US}"))
    peer.send(a_request(sdp=an_sdp(THEM), uri="sip:+1@a.example"))

    assert [event.trunk for event in peer.events() if isinstance(event, Incoming)] == ["b", "b", "a"]


def test_trunks_at_one_address_that_cannot_be_told_apart_are_all_told() -> None:
    from offhook.voice.sip.trunks import Trunk

    endpoint = an_endpoint()
    hops = [
        a_hop(trunk=name, host=THEM, domain=domain)
        for name, domain in (("a", None), ("b", "b.example"), ("c", None))
    ]
    endpoint.set_trunks([Trunk(hop, ping_every=0) for hop in hops], 0.0)
    peer = Peer(endpoint)

    peer.send(a_request(sdp=an_sdp(THEM), to="<sip:+15550199@b.example>"))
    peer.send(a_request(sdp=an_sdp(THEM)))

    told = [(event.trunk, event.rivals) for event in peer.events() if isinstance(event, Incoming)]
    assert told == [("b", ()), ("a", ("b", "c"))]


def test_behind_an_edge_the_carrier_that_it_names_decides() -> None:
    from offhook.voice.sip.trunks import Trunk

    endpoint = an_endpoint()
    hops = [a_hop(trunk=name, host=THEM, domain=f"{name}.example") for name in ("a", "b")]
    endpoint.set_trunks([Trunk(hop, ping_every=0) for hop in hops], 0.0)
    peer = Peer(endpoint)

    peer.send(a_request(sdp=an_sdp(THEM), to="<sip:+15550199@a.example>", x_offhook_carrier="B.example"))
    peer.send(a_request(sdp=an_sdp(THEM), to="<sip:+15550199@a.example>", x_offhook_carrier="unheard.example"))

    assert [event.trunk for event in peer.events() if isinstance(event, Incoming)] == ["b", "a"]


def test_the_sdp_is_found_within_multipart() -> None:
    peer = Peer(an_endpoint())
    parts = [f"Content-Type: application/sdp\r\n\r\n{an_sdp(THEM)}", "Content-Type: application/isup\r\n\r\n\x01"]
    body = "".join(f"--cut\r\n{part}\r\n" for part in parts) + "--cut--\r\n"

    peer.send(a_request(sdp=body, content_type="multipart/mixed;boundary=cut"))

    [event] = peer.events()
    assert isinstance(event, Incoming)
    assert event.sdp == an_sdp(THEM)
