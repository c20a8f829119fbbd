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


def train(ranks: int, recipe: Path, dataset: Path, output: Path) -> tuple[dict[str, Any], str]:
    process = torchrun(ranks, recipe, dataset, output)
    _, log = process.communicate(timeout=180)
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
    assert type(model).__name__ == "VisionEncoderDecoderModel"
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


@pytest.mark.slow
def test_two_ranks_lose_what_one_rank_loses(
    two_ranks: tuple[Path, dict[str, Any], str], dataset: Path, tmp_path: Path
) -> None:
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml")
    # An odd rest of a group is dropped only where a rank would go empty: pairs keep both alike.
    one, _ = train(1, recipe, dataset, tmp_path)
    two = two_ranks[1]
    assert len(one["losses"]) == len(two["losses"]) >= 4
    for name, within in (("loss", 1e-3), ("gradient_norm", 1e-2)):
        alone = [point[name] for point in one["losses"]]
        together = [point[name] for point in two["losses"]]
        assert alone[0] == pytest.approx(together[0], rel=1e-5), name
        assert alone == pytest.approx(together, rel=within), name


@pytest.mark.slow
def test_a_validation_leaves_no_trace_in_what_comes_after(dataset: Path, tmp_path: Path) -> None:
    # FSDP keeps the root's gathered weights after a validation: those of the moving average.
    losses = []
    for every in (4, 1000):
        recipe = tiny.write_recipe(
            tmp_path / f"{every}.yaml", validate_every=every, log_every_seconds=1e-9
        )
        record, _ = train(2, recipe, dataset, tmp_path / str(every))
        losses.append({point["step"]: point["gradient_norm"] for point in record["losses"]})
    looked, never = losses
    common = set(looked) & set(never)
    assert max(common) > 4
    assert {step: looked[step] for step in common} == {step: never[step] for step in common}


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_continues_with_the_losses_of_an_undisturbed_one(
    two_ranks: tuple[Path, dict[str, Any], str],
    dataset: Path,
    tmp_path: Path,
    how: signal.Signals,
) -> None:
    # The same settings (the schedule hangs on the number of steps), stopped on the way.
    steps = 60
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml", steps=steps, checkpoint_every=5)
    undisturbed, _ = train(2, recipe, dataset, tmp_path / "undisturbed")
    output = tmp_path / "disturbed"
    process = torchrun(2, recipe, dataset, output)
    deadline = time.monotonic() + 120
    while not list(output.glob("checkpoints/step-*/.metadata")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    if how == signal.SIGKILL:
        process.kill()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
    else:
        process.terminate()
    process.wait(60)
    process.communicate()
    assert not (output / "training.json").exists()
    resumed, log = train(2, recipe, dataset, output)
    assert "continuing from the checkpoint of step" in log
    expected = {point["step"]: point["loss"] for point in undisturbed["losses"]}
    got = {point["step"]: point["loss"] for point in resumed["losses"]}
    common = sorted(set(expected) & set(got))[1:]  # the first mean may span the stop
    assert len(common) > 5
    assert [got[step] for step in common] == [expected[step] for step in common]
    assert resumed["validation_loss"] == undisturbed["validation_loss"]


def test_a_data_set_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    recipe = tiny.write_recipe(tmp_path / "recipe.yaml")
    process = torchrun(1, recipe, tmp_path / "nowhere", tmp_path / "out")
    _, log = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "nowhere: no data/train-*.parquet" in log
