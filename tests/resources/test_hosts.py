from __future__ import annotations

import shlex
import socket
import sys
from pathlib import Path

import pytest

from resources.hosts import Place, Ssh, checked_endpoint, checked_host, is_here
from tests.resources.stand_in import ssh_here


@pytest.mark.parametrize("name", ["a", "node-17", "10.0.0.2", "gpu_1.example.org"])
def test_host_names_are_taken(name: str) -> None:
    assert checked_host(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-oProxyCommand=x", "a b", "a;b", "$(id)", "a\n", "u@a", "a.", "a/b", "à", "x" * 300],
)
def test_what_is_no_host_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no host name"):
        checked_host(name)


def test_an_endpoint_is_a_host_and_a_port() -> None:
    assert checked_endpoint("a.b:29400") == ("a.b", 29400)
    for text in ("a", "a:", ":1", "a:0", "a:65536", "a:٣", "-x:1", "a:1x"):
        with pytest.raises(ValueError, match="is no"):
            checked_endpoint(text)


def test_only_this_machines_own_names_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Head")
    assert [is_here(name) for name in ("localhost", "head", "127.0.0.1", "other")] == [
        *(True, True),
        *(False, False),
    ]


def test_ssh_asks_nothing_and_takes_the_settings() -> None:
    ssh = Ssh(user="me", port=2222, identity="/k ey", known_hosts="/hosts", config="/config")
    command = ssh.command("a", "true")
    assert command[-3:] == ["--", "a", "true"]
    said = " ".join(command)
    for part in (
        "-F /config",
        "-l me -p 2222",
        "-o BatchMode=yes",
        '-o IdentityFile="/k ey"',
        '-o UserKnownHostsFile="/hosts"',
        "-o ControlPath=none",
        "-o ServerAliveInterval=15",
    ):
        assert part in said
    plain = " ".join(Ssh().command("a", "true"))
    assert "Identity" not in plain
    assert " -l " not in plain


def test_no_host_becomes_an_option() -> None:
    with pytest.raises(ValueError, match="no host name"):
        Ssh().command("-oProxyCommand=touch x", "true")


def test_a_hostile_folder_and_python_are_words_to_the_shell(tmp_path: Path) -> None:
    folder = tmp_path / "a folder'; touch oops; $(touch oops) `touch oops` \"&"
    folder.mkdir()
    (folder / "tool.py").write_text("import os, sys; print(os.getcwd(), sys.stdin.readline())")
    python = folder / "py thon;$(id)"
    python.symlink_to(sys.executable)
    place = Place(Ssh(program=tuple(ssh_here(tmp_path))), str(python), str(folder))
    process = place.start("far", "tool")
    said, errors = process.communicate(b"$(touch oops)\n")
    assert said.decode().split("\n")[0] == f"{folder} $(touch oops)", errors
    assert not list(tmp_path.rglob("oops"))
    line = (tmp_path / "arguments-far").read_text().splitlines()[-1]
    assert shlex.split(line)[-3:] == [str(python), "-m", "tool"]


def test_this_machine_needs_no_ssh(tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text("print('here')")
    place = Place(Ssh(program=("/no/ssh",)), folder=str(tmp_path))
    assert place.start("localhost", "tool").communicate()[0] == b"here\n"
    with pytest.raises(OSError, match="/no/ssh"):
        place.start("far", "tool")
