"""Takes the README's pictures: `make demo` must be running; `.venv/bin/python docs/pictures/take.py ADDRESS`.

The rep's sign-in is read from the demo's file in the data folder (`OFFHOOK_DATA`, else `.offhook`).
"""

import json
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def take(address: str) -> None:
    """Take every picture anew."""
    kept = json.loads((Path(os.environ.get("OFFHOOK_DATA", ".offhook")) / "demo.json").read_text())
    rep = next(one for one in kept["sign_ins"] if one["role"] == "rep")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="en-US")
        context.request.post("/api/v1/sessions", data={"email": rep["email"], "password": rep["password"]})
        page = context.new_page()
        page.goto("/today")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=HERE / "today.png")
        page.keyboard.press("n")
        page.get_by_role("button", name="No answer").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=HERE / "lead.png")


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8642")
