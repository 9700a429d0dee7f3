"""The tables of the four transaction machines, held to what RFC 3261 promises; and the layer that runs them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.sip.addresses import Address
from offhook.voice.sip.alarms import Alarms
from offhook.voice.sip.machines import INVITE_CLIENT, INVITE_SERVER, MACHINES, Act, Input, Machine, State, Timing
from offhook.voice.sip.message import Response
from offhook.voice.sip.replies import answer_to
from offhook.voice.sip.transactions import Send, Transaction, Transactions
from voice.sip.world import a_request

UDP, TCP = Address("udp", "192.0.2.2", 5060), Address("tcp", "192.0.2.2", 5060)
OUR_TIMERS = {Input.REPEAT, Input.TIMEOUT, Input.GONE, Input.PATIENCE, Input.WITHDRAW, Input.KEEP}


def states_of(machine: Machine) -> set[State]:
    return {machine.start, *(state for state, _ in machine.table), *(to for to, _ in machine.table.values())}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_can_be_reached_and_left(machine: Machine) -> None:
    reached, grown = {machine.start}, True
    while grown:
        more = {to for (state, _), (to, _) in machine.table.items() if state in reached} - reached
        reached |= more
        grown = bool(more)

    assert reached == states_of(machine)
    assert State.TERMINATED in reached
    assert not any(state is State.TERMINATED for state, _ in machine.table)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
@pytest.mark.parametrize("is_reliable", [False, True])
def test_timers_alone_end_every_state(machine: Machine, is_reliable: bool) -> None:
    """Follow only timers that run: each state leads to TERMINATED, whatever nobody sends."""
    timing = Timing()

    def ends(state: State, seen: frozenset[State]) -> bool:
        if state is State.TERMINATED:
            return True
        running = [
            meaning
            for timer, meaning in machine.timers[state].items()
            if timing.seconds(timer, is_reliable=is_reliable) is not None
        ]
        nexts = {machine.table[state, meaning][0] for meaning in running if (state, meaning) in machine.table}
        return any(ends(to, seen | {state}) for to in nexts - seen - {state})

    assert all(ends(state, frozenset()) for state in states_of(machine))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_timer_of_a_state_means_something_there(machine: Machine) -> None:
    for state, timers in machine.timers.items():
        for meaning in timers.values():
            assert (state, meaning) in machine.table, f"{meaning} rings in {state} for nothing"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_only_one_final_answer_is_ever_told_or_sent(machine: Machine) -> None:
    """Once a final answer was seen, none of another class follows; only an INVITE's 2xx is told again."""
    for (state, happened), (_, acts) in machine.table.items():
        if state in (State.COMPLETED, State.CONFIRMED):
            assert Act.TELL not in acts
            assert Act.SEND not in acts
        if state is State.ACCEPTED:
            assert happened is not Input.FAILURE


def test_a_cancel_never_goes_before_a_provisional_answer() -> None:
    assert Act.CANCEL not in INVITE_CLIENT.table[State.CALLING, Input.CANCEL][1]


def test_acks_of_failures_are_sent_for_every_repetition() -> None:
    assert INVITE_CLIENT.table[State.COMPLETED, Input.FAILURE][1] == (Act.ACK,)
    assert (State.CONFIRMED, Input.REPEATED) not in INVITE_SERVER.table


@pytest.mark.parametrize(
    ("timer", "expected"),
    [("A", 0.5), ("B", 32), ("D", 32), ("E", 0.5), ("F", 32), ("G", 0.5), ("H", 32), ("I", 5), ("J", 32), ("K", 5),
     ("L", 32), ("M", 32)],
)  # fmt: skip
def test_timers_run_as_table_4_of_the_rfc_says(timer: str, expected: float) -> None:
    assert Timing().seconds(timer, is_reliable=False) == expected


def test_over_a_connection_nothing_is_repeated_or_absorbed() -> None:
    assert [Timing().seconds(timer, is_reliable=True) for timer in "AEG"] == [None, None, None]
    assert [Timing().seconds(timer, is_reliable=True) for timer in "DIJK"] == [0, 0, 0, 0]


