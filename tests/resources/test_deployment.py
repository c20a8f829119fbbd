from __future__ import annotations

from pathlib import Path

import pytest

from resources.compute import LocalTorchrun
from resources.deployment import HOST_SETTINGS, DeploymentError, resources_of
from resources.h100 import H100
from resources.regime import LAPTOP_DOCUMENTS, Regime, RegimeError, scaled_documents
from synth.breadth import Breadth


def test_the_laptop_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SKETCH2FLOW_DEPLOYMENT", raising=False)
    monkeypatch.setenv("SKETCH2FLOW_HOME", str(tmp_path))
    found = resources_of()
    assert isinstance(found["compute"], LocalTorchrun)
    assert found["regime"].documents == LAPTOP_DOCUMENTS
    assert found["storage"].storage().root == tmp_path / "storage"
    assert found["warehouse"].path == str(tmp_path / "metrics.duckdb")


def test_the_hosts_are_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKETCH2FLOW_DEPLOYMENT", "h100")
    monkeypatch.setenv("SKETCH2FLOW_HOSTS", "a, b.example.org,10.0.0.3")
    monkeypatch.setenv("SKETCH2FLOW_GPUS_PER_HOST", "8")
    monkeypatch.setenv("SKETCH2FLOW_SSH_PORT", "2222")
    compute = resources_of()["compute"]
    assert isinstance(compute, H100)
    assert compute.precision == "bfloat16"
    assert compute.hosts == ["a", "b.example.org", "10.0.0.3"]
    assert (compute.gpus_per_host, compute.ssh_port) == (8, 2222)
    assert compute.meeting() == "a:29400"


def test_every_setting_of_the_hosts_is_a_field() -> None:
    assert HOST_SETTINGS.keys() <= H100.model_fields.keys()


def test_an_unknown_deployment_is_one_line() -> None:
    with pytest.raises(DeploymentError, match="no deployment 'moon'; there are laptop and h100"):
        resources_of("moon")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("HOSTS", "a,-oProxyCommand=x", "'-oProxyCommand=x' is no host name"),
        ("HOSTS", "a,b;reboot", "'b;reboot' is no host name"),
        ("HOSTS", "a,a", "a host is named twice"),
        ("HOSTS", "localhost,b", "localhost is another machine on every host"),
        ("HOSTS", ",", "at least 1 item"),
        ("GPUS_PER_HOST", "two", "valid integer"),
        ("GPUS_PER_HOST", "-1", "greater than or equal to 0"),
        ("RENDEZVOUS", "a", "'a' is no HOST:PORT"),
        ("RENDEZVOUS", "a:99999", "'a:99999' is no HOST:PORT"),
        ("SSH_PORT", "99999", "less than 65536"),
    ],
)
def test_a_bad_setting_is_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"SKETCH2FLOW_{variable}", value)
    with pytest.raises(DeploymentError) as caught:
        resources_of("h100")
    (line,) = str(caught.value).splitlines()
    assert line.startswith(("SKETCH2FLOW_",))
    assert value in line
    assert says in line


def test_the_regime_is_overridden_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKETCH2FLOW_REGIME", '{"documents": {"ui": 4}, "variants": 0}')
    regime = resources_of("laptop")["regime"]
    assert regime.documents_of("ui") == 4
    assert regime.documents_of("manual") == 0
    assert regime.variants == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1]", "no JSON object"),
        ("{", "no JSON object"),
        ('{"variants": -1}', "variants: Input should be greater"),
        ('{"varaints": 1}', "varaints"),
        ('{"documents": {"synthetc": 5}}', "documents: there is no generated data source 'synthe"),
        ('{"documents": {"ui": -3}}', "documents: ui is -3; at least 0 is wanted"),
        ('{"documents": {"ui": "many"}}', "documents.ui: Input should be a valid integer"),
        ('{"growth": {"mine": 5}}', "growth: there is no generated data source 'mine'"),
        ('{"breadth": {"verbs": 5}}', "breadth: there is no limit of the language 'verbs', but ta"),
        ('{"breadth": {"words": 0}}', "breadth: words is 0; at least 1 is wanted"),
    ],
)
def test_a_bad_regime_is_named(monkeypatch: pytest.MonkeyPatch, text: str, says: str) -> None:
    monkeypatch.setenv("SKETCH2FLOW_REGIME", text)
    with pytest.raises(RegimeError, match=says) as caught:
        resources_of("laptop")
    assert len(str(caught.value).splitlines()) == 1


def test_a_bad_regime_is_refused_in_a_run_too() -> None:
    with pytest.raises(ValueError, match="synthetc"):
        Regime(documents={"synthetc": 5})


def test_a_mapping_replaces_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKETCH2FLOW_REGIME", '{"breadth": {"tables": 2}, "growth": {}}')
    regime = resources_of("laptop")["regime"]
    assert regime.language() == Breadth(tables=2)
    assert regime.growth == {}


def test_documents_are_shared_out() -> None:
    assert scaled_documents(sum(LAPTOP_DOCUMENTS.values())) == LAPTOP_DOCUMENTS
    assert sum(scaled_documents(300).values()) == pytest.approx(300, abs=5)
    assert min(scaled_documents(5).values()) == 1
