"""The real trainer under torchrun with gloo, on a tiny data set."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.vlm import tiny


def torchrun(ranks: int, recipe: Path, dataset: Path, output: Path) -> subprocess.Popen[str]:
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
        *("--nproc-per-node", str(ranks), "-m", "sketch2flow.vlm.train"),
        *("--recipe-file", str(recipe), "--dataset-folder", str(dataset)),
        *("--output-folder", str(output)),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )


def train(
    ranks: int, recipe: Path, dataset: Path, output: Path, seconds: float = 180
) -> tuple[dict[str, Any], str]:
    process = torchrun(ranks, recipe, dataset, output)
    _, log = process.communicate(timeout=seconds)
    assert process.returncode == 0, log
    return json.loads((output / "training.json").read_text()), log


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_dataset(tmp_path_factory.mktemp("data"), broken=True)


@pytest.fixture(scope="module")
def two_ranks(
    tmp_path_factory: pytest.TempPathFactory, dataset: Path
) -> tuple[Path, dict[str, Any], str]:
    output = tmp_path_factory.mktemp("two")
    recipe = tiny.write_recipe(output / "recipe.yaml")
    return output, *train(2, recipe, dataset, output)


def test_two_ranks_train_and_name_the_broken_row(
    two_ranks: tuple[Path, dict[str, Any], str],
) -> None:
    _, record, log = two_ranks
    assert record["steps"] == 8
    assert record["ranks"] == 2
    assert record["losses"][-1]["loss"] < record["losses"][0]["loss"]
    assert record["rows_left_out"] == {"unreadable": 1}
    assert record["rows_used"] == 47
    assert "tiny_train_005 left out: not a readable picture" in log


def test_the_model_is_an_ordinary_folder_that_the_auto_classes_load(
    two_ranks: tuple[Path, dict[str, Any], str],
) -> None:
    import torch

    from sketch2flow.vlm.start import load_model

    folder = two_ranks[0] / "model"
    assert (folder / "model.safetensors").is_file()
    model, processor = load_model(str(folder))
    assert type(model).__name__ == "SketchReader"
    assert type(processor).__name__ == "ReaderProcessor"
    record = tiny.rows("test", 1)[0]
    answer = record["annotations"][0]
    tokens = processor.tokenizer(answer, add_special_tokens=False)["input_ids"]
    assert processor.tokenizer.decode(tokens) == answer
    assert all(torch.isfinite(p).all() for p in model.parameters())


def test_generation_answers_each_picture_alike_alone_and_in_company(
    two_ranks: tuple[Path, dict[str, Any], str],
) -> None:
    from sketch2flow.vlm.generate import generate_answers

    rows = [(r["identifier"], r["images"][0]["bytes"]) for r in tiny.rows("test", 6)]
    rows.insert(2, ("broken", b"no picture"))
    folder = two_ranks[0] / "model"
    together = {one.identifier: one for one in generate_answers(folder, rows, "", max_tokens=24)}
    assert together["broken"].error is not None
    for identifier, data in rows[:2]:
        (alone,) = generate_answers(folder, [(identifier, data)], "", max_tokens=24)
        assert alone.text == together[identifier].text
        assert alone.tokens_out > 0


def test_the_run_keeps_its_curves(two_ranks: tuple[Path, dict[str, Any], str]) -> None:
    output, record, _ = two_ranks
    lines = (output / "losses.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == record["losses"]
    assert list((output / "tensorboard").glob("events.out.tfevents.*"))
    assert not (output / "checkpoints").exists()


def curve(record: dict[str, Any], name: str) -> list[float]:
    return [point[name] for point in record["losses"] if name in point]


@pytest.mark.slow
def test_two_ranks_lose_what_one_rank_loses(dataset: Path, tmp_path: Path) -> None:
    # Muon rounds to bfloat16 on the way, in another order on two ranks: AdamW does not.
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml", optimizer="adamw", steps=16)
    one, _ = train(1, recipe, dataset, tmp_path / "one")
    two, _ = train(2, recipe, dataset, tmp_path / "two")
    assert len(one["losses"]) == len(two["losses"]) == 16
    for name in ("loss", "gradient_norm", "validation_loss"):
        assert curve(one, name) == pytest.approx(curve(two, name), rel=1e-5), name


@pytest.mark.slow
def test_a_validation_leaves_no_trace_in_what_comes_after(dataset: Path, tmp_path: Path) -> None:
    # FSDP keeps the root's gathered weights after a validation: those of the moving average.
    records = []
    for every in (1, 1000):
        recipe = tiny.write_recipe(tmp_path / f"{every}.yaml", validate_every=every)
        records.append(train(2, recipe, dataset, tmp_path / str(every))[0])
    looked, never = records
    assert curve(looked, "loss") == curve(never, "loss")
    assert len(curve(looked, "validation_loss")) == 8


def wait_for_checkpoint(process: subprocess.Popen[str], output: Path) -> None:
    deadline = time.monotonic() + 120
    while not list(output.glob("checkpoints/step-*/.metadata")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)


def kill(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal: SIGTERM to torchrun, which hands it on, SIGKILL to all; return the log."""
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    process.send_signal(number)
    for child in children if number == signal.SIGKILL else []:
        os.kill(int(child), number)
    process.wait(60)
    return process.communicate()[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "ranks", "workers"),
    [
        (signal.SIGKILL, 2, 0),
        (signal.SIGTERM, 2, 0),
        (signal.SIGTERM, 2, 1),
        (signal.SIGKILL, 1, 0),
    ],
)
def test_a_killed_run_continues_with_the_losses_of_an_undisturbed_one(
    dataset: Path, tmp_path: Path, how: signal.Signals, ranks: int, workers: int
) -> None:
    # The same settings (the schedule hangs on the number of steps), stopped on the way.
    settings: dict[str, Any] = {"steps": 60, "checkpoint_every": 5, "keep_checkpoints": 2}
    settings |= {"optimizer": "muon" if ranks == 2 else "adamw", "loader_workers": workers}
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml", **settings)
    undisturbed, _ = train(2, recipe, dataset, tmp_path / "undisturbed")
    output = tmp_path / "disturbed"
    process = torchrun(2, recipe, dataset, output)
    wait_for_checkpoint(process, output)
    log = kill(process, how)
    assert "DataLoader worker" not in log, "workers live as long as their rank"
    assert not (output / "training.json").exists()
    assert len(list(output.glob("checkpoints/step-*"))) <= 4  # two, one in the making, the best
    half_written = output / "checkpoints" / "step-59"
    half_written.mkdir()
    (half_written / "__0_0.distcp").write_bytes(b"cut off")
    resumed, log = train(ranks, recipe, dataset, output)
    assert "continuing from the checkpoint of step" in log
    assert "step 59" not in log.split("continuing")[1].splitlines()[0]
    expected, got = (
        {point["step"]: (point["loss"], point["gradient_norm"]) for point in record["losses"]}
        for record in (undisturbed, resumed)
    )
    assert set(got) == set(expected) == set(range(1, 61))  # those before the stop are kept
    if ranks == 2:
        assert got == expected
        assert resumed["validation_loss"] == undisturbed["validation_loss"]
    else:
        for step in got:
            assert got[step] == pytest.approx(expected[step], rel=1e-4), step


