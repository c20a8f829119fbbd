"""The Hugging Face Hub: one data set revision goes there as one commit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from pydantic import Field


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a data set revision is on the Hub, or the reason why it is not there."""

    commit: str | None
    url: str | None
    reason: str | None


class Hub(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Pushes data sets when a token is set; without one it says so and changes nothing."""

    repository: str = Field(
        default="", description="owner/name of the data set; empty: <token's user>/sketch2flow."
    )
    enabled: bool = Field(default=True, description="Whether a run may publish at all.")
    token_variable: str = Field(default="HF_TOKEN", description="Variable that holds the token.")
    private: bool = Field(default=True, description="Whether a new repository is private.")

    def push(self, folder: Path, revision: str) -> Publication:
        """Push exactly the files in `folder`, card and data in one commit named by `revision`.

        Files of earlier revisions leave the repository's newest state in the same commit.
        """
        if not self.enabled:
            return Publication(None, None, "publishing is switched off for this run")
        token = os.environ.get(self.token_variable)
        if not token:
            return Publication(None, None, f"{self.token_variable} is not set")
        from huggingface_hub import HfApi

        api = HfApi(token=token)
        repository = self.repository or f"{api.whoami()['name']}/sketch2flow"
        api.create_repo(repository, repo_type="dataset", private=self.private, exist_ok=True)
        commit = api.upload_folder(
            repo_id=repository,
            repo_type="dataset",
            folder_path=folder,
            delete_patterns=["data/*.parquet"],
            commit_message=f"Data set revision {revision}",
        )
        return Publication(commit.oid, commit.commit_url, None)
