"""No call reaches the network without the policy's leave: a permit is made in one place, and asked for in one."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import offhook
from offhook.activities import Direction
from offhook.compliance import Permit, RecordingConsent
from offhook.kernel.clock import SetClock
from offhook.kernel.errors import Forbidden
from offhook.kernel.ids import new_id
from offhook.voice.calls.inputs import DialColleague
from offhook.voice.calls.machine import apply, decide
from offhook.voice.calls.model import Call, Candidate, LegKind, Terms
from offhook.voice.signalling import Hop
from offhook.voice.sip import SipSignalling, Trunk

SOURCE = Path(offhook.__file__).parent


def calls_of(name: str) -> set[str]:
    """The modules in which something of this name is called, as a function, class or method."""
    return {str(path.relative_to(SOURCE)) for path, called in _called() if called == name}


def _called() -> Iterator[tuple[Path, str]]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                yield path, called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_a_permit_is_made_by_the_policy_alone() -> None:
    assert calls_of("Permit") <= {"compliance/service.py", "bench/sip.py"}, "a bench calls itself, in memory"


def test_the_policy_is_asked_where_calls_are_opened_and_nowhere_past_it() -> None:
    assert calls_of("permit_call") == {"voice/exchange/opening.py"}
    assert calls_of("invite") == {"voice/exchange/placing.py"}


def test_a_colleague_is_called_without_the_policy_because_no_phone_takes_part() -> None:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    call = Call(new_id(), Direction.OUTBOUND, Terms(), now, owner_id=new_id())
    for event in decide(call, DialColleague("ours", Candidate("theirs", new_id())), now):
        call = apply(call, event, now)
    assert {leg.kind for leg in call.legs.values()} == {LegKind.DEVICE}
    assert calls_of("DialColleague") == {"voice/exchange/inside.py"}


@pytest.mark.anyio
async def test_an_expired_permit_places_no_call() -> None:
    clock = SetClock()
    given = datetime(2026, 3, 2, 8, tzinfo=UTC)
    permit = Permit(new_id(), "+12125550101", given, given + timedelta(minutes=1), RecordingConsent.ONE_PARTY)
    hop = Hop("trunk", "127.0.0.1", 9)
    async with SipSignalling([Trunk(hop, ping_every=0)], bind=("127.0.0.1", 0), clock=clock) as signalling:
        with pytest.raises(Forbidden):
            await signalling.invite("leg", permit, hop, caller="+12125550142", caller_name="", sdp="v=0\r\n")


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio."""
    return "asyncio"
