"""Two hosts, which are two addresses of this machine behind an ssh server, train together."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.h100 import H100
from resources.processes import PROC, descendants
from resources.torchrun import STOPPED
from tests.resources.sshd import free_port, ssh_server
from tests.vlm.tiny import write_dataset, write_recipe

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HOSTS = ["127.0.0.1", "127.0.0.2"]
# It writes a checkpoint only when it is told to stop.
ENDLESS = {"steps": 100_000, "checkpoint_every": 100_000, "validate_every": 100_000}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as settings:
        yield settings


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("data"))


def train(
    server: dict[str, Any], dataset: Path, output: Path, **changes: Any
) -> dg.ExecuteInProcessResult:
    """Train the tiny recipe over both hosts, in a step that a failure ends."""
    recipe = write_recipe(output.with_suffix(".yaml"), **changes)
    compute = H100(
        hosts=HOSTS,
        cpu_ranks_per_host=1,
        rendezvous=f"{HOSTS[0]}:{free_port()}",
        python=sys.executable,
        folder=str(ROOT),
        free_disk_gb=0.01,
        termination_seconds=60,
        **server,
    )

    @dg.op
    def finetune(context: dg.OpExecutionContext, compute: dg.ResourceParam[H100]) -> None:
        messages = compute.train(context, recipe, dataset, output)
        context.add_output_metadata({"messages": len(messages)})

    @dg.job(resource_defs={"compute": compute})
    def job() -> None:
        finetune()

    return job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)


def under_way(output: Path) -> Callable[[], bool]:
    """Whether rank 0 has told of 30 steps."""

    def told() -> bool:
        (place,) = list(output.glob(".pipes-*/messages")) or [None]
        return place is not None and place.read_text().count('"progress"') >= 30

    return told


def goes_on(server: dict[str, Any], dataset: Path, output: Path) -> None:
    """A run that is started again begins where the stopped one was asked to end."""
    (complete,) = {path.parent for path in (output / "checkpoints").glob("*/.metadata")}
    saved = int("".join(filter(str.isdigit, complete.name)))
    again = train(server, dataset, output, steps=saved + 4)
    assert json.loads((output / "training.json").read_text())["steps"] == saved + 4
    assert messages(again) < 30 <= saved


def messages(result: dg.ExecuteInProcessResult) -> int:
    (event,) = result.filter_events(lambda event: event.is_successful_output)
    return int(event.step_output_data.metadata["messages"].value)


def when(condition: Callable[[], bool], act: Callable[[], None]) -> threading.Thread:
    def watch() -> None:
        deadline = time.monotonic() + 120
        while not condition():
            if time.monotonic() > deadline:
                return
            time.sleep(0.05)
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def of_this_run(output: Path, word: str = "") -> dict[int, list[str]]:
    """Return the processes that name the run's folder, with their command lines."""
    found = {}
    for path in PROC.glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if str(output) in arguments and word in arguments:
            found[int(path.parent.name)] = arguments
    return found


def gone(output: Path) -> None:
    deadline = time.monotonic() + 30
    while of_this_run(output):
        assert time.monotonic() < deadline, of_this_run(output)
        time.sleep(0.1)


def test_two_hosts_train_together(server: dict[str, Any], dataset: Path, tmp_path: Path) -> None:
    output = tmp_path / "out put; $(touch oops)"
    result = train(server, dataset, output)
    assert result.success
    record = json.loads((output / "training.json").read_text())
    assert record["ranks"] == 2
    assert record["steps"] == 8
    assert messages(result) == len(record["losses"]) + 1
    assert not list(output.glob(".*")), "no token, no file of Dagster Pipes stays"


@pytest.mark.parametrize("killed", HOSTS)
def test_a_killed_agent_ends_the_other_and_is_named(
    server: dict[str, Any], dataset: Path, tmp_path: Path, killed: str
) -> None:
    output = tmp_path / "out"

    def kill() -> None:
        (torchrun,) = [
            pid
            for pid, arguments in of_this_run(output, "torch.distributed.run").items()
            if arguments[arguments.index("--local-addr") + 1] == killed
        ]
        os.kill(torchrun, signal.SIGKILL)

    killer = when(under_way(output), kill)
    result = train(server, dataset, output, **ENDLESS)
    killer.join()
    (failure,) = result.get_step_failure_events()
    assert f"host {killed} failed (status 137)" in failure.step_failure_data.error.cause.message
    gone(output)


def test_a_lost_connection_ends_both_and_is_named(
    server: dict[str, Any], dataset: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"

    def cut() -> None:
        (ssh,) = [
            one.pid
            for one in descendants(os.getpid())
            if (PROC / str(one.pid) / "cmdline").read_bytes().startswith(b"ssh\0")
            and f"\0{HOSTS[1]}\0".encode() in (PROC / str(one.pid) / "cmdline").read_bytes()
        ]
        os.kill(ssh, signal.SIGKILL)

    cutter = when(under_way(output), cut)
    result = train(server, dataset, output, **ENDLESS)
    cutter.join()
    (failure,) = result.get_step_failure_events()
    said = failure.step_failure_data.error.cause.message
    assert f"host {HOSTS[1]} failed (status 255: its agent was killed or the connection" in said
    gone(output)
    goes_on(server, dataset, output)


def test_terminate_ends_both_with_a_checkpoint(
    server: dict[str, Any], dataset: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    stopper = when(under_way(output), lambda: os.kill(os.getpid(), signal.SIGINT))
    result = train(server, dataset, output, **ENDLESS)
    stopper.join()
    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data.description == STOPPED
    gone(output)
    goes_on(server, dataset, output)


def test_nothing_outlives_a_launcher_that_is_killed(
    server: dict[str, Any], dataset: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    program = (
        "from pathlib import Path\nfrom tests.resources.test_h100_over_ssh import train\n"
        f"train({server!r}, Path({str(dataset)!r}), Path({str(output)!r}), **{ENDLESS!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as launcher:
        when(under_way(output), launcher.kill).join()
    gone(output)
    goes_on(server, dataset, output)
