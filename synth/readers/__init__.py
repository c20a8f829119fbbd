"""Readers turn files of others into workflow documents, so that a new source is a folder.

Every module of this package registers its readers when it is imported, which happens here: a
further reader is one more file. A bad file never stops the good ones: it is left out and named
with its reason.
"""

from __future__ import annotations

import importlib
import pkgutil

from sketch2flow.media import MEDIA, PROVENANCES
from synth.readers.items import (
    MAX_DOCUMENT_BYTES,
    MAX_GROUP_CHARACTERS,
    FolderItem,
    FolderReading,
    Found,
    Picture,
    Skipped,
    Unmapped,
    Unreadable,
)
from synth.readers.listing import MAX_FILES, Listing
from synth.readers.registry import (
    READERS,
    Reader,
    ReaderError,
    read_folder,
    read_items,
    reader,
    reader_named,
)

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "MAX_FILES",
    "MAX_GROUP_CHARACTERS",
    "MEDIA",
    "PROVENANCES",
    "READERS",
    "FolderItem",
    "FolderReading",
    "Found",
    "Listing",
    "Picture",
    "Reader",
    "ReaderError",
    "Skipped",
    "Unmapped",
    "Unreadable",
    "read_folder",
    "read_items",
    "reader",
    "reader_named",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
