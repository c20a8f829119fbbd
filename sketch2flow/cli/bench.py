"""`sketch2flow bench`: every claim of speed, measured beside a named baseline."""

from __future__ import annotations

import importlib

import click

# Benchmark -> what `--help` says of it; each is a module of `benches` with a `command`.
BENCHES = {
    "score": "Tree edit distance: pairs per second, the default engine against mended APTED.",
    "draw": "Drawing: pictures per second of every source, against Graphviz anew per picture.",
}


class BenchGroup(click.Group):
    """A group that imports a benchmark's module when the benchmark is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in BENCHES:
            return None
        module = importlib.import_module(f"sketch2flow.cli.benches.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(BENCHES.items()))


@click.group(cls=BenchGroup)
def command() -> None:
    """Measure a part against a baseline that runs in the same process and minute.

    Only the ratio travels from one machine to another.
    """
