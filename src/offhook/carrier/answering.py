"""The scenario that answers every call, and the table of numbers in which it looks up how. Pure."""

from collections.abc import Iterable, Mapping

from offhook.carrier.conversation import conversation, ends
from offhook.carrier.personas import RETRY_AFTER, SHORTEST, Kind, Persona
from offhook.carrier.speech import Spoken
from offhook.carrier.steps import (
    ALLOW,
    ANSWER_SDP,
    CONTACT,
    REASONS,
    RESUME,
    TICK,
    again_until_deadline,
    do,
    find,
    go,
    label,
    nothing_else,
    play,
    put,
    recv,
    reply,
    scenario,
    tagged,
    until,
    when,
)

TABLE = "numbers.csv"
"""Name of the table's file, which sipp is told by `-inf` and the scenario names."""

_BEFORE: Mapping[Kind, str] = {
    Kind.BUSY: "nothing",
    Kind.NOT_IN_SERVICE: "nothing",
    Kind.CONGESTED: "nothing",
    Kind.FORKED: "forked",
    Kind.ANNOUNCEMENT: "early",
}
"""What comes before the end of the waiting; others ring."""


def table(rows: Iterable[tuple[str, Persona]], spoken: Mapping[str, Spoken], pace: float) -> str:
    """The table of numbers: what each row does, with waits divided by `pace`."""
    lines = [";".join(_fields(row, persona, spoken, pace)) for row, persona in rows]
    return "\n".join(("SEQUENTIAL", *lines, ""))


def _fields(row: str, persona: Persona, spoken: Mapping[str, Spoken], pace: float) -> tuple[str, ...]:
    """Row, what comes first, milliseconds until the final code, that code, what is played, milliseconds of it."""
    seconds = spoken[persona.part.key].seconds if persona.part else 0.0
    before = _BEFORE.get(persona.kind, "ringing")
    waits = seconds if before == "early" else persona.ring_seconds / pace
    part = persona.part.key if persona.part else "-"
    return (row, before, f"{waits * 1000:.0f}", str(persona.code or 200), part, f"{seconds * 1000:.0f}")


def answering(spoken: Mapping[str, Spoken]) -> str:
    """The scenario of everybody who can be called."""
    return scenario(
        "answering",
        "line,scheme,plus,more_vias,micro",
        _ask(),
        _choose(spoken.values()),
        _ring(),
        _refusals(),
        _answer(),
        conversation(),
        _out_of_call(),
        ends("[$to];tag=[$tag]", "[$from]"),
    )


def _ask() -> str:
    """OPTIONS and REGISTER are answered at once; of an INVITE all that is needed later is kept."""
    # In the header only: several Via lines, as they came, which are all to be in the 487.
    vias = "Via:[^[:cntrl:]]*([[:cntrl:]]+Via:[^[:cntrl:]]*)*"
    kept = (
        find(vias, "vias,more_vias"),
        find(".*", "from", 'search_in="hdr" header="From:"'),
        find(".*", "to", 'search_in="hdr" header="To:"'),
        find(".*", "cseq", 'search_in="hdr" header="CSeq:"'),
        put("number", "0"),
        find("^INVITE (sips?|tel):([+]|%2[Bb])?([0-9]+)", "line,scheme,plus,number"),
        put("area", "00"),
        find("([0-9]{2})[0-9]{5}[0-9]{2}$", "line,area", 'search_in="var" variable="number"'),
        put("ending", "00"),
        find("[0-9]{2}$", "ending", 'search_in="var" variable="number"'),
        find(f"^[0-9]{{{SHORTEST}}}", "enough", 'search_in="var" variable="number"'),
        find("m=audio [0-9]+ [A-Z/]+[ 0-9]* 0[^0-9]", "pcmu"),
        find("m=audio [0-9]+ [A-Z/]+[ 0-9]* 8[^0-9]", "pcma"),
        find("m=audio ", "audio"),
        put("events", "101"),
        find("a=rtpmap:([0-9]+) telephone-event/8000", "line,events"),
        put("direction", "sendrecv"),
    )
    return "\n".join(
        (
            recv("OPTIONS", then="options"),
            recv("REGISTER", then="register"),
            recv("INVITE", must=True, rrs=True, actions="".join(kept)),
        )
    )


