"""The providers at which this installation is registered, with their published addresses unless told otherwise.

Sources: Google, "Using OAuth 2.0 for Web Server Applications", "Gmail IMAP and SMTP: XOAUTH2"; Microsoft, "OAuth
2.0 authorization code flow", "Authenticate an IMAP, POP or SMTP connection using OAuth".
"""

from collections.abc import Sequence

from offhook.kernel.errors import NotFound
from offhook.kernel.settings import Settings
from offhook.oauth.model import Provider, ProviderName, SignInPurpose

PATH = "/settings/signed-in"
"""Of our own screen that providers send users back to."""

TITLES = {ProviderName.GOOGLE: "Google", ProviderName.MICROSOFT: "Microsoft"}


def redirect_of(settings: Settings) -> str:
    """The address that is registered at providers, and that they send users back to."""
    return f"{settings.base_url.rstrip('/')}{PATH}"


def providers(settings: Settings) -> Sequence[Provider]:
    """Those that can be signed in at."""
    found = (_google(settings), _microsoft(settings))
    return [one for one in found if one.client_id and one.client_secret]


def provider(settings: Settings, name: ProviderName) -> Provider:
    """One of them. Raises `NotFound` where the installation is not registered."""
    for one in providers(settings):
        if one.name is name:
            return one
    raise NotFound(
        f"This installation is not registered at {TITLES[name]}. An admin does that once: set"
        f" OFFHOOK_{name.value.upper()}_CLIENT_ID and OFFHOOK_{name.value.upper()}_CLIENT_SECRET."
    )


def _google(settings: Settings) -> Provider:
    accounts = settings.google_accounts.rstrip("/")
    return Provider(
        name=ProviderName.GOOGLE,
        title=TITLES[ProviderName.GOOGLE],
        client_id=settings.google_client_id or "",
        client_secret=settings.google_client_secret or "",
        authorize=f"{accounts}/o/oauth2/v2/auth",
        token=settings.google_token,
        issuer=accounts,
        scopes={
            SignInPurpose.MAIL: ("openid", "email", "https://mail.google.com/"),
            SignInPurpose.CALENDAR: ("openid", "email", "https://www.googleapis.com/auth/calendar"),
        },
        # A refresh token comes with a consent alone.
        extra={"access_type": "offline", "prompt": "consent"},
    )


def _microsoft(settings: Settings) -> Provider:
    login = settings.microsoft_login.rstrip("/")
    tenant = f"{login}/{settings.microsoft_tenant}"
    outlook = settings.microsoft_outlook.rstrip("/")
    always = ("openid", "email", "profile", "offline_access")
    return Provider(
        name=ProviderName.MICROSOFT,
        title=TITLES[ProviderName.MICROSOFT],
        client_id=settings.microsoft_client_id or "",
        client_secret=settings.microsoft_client_secret or "",
        authorize=f"{tenant}/oauth2/v2.0/authorize",
        token=f"{tenant}/oauth2/v2.0/token",
        issuer=f"{login}/{{tenantid}}/v2.0",
        scopes={
            SignInPurpose.MAIL: (*always, f"{outlook}/SMTP.Send", f"{outlook}/IMAP.AccessAsUser.All"),
        },
        extra={"prompt": "select_account"},
    )
