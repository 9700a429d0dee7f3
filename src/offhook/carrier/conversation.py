"""A call that is up, as steps of sipp: what is spoken, hold, and hanging up by either side. Pure.

Called and calling carriers share it. Before it, `part` names who speaks, `lasts` for how many milliseconds,
`format` and `codec` are the payload type and its name, `tag` is our tag.
"""

from offhook.carrier.steps import (
    ALLOW,
    ANSWER_SDP,
    CONTACT,
    PAUSE,
    RESUME,
    TICK,
    again_until_deadline,
    clear,
    do,
    find,
    go,
    label,
    log,
    nothing_else,
    put,
    recv,
    reply,
    send,
)


def conversation() -> str:
    """From the ACK until the deadline.

    BYE is obeyed; so is a re-INVITE (hold and the way back, session refresh); REFER is refused. INFO, UPDATE,
    NOTIFY and OPTIONS within the call sipp answers by itself (`-aa`).
    """
    offer = (
        clear("held", "zero", "inactive")
        + find("a=(sendonly|inactive)", "held")
        + find("c=IN IP4 0[.]0[.]0[.]0", "zero")
        + find("a=inactive", "inactive")
    )
    return "\n".join(
        (
            label("talking"),
            recv("BYE", then="hung_up", wait=TICK, late="talked", always=True),
            recv("REFER", then="refer", always=True),
            recv("CANCEL", then="stray_cancel", always=True),
            recv("ACK", then="talking", always=True),
            recv("INVITE", then="offered", actions=offer, always=True),
            nothing_else(),
            label("stray_cancel"),
            reply("200 OK", then="talking"),
            label("refer"),
            reply("405 Method Not Allowed", ALLOW, then="talking"),
            label("offered"),
            '<nop next="inactive" test="inactive"/>',
            '<nop next="held" test="held"/>',
            '<nop next="held" test="zero"/>',
            do(RESUME + put("direction", "sendrecv"), then="accepted"),
            label("inactive"),
            do(PAUSE + put("direction", "inactive"), then="accepted"),
            label("held"),
            do(PAUSE + put("direction", "recvonly"), then="accepted"),
            label("accepted"),
            reply("200 OK", CONTACT, ALLOW, "[last_Record-Route:]", repeat=True, body=ANSWER_SDP),
            recv("BYE", then="hung_up", wait=32_000, late="goodbye"),
            recv("ACK", must=True, then="talking"),
            label("talked"),
            again_until_deadline("talking"),
            go("goodbye"),
        )
    )


def ends(ours: str, theirs: str, *, is_told: bool = False) -> str:
    """Hanging up and being hung up on. `ours` and `theirs` are our party and the other (address and tag).

    With `is_told` the log says who ended it.
    """
    bye = (
        "BYE [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"[routes]\nFrom: {ours}\nTo: {theirs}\nCall-ID: [call_id]\nCSeq: 2 BYE\n{CONTACT}\nMax-Forwards: 70\n"
        'Reason: Q.850;cause=16;text="Normal call clearing"'
    )
    by_us, by_them = ((do(log(f"ended by {who}")),) if is_told else () for who in ("us", "them"))
    return "\n".join(
        (
            label("goodbye"),
            do(PAUSE),
            *by_us,
            send(bye, repeat=True),
            recv("BYE", then="hung_up", wait=8000, late="over"),
            recv(481, then="over"),
            recv(408, then="over"),
            recv(200, must=True, then="over"),
            label("hung_up"),
            do(PAUSE),  # the call is kept for retransmissions, and would speak on
            *by_them,
            reply("200 OK", then="over"),
            label("over"),
            '<timewait milliseconds="1000"/>',
        )
    )
