"""What a data set says of itself beside its rows: facts.json in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketch2flow.files import write_text

if TYPE_CHECKING:
    from resources.regime import Regime

FILE = "facts.json"


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of each split, what they were made of, and the regime that they were made under.

    `sources` maps each data source to the digests of its objects, `code` is the version of the
    code that assembled them. Both follow when other objects turn out to give the same rows;
    `regime` stays as it was when the rows were written.
    """

    rows: Mapping[str, int]
    sources: Mapping[str, Mapping[str, str]]
    code: str = ""
    regime: Mapping[str, Any] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        write_text(folder / FILE, json.dumps(asdict(self), indent=2))

    @classmethod
    def load(cls, folder: Path) -> Facts:
        """Return the facts of the data set in `folder`."""
        return cls(**json.loads((folder / FILE).read_text(encoding="utf-8")))


def regime_facts(regime: Regime) -> dict[str, Any]:
    """Return what the regime says of documents and pictures, in words for readers."""
    return {
        "most steps a workflow": regime.max_components,
        "language": str(regime.language()),
        "one-step workflows beside each": regime.lessons,
        "most pixels a picture": regime.max_pixels,
        "augmented copies": regime.variants,
        "seed": regime.seed,
    }