def wake(layer: Transactions, until: float) -> None:
    while (at := layer.alarms.next_wake) is not None and at <= until:
        for owner, name in layer.alarms.due(at):
            assert isinstance(owner, Transaction)
            layer.ring(owner, name, at)


def a_layer() -> Transactions:
    return Transactions(Alarms(), Timing())


@given(
    method=st.sampled_from(["INVITE", "BYE"]),
    target=st.sampled_from([UDP, TCP]),
    happenings=st.lists(
        st.tuples(
            st.floats(0, 40), st.sampled_from([100, 180, 200, 202, 302, 404, 486, 503, 600, "cancel", "broken"])
        ),
        max_size=12,
    ),
)
def test_a_client_ends_by_itself_whatever_is_answered(
    method: str, target: Address, happenings: list[tuple[float, int | str]]
) -> None:
    layer = a_layer()
    request = a_request(method)
    transaction = layer.start(request, target, "user", 0.0)
    now = 0.0

    for delay, what in happenings:
        now += delay
        wake(layer, now)
        if what == "cancel":
            layer.cancel(transaction, now)
        elif what == "broken":
            layer.broken(transaction, now)
        elif isinstance(what, int):
            layer.receive_response(answer_to(request, what, tag="x"), now)
    wake(layer, now + 10_000)

    assert len(layer) == 0
    finals = [told for told in layer.told if told.response is None or told.response.code >= 200]
    told_to_user = [told for told in finals if told.transaction is transaction]
    kinds = {"2xx" if t.response and t.response.code < 300 else "end" for t in told_to_user}
    assert len(kinds) <= 1 or method == "INVITE"
    assert sum(t.response is None or t.response.code >= 300 for t in told_to_user) <= 2


@given(
    method=st.sampled_from(["INVITE", "BYE"]),
    source=st.sampled_from([UDP, TCP]),
    happenings=st.lists(
        st.tuples(st.floats(0, 40), st.sampled_from([100, 180, 200, 486, 503, "again", "ack", "broken"])),
        max_size=12,
    ),
)
def test_a_server_ends_by_itself_and_repeats_what_it_answered(
    method: str, source: Address, happenings: list[tuple[float, int | str]]
) -> None:
    layer = a_layer()
    request = a_request(method)
    transaction = layer.accept(request, source, 0.0)
    now = 0.0

    for delay, what in happenings:
        now += delay
        wake(layer, now)
        if what == "again":
            layer.receive_request(request, now)
        elif what == "ack":
            layer.receive_request(a_request("ACK", via=request.headers["via"][0], cseq="1 ACK"), now)
        elif what == "broken":
            layer.broken(transaction, now)
        elif isinstance(what, int):
            layer.respond(transaction, answer_to(request, what, tag="x"), now)
    wake(layer, now + 10_000)

    assert len(layer) == 0
    finals = {send.data.split(b"\r\n")[0] for send in layer.sends if not send.data.startswith(b"SIP/2.0 1")}
    assert len(finals) <= 1


def test_a_repeated_request_gets_the_same_bytes() -> None:
    layer = a_layer()
    request = a_request("OPTIONS")
    transaction = layer.accept(request, UDP, 0.0)
    layer.respond(transaction, answer_to(request, 200, tag="x"), 0.0)

    assert layer.receive_request(request, 1.0)

    assert layer.sends == [Send(transaction.wire, UDP, transaction)] * 2


def test_requests_of_the_old_rfc_are_told_apart_without_branches() -> None:
    layer = a_layer()
    first = a_request("OPTIONS", via="SIP/2.0/UDP 192.0.2.2:5060")
    second = a_request("OPTIONS", via="SIP/2.0/UDP 192.0.2.2:5060")
    layer.accept(first, UDP, 0.0)

    assert layer.receive_request(first, 0.1)
    assert not layer.receive_request(second, 0.1)


def test_a_response_of_another_call_with_our_branch_is_dropped() -> None:
    layer = a_layer()
    request = a_request("OPTIONS")
    layer.start(request, UDP, None, 0.0)
    forged: Response = answer_to(request, 200)
    forged.headers = {**forged.headers, "call-id": ["other"]}

    assert not layer.receive_response(forged, 0.1)
