"""H100 on hosts that all are this machine, around a torchrun that trains nothing."""

import os
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.h100 import H100
from resources.torchrun import TRAINER, Training
from tests.resources.sshd import free_port
from tests.resources.stand_in import ssh_here
from tests.vlm.tiny import write_recipe

ROOT = Path(__file__).parents[2]
HOSTS = ["a", "b"]
# In the place of torch.distributed.run; rank 0 is on the first host here.
TORCHRUN = """
import pathlib, sys
from dagster_pipes import open_dagster_pipes
output = pathlib.Path(sys.argv[-1])
host = sys.argv[sys.argv.index("--local-addr") + 1]
(output / f"started-{host}-{len(list(output.glob('started*')))}").touch()
if "is_host=1" in sys.argv:
    with open_dagster_pipes() as pipes:
        pipes.report_custom_message({"kind": "progress", "step": 1, "loss": 2.5})
    if output.name == "refuse":
        from sketch2flow.vlm.refusal import write_refusal
        write_refusal(output, "train: there is no row")
print("training at", host)
sys.exit(int(output.name == "refuse" or (output.name == "fail" and host == "b")))
"""


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    package = tmp_path / "stub" / "torch" / "distributed"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "run.py").write_text(TORCHRUN)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'stub'}:{os.environ.get('PYTHONPATH', '')}")
    return {
        "hosts": HOSTS,
        "cpu_ranks_per_host": 1,
        "rendezvous": f"127.0.0.1:{free_port()}",
        "ssh": ssh_here(tmp_path),
        "python": sys.executable,
        "folder": str(tmp_path / "stub"),
        "free_disk_gb": 0.001,
    }


def train(output: Path, settings: dict[str, Any]) -> dg.ExecuteInProcessResult:
    recipe = write_recipe(output.with_suffix(".yaml"))

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def finetune(context: dg.OpExecutionContext, compute: dg.ResourceParam[H100]) -> None:
        (message,) = compute.train(context, recipe, output.parent, output)
        context.add_output_metadata({"loss": message["loss"]})

    @dg.job(resource_defs={"compute": H100(**settings)})
    def job() -> None:
        finetune()

    return job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)


def started(output: Path) -> list[str]:
    return sorted(path.name.split("-")[1] for path in output.glob("started-*"))


def test_every_host_gets_its_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCCL_SOCKET_IFNAME", "ib0")
    monkeypatch.setenv("UNRELATED", "1")
    compute = H100(hosts=["a", "b"], gpus_per_host=8, rendezvous="a-ib:29500")
    training = Training("r.yaml", Path("/d"), Path("/out put"))
    orders = compute.orders(training, "run-1", {"DAGSTER_PIPES_CONTEXT": "x y"})
    assert list(orders) == ["a", "b"]
    for number, (order, address) in enumerate(zip(orders.values(), ["a-ib", "b"], strict=True)):
        assert order.arguments == [
            *("-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "8"),
            *("--rdzv-backend", "c10d", "--rdzv-endpoint", "a-ib:29500", "--rdzv-id", "run-1"),
            *("--rdzv-conf", f"is_host={1 - number}", "--local-addr", address),
            *("-m", TRAINER, "--recipe-file", "r.yaml"),
            *("--dataset-folder", "/d", "--output-folder", "/out put"),
        ]
        assert order.environment["NCCL_SOCKET_IFNAME"] == "ib0"
        assert order.environment["DAGSTER_PIPES_CONTEXT"] == "x y"
        assert order.environment["TORCH_ELASTIC_SHUTDOWN_TIMEOUT"] == "300"
        assert "UNRELATED" not in order.environment


def test_ranks_are_one_a_gpu_unless_they_are_counted() -> None:
    training = Training("r", Path("d"), Path("o"))

    def ranks(**settings: Any) -> str:
        (order,) = H100(**settings).orders(training, "run", {}).values()
        return order.arguments[order.arguments.index("--nproc-per-node") + 1]

    assert [ranks(), ranks(gpus_per_host=4), ranks(cpu_ranks_per_host=2)] == ["gpu", "4", "2"]
    assert H100(cpu_ranks_per_host=2).precision == "auto"


def test_all_hosts_run_and_the_messages_come_back(
    tmp_path: Path, hosts: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out put; $(touch oops)"
    result = train(output, hosts)
    assert result.success
    assert started(output) == ["127.0.0.1", "b"], "by the addresses where they meet"
    (event,) = result.filter_events(lambda event: event.is_successful_output)
    assert event.step_output_data.metadata["loss"].value == 2.5
    said = capfd.readouterr().err
    for host in HOSTS:
        assert f"[{host}] training at" in said
        assert f"{host}: Python {sys.version.split()[0]}, torch " in said, "the preflight's facts"
    assert not list(output.glob(".*"))
    assert not list(ROOT.glob("oops"))


def test_a_failing_host_is_named_and_the_training_tried_again(
    tmp_path: Path, hosts: dict[str, Any]
) -> None:
    result = train(tmp_path / "fail", hosts)
    (failure,) = result.get_step_failure_events()
    said = failure.step_failure_data.error.cause.message
    assert "host b failed (status 1); its last lines:\n[b] training at b\n" in said
    assert f"the checkpoints are in {tmp_path / 'fail'}" in said
    assert started(tmp_path / "fail").count("b") == 2


def test_what_the_trainer_refuses_is_not_tried_again(tmp_path: Path, hosts: dict[str, Any]) -> None:
    (failure,) = train(tmp_path / "refuse", hosts).get_step_failure_events()
    assert failure.step_failure_data.user_failure_data.description == "train: there is no row"
    assert started(tmp_path / "refuse") == ["127.0.0.1", "b"]


def test_hosts_that_lack_something_are_refused_before_anything_starts(
    tmp_path: Path, hosts: dict[str, Any]
) -> None:
    settings = {**hosts, "hosts": ["a", "nobody"], "free_disk_gb": 1e9}
    (failure,) = train(tmp_path / "out", settings).get_step_failure_events()
    said = failure.step_failure_data.user_failure_data.description.splitlines()
    assert said[0] == "the hosts are not ready:"
    assert [line.split(":")[0] for line in said[1:]] == ["a", "nobody"]
    assert "lower SKETCH2FLOW_FREE_DISK_GB" in said[1]
    assert not started(tmp_path / "out")
