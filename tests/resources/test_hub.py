from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest

from resources.hub import Hub


class FakeApi:
    """Records what would go to the Hub."""

    calls: list[tuple[str, dict[str, Any]]] = []  # noqa: RUF012 (emptied by each test)

    def __init__(self, token: str) -> None:
        self.calls.append(("token", {"token": token}))

    def whoami(self) -> dict[str, str]:
        return {"name": "ada"}

    def create_repo(self, repository: str, **settings: Any) -> None:
        self.calls.append(("create", {"repository": repository, **settings}))

    def upload_folder(self, **settings: Any) -> Any:
        self.calls.append(("upload", settings))
        return SimpleNamespace(oid="c" * 40, commit_url="https://hub/commit")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> type[FakeApi]:
    FakeApi.calls = []
    monkeypatch.setattr(huggingface_hub, "HfApi", FakeApi)
    return FakeApi


def test_without_a_token_nothing_is_pushed(
    api: type[FakeApi], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    publication = Hub().push(tmp_path, "abc")
    assert publication.commit is None
    assert publication.reason == "HF_TOKEN is not set"
    assert api.calls == []


def test_a_run_may_switch_publishing_off(
    api: type[FakeApi], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert Hub(enabled=False).push(tmp_path, "abc").commit is None
    assert api.calls == []


def test_one_commit_holds_exactly_the_revision(
    api: type[FakeApi], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    publication = Hub().push(tmp_path, "abc")
    assert publication.commit == "c" * 40
    (upload,) = [settings for name, settings in api.calls if name == "upload"]
    assert upload["repo_id"] == "ada/sketch2flow"
    assert upload["folder_path"] == tmp_path
    assert upload["delete_patterns"] == ["data/*.parquet"]
    assert "abc" in upload["commit_message"]
    (created,) = [settings for name, settings in api.calls if name == "create"]
    assert created["private"] is True
