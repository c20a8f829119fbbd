"""Which table a step turns to: mostly one that has to do with the records at hand."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sketch2flow.workflow import Table
from synth.heuristics.draft import Draft
from synth.heuristics.lots import Lots, NotPossible, lots_of

_RELATED = 0.9  # share of steps that stay with the records at hand
_SAME_AREA = 0.8  # share of the others that stay in the topic's area of work
_MOST_PARTS = 30  # tables of parts that a record can have
# The work that anything can lead to.
_GENERAL = ("task", "incident", "change_request", "problem")


def choose(draft: Draft, tables: Sequence[Table]) -> Table:
    """Return one of `tables`, common ones more often than obscure ones.

    Raises NotPossible where the catalogue has none.
    """
    return Lots(tables).draw(draft.rng)


def to_look_up(draft: Draft, tables: tuple[Table, ...]) -> Table:
    """Return one of `tables` to search: what belongs to a record in scope, or is near the topic.

    In a loop nothing else: NotPossible is raised. Not one that a record in scope is of, since of
    a table the last record is meant.
    """
    catalogue, rng = draft.catalogue, draft.rng
    if draft.topic is None:
        return _as_topic(draft, tables)
    in_scope = {record.table.name for record in draft.records}
    if rng.random() < _RELATED:
        parts = [one for record in draft.records for one in catalogue.children[record.table.name]]
        names = lots_of(tables).keys - in_scope
        for near in (parts, catalogue.related[draft.topic.name]):
            allowed = [table for table in near if table.name in names]
            if allowed:
                return choose(draft, allowed)
    if "FOREACH" in draft.words and draft.breadth.columns is None:
        raise NotPossible("nothing that has to do with the loop's record")
    return _of_the_area(draft, tables, in_scope)


def for_new(draft: Draft, tables: tuple[Table, ...]) -> Table:
    """Return one of `tables` to make a record in: a part of a record in scope, or work on it.

    Not one that a record in scope is of: of a table the last record is meant.
    """
    if draft.topic is None:
        return _as_topic(draft, tables)
    in_scope = {record.table.name for record in (*draft.records, *draft.kept)}
    names = lots_of(tables).keys - in_scope
    parts = [table for table in parts_in_scope(draft) if table.name in names]
    if parts and draft.rng.random() < _RELATED:
        return choose(draft, parts)
    general = [table for table in tables if table.name in names.intersection(_GENERAL)]
    if general:
        return choose(draft, general)
    return _of_the_area(draft, tables, {draft.topic.name, "sys_user", *in_scope})


def parts_in_scope(draft: Draft) -> list[Table]:
    """Return the tables whose records can belong to a record in scope, first to the latest.

    Everything belongs to a user or a group: that says nothing.
    """
    children = (draft.catalogue.children[record.table.name] for record in draft.latest())
    return [table for found in children if len(found) <= _MOST_PARTS for table in found]


def _of_the_area(draft: Draft, tables: tuple[Table, ...], names: set[str]) -> Table:
    """Return one of `tables` that is none of `names`, mostly of the topic's area of work."""
    lots, area = lots_of(tables), draft.topic.area if draft.topic is not None else ""
    if draft.rng.random() < _SAME_AREA:
        with suppress(NotPossible):  # where the area has nothing, or nearly
            return lots.draw(draft.rng, lambda one: one.area != area or one.name in names)
    return lots.draw(draft.rng, lambda table: table.name in names)


def _as_topic(draft: Draft, tables: tuple[Table, ...]) -> Table:
    # People write mails about what they want done.
    written = draft.trigger_type == "email" and any(table.is_task for table in tables)
    draft.topic = lots_of(tables).draw(draft.rng, lambda one: written and not one.is_task)
    return draft.topic
