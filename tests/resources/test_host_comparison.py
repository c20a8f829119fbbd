from __future__ import annotations

from typing import Any

import pytest

from resources.host_comparison import Needs, described, lacks
from resources.host_facts import Gpu, HostFacts

PACKAGES = {"torch": "2.13.0", "transformers": "5.23.0", "sketch2flow": "0.1.0"}
NEEDS = Needs("/shared/out", "a:29400", "c0de", gpus=2, gpu_memory_gb=70, free_disk_gb=200)


def gpus(*free: float) -> list[Gpu]:
    return [Gpu(name="NVIDIA H100", memory_gb=85.5, free_gb=one) for one in free]


def facts(**changes: Any) -> HostFacts:
    plain: dict[str, Any] = {
        "python": "3.11.7",
        "packages": PACKAGES,
        "code": "c0de",
        "cores": 64,
        "free_disk_gb": 900.0,
        "gpus": gpus(84, 84),
        "torch_gpus": 2,
        "nccl": True,
    }
    return HostFacts(**{**plain, **changes})


def test_hosts_that_have_all_lack_nothing() -> None:
    assert lacks({"a": facts(), "b": facts()}, NEEDS) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"python": "3.12.1"}, "Python 3.12.1, a has 3.11.7: install the same version"),
        ({"packages": {**PACKAGES, "torch": "2.11.0"}}, "torch 2.11.0, a has 2.13.0: install"),
        ({"packages": {**PACKAGES, "transformers": ""}}, "transformers is missing: install it"),
        ({"code": "other"}, "its sketch2flow is of other code than this machine's: check out"),
        (
            {"storage": "No such file or directory"},
            "/shared/out is not the same storage as here (No such file or directory): let",
        ),
        ({"free_disk_gb": 12.34}, "12.3 GB free in /shared/out, 200.0 wanted: free some, or lower"),
        ({"missing_folders": ["/data"]}, "there is no /data: mount or copy it there"),
        (
            {"rendezvous": "Connection refused"},
            "does not reach a:29400 (Connection refused): let the hosts' firewalls pass",
        ),
        ({"gpus": [], "driver": "not found"}, "no GPU (not found): install NVIDIA's driver"),
        ({"gpus": []}, "no GPU (nvidia-smi names none): install NVIDIA's driver"),
        ({"gpus": gpus(84), "torch_gpus": 1}, "1 GPUs, 2 wanted: lower SKETCH2FLOW_GPUS_PER_HOST"),
        (
            {"torch_gpus": 0, "nccl": False, "torch": "no kernel image"},
            "PyTorch can use 0 of 2 GPUs (no kernel image): install its build for the driver's",
        ),
        ({"nccl": False}, "PyTorch has no NCCL: install a CUDA build"),
        (
            {"gpus": gpus(84, 3)},
            "GPU 1 (NVIDIA H100) has 3.0 of 85.5 GB free, 70.0 wanted: end what holds it",
        ),
    ],
)
def test_what_a_host_lacks_is_one_line(changes: dict[str, Any], says: str) -> None:
    (line,) = lacks({"a": facts(), "b": facts(**changes)}, NEEDS)
    assert line.startswith(f"b: {says}")


def test_everything_is_said_at_once_in_the_order_of_the_hosts() -> None:
    asked = {
        "a": "not reachable (No route): ssh must get there",
        "b": facts(rendezvous="Connection refused"),
        "c": facts(python="3.12.1", free_disk_gb=1.0, gpus=gpus(1, 1)),
    }
    found = lacks(asked, NEEDS)
    assert [line[:2] for line in found] == ["a:", "b:", "c:", "c:", "c:", "c:"]
    assert "b has 3.11.7" in found[2], "the first that answered is the measure"


def test_the_first_host_must_be_able_to_listen() -> None:
    (line,) = lacks({"a": facts(rendezvous="Address already in use")}, NEEDS)
    assert line.startswith("a: cannot listen at a:29400 (Address already in use): let SKETCH2FLOW_")


def test_without_a_number_all_hosts_have_as_many_gpus_as_the_first() -> None:
    needs = NEEDS._replace(gpus=0)
    one = facts(gpus=gpus(84), torch_gpus=1)
    assert lacks({"a": one, "b": facts()}, needs) == []
    (line,) = lacks({"a": facts(), "b": one}, needs)
    assert line.startswith("b: 1 GPUs, 2 wanted")


def test_a_training_on_cpus_asks_for_no_gpu() -> None:
    assert lacks({"a": facts(gpus=[], torch_gpus=0, nccl=False)}, NEEDS._replace(gpus=None)) == []


def test_a_host_is_told_of_in_one_line() -> None:
    said = described(facts(rdma=["mlx5_0"], link_gb_per_second=1.16))
    assert said == (
        "Python 3.11.7, torch 2.13.0, transformers 5.23.0, sketch2flow 0.1.0, 64 cores, "
        "2 x NVIDIA H100, 84 GB free on the fullest, 900 GB of disk free, "
        "1.2 GB/s from the first host (one TCP stream), RDMA mlx5_0"
    )
