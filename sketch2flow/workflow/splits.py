"""Which split a workflow belongs to: a function of its content, so that nothing leaks."""

from __future__ import annotations

import hashlib
from typing import Literal

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

# Per cent of the contents, in the order of SPLITS.
_SHARES = (92, 4, 4)


def split_of(digest: str) -> Split:
    """Return the split of the content with this `document.content_digest`: 92/4/4 per cent.

    Workflows that are equal up to wording have one digest and so one split, on every machine.
    """
    hashed = hashlib.sha256(f"split/{digest}".encode()).digest()
    point = int.from_bytes(hashed[:8]) % 100
    if point < _SHARES[0]:
        return "train"
    return "validation" if point < _SHARES[0] + _SHARES[1] else "test"
