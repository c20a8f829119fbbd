"""Models behind an OpenAI-compatible endpoint, asked with bounded concurrency."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sketch2flow.vlm.generate import failed
from sketch2flow.vlm.predictions import Prediction

RETRIES = 4
TIMEOUT_SECONDS = 300.0
MAX_ANSWER_CHARACTERS = 200_000


def ask_endpoint(
    endpoint: tuple[str, str, str],
    rows: Iterable[tuple[str, bytes]],
    prompt: str,
    model: str,
    revision: str = "",
    prompt_id: str = "flow_designer",
    max_tokens: int = 8192,
    concurrency: int = 8,
) -> Iterator[Prediction]:
    """Yield the endpoint's answers to (identifier, picture) rows, in their order.

    `endpoint` is (base URL, key, model name there). The client retries what is worth
    retrying; a row that still fails yields a prediction with `error`, the others go on.
    """
    import openai

    base_url, key, served = endpoint
    client = openai.OpenAI(
        base_url=base_url, api_key=key, max_retries=RETRIES, timeout=TIMEOUT_SECONDS
    )
    about = {"model": model, "revision": revision, "prompt": prompt_id}

    def ask(row: tuple[str, bytes]) -> Prediction:
        identifier, picture = row
        began = time.monotonic()
        try:
            reply = client.chat.completions.create(
                model=served,
                messages=_question(prompt, picture),
                temperature=0,
                max_tokens=max_tokens,
            )
        except openai.OpenAIError as error:
            return failed(about, identifier, f"{type(error).__name__}: {error}"[:500])
        if not reply.choices:
            return failed(about, identifier, "the reply holds no choice")
        choice, usage = reply.choices[0], reply.usage
        return Prediction(
            **about,
            identifier=identifier,
            text=(choice.message.content or "")[:MAX_ANSWER_CHARACTERS],
            finish_reason=str(choice.finish_reason),
            tokens_in=usage.prompt_tokens if usage else 0,
            tokens_out=usage.completion_tokens if usage else 0,
            seconds=time.monotonic() - began,
        )

    with client, ThreadPoolExecutor(concurrency) as pool:
        yield from pool.map(ask, rows)


def _question(prompt: str, picture: bytes) -> Any:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    url = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
    text = {"type": "text", "text": prompt}
    return [{"role": "user", "content": [text, {"type": "image_url", "image_url": {"url": url}}]}]
