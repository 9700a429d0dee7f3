"""Settings: the secret is made once, whole, and by one of many."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from offhook.kernel.settings import Settings


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: Settings(data=tmp_path / "data").secret, range(32)))
    (secret,) = secrets
    assert len(secret) >= 32
    assert [one.name for one in (tmp_path / "data").iterdir()] == ["secret"]
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o077 == 0
    assert Settings(data=tmp_path / "data").secret == secret


def test_a_given_secret_is_not_written(tmp_path: Path) -> None:
    given = "given".upper()
    assert Settings(data=tmp_path / "data", secret_key=given).secret == given
    assert not (tmp_path / "data").exists()
