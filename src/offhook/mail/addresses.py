"""Addresses as SMTP and headers have them."""

import idna


def in_ascii(address: str) -> str:
    """An address with its domain in ASCII (IDNA 2008, RFC 5891), which every server and reader takes."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain_in_ascii(domain)}"


def domain_in_ascii(domain: str) -> str:
    """A domain that was accepted as an address's, in ASCII."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
