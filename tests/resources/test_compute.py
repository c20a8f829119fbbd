import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import dagster as dg
import pytest

from resources import compute
from resources.compute import ComputeError, LocalTorchrun, run_until_ended

TRAINER = """
import sys
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.report_custom_message({"arguments": sys.argv[1:]})
sys.exit(int("fail" in sys.argv[-1]))
"""


class OneProcess(LocalTorchrun):
    """Runs the trainer module in one process, without torchrun."""

    def torchrun(self) -> list[str]:
        return []


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In the place of torch.distributed.run: takes `-m MODULE arguments` as that does.
    package = tmp_path / "torch" / "distributed"
    package.mkdir(parents=True)
    (tmp_path / "torch" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "run.py").write_text(TRAINER)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")


def train(output: Path) -> dg.ExecuteInProcessResult:
    @dg.op
    def finetune(context: dg.OpExecutionContext, compute: dg.ResourceParam[LocalTorchrun]) -> None:
        (message,) = compute.train(context, Path("recipe.yaml"), Path("data"), output)
        context.add_output_metadata({"arguments": message["arguments"]})

    @dg.job(resource_defs={"compute": OneProcess()})
    def job() -> None:
        finetune()

    return job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)


@pytest.mark.usefixtures("trainer")
def test_the_trainer_runs_and_its_messages_come_back(tmp_path: Path) -> None:
    result = train(tmp_path / "out")
    assert result.success
    (output,) = result.get_step_success_events() and result.filter_events(
        lambda event: event.is_successful_output
    )
    arguments = output.step_output_data.metadata["arguments"].value
    assert arguments == [
        *("-m", compute.TRAINER, "--recipe-file", "recipe.yaml"),
        *("--dataset-folder", "data", "--output-folder", str(tmp_path / "out")),
    ]


@pytest.mark.usefixtures("trainer")
def test_a_failing_trainer_is_named_with_its_status(tmp_path: Path) -> None:
    result = train(tmp_path / "fail")
    assert not result.success
    (failure,) = result.get_step_failure_events()
    assert ComputeError.__name__ in failure.step_failure_data.error.cause.cls_name
    assert "ended with status 1" in failure.step_failure_data.error.cause.message


def test_an_interrupt_ends_the_command_with_sigterm(tmp_path: Path) -> None:
    place = tmp_path / "said"
    program = (
        "import signal, sys, time, pathlib\n"
        f"place = pathlib.Path({str(place)!r})\n"
        "def stop(*_):\n    place.write_text('checkpoint'); sys.exit(143)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "place.write_text('ready')\n"
        "time.sleep(60)\n"
    )

    def interrupt() -> None:
        while not place.exists() or place.read_text() != "ready":
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run_until_ended([sys.executable, "-c", program], dict(os.environ), patience=10)
    assert place.read_text() == "checkpoint"


def test_a_command_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            if not started:
                started.append(self)
                time.sleep(0.5)
                raise KeyboardInterrupt
            return super().wait(timeout)

    monkeypatch.setattr(compute.subprocess, "Popen", Interrupted)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    with pytest.raises(KeyboardInterrupt):
        run_until_ended([sys.executable, "-c", deaf], dict(os.environ), patience=0.3)
    assert started[0].returncode == -signal.SIGKILL


def test_a_terminated_training_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def interrupted(*_: object) -> int:
        attempts.append(1)
        raise dg.DagsterExecutionInterruptedError

    monkeypatch.setattr(compute, "run_until_ended", interrupted)

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def finetune(context: dg.OpExecutionContext, compute: dg.ResourceParam[LocalTorchrun]) -> None:
        compute.train(context, Path("r"), Path("d"), tmp_path)

    @dg.job(resource_defs={"compute": LocalTorchrun()})
    def job() -> None:
        finetune()

    result = job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)
    assert len(attempts) == 1
    (failure,) = result.get_step_failure_events()
    assert compute.STOPPED in failure.step_failure_data.user_failure_data.description


def test_ranks_follow_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compute, "NVIDIA_GPUS", tmp_path / "none")
    assert LocalTorchrun().torchrun() == ["--standalone", "--nproc-per-node", "2"]
    (tmp_path / "gpus" / "0000:00").mkdir(parents=True)
    monkeypatch.setattr(compute, "NVIDIA_GPUS", tmp_path / "gpus")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert LocalTorchrun().torchrun()[-1] == "gpu"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert LocalTorchrun().torchrun()[-1] == "2"
    assert LocalTorchrun(processes=4).torchrun()[-1] == "4"
