"""The blocking checks of the assembled revision: nothing below runs when one fails."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from sketch2flow_assets.defs.dataset.quality import Judgement
from sketch2flow_assets.defs.shared import table

DOCUMENTS, PICTURES, LEAKS = "no_broken_document", "no_blank_or_unreadable_picture", "no_leak"

# They judge in the asset's own step: a revision that fails never comes into force, so that no
# other run trains on it either.
SPECS = [
    dg.AssetCheckSpec(
        DOCUMENTS,
        asset="sketch2flow_dataset",
        blocking=True,
        description="Every annotation is a document that the strict door and all rules accept.",
    ),
    dg.AssetCheckSpec(
        PICTURES,
        asset="sketch2flow_dataset",
        blocking=True,
        description="Every picture decodes, shows something, and is the one that its row names.",
    ),
    dg.AssetCheckSpec(
        LEAKS,
        asset="sketch2flow_dataset",
        blocking=True,
        description="No document, picture or group stands in more than one split.",
    ),
]


def results(verdict: Judgement) -> Iterator[dg.AssetCheckResult]:
    """Yield a result for each check, with counts that the UI plots over time."""
    for name, faults in ((DOCUMENTS, verdict.documents), (PICTURES, verdict.pictures)):
        yield dg.AssetCheckResult(
            check_name=name,
            passed=not faults,
            metadata={
                "rows": verdict.rows,
                "faults": len(faults),
                "examples": table(faults, ["identifier", "reason"]),
            },
        )
    examples = [{"kind": kind, "what": one} for kind, them in verdict.leaks.items() for one in them]
    yield dg.AssetCheckResult(
        check_name=LEAKS,
        passed=not examples,
        metadata={
            **{f"leaking_{kind}": len(them) for kind, them in verdict.leaks.items()},
            "examples": table(examples, ["kind", "what"]),
        },
    )
