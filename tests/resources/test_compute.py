import os
from pathlib import Path

import dagster as dg
import pytest

from resources import torchrun
from resources.compute import LocalTorchrun
from resources.torchrun import ComputeError
from sketch2flow.cli.pipeline.telling import reason_of
from sketch2flow.vlm.refusal import FILE, take_refusal, write_refusal

TRAINER = """
import pathlib, sys
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.report_custom_message({"arguments": sys.argv[1:]})
output = pathlib.Path(sys.argv[-1])
with (output.parent / "attempts").open("a") as attempts:
    attempts.write("one\\n")
if "refuse" in output.name:
    from sketch2flow.vlm.refusal import write_refusal
    write_refusal(output, "train: there is\\n no row")
sys.exit(int("fail" in output.name or "refuse" in output.name))
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
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
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
        *("-m", torchrun.TRAINER, "--recipe-file", "recipe.yaml"),
        *("--dataset-folder", "data", "--output-folder", str(tmp_path / "out")),
    ]


@pytest.mark.usefixtures("trainer")
def test_a_failing_trainer_is_named_with_its_status(tmp_path: Path) -> None:
    result = train(tmp_path / "fail")
    assert not result.success
    (failure,) = result.get_step_failure_events()
    assert ComputeError.__name__ in failure.step_failure_data.error.cause.cls_name
    assert "ended with status 1" in failure.step_failure_data.error.cause.message
    assert (tmp_path / "attempts").read_text() == "one\none\n", "it is tried again"


@pytest.mark.usefixtures("trainer")
def test_what_the_trainer_refuses_is_not_tried_again(tmp_path: Path) -> None:
    result = train(tmp_path / "refuse")
    assert not result.success
    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data.description == "train: there is no row"
    assert reason_of(failure) == "train: there is no row", "the one line that the demo shows"
    assert (tmp_path / "attempts").read_text() == "one\n"
    assert not (tmp_path / "refuse" / FILE).exists()


@pytest.mark.usefixtures("trainer")
def test_an_old_refusal_says_nothing_of_a_new_run(tmp_path: Path) -> None:
    write_refusal(tmp_path / "fail", "of yesterday")
    (failure,) = train(tmp_path / "fail").get_step_failure_events()
    assert "ended with status 1" in failure.step_failure_data.error.cause.message
    assert take_refusal(tmp_path / "fail") is None


def test_a_terminated_training_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def interrupted(*_: object) -> int:
        attempts.append(1)
        raise dg.DagsterExecutionInterruptedError

    monkeypatch.setattr(torchrun, "run_until_ended", interrupted)

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def finetune(context: dg.OpExecutionContext, compute: dg.ResourceParam[LocalTorchrun]) -> None:
        compute.train(context, Path("r"), Path("d"), tmp_path)

    @dg.job(resource_defs={"compute": LocalTorchrun()})
    def job() -> None:
        finetune()

    result = job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)
    assert len(attempts) == 1
    (failure,) = result.get_step_failure_events()
    assert torchrun.STOPPED in failure.step_failure_data.user_failure_data.description


FAKE_TORCH = """
class cuda:
    @staticmethod
    def is_available():
        return {answer}
"""


@pytest.mark.parametrize(("answer", "ranks"), [("True", "gpu"), ("False", "2"), ("1 / 0", "2")])
def test_ranks_follow_what_torch_itself_finds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str, ranks: str
) -> None:
    """A CPU build on a machine with a GPU and its driver finds none."""
    (tmp_path / "torch.py").write_text(FAKE_TORCH.format(answer=answer))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    assert LocalTorchrun().torchrun() == ["--standalone", "--nproc-per-node", ranks]


def test_ranks_that_are_given_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchrun, "has_gpu", pytest.fail)
    assert LocalTorchrun(processes=4).torchrun()[-1] == "4"


def test_threads_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(torchrun, "cores", lambda: 8)
    assert LocalTorchrun().environment() == {"OMP_NUM_THREADS": "4"}
    assert LocalTorchrun(processes=16).environment() == {"OMP_NUM_THREADS": "1"}
