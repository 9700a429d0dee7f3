"""Sending itself: over TLS to a checked address with the name's certificate, and after a kill in the middle."""

import asyncio
import signal
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from offhook.webhooks import DeliveryState, sending
from webhooks.conftest import World
from webhooks.receiver import Receiver, Reply, receiving


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for receiver.example, which senders believe."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = tmp_path / "receiver.pem"
    kept.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(kept)
    believed = ssl.create_default_context(cafile=str(kept))
    monkeypatch.setattr(sending, "trusted", lambda: believed)
    return context


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name leads to the loopback address; the names that were looked up."""
    names: list[str] = []

    async def resolve(_: object, host: str, port: int, **__: object) -> list[tuple[object, ...]]:
        names.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    return names


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked(
    world: World, receiver: Receiver, resolved: list[str]
) -> None:
    port = httpx.URL(receiver.url).port
    world.add(f"http://receiver.example:{port}/hook?key=1")
    world.happen("lead.assigned")
    world.send()
    (message,) = receiver.received
    assert resolved == ["receiver.example"]
    assert message.headers["host"] == f"receiver.example:{port}"
    assert message.path == "/hook?key=1"


def test_the_certificate_must_be_the_names_although_the_connection_goes_to_an_address(
    world: World, tls: ssl.SSLContext, resolved: list[str]
) -> None:
    with receiving(tls) as receiver:
        port = httpx.URL(receiver.url).port
        right, _ = world.add(f"https://receiver.example:{port}/right")
        wrong, _ = world.add(f"https://another.example:{port}/wrong")
        world.happen("lead.assigned")
        world.send()
        assert [one.path for one in receiver.received] == ["/right"]
    assert world.deliveries(right)[0].state is DeliveryState.DELIVERED
    assert "certificate" in (world.deliveries(wrong)[0].last_error or "").lower()


def test_nobody_unknown_is_believed(world: World, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with receiving(tls) as receiver:
        endpoint, _ = world.add(receiver.url)
        world.happen("lead.assigned")
        world.send()
        assert receiver.received == []
    assert "certificate" in (world.deliveries(endpoint)[0].last_error or "").lower()


def test_the_next_address_is_tried_when_the_first_takes_no_connection(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(_: object, host: str, port: int, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    world.add(f"http://receiver.example:{httpx.URL(receiver.url).port}/hook")
    world.happen("lead.assigned")
    world.send()
    assert receiver.kinds == ["lead.assigned"]


A_SENDER = """
import sys
from uuid import UUID
from offhook.kernel.database import Database
from offhook.kernel.sealing import Seal
from offhook.webhooks import Terms, send_due

with Database(sys.argv[1], pool_size=2) as database:
    send_due(database, UUID(sys.argv[2]), Terms(Seal("test", "webhooks"), allow_private=True))
"""


def test_a_message_whose_sender_is_killed_is_sent_again(world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    world.happen("lead.first", "lead.second")
    arrived, let_go = threading.Event(), threading.Event()

    def hold(_: object) -> Reply:
        arrived.set()
        let_go.wait(20)
        return Reply()

    receiver.reply = hold
    running = subprocess.Popen([sys.executable, "-c", A_SENDER, world.database.url, str(world.organisation_id)])
    assert arrived.wait(20)
    running.send_signal(signal.SIGKILL)
    running.wait()
    let_go.set()
    receiver.reply = lambda _: Reply()
    assert world.send() == 0, "nobody knows yet that it is dead"
    world.later(minutes=2)
    assert world.send() == 2
    assert receiver.kinds == ["lead.first", "lead.first", "lead.second"]
    assert receiver.received[0].headers["webhook-id"] == receiver.received[1].headers["webhook-id"]
    assert {one.state for one in world.deliveries(endpoint)} == {DeliveryState.DELIVERED}
