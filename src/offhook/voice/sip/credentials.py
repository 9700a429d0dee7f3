"""Which challenges each trunk has sent, so that its next request carries credentials at once (RFC 3261 22.2).

A nonce is used again with a higher count until the server tires of it and sends another: that saves a round trip
for every call.
"""

import random
from dataclasses import dataclass

from offhook.voice.signalling import Hop
from offhook.voice.sip.digest import Challenge, Login, authorise, choose_challenge
from offhook.voice.sip.legs import Errand
from offhook.voice.sip.message import Request, Response

_ANSWER_TO = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}
MAX_STALE = 3
"""How many times one request is sent again because its nonce is stale: a server that never tires is no server."""


@dataclass(slots=True)
class _Known:
    challenge: Challenge
    count: int = 0


class Credentials:
    """The challenges known, by trunk and the header that answers them."""

    def __init__(self, chance: random.Random) -> None:
        """None yet."""
        self._chance = chance
        self._known: dict[tuple[str, str], _Known] = {}

    def attach(self, trunk: str, hop: Hop, request: Request) -> None:
        """Add credentials for the challenges known of this trunk."""
        if not hop.username:
            return
        login = Login(hop.username, hop.password or "")
        for name in ("authorization", "proxy-authorization"):
            known = self._known.get((trunk, name))
            if known is None:
                continue
            known.count += 1
            cnonce = f"{self._chance.getrandbits(64):016x}"
            value = authorise(
                known.challenge, login, request.method, request.uri, count=known.count, cnonce=cnonce
            )
            request.headers[name] = [value]

    def learn(self, errand: Errand, hop: Hop | None, response: Response) -> bool:
        """Take in the challenge of a 401 or 407; True: the errand is worth repeating with credentials."""
        asked_in, name = _ANSWER_TO[response.code]
        challenge = choose_challenge(response.headers.get(asked_in, []))
        if challenge is None or hop is None or not hop.username:
            return False
        met = errand.answered.get((name, challenge.realm), 0)
        if met >= MAX_STALE or (met and not challenge.stale):
            self._known.pop((errand.trunk, name), None)
            return False
        errand.answered[name, challenge.realm] = met + 1
        self._known[errand.trunk, name] = _Known(challenge)
        return True
