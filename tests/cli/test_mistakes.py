"""What a user gets wrong is one line with exit status 1, whichever command finds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sketch2flow.cli import group
from sketch2flow.cli.mistakes import mistake_of
from sketch2flow.cli.pipeline.services import Services
from tests.serving import free_port


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")  # Set by prepare(), put back by the fixture.
    monkeypatch.setattr(Services, "start", pytest.fail)


@pytest.mark.parametrize("command", ["demo", "up"])
@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SKETCH2FLOW_REGIME", '{"recipe": "nope"}', "nope: no such recipe file"),
        ("SKETCH2FLOW_REGIME", '{"variants": -1}', "SKETCH2FLOW_REGIME: variants: "),
        ("SKETCH2FLOW_DEPLOYMENT", "moon", "SKETCH2FLOW_DEPLOYMENT: no deployment 'moon'"),
    ],
)
def test_settings_are_checked_before_anything_starts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    variable: str,
    value: str,
    says: str,
) -> None:
    monkeypatch.setenv(variable, value)
    assert says in the_line_of(command)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["demo", "up", "sources add mine --path ."])
def test_a_home_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path / "file" / "home"))
    line = the_line_of(*command.split())
    assert str(tmp_path / "file" / "home") in line
    assert "set SKETCH2FLOW_HOME to a folder that you may write" in line


def the_line_of(*arguments: str) -> str:
    """Return the line with which a command ends."""
    port = ("--port", str(free_port())) if arguments[0] == "up" else ()
    result = CliRunner().invoke(group, [*arguments, *port])
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


def test_errors_of_the_system_name_their_file() -> None:
    assert mistake_of(PermissionError(13, "Permission denied", "a/b")) == "a/b: Permission denied"
    assert mistake_of(OSError("no such device")) == "no such device"
    assert mistake_of(BrokenPipeError(32, "Broken pipe")) is None


def test_faults_of_the_program_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.deployment.check_settings", lambda: {}["no such key"])
    result = CliRunner().invoke(group, ["demo"])
    assert isinstance(result.exception, KeyError)
