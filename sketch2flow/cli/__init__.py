"""The command line: one file per command (group), loaded only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

import sketch2flow

# Command -> (module of this package, what `--help` says of it). The text stands here so that
# `sketch2flow --help` imports nothing else.
COMMANDS = {
    "demo": ("demo", "Run the whole pipeline at laptop size, then read one held-out drawing."),
    "up": ("up", "Open Dagster's UI: webserver and daemon, until Ctrl-C."),
    "sources": ("sources", "List data sources, or add a folder of pictures with JSON."),
    "backfill": ("backfill", "Fill a data source's assets in the running Dagster (GraphQL)."),
    "workflows": ("workflows", "Write synthetic workflows as JSON lines, or describe them."),
    "draw": ("draw", "Draw synthetic workflows as pictures with a manifest."),
    "train": ("train", "Finetune a model on a data set folder, outside Dagster."),
    "convert": ("convert", "Read pictures of workflows: picture in, workflow JSON out."),
    "score": ("score", "Score candidate workflows against references, StarFlow's metrics."),
    "bench": ("bench", "Measure a part against a named baseline."),
}


class LazyGroup(click.Group):
    """A command group that imports a command's module when the command is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
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
    """Run the command line; user errors are one line without a traceback."""
    sys.exit(group(prog_name="sketch2flow"))
