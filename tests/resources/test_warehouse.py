"""The warehouse: right tables, nothing lost, nothing half written, hostile values harmless."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources import warehouse as module
from resources.warehouse import ABOUT, SCORES, Warehouse, WarehouseError, WarehouseResource
from sketch2flow.report.tables import ANY, BROKEN, NONE, SHARE, STRICTLY_BROKEN, TABLES
from sketch2flow.scoring import ALL_METRICS, METRICS, metrics_of
from tests.report.fakes import score_rows, write_scores

RESAMPLES = 50
HOSTILE = [
    "'; drop table metrics.overall; --",
    '"',
    "",
    "null",
    "ключ 🧨",
    "a\nb",
    "%s",
    "\\",
    "a\0b",
]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "metrics.duckdb")


def build(
    warehouse: Warehouse, rows: list[dict[str, Any]], tables: list[str] | None = None, **more: Any
) -> dict[str, int]:
    file = write_scores(warehouse.path.parent / "in" / "scores.parquet", rows)
    return warehouse.build(file, tables, {"data_revision": "r1"}, resamples=RESAMPLES, **more)


def contents(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    return {name: warehouse.read(name) for name in warehouse.table_names()}


def siblings(warehouse: Warehouse) -> set[str]:
    return {path.name for path in warehouse.path.parent.iterdir() if path.is_file()}


def test_tables_counts_and_means(warehouse: Warehouse) -> None:
    rows = score_rows(21)
    counts = build(warehouse, rows)
    assert warehouse.table_names() == [*TABLES, SCORES, ABOUT]
    assert counts == {name: len(warehouse.read(name)) for name in (*TABLES, SCORES)}
    assert counts["overall"] == 3 * (len(metrics_of("starflow")) + 2)
    assert counts["by_source"] == 5 * counts["overall"]
    reader = [r for r in rows if r["control"] is None]
    for row in warehouse.read("by_orientation"):
        if row["control"] is None and row["metric"] in METRICS:
            values = [r[row["metric"]] for r in reader if r["orientation"] == row["orientation"]]
            used = [value for value in values if value is not None]
            assert (row["n"], row["not_applicable"]) == (len(used), len(values) - len(used))
            assert row["mean"] == pytest.approx(sum(used) / len(used))
            assert row["low"] <= row["mean"] <= row["high"]
    assert warehouse.read(SCORES)[0]["features"] == ["foreach"]


def test_structure_errors_are_shares_of_all_answers(warehouse: Warehouse) -> None:
    rows = score_rows(10, [("m", None)])
    for index, row in enumerate(rows):
        row["structure_errors"] = ["empty_block", "empty_block"][: index % 3]
    build(warehouse, rows)
    shares = {
        r["structure_error"]: (r["n"], r["mean"])
        for r in warehouse.read("by_structure_error")
        if r["metric"] == SHARE
    }
    assert shares == {"empty_block": (10, 0.6), ANY: (10, 0.6), NONE: (10, 0.4)}
    overall = {r["metric"]: r["mean"] for r in warehouse.read("overall")}
    assert overall[BROKEN] == 0.6


def test_same_scores_same_tables_whatever_their_order(tmp_path: Path) -> None:
    rows = score_rows(12)
    one, other = Warehouse(tmp_path / "a" / "m.duckdb"), Warehouse(tmp_path / "b" / "m.duckdb")
    build(one, rows)
    files = [
        write_scores(tmp_path / "x.parquet", rows[20:][::-1]),
        write_scores(tmp_path / "k=v" / "y.parquet", rows[:25]),  # five rows are in both
    ]
    other.build(files, None, {"data_revision": "r1"}, resamples=RESAMPLES)
    assert contents(one) == contents(other)
    build(other, rows, seed=1)
    assert contents(one)["overall"] != contents(other)["overall"]


def test_about_says_where_each_table_comes_from(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5), seed=3)
    about = {(r["table_name"], r["fact"]): r["value"] for r in warehouse.read(ABOUT)}
    assert about["by_source", "data_revision"] == "r1"
    assert about["by_source", "seed"] == "3"
    assert about["by_source", "rows"] == str(len(warehouse.read("by_source")))
    assert len(about["by_source", "created_from"]) == 16


def test_subset_keeps_the_other_tables(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(10, seed=1))
    before = contents(warehouse)
    counts = build(warehouse, score_rows(15, seed=2), ["by_source"])
    after = contents(warehouse)
    assert set(counts) == {"by_source", SCORES}
    assert after["by_source"] != before["by_source"]
    assert len(after[SCORES]) == 45
    for name in set(TABLES) - {"by_source"}:
        assert after[name] == before[name]
    origin = {r["table_name"]: r["value"] for r in after[ABOUT] if r["fact"] == "created_from"}
    assert origin["by_source"] == origin[SCORES] != origin["overall"] == origin["by_feature"]


def test_first_build_may_be_a_subset(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5), ["by_source"])
    assert warehouse.table_names() == ["by_source", SCORES, ABOUT]
    with pytest.raises(WarehouseError, match="materialize metrics/overall"):
        warehouse.read("overall")


def test_no_rows_and_only_not_applicable(warehouse: Warehouse) -> None:
    assert build(warehouse, [])["overall"] == 0
    assert warehouse.read("overall") == []
    rows = score_rows(4, [("m", None)])
    for row in rows:
        row.update(dict.fromkeys(ALL_METRICS), error="boom", source=None, features=None)
        row["structure_errors"] = row["is_broken_strictly"] = None
    rows[0]["flow_sim_no_inputs"] = float("nan")
    build(warehouse, rows)
    for row in warehouse.read("by_source"):
        assert row["source"] is None
        if row["metric"] != BROKEN:
            assert (row["n"], row["not_applicable"], row["mean"], row["low"]) == (0, 4, None, None)
    assert warehouse.read("by_feature") == []


def test_hostile_values_are_values(warehouse: Warehouse) -> None:
    rows = score_rows(len(HOSTILE), [("m", None)])
    for row, text in zip(rows, HOSTILE, strict=True):
        row.update(source=text, identifier=text, features=[text], structure_errors=[text])
    build(warehouse, rows)
    for table, column in (("by_source", "source"), ("by_feature", "feature")):
        assert {row[column] for row in warehouse.read(table)} == set(HOSTILE)
    assert warehouse.table_names() == [*TABLES, SCORES, ABOUT]
    for name in ("scores; drop table x", "by_source'", "", "OVERALL"):
        with pytest.raises(WarehouseError, match="no table"):
            warehouse.read(name)
        with pytest.raises(WarehouseError, match="no metric table"):
            build(warehouse, rows, [name])


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=6),
    number=st.sampled_from([None, 0.0, 0.5, 1.0, -3.0, float("nan"), float("inf")]),
)
def test_what_goes_in_comes_out(tmp_path: Path, texts: list[str], number: float | None) -> None:
    rows = score_rows(len(texts), [("m", None)])
    for index, (row, text) in enumerate(zip(rows, texts, strict=True)):
        row.update(identifier=f"{index}{text}", run=text, resolution=text, data_source=text)
        row["flow_bleu_no_inputs"] = number
    warehouse = Warehouse(tmp_path / "metrics.duckdb")
    file = write_scores(tmp_path / "scores.parquet", rows)
    warehouse.build(file, ["by_data_source"], resamples=2)
    assert {row["identifier"] for row in warehouse.read(SCORES)} == {r["identifier"] for r in rows}
    groups = {(r["run"], r["data_source"]) for r in warehouse.read("by_data_source")}
    assert groups == {(text, text) for text in texts}


def test_open_reader_neither_blocks_nor_sees_the_change(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5))
    with duckdb.connect(str(warehouse.path), read_only=True) as reader:
        count = "SELECT count(*) FROM scores"
        assert reader.execute(count).fetchone() == (15,)
        bytes_before, second_name = warehouse.path.read_bytes(), warehouse.path.with_name("old")
        second_name.hardlink_to(warehouse.path)
        build(warehouse, score_rows(10))
        assert second_name.read_bytes() == bytes_before  # replaced, not written over
        assert reader.execute(count).fetchone() == (15,)
        assert len(warehouse.read(SCORES)) == 30  # although this process holds the old file


def test_failure_leaves_the_old_file(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    build(warehouse, score_rows(5))
    before, files = contents(warehouse), siblings(warehouse)
    real, written = module._write, []

    def fail_third(connection: Any, table: str, rows: Any) -> None:
        written.append(table)
        if len(written) == 3:
            raise duckdb.IOException("No space left on device\nstack trace")
        real(connection, table, rows)

    monkeypatch.setattr(module, "_write", fail_third)
    with pytest.raises(WarehouseError, match=r"No space left on device; check"):
        build(warehouse, score_rows(9))
    assert len(written) == 3
    assert contents(warehouse) == before
    assert siblings(warehouse) == files


def test_killed_build_is_never_picked_up(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5))
    before, files = contents(warehouse), siblings(warehouse)
    program = f"""
