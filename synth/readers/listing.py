"""The files of a folder as readers see them: no links, nothing hidden, in the order of names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sketch2flow.pictures import MAX_BYTES
from synth.readers.items import Skipped, Unreadable

MAX_FILES = 500_000

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
OTHER_PICTURES = (".gif", ".bmp", ".tif", ".tiff", ".heic", ".svg", ".pdf")
# What lies in a folder beside its data: the marker of the drop folder, and words about it.
NOTES = ("_READY", "README", "LICENSE", "NOTICE", ".md", ".txt")
_FIRST_BYTES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_SLUG = re.compile(r"[a-z0-9_]{1,100}")


@dataclass(frozen=True)
class Listing:
    """The files below a folder (`root`, resolved) that may be read, and those that may not."""

    root: Path
    files: list[Path] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @cached_property
    def known(self) -> frozenset[Path]:
        return frozenset(self.files)

    def name(self, path: Path) -> str:
        """Return the name of a file relative to the folder."""
        return path.relative_to(self.root).as_posix()

    def identifier(self, source: str, path: Path) -> str:
        """Return the identifier of what a file holds: `<source>_<name>`, without the ending."""
        return identifier_of(source, path.relative_to(self.root).with_suffix("").as_posix())

    def with_ending(self, *endings: str) -> Iterator[Path]:
        """Yield the files whose names end so, in small letters or capitals."""
        return (path for path in self.files if path.suffix.lower() in endings)

    def others(self, reads: Iterable[str]) -> Iterator[Path]:
        """Yield the files that are no notes and not of these names or endings."""
        known = (*NOTES, *reads)
        return (
            path
            for path in self.files
            if path.name not in known and path.suffix.lower() not in known
        )


def list_folder(folder: Path) -> Listing:
    """Return the files of `folder` and its subfolders.

    Named as left out: links, what cannot be read, and what is beyond MAX_FILES.
    """
    listing = Listing(folder.resolve())
    listing.files.extend(_walk(listing))
    return listing


def _walk(listing: Listing) -> Iterator[Path]:
    def leave_out(path: Path, reason: str) -> None:
        listing.skipped.append(Skipped(listing.name(path), reason))

    def unreadable(error: OSError) -> None:
        leave_out(Path(error.filename), f"cannot be read ({error.strerror})")

    count = 0
    for parent, folders, files in os.walk(listing.root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*folders, *(name for name in files if not name.startswith("."))]):
            path = Path(parent, name)
            try:
                is_link, is_file = path.is_symlink(), path.is_file()
            except OSError as error:
                if name not in folders:  # those are named when they are entered
                    unreadable(error)
                continue
            if is_link:
                leave_out(path, "is a link; put the file itself here")
            elif is_file:
                count += 1
                if count > MAX_FILES:
                    leave_out(path, f"and all behind it: over {MAX_FILES:,} files")
                    return
                yield path


def identifier_of(source: str, name: str) -> str:
    """Return `<source>_<name>`, or a form of the name that still differs from other names'."""
    if _SLUG.fullmatch(name):
        return f"{source}_{name}"
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
    digest = sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{source}_{plain}_{digest}" if plain else f"{source}_{digest}"


def check_picture(path: Path) -> None:
    """Refuse what is no picture from its first bytes, or too large; decoding comes later."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(12)
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from None
    check_start(start, size)


def check_start(start: bytes, size: int) -> None:
    """Refuse a picture of `size` bytes by its first bytes (12 or more), or its size."""
    if size > MAX_BYTES:
        raise Unreadable(f"{size:,} bytes; at most {MAX_BYTES:,} are read")
    is_webp = not start.startswith(b"RIFF") or start[8:12] == b"WEBP"
    if not start.startswith(_FIRST_BYTES) or not is_webp:
        raise Unreadable("no PNG, JPEG or WebP inside")


def read_bounded(path: Path, most: int) -> bytes:
    """Return a file's bytes; Unreadable names the file where it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > most:
            raise Unreadable(f"{path.name}: over {most:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be read ({error.strerror})") from None
