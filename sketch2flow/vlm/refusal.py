"""Why the trainer refused its input, kept with its output: torchrun hides exit statuses."""

from __future__ import annotations

from pathlib import Path

from sketch2flow.files import write_text

FILE = "refused.txt"


def write_refusal(output_folder: Path, reason: object) -> None:
    """Leave the reason in one line."""
    write_text(output_folder / FILE, " ".join(str(reason).split()) + "\n")


def take_refusal(output_folder: Path) -> str | None:
    """Return the reason that was left, and forget it; None if there is none."""
    place = output_folder / FILE
    if not place.is_file():
        return None
    reason = place.read_text().strip()
    place.unlink()
    return reason
