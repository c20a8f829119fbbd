"""Memory that a worker keeps: pictures come and go, and fresh pages cost more than strokes."""

from __future__ import annotations

import ctypes
from functools import cache

# glibc's numbers for mallopt, and what drawing wants: blocks of up to 256 MB from the heap, and
# a heap that is given back only where more than that is free at its end.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_BLOCK = 256 << 20
_PAD = 16 << 20


@cache
def keep_freed_memory() -> bool:
    """Let this process keep memory that it has freed; return whether its C library can.

    glibc takes every large block anew from the system, which clears each page when it is first
    touched: a third of a picture's time. Elsewhere nothing changes.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    wanted = ((_MMAP_THRESHOLD, _BLOCK), (_TRIM_THRESHOLD, _BLOCK), (_TOP_PAD, _PAD))
    return bool(sum(mallopt(*each) for each in wanted) == len(wanted))
