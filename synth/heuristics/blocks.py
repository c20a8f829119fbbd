"""Parts that heuristics are put together from: loops, tests, tries, branches, and rows between.

Each adds exactly as many components as asked, so that a heuristic can hit a target size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from sketch2flow.workflow import Table
from synth.heuristics import queries, tables
from synth.heuristics.actions import act
from synth.heuristics.draft import Draft, Record
from synth.heuristics.lots import NotPossible
from synth.heuristics.rows import MAX_RUN, act_or_tell, few, logic, pick, sequence, steps
from synth.wording import lower

_SELECTED = 0.7  # share of loops over some records of a table only (and of others by chance)
_RISKY = ("send_rest_request", "post_a_message", "post_message", "send_sms")
# Share of parts that begin with flow logic, by the number of open blocks: of thousands of real
# workflows 46 % have no nesting, 43 % one level, 9 % two, 2 % more.
_BLOCKS = (0.95, 0.035, 0.02, 0.01, *[0.0] * 40)
_SKIPS = 0.25  # share of longer loops in which some records are left out
_LAST_WORDS = ("log", "send_email", "update_record")  # before an early end
_REMEDIES = ("log", "send_email", "create_task", "post_message", "post_a_message")


class Body(Protocol):
    """What stands inside a block: adds `count` components, of which one acts on `about`."""

    def __call__(self, draft: Draft, count: int, about: Record | None = None, /) -> None: ...


def share(draft: Draft, total: int, *least: int) -> list[int]:
    """Return sizes of parts that sum to `total`, each at least its `least`, the rest by chance."""
    sizes = list(least)
    for _ in range(total - sum(least)):
        sizes[draft.rng.randrange(len(sizes))] += 1
    return sizes


def fill(draft: Draft, count: int, about: Record | None = None) -> None:
    """Add `count` components that make sense here: steps in a row and, in longer parts, blocks.

    With `about`, one of the steps acts on that record.
    """
    while count:
        if count > 3 and draft.rng.random() < _BLOCKS[len(draft.words)]:
            count -= _part(draft, min(count, draft.rng.randint(4, 7)))
            continue
        size = min(count, draft.rng.randint(1, 4) if count > MAX_RUN else MAX_RUN)
        sequence(draft, size, about)
        about = None
        count -= size


def _part(draft: Draft, size: int) -> int:
    """Add a block of `size` components; return how many that were."""
    able = [
        (part.add, part.weight)
        for part in _PARTS
        if part.least <= size and (draft.record is not None or not part.on_record)
        if part.add is not parallel or draft.previous != "PARALLEL"
    ]
    (add,) = draft.rng.choices([add for add, _ in able], [weight for _, weight in able])
    before = draft.next_order
    add(draft, size)
    return draft.next_order - before


def compose(draft: Draft, count: int, depth: int, about: Record | None = None) -> None:
    """Add `count` components that are nested `depth` deep, 1 being not at all.

    As deep as `count` allows, where that is less: a level needs two components. With `about`,
    one of the steps acts on that record.
    """
    depth = min(depth, (count + 1) // 2)
    if depth < 2:
        _rows(draft, count, about)
        return
    before, inside, behind = share(draft, count, 0, 2 * depth - 1, 0)
    _rows(draft, before, about)
    _nest(draft, inside, depth)
    compose(draft, behind, draft.rng.randint(1, depth))


def _rows(draft: Draft, count: int, about: Record | None = None) -> None:
    """Add `count` steps in rows of up to MAX_RUN."""
    while count:
        size = min(count, draft.rng.randint(1, MAX_RUN))
        sequence(draft, size, about)
        about = None
        count -= size


def _nest(draft: Draft, count: int, depth: int) -> None:
    """Add one block of `count` components, `depth` - 1 deep inside: test, loop, try or branches."""

    def body(within: Draft, size: int, about: Record | None = None) -> None:
        compose(within, size, depth - 1, about)

    record = draft.record
    least = 2 * depth - 3  # components that the deepest way through the body needs
    way = draft.rng.random()
    if record is not None and way < 0.5:
        if_only(draft, count, record, body)
    elif count >= least + 4 and way < 0.6:
        try_catch(draft, count, body, least)
    elif count >= least + 3 and way < 0.7 and draft.previous != "PARALLEL":
        parallel(draft, count, body, least)
    elif record is not None and way < 0.75 and queries.goal(draft, record):
        until(draft, count, body)
    else:
        loop(draft, count, body)


def loop(
    draft: Draft,
    count: int,
    body: Callable[[Draft, int, Record], None] | None = None,
    table: Table | None = None,
) -> None:
    """Add a look-up and a FOREACH over what it found, `count` >= 3 components in all."""
    look_up = draft.catalogue.actions["global/look_up_records"]
    table = table or tables.to_look_up(draft, draft.catalogue.all_tables)
    # Few loops go over everything there is.
    is_selected = draft.rng.random() < _SELECTED
    must_say = ("where", "having") if is_selected else ("table", "tables")
    found, conditions = act(draft, look_up, table, must_say)
    label = lower(table.label)
    annotation = draft.say("FOREACH", table=label, tables=lower(table.plural))
    with draft.block("FOREACH", annotation, [("items", f"{{{{step_{found}.records}}}}")]) as order:
        item = Record(table, f"step_{order}.item")
        draft.bring(item)
        draft.know(item, queries.known(conditions))
        if body is None and count > 4 and draft.rng.random() < _SKIPS:
            body = skip
        (body or fill)(draft, count - 2, item)


def if_only(
    draft: Draft,
    count: int,
    record: Record,
    body: Body = fill,
    found: list[queries.Comparison] | None = None,
) -> None:
    """Add an IF on `record`, by default any, with `count` - 1 >= 1 components inside."""
    found = found or queries.conditions(draft, record.table, record)
    with _condition(draft, "IF", record, found):
        body(draft, count - 1, record)


def if_else(
    draft: Draft, count: int, record: Record, found: list[queries.Comparison] | None = None
) -> None:
    """Add IF and ELSE, `count` >= 4 components in all."""
    yes, no = share(draft, count - 2, 1, 1)
    if_only(draft, yes + 1, record, found=found)
    _else(draft, no)


def chain(draft: Draft, count: int, record: Record) -> None:
    """Add IF, ELSEIF (one or two) and ELSE, `count` >= 6 components in all."""
    branches = queries.alternatives(draft, record, 2 if count < 8 else draft.rng.randint(2, 3))
    sizes = share(draft, count - len(branches) - 1, *[1] * (len(branches) + 1))
    for place, (found, size) in enumerate(zip(branches, sizes, strict=False)):
        with _condition(draft, "ELSEIF" if place else "IF", record, [found]):
            fill(draft, size, record)
    _else(draft, sizes[-1])


def branch_on(draft: Draft, count: int) -> None:
    """Add some test of the record at hand, `count` >= 2 components in all."""
    record = draft.record
    if record is None:
        raise NotPossible("a test without a record")
    kinds: list[Callable[[Draft, int, Record], None]] = [if_only]
    kinds += [if_else] if count >= 4 else []
    kinds += [chain] if count >= 6 else []
    draft.rng.choice(kinds)(draft, count, record)


@contextmanager
def _condition(
    draft: Draft, word: str, record: Record, found: list[queries.Comparison]
) -> Iterator[None]:
    """Open the block of a test of `record`; inside, what was tested is known."""
    phrasing = draft.phrasing(word)
    annotation = phrasing.fill({"record": lower(record.table.label), **queries.words(found)})
    is_said = not phrasing.wants.isdisjoint(("where", "having", "predicate"))
    inputs = [("condition", queries.query(found, record))] if is_said else []
    with draft.block(word, annotation, inputs):
        # A DOUNTIL ends when it holds: inside, it does not.
        is_open = word == "DOUNTIL"
        tested = [(name, None if is_open else value) for name, value in queries.known(found)]
        draft.know(record, tested)
        draft.focus = record
        yield
    for comparison in found:
        draft.facts.setdefault((record.path, comparison.column.name), None)


def _else(draft: Draft, count: int) -> None:
    with draft.block("ELSE", draft.say("ELSE")):
        fill(draft, count)


def try_catch(draft: Draft, count: int, body: Body = fill, least: int = 0) -> None:
    """Add TRY around steps of which the last can fail, and CATCH.

    `count` >= 4 + `least` components in all, `least` of them in the body before that step.
    """
    caught = min(share(draft, count - 3, least, 1)[1], 2)
    with draft.block("TRY", draft.say("TRY")):
        body(draft, count - 3 - caught)
        risky = pick(draft, steps(draft, *_RISKY))
        act_or_tell(draft, risky)
    with draft.block("CATCH", draft.say("CATCH")):
        # What has just failed is no remedy.
        remedies = steps(draft, *(name for name in _REMEDIES if name != risky.definition))
        few(draft, remedies, caught)


def parallel(draft: Draft, count: int, body: Body = fill, least: int = 1) -> None:
    """Add two or three PARALLEL branches, `count` >= 3 + `least` components in all.

    The first branch is `body`, of at least `least` components; beside one of its own the others
    are rows of steps, so that it alone decides about the depth.
    """
    if draft.previous == "PARALLEL":
        raise NotPossible("two sets of branches side by side would be one")
    branches = 2 if count < least + 5 or draft.rng.random() < 0.7 else 3
    said = draft.phrasing("PARALLEL")
    sizes = share(draft, count - branches, least, *[1] * (branches - 1))
    for number, size in enumerate(sizes, 1):
        with draft.block("PARALLEL", said.fill({"number": str(number)})):
            (body if number == 1 or body is fill else _rows)(draft, size)


def until(draft: Draft, count: int, body: Body = fill) -> None:
    """Add a DOUNTIL that polls a record, `count` >= 3 components in all, the last a pause."""
    goals = ((record, queries.goal(draft, record)) for record in draft.latest())
    record, found = next(((one, goal) for one, goal in goals if goal), (None, []))
    if record is None:
        raise NotPossible("nothing in scope that reaches a state")
    with _condition(draft, "DOUNTIL", record, found), draft.awaiting(record, found[0].column):
        body(draft, count - 2, record)
        logic(draft, "TIMER")
    draft.know(record, queries.known(found))


def guard(draft: Draft, count: int) -> None:
    """Add an IF that tells or notes why and ENDs, and what happens else: `count` >= 3 in all."""
    record = draft.record
    if record is None:
        raise NotPossible("a test without a record")
    last_words = min(count - 2, draft.rng.choice((1, 1, 2)))
    with _condition(draft, "IF", record, queries.conditions(draft, record.table, record)):
        few(draft, steps(draft, *_LAST_WORDS), last_words)
        logic(draft, "END")
    fill(draft, count - 2 - last_words)


def skip(draft: Draft, count: int, record: Record) -> None:
    """Add, inside a loop, an IF that leaves it or goes on to its next record: `count` >= 3.

    What stands behind the IF happens to the other records.
    """
    word = draft.rng.choice(("BREAK", "CONTINUE"))
    inside = 1 if count > 3 and draft.rng.random() < 0.4 else 0
    with _condition(draft, "IF", record, queries.conditions(draft, record.table, record)):
        if inside:
            fill(draft, 1, record)
        logic(draft, word)
    fill(draft, count - 2 - inside, record)


def again(draft: Draft, count: int) -> None:
    """Add a step, a test of its outcome and a way back to it, `count` >= 3 components in all.

    What others do meanwhile is tested: they rejected what they were asked to approve, or the
    record has not reached a state after a while.
    """
    record = draft.record
    if record is None:
        raise NotPossible("a test without a record")
    asked = [step for step in steps(draft, "ask_for_approval") if step.takes(record.table)]
    found = queries.answers(record, "rejected")
    order = draft.next_order
    if asked and found and not record.is_own:
        act(draft, asked[0])
    else:
        found = queries.not_yet(draft, record)
        if not found:
            raise NotPossible("nothing in scope that reaches a state")
        if count > 3:  # a reminder
            few(draft, steps(draft, "send_email", "send_sms"), 1)
        logic(draft, "TIMER")
    short = draft.annotation(order)
    inside = count - 2 - (draft.next_order - order)
    with draft.keep(record), _condition(draft, "IF", record, found):
        fill(draft, inside, record)
        draft.target = (order, short)
        logic(draft, "GOBACKTO")


def decide(draft: Draft, count: int) -> None:
    """Add a DECISION by table and a test behind it, `count` >= 3 components in all."""
    logic(draft, "DECISION")
    branch_on(draft, count - 1)


def variables(draft: Draft, count: int) -> None:
    """Add steps with flow variables that they set or append to, `count` >= 2 components in all."""
    logic(draft, draft.rng.choice(("SETFLOWVARIABLES", "APPENDFLOWVARIABLES")))
    fill(draft, count - 1)


def other_flow(draft: Draft, count: int) -> None:
    """Run another flow, and with two components or more read what it gave."""
    logic(draft, "DYNAMICFLOW")
    if count > 1:
        logic(draft, "GETFLOWOUTPUT")
        fill(draft, count - 2)


def pause(draft: Draft, count: int) -> None:
    """Wait, then go on: `count` >= 2 components in all."""
    logic(draft, "TIMER")
    fill(draft, count - 1)


class _Part(NamedTuple):
    """What can stand between steps: its least size, how common it is, if it needs a record."""

    add: Callable[[Draft, int], None]
    least: int
    weight: float
    on_record: bool = False


_PARTS = (
    _Part(branch_on, 2, 4, on_record=True),
    _Part(loop, 3, 2),
    _Part(try_catch, 4, 1),
    _Part(parallel, 4, 1),
    _Part(until, 3, 0.7, on_record=True),
    _Part(guard, 3, 0.7, on_record=True),
    _Part(again, 3, 0.4, on_record=True),
    _Part(decide, 3, 0.4, on_record=True),
    _Part(variables, 2, 0.8),
    _Part(other_flow, 1, 0.6),
    _Part(pause, 2, 0.6),
)
