"""The command line: one file per command (group), loaded only when it is called."""

from __future__ import annotations

import sys
from typing import Any

import click

import sketch2flow
from sketch2flow.cli.lazy import LazyGroup
from sketch2flow.cli.mistakes import mistake_of

# Command -> what `--help` says of it; each is a module of this package with a `command`.
COMMANDS = {
    "demo": "Run the whole pipeline at laptop size, then read one held-out drawing.",
    "up": "Open Dagster's UI: webserver and daemon, until Ctrl-C.",
    "sources": "List data sources, or add a folder of pictures with JSON.",
    "backfill": "Fill a data source's assets in the running Dagster (GraphQL).",
    "workflows": "Write synthetic workflows as JSON lines, or describe them.",
    "draw": "Draw synthetic workflows as pictures with a manifest.",
    "gallery": "Show every drawing style there is, side by side on one page.",
    "train": "Finetune a model on a data set folder, outside Dagster.",
    "convert": "Read pictures of workflows: picture in, workflow JSON out.",
    "score": "Score candidate workflows against references, StarFlow's metrics.",
    "explain": "Say what costs a pair, or a whole file of pairs, its score.",
    "bench": "Measure a part against a named baseline.",
}


class CommandLine(LazyGroup):
    """All commands; a user's mistake in any of them is one line, with exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            mistake = mistake_of(error)
            if mistake is None:
                raise
            raise click.ClickException(mistake) from None


@click.group(
    cls=CommandLine,
    package=__name__,
    listed=COMMANDS,
    epilog="""
\b
From nothing to a read sketch:   sketch2flow demo
Look at it in the browser:       sketch2flow up
Read your own picture:           sketch2flow convert picture.png --draw
\b
Files live under $SKETCH2FLOW_HOME (default: ./var). Every command has --help.
""",
)
@click.version_option(sketch2flow.__version__, prog_name="sketch2flow")
def group() -> None:
    """A picture of a workflow goes in; the workflow as structured JSON comes out.

    sketch2flow makes workflows, draws them, trains a model that reads them, and scores it.
    """


def main() -> None:
    """Run the command line."""
    sys.exit(group(prog_name="sketch2flow"))
