"""Dialogs (RFC 3261 section 12): what two ends keep of each other between the requests of one call.

A dialog is named by Call-ID and both tags. It knows the way to the other end: the *remote target* (its Contact)
and the *route set* (the proxies that asked, by Record-Route, to stay on the way). Both are kept as received text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from offhook.voice.sip.addresses import Address, is_private
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import listed
from offhook.voice.sip.message import Message, Request, Response
from offhook.voice.sip.uri import Uri, parse_name_address, parse_uri

DialogId = tuple[str, str, str]
"""Call-ID, our tag, the other's tag."""

SEQUENCE_LEAP = 1_000
"""How far a dialog taken up by another process jumps ahead: its snapshot may be older than its last request."""


@dataclass(slots=True)
class Dialog:
    """One dialog. `local` and `remote` are the values of From and To as we send them, tags included.

    `reach` is where the other end's packets really came from, when its Contact cannot be reached (NAT).
    """

    call_id: str
    local: str
    remote: str
    local_tag: str
    remote_tag: str
    target: str
    routes: tuple[str, ...] = ()
    transport: str = "udp"
    reach: Address | None = None
    local_sequence: int = 0
    remote_sequence: int = -1
    allowed: frozenset[str] = field(default_factory=frozenset[str])

    @property
    def id(self) -> DialogId:
        """What names it."""
        return self.call_id, self.local_tag, self.remote_tag

    def next_sequence(self) -> int:
        """The number of our next request."""
        self.local_sequence += 1
        return self.local_sequence


def as_client(request: Request, response: Response) -> Dialog:
    """The dialog that an answer to our INVITE opens (12.1.2). Raises `Malformed`."""
    routes = tuple(reversed(listed(response.headers, "record-route")))
    found = Dialog(
        call_id=response.call_id,
        local=request.headers["from"][0],
        remote=response.headers["to"][0],
        local_tag=request.sender.tag,
        remote_tag=response.receiver.tag,
        target=response.contact or request.uri,
        routes=routes,
        transport=request.via.transport.lower(),
        reach=_reach(response.contact, routes, response.source),
        local_sequence=request.cseq.number,
    )
    _check(found)
    return found


def as_server(request: Request, tag: str) -> Dialog:
    """The dialog that our answer to an INVITE opens (12.1.1). Raises `Malformed`."""
    routes = tuple(listed(request.headers, "record-route"))
    to = request.headers["to"][0]
    found = Dialog(
        call_id=request.call_id,
        local=to if request.receiver.tag else f"{to};tag={tag}",
        remote=request.headers["from"][0],
        local_tag=tag,
        remote_tag=request.sender.tag,
        target=request.contact or request.sender.uri,
        routes=routes,
        transport=request.source.transport if request.source else "udp",
        reach=_reach(request.contact, routes, request.source),
        remote_sequence=request.cseq.number,
    )
    _check(found)
    return found


def _check(dialog: Dialog) -> None:
    """Its next hop can be read, so that no later request fails for it. Raises `Malformed`."""
    request_line(dialog)
    next_hop(dialog)


def refresh_target(dialog: Dialog, message: Message) -> None:
    """A re-INVITE, UPDATE or its 2xx may tell a new Contact (12.2.1.2, 12.2.2); the route set never changes."""
    if message.contact:
        address_of(parse_uri(message.contact), dialog.transport)
        dialog.target = message.contact
        dialog.reach = _reach(message.contact, dialog.routes, message.source)


def next_hop(dialog: Dialog) -> Address:
    """Where a request of this dialog goes (12.2.1.1). Raises `Malformed`."""
    if not dialog.routes and dialog.reach is not None:
        return dialog.reach
    address = parse_name_address(dialog.routes[0]).address if dialog.routes else parse_uri(dialog.target)
    return address_of(address, dialog.transport)


def address_of(uri: Uri, transport: str) -> Address:
    """Where an address is reached; `transport` if it does not say itself. Raises `Malformed`."""
    if not uri.is_sip:
        raise Malformed(f"Not reachable by SIP: {uri.scheme}", answer=416)
    told = uri.params.get("transport", "").lower()
    return Address(told if told in ("udp", "tcp") else transport, *uri.where)


def request_line(dialog: Dialog) -> tuple[str, list[str]]:
    """Request-URI and Route values; a first route without `lr` is a strict router, which swaps them (12.2.1.1)."""
    if not dialog.routes:
        return dialog.target, []
    head = parse_name_address(dialog.routes[0])
    if "lr" in head.address.params:
        return dialog.target, list(dialog.routes)
    return head.uri, [*dialog.routes[1:], f"<{dialog.target}>"]


def _reach(contact: str, routes: Sequence[str], source: Address | None) -> Address | None:
    """The packet's source, where the Contact names a private address and the packet came from a public one."""
    if not contact or routes or source is None:
        return None
    told = address_of(parse_uri(contact), source.transport)
    if told.host == source.host or not is_private(told.host) or is_private(source.host):
        return None
    return source


def snapshot_of(dialog: Dialog, trunk: str) -> dict[str, object]:
    """The dialog as JSON: enough for another process to end it. No secret is in it."""
    reach = dialog.reach
    return {
        "trunk": trunk,
        "call_id": dialog.call_id,
        "local": dialog.local,
        "remote": dialog.remote,
        "target": dialog.target,
        "routes": list(dialog.routes),
        "transport": dialog.transport,
        "reach": None if reach is None else [reach.transport, reach.host, reach.port],
        "sequence": dialog.local_sequence,
    }


def restored(snapshot: Mapping[str, object]) -> tuple[Dialog, str]:
    """The dialog of a snapshot, to be ended, and its trunk. Raises `Malformed`, naming what is wrong."""
    local, remote = _text(snapshot, "local"), _text(snapshot, "remote")
    routes = cast("list[object] | None", snapshot.get("routes"))
    sequence = snapshot.get("sequence")
    if not isinstance(routes, list) or not isinstance(sequence, int):
        raise Malformed("Snapshot of a leg: routes or sequence is missing or wrong")
    dialog = Dialog(
        call_id=_text(snapshot, "call_id"),
        local=local,
        remote=remote,
        local_tag=parse_name_address(local).tag,
        remote_tag=parse_name_address(remote).tag,
        target=_text(snapshot, "target"),
        routes=tuple(str(route) for route in routes),
        transport=_text(snapshot, "transport"),
        reach=_address(snapshot.get("reach")),
        local_sequence=sequence + SEQUENCE_LEAP,
    )
    _check(dialog)
    return dialog, _text(snapshot, "trunk")


def _text(snapshot: Mapping[str, object], key: str) -> str:
    value = snapshot.get(key)
    if not isinstance(value, str):
        raise Malformed(f"Snapshot of a leg: {key} is missing or no text")
    return value


def _address(value: object) -> Address | None:
    match value:
        case [str(transport), str(host), int(port)]:
            return Address(transport, host, port)
        case _:
            return None
