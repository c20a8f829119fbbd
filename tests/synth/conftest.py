"""Samples of generated workflows, made once for all tests that look at them; read only."""

from __future__ import annotations

import pytest

from synth.generate import GeneratedWorkflow, generate_workflows


@pytest.fixture(scope="session")
def sample() -> list[GeneratedWorkflow]:
    """2,000 workflows of the size that the demo learns from."""
    return list(generate_workflows("synthetic", 2_000, 0, 8))


@pytest.fixture(scope="session")
def large() -> list[GeneratedWorkflow]:
    return list(generate_workflows("large", 200, 0, 40))


@pytest.fixture(scope="session")
def both(
    sample: list[GeneratedWorkflow], large: list[GeneratedWorkflow]
) -> list[GeneratedWorkflow]:
    return sample + large
