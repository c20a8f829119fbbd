"""What this process may use of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

PROC, CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")


def cores() -> int:
    """Return the CPU cores that this process may use, at least 1.

    A container or a batch job is often given fewer than the machine has: by affinity, or by a
    limit on CPU time (cgroup v2), of which whole cores count.
    """
    limits = [int(limit) for limit in _time_limits()]
    return max(1, min([_affinity(), *limits]))


def _affinity() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _time_limits() -> Iterator[float]:
    """Yield the limits in cores of this process's control group and of those above it."""
    try:
        groups = (PROC / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return  # No Linux.
    paths = [line.removeprefix("0::") for line in groups if line.startswith("0::")]
    for group in (PurePosixPath(path.lstrip("/")) for path in paths):
        for place in (group, *group.parents):
            try:
                quota, period = (CGROUPS / place / "cpu.max").read_text().split()
            except OSError:
                continue  # The root has none, nor has a group without the controller.
            if quota != "max":
                yield int(quota) / int(period)
