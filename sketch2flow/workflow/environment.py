"""What an environment offers: its triggers, actions, subflows, flow logic and tables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]


def _drawable(label: str) -> str:
    """Return a label; ValueError for what a picture cannot show, or a template would fill in."""
    if not label.isprintable() or label != label.strip() or not {"{", "}"}.isdisjoint(label):
        raise ValueError(
            f"{label!r:.60}: a label is of printable characters, without braces and without "
            "blanks around it"
        )
    return label


Label = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_drawable)]
Weight = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
ColumnType = Literal[
    "string", "choice", "state", "boolean", "integer", "reference", "date_time", "email", "phone"
]
# What an input of a trigger or a loop can hold, but none of a step.
TRIGGER_INPUTS = frozenset({"time", "day_of_week", "day_of_month", "date_time", "records"})
# What an input can hold besides an entry of a vocabulary.
INPUT_TYPES = TRIGGER_INPUTS | frozenset(
    {"table", "task_table", "query", "goal", "values", "record", "step"}
    | {"recipient", "person", "text", "number", "date", "duration"}
)


def as_text(value: Any) -> Any:
    """Read YAML's bare numbers and truth values as the text that they are in a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


StoredValue = Annotated[str, BeforeValidator(as_text), Field(pattern=r"^[A-Za-z0-9_.@/-]{1,60}$")]
ChoiceValue = Annotated[str, BeforeValidator(as_text), Field(pattern=r"^[a-z0-9_.-]{1,40}$")]


class CatalogueError(ValueError):
    """A catalogue that is refused; the message names file, entry and field."""


class Entry(BaseModel):
    """What a catalogue's entries share: nothing unknown in them, nothing changes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def changed(self, **fields: Any) -> Self:
        """Return it with other values of `fields`, checked; what was derived is derived anew."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**kept, **fields})


class Column(Entry):
    """A field of a table; `choices` maps a stored value to the label that people read.

    A state is a choice that says where a record is in its life.
    """

    name: Name
    label: Label
    type: ColumnType
    choices: dict[ChoiceValue, Label] = {}
    reference: Name | None = None  # the table that a reference points to

    @model_validator(mode="after")
    def _says_nothing_in_vain(self) -> Self:
        if self.choices and self.type not in ("choice", "state"):
            raise ValueError(f"choices: only a choice or state has them, not a {self.type}")
        if self.reference is not None and self.type != "reference":
            raise ValueError(f"reference: only a reference has one, not a {self.type}")
        return self


class Table(Entry):
    """A table of the environment, by its machine name and the label that people read."""

    name: Name
    label: Label
    plural: Label
    extends: Name | None = None  # the table whose columns it inherits
    ancestors: tuple[Name, ...] = ()  # all tables that it extends, the nearest first
    system: bool = False  # written by the platform, not by people
    area: str = ""  # of work: itsm, hr, finance, ...; "" for none in particular
    weight: Weight = 1.0  # how common it is beside others
    columns: dict[Name, Column]

    @property
    def key(self) -> str:
        """Its name in the catalogue."""
        return self.name

    @cached_property
    def references(self) -> tuple[Column, ...]:
        """The columns that point to a record of a table."""
        return tuple(c for c in self.columns.values() if c.type == "reference")

    @cached_property
    def people(self) -> tuple[Column, ...]:
        """The columns that name a person."""
        return tuple(c for c in self.references if c.reference == "sys_user")

    @cached_property
    def closed(self) -> tuple[Column, ...]:
        """The columns with a closed set of values."""
        types = ("choice", "state", "boolean")
        return tuple(c for c in self.columns.values() if c.type in types)

    @property
    def is_task(self) -> bool:
        """Whether its records are tasks, created by `create_task`."""
        return "task" in (self.name, *self.ancestors)


