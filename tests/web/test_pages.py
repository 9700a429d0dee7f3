"""The start page where the workbench was not built: it names the main job and everything that the API offers."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from offhook.web import workbench


@pytest.fixture(autouse=True)
def nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a bare checkout."""
    monkeypatch.setattr(workbench, "BUILT", tmp_path)


def test_the_start_page_leads_to_every_part_of_the_api(app: FastAPI) -> None:
    page = TestClient(app).get("/")
    assert page.status_code == 200
    tags = {
        one["tags"][0] for methods in app.openapi()["paths"].values() for one in methods.values() if "tags" in one
    }
    assert tags
    for tag in tags:
        assert f'href="/api/v1/docs#{tag.replace(" ", "-")}"' in page.text
    docs = TestClient(app).get("/api/v1/docs").text
    for anchor in re.findall(r'href="/api/v1/docs#([^"]+)"', page.text):
        assert " " not in anchor
        assert f'id="{anchor}"' in docs


def test_the_commands_on_the_start_page_exist(app: FastAPI) -> None:
    from offhook.cli.main import WORDS

    words = re.findall(r"<code>offhook ([a-z-]+)", TestClient(app).get("/").text)
    assert len(words) >= 7
    missing = set(words) - set(WORDS)
    assert not missing
