"""What happens in calls that are up: new offers, glare, session timers, transfers, keys."""

import pytest

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import (
    Answered,
    Ended,
    KeyPressed,
    ReferProgress,
    Referred,
    Reoffered,
    ReofferRefused,
)
from offhook.voice.sip.message import Request, Response
from voice.sip.world import (
    ACCOUNT,
    THEM,
    US,
    Peer,
    a_call_in,
    a_call_up,
    a_hop,
    an_endpoint,
    an_sdp,
    from_them,
    within,
)

HELD = an_sdp(THEM, version=2, extra="a=sendonly\r\n")


def codes(peer: Peer) -> list[int]:
    return [message.code for message in peer.take() if isinstance(message, Response)]


def test_a_new_offer_of_theirs_is_told_and_answered() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "INVITE", 1, sdp=HELD))
    assert codes(peer) == [100]
    assert peer.events() == [Reoffered("leg", HELD)]
    peer.endpoint.answer_reoffer("leg", an_sdp(version=2), 0.0)

    answer = peer.response(200)
    assert answer.body.decode() == an_sdp(version=2)
    peer.send(from_them(invite, "ACK", 1))
    peer.wait(40)
    assert peer.take() == []
    assert peer.events() == []


def test_a_new_offer_of_theirs_is_refused() -> None:
    peer, invite = a_call_up()
    peer.send(from_them(invite, "INVITE", 1, sdp=HELD))
    peer.take()

    peer.endpoint.refuse_reoffer("leg", 0.0)

    assert codes(peer) == [488]
    assert peer.endpoint.load.legs == 1


def test_an_offer_that_changes_nothing_is_answered_by_itself() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "INVITE", 1, sdp=an_sdp(THEM)))

    assert peer.response(200).body.decode() == an_sdp()
    assert peer.events() == []


def test_a_reinvite_without_offer_gets_our_last_one_and_its_ack_is_told() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "INVITE", 1))
    assert peer.response(200).body.decode() == an_sdp()
    peer.send(from_them(invite, "ACK", 1, sdp=HELD))

    assert peer.events() == [Answered("leg", HELD)]


def test_an_update_with_an_offer_is_answered_without_ack() -> None:
    peer, invite = a_call_up()
    peer.send(from_them(invite, "UPDATE", 1, sdp=HELD))
    assert peer.events() == [Reoffered("leg", HELD)]

    peer.endpoint.answer_reoffer("leg", an_sdp(version=2), 0.0)

    assert codes(peer) == [200]
    peer.wait(10)
    assert codes(peer) == []


def test_an_update_moves_the_target() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "UPDATE", 1, contact=f"<sip:moved@{THEM}:5070>"))
    peer.response(200)
    peer.endpoint.hang_up("leg", 0.0)

    assert peer.request("BYE").uri == f"sip:moved@{THEM}:5070"


def test_our_new_offer_is_answered_and_acknowledged() -> None:
    peer, _ = a_call_up()

    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)
    again = peer.request("INVITE")
    assert again.cseq.number == 2
    assert again.receiver.tag == "them"
    peer.answer(again, 200, tag="them", sdp=HELD)

    assert peer.request("ACK").cseq.number == 2
    assert peer.events() == [Answered("leg", HELD)]


def test_our_new_offer_is_refused_and_the_call_goes_on() -> None:
    peer, _ = a_call_up()
    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)

    peer.answer(peer.request("INVITE"), 488, "Not Acceptable")

    peer.request("ACK")
    assert peer.events() == [ReofferRefused("leg", 488, "Not Acceptable")]
    assert peer.endpoint.load.legs == 1


def test_of_two_offers_of_ours_the_second_waits() -> None:
    peer, _ = a_call_up()
    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)
    peer.endpoint.reoffer("leg", an_sdp(version=3), 0.0)
    peer.endpoint.reoffer("leg", an_sdp(version=4), 0.0)
    first = peer.request("INVITE")

    peer.answer(first, 200, tag="them", sdp=an_sdp(THEM))

    sent = [m for m in peer.take() if isinstance(m, Request)]
    assert [m.method for m in sent] == ["ACK", "INVITE"]
    assert sent[1].body.decode() == an_sdp(version=4)


