"""Stage two: a picture for each workflow, and augmented copies of the training pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg

from resources.regime import Regime
from resources.sources import DataSource
from resources.storage import digest_of
from resources.storage_resource import StorageResource
from sketch2flow_assets.defs.diagrams import augmenting, drawing, manifest
from sketch2flow_assets.defs.partitions import data_sources
from sketch2flow_assets.defs.shared import (
    DATA,
    OWNERS,
    Result,
    ReuseConfig,
    counts,
    file_metadata,
    picture,
    table,
)
from sketch2flow_assets.defs.workflows import making
from sketch2flow_assets.defs.workflows.assets import CODE as WORKFLOWS_CODE
from sketch2flow_assets.left_out import LeftOut
from sketch2flow_assets.progress import logged
from sketch2flow_assets.versions import code_digest

CODE = code_digest("synth", "sketch2flow.pictures", drawing.__name__, manifest.__name__)
AUGMENTING_CODE = code_digest(
    "synth", "sketch2flow.pictures", augmenting.__name__, manifest.__name__
)


@dg.asset(
    partitions_def=data_sources,
    deps=["workflows"],
    group_name=DATA,
    owners=OWNERS,
    kinds={"graphviz", "opencv"},
    code_version=CODE,
)
def diagrams(
    context: dg.AssetExecutionContext,
    config: ReuseConfig,
    storage: StorageResource,
    regime: Regime,
) -> Result:
    """One picture a row per workflow of a data source, with the document and all factors.

    Drawn in the source's medium (simulated), or the folder's own pictures.
    """
    store = storage.storage()
    source = storage.sources().get(context.partition_key)
    made_of = store.ref("workflows", source.name) or ""
    lines = store.current("workflows", source.name) / making.FILE
    declared = [source.medium, source.provenance] if source.kind == "folder" else []
    # A folder's documents may be drawn in any medium.
    styles = regime.styles if source.kind == "folder" else regime.styles_of(source.name)
    digest = digest_of([made_of, CODE, regime.seed, regime.max_pixels, styles, declared])
    reused = store.has("diagrams", source.name, digest) and not config.force

    def fill(folder: Path) -> None:
        left_out = LeftOut()
        rows = _rows_of(source, lines, regime, left_out)
        total = making.describe(lines).rows
        write_pictures(folder, logged(context.log, rows, "pictures drawn", total))
        left_out.save(folder)

    folder = store.write("diagrams", source.name, digest, fill, force=config.force)
    store.set_ref("diagrams", source.name, digest)
    metadata = {**file_metadata(folder, digest, reused), **describe(folder), "seed": regime.seed}
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    partitions_def=data_sources,
    deps=[diagrams],
    group_name=DATA,
    owners=OWNERS,
    kinds={"albumentations", "opencv"},
    code_version=AUGMENTING_CODE,
)
def augmented_diagrams(
    context: dg.AssetExecutionContext,
    config: ReuseConfig,
    storage: StorageResource,
    regime: Regime,
) -> Result:
    """One row per augmented copy of a training picture, with its parent's identifier.

    Made by photo, paper and compression effects; validation and test pass through by reference.
    """
    store, name = storage.storage(), storage.sources().get(context.partition_key).name
    parents = store.current("diagrams", name)
    digest = digest_of([parents.name, AUGMENTING_CODE, regime.seed, regime.variants])
    reused = store.has("augmented_diagrams", name, digest) and not config.force

    def fill(folder: Path) -> None:
        left_out = LeftOut()
        rows = augmenting.augmented_rows(parents / manifest.FILE, regime, left_out)
        write_pictures(folder, logged(context.log, rows, "pictures augmented"))
        augmenting.write_parents(folder, parents.name)
        left_out.save(folder)

    folder = store.write("augmented_diagrams", name, digest, fill, force=config.force)
    store.set_ref("augmented_diagrams", name, digest)
    metadata = {**file_metadata(folder, digest, reused), **describe(folder), "seed": regime.seed}
    return dg.MaterializeResult(metadata={**metadata, "variants": regime.variants})


def write_pictures(folder: Path, rows: Iterable[manifest.Row]) -> None:
    """Write a manifest, and a contact sheet of pictures spread over it."""
    from synth.contact_sheet import contact_sheet

    sample: list[tuple[bytes, str]] = []
    step = 1
    with manifest.ManifestWriter(folder / manifest.FILE) as writer:
        for row in rows:
            if writer.count % step == 0:
                sample.append((row["picture"], row["identifier"]))
            if len(sample) == 2 * SHEET:  # Keep every other one, and from here on half as many.
                sample, step = sample[::2], step * 2
            writer.add(row)
    if sample:
        sheet = contact_sheet(sample[:SHEET], columns=4, tile=220)
        (folder / manifest.CONTACT_SHEET).write_bytes(sheet)


SHEET = 12


def describe(folder: Path) -> dict[str, Any]:
    """Return what the UI shows of a manifest: counts by factor, a contact sheet, the left out."""
    columns = ["split", "orientation", "resolution", "style"]
    rows = list(manifest.read_rows(folder / manifest.FILE, columns))
    left_out = LeftOut.load(folder)
    sheet = folder / manifest.CONTACT_SHEET
    return {
        "dagster/row_count": len(rows),
        **({"contact_sheet": picture(sheet)} if sheet.is_file() else {}),
        **{name: counts(manifest.tally(rows, name), name) for name in columns},
        "left_out_count": len(left_out.items),
        "left_out": table(left_out.items, ["name", "reason"]),
    }


def _rows_of(
    source: DataSource, lines: Path, regime: Regime, left_out: LeftOut
) -> Iterable[manifest.Row]:
    workflows = making.read(lines)
    if source.kind == "folder":
        if making.input_digest(source, regime, WORKFLOWS_CODE) != lines.parent.name:
            raise dg.Failure(f"{source.path} has changed: materialize workflows of it again")
        return drawing.folder_rows(source, workflows, regime, left_out)
    return drawing.drawn_rows(workflows, source.name, regime, left_out)
