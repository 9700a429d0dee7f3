"""Installations of their own for tests that kill."""

from collections.abc import Generator

import pytest

from faults.running import Installation


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory) -> Generator[Installation]:
    """A fresh installation with the embedded server; nothing of it runs on after the test."""
    made = Installation(tmp_path_factory.mktemp("faults") / "data")
    yield made
    made.end()