def test_when_both_offer_at_once_theirs_gets_491_and_ours_is_repeated_later() -> None:
    peer, invite = a_call_up()
    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)
    ours = peer.request("INVITE")

    peer.send(from_them(invite, "INVITE", 1, sdp=HELD))
    assert codes(peer) == [491]
    peer.answer(ours, 491)
    peer.request("ACK")
    peer.wait(2.0)
    assert not [m for m in peer.take() if isinstance(m, Request)]  # the owner of the Call-ID waits 2.1 to 4 s
    peer.wait(2.1)

    assert peer.request("INVITE").body.decode() == an_sdp(version=2)
    assert peer.events() == []


def test_an_offer_of_theirs_while_another_is_open_gets_500_with_retry_after() -> None:
    peer, invite = a_call_up()
    peer.send(from_them(invite, "INVITE", 1, sdp=HELD))
    peer.take()

    peer.send(from_them(invite, "UPDATE", 2, sdp=an_sdp(THEM, version=3)))

    assert "retry-after" in peer.response(500).headers


def test_an_offer_of_ours_waits_for_theirs_to_be_answered() -> None:
    peer, invite = a_call_up()
    peer.send(from_them(invite, "INVITE", 1, sdp=HELD))
    peer.take()
    peer.endpoint.reoffer("leg", an_sdp(version=5), 0.0)
    assert peer.take() == []

    peer.endpoint.answer_reoffer("leg", an_sdp(version=2), 0.0)
    peer.response(200)
    peer.send(from_them(invite, "ACK", 1))

    assert peer.request("INVITE").body.decode() == an_sdp(version=5)


def test_a_bye_while_an_offer_is_open_ends_both() -> None:
    peer, invite = a_call_up()
    peer.send(from_them(invite, "INVITE", 1, sdp=HELD))
    peer.take()
    peer.events()

    peer.send(from_them(invite, "BYE", 2))

    assert sorted(codes(peer)) == [200, 487]
    assert peer.events() == [Ended("leg", 200, "hung up")]
    peer.endpoint.answer_reoffer("leg", an_sdp(), 0.0)
    assert peer.take() == []


def test_a_bye_while_our_offer_is_open_ends_the_call_once() -> None:
    peer, invite = a_call_up()
    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)
    ours = peer.request("INVITE")
    peer.send(from_them(invite, "BYE", 1))
    peer.take()

    peer.answer(ours, 200, tag="them", sdp=HELD)

    peer.request("ACK")
    assert peer.events() == [Ended("leg", 200, "hung up")]


def test_an_offer_withdrawn_by_cancel_is_not_answered_any_more() -> None:
    peer, invite = a_call_up()
    again = from_them(invite, "INVITE", 1, sdp=HELD)
    peer.send(again)
    peer.take()

    peer.send(from_them(invite, "CANCEL", 1, via=again.headers["via"][0]))

    assert sorted(codes(peer)) == [200, 487]
    peer.send(from_them(invite, "INVITE", 2, sdp=HELD))
    assert codes(peer) == [100]


@pytest.mark.parametrize("code", [408, 481])
def test_an_end_that_does_not_know_the_call_any_more_ends_it(code: int) -> None:
    peer, _ = a_call_up()
    peer.endpoint.reoffer("leg", an_sdp(version=2), 0.0)

    peer.answer(peer.request("INVITE"), code, "Gone")

    assert peer.events() == [Ended("leg", code, "Gone")]


def test_a_lower_number_is_out_of_order() -> None:
    peer, invite = a_call_up()
    peer.send(from_them(invite, "INFO", 5))
    assert codes(peer) == [200]

    peer.send(from_them(invite, "INFO", 4))

    assert codes(peer) == [500]


