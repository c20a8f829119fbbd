from __future__ import annotations

import socket
import threading

import pytest

from resources import rendezvous_probe
from resources.rendezvous_probe import hold, reach
from tests.resources.sshd import free_port


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendezvous_probe, "PATIENCE", 0.3)


def test_who_knocks_finds_the_listener_and_measures_the_way() -> None:
    port = free_port()
    assert hold("127.0.0.1", port, "token") == ("", None)
    for _ in range(2):
        trouble, speed = reach("127.0.0.1", port, "token")
        assert trouble == ""
        assert speed
        assert speed > 0


def test_nobody_there_is_told() -> None:
    assert reach("127.0.0.1", free_port(), "token") == ("Connection refused", None)
    assert "not known" in reach("no-such-host.invalid", 1, "token").trouble


def test_another_listener_is_told() -> None:
    port = free_port()
    hold("127.0.0.1", port, "other")
    assert reach("127.0.0.1", port, "token").trouble == "something else answers there"
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close()).start()
        assert reach(*server.getsockname(), "token").trouble == "something else answers there"


def test_a_taken_port_and_anothers_address_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert "in use" in hold(*server.getsockname(), "token").trouble
    assert hold("192.0.2.1", free_port(), "token").trouble
