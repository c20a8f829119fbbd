"""Random block-structured processes: as BPMN, and as the outline that they must read as."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.synth.readers.bpmn_files import Outline, bpmn, event, flows, node

Tree = list[
    Any
]  # of ("step",), ("if", [tree, ...], ends), ("and", [tree, ...]), ("loop", tree), ...


def trees(depth: int, may_end: bool = True) -> st.SearchStrategy[Tree]:
    """Return sequences: a step first, so that parallel branches never stand behind others.

    Where `may_end`, a first branch of three may end the flow.
    """
    if depth == 0:
        return st.lists(st.just(("step",)), min_size=1, max_size=2)
    inner = trees(depth - 1, may_end)
    closed = trees(depth - 1, may_end=False)
    no = st.just([])
    ends = st.booleans() if may_end else st.just(False)
    block = st.one_of(
        st.just(("step",)),
        st.tuples(st.just("if"), st.lists(inner, min_size=2, max_size=2), st.just(False)),
        st.tuples(st.just("if"), st.lists(inner, min_size=3, max_size=4), ends),
        st.tuples(st.just("if"), st.tuples(inner, no), st.just(False)),
        st.tuples(st.just("and"), st.lists(closed, min_size=2, max_size=3)),
        st.tuples(st.just("loop"), inner, st.booleans()),
        st.tuples(st.just("try"), st.one_of(no, inner), ends),
        st.tuples(st.just("each"), closed),
        st.tuples(st.just("sub"), closed),
    )
    return st.lists(block, max_size=3).map(
        lambda blocks: [("step",), *itertools.chain.from_iterable((b, ("step",)) for b in blocks)]
    )


@dataclass
class Built:
    """A tree as BPMN elements and ways, and as the components that it must become."""

    parts: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    outline: Outline = field(default_factory=list)
    count: int = 0

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def say(self, block: int | None, definition: str, annotation: str) -> int:
        self.outline.append((block, definition, annotation))
        return len(self.outline)

    def task(self, block: int | None) -> str:
        name = self.new("do")
        self.parts.append(node("serviceTask", name, name))
        self.say(block, "send_rest_request", name)
        return name

    def sequence(self, tree: Tree, block: int | None, at: str) -> str:
        """Add a sequence behind the element `at`; return its last element."""
        for item in tree:
            at = getattr(self, item[0])(block, at, *item[1:])
        return at

    def step(self, block: int | None, at: str) -> str:
        name = self.task(block)
        self.ways.append(f"{at} > {name}")
        return name

    def gateways(self, kind: str, at: str) -> tuple[str, str]:
        split, join = self.new("split"), self.new("join")
        self.parts += [node(kind, split, f"{split}?"), node(kind, join)]
        self.ways.append(f"{at} > {split}")
        return split, join

    def branch(self, tree: Tree, block: int | None, split: str, label: str, join: str) -> None:
        """Add one branch; its first way has the label."""
        start = len(self.ways)
        last = self.sequence(tree, block, split)
        if tree:
            self.ways[start] += f": {label}" if label else ""
            self.ways.append(f"{last} > {join}")
        else:
            self.ways.append(f"{split} > {join}: {label}")

    def if_(self, block: int | None, at: str, branches: list[Tree], ends: bool) -> str:
        split, join = self.gateways("exclusiveGateway", at)
        full = [tree for tree in branches if tree]
        for number, tree in enumerate(branches):
            label = f"case {number}"
            if not tree:
                self.branch([], block, split, label, join)
                continue
            is_last = tree is full[-1] and len(full) == len(branches)
            word = "IF" if number == 0 else "ELSE" if is_last else "ELSEIF"
            order = self.say(block, word, f"{split}? {label}")
            stops = ends and number == 0
            target = self.new("stop") if stops else join
            if stops:
                self.parts.append(node("endEvent", target, f"stopped {target}"))
            self.branch(tree, order, split, label, target)
            if stops:
                self.say(order, "END", f"stopped {target}")
        return join

    def and_(self, block: int | None, at: str, branches: list[Tree]) -> str:
        split, join = self.gateways("parallelGateway", at)
        for tree in branches:
            self.branch(tree, self.say(block, "PARALLEL", f"{split}?"), split, "", join)
        return join

    def loop(self, block: int | None, at: str, tree: Tree, reworked: bool) -> str:
        merge, split = self.new("merge"), self.new("again")
        self.parts += [node("exclusiveGateway", one, f"{one}?") for one in (merge, split)]
        self.ways.append(f"{at} > {merge}")
        order = self.say(block, "DOUNTIL", f"until {split}? good")
        last = self.sequence(tree, order, merge)
        self.ways.append(f"{last} > {split}")
        if reworked:
            rework = self.task(self.say(order, "IF", f"{split}? bad"))
            self.ways += [f"{split} > {rework}: bad", f"{rework} > {merge}"]
        else:
            self.ways.append(f"{split} > {merge}: bad")
        done = self.new("done")
        self.parts.append(node("intermediateThrowEvent", done, done))
        self.ways.append(f"{split} > {done}: good")
        self.say(block, "log", done)
        return done

    def try_(self, block: int | None, at: str, tree: Tree, stops: bool) -> str:
        order = self.say(block, "TRY", f"try: do{self.count + 1}")
        risky = self.task(order)
        border, join = self.new("error"), self.new("join")
        self.parts.append(event("boundaryEvent", border, border, on="error", attachedToRef=risky))
        self.parts.append(node("exclusiveGateway", join))
        self.ways += [f"{at} > {risky}", f"{risky} > {join}"]
        order = self.say(block, "CATCH", border)
        if not tree and not stops:
            self.say(order, "log", border)
        last = self.sequence(tree, order, border)
        if stops:
            stop = self.new("stop")
            self.parts.append(node("endEvent", stop))
            self.ways.append(f"{last} > {stop}")
            self.say(order, "END", "end")
        else:
            self.ways.append(f"{last} > {join}")
        return join

    def each(self, block: int | None, at: str, tree: Tree) -> str:
        name = self.new("sub")
        order = self.say(block, "FOREACH", f"for each item: {name}")
        self.subprocess(name, tree, order, "<bpmn:multiInstanceLoopCharacteristics/>")
        self.ways.append(f"{at} > {name}")
        return name

    def sub(self, block: int | None, at: str, tree: Tree) -> str:
        name = self.new("sub")
        self.subprocess(name, tree, block, "")
        self.ways.append(f"{at} > {name}")
        return name

    def subprocess(self, name: str, tree: Tree, block: int | None, marker: str) -> None:
        parts, ways = self.parts, self.ways
        self.parts, self.ways = [], []
        start, end = self.new("start"), self.new("end")
        last = self.sequence(tree, block, start)
        self.ways.append(f"{last} > {end}")
        inside = [node("startEvent", start), *self.parts, node("endEvent", end), flows(*self.ways)]
        self.parts, self.ways = parts, ways
        self.parts.append(node("subProcess", name, name, marker + "\n".join(inside)))


def built(tree: Tree) -> tuple[str, Outline]:
    """Return a tree as a BPMN file, and the outline of the document that it is."""
    made = Built()
    named = [_renamed(item) for item in tree]
    last = made.sequence(named, None, "start")
    made.ways.append(f"{last} > end")
    return bpmn(*made.parts, flows(*made.ways)), made.outline


def _renamed(item: Any) -> Any:
    """Return the item with method names in the place of Python's words, all the way down."""
    if isinstance(item, tuple) and item and isinstance(item[0], str):
        words = {"if": "if_", "and": "and_", "try": "try_"}
        return (words.get(item[0], item[0]), *(_renamed(part) for part in item[1:]))
    if isinstance(item, list | tuple):
        return [_renamed(part) for part in item]
    return item
