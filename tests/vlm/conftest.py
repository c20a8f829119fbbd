"""Snapshots of tiny models, each built once for all tests."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.vlm.families import FAMILIES, Snapshot


@pytest.fixture(scope="session")
def snapshot_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Snapshot]:
    @cache
    def build(name: str) -> Snapshot:
        folder = tmp_path_factory.mktemp(name)
        family = FAMILIES[name]()
        family.save(folder)
        return Snapshot(family, folder)

    return build
