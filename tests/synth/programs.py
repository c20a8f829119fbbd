"""Programs that stand in for a `dot`."""

from __future__ import annotations

import stat
from pathlib import Path


def program(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
