"""`sketch2flow bench reader`: what a model reads in held-out pictures, beside exchanged ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sketch2flow.cli.benches.figures import json_option, machine_facts

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sketch2flow.report.examination import Mark
    from sketch2flow.scoring import Summary
    from sketch2flow.vlm.predictions import Prediction

WORST = 30
CONTROL = "shuffled pictures"


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
    help=f"Write the {WORST} worst answers beside their pictures into this folder, as one page.",
)
@json_option
def command(model: str, rows: int, seed: int, worst: Path | None, output: Path | None) -> None:
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
    from sketch2flow.report.examination import FACTORS, by_factor, marks, overall
    from sketch2flow.vlm.predictions import shuffled
    from synth.row_plan import SIZE_BANDS

    require_drawing()
    progress = Console(stderr=True)
    questions = _questions(rows, seed, progress)
    answers = _answers(model, questions, progress)
    found, control = (
        marks(questions, {one.identifier: one.text for one in some}, SIZE_BANDS)
        for some in (answers, shuffled(answers, CONTROL))
    )
    curves = {name: (by_factor(found, name), by_factor(control, name)) for name in FACTORS}
    console = Console()
    console.print(_overall_table(model, overall(found), overall(control)))
    for name, (ours, theirs) in curves.items():
        console.print(_curve_table(FACTORS[name], ours, theirs))
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
            "overall": _both(overall(found), overall(control)),
            "curves": {
                name: {value: _both(ours[value], theirs[value]) for value in ours}
                for name, (ours, theirs) in curves.items()
            },
            "answers": [_record(mark, other) for mark, other in zip(found, control, strict=True)],
        }
        _write(output, report)
    if worst is not None:
        click.echo(f"the worst answers: {_write_worst(worst, model, questions, answers, found)}")


def _questions(count: int, seed: int, progress: Console) -> list[dict[str, Any]]:
    from rich.progress import track

    from synth.held_out import held_out_rows

    return list(track(held_out_rows(count, seed), "pictures", total=count, console=progress))


def _answers(
    model: str, questions: Sequence[Mapping[str, Any]], progress: Console
) -> list[Prediction]:
    """Return the model's answers, by identifier."""
    from rich.progress import track

    from sketch2flow.vlm.generate import generate_answers

    pictures = ((row["identifier"], row["images"][0]["bytes"]) for row in questions)
    answers = generate_answers(model, pictures, questions[0]["queries"][0])
    counted = track(answers, "answers", total=len(questions), console=progress)
    return sorted(counted, key=lambda one: one.identifier)


def _overall_table(
    model: str, found: Mapping[str, Summary], control: Mapping[str, Summary]
) -> Table:
    from rich.table import Table

    from sketch2flow.report.examination import MEASURES

    table = Table("measure", title=f"{model}: held-out pictures, mode strict")
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
    table = Table(factor, title=title, title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("n", justify="right")
    for heading in MEASURES.values():
        table.add_column(heading, justify="right", min_width=9, max_width=10)
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
        "identifier": mark.identifier,
        **mark.factors,
        "answers": mark.values,
        "shuffled": control.values,
    }


def _write(path: Path, report: Mapping[str, Any]) -> None:
    from sketch2flow.files import write_text

    write_text(path, json.dumps(report, indent=2) + "\n")


def _write_worst(
    folder: Path,
    model: str,
    questions: Sequence[Mapping[str, Any]],
    answers: Sequence[Prediction],
    found: Sequence[Mark],
) -> Path:
    """Write the page of the worst answers; return its file."""
    from sketch2flow.report.data import ReportData, Sample
    from sketch2flow.report.html import write_report
    from sketch2flow.scoring import METRICS

    texts = {one.identifier: one for one in answers}
    rows = {row["identifier"]: row for row in questions}
    ranked = sorted(found, key=lambda mark: mark.values["flow_sim_with_inputs"] or 0.0)[:WORST]
    samples = [
        Sample(
            identifier=mark.identifier,
            source=rows[mark.identifier]["medium"],
            rank=f"number {place} of the worst",
            model=model,
            picture=rows[mark.identifier]["images"][0]["bytes"],
            truth=rows[mark.identifier]["annotations"][0],
            answer=texts[mark.identifier].text,
            scores={name: mark.score.scores.get(name) for name in METRICS},
            structure_errors=mark.score.structure_errors,
            error=texts[mark.identifier].error or mark.score.error,
        )
        for place, mark in enumerate(ranked, 1)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    title = "The worst answers to held-out pictures"
    return write_report(
        folder, ReportData(model, tables={}, samples=samples, mode="strict", title=title)
    )
