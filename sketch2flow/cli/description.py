"""What `sketch2flow workflows --describe` prints: heuristics, catalogue and a sample's shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.table import Table

    from sketch2flow.workflow import Catalogue
    from synth.shape import Shape

_SIZES = ((1, 1), (2, 3), (4, 6), (7, 10), (11, 20), (21, 40))  # first and last of each class


def print_generator(console: Console, catalogue: Catalogue) -> None:
    """Print what workflows are made of: the heuristics, and how much the catalogue has."""
    from rich.table import Table

    from synth.heuristics import HEURISTICS

    table = Table("heuristic", "weight", "least", "most", "description", title="Heuristics")
    for one in HEURISTICS.values():
        most = str(one.most) if one.most < 1_000 else ""
        table.add_row(one.name, f"{one.weight:g}", str(one.least), most, one.description)
    console.print(table)
    table = Table("of", title="Catalogue")
    table.add_column("number", justify="right")
    for kind, number in catalogue_sizes(catalogue).items():
        table.add_row(kind, f"{number:,}")
    console.print(table)


def catalogue_sizes(catalogue: Catalogue) -> dict[str, int]:
    """Return how many there are of what the catalogue has, and of phrasings, the vague too.

    A column counts where it is defined, and not again in the tables that inherit it.
    """
    from synth.phrasing import all_phrasings

    columns = [
        column
        for table in catalogue.tables.values()
        for name, column in table.columns.items()
        if table.extends is None or catalogue.tables[table.extends].columns.get(name) != column
    ]
    return {
        "triggers": len(catalogue.triggers),
        "actions": len(catalogue.actions),
        "spoke scopes": len({one.scope for one in catalogue.actions.values()} - {"global"}),
        "subflows": len(catalogue.subflows),
        "logic words": len(catalogue.logic),
        "tables": len(catalogue.tables),
        "columns": len(columns),
        "choice values": sum(len(column.choices) for column in columns),
        "vocabularies": len(catalogue.vocabularies),
        "words of vocabularies": sum(len(one.words) for one in catalogue.vocabularies.values()),
        "phrasings": sum(len(one.plain) + len(one.vague) for one in all_phrasings().values()),
    }


def print_shape(console: Console, shape: Shape) -> None:
    """Print the sample's figures beside the real ones and the limits; ! marks what is outside."""
    from rich.table import Table

    table = Table("figure", title=f"{shape.documents:,} samples, {shape.steps:,} steps")
    for heading in ("sample", "wanted"):
        table.add_column(heading, justify="right")
    table.add_column("which")
    for row in _figures(shape):
        table.add_row(*row)
    console.print(table)
    table = Table("", "value", title="% of the samples")
    table.add_column("sample", justify="right")
    table.add_column("wanted", justify="right")
    for name, rows in _distributions(shape).items():
        _add(table, name, rows)
    console.print(table)
    console.print("! is outside of what is wanted", highlight=False)


def _figures(shape: Shape) -> list[tuple[str, str, str, str]]:
    from synth import shape as s

    least, most = s.REAL_ACTIONS_PER_BLOCK
    per_block = shape.actions_per_block
    template, skeleton = shape.template, shape.skeleton
    return [
        ("distinct annotations, % of the steps", _per_cent(shape.distinct_annotations), "", ""),
        ("distinct documents but for wording, %", _per_cent(shape.distinct_documents), "", ""),
        (
            "actions for one logic block",
            _marked(f"{per_block:.1f}", least <= per_block <= most),
            f"{least} to {most}",
            f"{shape.actions:,} / {shape.blocks:,}",
        ),
        ("steps whose template is known, %", _per_cent(shape.traced), "", ""),
        (
            "most common template, % of those",
            _marked(_per_cent(template.share), template.share <= s.MOST_OF_A_TEMPLATE),
            f"<= {s.MOST_OF_A_TEMPLATE:.0%}",
            template.text,
        ),
        (
            "most common skeleton, % of the samples",
            _marked(_per_cent(skeleton.share), skeleton.share <= s.MOST_OF_A_SKELETON),
            f"<= {s.MOST_OF_A_SKELETON:.0%}",
            skeleton.text,
        ),
    ]


Rows = list[tuple[str, str, str]]  # value, share of the sample, what is wanted


def _distributions(shape: Shape) -> dict[str, Rows]:
    from synth import shape as s

    depths = [
        (
            name,
            _marked(_per_cent(share), abs(share - s.REAL_DEPTHS[name]) <= s.DEPTH_TOLERANCE),
            f"{s.REAL_DEPTHS[name]:.0%} +- {100 * s.DEPTH_TOLERANCE:.0f}",
        )
        for name, share in shape.depths.items()
    ]
    sizes = [
        (
            f"{first} to {last}" if last > first else str(first),
            _per_cent(sum(shape.sizes.get(size, 0) for size in range(first, last + 1))),
            "",
        )
        for first, last in _SIZES
    ]
    return {
        "depth": depths,
        "components": sizes,
        "flow logic": _words(shape.logic),
        "trigger": _words(shape.triggers),
        "heuristic": _plain(shape.heuristics.items()),
        "split": _plain(shape.splits.items()),
        **{group: _plain(found.items()) for group, found in shape.features.items()},
    }


def _words(shares: dict[str, float]) -> Rows:
    from synth.shape import LEAST_OF_A_WORD

    limit = f">= {LEAST_OF_A_WORD:.1%}"
    return [
        (name, _marked(_per_cent(share), share >= LEAST_OF_A_WORD), limit)
        for name, share in shares.items()
    ]


def _plain(shares: Iterable[tuple[str, float]]) -> Rows:
    return [(name, _per_cent(share), "") for name, share in shares]


def _add(table: Table, name: str, rows: Rows) -> None:
    for place, row in enumerate(rows):
        table.add_row(name if not place else "", *row)
    table.add_section()


def _per_cent(share: float) -> str:
    return f"{100 * share:.1f}"


def _marked(text: str, is_well: bool) -> str:
    return text if is_well else f"! {text}"
