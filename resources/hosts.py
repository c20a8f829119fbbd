"""The hosts of a training, and how a module of ours is started on one: over ssh, or directly."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
# No question is ever asked; a lost connection is noticed within a minute. The connection is this
# process's own: one shared with others (ControlMaster) would outlive it.
_OPTIONS = {
    "BatchMode": "yes",
    "ConnectTimeout": "15",
    "ServerAliveInterval": "15",
    "ServerAliveCountMax": "4",
    "ControlMaster": "no",
    "ControlPath": "none",
    "ClearAllForwardings": "yes",
    "ForwardAgent": "no",
    "RequestTTY": "no",
}


def checked_host(name: str) -> str:
    """Return a host name or IPv4 address; ValueError for what is none, such as an ssh option."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no host name")
    return name


def checked_endpoint(text: str) -> tuple[str, int]:
    """Return the host and the port of HOST:PORT; ValueError if it is none."""
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is no HOST:PORT")
    return checked_host(host), int(port)


def is_here(host: str) -> bool:
    """Whether the name is this machine's own; every other name is reached over ssh."""
    return host.lower() in ("localhost", socket.gethostname().lower())


@dataclass(frozen=True)
class Ssh:
    """How hosts are reached; what is empty is left to ssh's own configuration."""

    program: tuple[str, ...] = ("ssh",)
    user: str = ""
    port: int = 0
    identity: str = ""
    known_hosts: str = ""
    config: str = ""

    def command(self, host: str, remote: str) -> list[str]:
        """Return the command that lets the host's shell run the line `remote`."""
        options = dict(_OPTIONS)
        if self.identity:
            options |= {"IdentityFile": _quoted(self.identity), "IdentitiesOnly": "yes"}
        if self.known_hosts:
            options["UserKnownHostsFile"] = _quoted(self.known_hosts)
        return [
            *self.program,
            *(("-F", self.config) if self.config else ()),
            *(part for name, value in options.items() for part in ("-o", f"{name}={value}")),
            *(("-l", self.user) if self.user else ()),
            *(("-p", str(self.port)) if self.port else ()),
            *("--", checked_host(host), remote),
        ]


@dataclass(frozen=True)
class Place:
    """Where our modules run on every host: its Python, and the folder that it starts in."""

    ssh: Ssh = Ssh()
    python: str = sys.executable
    folder: str = ""

    def start(self, host: str, module: str) -> subprocess.Popen[bytes]:
        """Start `python -m MODULE` on a host, its three streams being pipes.

        What it is to do goes through its standard input, never through a command line: those
        are read by shells, and by everybody on the host.
        """
        command, folder = [self.python, "-m", module], self.folder or None
        if not is_here(host):
            command, folder = self.ssh.command(host, self._shell_line(module)), None
        pipe = subprocess.PIPE
        # A session of its own: Ctrl-C in a terminal would reach it before we can say "stop".
        return subprocess.Popen(
            command, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )

    def _shell_line(self, module: str) -> str:
        enter = f"cd {shlex.quote(self.folder)} && " if self.folder else ""
        return f"{enter}exec {shlex.quote(self.python)} -m {module}"


def _quoted(path: str) -> str:
    """Return a path as ssh reads it in an option: it would take a space for the path's end."""
    return '"' + path.replace("%", "%%").replace('"', "") + '"'