import os
from resources import warehouse as module
real, seen = module._write, []
def die(*arguments):
    seen.append(1)
    os._exit(9) if len(seen) == 4 else real(*arguments)
module._write = die
module.Warehouse({str(warehouse.path)!r}).build(
    module.Path({str(warehouse.path.parent / "in" / "scores.parquet")!r}), resamples=2)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == 9
    assert siblings(warehouse) - files, "the killed build should have left its draft"
    assert contents(warehouse) == before
    build(warehouse, score_rows(6))
    assert siblings(warehouse) == files
    assert len(warehouse.read(SCORES)) == 18


def test_log_of_a_crashed_visitor_does_not_spoil_the_new_file(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5))
    program = f"""
import duckdb, os
connection = duckdb.connect({str(warehouse.path)!r})
connection.execute("CREATE TABLE mine AS SELECT 1 AS a")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert warehouse.path.with_name("metrics.duckdb.wal").exists()
    build(warehouse, score_rows(10))
    assert len(warehouse.read(SCORES)) == 30


def test_builds_wait_for_each_other(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5))
    with warehouse._exclusive(1):
        with pytest.raises(WarehouseError, match="another build"):
            build(warehouse, score_rows(5), wait_seconds=0.1)
        thread = threading.Thread(target=build, args=(warehouse, score_rows(10)))
        thread.start()
        time.sleep(0.2)
        assert len(warehouse.read(SCORES)) == 15
    thread.join(30)
    assert len(warehouse.read(SCORES)) == 30


def test_old_file_that_is_no_database(warehouse: Warehouse) -> None:
    warehouse.path.write_bytes(os.urandom(5000))
    with pytest.raises(WarehouseError, match="build all tables anew"):
        build(warehouse, score_rows(5), ["overall"])
    assert build(warehouse, score_rows(5))["overall"] == 33


def test_each_mode_has_its_metrics_and_both_shares_of_broken_answers(
    warehouse: Warehouse,
) -> None:
    build(warehouse, score_rows(5, [("m", None)], modes=("starflow", "strict")))
    for mode in ("starflow", "strict"):
        names = [row["metric"] for row in warehouse.read("overall") if row["mode"] == mode]
        assert names == [*metrics_of(mode), BROKEN, STRICTLY_BROKEN]
    scores = {row["mode"]: row for row in warehouse.read(SCORES)}
    assert scores["starflow"]["node_recall_no_inputs"] is None
    assert scores["strict"]["node_recall_no_inputs"] is not None


def test_a_file_of_before_the_strict_mode_is_still_read(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    file = write_scores(tmp_path / "scores.parquet", score_rows(5, [("m", None)]))
    young = [*(set(ALL_METRICS) - set(METRICS)), "is_broken_strictly"]
    pq.write_table(pq.read_table(file).drop_columns(young), tmp_path / "old.parquet")
    warehouse.build(tmp_path / "old.parquet", resamples=2)
    numbers = {row["metric"]: row["n"] for row in warehouse.read("overall")}
    assert (numbers["flow_sim_no_inputs"], numbers[BROKEN], numbers[STRICTLY_BROKEN]) == (5, 5, 0)


def test_bad_score_files_are_named(warehouse: Warehouse, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    rows = score_rows(5)
    file = write_scores(tmp_path / "scores.parquet", rows)
    with pytest.raises(WarehouseError, match=r"gone\.parquet: no readable Parquet"):
        warehouse.build(tmp_path / "gone.parquet")
    (tmp_path / "text.parquet").write_text("no parquet")
    with pytest.raises(WarehouseError, match=r"text\.parquet: no readable Parquet"):
        warehouse.build([file, tmp_path / "text.parquet"])
    pq.write_table(pq.read_table(file).drop_columns(["revision"]), tmp_path / "short.parquet")
    other = write_scores(tmp_path / "other.parquet", [{**rows[0], "mode": "lax"}])
    with pytest.raises(WarehouseError, match=r"row 0: mode 'lax' is none of starflow, strict;"):
        warehouse.build(other)
    with pytest.raises(WarehouseError, match=r"short\.parquet: no column revision"):
        warehouse.build(tmp_path / "short.parquet")
    rows[0]["flow_sim_no_inputs"] = 0.123
    with pytest.raises(WarehouseError, match="two different rows for 'digital_000000'"):
        warehouse.build([file, write_scores(tmp_path / "other.parquet", rows)])
    rows[0]["identifier"] = None
    with pytest.raises(WarehouseError, match="row 0 has no identifier"):
        warehouse.build(write_scores(tmp_path / "unnamed.parquet", rows))
    assert not warehouse.path.exists()


def test_reading_before_the_first_build(warehouse: Warehouse) -> None:
    assert warehouse.table_names() == []
    with pytest.raises(WarehouseError, match="no metrics yet"):
        warehouse.read("overall")


def test_path_with_quotes(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "o'clock [1]*; drop" / "me'trics.duckdb")
    build(warehouse, score_rows(5))
    assert len(warehouse.read(SCORES)) == 15


def test_plain_duckdb_reads_it(warehouse: Warehouse) -> None:
    build(warehouse, score_rows(5))
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        found = connection.execute(
            "SELECT source, mean FROM metrics.by_source"
            " WHERE metric = 'flow_sim_no_inputs' AND control IS NULL ORDER BY mean DESC"
        ).fetchall()
        assert len(found) == 5
        exploded = "SELECT count(*) FROM (SELECT unnest(features) FROM scores)"
        assert connection.execute(exploded).fetchone() == (21,)


def test_resource_opens_the_warehouse(tmp_path: Path) -> None:
    opened = WarehouseResource(path=str(tmp_path / "metrics.duckdb")).open()
    assert opened.path == tmp_path / "metrics.duckdb"
    build(opened, score_rows(5))
    assert opened.table_names()
