"""The registry of evaluated models: entries of a YAML file, checked on load."""

from __future__ import annotations

import os
import re
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from sketch2flow.vlm.recipe import one_line
from sketch2flow.workflow.prompts import PROMPTS

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ShapeName = Literal["causal", "encoder_decoder"]
HUB_ID = re.compile(r"^\w[\w.-]*/\w[\w.-]*$")


class RegistryError(ValueError):
    """A registry that cannot be used; the message names file, entry and reason."""


class ModelEntry(BaseModel):
    """One evaluated model: trained here, from a folder or the Hub, behind an API, or a control."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    kind: Literal["trained", "hub", "api", "control"]
    description: str
    enabled: bool = True
    prompt: str = "short"
    model: str | None = None
    shape: ShapeName | None = None
    control: Literal["shuffled_pictures", "constant_answer"] | None = None
    of: Slug | None = None
    model_env: str | None = None
    base_url_env: str | None = None
    api_key_env: str | None = None
    max_tokens: Annotated[int, Field(ge=1, le=32_768)] = 8192

    @field_validator("prompt")
    @classmethod
    def _is_a_prompt(cls, name: str) -> str:
        if name not in PROMPTS:
            raise ValueError(f"no prompt {name!r}; there are {', '.join(PROMPTS)}")
        return name

    @model_validator(mode="after")
    def _fits_its_kind(self) -> ModelEntry:
        if (self.kind == "control") != (self.control is not None):
            raise ValueError("`control` belongs to entries of kind control, and to those alone")
        if self.control == "shuffled_pictures" and not self.of:
            raise ValueError("shuffled_pictures needs `of`: the entry whose answers are shuffled")
        if self.of and self.kind != "control":
            raise ValueError("`of` belongs to entries of kind control, and to those alone")
        if self.kind == "hub" and not self.model:
            raise ValueError("an entry of kind hub needs `model`: a folder or a Hub id")
        if self.shape and self.kind != "hub":
            raise ValueError("`shape` belongs to entries of kind hub, and to those alone")
        if self.kind == "api" and not (self.base_url_env and (self.model or self.model_env)):
            raise ValueError("an entry of kind api needs `base_url_env` and a model")
        return self

    def endpoint(self) -> tuple[str, str, str] | str:
        """Return (base URL, key, model) of an API entry, or the reason why there is none."""
        base_url = os.environ.get(self.base_url_env or "", "")
        model = self.model or os.environ.get(self.model_env or "", "")
        if not base_url:
            return f"no endpoint: set {self.base_url_env}"
        if not model:
            return f"no model: set {self.model_env}"
        return base_url, os.environ.get(self.api_key_env or "", "") or "none", model


def load_registry(path: Path | None = None) -> dict[str, ModelEntry]:
    """Return the entries by name, from `path` or the file that comes with the package.

    Raises RegistryError naming the file, the entry and the reason.
    """
    if path:
        text, place = path.read_text(), str(path)
    else:
        file = resources.files("sketch2flow.vlm") / "registry.yaml"
        text, place = file.read_text(), "registry.yaml"
    try:
        entries = TypeAdapter(list[ModelEntry]).validate_python(yaml.safe_load(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RegistryError(f"{place}: entry {where}: {first['msg']}") from None
    except yaml.YAMLError as error:
        raise RegistryError(f"{place}: no readable YAML ({one_line(error)})") from None
    by_name = {entry.name: entry for entry in entries}
    if len(by_name) != len(entries):
        raise RegistryError(f"{place}: two entries have one name")
    enabled = [entry for entry in entries if entry.enabled]
    for entry in entries:
        if entry.of and entry.of not in by_name:
            raise RegistryError(f"{place}: {entry.name}: `of` names no entry: {entry.of}")
    for entry in enabled:
        if entry.of and (not by_name[entry.of].enabled or by_name[entry.of].kind == "control"):
            raise RegistryError(
                f"{place}: {entry.name}: `of` names {entry.of}, which is disabled or a control "
                "itself; name an enabled model"
            )
    trained = [entry.name for entry in enabled if entry.kind == "trained"]
    if len(trained) > 1:
        raise RegistryError(
            f"{place}: {', '.join(trained)}: one model is trained here; enable one entry of kind "
            "trained"
        )
    return by_name


def locate_model(name: str, path: Path | None = None) -> tuple[str, ShapeName | None]:
    """Return (folder or Hub id, shape) of the model to train: a registry entry, or itself.

    Entries need not be enabled: that is about evaluation. A shape of None is for the model's
    configuration to say. Raises RegistryError if `name` is no entry of kind hub, folder or Hub id.
    """
    entries = load_registry(path)
    if name in entries and entries[name].kind == "hub":
        return entries[name].model or "", entries[name].shape
    if (Path(name) / "config.json").is_file() or HUB_ID.match(name):
        return name, None
    known = ", ".join(entry.name for entry in entries.values() if entry.kind == "hub")
    raise RegistryError(f"{name}: no model folder, Hub id (owner/name) or registry entry ({known})")
