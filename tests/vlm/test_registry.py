from pathlib import Path

import pytest

from sketch2flow.vlm.registry import RegistryError, load_registry


def test_every_trained_model_has_its_controls() -> None:
    entries = load_registry()
    controls = {entry.control for entry in entries.values() if entry.kind == "control"}
    assert controls == {"shuffled_pictures", "constant_answer"}
    assert entries["shuffled_pictures"].of == "finetuned"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- {name: Bad Name, kind: trained, description: x}", "name"),
        ("- {name: a, kind: api, description: x}", "base_url_env"),
        ("- {name: a, kind: hub, description: x}", "model"),
        ("- {name: a, kind: trained, control: constant_answer, description: x}", "control"),
        (
            "- {name: a, kind: control, control: shuffled_pictures, of: b, description: x}",
            "names no entry: b",
        ),
        (
            "- {name: a, kind: trained, description: x}\n" * 2,
            "one name",
        ),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "models.yaml"
    file.write_text(text)
    with pytest.raises(RegistryError, match=named):
        load_registry(file)


def test_an_api_entry_without_an_endpoint_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = load_registry()["openai_compatible"]
    for name in (entry.base_url_env, entry.model_env, entry.api_key_env):
        monkeypatch.delenv(str(name), raising=False)
    assert entry.endpoint() == "no endpoint: set SKETCH2FLOW_API_BASE_URL"
    monkeypatch.setenv("SKETCH2FLOW_API_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SKETCH2FLOW_API_MODEL", "m")
    assert entry.endpoint() == ("http://127.0.0.1:9/v1", "none", "m")
