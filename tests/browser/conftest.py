"""A real browser before a real server: Debian's Chromium, driven by Playwright, on a small organisation.

One server and one browser a test process; a fresh organisation and fresh windows a test. A test fails when a page
logs an error, so that nothing goes wrong unseen.
"""

import shutil
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import argon2
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from browser.axe import violations
from browser.world import PASSWORD, World, a_world
from mail.deliverability.name_server import open_name_server, why_not
from mail.post import HOST, free_port
from offhook.identity.sessions import api as sign_in_api
from offhook.kernel.database import Database
from offhook.kernel.installation import open_installation
from offhook.kernel.limiter import Limiter
from offhook.kernel.settings import Settings
from offhook.web import workbench
from offhook.web.app import create_app
from offhook.web.server import working

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",  # root, as in containers, has no sandbox of Chromium's
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PATIENCE_MS = 15_000
"""How long a step may take on a busy machine before the test fails; no test waits for it when all is well."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Server:
    """The running product."""

    address: str
    database: Database
    settings: Settings


@pytest.fixture(scope="session")
def quick_passwords() -> Generator[None]:
    """Hash passwords in a moment: each test sets six of them, and none is worth guarding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", partial(argon2.PasswordHasher, 1, 8, 1))
        yield


@pytest.fixture(scope="session")
def name_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A DNS server that knows of offhook.example, so that no test asks the world; a port without one otherwise."""
    if why_not():
        yield f"{HOST}:{free_port()}"
        return
    zone = '@ TXT "v=spf1 mx -all"\n@ MX 0 .'
    with open_name_server(tmp_path_factory.mktemp("dns"), {"offhook.example": zone}) as address:
        yield address


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None, name_server: str) -> Generator[Server]:
    """The product on a free port with all that works beside it, at the machine's own time."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: sudo apt-get install chromium")
    if not (workbench.BUILT / "index.html").is_file():
        pytest.skip("needs the workbench's build: make setup")
    settings = Settings(
        data=tmp_path_factory.mktemp("browser") / "offhook",
        database_url=None,
        dns_servers=[name_server],
        calendars_allow_private=True,
    )
    sign_in_api.limiter = Limiter(10_000, sign_in_api.PER)
    with open_installation(settings) as database, working(database, settings):
        config = uvicorn.Config(
            create_app(database, settings), host="127.0.0.1", port=0, log_level="warning", ws="websockets-sansio"
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            thread.join(0.05)
            assert thread.is_alive(), "the server did not start"
        port = running.servers[0].sockets[0].getsockname()[1]
        yield Server(f"http://localhost:{port}", database, settings)
        running.should_exit = True
        thread.join(10)


@pytest.fixture(scope="package")
def playwright() -> Generator[Playwright]:
    """The driver; not for the whole session, as it runs an event loop, and other tests run their own."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, server: Server) -> Generator[Browser]:
    """The browser."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def world(server: Server) -> World:
    """A fresh organisation: a user of every role, a campaign with leads, agreed criteria, a goal.

    It alone is looked after from now on: what earlier tests left would keep the machine busier with each of them.
    """
    made = a_world(server.database)
    pytest.MonkeyPatch().setattr(server.database, "organisations", lambda: [made.organisation_id])
    return made


@dataclass
class Windows:
    """Opens windows, and looks at the end that nothing went wrong in them unseen."""

    chromium: Browser
    server: Server
    world: World
    contexts: list[BrowserContext] = field(default_factory=list[BrowserContext])
    errors: list[str] = field(default_factory=list[str])

    def __call__(self, who: str | None = None, path: str = "/", **options: Any) -> Page:
        """A window of its own, signed in as somebody of the world (`rep`, `ae`, …) unless it is nobody's."""
        context = self.chromium.new_context(
            base_url=self.server.address,
            **{"viewport": DESKTOP, "locale": "en-US", "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)
        if who is not None:
            told = {"email": self.world.users[who].email, "password": PASSWORD}
            answer = context.request.post("/api/v1/sessions", data=told)
            assert answer.ok, answer.text()
        page.goto(path)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location.get('url', '')}".strip())

    def expect_errors(self, *parts: str) -> None:
        """Errors in the console that hold one of these are what the test is about."""
        self.errors = [one for one in self.errors if not any(part in one for part in parts)]


@pytest.fixture
def window(
    chromium: Browser, server: Server, world: World, request: pytest.FixtureRequest, tmp_path: Path
) -> Generator[Windows]:
    """Open windows: `window("rep", "/today")`."""
    windows = Windows(chromium, server, world)
    yield windows
    for context in windows.contexts:
        context.close()
    assert not windows.errors, "\n".join(windows.errors)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fail when axe finds a violation of WCAG 2.2 A or AA on a page."""

    def check(page: Page) -> None:
        found = violations(page)
        assert not found, "\n".join(found)

    return check
