"""`sketch2flow workflows`: write synthetic workflows as JSON lines, or describe the generator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from synth.generate import GeneratedWorkflow

# Depth of thousands of public workflows, in per cent, for depth 1, 2, 3, 4 and more.
_REAL_DEPTHS = {"1": 46, "2": 43, "3": 9, "4+": 2}


@click.command("workflows")
@click.option("--count", type=click.IntRange(1), help="How many workflows to write.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The JSON lines file.")
@click.option("--source", default="synthetic", show_default=True, help="Begins the identifiers.")
@click.option("--max-components", type=int, default=8, show_default=True, help="1 to 40.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path, exists=True),
    help="A YAML file or folder with more tables and steps.",
)
@click.option(
    "--slips",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of annotations with a typing error or an abbreviation.",
)
@click.option("--describe", is_flag=True, help="Print heuristics, catalogue and a sample's shape.")
def command(
    count: int | None,
    seed: int,
    out: Path | None,
    source: str,
    max_components: int,
    workers: int,
    catalogue: Path | None,
    slips: float,
    describe: bool,
) -> None:
    """Write synthetic workflows as JSON lines.

    A line has identifier, heuristic, seed, split, features and document. The same seed gives the
    same file for any number of workers.

    \b
    sketch2flow workflows --count 1000 --seed 7 --out workflows.jsonl
    sketch2flow workflows --describe
    """
    from synth.generate import GenerationError, generate_workflows

    if not describe and (count is None or out is None):
        raise click.UsageError("--count and --out are wanted, or --describe")
    number = count or 2_000
    try:
        workflows = generate_workflows(
            source, number, seed, max_components, workers, catalogue, slips=slips
        )
        if out is None or describe:
            _describe(workflows, number, catalogue)
        else:
            _write(workflows, number, out)
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
    from rich.table import Table

    from sketch2flow.workflow import load_catalogue
    from synth.heuristics import HEURISTICS

    console = Console()
    table = Table("heuristic", "weight", "least", "most", "description", title="Heuristics")
    for one in HEURISTICS.values():
        most = str(one.most) if one.most < 1_000 else ""
        table.add_row(one.name, f"{one.weight:g}", str(one.least), most, one.description)
    console.print(table)

    environment = load_catalogue(catalogue)
    table = Table("of", "number", title="Catalogue")
    for kind in ("triggers", "actions", "subflows", "logic", "tables"):
        table.add_row(kind, str(len(getattr(environment, kind))))
    table.add_row("columns", str(sum(len(one.columns) for one in environment.tables.values())))
    console.print(table)

    bar = Console(stderr=True)
    sample = list(track(workflows, "sample", total=count, console=bar, transient=True))
    _print_shape(console, sample)


def _print_shape(console: Console, sample: list[GeneratedWorkflow]) -> None:
    """Print how the sample is distributed, in per cent of its workflows."""
    from rich.table import Table

    from sketch2flow.workflow import depth

    def depth_class(generated: GeneratedWorkflow) -> str:
        found = depth(generated.workflow)
        return str(found) if found < 4 else "4+"

    sizes = Counter(len(one.workflow.components) for one in sample)
    depths = Counter(map(depth_class, sample))
    logic = Counter(
        word
        for one in sample
        for word in {c.definition for c in one.workflow.components if c.category == "flowlogic"}
    )
    triggers = Counter(
        one.workflow.trigger.type if one.workflow.trigger else "none (subflow)" for one in sample
    )
    kinds: list[tuple[str, list[tuple[str, int]]]] = [
        ("size", [(str(size), sizes[size]) for size in sorted(sizes)]),
        ("depth", [(name, depths[name]) for name in _REAL_DEPTHS]),
        ("flow logic", logic.most_common()),
        ("trigger", triggers.most_common()),
        ("heuristic", Counter(one.heuristic for one in sample).most_common()),
        ("split", Counter(str(one.split) for one in sample).most_common()),
    ]
    table = Table("", "value", "% of workflows", "% in the wild", title=f"{len(sample):,} samples")
    for kind, rows in kinds:
        for place, (name, number) in enumerate(rows):
            real = str(_REAL_DEPTHS[name]) if kind == "depth" else ""
            share = f"{100 * number / len(sample):.1f}"
            table.add_row(kind if not place else "", name, share, real)
        table.add_section()
    console.print(table)