@pytest.mark.slow
def test_a_lost_rank_ends_the_run_and_the_next_start_goes_on(dataset: Path, tmp_path: Path) -> None:
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml", steps=60, checkpoint_every=5)
    undisturbed, _ = train(2, recipe, dataset, tmp_path / "undisturbed")
    output = tmp_path / "disturbed"
    process = torchrun(2, recipe, dataset, output)
    wait_for_checkpoint(process, output)
    ranks = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    os.kill(int(ranks[-1]), signal.SIGKILL)
    assert process.wait(90) != 0
    process.communicate()
    resumed, _ = train(2, recipe, dataset, output)
    assert curve(resumed, "loss") == curve(undisturbed, "loss")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "within"),
    [
        ({"loader_workers": 2}, 0.0),  # batches are made by other processes
        ({"recompute": "layers"}, 1e-6),
        ({"recompute": "cheap"}, 1e-6),
        ({"logits_per_chunk": 3000}, 1e-5),
        ({"compile": True}, 1e-3),  # needs a C++ compiler
    ],
    ids=["loader", "layers", "cheap", "chunks", "compiled"],
)
def test_how_it_is_computed_does_not_matter(
    changes: dict[str, Any], within: float, dataset: Path, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"optimizer": "adamw", "steps": 4}
    plain = tiny.write_recipe(tmp_path / "plain.yaml", **settings)
    other = tiny.write_recipe(tmp_path / "other.yaml", **settings, **changes)
    expected, _ = train(2, plain, dataset, tmp_path / "plain")
    found, _ = train(2, other, dataset, tmp_path / "other", seconds=900)
    for name in ("loss", "gradient_norm", "validation_loss"):
        assert curve(found, name) == pytest.approx(curve(expected, name), rel=within), name


@pytest.mark.slow
def test_the_best_weights_are_the_result_where_a_run_may_stop_early(
    dataset: Path, tmp_path: Path
) -> None:
    # A learning rate that soon destroys what was learnt.
    changes: dict[str, Any] = {"learning_rate": 0.5, "warmup_steps": 20, "average_decay": None}
    recipe = tiny.write_recipe(
        tmp_path / "recipe.yaml", steps=400, validate_every=2, patience=3, **changes
    )
    record, log = train(2, recipe, dataset, tmp_path / "out")
    losses = curve(record, "validation_loss")
    best = min(losses)
    assert record["steps"] < 400
    assert losses.index(best) == len(losses) - 4
    assert record["best_step"] == record["steps"] - 6
    assert record["validation_loss"] == pytest.approx(best, rel=1e-6)
    assert f"was at step {record['best_step']}" in log


def test_a_step_that_the_ranks_cannot_share_is_refused_in_one_line(
    dataset: Path, tmp_path: Path
) -> None:
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml", batches_per_step=3)
    process = torchrun(2, recipe, dataset, tmp_path / "out")
    _, log = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "batches_per_step is 3, which 2 ranks cannot share evenly" in log


def test_a_data_set_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml")
    process = torchrun(1, recipe, tmp_path / "nowhere", tmp_path / "out")
    _, log = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "nowhere: no data/train-*.parquet" in log
