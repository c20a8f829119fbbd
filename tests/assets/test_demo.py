"""`sketch2flow demo` as a user runs it, at the smallest size: minutes on two cores."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from resources.storage import Storage
from sketch2flow.media import MEDIA
from sketch2flow.pictures import open_picture
from sketch2flow.report.tables import TABLES
from sketch2flow_assets.defs.evaluation.scoring import truths

pytestmark = pytest.mark.slow

DEMO = ("demo", "--documents", "600", "--minutes", "0.2", "--seed", "5")
LONGEST = 900  # seconds


@dataclass(frozen=True)
class Demo:
    """A demo that has ended: its folder, what it printed, and what it said on standard error."""

    home: Path
    status: int
    printed: str
    said: str


def sketch2flow(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in os.environ.items() if "SKETCH2FLOW" not in name}
    settings.pop("DAGSTER_HOME", None)
    return subprocess.run(
        [sys.executable, "-c", "from sketch2flow.cli import main; main()", *arguments],
        env={**settings, "SKETCH2FLOW_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo") / "var"
    done = sketch2flow(home, *DEMO)
    return Demo(home, done.returncode, done.stdout, done.stderr)


def held_out(demo: Demo) -> set[str]:
    """Return the media of the test rows: so few documents may leave one of them none."""
    dataset = Storage(demo.home / "storage").current("dataset", "sketch2flow")
    media = {row["source"] for row in truths(dataset).values()}
    assert len(media) >= 3
    return media


def test_it_ends_well_and_names_every_stage(demo: Demo) -> None:
    assert demo.status == 0, demo.printed[-3000:] + demo.said[-3000:]
    assert "Traceback" not in demo.printed + demo.said
    for stage in (
        *(f"data source {source}" for source in MEDIA),
        *("✓ workflows", "✓ diagrams", "✓ augmented_diagrams", "✓ sketch2flow_dataset"),
        *("✓ predictions/finetuned", "✓ scores", "✓ evaluation_report", "✓ champion_model"),
        "Everything is in",
    ):
        assert stage in demo.printed, stage
    assert re.search(r"[\d.]+ minutes, at most [\d.]+ GB of memory", demo.printed)


def test_the_tables_are_printed_with_the_controls_beside_the_model(demo: Demo) -> None:
    tables = demo.printed[demo.printed.index("Leaderboard") :]
    for row in ("finetuned", "constant answer", "shuffled pictures", *held_out(demo)):
        assert re.search(rf"^ *{row} +\d+ ", tables, re.MULTILINE), row
    assert "Decision on the champion: " in demo.printed


def test_the_report_is_one_page_with_pictures(demo: Demo) -> None:
    page = Storage(demo.home / "storage").current("report", "sketch2flow") / "report.html"
    assert page.as_uri() in demo.printed.replace("\n", "")
    html = page.read_text(encoding="utf-8")
    assert html.count("data:image/webp;base64,") >= len(held_out(demo))
    for text in ("<svg", "shuffled pictures", "constant answer", *held_out(demo)):
        assert text in html, text


def test_any_duckdb_opens_the_tables(demo: Demo) -> None:
    import duckdb

    with duckdb.connect(str(demo.home / "metrics.duckdb"), read_only=True) as database:
        names = {row[0] for row in database.execute("show tables from metrics").fetchall()}
        assert {*TABLES, "scores", "about"} <= names
        models = "select distinct model, control from metrics.overall"
        assert {("finetuned", None), ("finetuned", "shuffled_pictures")} <= set(
            database.execute(models).fetchall()
        )
        sources = (
            "select distinct source from metrics.by_source where model = 'finetuned' and n > 0"
        )
        assert {row[0] for row in database.execute(sources).fetchall()} == held_out(demo)


def test_the_held_out_drawing_can_be_converted_as_printed(demo: Demo) -> None:
    (drawing,) = (demo.home / "demo").iterdir()
    assert open_picture(drawing.read_bytes()).width > 50
    assert re.search(r"FlowSim of this answer: [01]\.\d\d", demo.printed)
    printed = re.search(r"sketch2flow (convert \S+ --model \S+)", demo.printed)
    assert printed is not None
    command = printed[1].split()
    assert command[1] == str(drawing)
    out = demo.home / "read.json"
    done = sketch2flow(demo.home, *command, "--out", str(out), "--draw")
    assert "Traceback" not in done.stderr
    if "No workflow: " in demo.printed:
        assert done.returncode == 1
    else:
        assert done.returncode == 0, done.stderr
        assert "components" in json.loads(out.read_text())
        assert open_picture((demo.home / f"{drawing.stem}.read.png").read_bytes()).width > 100


def test_run_again_it_finds_everything_made(demo: Demo) -> None:
    again = sketch2flow(demo.home, *DEMO)
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-3000:]
    steps = [line for line in again.stdout.splitlines() if line.lstrip().startswith("✓")]
    reused = [line for line in steps if line.endswith("made before")]
    assert len(reused) >= len(steps) - 3, "\n".join(steps)  # what has nothing to make says why
