from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sketch2flow_assets.versions import code_digest


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of two modules of one name, and a template."""
    folder = tmp_path / "painted"
    for part in (folder, folder / "a", folder / "b"):
        part.mkdir()
        (part / "__init__.py").touch()
    (folder / "a" / "same.py").write_text("x = 1")
    (folder / "b" / "same.py").write_text("x = 2")
    (folder / "page.html").write_text("<p>")
    monkeypatch.syspath_prepend(tmp_path)
    code_digest.cache_clear()
    yield folder
    code_digest.cache_clear()


def again(*modules: str) -> str:
    code_digest.cache_clear()
    return code_digest(*modules)


def test_files_of_one_name_are_told_apart_by_their_folders(package: Path) -> None:
    before = again("painted")
    (package / "a" / "same.py").write_text("x = 2")
    (package / "b" / "same.py").write_text("x = 1")
    assert again("painted") != before


def test_templates_count_and_compiled_files_do_not(package: Path) -> None:
    before = again("painted")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"compiled")
    assert again("painted") == before
    (package / "page.html").write_text("<p>another")
    assert again("painted") != before


def test_a_module_is_its_file_alone(package: Path) -> None:
    before = again("painted.a.same")
    (package / "b" / "same.py").write_text("x = 3")
    assert again("painted.a.same") == before


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"no module sketch2flow\.nosuch"):
        code_digest("sketch2flow.nosuch")
