"""Where artefacts live: objects addressed by content, and refs that point to them, like git's."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sketch2flow.files import write_text

KINDS = (
    "workflows",
    "diagrams",
    "augmented_diagrams",
    "dataset",
    "published",
    "training",
    "training_inputs",
    "predictions",
    "scores",
    "report",
    "champion",
)
_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


class StorageError(ValueError):
    """A kind, key or digest that cannot name an artefact, or an artefact that is not there."""


def home() -> Path:
    """Return the folder of everything that is kept: $SKETCH2FLOW_HOME, or ./var."""
    return Path(os.environ.get("SKETCH2FLOW_HOME") or "var").absolute()


def digest_of(value: Any) -> str:
    """Return 16 hex digits of a JSON-able value; key order does not matter."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_of_folder(folder: Path) -> str:
    """Return 64 hex digits of all files below a folder, by their relative paths and contents."""
    hashed = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        hashed.update(f"{path.relative_to(folder)}\0{content}\n".encode())
    return hashed.hexdigest()


class Storage:
    """Artefacts of one installation below `root`.

    An object is a folder `objects/<kind>/<key>/<digest>` that is complete as soon as it has its
    name; a ref is a one-line file `refs/<kind>/<key>` that holds the digest in force.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or home() / "storage"

    def object_folder(self, kind: str, key: str, digest: str) -> Path:
        """Return where the object is, or would be."""
        if not _DIGEST.fullmatch(digest):
            raise StorageError(f"{kind}/{key}: {digest!r} is no digest (8 to 64 hex digits)")
        return self._folder("objects", kind) / _checked_key(kind, key) / digest

    def has(self, kind: str, key: str, digest: str) -> bool:
        return self.object_folder(kind, key, digest).is_dir()

    def write(
        self,
        kind: str,
        key: str,
        digest: str,
        fill: Callable[[Path], None],
        force: bool = False,
    ) -> Path:
        """Return the object's folder, filled by `fill` under a temporary name unless it is there.

        When `fill` raises, nothing is left behind. `force` fills it anew.
        """
        target = self.object_folder(kind, key, digest)
        if target.is_dir() and not force:
            return target
        temporary = target.parent / f".{digest}.{uuid.uuid4().hex}"
        temporary.mkdir(parents=True)
        try:
            fill(temporary)
            _put_in_place(temporary, target, replace=force)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return target

    def open_work(self, kind: str, key: str, digest: str) -> Path:
        """Return the folder of an object in the making, which survives a killed process."""
        target = self.object_folder(kind, key, digest)
        work = target.with_name(f".{digest}.work")
        work.mkdir(parents=True, exist_ok=True)
        return work

    def close_work(self, kind: str, key: str, digest: str, replace: bool = False) -> Path:
        """Give the object in the making its name and return its folder.

        One that has the name already stays, unless it is to be replaced: two runs may share the
        work, and the one that ends later holds what it wrote after the other had ended.
        """
        target = self.object_folder(kind, key, digest)
        _put_in_place(target.with_name(f".{digest}.work"), target, replace)
        self.drop_work(kind, key, digest)
        return target

    def drop_work(self, kind: str, key: str, digest: str) -> None:
        """Forget an object in the making."""
        work = self.object_folder(kind, key, digest).with_name(f".{digest}.work")
        shutil.rmtree(work, ignore_errors=True)

    def set_ref(self, kind: str, key: str, digest: str) -> None:
        """Let `key` point to `digest` from now on, in one step."""
        self.object_folder(kind, key, digest)  # Refuses names that are none.
        write_text(self._folder("refs", kind) / key, digest + "\n")

    def ref(self, kind: str, key: str) -> str | None:
        """Return the digest that `key` points to, None if there is no such ref."""
        path = self._folder("refs", kind) / _checked_key(kind, key)
        return path.read_text().strip() if path.is_file() else None

    def refs(self, kind: str) -> dict[str, str]:
        """Return every key of a kind with its digest, sorted by key."""
        folder = self._folder("refs", kind)
        if not folder.is_dir():
            return {}
        names = sorted(path.name for path in folder.iterdir() if _KEY.fullmatch(path.name))
        return {name: (folder / name).read_text().strip() for name in names}

    def current(self, kind: str, key: str) -> Path:
        """Return the folder of the object in force; StorageError names what has to be made."""
        digest = self.ref(kind, key)
        if digest is None or not self.has(kind, key, digest):
            raise StorageError(f"there is no {kind}/{key} in {self.root}: materialize it first")
        return self.object_folder(kind, key, digest)

    def _folder(self, part: str, kind: str) -> Path:
        if kind not in KINDS:
            raise StorageError(f"{kind!r} is no kind of artefact; there are {', '.join(KINDS)}")
        return self.root / part / kind


def _checked_key(kind: str, key: str) -> str:
    if not _KEY.fullmatch(key):
        raise StorageError(f"{kind}: {key!r} is no key (lower-case letters, digits, _ . -)")
    return key


def _put_in_place(temporary: Path, target: Path, replace: bool) -> None:
    # A folder cannot be renamed onto a filled one: an old one to be replaced steps aside first.
    # Who loses a race against another writer of the same content keeps the winner's.
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    if replace and target.is_dir():
        target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():
            if aside.is_dir():
                aside.rename(target)
            raise
    shutil.rmtree(aside, ignore_errors=True)
