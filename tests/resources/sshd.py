"""An ssh server of our own on a loopback port, with keys and settings in a temporary folder."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONFIGURATION = """
Port {port}
ListenAddress 127.0.0.1
ListenAddress 127.0.0.2
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def ssh_server(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the settings of H100 with which 127.0.0.1 and 127.0.0.2 are hosts."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert program, "sshd is missing: apt-get install openssh-server"
    assert shutil.which("ssh"), "ssh is missing: apt-get install openssh-client"
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd insists, as root.
    for name in ("host_key", "user_key"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(key, check=True)
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    port = free_port()
    kind, key = (folder / "host_key.pub").read_text().split()[:2]
    names = ",".join(f"[127.0.0.{number}]:{port}" for number in (1, 2))
    (folder / "known_hosts").write_text(f"{names} {kind} {key}\n")
    (folder / "sshd_config").write_text(CONFIGURATION.format(port=port, folder=folder))
    (folder / "ssh_config").touch()
    server = subprocess.Popen(
        [program, "-D", "-e", "-f", str(folder / "sshd_config")],
        stderr=(folder / "sshd.log").open("wb"),
    )
    try:
        wait_for_port(port, server, folder / "sshd.log")
        yield {
            "ssh_user": getpass.getuser(),
            "ssh_port": port,
            "ssh_identity": str(folder / "user_key"),
            "ssh_known_hosts": str(folder / "known_hosts"),
            "ssh_config": str(folder / "ssh_config"),
        }
    finally:
        server.terminate()
        server.wait()


def wait_for_port(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
