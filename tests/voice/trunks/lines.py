"""Trunks and owned numbers for tests, each in a line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from offhook.kernel.ids import new_id
from offhook.voice.trunks import Line, OwnedNumber, Rate, Ring, Transport, Trunk

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_trunk(name: str = "Carrier", prices: Mapping[str, str] | None = None, **changed: Any) -> Trunk:
    """A trunk that is active and takes these prices per prefix."""
    given: dict[str, Any] = {
        "id": new_id(),
        "name": name,
        "host": "sip.carrier.example",
        "port": 5060,
        "transport": Transport.UDP,
        "domain": None,
        "username": None,
        "has_password": False,
        "registers": False,
        "asserts_identity": False,
        "region": "US",
        "sends_from": (),
        "rates": tuple(Rate(prefix, Decimal(cost)) for prefix, cost in (prices or {}).items()),
        "is_active": True,
        "created_at": NOW,
        "version": 1,
    }
    return Trunk(**(given | changed))


def a_line(name: str = "Carrier", prices: Mapping[str, str] | None = None, **changed: Any) -> Line:
    """The same with its password."""
    return Line(a_trunk(name, prices, **changed), "secret")


def a_number(number: str, **changed: Any) -> OwnedNumber:
    """A number of ours that rings nobody."""
    given: dict[str, Any] = {"id": new_id(), "label": "", "trunk_id": None, "rings": Ring(), "version": 1}
    return OwnedNumber(number=number, **(given | changed))
