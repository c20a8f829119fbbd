"""Workers keep what they have freed, where the C library lets them."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys
import numpy as np
from synth.drawing.memory import keep_freed_memory
end_of_heap = ctypes.CDLL(None).sbrk
end_of_heap.argtypes, end_of_heap.restype = (ctypes.c_long,), ctypes.c_void_p
if sys.argv[1] == "keep":
    assert keep_freed_memory()
before = end_of_heap(0)
block = np.ones(40_000_000, np.uint8)
grown = end_of_heap(0) - before
del block
print(grown, end_of_heap(0) - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has such settings")
def test_large_blocks_come_from_the_heap_and_stay_there() -> None:
    def grown(how: str) -> tuple[int, int]:
        printed = subprocess.check_output([sys.executable, "-c", SCRIPT, how], text=True)
        taken, kept = map(int, printed.split())
        return taken, kept

    taken, kept = grown("keep")
    assert min(taken, kept) >= 40_000_000
    # Otherwise each is a mapping of its own, unmapped when it is freed.
    assert max(grown("give back")) < 20_000_000
