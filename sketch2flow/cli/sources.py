"""`sketch2flow sources`: the data sources, listed and added."""

from __future__ import annotations

from pathlib import Path

import click

from sketch2flow.media import MEDIA

SHOWN = 10


@click.group(name="sources")
def command() -> None:
    """List data sources, or add a folder that one of the readers reads.

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
    help="What the pictures are, where their files do not say.",
)
@click.option(
    "--provenance",
    type=click.Choice(("human", "simulated")),
    default="human",
    show_default=True,
    help="Who drew them, where their files do not say.",
)
@click.option("--reader", help="pictures, bigdocs or bpmn; without it, the folder's files decide.")
def add(name: str, path: Path, medium: str, provenance: str, reader: str | None) -> None:
    """Add the data source NAME: a folder of workflow documents, with or without pictures.

    \b
    pictures  NAME.json each, with a picture of that name beside it or drawn in --medium:
              the workflow document, or an object with `document` and, if known, `split`,
              `group` (who drew it), `source` (the medium) and `provenance`; or NAME.jsonl
              with one of these a line, as `sketch2flow workflows --out` writes it
    bigdocs   BigDocs-Sketch2Flow's columns as Parquet, the split in the file's name;
              or hub.json: {"repository": "OWNER/NAME", "revision": "COMMIT"}
    bpmn      BPMN 2.0 files, each with a picture beside it or drawn in --medium

    Then, with Dagster running:

    \b
    sketch2flow backfill NAME --wait
    """
    from resources.installation import add_partitions, prepare
    from resources.sources import SourceError, SourceRegistry
    from resources.storage import Storage
    from synth.readers import ReaderError

    prepare()
    try:
        source = SourceRegistry(Storage()).add_folder(name, path, medium, provenance, reader)
        documents, pictures = _tell_of(Path(source.path or ""), name, reader)
    except (SourceError, ReaderError) as error:
        raise click.ClickException(str(error)) from None
    add_partitions([name])
    drawn = f", and {documents - pictures} to be drawn" if documents > pictures else ""
    click.echo(f"{name}: {pictures} pictures with documents{drawn} in {source.path}")
    if not documents:
        raise click.ClickException(f"nothing in {path} can be used; mend it, then backfill")
    click.echo(f"Next, with `sketch2flow up` running: sketch2flow backfill {name} --wait")


def _tell_of(folder: Path, name: str, reader: str | None) -> tuple[int, int]:
    """Say what of a folder is left out; return its documents, and how many have a picture."""
    from synth.readers import FolderItem, Skipped, read_items

    documents = pictures = left_out = 0
    for found in read_items(folder, name, reader):
        if isinstance(found, FolderItem):
            documents += 1
            pictures += found.picture is not None
            continue
        left_out += 1
        if left_out <= SHOWN:
            what = "left out" if isinstance(found, Skipped) else "not mapped"
            click.echo(f"  {what}: {found.file}: {found.reason}", err=True)
    if left_out > SHOWN:
        click.echo(f"  and {left_out - SHOWN} more are left out", err=True)
    return documents, pictures
