"""A real carrier: sipp and espeak-ng as installed, on free ports of loopback. Without them tests are skipped."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from carrier.telephone import Telephone
from offhook.carrier import Carrier, missing


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where spoken files are kept for this test process."""
    return tmp_path_factory.mktemp("data") / "carrier"


@pytest.fixture(scope="session")
def carrier(spoken: Path) -> Generator[Carrier]:
    """One carrier for this test process."""
    if absent := missing():
        pytest.skip(f"not installed: {', '.join(absent)} (apt-get install sip-tester espeak-ng)")
    with Carrier(spoken, seed=7) as running:
        yield running


@pytest.fixture
def telephone() -> Generator[Callable[..., Telephone]]:
    """Makes telephones, and closes them."""
    made: list[Telephone] = []

    def make(transport: str = "udp", codecs: str = "0 8 101") -> Telephone:
        made.append(Telephone(transport, codecs))
        return made[-1]

    yield make
    for one in made:
        one.close()
