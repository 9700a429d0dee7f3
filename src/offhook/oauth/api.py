"""Routes of sign-ins at providers: which there are, and to begin one. Mail and calendar finish theirs."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.oauth import service
from offhook.oauth.model import Given, Grant, ProviderName, Returned, SignInPurpose
from offhook.oauth.providers import TITLES, providers, redirect_of

router = APIRouter(prefix="/sign-ins", tags=["sign-ins"])

M = TypeVar("M", bound=BaseModel)


class SignInProviderOut(BaseModel):
    """A provider at which this installation is registered."""

    name: ProviderName
    title: str
    purposes: list[SignInPurpose] = Field(description="What a sign-in there can be for")


class SignInProvidersOut(BaseModel):
    """The providers that can be signed in at."""

    items: list[SignInProviderOut]
    redirect: str = Field(description="The address to register at a provider, to come back to")


class SignInOut(BaseModel):
    """The sign-in at a provider by which a mailbox or calendar is reached."""

    provider: ProviderName
    title: str
    lapsed_at: datetime | None = Field(description="Since then its user must sign in again; null: it holds")

    @classmethod
    def of(cls, grant: Grant) -> "SignInOut":
        """The answer's shape."""
        return cls(provider=grant.provider, title=TITLES[grant.provider], lapsed_at=grant.lapsed_at)


class BeginSignIn(BaseModel):
    """A sign-in to begin."""

    model_config = ConfigDict(extra="forbid")

    provider: ProviderName
    purpose: SignInPurpose = Field(description="What it is for: your mailbox or your calendar")
    account: str = Field(default="", max_length=254, description="The address that is meant; any if left out")


class SignInPage(BaseModel):
    """Where a sign-in goes on."""

    address: str = Field(description="The provider's page; open it in the browser you are signed in with")


class SignedIn(BaseModel):
    """What the provider's page sent the browser back with."""

    model_config = ConfigDict(extra="forbid")

    state: str = Field(min_length=1, max_length=4_000)
    code: str = Field(default="", max_length=8_000)
    error: str = Field(default="", max_length=200)
    error_description: str = Field(default="", max_length=4_000)

    def returned(self) -> Returned:
        """The same as the model has it."""
        return Returned(self.state, self.code, self.error, self.error_description)


@router.get("/providers", response_model=SignInProvidersOut)
def list_sign_in_providers(call: Call = CALL) -> Response:
    """List the providers at which this installation is registered; none: mailboxes are connected by password."""
    settings = call.request.app.state.settings

    def work(tx: Transaction) -> SignInProvidersOut:
        tx.require("users:read")
        found = [
            SignInProviderOut(name=one.name, title=one.title, purposes=list(one.scopes))
            for one in providers(settings)
        ]
        return SignInProvidersOut(items=found, redirect=redirect_of(settings))

    return call.read(work)


@router.post("", response_model=SignInPage)
def begin_sign_in(body: BeginSignIn, call: Call = CALL) -> Response:
    """Begin to sign in at a provider; what you come back with is sent to your mailbox or calendar."""
    settings = call.request.app.state.settings
    return call.once(
        lambda tx: SignInPage(address=service.begin(tx, settings, body.provider, body.purpose, body.account))
    )


def once_signed_in(
    call: Call, body: SignedIn, purpose: SignInPurpose, work: Callable[[Transaction, Given], M]
) -> Response:
    """Answer a POST by what `work` makes of what the provider grants, asked for before its transaction."""
    settings, returned = call.request.app.state.settings, body.returned()
    given: list[Given] = []

    def ahead() -> None:
        with call.transaction() as tx:
            attempt = service.attempt_of(tx, settings, returned, purpose)
        given.append(service.finish(settings, attempt, returned))

    return call.once(lambda tx: work(tx, given[0]), ahead=ahead)
