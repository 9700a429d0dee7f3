"""The server killed in the middle of writing and delivering: nothing acknowledged is lost, nothing is doubled."""

from random import Random

import psutil
import pytest

from faults.calling import assert_nothing_is_lost_or_doubled, prepared
from faults.running import Installation, free_port, until

pytestmark = pytest.mark.slow

KILLS = 5


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(installation: Installation) -> None:
    token, port, dice = installation.found(), free_port(), Random(5)
    with installation.served(port=port) as server:
        callers = prepared(server.address, token)
        callers.start()
        callers.make_progress(dice.randint(1, 60))
        server.kill()
    for _ in range(KILLS - 1):
        with installation.served(port=port) as server:
            callers.make_progress(dice.randint(1, 60))
            server.kill()
    with installation.served(port=port):
        callers.make_progress(20)
        callers.stop()
        assert_nothing_is_lost_or_doubled(installation, callers)


def test_a_postgresql_that_dies_is_started_again_and_nothing_is_lost_or_doubled(
    installation: Installation,
) -> None:
    token = installation.found()
    with installation.served() as server:
        callers = prepared(server.address, token)
        callers.start()
        for kill in (kill_postmaster, kill_a_connection, Installation.kill_server):
            callers.make_progress(30)
            kill(installation)
        callers.make_progress(30)
        callers.stop()
        assert_nothing_is_lost_or_doubled(installation, callers)


def kill_postmaster(installation: Installation) -> None:
    """The first process alone; the others end when they see it gone."""
    installation.postmaster().kill()


def kill_a_connection(installation: Installation) -> None:
    """One that serves a client: the server then restarts itself, as shared memory may be damaged."""
    until(lambda: psutil.pid_exists(installation.postmaster().pid))
    child = next(one for one in installation.postmaster().children() if " idle" in " ".join(one.cmdline()))
    child.kill()
