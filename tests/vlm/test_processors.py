"""Processors without torchvision are those of the same folder; strange folders are refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sketch2flow.vlm.processors import ModelError, load_processor
from sketch2flow.vlm.start import load_model
from tests.vlm import tiny_tokenizers
from tests.vlm.families import Snapshot
from tests.vlm.test_families import drawn

# Their classes want torchvision, for videos or for one helper.
REFUSED = ["qwen2_5_vl", "qwen3_vl", "pixtral", "smolvlm", "internvl"]


def copied(snapshot: Snapshot, folder: Path) -> Path:
    shutil.copytree(snapshot.folder, folder, dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_pixels_are_those_of_the_folders_image_processor(
    name: str, snapshot_of: Callable[[str], Snapshot]
) -> None:
    from transformers.utils import is_torchvision_available

    family, folder = snapshot_of(name).family, snapshot_of(name).folder
    processor = load_processor(str(folder), family.config)
    pictures = [drawn(seed) for seed in range(4)]
    shown = processor(
        text=[processor.image_token if name != "internvl" else "<IMG_CONTEXT>"] * 4,
        images=[[picture] for picture in pictures],
        padding=True,
        return_tensors="pt",
    )
    alone = family.image_processor(
        [[picture] for picture in pictures] if name == "smolvlm" else pictures, return_tensors="pt"
    )
    difference = (shown["pixel_values"] - alone["pixel_values"]).abs().mean()
    # With torchvision its image processor is taken, which rounds and clips otherwise.
    assert difference <= (1e-3 if is_torchvision_available() else 0.0)
    assert type(processor).__name__ == family.processor_class
    assert processor.tokenizer.padding_side == "left"


def test_a_hub_snapshot_may_name_its_class_beside_the_picture_settings(
    snapshot_of: Callable[[str], Snapshot], tmp_path: Path
) -> None:
    snapshot = snapshot_of("qwen2_5_vl")  # its repository has no processor_config.json
    folder = copied(snapshot, tmp_path / "older")
    (folder / "processor_config.json").unlink()
    settings = folder / "preprocessor_config.json"
    named = {**json.loads(settings.read_text()), "processor_class": "Qwen2_5_VLProcessor"}
    settings.write_text(json.dumps(named))
    assert type(load_model(str(folder))[1]).__name__ == "Qwen2_5_VLProcessor"


def test_a_tokenizer_without_padding_pads_with_its_end_mark(
    snapshot_of: Callable[[str], Snapshot],
) -> None:
    snapshot = snapshot_of("mllama")
    assert snapshot.family.tokenizer.pad_token is None
    processor = load_processor(str(snapshot.folder), snapshot.family.config)
    assert processor.tokenizer.pad_token == "<|eot_id|>"


@pytest.mark.parametrize(
    ("family", "token"), [("llava", "<image>"), ("pixtral", "[IMG]"), ("idefics3", "<image>")]
)
def test_a_tokenizer_without_the_image_token_is_refused_before_the_weights_are_read(
    family: str, token: str, snapshot_of: Callable[[str], Snapshot], tmp_path: Path
) -> None:
    folder = copied(snapshot_of(family), tmp_path / "mixed")
    tiny_tokenizers.byte_level([]).save_pretrained(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError) as refused:
        load_model(str(folder))
    message = str(refused.value)
    assert message.startswith(f"{folder}: the model expects its image token {token!r}")
    assert "\n" not in message


def test_a_folder_without_processor_files_is_refused_by_name(
    snapshot_of: Callable[[str], Snapshot], tmp_path: Path
) -> None:
    folder = copied(snapshot_of("gemma3"), tmp_path / "bare")
    for name in ("preprocessor_config.json", "processor_config.json"):
        (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{folder}: its processor cannot be loaded") as refused:
        load_model(str(folder))
    assert "\n" not in str(refused.value)


def test_a_text_model_is_refused(snapshot_of: Callable[[str], Snapshot], tmp_path: Path) -> None:
    import transformers

    tokenizer: Any = tiny_tokenizers.byte_level([])
    tokenizer.save_pretrained(tmp_path)
    config = transformers.Qwen2Config()
    config.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=f"{tmp_path}: its processor "):
        load_processor(str(tmp_path), config)


@pytest.mark.parametrize("name", ["qwen2_5_vl", "smolvlm", "internvl"])
def test_what_is_saved_holds_what_a_machine_with_torchvision_makes_its_videos_from(
    name: str, snapshot_of: Callable[[str], Snapshot], tmp_path: Path
) -> None:
    snapshot = snapshot_of(name)
    load_processor(str(snapshot.folder), snapshot.family.config).save_pretrained(tmp_path)
    settings = json.loads((tmp_path / "processor_config.json").read_text())
    assert settings["processor_class"] == snapshot.family.processor_class
    video = tmp_path / "preprocessor_config.json"
    assert video.is_file() or "video_processor" in settings
