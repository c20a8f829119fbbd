"""The fast engine: pairs packed into arrays, tables filled by compiled code on several cores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np

from sketch2flow.machine import cores
from sketch2flow.scoring.engines.kernel import Counts, Ints, Packed, reduce, solve
from sketch2flow.scoring.tree import MAX_NODES, TreePair

# Both of what the reductions leave. About fifteen seconds of one core:
MAX_CELLS = 10_000_000_000
# 200 MB for a pair that is being compared: two tables of four bytes for each two nodes.
MAX_NODE_PAIRS = MAX_NODES**2

# Work for one call of the compiled code, a millisecond or two: cores finish at about the same
# time, and Ctrl-C, which waits for the call that runs, is heard.
_CELLS_AT_ONCE = 500_000


def distances(pairs: Sequence[TreePair], threads: int | None = None) -> list[int | None]:
    """Return the ordered tree edit distance of each pair, None over MAX_CELLS or MAX_NODE_PAIRS.

    Uses `threads` threads, by default one for each core that this process may use.
    """
    packed = _packed(pairs)
    reduced = reduce(packed)
    node_pairs = reduced.sizes[::2] * reduced.sizes[1::2]
    within = (reduced.cells <= MAX_CELLS) & (node_pairs <= MAX_NODE_PAIRS)
    found = np.empty(len(pairs), np.int64)

    def work(chunk: Counts) -> None:
        solve(packed, reduced, chunk, found)

    chunks = _chunks(np.flatnonzero(within), reduced.cells)
    if len(chunks) == 1 or threads == 1:
        for chunk in chunks:
            work(chunk)
    else:
        with ThreadPoolExecutor(threads or cores()) as pool:
            list(pool.map(work, chunks))
    return [one if can else None for one, can in zip(found.tolist(), within.tolist(), strict=True)]


def _chunks(places: Counts, cells: Counts) -> list[Counts]:
    """Cut a list of pairs where about _CELLS_AT_ONCE cells are together, whatever their number."""
    together = np.cumsum(cells[places])
    cuts = np.arange(_CELLS_AT_ONCE, together.max(initial=0), _CELLS_AT_ONCE)
    return np.split(places, np.searchsorted(together, cuts))


def _packed(pairs: Sequence[TreePair]) -> Packed:
    trees = [tree for pair in pairs for tree in pair]
    starts = np.cumsum([0, *map(len, trees)], dtype=np.int64)

    def joined(parts: Iterable[Iterable[int]]) -> Ints:
        return np.fromiter(chain.from_iterable(parts), np.int32, starts[-1])

    # A label's number is how many there were before it.
    numbers: defaultdict[Hashable, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return Packed(
        labels=joined(map(numbers.__getitem__, tree.labels) for tree in trees),
        leftmost=joined(tree.leftmost for tree in trees),
        weights=joined(tree.weights for tree in trees),
        renames=joined(tree.renames for tree in trees),
        starts=starts,
    )
