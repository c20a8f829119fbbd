from pathlib import Path

import pytest

from sketch2flow.vlm.registry import RegistryError, load_registry, locate_model


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
        ("- {name: a, kind: trained, shape: causal, description: x}", "`shape` belongs to"),
        ("- {name: a, kind: hub, model: b/c, shape: round, description: x}", "shape"),
        ("- {name: a, kind: trained, control: constant_answer, description: x}", "control"),
        (
            "- {name: a, kind: control, control: shuffled_pictures, of: b, description: x}",
            "names no entry: b",
        ),
        ("- {name: a, kind: trained, prompt: nosuch, description: x}", "no prompt 'nosuch'"),
        ("- {name: a, kind: trained, of: a, description: x}", "`of` belongs to entries of kind"),
        (
            "- {name: a, kind: trained, description: x}\n"
            "- {name: b, kind: trained, description: x}",
            "a, b: one model is trained",
        ),
        (
            "- {name: a, kind: trained, enabled: false, description: x}\n"
            "- {name: b, kind: control, control: shuffled_pictures, of: a, description: x}",
            "b: `of` names a, which is disabled",
        ),
        (
            "- {name: a, kind: control, control: constant_answer, description: x}\n"
            "- {name: b, kind: control, control: shuffled_pictures, of: a, description: x}",
            "b: `of` names a, which is disabled or a control",
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


def test_a_disabled_entry_may_wait_beside_the_trained_one(tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    entry = "- {name: %s, kind: trained, enabled: %s, description: x}\n"
    file.write_text(entry % ("a", "true") + entry % ("b", "false"))
    assert list(load_registry(file)) == ["a", "b"]


def test_an_api_entry_without_an_endpoint_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = load_registry()["openai_compatible"]
    for name in (entry.base_url_env, entry.model_env, entry.api_key_env):
        monkeypatch.delenv(str(name), raising=False)
    assert entry.endpoint() == "no endpoint: set SKETCH2FLOW_API_BASE_URL"
    monkeypatch.setenv("SKETCH2FLOW_API_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SKETCH2FLOW_API_MODEL", "m")
    assert entry.endpoint() == ("http://127.0.0.1:9/v1", "none", "m")


def test_models_of_the_hub_wait_until_they_are_enabled() -> None:
    hub = [entry for entry in load_registry().values() if entry.kind == "hub"]
    assert {entry.shape for entry in hub} == {"causal", "encoder_decoder"}
    assert not any(entry.enabled for entry in hub)
    assert len({entry.model for entry in hub}) == len(hub)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("qwen2_5_vl_7b", ("Qwen/Qwen2.5-VL-7B-Instruct", "causal")),
        ("donut_base", ("naver-clova-ix/donut-base", "encoder_decoder")),
        ("Qwen/Qwen2.5-VL-7B-Instruct", ("Qwen/Qwen2.5-VL-7B-Instruct", None)),
    ],
)
def test_a_model_to_train_is_an_entry_or_a_hub_id(name: str, found: tuple[str, str | None]) -> None:
    assert locate_model(name) == found


def test_a_model_to_train_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert locate_model(str(tmp_path)) == (str(tmp_path), None)


@pytest.mark.parametrize("name", ["qwen", "finetuned", "/no/such/folder", "../owner/name", ""])
def test_anything_else_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(RegistryError, match=r"registry entry \(.*qwen2_5_vl_7b") as refused:
        locate_model(name)
    assert str(refused.value).startswith(f"{name}: ")
    assert "\n" not in str(refused.value)
