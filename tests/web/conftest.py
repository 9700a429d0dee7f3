"""The application over the test process's database, made once."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_token, a_user
from offhook.identity import Role
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.web.app import create_app

SignIn = Callable[..., TestClient]


@pytest.fixture(scope="session")
def app(session_database: Database, settings: Settings) -> FastAPI:
    """The application."""
    return create_app(session_database, settings)


@pytest.fixture
def nobody(app: FastAPI, database: Database) -> TestClient:
    """A client without a token."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def sign_in(app: FastAPI, begin: Begin) -> SignIn:
    """A client with a fresh user's token: `sign_in(Role.REP)`, narrowed by `sign_in(Role.REP, "leads:read")`."""

    def client(role: Role = Role.ADMIN, *scopes: str) -> TestClient:
        with begin() as tx:
            text = a_token(tx, a_user(tx, role), *scopes)
        return TestClient(app, raise_server_exceptions=False, headers={"authorization": f"Bearer {text}"})

    return client


@pytest.fixture
def without_scope(app: FastAPI, begin: Begin) -> TestClient:
    """A client whose token carries no permission at all."""
    with begin() as tx:
        text = a_token(tx, a_user(tx, Role.ADMIN))
        tx.execute("UPDATE api_token SET scopes = '{}'")
    return TestClient(app, raise_server_exceptions=False, headers={"authorization": f"Bearer {text}"})