class Step(Entry):
    """What actions and subflows share: a definition in a scope, with named, typed inputs."""

    definition: Name
    scope: Name
    label: Label
    inputs: dict[Name, Name] = {}  # name -> what it holds: an INPUT_TYPE or a vocabulary
    optional: frozenset[Name] = frozenset()  # the inputs that may be missing
    unsaid: frozenset[Name] = frozenset()  # those that it needs to run, but drawings leave open
    applies_to: tuple[Name, ...] = ()  # the tables whose records it takes; () for all
    on_system: bool = False  # whether it acts on what the platform writes, too
    gives: Literal["record", "records"] | None = None  # what later steps can use
    area: str = ""  # of spokes: chat, cloud, ...; "" for what every workflow can use
    triggers: tuple[Name, ...] = ()  # the types of trigger whose flows have it; () for all
    removes: bool = False  # whether the record is gone afterwards
    weight: Weight = 1.0  # how common it is beside others

    @cached_property
    def key(self) -> str:
        """Its name in the catalogue."""
        return f"{self.scope}/{self.definition}"

    @cached_property
    def acts_on_record(self) -> bool:
        """Whether it needs a record that an earlier step found or made."""
        return bool(self.applies_to) or not {"record", "person"}.isdisjoint(self.inputs.values())

    @cached_property
    def speaks_of_person(self) -> bool:
        """Whether it needs a person whom that record names."""
        return "person" in self.inputs.values()

    def may_lack(self, name: str) -> bool:
        """Say whether a drawn workflow may have it without the input `name`."""
        return name in self.optional or name in self.unsaid

    def takes(self, table: Table) -> bool:
        """Say whether it can act on records of `table`."""
        if (table.system and not self.on_system) or (self.speaks_of_person and not table.people):
            return False
        return not self.applies_to or not self._applies.isdisjoint((table.name, *table.ancestors))

    @cached_property
    def _applies(self) -> frozenset[str]:
        return frozenset(self.applies_to)


class Action(Step):
    """An action that the platform or a spoke (an application's package of actions) brings."""


class Subflow(Step):
    """A subflow of the environment that other flows call."""


class TriggerType(Entry):
    """A kind of trigger; `inputs` are all that it can have."""

    type: Name
    label: Label
    inputs: dict[Name, Name] = {}
    optional: frozenset[Name] = frozenset()


class LogicWord(Step):
    """A flow logic word; `holds` says whether it encloses steps."""

    definition: str
    scope: Name = "global"
    holds: bool

    @cached_property
    def key(self) -> str:
        """Its name in the catalogue."""
        return self.definition


_OWN_WORDS = 3  # times as common as others are the words that are about the record at hand


