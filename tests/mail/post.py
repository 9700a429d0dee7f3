"""A post office for tests: Postfix takes mail in, Dovecot lets it be read; on free ports, in a folder of its own.

It lies outside of pytest's, which each run that begins closes to all users but its own: the servers have others.
Started as processes of the test's own and stopped by their ids. Postfix can only be started by root.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
PASSWORD = "a secret of the mailbox"  # noqa: S105 # of the tests
PATIENCE = 20
_numbers = count()
_PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin"
POSTFIX = shutil.which("postfix", path=_PLACES)
DOVECOT = shutil.which("dovecot", path=_PLACES)


def why_not() -> str | None:
    """Why the post office cannot be opened here; None when it can."""
    missing = [name for name, path in (("postfix", POSTFIX), ("dovecot-imapd", DOVECOT)) if path is None]
    if missing:
        return f"needs the Debian packages {' and '.join(missing)}"
    return None if os.geteuid() == 0 else "Postfix is only started by root"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class PostOffice:
    """Where it listens, and what lies in its mailboxes."""

    folder: Path
    submission: int
    imaps: int
    certificate: Path

    def received(self, address: str, folder: str = "") -> list[EmailMessage]:
        """The mails in an address's inbox, or in another folder of its."""
        root = self.folder / "mail" / address
        places = [(root / f".{folder}" if folder else root) / part for part in ("new", "cur")]
        files = [path for place in places if place.exists() for path in sorted(place.iterdir())]
        parser = BytesParser(EmailMessage, policy=default)
        return [parser.parsebytes(path.read_bytes()) for path in files]

    def deliver(self, address: str, content: bytes) -> None:
        """Put a mail into an address's inbox, as Postfix' delivery does."""
        box = self.folder / "mail" / address
        for part in (box, box / "tmp", box / "new", box / "cur"):
            if not part.exists():
                part.mkdir()
                shutil.chown(part, "mail", "mail")
        name = f"{time.time_ns()}.{next(_numbers)}"
        (box / "tmp" / name).write_bytes(content)
        (box / "tmp" / name).rename(box / "new" / name)

    def empty(self, address: str, uid_validity: int | None = None) -> None:
        """Take an address's inbox away, with all that is known of it: UIDs begin anew, under this number."""
        for path in (self.folder / "mail" / address).glob("*"):
            if path.name in {"new", "cur", "tmp"} or path.name.startswith("dovecot"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if uid_validity is not None:
            uids = self.folder / "mail" / address / "dovecot-uidlist"
            uids.write_text(f"3 V{uid_validity} N1\n")
            shutil.chown(uids, "mail", "mail")

    def await_mails(self, address: str, count: int) -> list[EmailMessage]:
        """The mails of an inbox once there are so many."""
        end = time.monotonic() + PATIENCE
        while len(found := self.received(address)) < count and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def is_quiet(self) -> bool:
        """Whether nothing waits in Postfix' queue."""
        queue = self.folder / "queue"
        return not any(
            path.is_file() for name in ("incoming", "active", "maildrop") for path in (queue / name).rglob("*")
        )

    def await_quiet(self) -> None:
        """Wait until all that was taken lies in mailboxes."""
        end = time.monotonic() + PATIENCE
        while not self.is_quiet() and time.monotonic() < end:
            time.sleep(0.05)


def a_certificate(folder: Path, name: str = HOST) -> tuple[Path, Path]:
    """A self-signed certificate of an address or name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    meant = x509.IPAddress(ip_address(name)) if name == HOST else x509.DNSName(name)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([meant]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths[1].chmod(0o600)
    return paths


@contextmanager
def open_post_office(
    senders: Sequence[str],
    domains: Sequence[str],
    *,
    introspection: str = "",
    keys: tuple[Path, Path] | None = None,
) -> Generator[PostOffice]:
    """A post office with accounts for these addresses; every address of these domains receives.

    `introspection`: where tokens are asked about (RFC 7662); with it, accounts are let in by XOAUTH2 alone.
    `keys`: a certificate with its key; one of its own otherwise.
    """
    with TemporaryDirectory(prefix="offhook-post-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)  # Postfix' and Dovecot's users go through
        certificate, key = keys or a_certificate(folder)
        office = PostOffice(folder, free_port(), free_port(), certificate)
        _write_postfix(office, key, senders, domains)
        _write_dovecot(office, key, senders)
        if introspection:
            _by_tokens(office, introspection)
        with _running([str(DOVECOT), "-F", "-c", str(folder / "dovecot.conf")], folder / "dovecot.log"):
            _await(folder / "auth", office.imaps, folder / "dovecot.log")
            with _postfix(office):
                yield office


def _write_postfix(office: PostOffice, key: Path, senders: Sequence[str], domains: Sequence[str]) -> None:
    folder = office.folder
    for name in ("queue", "data", "etc", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "mail", "mail")
    users = "\n".join(f"{sender} {sender}" for sender in senders)
    (folder / "etc" / "owners").write_text(f"{users}\n")
    (folder / "etc" / "boxes").write_text("\n".join(f"@{domain} ignored" for domain in domains) + "\n")
    (folder / "etc" / "main.cf").write_text(
        f"""compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
mail_owner = postfix
inet_interfaces = {HOST}
inet_protocols = ipv4
myhostname = post.example
mydestination =
virtual_mailbox_domains = {", ".join(domains)}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/boxes
virtual_transport = deliver
smtpd_tls_cert_file = {office.certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth
smtpd_sender_login_maps = texthash:{folder}/etc/owners
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtputf8_enable = no
"""
    )
    services = [
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 1 1 qmgr",
        "rewrite unix - - n - - trivial-rewrite",
    ]
    services += [f"{name} unix - - n - 0 bounce" for name in ("bounce", "defer", "trace")]
    services += ["error unix - - n - - error", "retry unix - - n - - error", "anvil unix - - n - 1 anvil"]
    services += ["proxymap unix - - n - - proxymap", "tlsmgr unix - - n 1000? 1 tlsmgr"]
    services += ["postlog unix-dgram n - n - 1 postlogd", f"{HOST}:{office.submission} inet n - n - - smtpd"]
    program = f"{folder}/etc/deliver {folder}/mail ${{recipient}}"
    services += [f"deliver unix - n n - 1 pipe\n  flags=DRX user=mail argv={program}"]
    (folder / "etc" / "master.cf").write_text("\n".join(services) + "\n")
    deliver = folder / "etc" / "deliver"
    deliver.write_text(
        '#!/bin/sh\nset -e\numask 022\nbox="$1/$2"\nmkdir -p "$box/tmp" "$box/new" "$box/cur"\n'
        'name="$(date +%s%N).$$"\ncat > "$box/tmp/$name"\nmv "$box/tmp/$name" "$box/new/$name"\n'
    )
    deliver.chmod(0o755)


def _write_dovecot(office: PostOffice, key: Path, senders: Sequence[str]) -> None:
    folder = office.folder
    (folder / "users").write_text("".join(f"{sender}:{{PLAIN}}{PASSWORD}\n" for sender in senders))
    (folder / "dovecot.conf").write_text(
        f"""base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = {HOST}
ssl = required
ssl_cert = <{office.certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
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
namespace inbox {{
  inbox = yes
  mailbox Gesendet {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {office.imaps}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
"""
    )


def _by_tokens(office: PostOffice, introspection: str) -> None:
    """Have Dovecot, and Postfix which asks it, let accounts in by a token alone."""
    place, authority = office.folder / "dovecot-oauth2.conf.ext", office.folder / "authority.pem"
    authority.write_bytes(office.certificate.read_bytes())  # read by a user of Dovecot's
    place.write_text(
        f"introspection_mode = post\nintrospection_url = {introspection}\n"
        f"username_attribute = email\nactive_attribute = active\nactive_value = true\n"
        f"tls_ca_cert_file = {authority}\n"
    )
    written = office.folder / "dovecot.conf"
    changed = written.read_text().replace("auth_mechanisms = plain login", "auth_mechanisms = xoauth2")
    passdb = f"driver = oauth2\n  mechanisms = xoauth2\n  args = {place}"
    written.write_text(changed.replace(f"driver = passwd-file\n  args = {office.folder}/users", passdb))


@contextmanager
def _postfix(office: PostOffice) -> Generator[None]:
    log = office.folder / "postfix.log"
    command = [str(POSTFIX), "-c", str(office.folder / "etc"), "start-fg"]
    with _running(command, office.folder / "postfix.out"):
        try:
            _await(None, office.submission, log)
            yield
        finally:  # the master is a session of its own, and ends its children
            os.kill(int((office.folder / "queue" / "pid" / "master.pid").read_text()), signal.SIGTERM)


@contextmanager
def _running(command: Sequence[str], output: Path) -> Generator[None]:
    """A process of ours, ended at the end."""
    with output.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _await(path: Path | None, port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as probe:
            if (path is None or path.exists()) and probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text() if log.exists() else f"nothing listens on {port}")
