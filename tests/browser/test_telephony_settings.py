"""Settings of telephony: an admin connects a trunk and gives out numbers; everybody says how they call."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from browser.conftest import Windows
from browser.hands import eventually
from browser.world import World
from offhook.kernel.database import SYSTEM
from offhook.voice.trunks import CallerPreference, Ring, RingKind, outgoing, owned_numbers, settings_of, trunks

Accessible = Callable[[Page], None]


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def choose(page: Page, inside: Locator, label: str, option: str) -> None:
    inside.get_by_role("button", name=re.compile(label)).click()
    page.get_by_role("option", name=re.compile(option)).first.click()


def telephony(window: Windows) -> Page:
    page = window("admin", "/settings/telephony")
    expect(page.get_by_text("No trunk yet")).to_be_visible()
    return page


def add_trunk(page: Page, name: str = "Main carrier") -> None:
    panel(page, "Trunks").get_by_role("button", name="Add a trunk").click()
    dialog = page.get_by_role("dialog", name="Add a trunk")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Host").fill("sip.carrier.example")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)


def add_number(page: Page, number: str) -> None:
    panel(page, "Phone numbers").get_by_role("button", name="Add a number").click()
    dialog = page.get_by_role("dialog", name="Add a number")
    dialog.get_by_label("Number", exact=True).fill(number)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)


def test_a_trunk_is_connected_changed_and_removed_and_its_password_is_not_shown(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = telephony(window)
    accessible(page)
    panel(page, "Trunks").get_by_role("button", name="Add a trunk").click()
    dialog = page.get_by_role("dialog", name="Add a trunk")
    dialog.get_by_label("Name", exact=True).fill("Main carrier")
    dialog.get_by_label("Host").fill("sip:carrier")
    dialog.get_by_label("User name").fill("acme")
    dialog.get_by_label("Password").fill("line-secret-9")
    dialog.get_by_role("button", name="Add a prefix").click()
    dialog.get_by_label("Prefix").fill("49")
    dialog.get_by_label("Cost a minute").fill("0.012")
    accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("must be a host name or an IP address").first).to_be_visible()
    dialog.get_by_label("Host").fill("sip.carrier.example")
    dialog.get_by_role("button", name="Save").click()
    row = panel(page, "Trunks").get_by_role("row", name=re.compile("Main carrier"))
    expect(row).to_contain_text("sip.carrier.example:5060 · UDP")
    expect(row).to_contain_text("+49 0.012")
    expect(row).to_contain_text("Not known")
    page.reload()  # what a saved dialog told screen readers has gone by then
    expect(row).to_contain_text("Not known")
    accessible(page)
    row.get_by_role("button", name="What to do with Main carrier").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Trunk Main carrier")
    expect(dialog.get_by_label("Password")).to_have_value("")
    expect(dialog.get_by_text("There is one; leave this empty to keep it")).to_be_visible()
    dialog.get_by_text("Calls leave and arrive by it").click()
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Inactive")
    assert "line-secret-9" not in page.content()
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        (trunk,) = trunks(tx)
    assert (trunk.has_password, trunk.is_active) == (True, False)
    row.get_by_role("button", name="What to do with Main carrier").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog", name="Remove Main carrier?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No trunk yet")).to_be_visible()
    window.expect_errors("422")


def test_a_number_rings_somebody_through_an_extension(
    window: Windows, world: World, accessible: Accessible
) -> None:
    page = telephony(window)
    add_trunk(page)
    panel(page, "Extensions").get_by_role("button", name="Add an extension").click()
    dialog = page.get_by_role("dialog", name="Add an extension")
    dialog.get_by_label("Extension", exact=True).fill("911")
    dialog.get_by_role("combobox", name="Whose it is").fill("Rita")
    page.get_by_role("option", name=re.compile("Rita Rep")).click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("an emergency number in US").first).to_be_visible()
    dialog.get_by_label("Extension", exact=True).fill("204")
    dialog.get_by_role("button", name="Save").click()
    expect(panel(page, "Extensions").get_by_role("row", name=re.compile("204"))).to_contain_text("Rita Rep")

    add_number(page, "(212) 555-0100")
    row = panel(page, "Phone numbers").get_by_role("row", name=re.compile(r"\+12125550100"))
    expect(row).to_contain_text("nobody")
    row.get_by_role("button", name=re.compile("What to do with")).click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog", name="+12125550100")
    dialog.get_by_role("combobox", name="Rings").fill("204")
    page.get_by_role("option", name=re.compile("204, Rita Rep")).click()
    choose(page, dialog, "Arrives by", "Main carrier")
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("204, Rita Rep")
    expect(row).to_contain_text("Main carrier")
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        (number,) = owned_numbers(tx)
    assert number.rings.kind is RingKind.EXTENSION
    page.reload()
    expect(row).to_contain_text("204, Rita Rep")
    accessible(page)
    row.get_by_role("button", name=re.compile("What to do with")).click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog", name="+12125550100")
    dialog.get_by_role("combobox", name="Rings").fill("nobody")
    page.get_by_role("option", name="nobody").click()
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("nobody")
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        assert owned_numbers(tx)[0].rings == Ring()
    window.expect_errors("422")


def test_what_holds_for_everybody_is_set_and_shown_to_whom_a_rep_calls(window: Windows, world: World) -> None:
    page = telephony(window)
    add_trunk(page)
    add_number(page, "+49 30 12345678")
    defaults = panel(page, "For everybody")
    choose(page, defaults, "Number shown by default", re.escape("+493012345678"))
    choose(page, defaults, "Emergency calls", "Main carrier")
    defaults.get_by_role("button", name="Save").click()
    expect(defaults.get_by_role("button", name="Save")).to_be_disabled()

    def shown_and_dialled() -> tuple[str | None, str]:
        with world.database.transaction(world.organisation_id, SYSTEM) as tx:
            caller = outgoing(tx, "+1 212 555 0101", world.of("rep")).caller
            return caller.number if caller else None, type(outgoing(tx, "911", None).dialled).__name__

    eventually(lambda: shown_and_dialled() == ("+493012345678", "Emergency"))


def test_a_rep_is_refused_and_says_how_they_call_themselves(
    window: Windows, world: World, accessible: Accessible
) -> None:
    add_number(telephony(window), "+1 212 555 0100")
    page = window("rep", "/settings/telephony")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    accessible(page)
    page.goto("/settings/me")
    expect(page.get_by_role("link", name="Telephony")).to_have_count(0)
    own = panel(page, "Calls")
    choose(page, own, "Number you show", "Always mine")
    own.get_by_role("button", name="Save").click()
    expect(own.get_by_text("choose the number to show always").first).to_be_visible()
    choose(page, own, "Your number", re.escape("+12125550100"))
    own.get_by_label("Seconds your phone rings").fill("40")
    own.get_by_label("Seconds your phone rings").blur()
    own.get_by_role("button", name="Save").click()
    expect(own.get_by_role("button", name="Save")).to_be_disabled()
    accessible(page)
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        settings = settings_of(tx, world.of("rep"))
    assert (settings.caller_preference, settings.ring_seconds) == (CallerPreference.FIXED, 40)
    window.expect_errors("422")


def test_two_admins_do_not_overwrite_each_other(window: Windows, world: World) -> None:
    page = telephony(window)
    add_trunk(page)
    row = panel(page, "Trunks").get_by_role("row", name=re.compile("Main carrier"))
    row.get_by_role("button", name=re.compile("What to do with")).click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Trunk Main carrier")
    dialog.get_by_label("Domain").fill("carrier.example")
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        tx.execute("UPDATE trunk SET port = 5090, version = version + 1")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Read the present version").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        (trunk,) = trunks(tx)
    assert (trunk.port, trunk.domain) == (5090, "carrier.example")
    window.expect_errors("412")