class Word(Entry):
    """What people say of a value, and the tables that it is about; without any it suits all."""

    said: Label
    tables: tuple[Name, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        return {"said": value} if isinstance(value, str) else value


class Vocabulary(Entry):
    """Values that people name: teams, channels, projects; stored value -> what is said."""

    name: Name
    words: Annotated[dict[StoredValue, Word], Field(min_length=1)]

    def entries(self, table: Table | None) -> tuple[tuple[str, str], ...]:
        """Return the (stored value, what is said) that suit a record of `table`, or no record.

        First those that suit everything, then, as often as people say them, those about it.
        """
        name = table.name if table else None
        if name not in self._entries:
            kinds = {table.name, *table.ancestors} if table else set()
            own = [one for one in self.words.items() if not kinds.isdisjoint(one[1].tables)]
            general = [one for one in self.words.items() if not one[1].tables]
            found = (*general, *own * _OWN_WORDS)
            self._entries[name] = tuple((value, word.said) for value, word in found)
        return self._entries[name]

    @cached_property
    def _entries(self) -> dict[str | None, tuple[tuple[str, str], ...]]:
        """The entries by table, as far as they were asked for."""
        return {}


_HUB = 10  # tables that point to a table that is related to nothing in particular


class Catalogue(Entry):
    """Everything an environment offers; steps by "scope/definition", the rest by name."""

    triggers: dict[str, TriggerType] = {}
    actions: dict[str, Action] = {}
    subflows: dict[str, Subflow] = {}
    logic: dict[str, LogicWord] = {}
    tables: dict[str, Table] = {}
    vocabularies: dict[str, Vocabulary] = {}

    @cached_property
    def steps(self) -> tuple[Action | Subflow, ...]:
        """All actions and subflows."""
        return (*self.actions.values(), *self.subflows.values())

    @cached_property
    def by_definition(self) -> dict[str, tuple[Step, ...]]:
        """Definition -> the steps of that name, in whatever scope."""
        found: dict[str, list[Step]] = {}
        for step in self.steps:
            found.setdefault(step.definition, []).append(step)
        return {name: tuple(steps) for name, steps in found.items()}

    @cached_property
    def areas(self) -> dict[str, float]:
        """The areas of spokes -> how common their steps are in all."""
        found: dict[str, float] = {}
        for step in self.steps:
            if step.area:
                found[step.area] = found.get(step.area, 0) + step.weight
        return found

    def steps_on(
        self, tables: Iterable[str], areas: frozenset[str], trigger: str | None
    ) -> list[Step]:
        """Return the steps that act on a record of one of `tables` or on none.

        Of spokes only those of `areas`; none that belongs to other triggers. Those that find
        all records of a table are left out: they belong before a loop.
        """
        places = self._without_record.union(*map(self._on_table.__getitem__, tables))
        return [self.steps[place] for place in sorted(places & self._open_to(areas, trigger))]

    def _open_to(self, areas: frozenset[str], trigger: str | None) -> frozenset[int]:
        """Return the places in `steps` of those that a flow of this trigger and areas can have."""
        known = self._opened.get((areas, trigger))
        if known is None:
            known = self._opened[areas, trigger] = frozenset(
                place
                for place, step in enumerate(self.steps)
                if (not step.area or step.area in areas)
                and (not step.triggers or trigger in step.triggers)
            )
        return known

    @cached_property
    def _opened(self) -> dict[tuple[frozenset[str], str | None], frozenset[int]]:
        """What `_open_to` has found so far."""
        return {}

    @cached_property
    def _without_record(self) -> frozenset[int]:
        """The places in `steps` of those that need no record."""
        able = enumerate(self.steps)
        return frozenset(i for i, s in able if not s.acts_on_record and s.gives != "records")

    @cached_property
    def _on_table(self) -> dict[str, frozenset[int]]:
        """Table -> the places in `steps` of those that act on its records."""
        acting = [(i, step) for i, step in enumerate(self.steps) if step.acts_on_record]
        return {
            name: frozenset(i for i, step in acting if step.takes(table))
            for name, table in self.tables.items()
        }

    @cached_property
    def all_tables(self) -> tuple[Table, ...]:
        """The tables of which workflows can be made: those with columns to test and to set."""
        return tuple(table for table in self.tables.values() if len(table.closed) > 1)

    @cached_property
    def task_tables(self) -> tuple[Table, ...]:
        return tuple(table for table in self.all_tables if table.is_task)

    @cached_property
    def people_tables(self) -> tuple[Table, ...]:
        """The tables in which people make and change records."""
        return tuple(table for table in self.all_tables if not table.system)

    @cached_property
    def record_tables(self) -> tuple[Table, ...]:
        """The tables in which people make records that are no tasks."""
        return tuple(table for table in self.people_tables if not table.is_task)

    @cached_property
    def children(self) -> dict[str, tuple[Table, ...]]:
        """Table name -> the other tables whose records can belong to one of its records."""
        return {
            name: tuple(
                other
                for other in self.all_tables
                if other.name != name and any(c.reference == name for c in other.references)
            )
            for name in self.tables
        }

    @cached_property
    def related(self) -> dict[str, tuple[Table, ...]]:
        """Table name -> the table itself, its children and those it belongs to.

        Everything points to a few tables, such as users; those are related to nothing.
        """
        parents = {
            name: {
                one.reference
                for one in table.references
                if one.reference and len(self.children[one.reference]) <= _HUB
            }
            for name, table in self.tables.items()
        }
        return {
            name: (
                table,
                *self.children[name],
                *(one for one in self.all_tables if one.name in parents[name]),
            )
            for name, table in self.tables.items()
        }

    def most_common(self, tables: int | None, columns: int | None, steps: int | None) -> Catalogue:
        """Return it with its most common tables and steps; of tables with their first columns.

        Only the columns that are tested and set count: those with a closed set of values and
        those that point to a table. People stay, since records name them; steps stay that have
        a table to act on, and all that find what a loop goes over. None is no limit.
        """
        ranked = sorted(self.all_tables, key=lambda table: -table.weight)[:tables]
        names = {table.name for table in ranked} | ({"sys_user"} & set(self.tables))
        if tables is None:
            names = set(self.tables)
        able = [
            step.changed(applies_to=kept)
            for step in sorted(self.steps, key=lambda step: -step.weight)
            if (kept := tuple(n for n in step.applies_to if n in names)) or not step.applies_to
        ]
        chosen: dict[str, Any] = {step.key: step for step in able[:steps]}
        chosen |= {step.key: step for step in able if step.gives == "records"}
        found = {
            name: table.changed(columns=_first(table, names, columns))
            for name, table in self.tables.items()
            if name in names
        }
        return Catalogue(
            triggers=self.triggers,
            actions={key: chosen[key] for key in self.actions if key in chosen},
            subflows={key: chosen[key] for key in self.subflows if key in chosen},
            logic=self.logic,
            tables=found,
            vocabularies=self.vocabularies,
        )


def _first(table: Table, names: set[str], count: int | None) -> dict[str, Column]:
    """Return the first `count` columns that are tested and set, and those that never are."""
    usable = [
        column
        for column in (*table.closed, *table.references)
        if column.reference is None or column.reference in names
    ]
    others = [c for c in table.columns.values() if c not in (*table.closed, *table.references)]
    wanted = {column.name for column in (*usable[:count], *others)}
    return {name: column for name, column in table.columns.items() if name in wanted}
