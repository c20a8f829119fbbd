"""In the place of ssh: a script that runs the remote command line on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

from resources.hosts import Place, Ssh

# What sshd does: the last argument goes to the user's shell. The one before it is the host.
SCRIPT = """#!/bin/sh
for last; do host="$previous"; previous="$last"; done
printf '%s\\n' "$@" > "{folder}/arguments-$host"
case "$host" in nobody*) echo "ssh: connect to host $host port 22: No route" >&2; exit 255;; esac
exec /bin/sh -c "$last"
"""


def ssh_here(folder: Path) -> list[str]:
    """Return an ssh command for hosts that are all this machine; one called nobody is away."""
    script = folder / "ssh"
    script.write_text(SCRIPT.format(folder=folder))
    script.chmod(0o755)
    return [str(script)]


def place_here(folder: Path, python: str = sys.executable) -> Place:
    ssh = Ssh(program=tuple(ssh_here(folder)))
    return Place(ssh=ssh, python=python, folder=str(Path(__file__).parents[2]))
