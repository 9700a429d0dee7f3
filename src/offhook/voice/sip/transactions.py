"""The transaction layer: runs the machines, knows which message belongs to which transaction (17.1.3, 17.2.3).

It gives what it has to send in `sends`, and to its user what concerns him as `Told`. A response that belongs to no
request of ours is dropped here: the branch of a request holds 64 random bits, so nobody who has not seen the
request can answer it.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from offhook.voice.sip.addresses import Address
from offhook.voice.sip.alarms import Alarms, Owner
from offhook.voice.sip.headers import Headers, first
from offhook.voice.sip.machines import (
    CLIENT,
    INVITE_CLIENT,
    INVITE_SERVER,
    SERVER,
    Act,
    Input,
    Machine,
    State,
    Timing,
)
from offhook.voice.sip.message import MAX_FORWARDS, Request, Response, serialise
from offhook.voice.sip.replies import answer_to

COOKIE = "z9hG4bK"
"""A branch that begins so is unique (section 8.1.1.7); others are of RFC 2543."""


class Send(NamedTuple):
    """Bytes for an address, and the transaction that is to be told (`broken`) when they cannot be sent."""

    data: bytes
    to: Address
    owner: "Transaction | None" = None


class News(StrEnum):
    """What a transaction tells its user."""

    RESPONSE = "response"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    PATIENCE = "patience"


_NEWS = {
    Act.TELL: News.RESPONSE,
    Act.TELL_TIMEOUT: News.TIMEOUT,
    Act.TELL_BROKEN: News.BROKEN,
    Act.TELL_PATIENCE: News.PATIENCE,
}

Key = tuple[str, ...]


@dataclass(eq=False)
class Transaction(Owner):
    """One request and its answers. `user` is whoever asked for it, `wire` what is repeated, `tag` ours."""

    key: Key
    machine: Machine
    request: Request
    target: Address
    user: object = None
    state: State = State.TERMINATED
    wire: bytes = b""
    tag: str = ""
    intervals: dict[str, float] = field(default_factory=dict[str, float], repr=False)

    @property
    def is_reliable(self) -> bool:
        """Over a connection, where nothing is lost nor repeated."""
        return self.target.transport != "udp"

    @property
    def is_answered(self) -> bool:
        """A server that has sent its final answer, or will never."""
        return self.state not in (State.TRYING, State.PROCEEDING)


@dataclass(frozen=True, slots=True)
class Told:
    """News of a transaction, for its user."""

    transaction: Transaction
    news: News
    response: Response | None = None


class Transactions:
    """All transactions of one endpoint."""

    def __init__(self, alarms: Alarms, timing: Timing) -> None:
        """None yet."""
        self.alarms = alarms
        self.timing = timing
        self.sends: list[Send] = []
        self.told: list[Told] = []
        self._clients: dict[Key, Transaction] = {}
        self._servers: dict[Key, Transaction] = {}
        self._heads: dict[Key, Key] = {}

    def __len__(self) -> int:
        """How many run."""
        return len(self._clients) + len(self._servers)

    def start(self, request: Request, target: Address, user: object, now: float) -> Transaction:
        """Send a request of ours, whose topmost Via holds its branch, and repeat it as needed."""
        machine = INVITE_CLIENT if request.method == "INVITE" else CLIENT
        key = (request.via.branch, request.method)
        found = Transaction(key, machine, request, target, user, machine.start, serialise(request))
        self._clients[key] = found
        self.sends.append(Send(found.wire, target, found))
        self._start_timers(found, now)
        return found

    def cancel(self, transaction: Transaction, now: float) -> None:
        """Give up an INVITE of ours: CANCEL goes out as soon as it may."""
        self._step(transaction, Input.CANCEL, now)

    def receive_response(self, response: Response, now: float) -> bool:
        """True if it is the answer to a request of ours; others are dropped."""
        found = self._clients.get((response.via.branch, response.cseq.method))
        if found is None or first(found.request.headers, "call-id") != response.call_id:
            return False
        self._step(found, _kind_of(response.code), now, response)
        return True

    def receive_request(self, request: Request, now: float) -> bool:
        """True if it repeats one that we know, or acknowledges a refusal of ours: nothing is left to do."""
        found = self._servers.get(server_key(request))
        if found is None:
            return False
        if request.method == "ACK":
            if found.state is State.ACCEPTED:
                return False
            self._step(found, Input.ACK, now)
        else:
            self._step(found, Input.REPEATED, now)
        return True

    def accept(self, request: Request, source: Address, now: float) -> Transaction:
        """Begin to answer a new request, to where it came from (or the Via says, see `reply_address`)."""
        machine = INVITE_SERVER if request.method == "INVITE" else SERVER
        key = server_key(request)
        found = Transaction(key, machine, request, source, state=machine.start)
        self._servers[key] = found
        self._heads.setdefault(_head_of(request), key)
        self._start_timers(found, now)
        return found

    def is_merged(self, request: Request) -> bool:
        """The same request came by another way already (section 8.2.2.2)."""
        known = self._heads.get(_head_of(request))
        return known is not None and known != server_key(request)

    def cancelled_by(self, cancel: Request) -> Transaction | None:
        """The INVITE that a CANCEL means (section 9.2)."""
        return self._servers.get(server_key(cancel, method="INVITE"))

    def respond(self, transaction: Transaction, response: Response, now: float) -> None:
        """Answer a request; a second final answer is none (it is not in the table)."""
        self._step(transaction, _kind_of(response.code), now, response)

    def ring(self, transaction: Transaction, timer: str, now: float) -> None:
        """A timer of a transaction rang."""
        meaning = transaction.machine.timers.get(transaction.state, {}).get(timer)
        if meaning is None:
            return
        self._step(transaction, meaning, now)
        if transaction.state is not State.TERMINATED and timer in transaction.intervals:
            interval = self.timing.next_interval(timer, transaction.intervals[timer], transaction.state)
            transaction.intervals[timer] = interval
            self.alarms.set(transaction, timer, now + interval)

    def broken(self, transaction: Transaction, now: float) -> None:
        """What this transaction sent could not be sent."""
        self._step(transaction, Input.BROKEN, now)

    def _step(
        self, transaction: Transaction, happened: Input, now: float, response: Response | None = None
    ) -> None:
        step = transaction.machine.table.get((transaction.state, happened))
        if step is None:
            return
        before, (transaction.state, acts) = transaction.state, step
        for act in acts:
            self._carry_out(transaction, act, now, response)
        if transaction.state is not before:
            self._enter(transaction, now)

    def _carry_out(self, transaction: Transaction, act: Act, now: float, response: Response | None) -> None:
        if act in _NEWS:
            self.told.append(Told(transaction, _NEWS[act], response))
            return
        match act:
            case Act.SEND if response is not None:
                transaction.wire = serialise(response)
                self._send(transaction)
            case Act.RESEND if transaction.wire:
                self._send(transaction)
            case Act.ACK if response is not None:
                ack = ack_of_failure(transaction.request, response)
                self.sends.append(Send(serialise(ack), transaction.target))
            case Act.CANCEL:
                self.start(cancel_of(transaction.request), transaction.target, None, now)
            case Act.REFUSE:
                transaction.wire = serialise(answer_to(transaction.request, 480, tag=transaction.tag))
                self._send(transaction)
            case Act.RESTART:
                transaction.deadlines.clear()
                self._start_timers(transaction, now)
            case _:
                pass  # nothing was sent yet that could be repeated

    def _send(self, transaction: Transaction) -> None:
        self.sends.append(Send(transaction.wire, transaction.target, transaction))

    def _enter(self, transaction: Transaction, now: float) -> None:
        if transaction.state is State.TERMINATED:
            transaction.deadlines.clear()
            self._forget(transaction)
            return
        belonging = transaction.machine.timers[transaction.state]
        for timer in [name for name in transaction.deadlines if name not in belonging]:
            del transaction.deadlines[timer]
        self._start_timers(transaction, now)

    def _start_timers(self, transaction: Transaction, now: float) -> None:
        for timer in transaction.machine.timers[transaction.state]:
            if timer in transaction.deadlines:
                continue
            seconds = self.timing.seconds(timer, is_reliable=transaction.is_reliable)
            if seconds is None:
                continue
            if timer in "AEGN":
                transaction.intervals[timer] = seconds
            self.alarms.set(transaction, timer, now + seconds)

    def _forget(self, transaction: Transaction) -> None:
        if transaction.machine.is_client:
            self._clients.pop(transaction.key, None)
            return
        self._servers.pop(transaction.key, None)
        head = _head_of(transaction.request)
        if self._heads.get(head) == transaction.key:
            del self._heads[head]


def _kind_of(code: int) -> Input:
    if code < 200:
        return Input.PROVISIONAL
    return Input.SUCCESS if code < 300 else Input.FAILURE


def server_key(request: Request, *, method: str = "") -> Key:
    """What names a request to us: branch, sender and method; of RFC 2543 whatever is constant in repetitions."""
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    via = request.via
    if via.branch.startswith(COOKIE) and len(via.branch) > len(COOKIE):
        return via.branch, via.host.lower(), str(via.port or ""), method
    return request.call_id, str(request.cseq.number), request.sender.tag, request.uri, via.branch, via.host, method


def _head_of(request: Request) -> Key:
    return request.call_id, request.sender.tag, str(request.cseq.number), request.method


def cancel_of(invite: Request) -> Request:
    """The CANCEL of a request of ours (section 9.1): same Via, Request-URI, From, To, Call-ID, Route."""
    return _companion(invite, "CANCEL", invite.headers.get("to", []))


def ack_of_failure(invite: Request, response: Response) -> Request:
    """The ACK of a refusal (section 17.1.1.3): the request's headers, the answer's To."""
    return _companion(invite, "ACK", response.headers.get("to", []))


def _companion(invite: Request, method: str, to: list[str]) -> Request:
    headers: Headers = {"via": invite.headers["via"][:1], "max-forwards": [str(MAX_FORWARDS)]}
    for key in ("route", "from", "call-id"):
        if key in invite.headers:
            headers[key] = list(invite.headers[key])
    headers["to"] = list(to)
    headers["cseq"] = [str(replace(invite.cseq, method=method))]
    return Request(method=method, uri=invite.uri, headers=headers)
