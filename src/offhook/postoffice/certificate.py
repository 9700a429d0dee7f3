"""The post office's own certificate, made anew each time it opens, and how programs come to trust it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

VALID = timedelta(days=365)
_TRUSTED = "SSL_CERT_FILE"


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A self-signed certificate of an IP address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "post.pem", folder / "post.key"
    certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_file, key_file


def with_the_usual(certificate: Path) -> Path:
    """A file of all certificates that are trusted usually, and of this one: for SSL_CERT_FILE."""
    bundle = certificate.with_name("trusted.pem")
    bundle.write_text(f"{certifi.contents()}\n{certificate.read_text()}")
    return bundle


@contextmanager
def trusting(certificates: Path) -> Generator[None]:
    """Let connections of this process be checked by these certificates."""
    before = os.environ.get(_TRUSTED)
    os.environ[_TRUSTED] = str(certificates)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_TRUSTED]
        else:
            os.environ[_TRUSTED] = before
