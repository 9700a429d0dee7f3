"""The application and its clients, for the tests of routes here."""

from web.conftest import app, sign_in

__all__ = ["app", "sign_in"]
