"""What a workflow consists of, collected in one pass: the facts that its features test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sketch2flow.workflow.document import Component, Input, Workflow
from sketch2flow.workflow.rules import logic_word

_CONDITIONS = frozenset({"condition", "conditions", "email_conditions"})
_ASSIGNMENTS = frozenset({"values", "fields", "field_values"})
_LOOPS = frozenset({"FOREACH", "DOUNTIL"})
_ASSIGNED = re.compile(r"(?:^|\^)([a-z0-9_.]+)=")
# Words of a definition that say nothing about what the step does.
_EMPTY_WORDS = frozenset({"a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the"})
_EMPTY_WORDS |= {"to", "up", "with", "record", "records"}


class Usage:
    """The words, names and values that occur in a workflow, without where they do."""

    def __init__(self, workflow: Workflow) -> None:
        trigger = workflow.trigger
        inputs = (trigger.inputs or ()) if trigger is not None else ()
        self.trigger = trigger.type if trigger is not None else ""
        self.is_subflow = workflow.type == "subflow"
        self.calls_subflow = False
        self.is_implicit = False  # whether some annotation shares no word with its definition
        self.words: set[str] = set()  # flow logic
        self.has_nested_word = False
        self.has_nested_loop = False
        self._loops: set[int] = set()  # orders of loops, and of what stands inside one
        self.scopes: set[str] = set()  # of actions and subflow calls
        self.definitions: set[str] = set()  # of the same
        self.conditions: list[str] = []  # encoded queries, the trigger's too
        self.assignments: list[str] = []  # encoded field values
        names: set[str] = set()
        values: list[str] = []
        for component in workflow.components:
            self._add(component)
            for one in component.inputs or ():
                names.add(one.name)
                values.append(one.value)
            self._sort(component.inputs or ())
        self.has_trigger_condition = any(one.name in _CONDITIONS and one.value for one in inputs)
        self._sort(inputs)
        # Each a text, so that one search is enough: all that is set or tested, ...
        self.values = "\n".join((*values, *self.conditions))
        # ... and what it is called: inputs of steps, fields that are assigned.
        self.names = "\n".join((*names, *_ASSIGNED.findall("^".join(self.assignments))))
        self.parts = {part for name in self.definitions for part in name.split("_")}

    def _add(self, component: Component) -> None:
        word = logic_word(component)
        is_in_loop = component.block in self._loops
        if word:
            self.words.add(word)
            self.has_nested_word |= component.block is not None
            self.has_nested_loop |= is_in_loop and word in _LOOPS
        else:
            self.definitions.add(component.definition)
            self.scopes.add(component.scope)
            self.calls_subflow |= component.category == "subflow"
            if not self.is_implicit:
                self.is_implicit = not _speaks_of(component.annotation, component.definition)
        if is_in_loop or word in _LOOPS:
            self._loops.add(component.order)

    def _sort(self, inputs: Iterable[Input]) -> None:
        for one in inputs:
            if one.name in _CONDITIONS:
                self.conditions.append(one.value)
            elif one.name in _ASSIGNMENTS:
                self.assignments.append(one.value)


def has_parts(queries: Iterable[str], count: int) -> bool:
    """Say whether one of `queries` has at least `count` comparisons, told by its joins alone."""
    for query in queries:
        joins = _joins(query) if "^" in query else ""
        if joins.count("^") - joins.endswith("^EQ") + 1 >= count:
            return True
    return False


def has_alternatives(queries: Iterable[str]) -> bool:
    """Say whether one of `queries` joins conditions of which one is enough."""
    return any("^OR" in _joins(query) or "^NQ" in _joins(query) for query in queries)


def _joins(query: str) -> str:
    """Return an encoded query without what only looks like a join: a ^ of a value, ^ORDERBY."""
    return query.replace("^^", "").replace("^ORDERBY", "")


def _speaks_of(annotation: str, definition: str) -> bool:
    """Say whether a word of the annotation begins like one of the definition.

    The first four letters count, so that creates, created and creating speak of create_task.
    """
    starts = _starts(definition)
    said = " " + annotation.lower().replace("-", "")
    return not starts or any(start in said for start in starts)


@lru_cache(maxsize=10_000)
def _starts(definition: str) -> tuple[str, ...]:
    words = [word for word in definition.lower().split("_") if word not in _EMPTY_WORDS]
    return tuple(f" {word[:4]}" for word in words if word)
