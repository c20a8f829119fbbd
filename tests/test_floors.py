"""The house: who may import whom, and that our packages are ours."""

import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_floors_hold() -> None:
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


def test_no_command_is_forgotten_by_the_contract_without_dagster() -> None:
    """A new command either runs without Dagster, or is named here among those that need it."""
    with_dagster = {"pipeline", "demo", "up", "sources", "backfill"}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = [one for one in settings["contracts"] if one["name"].startswith("Commands out")]
    named = {module.removeprefix("sketch2flow.cli.") for module in contract["source_modules"]}
    there = {item.name for item in pkgutil.iter_modules([str(ROOT / "sketch2flow" / "cli")])}
    assert named == there - with_dagster


@pytest.mark.parametrize("package", ["sketch2flow", "synth", "resources", "sketch2flow_assets"])
def test_packages_come_from_this_checkout(package: str) -> None:
    """Other wheels install packages of such common names."""
    module = __import__(package)
    assert Path(module.__file__ or "").is_relative_to(ROOT)


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("sketch2flow.cli", ["torch", "dagster", "pandas", "datasets", "cv2", "pydantic"]),
        ("sketch2flow.cli.score", ["torch", "dagster", "pandas", "datasets", "cv2"]),
        (
            "sketch2flow.cli.convert",
            ["torch", "dagster", "pandas", "datasets", "cv2", "pydantic", "PIL"],
        ),
        ("sketch2flow.vlm.convert", ["torch", "transformers", "dagster", "pandas", "datasets"]),
        ("resources.champion", ["torch", "dagster", "pandas", "duckdb", "pydantic"]),
        ("sketch2flow_assets.definitions", ["torch", "transformers", "datasets", "albumentations"]),
        ("synth.draw", ["torch", "dagster", "albumentations"]),
    ],
)
def test_start_up_imports_nothing_heavy(module: str, absent: list[str]) -> None:
    code = f"import sys, {module}; print([m for m in {absent} if m in sys.modules])"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert shown.stdout.strip() == "[]"
