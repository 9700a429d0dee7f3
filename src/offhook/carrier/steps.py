"""The steps that sipp's scenarios are made of, as text. Pure.

A scenario is a flat list of steps with labels to jump to. What must be known of sipp 3.6.1, read in its source and
tried:

- A wait is `<recv>` with a timeout on the first of a group of optional messages; its length is fixed in the
  file. So every wait is a loop of short ones (`TICK`) until the clock has reached a deadline kept in a variable.
- A branch of a `<nop>` is taken when its `test` variable is set; a file to play is fixed in the step. So
  choosing a file is a chain of comparisons that is written out here, and costs microseconds.
- A message of such a group must have a place to go to: without one, the wait is forgotten when it comes.
- A variable that an expression once matched stays set: `clear` it before the next match.
- A send with `retrans` is repeated until a message comes that stands *after* it in the file: the ACK follows its
  200.
- CANCEL replaces the `[last_…]` headers, so what the 487 needs of the INVITE is kept in variables.
"""

from collections.abc import Iterable, Mapping

from offhook.carrier.speech import Spoken

AUDIO = "audio"
"""Folder of the spoken files, relative to where sipp runs (its file names may hold no comma)."""

TICK = 100
"""Milliseconds between looks at the clock."""

REASONS: Mapping[int, tuple[str, int]] = {
    404: ("Not Found", 1),
    480: ("Temporarily Unavailable", 19),
    484: ("Address Incomplete", 28),
    486: ("Busy Here", 17),
    488: ("Not Acceptable Here", 65),
    503: ("Service Unavailable", 42),
    603: ("Decline", 21),
}
"""What a refusal says: its reason phrase, and the cause of ITU-T Q.850 that a telephone network would tell."""

_ECHO = """[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]"""

CONTACT = "Contact: <sip:carrier@[local_ip]:[local_port];transport=[transport]>"

ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY"

SDP = """v=0
o=carrier 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP {formats}
{attributes}
a=ptime:20
a={direction}"""

ANSWER_SDP = SDP.format(
    formats="[$format] [$events]",
    attributes="a=rtpmap:[$format] [$codec]/8000\na=rtpmap:[$events] telephone-event/8000",
    direction="[$direction]",
)


PAUSE, RESUME = ('<exec rtp_stream="pause"/>', '<exec rtp_stream="resume"/>')
"""Actions: be silent, speak (on)."""


def scenario(name: str, unread: str, *sections: str) -> str:
    """The whole file. `unread` names the variables (with commas) that are set but never read: sipp insists on
    it."""
    steps = "\n".join((*sections, f'<Reference variables="{unread}"/>'))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n{steps}\n</scenario>\n'


def label(name: str) -> str:
    return f'<label id="{name}"/>'


def send(message: str, *, repeat: bool = False, then: str | None = None, body: str = "") -> str:
    """A message; `repeat` sends it again until it is acknowledged (UDP)."""
    attributes = (' retrans="500"' if repeat else "") + (f' next="{then}"' if then else "")
    kind = "Content-Type: application/sdp\n" if body else ""
    return f"<send{attributes}><![CDATA[\n{message}\n{kind}Content-Length: [len]\n\n{body}\n]]></send>"


def reply(status: str, *headers: str, repeat: bool = False, then: str | None = None, body: str = "") -> str:
    """An answer to the message that came last."""
    return send("\n".join((f"SIP/2.0 {status}", _ECHO, *headers)), repeat=repeat, then=then, body=body)


def recv(
    what: str | int, *, then: str | None = None, wait: int = 0, late: str | None = None, must: bool = False,
    always: bool = False, rrs: bool = False, actions: str = "",
) -> str:  # fmt: skip
    """A message that may come (or `must`), and where to go then; after `wait` ms without any of its group, `late`.

    One that is `always` expected is also taken in the steps that follow in the file: sipp takes one step at a time
    and reads messages in between.
    """
    attributes = f'response="{what}"' if isinstance(what, int) else f'request="{what}"'
    attributes += "" if must else ' optional="global"' if always else ' optional="true"'
    attributes += ' rrs="true"' if rrs else ""
    attributes += f' next="{then}"' if then else ""
    attributes += f' timeout="{wait}" ontimeout="{late}"' if late else ""
    return f"<recv {attributes}><action>{actions}</action></recv>" if actions else f"<recv {attributes}/>"


