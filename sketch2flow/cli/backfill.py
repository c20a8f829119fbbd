"""`sketch2flow backfill`: an asset backfill in the running Dagster, over GraphQL."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

import click

from sketch2flow.cli.pipeline.graphql import (
    Backfill,
    DagsterClient,
    DagsterError,
    http_transport,
)

PARTITIONS = "data_source"
SECONDS_BETWEEN_LOOKS = 2.0
# Dagster's daemon gives a sign of life every 30 seconds; none in this time, and it is gone.
LOOKS_WITHOUT_DAEMON = 45


@click.command(name="backfill")
@click.argument("names", nargs=-1, required=True)
@click.option("--wait", is_flag=True, help="Show its progress until it ends.")
@click.option("--downstream", is_flag=True, help="Also what follows: data set to champion, once.")
@click.option("--url", default="http://127.0.0.1:3000", show_default=True, help="The webserver.")
def command(names: tuple[str, ...], wait: bool, downstream: bool, url: str) -> None:
    """Fill the assets of data sources NAMES in the running Dagster (GraphQL).

    Starts one asset backfill: workflows, diagrams and augmented_diagrams, a run for each source.
    What is made already is reused. With --wait the exit status is 1 if it fails, and the failed
    runs are named; or if no daemon is there that would carry it out.
    """
    from resources.sources import SourceRegistry
    from resources.storage import Storage

    if not url.startswith(("http://", "https://")):
        raise click.ClickException(f"{url} is no address of a webserver (http://HOST:PORT)")
    registry = SourceRegistry(Storage())
    sources = [registry.get(name).name for name in dict.fromkeys(names)]
    client = DagsterClient(http_transport(url))
    identifier = start(client, sources, downstream)
    click.echo(f"{url}/runs/b/{identifier}")
    ended = watch(client, identifier, click.echo) if wait else None
    if ended and not ended.succeeded():
        raise click.ClickException(what_failed(ended, url))


def start(client: DagsterClient, sources: Sequence[str], downstream: bool) -> str:
    """Add the sources' partitions where they are missing, start a backfill, return its name."""
    assets = client.assets()
    for source in sources:
        client.add_partition(PARTITIONS, source)
    chosen = [asset for asset in assets if asset.partitions == PARTITIONS or downstream]
    return client.launch(chosen, sources, f"sketch2flow backfill {' '.join(sources)}")


def watch(
    client: DagsterClient,
    identifier: str,
    say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Backfill:
    """Return the backfill when it has ended; say how its runs stand whenever that changes.

    Raises DagsterError when no daemon is there that would carry it on.
    """
    said, looks, heartbeat = "", 0, client.heartbeat()
    while True:
        backfill = client.backfill(identifier)
        standing = describe(backfill)
        if standing != said:
            say(standing)
            said = standing
        if backfill.ended():
            return backfill
        looks += 1
        if looks % LOOKS_WITHOUT_DAEMON == 0:
            before, heartbeat = heartbeat, client.heartbeat()
            if heartbeat == before:
                raise DagsterError(
                    "Dagster's daemon gives no sign of life: start it with `sketch2flow up` (or "
                    "`dagster-daemon run`); the backfill goes on then"
                )
        sleep(SECONDS_BETWEEN_LOOKS)


def describe(backfill: Backfill) -> str:
    """Return how a backfill stands in one line."""
    states = Counter(run.status.lower() for run in backfill.runs)
    runs = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return f"backfill {backfill.status.lower().replace('_', ' ')}; runs: {runs or 'none yet'}"


def what_failed(backfill: Backfill, url: str) -> str:
    """Return which runs of a backfill failed, or why it has none, in one line."""
    runs = [
        f"run {run.identifier} ({run.source or 'unpartitioned'}) {run.status.lower()}: "
        f"{url}/runs/{run.identifier}"
        for run in backfill.failed()
    ]
    return "; ".join(runs) or f"the backfill ended as {backfill.status}: {backfill.error}"
