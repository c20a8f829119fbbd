"""What chat templates of many kinds write around an answer, and which are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from sketch2flow.vlm.chat import check_prompt, find_answer_frame, prompt_text
from sketch2flow.vlm.processors import ModelError, load_processor
from tests.vlm.families import Snapshot, chatml

IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
TEMPLATE = chatml(IMAGE)


@pytest.fixture(scope="module")
def snapshot(snapshot_of: Callable[[str], Snapshot]) -> Snapshot:
    return snapshot_of("qwen2_5_vl")


@pytest.fixture
def processor(snapshot: Snapshot) -> Any:
    return load_processor(str(snapshot.folder), snapshot.family.config)


@pytest.mark.parametrize(
    ("change", "frame"),
    [
        (("", ""), ("", "<|im_end|>")),
        (("{{ c.text }}", "{{ c.text | trim }}"), ("", "<|im_end|>")),
        (("assistant\n", "assistant"), ("\n", "<|im_end|>")),  # white space is the model's to write
        (("<|im_end|>", ""), ("", "<|im_end|>")),  # no mark: the tokenizer's own
        (("<|im_end|>", " <unk>"), ("", "<unk>")),
        (("{{ c.text }}", "{{ c.text | upper }}"), None),
        (("{{ c.text }}", "{{ c.text | replace(' ', '') }}"), None),
        (("assistant\n", "assistant\n<think>\n"), None),
    ],
)
def test_the_answers_frame_is_read_off_the_template(
    processor: Any, change: tuple[str, str], frame: tuple[str, str] | None
) -> None:
    processor.chat_template = TEMPLATE.replace(*change)
    assert find_answer_frame(processor) == frame


def test_without_a_chat_template_the_model_is_refused_by_name(
    snapshot: Snapshot, processor: Any
) -> None:
    processor.chat_template = None
    with pytest.raises(ModelError, match=f"{snapshot.folder}: no chat template") as refused:
        prompt_text(processor, "What?")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("template", [TEMPLATE.replace(IMAGE, ""), TEMPLATE.replace(IMAGE, "[I]")])
def test_a_template_that_leaves_out_the_picture_is_refused(
    snapshot: Snapshot, processor: Any, template: str
) -> None:
    processor.chat_template = template
    with pytest.raises(ModelError, match=r"its image token '<\|image_pad\|>' at 7") as refused:
        check_prompt("owner/name", processor, snapshot.family.config)
    assert str(refused.value).startswith("owner/name: ")


def test_a_template_that_leaves_out_the_question_is_refused(
    snapshot: Snapshot, processor: Any
) -> None:
    processor.chat_template = TEMPLATE.replace("c.text", "c.words")
    with pytest.raises(ModelError, match="owner/name: its chat template leaves out the question"):
        check_prompt("owner/name", processor, snapshot.family.config)


def test_older_templates_find_the_question_too(snapshot: Snapshot, processor: Any) -> None:
    processor.chat_template = TEMPLATE.replace("c.text", "c.content")
    check_prompt("owner/name", processor, snapshot.family.config)
    assert find_answer_frame(processor) == ("", "<|im_end|>")
