"""What `pip install .` brings is enough for the trainer and `convert`; extras bring the rest."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sketch2flow.cli.extras import EXTRAS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [
    *("dagster", "dagster-webserver", "graphviz", "pillow", "albumentations", "torch"),
    *("transformers", "datasets", "duckdb", "apted", "openai"),
]


def names(requirements: list[str]) -> set[str]:
    """Return the distributions of requirements, those of our own extras in place of their names."""
    found = set()
    for requirement in requirements:
        name, extras = re.match(r"([\w-]+)(?:\[([\w,]+)\])?", requirement).groups()  # type: ignore[union-attr]
        if name == "sketch2flow":
            for extra in extras.split(","):
                found |= names(PROJECT["optional-dependencies"][extra])
        else:
            found.add(name)
    return found


def without(extras: list[str], code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python where the modules of these extras are not installed."""
    absent = [module for extra in extras for module in EXTRAS[extra]]
    hidden = f"import sys\nfor name in {absent}: sys.modules[name] = None\n"
    return subprocess.run(
        [sys.executable, "-c", hidden + code], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_all_brings_what_every_command_needs() -> None:
    base = names(PROJECT["dependencies"])
    everything = base | names(["sketch2flow[all]"])
    assert set(NEEDED) <= everything
    for extra, modules in EXTRAS.items():
        brought = names([f"sketch2flow[{extra}]"])
        assert {module.replace("_", "-") for module in modules} <= brought - base
    assert "'.[all,dev]'" in (ROOT / "Makefile").read_text()


def test_without_extras_the_trainer_and_convert_are_there() -> None:
    code = "import sketch2flow.vlm.train, sketch2flow.vlm.generate, sketch2flow.vlm.convert\n"
    code += "from sketch2flow.cli.convert import champion_folder\n"
    code += "import sketch2flow.scoring.engines.mended_apted, resources.champion\n"
    done = without(["pipeline", "draw"], code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "absent", "says"),
    [
        (["demo"], ["pipeline"], "sketch2flow demo needs dagster, which is not installed: "),
        (["up", "--port", "45871"], ["pipeline"], "sketch2flow up needs dagster, which "),
        (["convert", "a.png", "--draw"], ["draw"], "drawing needs isal, which is not "),
        (["draw", "--source", "ui", "--count", "2", "--out", "o"], ["draw"], "drawing needs "),
    ],
)
def test_a_missing_extra_is_named_in_one_line(
    arguments: list[str],
    absent: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path))
    code = "import shutil; shutil.which = lambda program: None  # no `dot` either\n"
    code += f"import sys; sys.argv[1:] = {arguments}\n"
    done = without(absent, code + "from sketch2flow.cli import main; main()")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {says}")
    assert f"run pip install '.[{absent[0]}]' in the checkout" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_numba_pairs_are_scored_all_the_same_unless_it_is_asked_for(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"id": "a", "candidate": "{}", "reference": "{}"}\n')
    code = f"import sys; sys.argv[1:] = ['score', {str(pairs)!r}, *{{}}]\n"
    code += "from sketch2flow.cli import main; main()"
    assert without(["fast"], code.format([])).returncode == 0
    asked = without(["fast"], code.format(["--engine", "numba"]))
    assert asked.returncode == 1
    assert asked.stderr == (
        "Error: sketch2flow score needs numba, which is not installed: "
        "run pip install '.[fast]' in the checkout of sketch2flow\n"
    )


def test_a_help_text_needs_no_extra() -> None:
    code = "import sys; sys.argv[1:] = ['demo', '--help']\nfrom sketch2flow.cli import main; main()"
    assert without(["pipeline", "draw"], code).returncode == 0
