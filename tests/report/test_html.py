"""The page: every section, self-contained, small, and safe with hostile text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sketch2flow.report.champion import decide, facts_of
from sketch2flow.report.data import ReportData, Sample
from sketch2flow.report.html import MAX_PAGE_BYTES, render, write_report
from sketch2flow.report.pictures import embed_picture
from sketch2flow.report.samples import choose_samples
from sketch2flow.report.tables import TABLES, metric_rows
from tests.report.fakes import SOURCES, picture, score_rows

TRUTH = """```json
{"type": "flow", "scope": "global", "trigger": {"annotation": "each day", "type": "daily"},
 "components": [{"annotation": "look", "category": "action", "definition": "look_up_record",
                 "scope": "global", "order": 1}]}
```"""
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}\u202e\ud800'
SECTIONS = (
    "summary",
    "leaderboard",
    "factors",
    "errors",
    "samples",
    "dataset",
    "training",
    "notes",
)


class Page(HTMLParser):
    """Collects tags with attributes, and the text, of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def sample(**more: Any) -> Sample:
    given: dict[str, Any] = {
        "identifier": "manual_000001",
        "source": "manual",
        "rank": "best",
        "model": "reader",
        "picture": picture(),
        "truth": TRUTH,
        "answer": TRUTH.replace("look_up_record", "create_record"),
        "scores": {"flow_sim_no_inputs": 0.5, "flow_trigger_match_score": None},
        "structure_errors": ["empty_block"],
    }
    return Sample(**{**given, **more})


def report(scores: list[dict[str, Any]] | None = None, **more: Any) -> ReportData:
    rows = score_rows(15) if scores is None else scores
    tables = {name: metric_rows(name, rows, resamples=10) for name in TABLES}
    given: dict[str, Any] = {
        "model": "reader",
        "tables": tables,
        "samples": [sample()],
        "dataset": {"revision": "abc", "rows": 12345, "splits": {"train": 9, "test": 3}},
        "training": {"seconds": 300.25},
        "losses": [{"step": s, "loss": 5 / (s + 1), "validation_loss": 1.0} for s in range(30)],
        "decision": decide(facts_of(rows, "reader", "d", "0123456789abcdef"), None),
        "absent": {"gpt": "no endpoint"},
    }
    return ReportData(**{**given, **more})


def test_every_section_and_its_numbers(tmp_path: Path) -> None:
    file = write_report(tmp_path / "deep", report())
    assert file == tmp_path / "deep" / "report.html"
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]
    page = Page(file.read_bytes())
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "section"]
    assert ids == list(SECTIONS)
    charts = [a for tag, a in page.tags if tag == "svg"]
    assert len(charts) == 6  # five factors and the loss curve
    for text in (
        *SOURCES,
        "shuffled pictures",
        "constant answer",
        "simulations",
        "Promoted to champion.",
        "no endpoint",
        "12,345",
        "train 9 · test 3",
        "look_up_record",
        "create_record",
        "flow logic that holds other components holds none",
        "Data set",
        "Training",
    ):
        assert text in page.text, text


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = Page(render(report()))
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            if name in ("src", "href"):
                assert value is not None
                assert value.startswith(("data:image/webp;base64,", "#")), (tag, value)
    policy = next(a["content"] for _, a in page.tags if "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_hostile_text_is_text_everywhere() -> None:
    scores = score_rows(10, [(HOSTILE, None), (HOSTILE, "shuffled_pictures")])
    for score in scores:
        score.update(source=HOSTILE, orientation=HOSTILE, features=[HOSTILE])
        score["structure_errors"] = [HOSTILE]
    hostile = sample(
        identifier=HOSTILE,
        source=HOSTILE,
        model=HOSTILE,
        answer=TRUTH.replace("look_up_record", HOSTILE.replace('"', "'")),
        truth=HOSTILE,
        error=HOSTILE,
        structure_errors=[HOSTILE],
        scores={HOSTILE: 1.0},
    )
    data = report(
        scores,
        model=HOSTILE,
        samples=[hostile],
        dataset={HOSTILE: {HOSTILE: HOSTILE}},
        training={HOSTILE: [HOSTILE]},
        absent={HOSTILE: HOSTILE},
        title=HOSTILE,
        created=HOSTILE,
    )
    page = Page(render(data))
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert "{{ 7*7 }}" in page.text
    assert page.text.count("<script>alert(1)</script>") > 15


def test_an_empty_report_says_what_is_missing() -> None:
    page = Page(render(ReportData("reader", {})))
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "section"]
    assert ids == list(SECTIONS)
    for text in ("No scores of this model", "No scores yet", "No samples", "No facts"):
        assert text in page.text


