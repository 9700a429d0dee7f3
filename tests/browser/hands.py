"""What users do with a screen's controls, and how they see that a screen stands."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import APIRequestContext, Locator, Page, expect


def screen(page: Page, path: str) -> None:
    """Go to a screen and wait until nothing on it is being read any more."""
    page.goto(path)
    settled(page)


def settled(page: Page) -> None:
    """Wait until a screen has a heading (or says why not) and nothing on it is being read."""
    expect(page.locator("main h1, main p").first).to_be_visible()
    expect(page.locator("main [role=status][aria-label]")).to_have_count(0)


def choose(page: Page, within: Page | Locator, label: str, option: str) -> None:
    """Open the choice of this name and take an option, by the beginning of its text.

    A choice whose options are still being read does not open; one presses it again, as everybody does.
    """
    control = within.get_by_role("button", name=re.compile(label)).first
    wanted = page.get_by_role("option", name=re.compile("^" + re.escape(option).replace("/", r"\/"))).first

    def is_offered() -> bool:
        if page.get_by_role("listbox").count() == 0:
            control.click()
        return wanted.is_visible()

    eventually(is_offered)
    wanted.click()


def find(page: Page, within: Page | Locator, label: str, typed: str, option: str | None = None) -> None:
    """Type into a field with many choices, and take one of what is left."""
    within.get_by_role("combobox", name=label).fill(typed)
    page.get_by_role("option", name=option or typed).first.click()


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait for something that a screen does behind the scenes."""
    until = time.monotonic() + 15
    while not is_so():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.1)


def ask(request: APIRequestContext, method: str, path: str, body: Any = None) -> Any:
    """What the server answers whoever is signed in; the test fails where it refuses."""
    answer = request.fetch("/api/v1" + path, method=method, data=body)
    assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
    return answer.json() if answer.text() else None


def refused(request: APIRequestContext, method: str, path: str, body: Any = None) -> int:
    """The status with which the server answers; for edits, of the first version."""
    return request.fetch("/api/v1" + path, method=method, data=body, headers={"If-Match": '"1"'}).status


def overflow(page: Page) -> int:
    """By how many pixels the page, or what stands beside its rail, can be scrolled sideways."""
    found: int = page.evaluate(
        "() => Math.max(...[document.scrollingElement, document.querySelector('main')].filter(Boolean)"
        ".map(one => one.scrollWidth - one.clientWidth))"
    )
    return found
