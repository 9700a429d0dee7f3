"""Domains looked over through a real DNS server: all that is published well, all that is missing, and silence."""

import socket
from collections.abc import Generator
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from identity.factories import a_token
from mail.conftest import NewWriter
from mail.deliverability.name_server import a_silent_port, open_name_server, why_not
from mail.deliverability.test_judging import key
from offhook import identity
from offhook.compliance import MailingSettings, set_mailing_settings
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.mail.deliverability import asking
from offhook.mail.deliverability.asking import SystemDns
from offhook.mail.deliverability.examining import examine_domains
from offhook.mail.deliverability.model import SendingDomain, Standing
from offhook.web.app import create_app
from offhook.web.doctor import Health, examine

PUBLIC = "203.0.113.7"  # of documentation, which is not global; the test's addresses are
ADDRESS, NAMELESS = "9.9.9.9", "9.9.9.10"


def _in_pieces(text: str) -> str:
    """A long text as strings of at most 255 bytes (RFC 1035, section 3.3)."""
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A DNS server that knows a good domain, a bare one and a broken one."""
    missing = why_not()
    if missing:
        pytest.skip(missing)
    good = (
        f'@ TXT "v=spf1 a:smtp.good.example -all"\n@ TXT "another text"\n@ MX 20 mx2\n@ MX 10 mx1\n'
        f"s1._domainkey TXT {_in_pieces('v=DKIM1; k=rsa; p=' + key(2048))}\n"
        f'google._domainkey CNAME s1._domainkey\n_dmarc TXT "v=DMARC1; p=quarantine"\nsmtp A {ADDRESS}\n'
        f"mx1 A {ADDRESS}\nmx2 A {ADDRESS}\n"
    )
    broken = f'@ TXT "v=spf1 -all"\n@ TXT "v=spf1 mx -all"\n@ MX 0 .\nsmtp A {NAMELESS}\nown A 10.0.0.1\n'
    reverse = "9 PTR smtp.good.example.\n10 PTR smtp.good.example."
    zones = {
        "good.example": good,
        "bare.example": "x A 9.9.9.9",
        "broken.example": broken,
        "offhook.example": '@ TXT "v=spf1 mx ~all"',
        "9.9.9.in-addr.arpa": reverse,
    }
    with open_name_server(tmp_path_factory.mktemp("dns"), zones) as address:
        yield address


def found(server: str, domain: str, smtp_host: str, *selectors: str) -> dict[str, tuple[Standing, str]]:
    """What each check of a domain came to."""
    (one,) = examine_domains(SystemDns([server]), [SendingDomain(domain, smtp_host, selectors)])
    return {check.name.value: (check.standing, check.told) for check in one.checks}


@pytest.mark.parametrize("selectors", [("s1",), ()])
def test_a_domain_with_everything_is_well(server: str, selectors: tuple[str, ...]) -> None:
    checks = found(server, "good.example", "smtp.good.example", *selectors)

    assert {name: standing for name, (standing, _) in checks.items()} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "mx", "ptr"), Standing.OK
    )
    assert checks["mx"][1] == "Answers go to mx1.good.example, mx2.good.example."


def test_a_bare_domain_is_told_what_to_publish(server: str) -> None:
    (one,) = examine_domains(SystemDns([server]), [SendingDomain("bare.example", "smtp.gmail.com", ())])
    checks = {check.name.value: check for check in one.checks}

    assert {name for name, check in checks.items() if check.standing is Standing.WARN} == {
        "spf",
        "dkim",
        "dmarc",
        "mx",
    }
    publish = checks["dmarc"].publish
    assert publish is not None
    assert (publish.name, publish.kind) == ("_dmarc.bare.example", "TXT")


def test_a_broken_domain_is_told_what_is_broken(server: str) -> None:
    checks = found(server, "broken.example", "smtp.broken.example", "s9")

    assert checks["spf"][0] is Standing.FAIL
    assert checks["mx"] == (
        Standing.FAIL,
        "broken.example says that it takes no mail: answers and bounces are lost.",
    )
    assert checks["ptr"][0] is Standing.WARN, "its name leads to another address"
    assert NAMELESS in checks["ptr"][1]
    assert "no public address" in found(server, "broken.example", "own.broken.example")["ptr"][1]


def test_a_dns_that_does_not_answer_is_told_as_that_and_not_as_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.3)
    address, silent = a_silent_port()
    with closing(silent):
        checks = found(address, "good.example", "smtp.good.example")

    assert {standing for standing, _ in checks.values()} == {Standing.UNKNOWN}
    assert "did not answer" in checks["spf"][1]


def test_a_mailboxs_domain_is_shown_and_the_doctor_tells_it_too(
    server: str, new_writer: NewWriter, database: Database, settings: Settings
) -> None:
    writer = new_writer(587, 993)
    told = settings.model_copy(update={"dns_servers": [server]})
    with writer.begin() as tx:
        set_mailing_settings(tx, MailingSettings(dkim_selectors=("s1",)))
        token = a_token(tx, identity.user(tx, writer.mailbox.user_id))
        slug = tx.scalar(str, "SELECT slug FROM organisation")
    client = TestClient(create_app(database, told), headers={"authorization": f"Bearer {token}"})

    shown = client.get(f"/api/v1/mail/mailboxes/{writer.mailbox.id}/deliverability").json()
    every = client.get("/api/v1/mail/domains").json()["items"]

    assert every == [shown]
    assert shown["domain"] == "offhook.example"
    checks = {one["name"]: one for one in shown["checks"]}
    assert checks["spf"]["standing"] == "ok"
    assert "s1._domainkey.offhook.example" in checks["dkim"]["told"]
    assert checks["dmarc"]["publish"]["name"] == "_dmarc.offhook.example"
    findings = {one.check: one for one in examine(told)}
    dmarc = findings[f"{slug}: DMARC of offhook.example"]
    assert dmarc.health is Health.WARN
    assert '_dmarc.offhook.example TXT "v=DMARC1; p=none' in dmarc.told
    assert "OFFHOOK_PUBLIC_URL" in findings[f"{slug}: unsubscribing"].told


def test_a_server_that_is_not_there_is_no_crash() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    checks = found(f"127.0.0.1:{port}", "good.example", "smtp.good.example")

    assert {standing for standing, _ in checks.values()} == {Standing.UNKNOWN}
