import os
from pathlib import Path

import pytest

from sketch2flow import machine
from sketch2flow.machine import cores


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 8 cores whose process is in the control group job/step."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "self" / "cgroup").write_text("0::/job/step\n")
    (tmp_path / "cgroup" / "job" / "step").mkdir(parents=True)
    monkeypatch.setattr(machine, "PROC", tmp_path / "proc")
    monkeypatch.setattr(machine, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return tmp_path / "cgroup"


def test_without_a_limit_all_cores_of_the_affinity_count(place: Path) -> None:
    (place / "job" / "cpu.max").write_text("max 100000\n")
    assert cores() == 8


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"job": "300000 100000"}, 3),
        ({"job": "300000 100000", "job/step": "250000 100000"}, 2),
        ({"job/step": "50000 100000"}, 1),
        ({".": "400000 100000"}, 4),  # In a container the group is the root of its namespace.
        ({"job": "1600000 100000"}, 8),
    ],
)
def test_the_least_limit_of_the_groups_counts(
    place: Path, limits: dict[str, str], expected: int
) -> None:
    for group, text in limits.items():
        (place / group / "cpu.max").write_text(text + "\n")
    assert cores() == expected


def test_affinity_alone_where_there_are_no_groups(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "PROC", tmp_path / "nowhere")
    assert cores() == 8
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == (os.cpu_count() or 1)
