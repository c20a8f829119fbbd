"""From the blocks of a process to the components of a workflow document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sketch2flow.workflow import Component, Input, Workflow
from sketch2flow.workflow.document import MAX_COMPONENTS, MAX_TEXT_CHARACTERS
from synth.readers.bpmn import conditions
from synth.readers.bpmn.blocks import Branch, Branches, Item, Loop, Step
from synth.readers.bpmn.conditions import Condition
from synth.readers.bpmn.missing import missing_in
from synth.readers.bpmn.parsing import Element
from synth.readers.bpmn.process import Node, Process
from synth.readers.bpmn.reduction import reduce_scope
from synth.readers.bpmn.steps import meaning_of
from synth.readers.bpmn.triggers import record_of, trigger_of
from synth.readers.items import Unreadable

MAX_NESTING = 40

_EACH, _AGAIN = "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"


def workflow_of(process: Process) -> tuple[Workflow, list[str]]:
    """Return the document of a process, and in words what only one of the two has.

    Raises Unreadable (Refused, naming the element) for what is not block-structured, has no
    counterpart on the platform, or is beyond the limits of a document.
    """
    trigger, unmapped = trigger_of(process)
    writer = _Writer(record_of(trigger), unmapped)
    writer.write(reduce_scope(process.scope), follows=False)
    if not writer.components:
        raise Unreadable(f"process {process.scope.element.identifier!r:.80}: no step in it")
    unmapped += [f"{count} {name}" for name, count in sorted(process.dropped.items())]
    workflow = Workflow(
        type="flow" if trigger is not None else "subflow",
        scope="global",
        trigger=trigger,
        components=tuple(writer.components),
    )
    return workflow, [*unmapped, *missing_in(workflow)]


class _Writer:
    """Writes components in document order; the recursion is as deep as their nesting."""

    def __init__(self, record: str | None, unmapped: list[str]) -> None:
        self.components: list[Component] = []
        self._record = record
        self._unmapped = unmapped
        self._blocks: list[int] = []
        self._found: int | None = None  # the look-up whose records a loop can go over
        self._parallel = 0  # how many parallel blocks are open
        self._last: dict[int | None, str] = {}  # block -> the definition of its last component

    def write(self, items: Sequence[Item], follows: bool) -> None:
        """Write a sequence; `follows` says whether anything comes behind it in the flow."""
        at = 0
        while at < len(items):
            item = items[at]
            at += 1
            behind = follows or at < len(items)
            if isinstance(item, Step):
                self._step(item.node)
            elif isinstance(item, Loop):
                with self._open("DOUNTIL", conditions.until(item.node, item.exits, item.backs)):
                    self.write(item.items, follows=True)
            elif item.kind == "and":
                self._parallel_branches(item, behind)
            elif item.kind == "try":
                self._try(item, behind)
            else:
                through = None if behind or self._parallel else _way_through(item)
                self._cases(item, through, behind or through is not None)
                if through is not None:  # it goes on at this level, not in an ELSE
                    items, at = through.items, 0

    def _cases(self, item: Branches, through: Branch | None, follows: bool) -> None:
        """Write IF, ELSEIF and ELSE; the branch `through` goes on behind them."""
        branches = [
            Branch(branch.flow, []) if branch is through else _without_end(branch, follows)
            for branch in item.branches
        ]
        written = conditions.cases(item.node, branches)
        if not written:
            name = item.node.element.identifier
            self._unmapped.append(f"gateway {name!r:.80}: nothing stands on its branches")
        for case in written:
            with self._open(case.word, case.condition):
                self._branch(item.node, case.branch, follows)

    def _parallel_branches(self, item: Branches, follows: bool) -> None:
        branches = [branch for branch in item.branches if branch.has_steps]
        if len(branches) == 1:
            self.write(branches[0].items, follows)
            return
        if branches and self._last.get(self._block_order()) == "PARALLEL":
            raise item.node.refused(
                "parallel branches directly behind others; a document cannot tell them apart"
            )
        self._parallel += 1
        for branch in branches:
            label = branch.flow.label if branch.flow is not None else ""
            text = label or item.node.label if item.node.kind == "parallelGateway" else label
            with self._open("PARALLEL", Condition(text or "in parallel", "")):
                self.write(branch.items, follows)
        self._parallel -= 1

    def _try(self, item: Branches, follows: bool) -> None:
        tried, handled = item.branches
        event = item.node.handler
        said = event.label if event is not None else ""
        with self._open("TRY", Condition(f"try: {item.node.label}".rstrip(": "), "")):
            self._branch(item.node, _without_end(tried, follows), follows)
        with self._open("CATCH", Condition(said or "on error", "")):
            before = len(self.components)
            self._branch(item.node, _without_end(handled, follows), follows)
            if len(self.components) == before:
                # Nothing is done about the error, and a CATCH holds a step.
                message = said or "error"
                self._add("action", "log", "global", message, [("log_message", message)])

    def _branch(self, node: Node, branch: Branch, follows: bool) -> None:
        """Write what stands on a branch, with an END where the flow would go on behind it."""
        self.write(branch.items, follows and not branch.ends)
        if branch.ends and follows:
            if self._parallel:
                raise node.refused("a branch ends inside parallel ones; END would end the flow")
            text = branch.end.label if branch.end is not None else ""
            self._add("flowlogic", "END", "global", text or "end")

    def _step(self, node: Node) -> None:
        """Write a task, event or subprocess, inside the loop that its marker says."""
        marker = node.element.first(_EACH, _AGAIN)
        if marker is None:
            self._inner(node)
        elif marker.name == _EACH:
            found = self._found
            items = [("items", f"{{{{step_{found}.records}}}}")] if found is not None else []
            with self._block("FOREACH", _for_each(node, marker), items):
                self._inner(node)
        else:
            code = marker.first("loopCondition")
            said = conditions.while_condition(code.words() if code is not None else "")
            with self._open("DOUNTIL", said):
                self._inner(node)

    def _inner(self, node: Node) -> None:
        if node.inside is not None:
            if node.label and node.element.first(_EACH, _AGAIN) is None:
                self._unmapped.append(f"the name {node.label[:80]!r} of an inlined subprocess")
            before = len(self.components)
            self.write(reduce_scope(node.inside), follows=True)
            if len(self.components) == before:
                raise node.refused("no step in it")
            return
        found = meaning_of(node, self._record)
        order = self._add(
            found.category, found.definition, found.scope, found.annotation, found.inputs
        )
        if found.definition == "look_up_records":
            self._found = order

    @contextmanager
    def _open(self, word: str, condition: Condition) -> Iterator[None]:
        query = [("condition", condition.query)] if condition.query else []
        with self._block(word, condition.text, query):
            yield

    @contextmanager
    def _block(self, word: str, text: str, inputs: list[tuple[str, str]]) -> Iterator[None]:
        order = self._add("flowlogic", word, "global", text, inputs)
        if len(self._blocks) >= MAX_NESTING:
            raise Unreadable(f"blocks are nested deeper than {MAX_NESTING}")
        self._blocks.append(order)
        found = self._found
        yield
        self._found = found  # what a block finds is not seen outside it
        self._blocks.pop()

    def _block_order(self) -> int | None:
        return self._blocks[-1] if self._blocks else None

    def _add(
        self,
        category: str,
        definition: str,
        scope: str,
        annotation: str,
        inputs: Sequence[tuple[str, str]] = (),
    ) -> int:
        if len(self.components) == MAX_COMPONENTS:
            raise Unreadable(f"more than {MAX_COMPONENTS:,} components")
        texts = [annotation, *(value for _, value in inputs)]
        if any(len(text) > MAX_TEXT_CHARACTERS for text in texts):
            raise Unreadable(f"a name of more than {MAX_TEXT_CHARACTERS:,} characters")
        order = len(self.components) + 1
        self._last[self._block_order()] = definition
        self.components.append(
            Component(
                annotation=annotation,
                category=category,  # type: ignore[arg-type]
                definition=definition,
                scope=scope,
                order=order,
                block=self._block_order(),
                inputs=tuple(Input(name=name, value=value) for name, value in inputs) or None,
            )
        )
        return order


def _way_through(item: Branches) -> Branch | None:
    """Return the branch that goes on while the others end: the only one with flow logic.

    So that a process which ends early reads as tests with an END, not as ever deeper ELSEs.
    """
    if not all(branch.ends for branch in item.branches):
        return None
    able = [one for one in item.branches if any(not isinstance(part, Step) for part in one.items)]
    return able[0] if len(able) == 1 else None


def _without_end(branch: Branch, follows: bool) -> Branch:
    """Return the branch; where nothing follows the flow ends anyway, without an END."""
    if follows:
        return branch
    return Branch(branch.flow, branch.items if branch.has_steps else [])


def _for_each(node: Node, marker: Element) -> str:
    """Return the words of a FOREACH: the name of its items where the file gives one."""
    item = marker.first("inputDataItem")
    each = item.label if item is not None and item.label else "item"
    if node.inside is not None and node.label:
        return f"for each {each}: {node.label}"
    return f"for each {each}"