def nothing_else() -> str:
    """The end of a group of which nothing must come: sipp wants one message there that must."""
    return recv("NOTHING", must=True)


def do(actions: str, *, then: str | None = None, test: str | None = None) -> str:
    attributes = (f' next="{then}"' if then else "") + (f' test="{test}"' if test else "")
    return f"<nop{attributes}><action>{actions}</action></nop>"


def go(then: str) -> str:
    return f'<nop next="{then}"/>'


def when(variable: str, value: str, then: str, *, is_same: bool = True) -> str:
    """Go there when the variable has this text (or has not)."""
    compare = "equal" if is_same else "not_equal"
    return do(
        f'<strcmp assign_to="differs" variable="{variable}" value="{value}"/>'
        f'<test assign_to="yes" variable="differs" compare="{compare}" value="0"/>',
        then=then,
        test="yes",
    )


def until(milliseconds: str) -> str:
    """Actions that set the deadline."""
    return (
        f'<assignstr assign_to="text" value="{milliseconds}"/><todouble assign_to="wait" variable="text"/>'
        '<divide assign_to="wait" value="1000"/>'
        '<gettimeofday assign_to="deadline,micro"/><divide assign_to="micro" value="1000000"/>'
        '<add assign_to="deadline" variable="micro"/><add assign_to="deadline" variable="wait"/>'
    )


def again_until_deadline(loop: str) -> str:
    """Go back to `loop` while the deadline is ahead."""
    return do(
        '<gettimeofday assign_to="now,micro"/><divide assign_to="micro" value="1000000"/>'
        '<add assign_to="now" variable="micro"/><subtract assign_to="now" variable="deadline"/>'
        '<test assign_to="yes" variable="now" compare="less_than" value="0"/>',
        then=loop,
        test="yes",
    )


def put(variable: str, value: str) -> str:
    return f'<assignstr assign_to="{variable}" value="{value}"/>'


def clear(*variables: str) -> str:
    """Make variables unset."""
    return "".join(f'<assign assign_to="{one}" value="0"/>' for one in variables)


def find(expression: str, into: str, where: str = 'search_in="msg"') -> str:
    return f'<ereg regexp="{expression}" {where} assign_to="{into}"/>'


def log(text: str) -> str:
    return f'<log message="{text}"/>'


def tagged(
    status: str, *headers: str, then: str | None = None, repeat: bool = False, body: str = ""
) -> str:  # fmt: skip
    """An answer to the INVITE, made of what was kept of it: other messages may have come since."""
    echo = "[$vias]\nFrom:[$from]\nTo:[$to];tag=[$tag]\n[last_Call-ID:]\nCSeq:[$cseq]"
    return send("\n".join((f"SIP/2.0 {status}", echo, *headers)), then=then, repeat=repeat, body=body)


def play(spoken: Iterable[Spoken], *, prefix: str, then: str) -> str:
    """Have the file of `part` in the call's codec ready to play: it is spoken from `RESUME` on."""
    files = [
        (f"{one.part.key}.{payload}", name, payload)
        for one in spoken
        for payload, name in ((0, one.pcmu), (8, one.pcma))
    ]
    chosen = [when("file", key, f"{prefix}.{key}") for key, _, _ in files]
    played = [
        f'{label(f"{prefix}.{key}")}\n{do(f"""<exec rtp_stream="{AUDIO}/{name},1,{payload}"/>""", then=then)}'
        for key, name, payload in files
    ]
    return "\n".join((do(PAUSE + put("file", "[$part].[$format]")), *chosen, go(then), *played))
