"""Hosts that all are this machine are asked what they have."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from resources import preflight as module
from resources.host_comparison import Needs
from resources.host_facts import HostFacts, code_digest
from resources.preflight import preflight
from tests.resources.sshd import free_port
from tests.resources.stand_in import place_here

SMI = """#!/bin/sh
printf 'NVIDIA H100 80GB HBM3, 81559, 81000\\nNVIDIA H100 80GB HBM3, 81559, 500\\n'
"""
TORCH = """
class cuda:
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 2)
class distributed:
    is_available = is_nccl_available = staticmethod(lambda: True)
"""


@pytest.fixture
def needs(tmp_path: Path) -> Needs:
    storage = tmp_path / "shared storage"
    storage.mkdir()
    return Needs(str(storage), f"127.0.0.1:{free_port()}", code_digest(), gpus=None)


def test_two_hosts_that_see_each_other_lack_nothing(tmp_path: Path, needs: Needs) -> None:
    hosts = ["a", "localhost"]
    answers, lacking = preflight(place_here(tmp_path), hosts, needs, [str(tmp_path)])
    assert lacking == []
    assert list(answers) == hosts
    for facts in answers.values():
        assert isinstance(facts, HostFacts)
        assert facts.python == sys.version.split()[0]
        assert all(facts.packages.values())
        assert facts.free_disk_gb
        assert facts.gpus == []
    second = answers["localhost"]
    assert isinstance(second, HostFacts)
    assert second.link_gb_per_second
    assert not list(Path(needs.storage).iterdir()), "no token stays"


def test_all_that_is_missing_is_said_at_once(tmp_path: Path, needs: Needs) -> None:
    (tmp_path / "python").write_text(
        "#!/bin/sh\necho hello; echo 'No module named x' >&2; exit 1\n"
    )
    (tmp_path / "python").chmod(0o755)
    place = place_here(tmp_path, python=str(tmp_path / "python"))
    _, lacking = preflight(place, ["nobody", "b", "nobody2"], needs, [])
    assert lacking == [
        "nobody: not reachable (ssh: connect to host nobody port 22: No route): ssh must get "
        "there without a question, with SKETCH2FLOW_SSH_USER, _PORT, _IDENTITY, _KNOWN_HOSTS and "
        "_CONFIG",
        "b: sketch2flow does not start (No module named x): install it there, and let "
        f"SKETCH2FLOW_HOST_PYTHON name its Python (now {tmp_path}/python)",
        *[lacking[-1]],
    ]
    assert lacking[-1].startswith("nobody2: not reachable")


def test_a_missing_ssh_is_named(tmp_path: Path, needs: Needs) -> None:
    place = place_here(tmp_path)
    (tmp_path / "ssh").unlink()
    _, (line,) = preflight(place, ["a"], needs, [])
    assert line.startswith("a: nothing starts (")
    assert "No such file" in line


def test_a_host_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_ANSWER", 0.3)
    (tmp_path / "python").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "python").chmod(0o755)
    _, (line,) = preflight(place_here(tmp_path, str(tmp_path / "python")), ["a"], needs, [])
    assert line.startswith("a: no answer in 0 s")


def test_storage_and_folders_that_a_host_does_not_see_are_named(
    tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What another machine would have under that path: nothing of what was written here.
    monkeypatch.setattr(module, "write_text", lambda path, text: None)
    _, lacking = preflight(place_here(tmp_path), ["a"], needs, ["/no/data"])
    assert [line.split(":")[0] for line in lacking] == ["a", "a"]
    assert "is not the same storage as here (No such file or directory)" in lacking[0]
    assert "there is no /no/data" in lacking[1]


def test_what_a_host_writes_must_be_seen_here(
    tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    unseen = tmp_path / "elsewhere"
    real = module._unseen
    monkeypatch.setattr(module, "_unseen", lambda answer, token: real(unseen / answer.name, token))
    _, (line,) = preflight(place_here(tmp_path), ["a"], needs, [])
    assert "is not the same storage as here (what it writes is not seen here)" in line


def test_gpus_are_asked_of_the_driver_and_of_torch(
    tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nvidia-smi").write_text(SMI)
    (tmp_path / "nvidia-smi").chmod(0o755)
    (tmp_path / "torch.py").write_text(TORCH)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    needs = needs._replace(gpus=2, gpu_memory_gb=70)
    answers, (line,) = preflight(place_here(tmp_path), ["a"], needs, [])
    assert line.startswith("a: GPU 1 (NVIDIA H100 80GB HBM3) has 0.5 of 85.5 GB free, 70.0 wanted")
    facts = answers["a"]
    assert isinstance(facts, HostFacts)
    assert (facts.torch_gpus, facts.nccl, facts.driver) == (2, True, "")


def test_a_torch_without_gpus_is_told(
    tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libcudart.so.12: cannot open')")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    answers, (line,) = preflight(place_here(tmp_path), ["a"], needs._replace(gpus=0), [])
    assert line.startswith("a: no GPU (")
    assert "nvidia-smi" in line
    facts = answers["a"]
    assert isinstance(facts, HostFacts)
    assert facts.torch == "ImportError: libcudart.so.12: cannot open"
