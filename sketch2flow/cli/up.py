"""`sketch2flow up`: Dagster's webserver and daemon, until Ctrl-C."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import click

HOST = "127.0.0.1"  # Dagster has no log-in: whoever reaches the port can start runs.


@click.command(name="up")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def command(port: int) -> None:
    """Open Dagster's UI: webserver and daemon, until Ctrl-C.

    Runs in the foreground, reachable from this machine alone. Ctrl-C (or SIGTERM, or a closed
    terminal) ends both with all their processes; a training that is running gets time for its
    checkpoint.
    """
    from resources.deployment import check_settings
    from resources.installation import add_partitions, checkout_file, prepare
    from resources.runs import end_dead_runs
    from resources.sources import BUILT_IN
    from sketch2flow.cli.pipeline.services import Services

    if not is_free(port):
        raise click.ClickException(
            f"port {port} is taken: end what listens there, or use --port {port + 1}"
        )
    check_settings()
    folder = prepare()
    workspace = checkout_file("workspace.yaml")
    add_partitions(BUILT_IN)
    for line in end_dead_runs():
        click.echo(line)
    scripts, options = Path(sys.executable).parent, ["-w", str(workspace)]
    url = f"http://{HOST}:{port}"
    with Services(url, folder / "logs") as services:
        services.start(
            "webserver",
            [str(scripts / "dagster-webserver"), "-h", HOST, "-p", str(port), *options],
        )
        services.start("daemon", [str(scripts / "dagster-daemon"), "run", *options])
        click.echo(f"Dagster starts; its logs are in {folder / 'logs'}")
        if services.wait_until_answered():
            click.echo(f"{url}  (Ctrl-C ends it)")
            services.wait()
    if services.fallen:
        raise click.ClickException(services.fallen)
    click.echo("Dagster has ended.")


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
