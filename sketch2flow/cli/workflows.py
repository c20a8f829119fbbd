"""`sketch2flow workflows`: write synthetic workflows, describe the generator, or the language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sketch2flow.cli.ranges import FiniteRange

if TYPE_CHECKING:
    from synth.generate import GeneratedWorkflow

_WRITTEN_COMPONENTS = 8  # at most, where nothing is said
_DESCRIBED_COMPONENTS = 40


@click.command("workflows")
@click.option("--count", type=click.IntRange(1), help="How many; 2,000 are described.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The JSON lines file.")
@click.option("--source", default="synthetic", show_default=True, help="Begins the identifiers.")
@click.option("--max-components", type=int, help="1 to 40: 8 are written, 40 described.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path, exists=True),
    help="A YAML file or folder with more tables and steps.",
)
@click.option(
    "--slips",
    type=FiniteRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of annotations with a typing error or an abbreviation.",
)
@click.option("--describe", is_flag=True, help="Print heuristics, catalogue and a sample's shape.")
@click.option(
    "--schema",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write the documents' JSON Schema here, with --catalogue its names; - for the screen.",
)
def command(
    count: int | None,
    seed: int,
    out: Path | None,
    source: str,
    max_components: int | None,
    workers: int,
    catalogue: Path | None,
    slips: float,
    describe: bool,
    schema: Path | None,
) -> None:
    """Write synthetic workflows as JSON lines.

    A line has identifier, heuristic, seed, split, features and document. The same seed gives the
    same file for any number of workers.

    \b
    sketch2flow workflows --count 1000 --seed 7 --out workflows.jsonl
    sketch2flow workflows --describe
    sketch2flow workflows --schema workflow.schema.json
    """
    from synth.generate import GenerationError, generate_workflows

    modes = [describe, schema is not None, out is not None]
    if modes.count(True) != 1 or (out is not None and count is None):
        raise click.UsageError("--count and --out are wanted, or --describe, or --schema")
    number = count or 2_000
    if max_components is None:
        max_components = _DESCRIBED_COMPONENTS if describe else _WRITTEN_COMPONENTS
    try:
        if schema is not None:
            _write_schema(schema, catalogue)
            return
        workflows = generate_workflows(
            source, number, seed, max_components, workers, catalogue, slips=slips
        )
        if out is not None:
            _write(workflows, number, out)
        else:
            _describe(workflows, number, catalogue)
    except (ValueError, GenerationError, OSError) as error:
        raise click.ClickException(str(error)) from None


def _write(workflows: Iterator[GeneratedWorkflow], count: int, out: Path) -> None:
    from rich.console import Console
    from rich.progress import track

    from sketch2flow.files import new_file
    from synth.generate import to_line

    console = Console(stderr=True)
    splits: Counter[str] = Counter()
    with new_file(out) as file:
        for generated in track(workflows, "workflows", total=count, console=console):
            file.write(to_line(generated) + "\n")
            splits[generated.split] += 1
    shares = ", ".join(f"{number:,} {split}" for split, number in splits.most_common())
    click.echo(f"{out}: {count:,} workflows ({shares})")


def _describe(workflows: Iterator[GeneratedWorkflow], count: int, catalogue: Path | None) -> None:
    from rich.console import Console
    from rich.progress import track

    from sketch2flow.cli.description import print_generator, print_shape
    from sketch2flow.workflow import load_catalogue
    from synth.shape import shape_of

    console, bar = Console(), Console(stderr=True)
    print_generator(console, load_catalogue(catalogue))
    sample = track(workflows, "sample", total=count, console=bar, transient=True)
    print_shape(console, shape_of(sample))


def _write_schema(out: Path, catalogue: Path | None) -> None:
    import json

    from sketch2flow.files import write_text
    from sketch2flow.workflow import json_schema, load_catalogue

    schema = json_schema(load_catalogue(catalogue) if catalogue else None)
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    if out == Path("-"):
        click.echo(text)
    else:
        write_text(out, text + "\n")
        click.echo(f"{out}: the JSON Schema of a workflow document")
