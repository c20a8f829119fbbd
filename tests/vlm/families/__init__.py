"""A tiny random model of each family, in a folder like a snapshot of the Hub; built offline."""

from collections.abc import Callable

from tests.vlm.families.encoder_decoders import donut, pix2struct
from tests.vlm.families.family import Family, Snapshot
from tests.vlm.families.patchwise import idefics, internvl, pixtral, qwen
from tests.vlm.families.resized import gemma3, llava, mllama
from tests.vlm.families.templates import chatml

FAMILIES: dict[str, Callable[[], Family]] = {
    "qwen2_5_vl": lambda: qwen("2.5"),
    "qwen3_vl": lambda: qwen("3"),
    "qwen3_vl_tied": lambda: qwen("3", tied=True),
    "pixtral": pixtral,
    "llava": llava,
    "mllama": mllama,
    "gemma3": gemma3,
    "idefics3": lambda: idefics("Idefics3"),
    "smolvlm": lambda: idefics("SmolVLM"),
    "internvl": internvl,
    "donut": donut,
    "pix2struct": pix2struct,
}

__all__ = ["FAMILIES", "Family", "Snapshot", "chatml"]
