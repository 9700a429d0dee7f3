"""A provider of sign-ins for the whole run, and an installation that is registered there."""

from collections.abc import Generator
from pathlib import Path

import pytest

from mail.post import a_certificate
from oauth.emulator import CLIENT_ID, CLIENT_SECRET, Emulator, open_emulator
from offhook.kernel.settings import Settings


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    return a_certificate(tmp_path_factory.mktemp("provider"))


@pytest.fixture(scope="session")
def running(keys: tuple[Path, Path]) -> Generator[Emulator]:
    """The provider."""
    with open_emulator(*keys) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The provider as new, its certificate trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
    fresh = Emulator(running.port, running.certificate)
    vars(running).update(vars(fresh))
    return running


def registered(settings: Settings, at: Emulator) -> Settings:
    """The installation's settings, registered at the provider as if it were Google and Microsoft."""
    return settings.model_copy(
        update={
            "google_client_id": CLIENT_ID,
            "google_client_secret": CLIENT_SECRET,
            "google_accounts": at.address,
            "google_token": f"{at.address}/token",
            "microsoft_client_id": CLIENT_ID,
            "microsoft_client_secret": CLIENT_SECRET,
            "microsoft_login": at.address,
        }
    )


@pytest.fixture
def at_provider(settings: Settings, emulator: Emulator) -> Settings:
    """The installation, registered at the provider."""
    return registered(settings, emulator)
