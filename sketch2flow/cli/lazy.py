"""A command group that imports a command's module only when that command is called."""

from __future__ import annotations

import importlib
from typing import Any

import click

from sketch2flow.cli.extras import explained


class LazyGroup(click.Group):
    """A group of modules, each with a click object `command`.

    `listed` maps a command, which is its module's name in `package`, to what `--help` says of
    it: the texts stand with the group, so that `--help` imports nothing else.
    """

    def __init__(self, *args: Any, package: str, listed: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.package, self.listed = package, listed

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.listed:
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            command = f"{ctx.command_path} {ctx.invoked_subcommand}"
            raise explained(error, command) or error from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.listed.items()))
