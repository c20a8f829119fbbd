"""The register of readers, and which of them reads a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from synth.readers.items import FolderItem, FolderReading, Found, Skipped, Unmapped
from synth.readers.listing import Listing, list_folder

Read = Callable[[Listing, str], Iterator[Found]]
Recognise = Callable[[Listing], bool]

FALLBACK = "pictures"  # names what is wrong with a folder that no reader recognises


class ReaderError(ValueError):
    """A folder that no reader can be told for, or a reader's source that is out of reach."""


@dataclass(frozen=True)
class Reader:
    """A way to read a folder; `read` takes its files and the source's name.

    It says of each file that `reads` has a name or an ending of what became of it.
    """

    name: str
    description: str
    reads: tuple[str, ...]
    recognises: Recognise
    read: Read


READERS: dict[str, Reader] = {}


def reader(name: str, *, reads: tuple[str, ...], recognises: Recognise) -> Callable[[Read], Read]:
    """Register a function that yields what a folder holds, one item at a time.

    The first line of its docstring is the description; `reads` are the names and endings of the
    files that it is for, `recognises` says whether a folder's files are.
    """

    def register(read: Read) -> Read:
        if name in READERS:
            raise ValueError(f"reader {name!r} is registered twice")
        description = (read.__doc__ or name).splitlines()[0]
        READERS[name] = Reader(name, description, reads, recognises, read)
        return read

    return register


def reader_named(name: str) -> Reader:
    """Return a reader; ReaderError names those that there are."""
    if name not in READERS:
        raise ReaderError(f"reader {name!r:.80} is none of {', '.join(sorted(READERS))}")
    return READERS[name]


def read_items(folder: Path, source: str, reader: str | None = None) -> Iterator[Found]:
    """Yield what `folder` holds, one item at a time, and by name what is left out of it.

    `reader` names the reader; without one, the folder's files decide. Raises NotADirectoryError,
    and ReaderError where the files are for several readers.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; name one with workflow documents")
    listing = list_folder(folder)
    chosen = reader_named(reader) if reader else _recognised(listing)
    yield from listing.skipped
    yield from chosen.read(listing, source)
    for path in listing.others(chosen.reads):
        wanted = f"the reader {chosen.name} takes {', '.join(chosen.reads)}"
        yield Skipped(listing.name(path), f"is of no kind that is read; {wanted}")


def read_folder(folder: Path, source: str, reader: str | None = None) -> FolderReading:
    """Return all that `read_items` yields, sorted by kind."""
    reading = FolderReading()
    for found in read_items(folder, source, reader):
        if isinstance(found, FolderItem):
            reading.items.append(found)
        elif isinstance(found, Skipped):
            reading.skipped.append(found)
        elif isinstance(found, Unmapped):
            reading.unmapped.append(found)
    return reading


def _recognised(listing: Listing) -> Reader:
    able = [one for one in READERS.values() if one.recognises(listing)]
    if len(able) > 1:
        names = " and ".join(sorted(one.name for one in able))
        raise ReaderError(
            f"{listing.root} holds files for the readers {names}: give each kind a folder of its "
            "own, or name one reader: sketch2flow sources add NAME --path FOLDER --reader READER"
        )
    return able[0] if able else reader_named(FALLBACK)
