"""Graphviz, one way in: the system's `dot`, or the Graphviz inside pygraphviz's wheel, or none.

Both draw with our fonts, in a process that is kept (see `kept_dot`). The environment variable
SKETCH2FLOW_GRAPHVIZ forces one: `dot`, `library` (the wheel's) or `none`; without it the first
that works is taken.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from synth.diagram import DrawingError
from synth.drawing.fonts import SANS
from synth.drawing.kept_dot import KeptDot

logger = logging.getLogger(__name__)

VARIABLE = "SKETCH2FLOW_GRAPHVIZ"
WISHES = ("dot", "library", "none")
CURE = "install the system's graphviz, or `pip install pygraphviz`"

# Empty boxes, which stand for letters of a font that is not found, are twice as wide.
_TRIAL = "illicit jilt"


class Graphviz(Protocol):
    """Lays a graph out, and rasters it if asked."""

    def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
        """Return the layout of the DOT text `source` in Graphviz's plain format, and its PNG.

        Raises DrawingError where Graphviz refuses the graph.
        """
        ...


def graphviz() -> Graphviz | None:
    """Return this process's Graphviz, None where there is none; the log says which, once.

    Raises DrawingError, with the cure, where SKETCH2FLOW_GRAPHVIZ wishes for what is not there.
    """
    wish = os.environ.get(VARIABLE, "")
    with _state.lock:
        if wish not in _state.chosen:
            _state.chosen[wish] = _choose(wish)
        return _state.chosen[wish]


def required_graphviz() -> Graphviz:
    """Return `graphviz()`; raises DrawingError, with the cure, where there is none."""
    found = graphviz()
    if found is None:
        raise DrawingError(f"no Graphviz: {CURE}")
    return found


def end_processes() -> None:
    """End the `dot` that this process keeps, if any; the next graph starts a new one."""
    for engine in list(_state.chosen.values()):
        if engine is not None:
            engine.close()


class _State:
    """What this process has chosen, by wish."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.chosen: dict[str, KeptDot | None] = {}

    def forked(self) -> None:
        """Start anew in a forked child, which must not share its parent's pipes."""
        self.lock = threading.Lock()
        for engine in self.chosen.values():
            if engine is not None:
                engine.leave_to_parent()


_state = _State()
os.register_at_fork(after_in_child=_state.forked)
atexit.register(end_processes)


def _choose(wish: str) -> KeptDot | None:
    if wish not in ("", *WISHES):
        raise DrawingError(f"{VARIABLE}: {wish!r:.40} is none of {', '.join(WISHES)}")
    if wish == "none":
        logger.info("Graphviz: none, as %s wishes; steps are laid out in blocks", VARIABLE)
        return None
    faults: list[str] = []
    for name, find in (("dot", _system_command), ("library", _library_command)):
        if wish in ("", name):
            command, title = find()
            fault = _fault(command, title)
            if not fault:
                logger.info("Graphviz: %s", " and ".join([*faults, f"{title} is used"]))
                return KeptDot(command)
            faults.append(fault)
    why = ", ".join(faults)
    if wish:
        raise DrawingError(f"{VARIABLE}={wish}, but {why}: {CURE}, or unset it")
    logger.warning("no Graphviz (%s): steps are laid out in blocks; %s", why, CURE)
    return None


def _system_command() -> tuple[list[str], str]:
    program = shutil.which("dot")
    return ([program], program) if program else ([], "`dot`")


def _library_command() -> tuple[list[str], str]:
    title = "the library inside pygraphviz"
    if find_spec("pygraphviz") is None:
        return [], title
    # -P: what lies beside the script is not to be taken for the standard library's.
    return [sys.executable, "-P", str(Path(__file__).with_name("wheel_dot.py"))], title


def _fault(command: list[str], title: str) -> str:
    """Return why the Graphviz that `command` starts cannot be used, "" where it can."""
    if not command:
        return f"{title} is not installed"
    trial = KeptDot(command)
    graph = f'digraph {{ a [label="{_TRIAL}" shape=plain fontsize=14 fontname="{SANS.name}"] }}'
    try:
        plain, _ = trial.run(graph, picture=True)
    except DrawingError as error:
        return f"{title} fails ({error})"
    finally:
        trial.close()
    points = float(plain.split()[2]) * 72
    wide = points > 1.5 * SANS.at(14).getlength(_TRIAL)
    return f"{title} does not find our fonts" if wide else ""
