"""The acceptance run reads real data sets that the project may not carry; without them it is skipped."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_sets() -> Path:
    """The folder of the data sets."""
    folder = os.environ.get("OFFHOOK_TEST_DATA")
    if not folder:
        pytest.skip("needs real data sets: set OFFHOOK_TEST_DATA to their folder")
    return Path(folder)
