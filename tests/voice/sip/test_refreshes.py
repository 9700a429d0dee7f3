"""Session timers (RFC 4028) in calls, against a peer played by hand."""

from offhook.voice.signalling import (
    Ended,
)
from voice.sip.world import (
    THEM,
    a_call_in,
    a_call_up,
    an_endpoint,
    an_sdp,
    from_them,
)


def test_we_refresh_by_update_where_they_know_it() -> None:
    peer, _ = a_call_up(session_expires="1800;refresher=uac", allow="INVITE, UPDATE", require="timer")

    peer.wait(901)
    update = peer.request("UPDATE")
    assert update.body == b""
    assert update.headers["session-expires"] == ["1800;refresher=uac"]
    peer.answer(update, 200, session_expires="1800;refresher=uac")
    peer.wait(899)
    assert peer.take() == []
    peer.wait(2)

    peer.request("UPDATE")


def test_we_refresh_by_reinvite_where_they_do_not() -> None:
    peer, _ = a_call_up(session_expires="90;refresher=uac")

    peer.wait(45.1)
    again = peer.request("INVITE")
    assert again.body.decode() == an_sdp()
    peer.answer(again, 200, tag="them", sdp=an_sdp(THEM), session_expires="90;refresher=uac")

    peer.request("ACK")
    assert peer.events() == []


def test_a_call_that_they_do_not_refresh_is_lost() -> None:
    peer, invite = a_call_up(session_expires="90;refresher=uas")
    peer.wait(50)
    peer.send(from_them(invite, "UPDATE", 1, session_expires="90;refresher=uac", supported="timer"))
    assert peer.response(200).headers["session-expires"] == ["90;refresher=uac"]
    peer.wait(59)
    assert peer.events() == []

    peer.wait(2)

    assert peer.request("BYE").headers["reason"] == ['SIP;cause=408;text="session expired"']
    assert peer.events() == [Ended("leg", 408, "session expired")]


def test_a_refused_refresh_shows_that_they_live_and_is_done_otherwise_next_time() -> None:
    peer, _ = a_call_up(session_expires="90;refresher=uac", allow="UPDATE")
    peer.wait(45.1)
    peer.answer(peer.request("UPDATE"), 501)

    peer.wait(45.1)

    peer.request("INVITE")
    assert peer.events() == []


def test_a_refresh_that_nobody_answers_ends_the_call() -> None:
    peer, _ = a_call_up(session_expires="1800;refresher=uac", allow="UPDATE")

    peer.wait(901 + 32)

    assert peer.events() == [Ended("leg", 408, "no answer within the call")]


def test_a_call_in_agrees_on_who_refreshes() -> None:
    peer, _, leg = a_call_in(session_expires="600;refresher=uac", supported="timer")
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)
    assert answer.headers["session-expires"] == ["600;refresher=uac"]
    assert answer.headers["require"] == ["timer"]

    peer, _, leg = a_call_in()
    peer.endpoint.answer(leg, an_sdp(), 0.0)
    answer = peer.response(200)
    assert answer.headers["session-expires"] == ["1800;refresher=uas"]
    assert "require" not in answer.headers


def test_without_session_timers_of_ours_nothing_is_refreshed() -> None:
    peer, _ = a_call_up(an_endpoint(settings={"session_seconds": 0}))

    peer.wait(4000)

    assert peer.take() == []
