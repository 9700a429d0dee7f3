"""A server with a telephone, and a browser with a microphone, for all of these tests; an organisation for each."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Playwright

from browser.conftest import CHROMIUM, FLAGS, Windows
from browser.softphone.calling import Floor, a_calling_world, a_floor, missing
from browser.softphone.phone import ALLOWED, MICROPHONE
from browser.world import World
from offhook.web import workbench


@pytest.fixture(scope="package")
def floor(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Generator[Floor]:
    """The product with a telephone."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: sudo apt-get install chromium")
    if not (workbench.BUILT / "index.html").is_file():
        pytest.skip("needs the workbench's build: make setup")
    if why := missing():
        pytest.skip(why)
    with a_floor(tmp_path_factory.mktemp("softphone")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, floor: Floor) -> Generator[Browser]:
    """A browser with a microphone that beeps, and a user who allows it."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MICROPHONE, ALLOWED])
    yield browser
    browser.close()


@pytest.fixture
def world(floor: Floor) -> Generator[World]:
    """A fresh organisation that calls."""
    with a_calling_world(floor) as made:
        yield made


@pytest.fixture
def window(chromium: Browser, floor: Floor, world: World) -> Generator[Windows]:
    """Open windows: `window("rep", "/today")`."""
    windows = Windows(chromium, floor.server, world)
    yield windows
    for context in windows.contexts:
        context.close()
    assert not windows.errors, "\n".join(windows.errors)
