"""What a model's chat template makes of a question about a picture, and of an answer."""

from __future__ import annotations

from typing import Any, NamedTuple

from jinja2 import TemplateError
from PIL import Image

from sketch2flow.vlm.processors import ModelError
from sketch2flow.vlm.recipe import one_line

QUESTION, ANSWER = "What is drawn?", '{"type": "flow"}'


class AnswerFrame(NamedTuple):
    """What a chat template writes around an answer: white space before it, and its end mark."""

    lead: str
    end: str


def prompt_text(processor: Any, question: str) -> str:
    """Return the text from which the model answers; raises ModelError without a usable template."""
    try:
        return _render(processor, question, None)
    except (TemplateError, TypeError, ValueError) as error:
        raise ModelError(
            f"{processor.tokenizer.name_or_path}: no chat template that takes a picture and a "
            f"question ({one_line(error)[:200]}); name the instruction-tuned model, or put its "
            "chat_template.jinja into the folder"
        ) from None


def find_answer_frame(processor: Any) -> AnswerFrame | None:
    """Return how the chat template writes an answer behind the prompt.

    The end mark is the first special token behind the answer, the tokenizer's own where the
    template writes none. None if the template changes the prompt once it is answered, or the
    answer itself: a model trained on such text would be asked with another.
    """
    tokenizer = processor.tokenizer
    head = prompt_text(processor, QUESTION)
    for spoken in ([_text_part(ANSWER)], ANSWER):  # some know only one of the two
        try:
            full = _render(processor, QUESTION, spoken)
        except (TemplateError, TypeError):
            continue
        lead, found, behind = full.removeprefix(head).partition(ANSWER)
        if not full.startswith(head) or not found or lead.strip():
            continue
        ends = [*special_tokens(tokenizer, behind), tokenizer.eos_token]
        return AnswerFrame(lead, ends[0]) if ends[0] else None
    return None


def check_prompt(source: str, processor: Any, config: Any) -> None:
    """Raise ModelError unless a prompt shows the model its picture and the question.

    The picture is missing where the tokenizer is another model's or the chat template one for
    text alone: then no token is the one at which `config` puts pictures. Models without such a
    token (encoder-decoders) have no prompt, and pass.
    """
    wanted = getattr(config, "image_token_id", None)
    wanted = getattr(config, "image_token_index", None) if wanted is None else wanted
    if wanted is None:
        return
    text = prompt_text(processor, QUESTION)
    if QUESTION not in text:
        raise ModelError(f"{source}: its chat template leaves out the question; give it another")
    picture = Image.new("RGB", (64, 64), "white")
    try:
        tokens = processor(text=[text], images=[[picture]])["input_ids"][0]
        found = wanted in [int(token) for token in tokens]
    except (ValueError, TypeError, IndexError):  # pictures and their tokens do not match in number
        found = False
    if not found:
        token = getattr(processor, "image_token", "image")
        raise ModelError(
            f"{source}: the model expects its image token {token!r} at {wanted}, and a prompt from "
            "its tokenizer and chat template holds none there; use those that belong to the model"
        )


def unusable_template(tokenizer: Any) -> ModelError:
    """Return the error of a model whose chat template has no answer frame."""
    return ModelError(
        f"{tokenizer.name_or_path}: its chat template does not leave prompt and answer as they are "
        "or has no mark that ends an answer; train with a chat_template.jinja that does"
    )


def special_tokens(tokenizer: Any, text: str) -> list[str]:
    """Return the special tokens in `text`, in its order."""
    special = {place for place, token in tokenizer.added_tokens_decoder.items() if token.special}
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
    return [tokenizer.convert_ids_to_tokens(token) for token in tokens if token in special]


def _text_part(text: str) -> dict[str, str]:
    # Older templates, such as Pixtral's first, look for it under "content".
    return {"type": "text", "text": text, "content": text}


def _render(processor: Any, question: str, answer: Any) -> str:
    asked = [{"type": "image"}, _text_part(question)]
    messages: list[dict[str, Any]] = [{"role": "user", "content": asked}]
    if answer is not None:
        messages.append({"role": "assistant", "content": answer})
    text: str = processor.apply_chat_template(
        messages, add_generation_prompt=answer is None, tokenize=False
    )
    return text
