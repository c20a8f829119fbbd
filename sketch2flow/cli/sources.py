"""`sketch2flow sources`: the data sources, listed and added."""

from __future__ import annotations

from pathlib import Path

import click

from sketch2flow.media import MEDIA

SHOWN = 10


@click.group(name="sources")
def command() -> None:
    """List data sources, or add a folder of pictures with JSON.

    A data source is a partition of the assets workflows, diagrams and augmented_diagrams. Five are
    built in and generated; more are folders that you add here, or drop into
    $SKETCH2FLOW_HOME/inbox/NAME with an empty file _READY, which a running Dagster takes in.
    """


@command.command(name="list")
def list_sources() -> None:
    """List the data sources and how far each has come."""
    from rich.console import Console
    from rich.table import Table

    from resources.sources import SourceRegistry
    from resources.storage import Storage

    storage = Storage()
    table = Table("name", "kind", "medium", "provenance", "folder", "diagrams", box=None)
    drawn = storage.refs("diagrams")
    for source in SourceRegistry(storage).all():
        generated = source.kind == "generated"
        table.add_row(
            source.name,
            source.kind,
            source.name if generated else source.medium,
            "simulated" if generated else source.provenance,
            source.path or "",
            "drawn" if source.name in drawn else "not yet",
        )
    Console().print(table)


@command.command()
@click.argument("name")
@click.option("--path", type=click.Path(path_type=Path), required=True, help="The folder.")
@click.option(
    "--medium",
    type=click.Choice(MEDIA),
    default="manual",
    show_default=True,
    help="What the pictures are, where their JSON does not say.",
)
@click.option(
    "--provenance",
    type=click.Choice(("human", "simulated")),
    default="human",
    show_default=True,
    help="Who drew them, where their JSON does not say.",
)
def add(name: str, path: Path, medium: str, provenance: str) -> None:
    """Add the data source NAME: a folder of pictures with NAME.json beside each.

    The JSON is the workflow document, or an object with `document` and, if known, `split`,
    `group` (who drew it), `source` (the medium) and `provenance`. Then, with Dagster running:

    \b
    sketch2flow backfill NAME --wait
    """
    from resources.installation import add_partitions, prepare
    from resources.sources import SourceError, SourceRegistry
    from resources.storage import Storage
    from synth.readers import read_folder

    prepare()
    try:
        source = SourceRegistry(Storage()).add_folder(name, path, medium, provenance)
    except SourceError as error:
        raise click.ClickException(str(error)) from None
    reading = read_folder(Path(source.path or ""), name)
    add_partitions([name])
    click.echo(f"{name}: {len(reading.items)} pictures with documents in {source.path}")
    for skipped in reading.skipped[:SHOWN]:
        click.echo(f"  left out: {skipped.file}: {skipped.reason}", err=True)
    if len(reading.skipped) > SHOWN:
        click.echo(f"  and {len(reading.skipped) - SHOWN} more are left out", err=True)
    if not reading.items:
        raise click.ClickException(f"no picture in {path} can be used; mend it, then backfill")
    click.echo(f"Next, with `sketch2flow up` running: sketch2flow backfill {name} --wait")
