"""axe-core, which finds violations of the Web Content Accessibility Guidelines on a page as it stands."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@cache
def _script() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[str]:
    """What axe finds wrong: the rule, what it says, and the elements.

    What React Aria announces stays in its live region for seconds, and may name elements that are gone by then.
    """
    page.evaluate(_script())
    found: dict[str, Any] = page.evaluate("rules => axe.run({ exclude: ['[data-live-announcer]'] }, rules)", RULES)
    return [
        f"{page.url}: {one['id']}: {one['help']}\n"
        + "\n".join(f"    {node['html'][:200]}" for node in one["nodes"])
        for one in found["violations"]
    ]
