"""What hosts lack for a training, by what they say of themselves; one line each, with the cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from resources.host_facts import HostFacts


class Needs(NamedTuple):
    """What every host of a training must have."""

    storage: str
    rendezvous: str
    code: str  # digest of sketch2flow's code on the machine that starts the training
    gpus: int | None  # None: a training on CPUs; 0: as many as the first host has
    gpu_memory_gb: float = 0.0
    free_disk_gb: float = 0.0


def lacks(hosts: Mapping[str, HostFacts | str], needs: Needs) -> list[str]:
    """Return what is missing, as "HOST: THING: CURE", in the order of the hosts; empty if nothing.

    A host that could not be asked stands with the reason. Versions are held against those of the
    first host that answered.
    """
    answered = {host: facts for host, facts in hosts.items() if isinstance(facts, HostFacts)}
    first = next(iter(answered), "")
    found: list[str] = []
    for host, facts in hosts.items():
        if isinstance(facts, str):
            found.append(f"{host}: {facts}")
            continue
        parts = [
            _software(facts, needs.code),
            _versions(facts, answered[first], first),
            _storage(facts, needs),
            _rendezvous(facts, needs.rendezvous, first=host == next(iter(hosts))),
        ]
        if needs.gpus is not None:
            wanted = needs.gpus or len(answered[first].gpus)
            parts += [_gpus(facts, wanted), _gpu_memory(facts, needs.gpu_memory_gb)]
        found += [f"{host}: {lack}" for part in parts for lack in part]
    return found


def described(facts: HostFacts) -> str:
    """Return a host's facts in one line, for the log."""
    versions = [f"{name} {version}" for name, version in facts.packages.items()]
    gpus = f"{len(facts.gpus)} x {facts.gpus[0].name}" if facts.gpus else "no GPU asked for"
    parts = [f"Python {facts.python}", *versions, f"{facts.cores} cores", gpus]
    if facts.gpus:
        parts.append(f"{min(gpu.free_gb for gpu in facts.gpus):.0f} GB free on the fullest")
    if facts.free_disk_gb is not None:
        parts.append(f"{facts.free_disk_gb:,.0f} GB of disk free")
    if facts.link_gb_per_second is not None:
        parts.append(f"{facts.link_gb_per_second:.1f} GB/s from the first host (one TCP stream)")
    if facts.rdma:
        parts.append(f"RDMA {' '.join(facts.rdma)}")
    return ", ".join(parts)


def _software(facts: HostFacts, code: str) -> Iterator[str]:
    for name, version in facts.packages.items():
        if not version:
            yield f"{name} is missing: install it in the Python that SKETCH2FLOW_HOST_PYTHON names"
    if facts.code != code:
        yield (
            "its sketch2flow is of other code than this machine's: check out the same commit and "
            "install it there"
        )


def _versions(facts: HostFacts, reference: HostFacts, host: str) -> Iterator[str]:
    mine = {"Python": facts.python, **facts.packages}
    theirs = {"Python": reference.python, **reference.packages}
    for name, version in mine.items():
        other = theirs.get(name, "")
        if version and other and version != other:
            yield f"{name} {version}, {host} has {other}: install the same version on all hosts"


def _storage(facts: HostFacts, needs: Needs) -> Iterator[str]:
    if facts.storage:
        yield (
            f"{needs.storage} is not the same storage as here ({facts.storage}): let "
            "SKETCH2FLOW_HOME be on storage that all hosts see under one path"
        )
    elif facts.free_disk_gb is not None and facts.free_disk_gb < needs.free_disk_gb:
        yield (
            f"{facts.free_disk_gb:,.1f} GB free in {needs.storage}, {needs.free_disk_gb:,.1f} "
            "wanted: free some, or lower SKETCH2FLOW_FREE_DISK_GB"
        )
    for folder in facts.missing_folders:
        yield f"there is no {folder}: mount or copy it there"


def _rendezvous(facts: HostFacts, endpoint: str, first: bool) -> Iterator[str]:
    if facts.rendezvous and first:
        yield (
            f"cannot listen at {endpoint} ({facts.rendezvous}): let SKETCH2FLOW_RENDEZVOUS name "
            "an address of this first host and a free port"
        )
    elif facts.rendezvous:
        yield (
            f"does not reach {endpoint} ({facts.rendezvous}): let the hosts' firewalls pass each "
            "other, or let SKETCH2FLOW_RENDEZVOUS name another address of the first host"
        )


def _gpus(facts: HostFacts, wanted: int) -> Iterator[str]:
    found = len(facts.gpus)
    if not found:
        yield f"no GPU ({facts.driver or 'nvidia-smi names none'}): install NVIDIA's driver"
        return
    if found < wanted:
        yield (
            f"{found} GPUs, {wanted} wanted: lower SKETCH2FLOW_GPUS_PER_HOST, or take the host "
            "out of SKETCH2FLOW_HOSTS"
        )
    if facts.torch_gpus < min(found, wanted):
        said = f" ({facts.torch})" if facts.torch else ""
        yield (
            f"PyTorch can use {facts.torch_gpus} of {found} GPUs{said}: install its build for "
            "the driver's CUDA, and look at CUDA_VISIBLE_DEVICES"
        )
    elif not facts.nccl:
        yield "PyTorch has no NCCL: install a CUDA build of PyTorch"


def _gpu_memory(facts: HostFacts, wanted: float) -> Iterator[str]:
    for number, gpu in enumerate(facts.gpus):
        if gpu.free_gb < wanted:
            yield (
                f"GPU {number} ({gpu.name}) has {gpu.free_gb:.1f} of {gpu.memory_gb:.1f} GB free, "
                f"{wanted:.1f} wanted: end what holds it (nvidia-smi), or lower "
                "SKETCH2FLOW_GPU_MEMORY_GB"
            )
