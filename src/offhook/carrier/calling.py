"""The scenario of one call that the carrier makes to us. Pure."""

from dataclasses import dataclass

from offhook.carrier.conversation import conversation, ends
from offhook.carrier.speech import Spoken
from offhook.carrier.steps import (
    ALLOW,
    CONTACT,
    RESUME,
    SDP,
    TICK,
    again_until_deadline,
    do,
    find,
    label,
    log,
    nothing_else,
    play,
    put,
    recv,
    scenario,
    send,
    until,
)

_REFUSED_BY_OTHERS = (
    *(300, 301, 302, 305, 380, 400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 413, 414, 415, 416, 420, 421),
    *(423, 480, 481, 482, 483, 484, 485, 486, 487, 488, 491, 493, 500, 501, 502, 503, 504, 505, 513),
    *(600, 603, 604, 606),
)
"""Final answers (RFC 3261, section 21) that whoever we ring may give; sipp knows no wild card for them."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A call that the carrier makes: who is called, by whom, who speaks then, how many seconds it may ring.

    `token` is used for no other call: tag and branch are made of it.
    """

    token: str
    called: str
    caller: str
    spoken: Spoken
    patience_seconds: float


def calling(ring: Ring) -> str:
    """The scenario of one call to us; `offhook.carrier.ringing` reads its log."""
    us = _us(ring)
    return scenario("calling", "micro,direction", _invite(ring), conversation(), ends(us, "[$to]", is_told=True))


def _us(ring: Ring) -> str:
    """The caller as a From header shows them: name, address, tag."""
    name = f'"{ring.spoken.part.name}" ' if ring.spoken.part.name else ""
    return f"{name}<sip:{ring.caller}@[local_ip]>;tag=[$tag]"


def _invite(ring: Ring) -> str:
    """INVITE us, wait as long as patience lasts, then CANCEL."""
    kept = find(".*", "to", 'search_in="hdr" header="To:"')
    offer = SDP.format(
        formats="0 8 101",
        attributes="a=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000",
        direction="sendrecv",
    )
    request = (
        f"{{method}} sip:{ring.called}@[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}\n"
        f"From: {_us(ring)}\nTo: <sip:{ring.called}@[remote_ip]>{{tag}}\n"
        f"Call-ID: [call_id]\nCSeq: 1 {{method}}\n{CONTACT}\nMax-Forwards: 70"
    )
    first = "z9hG4bK-[$tag]-1"
    invite = request.format(method="INVITE", branch=first, tag="") + f"\n{ALLOW}"
    cancel = request.format(method="CANCEL", branch=first, tag="")
    refused_ack = request.format(method="ACK", branch=first, tag="[peer_tag_param]")
    ack = (
        "ACK [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"[routes]\nFrom: {_us(ring)}\nTo:[$to]\n"
        f"Call-ID: [call_id]\nCSeq: 1 ACK\n{CONTACT}\nMax-Forwards: 70"
    )
    is_pcma = find("m=audio [0-9]+ [A-Z/]+ 8", "pcma")
    refusals = [
        recv(code, always=True, then="refused_ack", actions=log(f"refused {code}")) for code in _REFUSED_BY_OTHERS
    ]
    return "\n".join(
        (
            do(put("tag", ring.token) + put("direction", "sendrecv") + put("events", "101")
                + put("part", ring.spoken.part.key)
                + until(f"{ring.patience_seconds * 1000:.0f}")),
            send(invite, repeat=True, body=offer),
            label("waiting"),
            recv(100, always=True, then="waiting", wait=TICK, late="looked"),
            recv(180, always=True, then="waiting", actions=log("ringing")),
            recv(181, always=True, then="waiting"),
            recv(182, always=True, then="waiting"),
            recv(183, always=True, then="waiting", actions=log("ringing")),
            *refusals,
            recv(200, always=True, rrs=True, then="taken", actions=log("answered") + kept + is_pcma),
            nothing_else(),
            label("looked"),
            again_until_deadline("waiting"),
            do(log("unanswered")),
            send(cancel, repeat=True),
            label("cancelling"),
            recv(200, then="cancelling", wait=8000, late="over"),
            recv(487, must=True, then="refused_ack"),
            label("refused_ack"),
            send(refused_ack, then="over"),
            label("taken"),
            do(put("format", "8") + put("codec", "PCMA")),
            '<nop next="chosen" test="pcma"/>',
            do(put("format", "0") + put("codec", "PCMU")),
            label("chosen"),
            play((ring.spoken,), prefix="play", then="acknowledged"),
            label("acknowledged"),
            do(RESUME + until(f"{ring.spoken.seconds * 1000:.0f}")),
            send(ack, then="talking"),
        )
    )  # fmt: skip
