"""Trunks that are watched: pings, registrations, and who belongs to which."""

import pytest

from offhook.kernel.errors import Invalid
from offhook.voice.signalling import TrunkChanged
from offhook.voice.sip.digest import Challenge, Login, challenge_value, is_authorised
from offhook.voice.sip.message import Request
from offhook.voice.sip.trunks import Sources, Trunk
from voice.sip.world import ACCOUNT, Peer, a_hop, an_endpoint


def a_watched_trunk(**trunk: object) -> Peer:
    peer = Peer(an_endpoint(**({"ping_every": 10.0, "misses": 3} | trunk)))
    peer.wait(0)
    return peer


def a_registering_trunk() -> Peer:
    return a_watched_trunk(ping_every=0, registers=True, hop=a_hop(**ACCOUNT, domain="carrier.example"))


def test_a_trunk_that_answers_is_up_whatever_it_answers() -> None:
    peer = a_watched_trunk()

    peer.answer(peer.request("OPTIONS"), 404)

    assert peer.events() == [TrunkChanged("carrier", True, "answers")]
    peer.wait(10)
    peer.answer(peer.request("OPTIONS"), 200)
    assert peer.events() == []


def test_a_trunk_is_down_after_three_misses_and_up_with_the_first_answer() -> None:
    peer = a_watched_trunk()
    peer.answer(peer.request("OPTIONS"), 200)
    peer.events()

    peer.wait(39.9)
    assert peer.events() == []
    peer.wait(0.2)
    assert peer.events() == [TrunkChanged("carrier", False, "no answer to OPTIONS")]

    last = [message for message in peer.take() if isinstance(message, Request)][-1]
    peer.answer(last, 200)
    assert peer.events() == [TrunkChanged("carrier", True, "answers")]


def test_a_trunk_that_cannot_be_reached_or_answers_503_is_missed() -> None:
    peer = a_watched_trunk(misses=2)
    [send] = peer.endpoint.take_sends()
    peer.endpoint.broken(send, 0.0)
    peer.wait(10)
    peer.answer(peer.request("OPTIONS"), 503, "Overloaded")

    assert peer.events() == [TrunkChanged("carrier", False, "Overloaded")]


def test_a_trunk_registers_with_credentials_and_renews_in_time() -> None:
    peer = a_registering_trunk()
    register = peer.request("REGISTER")
    assert register.uri == "sip:carrier.example"
    assert register.receiver.uri == "sip:ada@carrier.example"
    challenge = Challenge("carrier", "n1", "SHA-256")
    peer.answer(register, 401, www_authenticate=challenge_value(challenge))
    again = peer.request("REGISTER")
    assert is_authorised(again.headers["authorization"][0], challenge, Login("ada", "secret"), "REGISTER")

    peer.answer(
        again, 200, contact="<sip:other@1.2.3.4>;expires=9, " + again.headers["contact"][0] + ";expires=300"
    )

    assert peer.events() == [TrunkChanged("carrier", True, "registered")]
    peer.wait(239)
    assert peer.take() == []
    peer.wait(2)
    renewed = peer.request("REGISTER")
    assert renewed.call_id == register.call_id
    assert renewed.cseq.number == again.cseq.number + 1


def test_a_refused_registration_takes_the_trunk_down_and_is_tried_again_later() -> None:
    peer = a_registering_trunk()

    peer.answer(peer.request("REGISTER"), 403, "No account")

    assert peer.events() == [TrunkChanged("carrier", False, "403 No account")]
    peer.wait(29)
    assert peer.take() == []
    peer.wait(2)
    peer.answer(peer.request("REGISTER"), 200, expires="600")
    assert peer.events() == [TrunkChanged("carrier", True, "registered")]


def test_a_registration_that_is_too_brief_is_asked_for_longer() -> None:
    peer = a_registering_trunk()

    peer.answer(peer.request("REGISTER"), 423, min_expires="1800")

    assert peer.request("REGISTER").headers["expires"] == ["1800"]


def test_trunks_can_be_changed_while_others_go_on() -> None:
    peer = a_watched_trunk()
    peer.answer(peer.request("OPTIONS"), 200)
    peer.events()
    old = Trunk(a_hop(), ping_every=10.0, misses=3)
    new = Trunk(a_hop(trunk="new", host="192.0.2.77"), ping_every=10.0)

    peer.endpoint.set_trunks([old, new], peer.now)
    peer.wait(1)

    assert [send.to.host for send in peer.endpoint.take_sends()] == ["192.0.2.77", "192.0.2.77"]
    peer.endpoint.set_trunks([old], peer.now)
    peer.wait(9.5)
    assert peer.endpoint.take_sends()[-1].to.host == "192.0.2.2"
    assert peer.events() == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.2", "carrier"), ("198.51.100.9", "carrier"), ("198.51.101.9", None), ("203.0.113.1", "carrier")],
)
def test_an_address_belongs_to_the_trunk_that_lists_it(address: str, expected: str | None) -> None:
    sources = Sources((Trunk(a_hop(), ("198.51.100.0/24", "sip.carrier.example")),))
    sources.learn("sip.carrier.example", ("203.0.113.1",))

    found = sources.trunks_at(address)

    assert [trunk.name for trunk in found] == ([expected] if expected else [])


@pytest.mark.parametrize("changes", [{"transport": "tls"}, {"port": 0}])
def test_settings_that_cannot_work_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        Trunk(a_hop(**changes))
    with pytest.raises(Invalid, match="user name"):
        Trunk(a_hop(), registers=True)
