import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from resources import pipes
from resources.pipes import FileMessageReader, Observer, pipes_session


def message(method: str, **parameters: Any) -> str:
    return json.dumps({"__dagster_pipes_version": "0.1", "method": method, "params": parameters})


def progress(step: int, **figures: Any) -> dict[str, Any]:
    return {"kind": "progress", "step": step, **figures}


class Handler:
    """What Dagster makes of messages, without Dagster."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.troubles: list[str] = []

    def handle_message(self, told: dict[str, Any]) -> None:
        if told["method"] == "nonsense":
            raise ValueError("no such method")
        self.messages.append(told["params"])

    def report_pipes_framework_exception(self, origin: str, error: Any) -> None:
        self.troubles.append(str(error[1]))


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "SECONDS_BETWEEN_LOOKS", 0.02)


def test_messages_are_handed_over_while_they_are_written_but_never_half(tmp_path: Path) -> None:
    handler, heard = Handler(), []
    reader = FileMessageReader(tmp_path / "messages", heard.append)
    with reader.read_messages(handler) as parameters:  # type: ignore[arg-type]
        file = Path(parameters["path"])
        first = message("report_custom_message", payload=progress(1)) + "\n"
        with file.open("a") as out:
            out.write(first + first[:20])
        wait_for(lambda: heard)
        time.sleep(0.1)
        assert heard == [progress(1)]
        with file.open("a") as out:
            out.write(first[20:] + "{broken\n" + message("nonsense") + "\n")
        wait_for(lambda: len(handler.troubles) == 2)
        with file.open("a") as out:
            out.write(message("report_custom_message", payload={"kind": "finished"}) + "\n")
    assert heard == [progress(1), progress(1), {"kind": "finished"}], "the last one is not lost"
    assert len(handler.messages) == 3


class Context:
    """A step's context that keeps what is observed."""

    def __init__(self, *assets: str) -> None:
        self.selected_asset_keys = {dg.AssetKey(name) for name in assets}
        self.observed: list[dict[str, Any]] = []

    def log_event(self, event: dg.AssetObservation) -> None:
        assert event.asset_key == dg.AssetKey("model")
        self.observed.append({name: value.value for name, value in event.metadata.items()})


def test_observations_keep_their_distance_and_lose_no_figure() -> None:
    context, now = Context("model"), [0.0]
    observer = Observer(context, lambda: now[0])  # type: ignore[arg-type]
    for step in range(1, 41):
        now[0] = float(step)
        extra = {"validation_loss": 0.5} if step == 20 else {}
        observer.heard(progress(step, loss=1 / step, **extra))
    assert [one["step"] for one in context.observed] == [1, 16, 31]
    assert context.observed[2]["validation_loss"] == 0.5, "though it came in between"
    assert "validation_loss" not in context.observed[1]
    observer.observe()
    assert context.observed[3]["step"] == 40, "the end is not lost"
    observer.observe()
    assert len(context.observed) == 4, "nothing new"


def test_long_trainings_are_observed_more_rarely() -> None:
    context, now = Context("model"), [0.0]
    observer = Observer(context, lambda: now[0])  # type: ignore[arg-type]
    for minute in range(24 * 60):
        now[0] = 60.0 * minute
        observer.heard(progress(minute))
    assert 100 < len(context.observed) < 200
    shown = context.observed[-100:]  # what the UI plots
    assert shown[0]["step"] < 24 * 60 / 10


def test_what_is_no_figure_is_not_observed() -> None:
    context = Context("model")
    observer = Observer(context)  # type: ignore[arg-type]
    for strange in (None, [1], "text", {"kind": "finished", "record": "x"}):
        observer.heard(strange)  # type: ignore[arg-type]
    observer.heard(progress(1, loss=float("nan"), stage="one", fast=True, memory_gb=2))
    assert context.observed == [{"step": 1, "memory_gb": 2}]


def test_a_step_that_makes_no_asset_observes_nothing() -> None:
    context = Context()
    Observer(context).heard(progress(1, loss=1.0))  # type: ignore[arg-type]
    assert context.observed == []


def test_observations_reach_the_instance_while_the_step_runs(tmp_path: Path) -> None:
    seen = SimpleNamespace(before_the_end=0)

    @dg.op(out=dg.Out(dg.Nothing))
    def work(context: dg.OpExecutionContext) -> dg.Output[None]:
        def observations() -> int:
            kind = dg.DagsterEventType.ASSET_OBSERVATION
            return len(context.instance.all_logs(context.run_id, of_type=kind))

        with pipes_session(context, tmp_path) as session:
            (file,) = tmp_path.glob("messages")
            with file.open("a") as out:
                lines = [message("opened", extras={})]
                lines += [
                    message("report_custom_message", payload=progress(step, loss=2.5))
                    for step in (1, 2)
                ]
                out.write("\n".join([*lines, message("closed")]) + "\n")
            wait_for(observations)
            seen.before_the_end = observations()
        assert [one["step"] for one in session.get_custom_messages()] == [1, 2]
        return dg.Output(None)

    @dg.graph_asset
    def model() -> None:
        return work()

    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([model], instance=instance).success
        records = instance.fetch_observations(dg.AssetKey("model"), limit=10).records
    told = [record.asset_observation.metadata for record in reversed(records)]
    assert [(one["step"].value, one["loss"].value) for one in told] == [(1, 2.5), (2, 2.5)]
    assert seen.before_the_end == 1
