"""sipp as the other side: scenarios built step by step, run on loopback, bounded in time.

A scenario is a list of steps. In those of a callee (`uas`) our INVITE's From, To and Call-ID are kept, so that
requests can be sent within the call; in those of a caller (`uac`) sipp keeps them itself.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from offhook.voice.signalling import Answered, Hop, Incoming
from offhook.voice.sip import Settings, SipSignalling, Timing, Trunk
from voice.sip.sides import LOCAL, Side, a_free_port
from voice.sip.world import a_permit, an_sdp

SIPP = shutil.which("sipp")
SECONDS = 25

SDP = """v=0
o=sipp 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a={direction}
"""


def sdp(version: int = 1, direction: str = "sendrecv") -> str:
    """A description of sipp's."""
    return SDP.format(version=version, direction=direction)


def _send(head: str, headers: list[str], body: str, retrans: int | None, extra: str = "") -> str:
    lines = [head, *headers]
    if body:
        lines.append("Content-Type: application/sdp" if body.startswith("v=") else "Content-Type: message/sipfrag")
    lines.extend(["Content-Length: [len]", "", body])
    text = "\n".join(f"      {line}" for line in "\n".join(lines).split("\n"))
    again = f' retrans="{retrans}"' if retrans else ""
    return f"  <send{again}{extra}><![CDATA[\n{text}\n  ]]></send>"


def answer(
    code: int,
    reason: str = "Reason",
    *,
    body: str = "",
    tag: str = "sipp",
    retrans: int | None = None,
    **more: str,
) -> str:
    """uas: answer the last request; `more` are headers, `_` for `-`."""
    to = f"[last_To:];tag={tag}" if tag else "[last_To:]"
    headers = ["[last_Via:]", "[last_From:]", to, "[last_Call-ID:]", "[last_CSeq:]", "[last_Record-Route:]"]
    headers.append("Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>")
    headers += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return _send(f"SIP/2.0 {code} {reason}", headers, body, retrans)


def answer_kept(code: int, reason: str = "Reason", *, body: str = "", tag: str = "sipp") -> str:
    """uas: answer the INVITE that was kept, though other requests came since."""
    headers = [
        "Via:[$via]",
        "From:[$from]",
        f"To:[$to];tag={tag}",
        "[last_Call-ID:]",
        "CSeq:[$cseq]",
        "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>",
    ]
    return _send(f"SIP/2.0 {code} {reason}", headers, body, None)


def keep() -> str:
    """Remember the INVITE just received."""
    actions = "".join(
        f'<ereg regexp=".*" search_in="hdr" header="{name}:" assign_to="{name.lower()}"/>'
        for name in ("Via", "From", "To", "CSeq")
    )
    return f'  <recv request="INVITE" rrs="true"><action>{actions}</action></recv>'


KEPT = '  <nop><action><log message="[$via] [$from] [$to] [$cseq]"/></action></nop>'
"""Uses what was kept, as sipp demands."""


USED = '  <nop><action><log message="[$found]"/></action></nop>'


def must_hold(header: str, pattern: str) -> str:
    """An action: the header matches, or the scenario fails. To be followed by `USED`."""
    return f'<ereg regexp="{pattern}" search_in="hdr" header="{header}:" check_it="true" assign_to="found"/>'


def ask_kept(method: str, number: int, *, body: str = "", tag: str = "sipp", **more: str) -> str:
    """uas: a request within the call that was kept."""
    headers = [
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
        f"From:[$to];tag={tag}",
        "To:[$from]",
        "[last_Call-ID:]",
        f"CSeq: {number} {method}",
        "Max-Forwards: 70",
        "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>",
    ]
    headers += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    uri = "sip:offhook@[remote_ip]:[remote_port]"
    return _send(f"{method} {uri} SIP/2.0", headers, body, 500)


