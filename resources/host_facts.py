"""What a host has of what a training needs, said by the host itself; no Dagster here.

    python -m resources.host_facts

The first line of standard input is the question (`Question`, as JSON). Standard output gets one
line of JSON (`HostFacts`). It stays until its input ends: the first host listens at the
rendezvous meanwhile, for the others to find it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from pydantic import BaseModel

from resources.rendezvous_probe import Probe, hold, reach
from sketch2flow.machine import cores

PACKAGES = ("torch", "transformers", "sketch2flow")
GB = 1e9
_ASK_TORCH = """
import json, torch
nccl = torch.distributed.is_available() and torch.distributed.is_nccl_available()
print(json.dumps([torch.cuda.device_count() if torch.cuda.is_available() else 0, nccl]))
"""


class Question(BaseModel):
    """What a host is asked."""

    storage: str  # folder that all hosts must see
    token: str  # name and content of a file there
    answer: str  # name of the file that this host writes there
    folders: list[str] = []  # others that it must see
    rendezvous: tuple[str, int]
    first: bool  # the first host listens, the others knock
    gpus: bool


class Gpu(BaseModel):
    """One GPU as the driver tells of it."""

    name: str
    memory_gb: float
    free_gb: float


class HostFacts(BaseModel):
    """What a host has; a text about something is the trouble with it, empty if there is none."""

    python: str
    packages: dict[str, str]  # name to version, "" where it is missing
    code: str  # digest of sketch2flow's own code
    cores: int
    free_disk_gb: float | None = None
    storage: str = ""
    missing_folders: list[str] = []
    rendezvous: str = ""
    link_gb_per_second: float | None = None  # one TCP stream from the first host
    rdma: list[str] = []
    gpus: list[Gpu] = []
    driver: str = ""
    torch_gpus: int = 0
    nccl: bool = False
    torch: str = ""


def gather(question: Question, probe: Probe) -> HostFacts:
    """Return this host's facts; takes as long as Python needs to load torch, if GPUs are asked."""
    facts = HostFacts(
        python=platform.python_version(),
        packages={name: _version(name) for name in PACKAGES},
        code=code_digest(),
        cores=cores(),
        rendezvous=probe.trouble,
        link_gb_per_second=probe.gb_per_second,
        missing_folders=[folder for folder in question.folders if not Path(folder).is_dir()],
        rdma=sorted(path.name for path in Path("/sys/class/infiniband").glob("*")),
    )
    _look_at_storage(question, facts)
    if question.gpus:
        _look_at_gpus(facts)
    return facts


def code_digest() -> str:
    """Return 16 hex digits of the package's Python files: one version number stands for many."""
    spec = importlib.util.find_spec("sketch2flow")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent
    hashed = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        hashed.update(f"{path.relative_to(folder)}\0{content}\n".encode())
    return hashed.hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _look_at_storage(question: Question, facts: HostFacts) -> None:
    folder = Path(question.storage)
    try:
        facts.free_disk_gb = shutil.disk_usage(folder).free / GB
        if (folder / question.token).read_text() != question.token:
            facts.storage = "holds another file in the place of ours"
        (folder / question.answer).write_text(question.token)
    except OSError as error:
        facts.storage = error.strerror or type(error).__name__


def _look_at_gpus(facts: HostFacts) -> None:
    ask = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")
    try:
        told = _output(["nvidia-smi", *ask])
        for line in told.splitlines():
            name, *memory = line.rsplit(",", 2)
            total, free = (float(mib) * 2**20 / GB for mib in memory)
            facts.gpus.append(Gpu(name=name, memory_gb=total, free_gb=free))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        facts.driver = _said(error)
    try:
        # In a process of its own: a driver alone does not help a CPU build, and torch can crash.
        facts.torch_gpus, facts.nccl = json.loads(_output([sys.executable, "-c", _ASK_TORCH]))
    except (ValueError, subprocess.SubprocessError) as error:
        facts.torch = _said(error)


def _output(command: list[str]) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return ran.stdout.strip()


def _said(error: Exception) -> str:
    """Return the last line that a failed command wrote, or the error itself."""
    written = getattr(error, "stderr", None) or getattr(error, "output", None) or str(error)
    return str(written).strip().splitlines()[-1][:300]


def main() -> None:
    """Answer the question on standard input, and stay until that ends."""
    question = Question.model_validate_json(sys.stdin.readline())
    look = hold if question.first else reach
    facts = gather(question, look(*question.rendezvous, question.token))
    print(facts.model_dump_json(), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
