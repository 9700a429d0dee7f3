"""The workbench in a real browser: how much script it loads, and how soon the next lead is there.

A generated organisation is served on a free loopback port and opened in Debian's Chromium. The rep's loop goes
by keys alone: `n` shows the next lead, a digit logs the call and shows the one after it. What is timed is from the
key event to the painted frame in which the next lead's name stands, by the browser's own clock.
"""

import gzip
import json
import shutil
import statistics
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import scratch_installation
from offhook.kernel.errors import Unavailable

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from offhook.bench.scratch import Scratch
    from offhook.simulator.play.found import SignIn

MOST_SCRIPT_KB = 250
MOST_NEXT_MS = 100
MOST_KEYS_LOGGED = 3
MOST_KEYS_HANDED_OFF = 6
LEADS = 40
"""So many leads are worked; the first few warm the browser up."""
RESPONDERS = 1_200
"""Enough that one rep's queue holds `LEADS` on any day and at any hour."""
WARM = 5
GLANCE_MS = 300
"""No rep judges a lead in less: in this time the screen has read what it shows, and the next lead ahead."""
FIRST_SCREENS = ("src/leads/today/Today.tsx",)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

_TIME = """
key => new Promise((done, failed) => {
  const before = document.querySelector('h1').textContent;
  const begun = performance.now();
  const look = () => {
    const heading = document.querySelector('h1');
    if (location.pathname.startsWith('/leads/') && heading && heading.textContent !== before) {
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    } else if (performance.now() - begun > 10000) failed(new Error(`no other lead after ${key}`));
    else requestAnimationFrame(look);
  };
  const pressed = new KeyboardEvent('keydown', {key, code: key, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(pressed);
  look();
})
"""
"""Press a key and wait for another heading to be painted; milliseconds. Fails after 10 s without."""


def figures() -> Iterable[Figure]:
    """Size of the first screen's script; the next lead's p95; keys from lead to lead and to a hand-off."""
    from offhook.web.workbench import BUILT

    size, files = _script_size(BUILT, FIRST_SCREENS)
    yield at_most(
        "workbench: script that the first screen loads, gzipped",
        size / 1000,
        "kB",
        MOST_SCRIPT_KB,
        f"{files} files of the sign-in, the frame and Today",
    )
    with scratch_installation() as scratch:
        yield from _played(scratch)


def _script_size(built: Path, screens: Iterable[str]) -> tuple[int, int]:
    """Bytes and number of the script files that the page and these screens load. Raises `Unavailable` unbuilt."""
    kept = built / ".vite" / "manifest.json"
    if not kept.is_file():
        raise Unavailable("The workbench is not built: run make setup.")
    manifest: dict[str, dict[str, object]] = json.loads(kept.read_text())
    wanted, files = ["index.html", *screens], set[str]()
    while wanted:
        part = manifest[wanted.pop()]
        if part["file"] not in files:
            files.add(str(part["file"]))
            wanted += [str(one) for one in part.get("imports", [])]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportUnknownArgumentType] # Vite's own shape
    scripts = [name for name in files if name.endswith(".js")]
    return sum(len(gzip.compress((built / name).read_bytes(), 9)) for name in scripts), len(scripts)


def _played(scratch: "Scratch") -> Iterable[Figure]:
    from offhook.simulator.demo import Size, prepare

    made = prepare(
        scratch.database, Size(responders=RESPONDERS, days=42), scratch.settings.data, is_fresh=True, tell=_quiet
    )
    rep = next(one for one in made.sign_ins if one.role == "rep")
    with _served(scratch) as address, _browser(address, rep) as page:
        page.goto("/today")
        page.get_by_role("button", name="Next lead").wait_for()
        page.wait_for_load_state("networkidle")
        times, keys = _work(page)
        handed_off = _hand_off(page)
    p95 = statistics.quantiles(times, n=20)[-1]
    yield at_most(
        "workbench: key press to next lead on screen, p95",
        p95,
        "ms",
        MOST_NEXT_MS,
        f"{len(times)} leads over loopback: median {statistics.median(times):.0f} ms, most {max(times):.0f} ms",
    )
    yield at_most(
        "workbench: keys from next lead to disposition logged and the one after shown",
        keys,
        "keys",
        MOST_KEYS_LOGGED,
        "n, then the digit of the disposition",
    )
    yield at_most(
        "workbench: keys from qualified to handed off",
        handed_off,
        "keys",
        MOST_KEYS_HANDED_OFF,
        "h, then Enter: whose turn it is and the first time that suits are chosen already",
    )


def _quiet(_share: float) -> None:
    """Nobody watches."""


@contextmanager
def _served(scratch: "Scratch") -> Generator[str]:
    import uvicorn

    from offhook.web.app import create_app
    from offhook.web.server import working

    app = create_app(scratch.database, scratch.settings)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    with working(scratch.database, scratch.settings):
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.05)
        try:
            yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def _browser(address: str, rep: "SignIn") -> Generator["Page"]:
    """A window, signed in. Raises `Unavailable` without a browser or its driver."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None or find_spec("playwright") is None:
        raise Unavailable("This bench needs Chromium (sudo apt-get install chromium) and the package playwright.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
        context.request.post("/api/v1/sessions", data={"email": rep.email, "password": rep.password})
        yield context.new_page()


def _work(page: "Page") -> tuple[list[float], int]:
    """Work leads by keys; how long each next one took, and how many keys one lead takes."""
    page.evaluate(_TIME, "n")
    times: list[float] = []
    for number in range(LEADS):
        page.get_by_role("button", name="No answer").wait_for()
        page.wait_for_timeout(GLANCE_MS)
        took = float(page.evaluate(_TIME, "1"))
        if number >= WARM:
            times.append(took)
    return times, len(("n", "1"))


def _hand_off(page: "Page") -> int:
    """Qualify the lead on screen and hand it off; how many keys the hand-off took."""
    page.get_by_role("button", name="No answer").wait_for()
    page.wait_for_load_state("networkidle")
    questions = page.locator("li:has([aria-pressed])")
    for place in range(questions.count()):
        questions.nth(place).locator("[aria-pressed]").first.click()
        page.wait_for_load_state("networkidle")
    keys = 0
    chosen = page.get_by_role("dialog").get_by_role("radio", checked=True).last  # nothing is chosen while it loads
    for key, shown in (("h", chosen), ("Enter", page.get_by_text("Handed off to").first)):
        page.keyboard.press(key)
        keys += 1
        shown.wait_for()
        page.wait_for_load_state("networkidle")
    return keys
