"""Code versions that cannot be forgotten: digests of the code that makes an artefact."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from pathlib import Path


@functools.cache
def code_digest(*modules: str) -> str:
    """Return 16 hex digits of the files of modules and packages, found without importing them.

    An artefact whose digest includes this is made anew after its code changed.
    """
    hashed = hashlib.sha256()
    for module in modules:
        for path in _files(module):
            hashed.update(f"{module}/{path.name}\0".encode())
            hashed.update(path.read_bytes())
    return hashed.hexdigest()[:16]


def _files(module: str) -> list[Path]:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no module {module} to take the code version of")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        return [origin]
    return sorted(path for path in origin.parent.rglob("*") if path.suffix in (".py", ".yaml"))
