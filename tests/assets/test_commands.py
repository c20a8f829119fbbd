"""`sources`, `up` and what `demo` says, without a Dagster running."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from click import Command
from click.testing import CliRunner
from rich.console import Console

from resources.installation import InstallationError, add_partitions, checkout_file, prepare
from resources.processes import Process, descendants
from sketch2flow.cli import hangup, sources, up
from sketch2flow.cli.pipeline import services as services_module
from sketch2flow.cli.pipeline.running import let_signals_interrupt
from sketch2flow.cli.pipeline.services import Services
from sketch2flow.cli.pipeline.telling import Teller
from sketch2flow.workflow.document import to_object
from sketch2flow_assets.console import NAME as RUN_LOGGER
from sketch2flow_assets.console import console as console_logger
from synth.draw import draw
from synth.generate import generate_workflows, to_line
from tests.synth.readers.bpmn_files import INVOICE

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")  # Set by prepare(), put back by the fixture.


def invoke(command: Command, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_an_installation_is_prepared_once_and_keeps_its_settings(tmp_path: Path) -> None:
    folder = prepare()
    configuration = folder / "dagster" / "dagster.yaml"
    assert os.environ["DAGSTER_HOME"] == str(folder / "dagster")
    configuration.write_text("telemetry:\n  enabled: false\n")
    prepare()
    assert configuration.read_text() == "telemetry:\n  enabled: false\n"
    assert add_partitions(["ui", "mine"]) == ["ui", "mine"]
    assert add_partitions(["ui", "other"]) == ["other"]


def test_outside_a_checkout_it_says_so() -> None:
    assert checkout_file("workspace.yaml").is_file()
    with pytest.raises(InstallationError, match="run sketch2flow from its checkout"):
        checkout_file("nosuch.yaml")


def test_a_folder_is_added_and_listed(tmp_path: Path) -> None:
    folder = tmp_path / "drawings"
    folder.mkdir()
    (made,) = generate_workflows("mine", 1, 1, 2)
    (folder / "a.png").write_bytes(draw(made.workflow, "ui", "1").picture)
    (folder / "a.json").write_text(json.dumps(to_object(made.workflow)))
    (folder / "b.png").write_bytes(b"no picture")
    status, said, warned = invoke(sources.command, "add", "mine", "--path", str(folder))
    assert status == 0
    assert "mine: 1 pictures with documents" in said
    assert "b.png" in warned
    assert add_partitions(["mine"]) == [], "its partition is there"
    _, listed, _ = invoke(sources.command, "list")
    assert [line.split()[0] for line in listed.splitlines()][1:] == [
        *("synthetic", "manual", "digital", "whiteboard", "ui"),
        "mine",
    ]


def test_a_folder_of_processes_is_added_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "processes"
    folder.mkdir()
    (folder / "a.bpmn").write_text(INVOICE)
    (folder / "b.bpmn").write_text("<x/>")
    status, said, warned = invoke(sources.command, "add", "mine", "--path", str(folder))
    assert status == 0
    assert "mine: 0 pictures with documents, and 1 to be drawn in" in said
    assert "left out: b.bpmn: no BPMN 2.0 inside" in warned
    (folder / "c.parquet").touch()
    status, _, warned = invoke(sources.command, "add", "mine", "--path", str(folder))
    assert status == 1
    assert "for the readers bigdocs and bpmn" in warned
    reader = ("--reader", "bpmn")
    assert invoke(sources.command, "add", "mine", "--path", str(folder), *reader)[0] == 0
    status, _, warned = invoke(
        sources.command, "add", "mine", "--path", str(folder), "--reader", "fax"
    )
    assert status == 1
    assert "reader 'fax' is none of bigdocs, bpmn, pictures" in warned


def test_a_folder_of_written_workflows_is_added_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    lines = [to_line(one) for one in generate_workflows("synthetic", 3, 3, 3)]
    (folder / "q.jsonl").write_text("\n".join([*lines, "{}"]))
    (folder / "notes.csv").touch()
    status, said, warned = invoke(sources.command, "add", "mine", "--path", str(folder))
    assert status == 0
    assert "mine: 0 pictures with documents, and 3 to be drawn in" in said
    assert "left out: q.jsonl line 4: line.type: Field required" in warned
    assert "left out: notes.csv: is of no kind that is read" in warned


@pytest.mark.parametrize(
    ("name", "path", "says"),
    [
        ("Mine", ".", "is no name for a data source"),
        ("ui", ".", "built in"),
        ("mine", "nowhere", "nowhere is no folder"),
    ],
)
def test_what_cannot_be_added_is_one_line(name: str, path: str, says: str) -> None:
    status, _, warned = invoke(sources.command, "add", name, "--path", path)
    assert status == 1
    assert says in warned
    assert len(warned.strip().splitlines()) == 1


def test_an_empty_folder_is_added_but_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, _, warned = invoke(sources.command, "add", "mine", "--path", str(tmp_path / "empty"))
    assert status == 1
    assert "can be used" in warned


def test_a_taken_port_is_named_with_another() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        status, _, warned = invoke(up.command, "--port", str(port))
    assert status == 1
    assert warned.strip() == (
        f"Error: port {port} is taken: end what listens there, or use --port {port + 1}"
    )


@pytest.fixture
def _handlers() -> Iterator[None]:
    """Puts the signal handlers back that a test changes."""
    before = {number: signal.getsignal(number) for number in HANDLED}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_services_end_with_their_children_on_a_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """The service leaves a child of its own behind; both are gone afterwards."""
    monkeypatch.setattr(services_module, "FOR_THE_END", 0.5)
    place = tmp_path / "child"
    program = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(place)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr(hangup, "_write_nowhere", lambda: None)  # pytest writes on.

    def interrupt() -> None:
        while not place.exists() or not place.read_text():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    threading.Thread(target=interrupt).start()
    with Services("http://127.0.0.1:9", tmp_path / "logs") as services:
        services.start("sleeper", [sys.executable, "-c", program])
        services.wait()
    assert services.fallen is None
    child = int(place.read_text())
    assert not [one for one in descendants(1) if one.pid == child and one.alive()]


@pytest.mark.usefixtures("_handlers")
def test_a_service_that_falls_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Services("http://127.0.0.1:9", tmp_path / "logs") as services:
        services.start("daemon", [sys.executable, "-c", "raise SystemExit('no such thing')"])
        services.wait()
    assert "Dagster's daemon has ended: no such thing" in str(services.fallen)
    assert str(tmp_path / "logs" / "daemon.log") in str(services.fallen)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children")
def test_services_end_when_up_is_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys\nfrom sketch2flow.cli.pipeline.services import Services\n"
        f"with Services('http://127.0.0.1:9', pathlib.Path({str(tmp_path)!r})) as services:\n"
        "    services.start('sleeper', [sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "    print(services._running['sleeper'].pid, flush=True)\n"
        "    services.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        service = Process.of(int(parent.stdout.readline()))
        assert service
        parent.kill()
    deadline = time.monotonic() + 20
    while service.alive():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.usefixtures("_handlers")
def test_under_nohup_a_closed_terminal_means_nothing() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    hangup.on_hangup(pytest.fail)
    os.kill(os.getpid(), signal.SIGHUP)


def test_after_a_closed_terminal_files_are_written_on_and_pipes_are_not(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom sketch2flow.cli.hangup import on_hangup\n"
        "on_hangup(lambda: print('stopping'))\nprint('before', flush=True)\n"
        "os.kill(os.getpid(), signal.SIGHUP)\nprint('after', file=sys.stderr, flush=True)\n"
        "print('after', flush=True)\n"
    )
    with (tmp_path / "log").open("wb") as log:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=log, check=True
        )
    assert done.stdout == b"before\n"
    assert (tmp_path / "log").read_bytes() == b"after\n"


def tell(*assets: dg.AssetsDefinition) -> tuple[str, Teller]:
    """Run assets as the demo does and return what it prints."""
    printed = Console(record=True, width=120, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    teller = Teller(printed)
    logger = logging.getLogger(RUN_LOGGER)
    logger.addHandler(teller)
    try:
        defs = dg.Definitions(
            assets=assets,
            loggers={"console": console_logger},
            jobs=[dg.define_asset_job("everything")],
            executor=dg.in_process_executor,
        )
        with dg.DagsterInstance.ephemeral() as instance:
            defs.resolve_job_def("everything").execute_in_process(
                instance=instance,
                run_config={"loggers": {"console": {}}},
                raise_on_error=False,
            )
    finally:
        logger.removeHandler(teller)
    return printed.export_text(), teller


def test_a_step_is_told_with_rows_and_reuse() -> None:
    @dg.asset
    def made(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]
        context.log.info("half way")
        return dg.MaterializeResult(metadata={"dagster/row_count": 1234, "reused": True})

    @dg.asset
    def absent():  # type: ignore[no-untyped-def]
        facts = {"dagster/row_count": 0, "reused": True, "reason": "no endpoint"}
        return dg.MaterializeResult(metadata=facts)

    text, teller = tell(made, absent)
    assert teller.failure is None
    (line,) = [line for line in text.splitlines() if "✓ made" in line]
    assert "1,234 rows" in line
    assert line.endswith("made before")
    (line,) = [line for line in text.splitlines() if "✓ absent" in line]
    assert line.endswith("no endpoint")
    assert "    half way" in text
    assert "DEBUG" not in text
    assert "STEP_" not in text


def test_a_failure_is_told_by_its_innermost_reason() -> None:
    @dg.asset
    def broken() -> None:
        raise ValueError("the thing\nin this place")

    _, teller = tell(broken)
    assert teller.failure == "broken: ValueError: the thing in this place"


def blocked(waiting: Callable[[], None]) -> tuple[str, dg.DagsterRunStatus]:
    """Run a job whose pool another run has; return what is printed, and how it ended."""

    @dg.op(pool="gpu")
    def train() -> None:
        pass

    @dg.job(logger_defs={"console": console_logger})
    def training() -> None:
        train()

    printed = Console(record=True, width=120, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    teller = Teller(printed, waiting)
    logger = logging.getLogger(RUN_LOGGER)
    logger.addHandler(teller)
    prepare()
    try:
        with dg.DagsterInstance.get() as instance:
            pools = instance.event_log_storage
            pools.initialize_concurrency_limit_to_default("gpu")
            pools.claim_concurrency_slot("gpu", "another", "train")
            result = training.execute_in_process(
                instance=instance, run_config={"loggers": {"console": {}}}, raise_on_error=False
            )
            run = instance.get_run_by_id(result.run_id)
            assert run
    finally:
        logger.removeHandler(teller)
    return printed.export_text(), run.status


def test_a_step_that_waits_for_a_pool_says_so() -> None:
    def free() -> None:
        with dg.DagsterInstance.get() as instance:
            instance.event_log_storage.free_concurrency_slots_for_run("another")

    text, status = blocked(waiting=free)
    assert "  … train is waiting for pool gpu: another run has it" in text
    assert "✓ train" in text
    assert status == dg.DagsterRunStatus.SUCCESS


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_can_be_interrupted(number: signal.Signals) -> None:
    def interrupt() -> None:
        let_signals_interrupt()
        threading.Timer(0.5, os.kill, (os.getpid(), number)).start()

    started = time.monotonic()
    _, status = blocked(waiting=interrupt)
    assert status == dg.DagsterRunStatus.FAILURE
    assert time.monotonic() - started < 20
