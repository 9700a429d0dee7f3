"""The scoreboard: what is counted stands there at once, for a team and a span, in a chart and in a table."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.conftest import Windows
from browser.hands import choose
from browser.world import World, handed_off

Accessible = Callable[[Page], None]


def test_what_is_done_is_counted_on_screen_without_asking(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = window("manager", "/scoreboard")
    expect(page.get_by_role("heading", name="Scoreboard")).to_be_visible()
    tile = page.get_by_role("listitem").filter(has_text="SALs").first
    expect(tile).to_contain_text("0")
    handed_off(world)
    expect(tile).to_contain_text("SALs1")
    leader = page.get_by_role("region", name="Leader board").first.get_by_role("row", name=re.compile("Rita Rep"))
    expect(leader.get_by_role("cell").nth(1)).to_have_text("1")
    goal = page.get_by_role("region", name="Goals").get_by_role("listitem").filter(has_text="Rita Rep")
    expect(goal).to_contain_text("1 / 20")
    chart = page.get_by_role("figure", name="Day by day")
    chart.get_by_text("These numbers as a table").click()
    expect(chart.get_by_role("table")).to_contain_text("Dials")
    accessible(page)
    choose(page, page, "Time span", "Last 7 days")
    expect(chart.get_by_role("row")).to_have_count(8)
    choose(page, page, "Team", "Inbound")
    expect(tile).to_contain_text("SALs1")
    choose(page, page, "Time span", "Last 13 weeks")
    expect(chart.get_by_role("row")).to_have_count(92)
