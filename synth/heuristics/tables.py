"""Which table a step turns to: mostly one that has to do with the records at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sketch2flow.workflow import Table
from synth.heuristics.draft import Draft
from synth.heuristics.fitting import NotPossible

_RELATED = 0.8  # share of steps that stay with the records at hand


def choose(draft: Draft, tables: Sequence[Table]) -> Table:
    """Return one of `tables`, common ones more often than obscure ones.

    Raises NotPossible where the catalogue has none.
    """
    if not tables:
        raise NotPossible("the catalogue has no table for this")
    (table,) = draft.rng.choices(tables, [table.weight for table in tables])
    return table


def to_look_up(draft: Draft, tables: Sequence[Table]) -> Table:
    """Return one of `tables` to search: what belongs to a record in scope, or is near the topic.

    Not one that a record in scope is of, since of a table the last record is meant.
    """
    catalogue = draft.catalogue
    if draft.topic is None:
        return _as_topic(draft, tables)
    names = {table.name for table in tables} - {record.table.name for record in draft.records}
    if draft.rng.random() < _RELATED:
        parts = [one for record in draft.records for one in catalogue.children[record.table.name]]
        for near in (parts, catalogue.related[draft.topic.name]):
            allowed = [table for table in near if table.name in names]
            if allowed:
                return choose(draft, allowed)
    return choose(draft, [table for table in tables if table.name in names] or tables)


def for_new(draft: Draft, tables: Sequence[Table]) -> Table:
    """Return one of `tables` to make a record in: a part of what the workflow is about, or any."""
    if draft.topic is None:
        return _as_topic(draft, tables)
    names = {table.name for table in tables}
    parts = [one for one in draft.catalogue.children[draft.topic.name] if one.name in names]
    parts = _not_kept(draft, parts)
    if parts and draft.rng.random() < _RELATED:
        return choose(draft, parts)
    others = [table for table in tables if table.name not in (draft.topic.name, "sys_user")]
    return choose(draft, _not_kept(draft, others) or others)


def _as_topic(draft: Draft, tables: Sequence[Table]) -> Table:
    draft.topic = choose(draft, tables)
    return draft.topic


def _not_kept(draft: Draft, tables: Iterable[Table]) -> list[Table]:
    """Leave out the tables of records that steps behind speak of: the last of a table is meant."""
    kept = {record.table.name for record in draft.kept}
    return [table for table in tables if table.name not in kept]
