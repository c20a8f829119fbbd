"""Whether a document may become a training target: every structure rule holds."""

from __future__ import annotations

from sketch2flow.workflow import WARNINGS, Workflow, structure_errors


def first_fault(workflow: Workflow) -> str:
    """Return the first broken rule, place first (`/components/1/order: ...`), "" if none is."""
    for error in structure_errors(workflow):
        if error.code not in WARNINGS:
            return f"{error.pointer}: {error.message} ({error.code})"
    return ""
