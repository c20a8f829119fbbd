"""From a process to blocks: its graph is folded, piece by piece, until one block is left.

Every fold is one of a structured program: a sequence, branches that meet again or end, a loop with
its test at the end. What cannot be folded is not block-structured and refused. Nothing recurses,
so that no nesting is too deep here.
"""

from __future__ import annotations

from dataclasses import dataclass

from synth.readers.bpmn.blocks import Branch, Branches, Item, Loop
from synth.readers.bpmn.graph import Edge, Vertex, graph_of, link
from synth.readers.bpmn.process import Scope


def reduce_scope(scope: Scope) -> list[Item]:
    """Return the blocks of a process or a subprocess; Refused names what is not structured."""
    vertices = graph_of(scope)
    while True:
        folded = [_fold(vertex) for vertex in vertices if not vertex.gone]
        vertices = [vertex for vertex in vertices if not vertex.gone]
        if not any(folded) and not any(map(_fold_guard, vertices)) and not _unpin(vertices):
            return _whole(vertices)


@dataclass(eq=False)
class _Way:
    """A branch that is one block or nothing, up to the join that it leads to (None: it ends)."""

    branch: Branch
    first: Edge
    last: Edge | None
    block: Vertex | None
    join: Vertex | None
    back: bool

    def take(self) -> None:
        """Take it out of the graph; its items are in a fold now."""
        self.first.unlink()
        if self.last is not None and self.last is not self.first:
            self.last.unlink()
        if self.block is not None:
            self.block.gone = True


def _way(edge: Edge) -> _Way | None:
    """Return the way that begins with an edge, None while it is not folded to one block."""
    head = edge.head
    if head.role == "join":
        return _Way(Branch(edge.flow, []), edge, edge, None, head, edge.back)
    if head.role == "split" or len(head.ins) > 1:
        return None
    if not head.outs:
        branch = Branch(edge.flow, head.items, ends=True, end=head.end)
        return _Way(branch, edge, None, head, None, back=False)
    behind = head.outs[0]
    if behind.head.role != "join":
        return None
    branch = Branch(edge.flow, head.items)
    return _Way(branch, edge, behind, head, behind.head, edge.back or behind.back)


def _fold(vertex: Vertex) -> bool:
    """Fold what begins at a vertex, if it can be folded; say whether it was."""
    if vertex.gone:
        return False
    if vertex.role == "block":
        return _fold_sequence(vertex)
    if vertex.role == "join":
        return _fold_loop(vertex)
    return (vertex.kind == "try" and _fold_try(vertex)) or _fold_branches(vertex)


def _fold_sequence(block: Vertex) -> bool:
    """Fold blocks into the block that alone leads to them."""
    folded = False
    while len(block.outs) == 1 and not block.pinned:
        edge = block.outs[0]
        head = edge.head
        if head.role != "block" or head is block or head.pinned:
            break
        block.items += head.items
        block.end = head.end
        edge.unlink()
        for one in list(head.outs):
            one.move_tail(block)
        head.gone = folded = True
    return folded


def _fold_branches(split: Vertex) -> bool:
    """Fold branches that all end or lead to one and the same join."""
    ways = [way for edge in split.outs if (way := _way(edge)) is not None]
    going_on = [way for way in ways if way.join is not None]
    joins = {way.join for way in going_on if way.join is not None}
    backs = {way.back for way in going_on}
    if len(ways) < len(split.outs) or len(joins) > 1 or len(backs) > 1:
        return False
    if True in backs and len(going_on) < len(ways):
        return False  # the loop is left inside a branch
    assert split.kind
    branches = [way.branch for way in ways]
    fold = Branches(split.kind, split.node, branches)
    is_alike = all(one.is_empty for one in branches) or all(one.ends for one in branches)
    # Where nothing is done whichever way is taken, nothing is left of it.
    is_hollow = not fold.has_steps and (split.kind == "and" or is_alike)
    for join in joins:
        _check_meeting(split, join, len(going_on))
    for way in ways:
        way.take()
    split.become_block([] if is_hollow else [fold])
    for join in joins:
        link(split, join, back=backs.pop())
        join.simplify()
    return True


def _check_meeting(split: Vertex, join: Vertex, going_on: int) -> None:
    if split.kind == "and" and join.kind == "xor" and going_on > 1:
        raise join.node.refused("parallel branches meet here: what follows would run for each")
    if split.kind != "and" and join.kind == "and" and going_on > 1:
        raise join.node.refused("it waits for branches of which only one is taken")


