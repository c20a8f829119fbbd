"""Which split each row of the data set belongs to, so that nothing leaks between them.

A split that a source declares wins over the hash of the content, and a group (a writer, a drawer)
stays together. Where that puts one content or one picture into two splits, it is a test row and
leaves training. Rows that declare nothing never move those that do, and no row moves into the test
split that its own source holds out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from sketch2flow.workflow.splits import split_of
from sketch2flow_assets.left_out import LeftOut

# From the one that learns to the one that is most held out.
HELD_OUT = ("train", "validation", "test")


@dataclass(slots=True)
class PlannedRow:
    """What decides about a row; `parent` is the identifier of the un-augmented picture."""

    identifier: str
    data_source: str
    split: str
    declared: bool
    group: str | None
    parent: str | None
    document: str
    picture: str

    def contents(self) -> tuple[Hashable, Hashable]:
        return ("document", self.document), ("picture", self.picture)

    def drawer(self) -> Hashable:
        """Return the group; equal names in two sources are two people."""
        return self.data_source, self.group


def settle(rows: Iterable[PlannedRow], left_out: LeftOut, moved: LeftOut) -> list[PlannedRow]:
    """Return the rows that stay, their splits settled.

    `left_out` names the rows that leave the data set, `moved` those that became test rows.
    """
    kept = list(_unique(rows, left_out))
    _keep_groups_together(kept)
    kept = list(_settle_declared(kept, left_out))
    changed = True
    while changed:  # Every round moves or drops a row, so this ends.
        before = len(kept), len(moved.items)
        kept = list(_give_way(kept, left_out))
        kept = list(_settle_contents(kept, left_out, moved))
        kept = list(_settle_groups(kept, left_out))
        changed = before != (len(kept), len(moved.items))
    return list(_variants_of_training(kept, left_out))


def leaks(rows: Iterable[PlannedRow]) -> dict[str, list[str]]:
    """Return the documents, pictures and groups that stand in more than one split."""
    rows = list(rows)
    found: dict[str, list[str]] = {}
    keys: dict[str, Callable[[PlannedRow], Hashable]] = {
        "documents": lambda row: row.document,
        "pictures": lambda row: row.picture,
        "groups": lambda row: row.drawer() if row.group else None,
    }
    for kind, key in keys.items():
        contested = _contested((key(row), row.split) for row in rows)
        found[kind] = sorted(str(item) for item in contested if item is not None)
    return found


def _unique(rows: Iterable[PlannedRow], left_out: LeftOut) -> Iterator[PlannedRow]:
    seen: set[str] = set()
    for row in rows:
        if row.identifier in seen:
            left_out.add(row.identifier, "another row has this identifier")
        else:
            seen.add(row.identifier)
            yield row


def _keep_groups_together(rows: Iterable[PlannedRow]) -> None:
    """Let the rows of a group that declare no split follow those that do, or the group's hash."""
    groups: dict[Hashable, list[PlannedRow]] = defaultdict(list)
    for row in rows:
        if row.group:
            groups[row.drawer()].append(row)
    for drawer, members in groups.items():
        declared = [row.split for row in members if row.declared]
        split = max(declared, key=HELD_OUT.index) if declared else split_of(repr(drawer))
        for row in members:
            if not row.declared:
                row.split = split


def _settle_declared(rows: list[PlannedRow], left_out: LeftOut) -> Iterator[PlannedRow]:
    """Keep a content that one source declares for two splits in the one most held out.

    The other rows leave: an official test split neither leaks nor grows.
    """
    splits: dict[Hashable, str] = {}
    for row in rows:
        for key in row.contents() if row.declared else ():
            known = splits.get((row.data_source, key), row.split)
            splits[row.data_source, key] = max(known, row.split, key=HELD_OUT.index)
    for row in rows:
        said = {splits.get((row.data_source, key)) for key in row.contents()}
        if row.declared and said != {row.split}:
            left_out.add(row.identifier, "its source has its content in a split more held out")
        else:
            yield row


def _give_way(rows: list[PlannedRow], left_out: LeftOut) -> Iterator[PlannedRow]:
    """Drop the rows without a declared split whose content a source declares for another.

    Those whose content is declared a test row may still become one.
    """
    declared = _declared_splits(rows)
    for row in rows:
        said = _said(row, declared)
        if said and said not in ({row.split}, {"test"}):
            left_out.add(
                row.identifier, f"a source declares its content {' and '.join(sorted(said))}"
            )
        else:
            yield row


def _declared_splits(rows: Iterable[PlannedRow]) -> dict[Hashable, set[str]]:
    declared: dict[Hashable, set[str]] = defaultdict(set)
    for row in rows:
        for key in row.contents() if row.declared else ():
            declared[key].add(row.split)
    return declared


def _said(row: PlannedRow, declared: dict[Hashable, set[str]]) -> set[str]:
    """Return the splits that sources declare for the content of a row that declares none."""
    if row.declared:
        return set()
    return {split for key in row.contents() for split in declared.get(key, ())}


def _settle_contents(
    rows: list[PlannedRow], left_out: LeftOut, moved: LeftOut
) -> Iterator[PlannedRow]:
    contested = _contested((key, row.split) for row in rows for key in row.contents())
    declared = _declared_splits(rows)
    for row in rows:
        if row.split == "test" or contested.isdisjoint(row.contents()):
            yield row
        elif row.parent or row.group:
            # A variant is no test picture, and the rest of its group is elsewhere.
            left_out.add(row.identifier, "its content is a test row")
        elif _said(row, declared) - {"test"}:
            left_out.add(row.identifier, "it would make a declared row a test row")
        else:
            moved.add(row.identifier, f"from {row.split} to test: its content is in two splits")
            row.split = "test"
            yield row


def _settle_groups(rows: list[PlannedRow], left_out: LeftOut) -> Iterator[PlannedRow]:
    splits: dict[Hashable, str] = {}
    for row in rows:
        if row.group:
            known = splits.get(row.drawer(), row.split)
            splits[row.drawer()] = max(known, row.split, key=HELD_OUT.index)
    for row in rows:
        if row.group and row.split != splits[row.drawer()]:
            left_out.add(row.identifier, f"its group is in the {splits[row.drawer()]} split")
        else:
            yield row


def _variants_of_training(rows: list[PlannedRow], left_out: LeftOut) -> Iterator[PlannedRow]:
    parents = {row.identifier for row in rows if row.split == "train" and not row.parent}
    for row in rows:
        if row.parent and (row.parent not in parents or row.split != "train"):
            left_out.add(row.identifier, "its parent is no training row")
        else:
            yield row


def _contested(pairs: Iterable[tuple[Hashable, str]]) -> set[Hashable]:
    splits: dict[Hashable, str] = {}
    contested: set[Hashable] = set()
    for key, split in pairs:
        if splits.setdefault(key, split) != split:
            contested.add(key)
    return contested
