"""`sketch2flow train` around a torchrun that trains nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# In the place of torch.distributed.run: what one rank of the trainer does with its output folder.
TORCHRUN = """
import pathlib, signal, sys, time
from sketch2flow.vlm.refusal import write_refusal
output = pathlib.Path(sys.argv[-1])
output.mkdir(exist_ok=True)
def stop(*_):
    time.sleep(0.5)
    (output / "checkpoint").touch()
    sys.exit(143)
signal.signal(signal.SIGTERM, stop)
(output / "arguments").write_text(" ".join(sys.argv[1:]))
if output.name == "refuse":
    write_refusal(output, "train: no row")
    sys.exit(1)
if output.name == "endless":
    time.sleep(60)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    package = tmp_path / "path" / "torch" / "distributed"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "run.py").write_text(TORCHRUN)
    paths = [str(package.parents[1]), *sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def train(output: Path, environment: dict[str, str], *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from sketch2flow.cli import main; main()", "train"]
    folders = ["--dataset", str(output.parent), "--out", str(output)]
    return subprocess.Popen(
        [*command, *folders, *more], env=environment, stderr=subprocess.PIPE, text=True
    )


def test_ranks_are_passed_on(tmp_path: Path, environment: dict[str, str]) -> None:
    process = train(tmp_path / "out", environment, "--processes", "3")
    assert process.wait(60) == 0, process.communicate()
    given = (tmp_path / "out" / "arguments").read_text()
    assert given.startswith("--standalone --nproc-per-node 3 -m sketch2flow.cli.trainer ")


def test_a_refusal_is_the_last_line(tmp_path: Path, environment: dict[str, str]) -> None:
    process = train(tmp_path / "refuse", environment)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.splitlines() == ["Error: train: no row"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_time_for_a_checkpoint(
    tmp_path: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    process = train(tmp_path / "endless", environment)
    while not (tmp_path / "endless" / "arguments").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (tmp_path / "endless" / "checkpoint").exists()
    if number != signal.SIGHUP:  # It closes the terminal that it would be said to.
        assert said.splitlines() == [
            "Error: the training was stopped; started again, it goes on from its checkpoint"
        ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--processes", "0"], "0 is not in the range"), (["--recipe", "nope"], "no such recipe")],
)
def test_bad_options_are_refused_before_anything_starts(
    tmp_path: Path, environment: dict[str, str], arguments: list[str], says: str
) -> None:
    process = train(tmp_path / "out", environment, *arguments)
    _, said = process.communicate(timeout=60)
    assert process.returncode
    assert says in said.splitlines()[-1]
    assert not (tmp_path / "out").exists()
