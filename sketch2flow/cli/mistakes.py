"""A user's mistakes in one line, wherever in the house they are found."""

from __future__ import annotations

import errno

OURS = ("sketch2flow", "synth", "resources", "sketch2flow_assets")


def mistake_of(error: Exception) -> str | None:
    """Return what the user needs to know of an error; None if it is a fault of the program.

    An error that one of our packages defines is raised for its reader, and says in one line what
    is wrong where. One of the system names a file.
    """
    if type(error).__module__.partition(".")[0] in OURS:
        return str(error)
    if isinstance(error, OSError) and error.errno != errno.EPIPE:  # click ends at a closed pipe
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return None