def _choose(spoken: Iterable[Spoken]) -> str:
    """Number and codec, the row of the table, the file to play; all before the first answer, in no hurry."""
    looked_up = (
        put("row", "[$area][$ending]")
        + f'<lookup assign_to="at" file="{TABLE}" key="[$row]"/>'
        + "".join(
            put(name, f"[field{index} file=&quot;{TABLE}&quot; line=&quot;[$at]&quot;]")
            for index, name in ((1, "before"), (3, "code"), (4, "part"), (5, "lasts"))
        )
        + until(f"[field2 file=&quot;{TABLE}&quot; line=&quot;[$at]&quot;]")
    )
    return "\n".join(
        (
            '<nop next="complete" test="enough"/>',
            go("refuse484"),
            label("complete"),
            do(put("format", "0") + put("codec", "PCMU")),
            '<nop next="codec" test="pcmu"/>',
            do(put("format", "8") + put("codec", "PCMA")),
            '<nop next="codec" test="pcma"/>',
            do(put("format", "0") + put("codec", "PCMU")),
            '<nop next="refuse488" test="audio"/>',
            label("codec"),
            do(looked_up),
            play(spoken, prefix="play", then="chosen"),
            label("chosen"),
            reply("100 Trying"),
        )
    )


def _ring() -> str:
    """What comes before the answer, and the waiting for it, in which CANCEL may come."""
    headers = CONTACT, "[last_Record-Route:]"
    return "\n".join(
        (
            do(put("tag", "[pid]-[call_number]")),
            when("before", "nothing", "waiting"),
            when("before", "early", "early"),
            when("before", "forked", "forked"),
            tagged("180 Ringing", *headers, then="waiting"),
            label("forked"),
            do(put("tag", "[pid]-[call_number]-desk")),
            tagged("180 Ringing", *headers),
            do(put("tag", "[pid]-[call_number]-mobile")),
            tagged("180 Ringing", *headers, then="waiting"),
            label("early"),
            tagged("183 Session Progress", *headers, body=ANSWER_SDP),
            do(RESUME),
            label("waiting"),
            recv("CANCEL", then="cancelled", wait=TICK, late="looked", always=True),
            recv("INVITE", then="repeated", always=True),
            recv("PRACK", then="prack"),
            recv("BYE", then="early_bye", always=True),
            nothing_else(),
            label("repeated"),
            reply("100 Trying", then="waiting"),
            label("prack"),
            reply("200 OK", then="waiting"),
            label("looked"),
            again_until_deadline("waiting"),
            *(when("code", str(code), f"refuse{code}") for code in (404, 480, 486, 503, 603)),
            go("answer"),
        )
    )


def _refusals() -> str:
    """One section for each code, and CANCEL and a BYE that come before the answer."""
    return "\n".join(
        (
            *(_refusal(code) for code in REASONS),
            label("early_bye"),
            reply("200 OK", then="terminated"),
            label("cancelled"),
            reply("200 OK"),
            label("terminated"),
            tagged("487 Request Terminated", repeat=True),
            label("refused"),
            recv("CANCEL", then="late_refused", wait=32_000, late="over"),
            recv("ACK", must=True, then="over"),
            label("late_refused"),
            reply("200 OK", then="refused"),
        )
    )


def _refusal(code: int) -> str:
    reason, cause = REASONS[code]
    more = (f"Retry-After: {RETRY_AFTER}",) if code == 503 else ()
    tag = do(put("tag", "[pid]-[call_number]"))
    status = f"{code} {reason}"
    refused = tagged(status, f'Reason: Q.850;cause={cause};text="{reason}"', *more, repeat=True, then="refused")
    return "\n".join((label(f"refuse{code}"), tag, refused))


def _answer() -> str:
    """200, repeated until its ACK."""
    return "\n".join(
        (
            label("answer"),
            tagged("200 OK", CONTACT, ALLOW, "[last_Record-Route:]", repeat=True, body=ANSWER_SDP),
            label("unacknowledged"),
            recv("CANCEL", then="late_cancel", wait=32_000, late="over"),
            recv("BYE", then="hung_up"),
            recv("ACK", must=True, then="talking", actions=RESUME + until("[$lasts]")),
            label("late_cancel"),
            reply("200 OK", then="unacknowledged"),
        )
    )


def _out_of_call() -> str:
    """OPTIONS, by which a trunk is seen to live, and REGISTER, which needs no credentials here."""
    return "\n".join(
        (
            label("options"),
            reply("200 OK", CONTACT, ALLOW, "Accept: application/sdp", then="over"),
            label("register"),
            reply("200 OK", "[last_Contact:]", "Expires: 3600", then="over"),
        )
    )
