"""The extras of the installation: named in one line where a command needs one that is missing."""

from __future__ import annotations

from importlib.util import find_spec

import click

# As in pyproject.toml: extra -> the modules that come with it.
EXTRAS = {
    "pipeline": ("dagster", "dagster_graphql", "dagster_webserver", "duckdb"),
    "draw": ("albumentations", "graphviz", "isal", "pygraphviz"),
    "fast": ("numba",),
}


def require_drawing() -> None:
    """Refuse to go on where pictures cannot be written; without Graphviz they still can."""
    if find_spec("isal") is None:
        raise _missing("drawing", "isal", "draw")


def explained(error: ModuleNotFoundError, command: str) -> click.ClickException | None:
    """Return the line for who lacks the extra that `command` needs, None if it belongs to none."""
    module = (error.name or "").split(".")[0]
    extra = next((extra for extra, modules in EXTRAS.items() if module in modules), None)
    return _missing(command, module, extra) if extra else None


def _missing(who: str, module: str, extra: str) -> click.ClickException:
    return click.ClickException(
        f"{who} needs {module}, which is not installed: "
        f"run pip install '.[{extra}]' in the checkout of sketch2flow"
    )
