"""axe-core, which finds violations of the Web Content Accessibility Guidelines on a page as it stands."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ANNOUNCED = "[data-live-announcer]"
"""What React Aria says to screen readers for a moment, naming parts of a dialog that may have closed since."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@cache
def _script() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[str]:
    """What axe finds wrong: the rule, what it says, and the elements."""
    page.evaluate(_script())
    found: dict[str, Any] = page.evaluate(
        "([left_out, rules]) => axe.run({ exclude: [left_out] }, rules)", [ANNOUNCED, RULES]
    )
    return [
        f"{page.url}: {one['id']}: {one['help']}\n"
        + "\n".join(f"    {node['html'][:200]}" for node in one["nodes"])
        for one in found["violations"]
    ]