def test_only_not_applicable_and_answers_that_cannot_be_read() -> None:
    scores = score_rows(6)
    for score in scores:
        score.update(dict.fromkeys(m for m in score if m.startswith("flow_")))
    broken = [
        sample(answer="", picture=b"no picture", error="timeout"),
        sample(answer="[" * 50_000, truth="null"),
        sample(answer='{"type": 1, "components": [1, {}, null]}'),
    ]
    page = Page(render(report(scores, samples=broken)))
    assert "The picture cannot be read." in page.text
    assert "No workflow can be read in it." in page.text
    assert "timeout" in page.text
    assert "44,000 more characters" in page.text
    assert "nan" not in page.text.lower().split()


def test_the_page_stays_small() -> None:
    noise = io.BytesIO()
    Image.effect_noise((2500, 2000), 120).save(noise, "PNG")
    heavy = sample(picture=noise.getvalue(), answer="🧨" * 50_000, truth="&" * 50_000)
    light = report(samples=[heavy] * 6)
    page = render(light)
    assert len(page) < MAX_PAGE_BYTES
    assert page.count(b"data:image/webp") == 6
    assert b"left out" in render(replace(light, samples=[sample()] * 31))


def test_samples_are_dropped_before_the_page_grows_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = report(samples=[sample(identifier=f"x_{place}") for place in range(9)])
    whole = render(data)
    monkeypatch.setattr("sketch2flow.report.html.MAX_PAGE_BYTES", len(whole) - 1)
    page = render(data)
    assert len(page) < len(whole)
    assert Page(page).text.count("x_") == 6
    assert "3 more samples were left out" in Page(page).text


def test_same_data_same_bytes() -> None:
    assert render(report()) == render(report())


def test_failed_writing_leaves_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_report(tmp_path / "mine.html", report())
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_report(file, ReportData("other", {}))
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]


def test_pictures_keep_to_their_budget_and_nothing_but_pixels() -> None:
    embedded = embed_picture(picture(3000, 2000), 30_000)
    assert embedded is not None
    assert len(embedded.uri) < 31_000
    assert not embedded.wide
    assert embed_picture(picture(900, 300), 30_000).wide  # type: ignore[union-attr]
    clear = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(clear, "PNG")
    assert embed_picture(clear.getvalue(), 10_000)
    for bad in (b"", b"GIF89a", picture()[:200], b"<svg onload='alert(1)'/>"):
        assert embed_picture(bad, 10_000) is None
    huge = re.sub(rb"IHDR.{8}", b"IHDR" + b"\x00\x00\x90\x00" * 2, picture(), count=1)
    assert embed_picture(huge, 10_000) is None


def test_best_median_and_worst_of_each_source() -> None:
    scores = score_rows(15, modes=("starflow", "strict"))
    chosen = choose_samples(scores, "reader")
    assert len(chosen) == 15
    for place in range(0, 15, 3):
        best, median, worst = (row["flow_sim_no_inputs"] for _, row in chosen[place : place + 3])
        assert best >= median >= worst
    assert [rank for rank, _ in chosen[:3]] == ["best", "median", "worst"]
    assert choose_samples(scores[::-1], "reader") == chosen
    assert [rank for rank, _ in choose_samples(scores[:5], "reader")] == ["only"] * 5
    assert choose_samples(scores, "nobody") == []
