"""`sketch2flow bench workflows`: documents per second, made, checked, and written and read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sketch2flow.cli.benches.figures import Figure, json_option, rate, report
from sketch2flow.cli.ranges import FiniteRange

TARGET = 1_000  # documents per CPU second that are made, checked, written and read


@click.command()
@click.option("--seconds", type=FiniteRange(0.01), default=1.0, show_default=True)
@click.option("--count", type=click.IntRange(1), default=2_000, show_default=True)
@click.option("--max-components", type=int, default=40, show_default=True, help="1 to 40.")
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def command(
    seconds: float, count: int, max_components: int, seed: int, output: Path | None
) -> None:
    """Make workflows in one process, with the catalogue loaded, and time the parts.

    The baseline is what any program has to pay that writes and reads such documents: Python's
    own json, dumps and loads of the same lines, without a check of what they say. Seconds are
    the least CPU time for each case.
    """
    from sketch2flow.workflow import content_digest, features, structure_errors
    from synth.generate import from_line, generate_workflows, to_line

    try:
        sample = list(generate_workflows("bench", count, seed, max_components))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    lines = [to_line(one) for one in sample]
    objects = [json.loads(line) for line in lines]

    def make() -> None:
        for _ in generate_workflows("bench", count, seed, max_components):
            pass

    def check() -> None:
        for one in sample:
            structure_errors(one.workflow)

    def describe() -> None:
        for one in sample:
            features(one.workflow)
            content_digest(one.workflow)

    def write() -> None:
        for one in sample:
            to_line(one)

    def read() -> None:
        for line in lines:
            from_line(line)

    def write_and_read_plainly() -> None:
        for value in objects:
            json.loads(json.dumps(value, ensure_ascii=False))

    plain = rate(write_and_read_plainly, count, seconds)
    cases = {
        "generation, all in all": make,
        "  of it, checking": check,
        "  of it, features and digest": describe,
        "JSON, written": write,
        "JSON, read": read,
    }
    rates = {name: rate(run, count, seconds) for name, run in cases.items()}
    parts = ("generation, all in all", "JSON, written", "JSON, read")
    rates["made, written and read"] = together = 1 / sum(1 / rates[part] for part in parts)
    steps = sum(len(one.workflow.components) for one in sample) / count
    report(
        f"workflows, {count:,} documents of 1 to {max_components} steps, {steps:.1f} on average",
        [Figure(name, measured, plain) for name, measured in rates.items()],
        subject="sketch2flow",
        baseline="json.dumps, json.loads",
        unit="documents per CPU second",
        output=output,
    )
    share = together / TARGET
    click.echo(f"made, written and read: {share:.2f} of the target of {TARGET:,} a second")
