"""Where mail is read: IMAP by Dovecot, run as a process of ours on the boxes' folder."""

import shutil
import socket
import subprocess
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path

from offhook.kernel.errors import Unavailable
from offhook.postoffice.boxes import Boxes, Owner

DOVECOT = "dovecot"
_PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin"
DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""Of util-linux, which every Debian has: Dovecot ends also where we are killed."""

_PATIENCE = 20.0


def dovecot() -> str | None:
    """Where Dovecot is installed; None: it is not."""
    return shutil.which(DOVECOT, path=_PLACES)


@contextmanager
def imap(
    boxes: Boxes,
    accounts: Collection[str],
    password: str,
    *,
    host: str,
    port: int,
    certificate: Path,
    key: Path,
    runner: Owner | None,
) -> Generator[None]:
    """Serve for as long as the `with` lasts. Raises `Unavailable` when it does not begin.

    `runner`: as whom all of Dovecot runs; None where root starts it, and Dovecot sees to that itself.
    """
    folder = boxes.folder.parent
    users = (f"{account}:{{PLAIN}}{password}::::{boxes.folder_of(account)}\n" for account in sorted(accounts))
    (folder / "users").write_text("".join(users))
    configuration = folder / "dovecot.conf"
    configuration.write_text(_configuration(folder, host, port, certificate, key, boxes.owner) + _as(runner))
    log = folder / "dovecot.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 # our own arguments, no shell
            [*DIES_WITH_US, dovecot() or DOVECOT, "-F", "-c", str(configuration)],
            stdout=output,
            stderr=output,
            start_new_session=True,  # a Ctrl-C is for us, who then stop it
        )
    try:
        _await(process, host, port, log)
        yield
    finally:
        _stop(process)


def _configuration(folder: Path, host: str, port: int, certificate: Path, key: Path, owner: Owner) -> str:
    """The smallest that serves."""
    return f"""base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = {host}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
  override_fields = uid={owner.user} gid={owner.group}
}}
mail_location = maildir:~
first_valid_uid = 1
first_valid_gid = 1
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


def _as(runner: Owner | None) -> str:
    """What lets Dovecot run without root: every part of it as whoever started it (Dovecot's wiki, "Rootless")."""
    if runner is None:
        return ""
    return f"""default_login_user = {runner.user}
default_internal_user = {runner.user}
default_internal_group = {runner.group}
service imap-login {{
  chroot =
}}
service anvil {{
  chroot =
}}
"""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], host: str, port: int, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise Unavailable(f"Dovecot did not begin to serve: {log.read_text(errors='replace').strip()[-400:]}")
