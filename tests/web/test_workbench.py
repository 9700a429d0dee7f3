"""How the workbench is served: its page at every screen's address, its files to be kept, and nothing besides."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from offhook.web import workbench

BROWSER = {"accept": "text/html,application/xhtml+xml"}
PAGE = '<!doctype html><script type="module" src="/assets/index-abc.js"></script>'
SCRIPT = "console.log('Größe');" * 100


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A small build."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-abc.js").write_text(SCRIPT)
    (tmp_path / "assets" / "letters.woff2").write_bytes(b"\0\1\2")
    monkeypatch.setattr(workbench, "BUILT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("address", ["/", "/today", "/leads/0190-anything", "/settings/users?x=1"])
def test_a_browser_gets_the_page_at_every_screens_address(nobody: TestClient, built: Path, address: str) -> None:
    page = nobody.get(address, headers=BROWSER)
    assert page.status_code == 200
    assert page.text == PAGE
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing", "/api", "/assets/nothing.js", "/f/nothing", "/hooks/nothing"]
)
def test_unknown_addresses_of_programs_stay_unknown(nobody: TestClient, built: Path, address: str) -> None:
    assert nobody.get(address, headers=BROWSER).status_code == 404
    assert nobody.get("/nowhere").status_code == 404
    assert nobody.post("/today", headers=BROWSER).status_code == 404


def test_files_are_sent_compressed_to_who_takes_it_and_kept_for_good(nobody: TestClient, built: Path) -> None:
    zipped = nobody.get("/assets/index-abc.js", headers={"accept-encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.text == SCRIPT
    assert int(zipped.headers["content-length"]) == len(gzip.compress(SCRIPT.encode(), 9))
    assert "immutable" in zipped.headers["cache-control"]
    plain = nobody.get("/assets/index-abc.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT
    assert "javascript" in plain.headers["content-type"]
    letters = nobody.get("/assets/letters.woff2")
    assert letters.headers["content-type"] == "font/woff2"
    assert letters.content == b"\0\1\2"


def test_what_has_not_changed_is_not_sent_again(nobody: TestClient, built: Path) -> None:
    tag = nobody.get("/", headers=BROWSER).headers["etag"]
    again = nobody.get("/", headers=BROWSER | {"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["..%2Findex.html", "%2e%2e/index.html", "..%5cindex.html", "nothing", "%00"])
def test_no_address_leads_out_of_the_build(nobody: TestClient, built: Path, name: str) -> None:
    (built.parent / "secret.txt").write_text("secret")
    answer = nobody.get(f"/assets/{name}")
    assert answer.status_code in {404, 422}
    assert PAGE not in answer.text


def test_the_real_build_loads_nothing_from_elsewhere(nobody: TestClient) -> None:
    if not (workbench.BUILT / "index.html").is_file():
        pytest.skip("needs the workbench's build: make setup")
    page = nobody.get("/", headers=BROWSER).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    assert all(one.startswith("/") for one in addresses)
    assert all(nobody.get(one).status_code == 200 for one in addresses)
