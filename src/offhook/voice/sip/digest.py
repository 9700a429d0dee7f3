"""Digest access authentication for SIP (RFC 3261 section 22, RFC 7616, RFC 8760): pure functions.

Of several challenges for one realm the topmost that we understand is answered (RFC 8760 section 2.4): a server
lists the best first. `qop` is `auth`: `auth-int` protects a body that a NAT or session border controller changes.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.uri import quoted, split_outside_quotes, unquoted


def _bytes(text: str) -> bytes:
    """As it was received, even where that was no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _md5(text: str) -> str:
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(_bytes(text)).hexdigest()


def _sha512_256(text: str) -> str:
    return hashlib.new("sha512_256", _bytes(text)).hexdigest()


HASHES: dict[str, Callable[[str], str]] = {"md5": _md5, "sha-256": _sha256, "sha-512-256": _sha512_256}


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks. `algorithm` as it wrote it; `qop` true: it wants `auth`; old servers want none."""

    realm: str
    nonce: str
    algorithm: str = ""
    qop: bool = True
    opaque: str = ""
    stale: bool = False

    @property
    def is_session(self) -> bool:
        """The secret is bound to the first nonce (-sess)."""
        return self.algorithm.lower().endswith("-sess")

    @property
    def digest(self) -> Callable[[str], str] | None:
        """The hash function; None: not one of ours."""
        return HASHES.get(self.algorithm.lower().removesuffix("-sess") or "md5")


@dataclass(frozen=True, slots=True)
class Login:
    """A name and its secret."""

    username: str
    password: str


def parse_fields(value: str) -> dict[str, str]:
    """`Digest name="value", …` as a mapping with lower-case names. Raises `Malformed` unless it is Digest."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        raise Malformed("Only Digest authentication is known")
    found: dict[str, str] = {}
    for part in split_outside_quotes(rest, ","):
        name, _, text = part.partition("=")
        if name.strip():
            found[name.strip().lower()] = unquoted(text.strip())
    return found


def choose_challenge(values: Sequence[str]) -> Challenge | None:
    """The first challenge that we can answer; None: there is none."""
    for value in values:
        try:
            fields = parse_fields(value)
        except Malformed:
            continue
        offered = {word.strip().lower() for word in fields.get("qop", "").split(",") if word.strip()}
        challenge = Challenge(
            realm=fields.get("realm", ""),
            nonce=fields.get("nonce", ""),
            algorithm=fields.get("algorithm", ""),
            qop="auth" in offered,
            opaque=fields.get("opaque", ""),
            stale=fields.get("stale", "").lower() == "true",
        )
        if challenge.nonce and challenge.digest is not None and (not offered or challenge.qop):
            return challenge
    return None


def challenge_value(challenge: Challenge) -> str:
    """A challenge as a server sends it."""
    parts = [f"realm={quoted(challenge.realm)}", f"nonce={quoted(challenge.nonce)}"]
    if challenge.algorithm:
        parts.append(f"algorithm={challenge.algorithm}")
    if challenge.qop:
        parts.append('qop="auth"')
    if challenge.opaque:
        parts.append(f"opaque={quoted(challenge.opaque)}")
    if challenge.stale:
        parts.append("stale=true")
    return "Digest " + ", ".join(parts)


def authorise(challenge: Challenge, login: Login, method: str, uri: str, *, count: int, cnonce: str) -> str:
    """The (Proxy-)Authorization value. `count` is how often this nonce was used, this time included."""
    response = _response(challenge, login, method, uri, f"{count:08x}", cnonce)
    parts = [
        f"username={quoted(login.username)}",
        f"realm={quoted(challenge.realm)}",
        f"nonce={quoted(challenge.nonce)}",
        f"uri={quoted(uri)}",
        f'response="{response}"',
    ]
    if challenge.algorithm:
        parts.append(f"algorithm={challenge.algorithm}")
    if challenge.qop or challenge.is_session:
        parts.append(f'cnonce="{cnonce}"')
    if challenge.qop:
        parts.extend(["qop=auth", f"nc={count:08x}"])
    if challenge.opaque:
        parts.append(f"opaque={quoted(challenge.opaque)}")
    return "Digest " + ", ".join(parts)


def is_authorised(value: str, challenge: Challenge, login: Login, method: str, *, count_seen: int = 0) -> bool:
    """Whether credentials answer our challenge, with a nonce count higher than the last one seen.

    Raises `Malformed` when they cannot be read.
    """
    fields = parse_fields(value)
    count = fields.get("nc", "")
    if fields.get("nonce") != challenge.nonce or fields.get("realm") != challenge.realm:
        return False
    if fields.get("username") != login.username or (challenge.qop and fields.get("qop", "").lower() != "auth"):
        return False
    if challenge.qop and (len(count) != 8 or not _is_hexadecimal(count) or int(count, 16) <= count_seen):
        return False
    wanted = _response(challenge, login, method, fields.get("uri", ""), count, fields.get("cnonce", ""))
    return hmac.compare_digest(_bytes(wanted), _bytes(fields.get("response", "").lower()))


def _is_hexadecimal(text: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in text)


def _response(challenge: Challenge, login: Login, method: str, uri: str, count: str, cnonce: str) -> str:
    digest = challenge.digest
    if digest is None:
        raise Malformed(f"Digest algorithm {challenge.algorithm} is not known")
    first = digest(f"{login.username}:{challenge.realm}:{login.password}")
    if challenge.is_session:
        first = digest(f"{first}:{challenge.nonce}:{cnonce}")
    second = digest(f"{method}:{uri}")
    if challenge.qop:
        return digest(f"{first}:{challenge.nonce}:{count}:{cnonce}:auth:{second}")
    return digest(f"{first}:{challenge.nonce}:{second}")
