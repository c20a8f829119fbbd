"""A `dot` for machines without one: a script around the Graphviz inside pygraphviz's wheel.

It takes the options of `dot` that we use (-TFORMAT, one or more) and behaves as `dot` does: graphs
come in on standard input, answers go out on standard output, the first error ends it. A process of
its own, so that what Graphviz does to it (an abort, a loop without end) is survived. It imports
nothing of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(formats: Sequence[str]) -> None:
    """Answer every graph that comes in with its layout in each of `formats`."""
    from pygraphviz import graphviz as calls

    context = calls.gvContextWithBuiltins()
    while (graph := _next(calls)) is not None:
        if calls.gvLayout(context, graph, b"dot") != 0:
            sys.exit("Error: no layout")
        for form in formats:
            # The wrapper gives [status, data], or the bare status where there is no data.
            answer = calls.gvRenderData(context, graph, form.encode())
            if not isinstance(answer, list) or answer[0] != 0 or not answer[1]:
                sys.exit(f"Error: nothing to write as {form}")
            data: str | bytes = answer[1]
            sys.stdout.buffer.write(data.encode() if isinstance(data, str) else data)
        sys.stdout.buffer.flush()
        calls.gvFreeLayout(context, graph)
        calls.agclose(graph)


def _next(calls: object) -> object | None:
    """Return the next graph, None where there is none or a broken one (Graphviz has said so).

    Every call reads through a buffer of its own and drops what is left in it: nothing, as the
    next graph is sent when this one is answered.
    """
    try:
        graph: object = calls.agread(sys.stdin.buffer, None)  # type: ignore[attr-defined]
    except ValueError:
        return None
    return graph


if __name__ == "__main__":
    main([option.removeprefix("-T") for option in sys.argv[1:]])
