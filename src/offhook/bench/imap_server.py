"""A real IMAP server for one bench: Dovecot on a free port, in a folder of its own, ended with it.

Its certificate is made for the bench and trusted by this process alone, as one's own authority's is.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from offhook.bench.scratch import free_port
from offhook.kernel.errors import Unavailable

LOCAL = "127.0.0.1"
PATIENCE_SECONDS = 20.0
TRUST = "SSL_CERT_FILE"


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where to sign in."""

    port: int
    address: str
    password: str


@contextmanager
def imap_server() -> Generator[ImapAccount]:
    """Dovecot with one account. Raises `Unavailable` where it cannot run."""
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None or os.geteuid() != 0:
        raise Unavailable("This bench needs Dovecot, started by root: sudo apt-get install dovecot-imapd")
    with TemporaryDirectory(prefix="offhook-imap-", ignore_cleanup_errors=True) as made:
        folder, account = Path(made), ImapAccount(free_port(), "rep@bench.example", "of the bench")
        folder.chmod(0o755)  # Dovecot's users go through
        certificate = _certificate(folder)
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "mail", "mail")
        (folder / "users").write_text(f"{account.address}:{{PLAIN}}{account.password}\n")
        (folder / "dovecot.conf").write_text(_configuration(folder, certificate, account.port))
        with _running([program, "-F", "-c", str(folder / "dovecot.conf")], account.port), _trusting(certificate):
            yield account


def _configuration(folder: Path, certificate: Path, port: int) -> str:
    return f"""base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = {LOCAL}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate.with_suffix(".key")}
auth_mechanisms = plain
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOCAL)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOCAL))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "imap.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM))
    secret = path.with_suffix(".key")
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    secret.chmod(0o600)
    return path


@contextmanager
def _trusting(certificate: Path) -> Generator[None]:
    before = os.environ.get(TRUST)
    os.environ[TRUST] = str(certificate)
    try:
        yield
    finally:
        if before is None:
            del os.environ[TRUST]
        else:
            os.environ[TRUST] = before


@contextmanager
def _running(command: list[str], port: int) -> Generator[None]:
    process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 # our own words
    try:
        _await(port)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((LOCAL, port)) == 0:
                return
        time.sleep(0.05)
    raise Unavailable("Dovecot did not start; run it by hand to see why.")
