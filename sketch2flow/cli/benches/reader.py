"""`sketch2flow bench reader`: what a model reads in held-out pictures, beside exchanged ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sketch2flow.cli.benches.figures import json_option, machine_facts

if TYPE_CHECKING:
    from rich.table import Table

    from sketch2flow.report.examination import Mark
    from sketch2flow.scoring import Summary
    from sketch2flow.vlm.predictions import Prediction

CONTROL = "shuffled pictures"
NAME_WIDTH = 16


@click.command()
@click.argument("model", type=click.Path())
@click.option(
    "--rows",
    type=click.IntRange(2),
    default=180,
    show_default=True,
    help="Pictures; with multiples of 90 all kinds come equally often.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--worst",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the 30 worst answers beside their pictures into this folder, as one HTML page.",
)
@click.option("--card", is_flag=True, help="Write the figures into the card of the folder MODEL.")
@json_option
def command(
    model: str, rows: int, seed: int, worst: Path | None, card: bool, output: Path | None
) -> None:
    """Let MODEL, a folder or a Hub id, read pictures of documents that no training row has.

    Documents are of the test split and use the whole catalogue, hands are those that are held
    out, and up to all nouns are words that never occur in training. All answers are generated
    freely, and scored strictly. The baseline is the same answers with the pictures exchanged, of
    each kind and size among themselves as far as --rows allows: what is no better was not read.
    Intervals of 95 % are bootstraps over the documents.

    \b
    sketch2flow bench reader var/.../model --worst worst
    """
    from rich.console import Console

    from sketch2flow.cli.extras import require_drawing
    from sketch2flow.files import write_text
    from sketch2flow.report.examination import FACTORS, by_factor, marks, overall
    from sketch2flow.vlm.predictions import shuffled
    from synth.row_plan import SIZE_BANDS

    require_drawing()
    if card and not (Path(model) / "config.json").is_file():
        raise click.ClickException(f"--card: {model} is no folder of a model")
    questions, answers = _examine(model, rows, seed)
    found, control = (
        marks(questions, {one.identifier: one.text for one in some}, SIZE_BANDS)
        for some in (answers, shuffled(answers, CONTROL))
    )
    totals = overall(found), overall(control)
    curves = {name: (by_factor(found, name), by_factor(control, name)) for name in FACTORS}
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    console.print(_overall_table(model, *totals))
    for name, both in curves.items():
        console.print(_curve_table(FACTORS[name], *both))
    failed = [one for one in answers if one.error is not None]
    for one in failed[:3]:
        console.print(f"no answer to {one.identifier}: {one.error}", highlight=False, markup=False)
    if output is not None:
        report = {
            "benchmark": "reader",
            "model": model,
            "seed": seed,
            "rows": len(questions),
            "failed": len(failed),
            "machine": machine_facts(),
            "overall": _both(*totals),
            "curves": {
                name: {value: _both(ours[value], theirs[value]) for value in ours}
                for name, (ours, theirs) in curves.items()
            },
            "answers": [_record(mark, other) for mark, other in zip(found, control, strict=True)],
        }
        write_text(output, json.dumps(report, indent=2) + "\n")
    if card:
        from sketch2flow.report.card import scores_section, with_scores

        place = Path(model) / "README.md"
        before = place.read_text(encoding="utf-8") if place.is_file() else ""
        write_text(place, with_scores(before, scores_section(len(questions), seed, totals, curves)))
    if worst is not None:
        from sketch2flow.report.worst import write_worst

        worst.mkdir(parents=True, exist_ok=True)
        click.echo(f"the worst answers: {write_worst(worst, model, found, control)}")


def _examine(model: str, count: int, seed: int) -> tuple[list[dict[str, Any]], list[Prediction]]:
    """Return the held-out rows and the model's answers; the model is loaded before any is drawn."""
    from rich.console import Console
    from rich.progress import Progress

    from sketch2flow.vlm.generate import generate_answers
    from sketch2flow.workflow import DEFAULT_PROMPT, PROMPTS
    from synth.held_out import held_out_rows

    rows: list[dict[str, Any]] = []
    with Progress(console=Console(stderr=True)) as progress:

        def pictures() -> Iterator[tuple[str, bytes]]:
            drawn = held_out_rows(count, seed)
            for row in progress.track(drawn, count, description="pictures"):
                rows.append(row)
                yield row["identifier"], row["images"][0]["bytes"]

        answers = generate_answers(model, pictures(), PROMPTS[DEFAULT_PROMPT])
        found = list(progress.track(answers, count, description="answers"))
    return rows, found


def _overall_table(
    model: str, found: Mapping[str, Summary], control: Mapping[str, Summary]
) -> Table:
    from rich.table import Table
    from rich.text import Text

    from sketch2flow.report.examination import MEASURES

    title = Text(f"{model}: held-out pictures, mode strict")
    table = Table("measure", title=title, title_justify="left")
    for heading in ("documents", "answers", "95 % interval", CONTROL, "95 % interval"):
        table.add_column(heading, justify="right")
    for name, summary in found.items():
        cells = [text for one in (summary, control[name]) for text in (_mean(one), _interval(one))]
        table.add_row(MEASURES[name], str(summary.n), *cells)
    return table


def _curve_table(
    factor: str,
    found: Mapping[str, Mapping[str, Summary]],
    control: Mapping[str, Mapping[str, Summary]],
) -> Table:
    from rich import box
    from rich.table import Table

    from sketch2flow.report.examination import MEASURES

    title = f"By {factor}: mean, its 95 % interval, and the mean with {CONTROL}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column(factor, width=NAME_WIDTH)
    table.add_column("n", justify="right")
    for heading in MEASURES.values():
        table.add_column(heading, justify="right", width=9)
    for value, measures in found.items():
        cells = [
            f"{_mean(one)}\n[dim]{_interval(one)}\n{_mean(control[value][name])}[/]"
            for name, one in measures.items()
        ]
        table.add_row(value, str(measures["whole"].n), *cells)
    return table


def _mean(summary: Summary) -> str:
    return "–" if summary.mean is None else f"{summary.mean:.3f}"


def _interval(summary: Summary) -> str:
    if summary.low is None or summary.high is None:
        return "–"
    return f"{summary.low:.2f}–{summary.high:.2f}"


def _both(found: Mapping[str, Summary], control: Mapping[str, Summary]) -> dict[str, Any]:
    return {
        name: {"answers": summary._asdict(), "shuffled": control[name]._asdict()}
        for name, summary in found.items()
    }


def _record(mark: Mark, control: Mark) -> dict[str, Any]:
    return {
        "identifier": mark.row["identifier"],
        **mark.factors,
        "answers": mark.values,
        "shuffled": control.values,
    }
