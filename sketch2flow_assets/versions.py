"""Code versions that cannot be forgotten: digests of the code that makes an artefact."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from pathlib import Path


@functools.cache
def code_digest(*modules: str) -> str:
    """Return 16 hex digits of the files of modules and packages, found without importing them.

    An artefact whose digest includes this is made anew after its code changed, be it a comment.
    All files of a package count, templates, catalogues and fonts too.
    """
    hashed = hashlib.sha256()
    for module in modules:
        for name, path in _files(module).items():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            hashed.update(f"{module}/{name}\0{content}\n".encode())
    return hashed.hexdigest()[:16]


def _files(module: str) -> dict[str, Path]:
    """Return the files of a module or package by their paths below it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no module {module} to take the code version of")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        return {origin.name: origin}
    folder = origin.parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix(): path for path in files}
