"""The production edge really runs: calls go across it, both ways, and nobody else's do."""

import subprocess
from pathlib import Path

import pytest

from voice.edge import (
    CARRIER,
    HOST,
    KAMAILIO,
    SIPP,
    STRANGER,
    Edge,
    addresses,
    ask,
    ended,
    free_port,
    running,
    sipp,
    written,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(KAMAILIO is None, reason="needs Kamailio: sudo apt-get install kamailio"),
]
needs_sipp = pytest.mark.skipif(SIPP is None, reason="needs sipp: sudo apt-get install sip-tester")
TLS = [*Path("/usr/lib").glob("*/kamailio/modules/tls.so")]


def checked(configuration: Path) -> None:
    answer = subprocess.run(
        [str(KAMAILIO), "-c", "-f", str(configuration)], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert "config file ok" in answer.stderr


@pytest.mark.parametrize("more", [{}, {"WITH_REGISTRATION": "", "REGISTER_CONTACT": '"203.0.113.2:5060"'}])
def test_the_configuration_is_sound(tmp_path: Path, more: dict[str, str]) -> None:
    checked(written(tmp_path, addresses(tmp_path, free_port(), free_port()) | more, [free_port()], free_port()))


@pytest.mark.skipif(not TLS, reason="needs kamailio-tls-modules: sudo apt-get install kamailio-tls-modules")
def test_the_configuration_is_sound_with_tls(tmp_path: Path) -> None:
    more = {
        "WITH_TLS": "",
        "OUTSIDE_TLS": f"tls:{HOST}:{free_port()}",
        "OUTSIDE_TLS_ADVERTISED": "203.0.113.2:5061",
    }
    checked(written(tmp_path, addresses(tmp_path, free_port(), free_port()) | more, [free_port()], free_port()))


def call_out(edge: Edge, folder: Path, domain: str = CARRIER) -> None:
    """Our user agent calls a number by a carrier, which answers; hung up by us."""
    carrier = sipp("answers", folder, edge.carrier)
    caller = sipp(
        "calls", folder, edge.user_agent, f"{HOST}:{edge.inside}", "-s", "+493012345678", "-key", "domain", domain
    )
    ended(caller)
    ended(carrier)


@needs_sipp
def test_our_call_reaches_the_carrier_and_nothing_of_ours_is_told(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        call_out(edge, tmp_path)
    heard = (tmp_path / "answers").read_text()
    assert f"INVITE sip:+493012345678@{CARRIER} SIP/2.0" in heard
    assert f"Record-Route: <sip:{HOST}:{edge.outside}" in heard
    assert "X-Offhook" not in heard


@needs_sipp
def test_a_carriers_call_reaches_us_with_the_name_of_the_carrier_that_it_cannot_forge(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        ours = sipp("answers", tmp_path, edge.user_agent)
        where = f"{HOST}:{edge.outside}"
        caller = sipp("calls", tmp_path, edge.carrier, where, "-s", "+12125550100", "-key", "domain", where)
        ended(caller)
        ended(ours)
    heard = (tmp_path / "answers").read_text()
    assert f"X-Offhook-Carrier: {CARRIER}" in heard
    assert "forged.example" not in heard


@needs_sipp
def test_an_address_that_does_not_answer_is_passed_over(tmp_path: Path) -> None:
    with running(tmp_path, dead_carriers=1) as edge:
        call_out(edge, tmp_path)


def test_a_carrier_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        assert ask(edge.inside, "INVITE", "sip:+493012345678@other.example").startswith("SIP/2.0 404")


def test_strangers_are_refused_and_those_who_flood_are_answered_no_more(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        uri = f"sip:+12125550100@{HOST}:{edge.outside}"
        for port in (edge.outside, edge.inside):
            assert ask(port, "INVITE", uri, source=STRANGER).startswith("SIP/2.0 403")
        assert any(_is_silent(edge.outside, uri) for _ in range(200))
        assert ask(edge.outside, "OPTIONS", f"sip:{HOST}:{edge.outside}").startswith("SIP/2.0 200")
    assert "flood from 127.0.0.2" in edge.log.read_text()


def _is_silent(port: int, uri: str) -> bool:
    try:
        ask(port, "INVITE", uri, source=STRANGER, wait=1)
    except TimeoutError:
        return True
    return False


def test_a_carrier_can_not_call_out_through_us_nor_register(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        assert ask(edge.outside, "REGISTER", f"sip:{HOST}:{edge.outside}").startswith("SIP/2.0 405")
        with pytest.raises(TimeoutError):  # it goes to our user agent, who is not there, and to nobody else
            ask(edge.outside, "INVITE", f"sip:+493012345678@{CARRIER}", wait=2)


@needs_sipp
def test_the_edge_registers_with_a_carrier_by_its_digest(tmp_path: Path) -> None:
    with running(tmp_path, registers=True) as edge:
        ended(sipp("registrar", tmp_path, edge.carrier))
    assert 'username="acme"' in (tmp_path / "registrar").read_text()