def ask(
    method: str, number: int, *, body: str = "", in_call: bool = False, retrans: int | None = 500, **more: str
) -> str:
    """uac: a request, outside of or within the call."""
    headers = [
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
        "From: sipp <sip:+15550123@[local_ip]:[local_port]>;tag=[call_number]",
        "To: <sip:[service]@[remote_ip]:[remote_port]>" + ("[peer_tag_param]" if in_call else ""),
        "Call-ID: [call_id]",
        f"CSeq: {number} {method}",
        "Max-Forwards: 70",
        "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>",
    ]
    headers += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    uri = "sip:[service]@[remote_ip]:[remote_port]"
    return _send(f"{method} {uri} SIP/2.0", headers, body, None if method == "ACK" else retrans)


def hear(what: str | int, *, optional: bool = False, actions: str = "") -> str:
    """Wait for a request or an answer."""
    kind = "request" if isinstance(what, str) else "response"
    rest = ' optional="true"' if optional else ""
    inner = f"<action>{actions}</action>" if actions else ""
    return f'  <recv {kind}="{escape(str(what))}"{rest}>{inner}</recv>'


def pause(milliseconds: int) -> str:
    """Do nothing."""
    return f'  <pause milliseconds="{milliseconds}"/>'


def end_by_us() -> list[str]:
    """uas: the rest of a call that we end."""
    return [hear("ACK"), hear("BYE"), answer(200, "OK", tag="")]


@asynccontextmanager
async def sipp(
    steps: list[str], port: int, *, ours: int, transport: str = "udp", options: tuple[str, ...] = ()
) -> AsyncIterator[None]:
    """Run a scenario beside the block; leaving it waits for the scenario's end. Fails when sipp is not content."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = "\n".join(["<?xml version='1.0'?>", "<scenario name='s'>", *steps, "</scenario>"])
        (folder / "s.xml").write_text(text)
        command = [
            str(SIPP), "-sf", "s.xml", "-i", LOCAL, "-p", str(port), "-m", "1", "-t", f"{transport[0]}1",
            "-timeout", f"{SECONDS}s", "-timeout_error", "-nostdin", "-trace_err", "-error_file", "errors",
            "-s", "+15550199", *options, f"{LOCAL}:{ours}",
        ]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            await _listening(port, transport, process)
            yield
            _, said = await asyncio.wait_for(process.communicate(), SECONDS + 5)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        errors = (folder / "errors").read_text() if (folder / "errors").exists() else ""
        assert process.returncode == 0, f"sipp: {process.returncode}\n{said.decode()}\n{errors}"


async def _listening(port: int, transport: str, process: asyncio.subprocess.Process) -> None:
    wanted = f":{port:04X} "
    for _ in range(200):
        if process.returncode is not None or wanted in Path(f"/proc/net/{transport}").read_text():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("sipp does not listen")


needed = pytest.mark.skipif(SIPP is None, reason="sipp (Debian: sip-tester) is not installed")
both = pytest.mark.parametrize("transport", ["udp", "tcp"])
Scene = Callable[[Side, Hop], Awaitable[None]]


def against(
    steps: list[str], scene: Scene, *, transport: str = "udp", options: tuple[str, ...] = (), **hop_options: object
) -> None:
    """Run a scenario of sipp's and ours together; both must come to their end."""

    async def run() -> None:
        port = a_free_port()
        hop = Hop("sipp", LOCAL, port, transport, **hop_options)  # type: ignore[arg-type]
        settings = Settings(timing=Timing(t1=0.1, t4=0.5))
        async with SipSignalling([Trunk(hop, ping_every=0)], bind=(LOCAL, 0), settings=settings) as ours:
            side = Side(ours)
            listening = asyncio.create_task(side.listen())
            async with sipp(steps, port, ours=ours.port, transport=transport, options=options):
                await scene(side, hop)
            await ours.close()
            await listening

    asyncio.run(run())


async def place(side: Side, hop: Hop) -> None:
    await side.signalling.invite(
        "leg", a_permit("+15550100"), hop, caller="+15550199", caller_name="Ada", sdp=an_sdp(LOCAL)
    )


async def place_and_answer(side: Side, hop: Hop) -> None:
    await place(side, hop)
    await side.wait_for(Answered)


async def take_call(side: Side) -> str:
    incoming = await side.wait_for(Incoming)
    await side.signalling.answer(incoming.leg, an_sdp(LOCAL))
    return incoming.leg
