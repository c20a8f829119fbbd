"""GPUs over one or more hosts: a torchrun agent on each, reached over ssh."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, field_validator, model_validator

from resources.agents import SECONDS_OF_SILENCE
from resources.compute import Compute, Precision
from resources.host_agent import Order
from resources.host_comparison import Needs, described
from resources.host_facts import HostFacts, code_digest
from resources.hosts import Place, Ssh, checked_endpoint, checked_host
from resources.preflight import preflight
from resources.torchrun import (
    RefusedError,
    Training,
    arguments,
    run_trainer_on_hosts,
    trainer_environment,
)
from sketch2flow.vlm.recipe import Recipe

PORT = 29400
# Settings of this process's environment that the ranks of all hosts get.
TRAVELLING = ("NCCL_", "GLOO_", "TORCH_", "HF_", "TRANSFORMERS_", "OMP_")


class H100(Compute):
    """GPUs over one or more hosts in bf16: the same torchrun on every host, which meet by c10d.

    The storage is one that every host sees under the same path.
    """

    hosts: list[str] = Field(
        default=["localhost"],
        min_length=1,
        description="Names by which the hosts reach each other, the first is where they meet; "
        "this machine's own name is not reached over ssh.",
    )
    gpus_per_host: int = Field(default=0, ge=0, description="Ranks a host; 0: one a GPU.")
    cpu_ranks_per_host: int = Field(
        default=0, ge=0, description="Ranks on CPU cores over gloo instead: for a rehearsal."
    )
    rendezvous: str = Field(
        default="", description=f"HOST:PORT on the first host; empty: its name and {PORT}."
    )
    python: str = Field(default="", description="Python of the hosts; empty: the one here.")
    folder: str = Field(default="", description="Folder that it starts in; empty: ssh's own.")
    ssh: list[str] = Field(default=["ssh"], min_length=1, description="The ssh command.")
    ssh_user: str = Field(default="", description="Empty: as ssh's configuration says.")
    ssh_port: int = Field(default=0, ge=0, lt=65536, description="0: as it says.")
    ssh_identity: str = Field(default="", description="File of a key that asks for no password.")
    ssh_known_hosts: str = Field(default="", description="File with the hosts' own keys.")
    ssh_config: str = Field(default="", description="ssh's configuration file.")
    gpu_memory_gb: float = Field(default=70.0, ge=0, description="What a GPU must have free.")
    free_disk_gb: float = Field(
        default=200.0, ge=0, description="Free storage; two checkpoints of a 7B model fill it."
    )

    @field_validator("hosts")
    @classmethod
    def _names(cls, hosts: list[str]) -> list[str]:
        if len({checked_host(host) for host in hosts}) < len(hosts):
            raise ValueError("a host is named twice")
        return hosts

    @model_validator(mode="after")
    def _meet(self) -> H100:
        if checked_endpoint(self.meeting())[0] == "localhost" and len(self.hosts) > 1:
            raise ValueError("localhost is another machine on every host")
        return self

    @property
    def precision(self) -> Precision:
        return "auto" if self.cpu_ranks_per_host else "bfloat16"

    def meeting(self) -> str:
        """Return HOST:PORT where the hosts meet."""
        return self.rendezvous or f"{self.hosts[0]}:{PORT}"

    def run(
        self, context: dg.OpExecutionContext, training: Training, variables: Mapping[str, str]
    ) -> None:
        self._check_hosts(context, training)
        orders = self.orders(training, context.run.run_id, variables)
        run_trainer_on_hosts(
            self._place(), orders, training.output_folder, self.termination_seconds
        )

    def orders(
        self, training: Training, run_id: str, variables: Mapping[str, str]
    ) -> dict[str, Order]:
        """Return what the agent of each host is to run.

        c10d gives the hosts their ranks itself: torchrun would ignore a --node-rank.
        """
        travelling = {
            name: value for name, value in os.environ.items() if name.startswith(TRAVELLING)
        }
        environment = {**travelling, **trainer_environment(self.termination_seconds), **variables}
        ranks = self.cpu_ranks_per_host or self.gpus_per_host or "gpu"
        met_at, _ = checked_endpoint(self.meeting())
        orders = {}
        for number, host in enumerate(self.hosts):
            torchrun = [
                *("--nnodes", str(len(self.hosts)), "--nproc-per-node", str(ranks)),
                *("--rdzv-backend", "c10d", "--rdzv-endpoint", self.meeting()),
                *("--rdzv-id", run_id, "--rdzv-conf", f"is_host={int(number == 0)}"),
                # Its own idea of its name may be one that the others cannot resolve.
                *("--local-addr", met_at if number == 0 else host),
            ]
            orders[host] = Order(
                arguments(torchrun, *training),
                environment,
                self.termination_seconds,
                SECONDS_OF_SILENCE,
            )
        return orders

    def _check_hosts(self, context: dg.OpExecutionContext, training: Training) -> None:
        """Raise RefusedError with a line for everything that a host lacks."""
        needs = Needs(
            storage=str(training.output_folder),
            rendezvous=self.meeting(),
            code=code_digest(),
            gpus=None if self.cpu_ranks_per_host else self.gpus_per_host,
            gpu_memory_gb=self.gpu_memory_gb,
            free_disk_gb=self.free_disk_gb,
        )
        model = Recipe.load(training.recipe_file).model
        folders = [str(training.dataset_folder), *([model] if Path(model).is_absolute() else [])]
        answers, lacking = preflight(self._place(), self.hosts, needs, folders)
        for host, facts in answers.items():
            if isinstance(facts, HostFacts):
                context.log.info(f"{host}: {described(facts)}")
        if lacking:
            raise RefusedError("the hosts are not ready:\n" + "\n".join(lacking))

    def _place(self) -> Place:
        ssh = Ssh(
            program=tuple(self.ssh),
            user=self.ssh_user,
            port=self.ssh_port,
            identity=self.ssh_identity,
            known_hosts=self.ssh_known_hosts,
            config=self.ssh_config,
        )
        given: dict[str, Any] = {"python": self.python} if self.python else {}
        return Place(ssh=ssh, folder=self.folder, **given)
