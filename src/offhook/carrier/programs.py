"""The outside programs that the carrier stands on."""

import shutil
from collections.abc import Mapping

from offhook.kernel.errors import Unavailable

PACKAGES: Mapping[str, str] = {"sipp": "sip-tester", "espeak-ng": "espeak-ng"}
"""Each program and the Debian package that brings it."""


def missing() -> list[str]:
    """The programs that are not installed."""
    return [program for program in PACKAGES if shutil.which(program) is None]


def require(program: str) -> str:
    """The program's path. Raises `Unavailable` naming the package when it is not installed."""
    found = shutil.which(program)
    if found is None:
        package = PACKAGES[program]
        raise Unavailable(
            f"The virtual carrier needs {program}, which is not installed: apt-get install {package}."
        )
    return found
