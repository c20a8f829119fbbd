"""A picture in, a workflow out: the reading that the command line and the demo share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sketch2flow.pictures import MAX_BYTES, PictureError, upright_file
from sketch2flow.workflow.document import Workflow, to_object
from sketch2flow.workflow.prompts import PROMPTS
from sketch2flow.workflow.reading import read_answer

if TYPE_CHECKING:
    from sketch2flow.vlm.predictions import Prediction
    from sketch2flow.workflow.rules import StructureError


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


def convert_pictures(
    pictures: Sequence[Path], model: str, prompt_id: str, served_model: str | None = None
) -> Iterator[Conversion]:
    """Yield one conversion per picture as it comes; a bad picture does not stop the others.

    `model` is a model folder, a Hub id, or the URL of an OpenAI-compatible endpoint. A local
    model answers pictures of one size together, so the order is not that of `pictures`. Raises
    sketch2flow.vlm.generate.ModelNotFoundError if it is not there.
    """
    readable: list[Path] = []
    for path in dict.fromkeys(pictures):
        if reason := _what_is_wrong(path):
            yield Conversion(path, None, (), reason)
        else:
            readable.append(path)
    if not readable:
        return
    served = model.startswith(("http://", "https://"))
    failures: list[Conversion] = []

    def rows() -> Iterator[tuple[str, bytes]]:
        for path in readable:
            try:
                data = path.read_bytes()
                # What a server does with a phone's note on how it was held is not known.
                yield str(path), upright_file(data) if served else data
            except OSError as error:
                failures.append(Conversion(path, None, (), f"cannot be read ({error.strerror})"))
            except PictureError as error:
                failures.append(Conversion(path, None, (), str(error)))

    ask = _ask_server if served else _ask_here
    for answer in ask(rows(), model, prompt_id, served_model):
        while failures:
            yield failures.pop(0)
        yield _conversion(Path(answer.identifier), answer)
    yield from failures


def _what_is_wrong(path: Path) -> str | None:
    """Return why there is no picture file at `path`, without opening it."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not path.is_file():
        return "not a file"
    return f"larger than {MAX_BYTES // 1_000_000} MB" if size > MAX_BYTES else None


def _ask_server(
    rows: Iterator[tuple[str, bytes]], url: str, prompt_id: str, served_model: str | None
) -> Iterator[Prediction]:
    from sketch2flow.vlm.api import ask_endpoint

    key = os.environ.get("SKETCH2FLOW_API_KEY") or "none"
    return ask_endpoint((url, key, served_model or "default"), rows, PROMPTS[prompt_id], url)


def _ask_here(
    rows: Iterator[tuple[str, bytes]], model: str, prompt_id: str, served_model: str | None
) -> Iterator[Prediction]:
    from sketch2flow.vlm.generate import generate_answers

    return generate_answers(model, rows, PROMPTS[prompt_id], model, prompt_id=prompt_id)


def _conversion(path: Path, answer: Prediction) -> Conversion:
    if answer.error:
        return Conversion(path, None, (), answer.error)
    read = read_answer(answer.text)
    if read.workflow is None:
        reasons = ", ".join(error.code for error in read.errors)
        return Conversion(path, None, read.errors, f"the model's answer is no workflow ({reasons})")
    return Conversion(path, read.workflow, read.errors)
