"""Redirects: followed once, within the carrier and to the number that was called; never elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.signalling import Answered, Refused, Trying
from offhook.voice.sip.addresses import Address
from voice.sip.world import THEM, Peer, a_hop, a_placing, an_endpoint, an_sdp

NEAR = "198.51.100.7"


def a_peer(**trunk: object) -> Peer:
    """A call to +15550100 by a carrier that calls from 198.51.100.0/24 too."""
    peer = Peer(an_endpoint(hop=a_hop(domain="carrier.example"), sources=("198.51.100.0/24",), **trunk))
    peer.endpoint.place(a_placing(hop=a_hop(domain="carrier.example")), peer.now)
    return peer


def redirected(contact: str, code: int = 302) -> Peer:
    """The first answer sends us on."""
    peer = a_peer()
    peer.answer(peer.request("INVITE"), code, tag="them", contact=contact)
    return peer


def invites(peer: Peer) -> list[tuple[str, Address]]:
    """The INVITEs sent after the redirect: whom they call, and where they go."""
    peer.take()
    return [
        (message.uri, send.to)
        for send, message in zip(peer.sent, peer.got, strict=True)
        if getattr(message, "method", "") == "INVITE"
    ][1:]


def test_a_redirect_to_another_machine_of_the_carrier_is_followed() -> None:
    peer = redirected(f"<sip:+15550100@{NEAR}:5080;transport=tcp?Subject=x>")

    assert invites(peer) == [(f"sip:+15550100@{NEAR}:5080", Address("tcp", NEAR, 5080))]
    again = peer.got[-1]
    assert (again.cseq.number, again.sender.tag) == (2, peer.got[0].sender.tag)
    assert again.call_id == peer.got[0].call_id
    assert again.via.branch != peer.got[0].via.branch
    assert peer.events() == [], "nobody needs to know"
    peer.answer(again, 180, tag="far")
    peer.answer(again, 200, tag="far", sdp=an_sdp(NEAR))
    assert [type(event) for event in peer.events()] == [Trying, Answered]


def test_the_carriers_domain_means_the_host_that_we_know() -> None:
    peer = redirected("<sip:15550100;npdi@carrier.example>")

    assert invites(peer) == [("sip:+15550100@carrier.example", Address("udp", THEM, 5060))]


@pytest.mark.parametrize(
    "contact",
    [
        f"<sip:+15550111@{NEAR}>",
        "<sip:+15550100@203.0.113.9>",
        "<sip:+15550100@elsewhere.example>",
        f"<sips:+15550100@{NEAR}>",
        "<tel:+15550100>",
        f"<sip:{NEAR}>",
        f"<sip:+15550100@{NEAR};maddr=203.0.113.9>",
        "nonsense",
    ],
)
def test_a_redirect_to_another_number_or_somebody_else_is_a_refusal(contact: str) -> None:
    peer = redirected(contact)

    assert invites(peer) == []
    [refused] = peer.events()
    assert isinstance(refused, Refused)
    assert refused.code == 302


def test_of_several_targets_the_first_that_fits_is_taken() -> None:
    peer = redirected(f"<sip:+15550111@{NEAR}>, <sip:+15550100@{NEAR}>", 300)

    assert invites(peer) == [(f"sip:+15550100@{NEAR}", Address("udp", NEAR, 5060))]


def test_a_second_redirect_is_a_refusal() -> None:
    peer = redirected(f"<sip:+15550100@{NEAR}>")
    peer.take()
    peer.answer(peer.got[-1], 302, tag="far", contact="<sip:+15550100@198.51.100.8>")

    assert len(invites(peer)) == 1
    assert [event.code for event in peer.events() if isinstance(event, Refused)] == [302]


def test_who_gave_up_is_not_redirected() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    peer.answer(invite, 100)
    peer.endpoint.hang_up("leg", peer.now)
    peer.answer(invite, 302, tag="them", contact=f"<sip:+15550100@{NEAR}>")

    assert invites(peer) == []
    assert [event.code for event in peer.events() if isinstance(event, Refused)] == [487]


@given(st.text(max_size=40))
def test_whatever_a_redirect_says_only_the_number_with_leave_is_called_and_only_at_the_carrier(text: str) -> None:
    peer = redirected(text)

    for uri, to in invites(peer):
        assert uri.startswith("sip:+15550100@")
        assert to.host in (THEM, NEAR)


def test_a_carrier_that_insists_on_reliable_ringing_is_not_answered_by_prack_and_the_call_goes_on() -> None:
    peer = a_peer()
    invite = peer.request("INVITE")
    assert "100rel" not in str(invite.headers["supported"]), "so that none may ask for it (RFC 3262, section 3)"
    for _ in range(3):  # repeated until a PRACK comes
        peer.answer(invite, 183, tag="them", sdp=an_sdp(THEM), require="100rel", rseq="1")
    assert peer.take() == []
    peer.answer(invite, 200, tag="them", sdp=an_sdp(THEM))

    kinds = [type(event) for event in peer.events()]
    assert kinds == [Trying, Trying, Trying, Answered]
    assert peer.request("ACK")
