"""What is asked of a provider: the address of its page, and its tokens (RFC 6749, RFC 7636).

`oauthlib` makes and understands messages and connects to nothing; we send them, within limits of time. What goes
wrong is told in words: `Refused` when the provider says that it will not, `Unavailable` when it may later.
"""

import ssl
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol, cast

import httpx
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from offhook.kernel.errors import Invalid, Unavailable
from offhook.oauth.model import Attempt, Provider, Returned, Tokens

CONNECT_SECONDS = 10
ANSWER_SECONDS = 20
TOO_MANY = 429
SERVERS_FAULT = 500
VERIFIER_LENGTH = 64
USUAL_LIFE = timedelta(hours=1)
"""Of a token whose server does not say; all of ours do."""

ENDED = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
"""What a provider answers where only the user can help (RFC 6749, section 5.2; OpenID Connect Core, 3.1.2.6)."""


class Refused(Exception):
    """The provider takes the refresh token no more: the user must sign in again."""


class _Client(Protocol):
    """What of `oauthlib.oauth2.WebApplicationClient` we use, with types."""

    def create_code_verifier(self, length: int) -> str: ...
    def create_code_challenge(self, code_verifier: str, code_challenge_method: str) -> str: ...
    def prepare_request_uri(self, uri: str, **told: object) -> str: ...
    def prepare_request_body(self, **told: object) -> str: ...
    def prepare_refresh_body(self, **told: object) -> str: ...
    def parse_request_body_response(self, body: str) -> Mapping[str, object]: ...


def new_verifier(provider: Provider) -> str:
    """A secret that only whoever began a sign-in can finish it with (RFC 7636, section 4.1)."""
    return _client(provider).create_code_verifier(VERIFIER_LENGTH)


def page_of(provider: Provider, attempt: Attempt, state: str, hint: str) -> str:
    """The address of the provider's page; `hint` is the account that is meant, '' for any."""
    client = _client(provider)
    extra = {**provider.extra, "login_hint": hint} if hint else provider.extra
    return client.prepare_request_uri(
        provider.authorize,
        redirect_uri=attempt.redirect,
        scope=list(provider.scopes[attempt.purpose]),
        state=state,
        nonce=attempt.nonce,
        code_challenge=client.create_code_challenge(attempt.verifier, "S256"),
        code_challenge_method="S256",
        **extra,
    )


def exchange(provider: Provider, attempt: Attempt, returned: Returned) -> Tokens:
    """The tokens for a code. Raises `Invalid` for what the user or an admin can mend, `Unavailable`."""
    if returned.error or not returned.code:
        raise Invalid(_told_of_page(provider, returned.error, returned.error_description))
    body = _client(provider).prepare_request_body(
        code=returned.code,
        redirect_uri=attempt.redirect,
        code_verifier=attempt.verifier,
        client_secret=provider.client_secret,
    )
    try:
        tokens = _ask(provider, body)
    except OAuth2Error as error:
        raise Invalid(_told_of_page(provider, str(error.error), _description(error))) from error
    if not tokens.refresh:
        raise Invalid(f"{provider.title} lets us in for an hour alone. Begin the sign-in again and agree to all.")
    return tokens


def refresh(provider: Provider, refresh_token: str) -> Tokens:
    """New tokens. Raises `Refused`, and `Unavailable` for whatever may be otherwise the next time."""
    body = _client(provider).prepare_refresh_body(
        refresh_token=refresh_token, client_id=provider.client_id, client_secret=provider.client_secret
    )
    try:
        return _ask(provider, body)
    except OAuth2Error as error:
        told = _plain(f"{error.error}: {_description(error)}")
        if error.error in ENDED:
            raise Refused(told) from error
        raise Unavailable(f"{provider.title} does not renew the sign-in ({told}).") from error


def _ask(provider: Provider, body: str) -> Tokens:
    """Raises `OAuth2Error` for what the provider refuses, `Unavailable` for what does not come through."""
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    where = httpx.URL(provider.token).netloc.decode()
    try:
        with httpx.Client(verify=ssl.create_default_context(), trust_env=False, timeout=timeout) as client:
            answer = client.post(provider.token, content=body, headers=headers)
    except httpx.TimeoutException as error:
        raise Unavailable(f"{where} does not answer in time.") from error
    except (httpx.HTTPError, OSError) as error:
        raise Unavailable(f"{where} cannot be reached: {_plain(str(error))}.") from error
    if answer.status_code == TOO_MANY or answer.status_code >= SERVERS_FAULT:
        raise Unavailable(f"{where} answers {answer.status_code}.")
    try:
        return _tokens(_client(provider).parse_request_body_response(answer.text))
    except ValueError as error:
        raise Unavailable(f"{where} answers what cannot be understood.") from error


def _tokens(told: Mapping[str, object]) -> Tokens:
    lasts, scopes = told.get("expires_in"), told.get("scope")
    return Tokens(
        access=str(told["access_token"]),
        refresh=str(told.get("refresh_token") or ""),
        lasts=timedelta(seconds=lasts) if isinstance(lasts, int) else USUAL_LIFE,
        scopes=[str(one) for one in cast("Sequence[object]", scopes)] if isinstance(scopes, list) else None,
        identity=str(told.get("id_token") or ""),
    )


_PAGE: Mapping[str, str] = {
    "access_denied": "You did not agree on {title}'s page, so nothing is connected. Begin again, and agree to all"
    " that is asked; if {title} asks for an admin, let your admin agree for the organisation first.",
    "consent_required": "An admin of your organisation at {title} must allow Offhook first. Then sign in again.",
    "interaction_required": "{title} wants to ask you more. Begin the sign-in again.",
    "login_required": "{title} wants you to sign in there. Begin the sign-in again.",
    "redirect_uri_mismatch": "The address to come back to is not registered at {title}. {admin}",
    "invalid_client": "{title} does not take this installation's client ID or secret. {admin}",
    "unauthorized_client": "{title} does not let this installation ask that. {admin}",
    "invalid_scope": "{title} does not know what this installation asks for. {admin}",
    "invalid_grant": "{title} does not take this sign-in any more: it was used already, or took too long. Begin it"
    " again.",
    "server_error": "{title} cannot do it at the moment. Try again in a few minutes.",
    "temporarily_unavailable": "{title} cannot do it at the moment. Try again in a few minutes.",
}
_ADMIN = "An admin finds in the documents, under 'Sign-in with Google and Microsoft', what to register."
_ADMIN_CONSENT = ("AADSTS65001", "AADSTS90094", "AADSTS90095", "AADSTS900941")
"""Microsoft's codes of consent that only an admin can give (Microsoft, "Microsoft Entra error codes")."""


def _told_of_page(provider: Provider, error: str, description: str) -> str:
    if any(code in description for code in _ADMIN_CONSENT):
        error = "consent_required"
    known = _PAGE.get(error, "{title} did not sign you in. Begin again.")
    told = _plain(": ".join(filter(None, (error, description))))
    sentence = known.format(title=provider.title, admin=_ADMIN)
    return f"{sentence} ({provider.title} says: {told})" if told else sentence


def _client(provider: Provider) -> _Client:
    return cast("_Client", WebApplicationClient(provider.client_id))


def _description(error: OAuth2Error) -> str:
    return str(error.description or "")


def _plain(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:300]
