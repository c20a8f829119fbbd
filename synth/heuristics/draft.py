"""A workflow in the making: its steps so far, the open blocks, and the records in scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from sketch2flow.workflow import (
    Catalogue,
    Column,
    Component,
    Input,
    Parameter,
    Parameters,
    Table,
    Trigger,
    Workflow,
)
from sketch2flow.workflow.environment import Step
from synth.breadth import EVERYTHING, Breadth
from synth.heuristics.lots import Lots
from synth.phrasing import Phrasing, phrasings, saying
from synth.slips import slip

Inputs = Sequence[tuple[str, str]]
T = TypeVar("T")
_VAGUE = 0.05  # share of phrasings that do not say all


@dataclass(frozen=True, eq=False)
class Record:
    """A record that later steps can use: its table, and the data pill that points to it."""

    table: Table
    path: str  # such as trigger.current, step_2.record, step_3.item
    is_new: bool = False  # its life has just begun
    is_own: bool = False  # created by a step of this workflow

    @property
    def pill(self) -> str:
        return f"{{{{{self.path}}}}}"

    def field(self, column: str) -> str:
        return f"{{{{{self.path}.{column}}}}}"


class Draft:
    """Collects trigger and steps; `build()` returns the document.

    `size` is the number of components that the finished document shall have. What is in scope
    (records, what is known of their fields, which flow logic is open) follows the open blocks,
    since values that are set inside a branch are not visible outside it.
    """

    def __init__(
        self,
        rng: Random,
        catalogue: Catalogue,
        size: int,
        breadth: Breadth = EVERYTHING,
        slips: float = 0.0,
    ) -> None:
        self.rng = rng
        self.catalogue = catalogue
        self.breadth = breadth
        self.slips = slips  # share of annotations with a typing error or an abbreviation
        self.size = size
        self.areas = _areas(rng, catalogue)  # of spokes: few workflows use many applications
        self.topic: Table | None = None  # what the workflow is about
        self.trigger: Trigger | None = None
        self.parameters: tuple[Parameters, Parameters | None] | None = None
        self.records: list[Record] = []
        # (record path, column) -> value known, None: a condition speaks of it
        self.facts: dict[tuple[str, str], str | None] = {}
        self.words: list[str] = []  # the flow logic that is open, outermost first
        self.kept: list[Record] = []
        self.awaited: set[tuple[str, str]] = set()  # (record path, column) of open DOUNTILs
        self.fitting: dict[frozenset[str], Lots[Step]] = {}  # tables in scope -> lots of steps
        self.target: tuple[int, str] | None = None  # the step that a GOBACKTO goes back to
        self.focus: Record | None = None
        self._steps: list[Component] = []
        self._blocks: list[int] = []
        self._removed: set[str] = set()
        self._updated: set[tuple[int | None, str]] = set()  # (block, record path)
        self._seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()

    @property
    def next_order(self) -> int:
        return len(self._steps) + 1

    @property
    def trigger_type(self) -> str | None:
        return self.trigger.type if self.trigger else None

    @property
    def previous(self) -> str:
        """The definition of the step before, in the innermost open block; "" for the first."""
        block = self._blocks[-1] if self._blocks else None
        found = (step.definition for step in reversed(self._steps) if step.block == block)
        return next(found, "")

    @property
    def here(self) -> Iterator[str]:
        """The definitions of the steps so far in the innermost open block."""
        block = self._blocks[-1] if self._blocks else None
        return (step.definition for step in self._steps if step.block == block)

    def update(self, record: Record) -> None:
        """Note that fields of `record` are set in the innermost open block."""
        self._updated.add((self._blocks[-1] if self._blocks else None, record.path))

    def is_updated(self, record: Record) -> bool:
        """Say whether fields of `record` were set in the innermost open block."""
        return (self._blocks[-1] if self._blocks else None, record.path) in self._updated

    @property
    def record(self) -> Record | None:
        """The record that steps speak of here: what was last acted on, else what came last."""
        if self.focus is not None and self.focus in self.latest():
            return self.focus
        return self.records[-1] if self.records else None

    def latest(self) -> list[Record]:
        """Return the records that steps can speak of: the last one of each table, last first."""
        if len(self.records) < 2:
            return list(self.records)
        found = {record.table.name: record for record in self.records}
        return [record for record in reversed(self.records) if found[record.table.name] is record]

    def is_repeated(self, definition: str, inputs: Inputs) -> bool:
        """Say whether the document already has this very step."""
        return (definition, tuple(inputs)) in self._seen

    def has(self, definition: str) -> bool:
        """Say whether the document has a step of this name."""
        return any(step.definition == definition for step in self._steps)

    def start(self, type_: str, annotation: str, inputs: Inputs = ()) -> None:
        """Set the trigger."""
        self.trigger = Trigger(
            annotation=self._written(annotation), type=type_, inputs=_inputs(inputs)
        )

    def _written(self, annotation: str) -> str:
        if self.slips and self.rng.random() < self.slips:
            return slip(self.rng, annotation)
        return annotation

    @contextmanager
    def keep(self, record: Record) -> Iterator[None]:
        """Keep `record` from being deleted or eclipsed inside, since steps behind speak of it."""
        self.kept.append(record)
        yield
        self.kept.remove(record)

    @contextmanager
    def awaiting(self, record: Record, column: Column) -> Iterator[None]:
        """Set `column` of `record` nowhere inside: the loop waits for others to do that."""
        self.awaited.add((record.path, column.name))
        yield
        self.awaited.remove((record.path, column.name))

    def know(self, record: Record, values: Iterable[tuple[str, str | None]]) -> None:
        """Note what the fields (column, value or None) of `record` hold from here on."""
        for column, value in values:
            self.facts[record.path, column] = value

    def bring(self, record: Record) -> None:
        """Bring `record` into scope."""
        self.records.append(record)
        self.focus = record

    def remove(self, record: Record) -> None:
        """Take a deleted record out of scope, for the steps behind the open blocks, too."""
        self.records.remove(record)
        self._removed.add(record.path)

    def step(
        self, category: str, definition: str, scope: str, annotation: str, inputs: Inputs = ()
    ) -> int:
        """Add a step to the innermost open block; return its order."""
        order = self.next_order
        self._steps.append(
            Component(
                annotation=self._written(annotation),
                category=category,  # type: ignore[arg-type]
                definition=definition,
                scope=scope,
                order=order,
                block=self._blocks[-1] if self._blocks else None,
                inputs=_inputs(inputs),
            )
        )
        self._seen.add((definition, tuple(inputs)))
        return order

    def say(self, key: str, **words: str) -> str:
        """Return one of the phrasings of `key`."""
        return self.phrasing(key).fill(words)

    def phrasing(
        self,
        key: str,
        label: str = "",
        inputs: tuple[str, ...] = (),
        must_say: tuple[str, ...] = (),
    ) -> Phrasing:
        """Return one of the phrasings of `key`: one that says a word of `must_say`, if there is.

        Where the whole language is spoken, a few are vague.
        """
        known = phrasings(key, label, inputs)
        is_vague = known.vague and not must_say and self.breadth.phrasings is None
        if is_vague and self.rng.random() < _VAGUE:
            return self.rng.choice(known.vague)
        return self.rng.choice(saying(known, must_say, self.breadth.phrasings))

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of the words that people could say at a place: teams, messages, ..."""
        return self.rng.choice(values[: self.breadth.words])

    def word(self, vocabulary: str, record: Record | None) -> tuple[str, str]:
        """Return a word that suits `record`, or everything: its stored value, what is said."""
        known = self.catalogue.vocabularies[vocabulary]
        return self.one_of(known.entries(record.table if record else None))

    def annotation(self, order: int) -> str:
        """Return what the step with this order says."""
        return self._steps[order - 1].annotation

    @contextmanager
    def block(self, word: str, annotation: str, inputs: Inputs = ()) -> Iterator[int]:
        """Add flow logic and open its block; what comes into scope inside leaves with it."""
        order = self.step("flowlogic", word, "global", annotation, inputs)
        records, facts, focus = list(self.records), dict(self.facts), self.focus
        self._blocks.append(order)
        self.words.append(word)
        # What happens several times, or side by side, takes no record away from the rest.
        kept = records if word in ("FOREACH", "DOUNTIL", "PARALLEL") else []
        self.kept += kept
        yield order
        del self.kept[len(self.kept) - len(kept) :]
        self._blocks.pop()
        self.words.pop()
        self.records = [record for record in records if record.path not in self._removed]
        self.facts, self.focus = facts, focus

    def as_subflow(self, inputs: Sequence[Parameter], outputs: Sequence[Parameter]) -> None:
        """Make it a subflow; it is about the record that its first input is."""
        given = Parameters(items=tuple(outputs)) if outputs else None
        self.parameters = (Parameters(items=tuple(inputs)), given)
        tables = [(one.name, one.reference) for one in inputs if one.reference is not None]
        for name, table in tables:
            self.bring(Record(self.catalogue.tables[table], f"subflow.{name}"))
        self.focus = self.records[0]
        self.topic = self.focus.table

    def build(self) -> Workflow:
        """Return the finished document."""
        inputs, outputs = self.parameters or (None, None)
        return Workflow(
            type="subflow" if self.parameters else "flow",
            scope="global",
            trigger=self.trigger,
            inputs=inputs,
            outputs=outputs,
            components=tuple(self._steps),
        )


def _inputs(inputs: Inputs) -> tuple[Input, ...] | None:
    return tuple(Input(name=name, value=value) for name, value in inputs) or None


def _areas(rng: Random, catalogue: Catalogue) -> frozenset[str]:
    """Return the areas of spokes that a workflow uses: mostly one or two, often the common ones."""
    names = list(catalogue.areas)
    if not names:
        return frozenset()
    count = rng.choices((1, 2, 3), (5, 4, 1))[0]
    return frozenset(rng.choices(names, list(catalogue.areas.values()), k=count))