def test_a_transfer_that_we_ask_for_is_followed_to_its_end() -> None:
    peer, invite = a_call_up()

    peer.endpoint.refer("leg", "sip:ae@sales.example", 0.0)
    refer = peer.request("REFER")
    assert refer.headers["refer-to"] == ["<sip:ae@sales.example>"]
    peer.answer(refer, 202)
    notify = {"event": "refer", "content_type": "message/sipfrag;version=2.0"}
    peer.send(from_them(invite, "NOTIFY", 1, sdp="SIP/2.0 100 Trying", subscription_state="active", **notify))
    peer.send(from_them(invite, "NOTIFY", 2, sdp="SIP/2.0 200 OK", subscription_state="terminated", **notify))

    assert codes(peer) == [200, 200]
    assert peer.events() == [ReferProgress("leg", 200)]
    peer.send(from_them(invite, "NOTIFY", 3, sdp="SIP/2.0 200 OK", subscription_state="terminated", **notify))
    assert codes(peer) == [481]


def test_a_transfer_that_is_refused_or_forgotten_is_told() -> None:
    peer, _ = a_call_up()
    peer.endpoint.refer("leg", "sip:ae@sales.example", 0.0)
    peer.answer(peer.request("REFER"), 603)
    peer.endpoint.refer("leg", "sip:ae@sales.example", 0.0)
    peer.answer(peer.request("REFER"), 202)

    peer.wait(181)

    assert peer.events() == [ReferProgress("leg", 603), ReferProgress("leg", 408)]


def test_two_transfers_at_once_are_refused() -> None:
    peer, _ = a_call_up()
    peer.endpoint.refer("leg", "sip:a@x.example", 0.0)

    with pytest.raises(Conflict, match="already"):
        peer.endpoint.refer("leg", "sip:b@x.example", 0.0)


def test_a_transfer_that_they_ask_for_is_declined_at_once_and_told() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "REFER", 1, refer_to='"AE" <sip:+8835100099@premium.example?Subject=x>'))

    (declined,) = peer.take()
    assert isinstance(declined, Response)
    assert declined.code == 603, "and no NOTIFY is owed (RFC 3515, 2.4.2)"
    assert peer.events() == [Referred("leg", "sip:+8835100099@premium.example?Subject=x")]
    assert peer.endpoint.load.legs == 1, "the call goes on"


def test_transfers_are_not_offered_so_that_a_telephone_system_bridges_them_itself() -> None:
    _, invite = a_call_up()

    assert "REFER" not in invite.headers["allow"][0]


def test_a_transfer_without_one_target_is_bad() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "REFER", 1))

    assert codes(peer) == [400]
    assert peer.events() == []


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=250\r\n", KeyPressed("leg", "5", 250)),
        ("application/dtmf-relay", "Signal= #", KeyPressed("leg", "#", 160)),
        ("application/dtmf", "*", KeyPressed("leg", "*", 160)),
    ],
)
def test_a_key_told_by_info_is_told(kind: str, body: str, told: KeyPressed) -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "INFO", 1, sdp=body, content_type=kind))

    assert codes(peer) == [200]
    assert peer.events() == [told]


def test_an_info_that_nobody_understands_is_415() -> None:
    peer, invite = a_call_up()

    peer.send(from_them(invite, "INFO", 1, sdp="x", content_type="application/vnd.strange"))

    assert codes(peer) == [415]
    assert peer.events() == []


def test_a_bye_that_is_challenged_is_said_with_credentials() -> None:
    hop = a_hop(**ACCOUNT)
    peer, _ = a_call_up(an_endpoint(hop=hop))
    peer.endpoint.hang_up("leg", 0.0)

    peer.answer(peer.request("BYE"), 407, proxy_authenticate='Digest realm="c", nonce="n", qop="auth"')

    again = peer.request("BYE")
    assert again.cseq.number == 3
    assert 'uri="sip:them@192.0.2.2:5060"' in again.headers["proxy-authorization"][0]


def test_a_ping_within_a_call_is_answered() -> None:
    peer, invite, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)

    peer.send(within(invite, answer, "OPTIONS", 2))

    assert codes(peer) == [200]
    assert US in answer.contact
