"""A picture in, a workflow out: the reading that the command line and the demo share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sketch2flow.workflow.document import Workflow, to_object
from sketch2flow.workflow.prompts import PROMPTS
from sketch2flow.workflow.reading import read_answer

if TYPE_CHECKING:
    from sketch2flow.vlm.predictions import Prediction
    from sketch2flow.workflow.rules import StructureError

MAX_PICTURE_BYTES = 25_000_000


@dataclass(frozen=True)
class Conversion:
    """What became of one picture; `error` says why there is no workflow."""

    picture: Path
    workflow: Workflow | None
    structure_errors: tuple[StructureError, ...]
    error: str | None = None

    def to_object(self) -> dict[str, object]:
        """Return the conversion as a JSON-able record."""
        return {
            "picture": str(self.picture),
            "workflow": to_object(self.workflow) if self.workflow else None,
            "structure_errors": [
                {"code": one.code, "pointer": one.pointer, "message": one.message}
                for one in self.structure_errors
            ],
            "error": self.error,
        }


def read_picture_file(path: Path) -> bytes:
    """Return the picture's bytes; ValueError says in a few words why they are no picture."""
    from sketch2flow.pictures import open_picture

    if not path.is_file():
        raise ValueError("no such file" if not path.exists() else "not a file")
    if path.stat().st_size > MAX_PICTURE_BYTES:
        raise ValueError(f"larger than {MAX_PICTURE_BYTES // 1_000_000} MB")
    data = path.read_bytes()
    open_picture(data)
    return data


def convert_pictures(
    pictures: Sequence[Path], model: str, prompt_id: str, served_model: str | None = None
) -> Iterator[Conversion]:
    """Yield one conversion per picture, in order; a bad picture does not stop the others.

    `model` is a model folder, a Hub id, or the URL of an OpenAI-compatible endpoint. Raises
    sketch2flow.vlm.generate.ModelNotFoundError if it is not there.
    """
    rows: list[tuple[str, bytes]] = []
    failures: dict[Path, str] = {}
    for path in dict.fromkeys(pictures):
        try:
            rows.append((str(path), read_picture_file(path)))
        except ValueError as error:
            failures[path] = str(error)
    answers = {one.identifier: one for one in _answers(rows, model, prompt_id, served_model)}
    for path in dict.fromkeys(pictures):
        if path in failures:
            yield Conversion(path, None, (), failures[path])
        else:
            yield _conversion(path, answers[str(path)])


def _answers(
    rows: list[tuple[str, bytes]], model: str, prompt_id: str, served_model: str | None
) -> Iterator[Prediction]:
    if not rows:
        return iter(())
    prompt = PROMPTS[prompt_id]
    if model.startswith(("http://", "https://")):
        from sketch2flow.vlm.api import ask_endpoint

        key = os.environ.get("SKETCH2FLOW_API_KEY") or "none"
        return ask_endpoint((model, key, served_model or "default"), rows, prompt, model)
    from sketch2flow.vlm.generate import generate_answers

    return generate_answers(model, rows, prompt, model, prompt_id=prompt_id)


def _conversion(path: Path, answer: Prediction) -> Conversion:
    if answer.error:
        return Conversion(path, None, (), answer.error)
    read = read_answer(answer.text)
    if read.workflow is None:
        reasons = ", ".join(error.code for error in read.errors)
        return Conversion(path, None, read.errors, f"the model's answer is no workflow ({reasons})")
    return Conversion(path, read.workflow, read.errors)
