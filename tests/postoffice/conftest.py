"""A virtual post office for this test process, on free ports of loopback. Without Dovecot tests are skipped."""

from collections.abc import Generator

import pytest

from offhook.postoffice import PostOffice, missing
from postoffice.customer import Customer

ANN = "ann@offhook.example"
BO = "bo@offhook.example"
QUICKER = 1000.0


@pytest.fixture(scope="session")
def office() -> Generator[PostOffice]:
    """Open, with two accounts; people answer within the second."""
    if absent := missing():
        pytest.skip(f"not installed: {', '.join(absent)}")
    with PostOffice([ANN, BO], pace=QUICKER) as opened:
        yield opened


@pytest.fixture
def ann(office: PostOffice) -> Customer:
    """Who writes."""
    return Customer(office, ANN)


@pytest.fixture
def bo(office: PostOffice) -> Customer:
    """Her colleague."""
    return Customer(office, BO)