def _fold_guard(split: Vertex) -> bool:
    """Fold the branches that end where a single other one goes on, out of what is no block."""
    if split.role != "split" or split.kind != "xor":
        return False
    ways = [(edge, _way(edge)) for edge in split.outs]
    ending = [way for _, way in ways if way is not None and way.join is None]
    if not ending or len(ending) != len(ways) - 1:
        return False
    branches = []
    for edge, way in ways:
        is_ending = way is not None and way.join is None
        branches.append(way.branch if way is not None and is_ending else Branch(edge.flow, []))
    for one in ending:
        one.take()
    split.become_block([Branches("xor", split.node, branches)])
    return True


def _fold_try(split: Vertex) -> bool:
    """Fold a step whose error leads to an end, out of what follows the step."""
    step, error = (_way(edge) for edge in split.outs)
    block = split.outs[0].head
    if step is not None or error is None or error.join is not None or block.role != "block":
        return False
    split.outs[0].unlink()
    error.take()
    tried = Branches("try", split.node, [Branch(None, block.items), error.branch])
    for edge in list(block.outs):
        edge.move_tail(split)
    block.gone = True
    split.become_block([tried])
    return True


def _fold_loop(join: Vertex) -> bool:
    """Fold a join, steps and the split behind them of which some branches lead back."""
    if join.kind == "and" or not join.outs:
        return False
    body: Vertex | None = None
    split = join.outs[0].head
    if split.role == "block" and len(split.outs) == 1 and not split.pinned:
        body, split = split, split.outs[0].head
    if split.role != "split" or split.kind == "and":
        return False
    ways = [(edge, _way(edge)) for edge in split.outs]
    backs = [way for _, way in ways if way is not None and way.back and way.join is join]
    exits = [edge for edge, way in ways if way not in backs]
    if not backs or not exits:
        return False
    if split.kind == "try":
        return _fold_retry(join, body, split, backs)
    items = list(body.items) if body is not None else []
    again = [way.branch for way in backs]
    if any(branch.items for branch in again):
        # What is done on the way back is done in the loop, unless it is left.
        stay = [Branch(edge.flow, []) for edge in exits]
        items.append(Branches("xor", split.node, [*again, *stay]))
    if not any(item.has_steps for item in items):
        raise split.node.refused("a loop without a step")
    exit_flows = [edge.flow for edge in exits if edge.flow is not None]
    back_flows = [branch.flow for branch in again if branch.flow is not None]
    place = body or next(way.block for way in backs if way.block is not None)
    for way in backs:
        way.take()
    _take_body(join, body)
    place.items, place.gone = [Loop(split.node, items, exit_flows, back_flows)], False
    link(join, place)
    if len(exits) == 1:
        exits[0].move_tail(place)
        exits[0].flow = None
        split.gone = True
    else:
        link(place, split)
    join.simplify()
    return True


def _fold_retry(join: Vertex, body: Vertex | None, split: Vertex, backs: list[_Way]) -> bool:
    """Fold a step whose error leads back to before it: it is tried until it succeeds."""
    step_edge, error_edge = split.outs
    block = step_edge.head
    (error,) = backs
    if error.first is not error_edge or block.role != "block":
        return False
    tried = Branches("try", split.node, [Branch(None, block.items), error.branch])
    before = list(body.items) if body is not None else []
    error.take()
    step_edge.unlink()
    _take_body(join, body)
    split.gone = True
    block.items, block.pinned = [Loop(split.node, [*before, tried])], False
    link(join, block)
    join.simplify()
    return True


def _take_body(join: Vertex, body: Vertex | None) -> None:
    """Take what stands between a loop's join and its split out of the graph."""
    join.outs[0].unlink()
    if body is not None:
        body.outs[0].unlink()
        body.gone = True


def _unpin(vertices: list[Vertex]) -> bool:
    """Let the first step with an error event be joined by what follows it, for its try."""
    pinned = next((vertex for vertex in vertices if vertex.pinned), None)
    if pinned is not None:
        pinned.pinned = False
    return pinned is not None


def _whole(left: list[Vertex]) -> list[Item]:
    """Return the items of the only block that is left; Refused if there is more."""
    if len(left) == 1 and left[0].role == "block" and not left[0].outs:
        return left[0].items
    split = next((vertex for vertex in left if vertex.role == "split"), None)
    if split is not None:
        raise split.node.refused(
            "not block-structured: its branches neither meet again nor end by themselves"
        )
    join = next((vertex for vertex in left if vertex.role == "join"), left[0])
    raise join.node.refused("not block-structured: a loop that nothing leaves")
