"""The warehouse: one DuckDB file of metric tables, rebuilt from score files and swapped in."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from sketch2flow.report.scores import (
    KEY_COLUMNS,
    SCORE_COLUMNS,
    ScoreFileError,
    arrow_schema,
    digest_of,
    read_scores,
)
from sketch2flow.report.tables import FACTORS, SUMMARY_COLUMNS, TABLES, columns_of, metric_rows

if TYPE_CHECKING:
    import duckdb

SCORES, ABOUT = "scores", "about"
ABOUT_COLUMNS = dict.fromkeys(("table_name", "fact", "value"), "VARCHAR")
METRIC_TYPES = {
    **dict.fromkeys((*KEY_COLUMNS, *FACTORS.values(), "metric"), "VARCHAR"),
    **dict.fromkeys(SUMMARY_COLUMNS, "DOUBLE"),
    "n": "BIGINT",
    "not_applicable": "BIGINT",
}
NO_EXTENSIONS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

Rows = list[dict[str, Any]]


class WarehouseError(ValueError):
    """A warehouse or a score file that cannot be used; the message names file and cure."""


class Warehouse:
    """The DuckDB file at `path`: the metric tables, `scores` and `about`.

    The tables lie in the file's default schema: in a file called metrics.duckdb both `by_source`
    and `metrics.by_source` name one (a schema `metrics` in it would be ambiguous).
    The file is only ever replaced as a whole: open readers keep what they opened, a build that
    dies leaves the old file as it was. Tables of one's own belong into another file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def build(
        self,
        scores: Path | Sequence[Path],
        tables: Sequence[str] | None = None,
        facts: Mapping[str, object] | None = None,
        seed: int = 0,
        resamples: int = 1000,
        wait_seconds: float = 120.0,
    ) -> dict[str, int]:
        """Build metric tables from scores.parquet files; return the built tables' row counts.

        `tables`: which (default: all); the others are carried over from the old file. `scores`
        and `about` are always written; `about` keeps `facts`, the digest of the scores, seed,
        resamples and row count for each table. Means have 95 % bootstrap intervals, seeded.
        Raises WarehouseError; the old file then stands unchanged.
        """
        wanted = TABLES if tables is None else tuple(dict.fromkeys(tables))
        if unknown := sorted(set(wanted) - set(TABLES)):
            raise WarehouseError(f"no metric table {unknown[0]!r}: choose from {', '.join(TABLES)}")
        try:
            examples = read_scores([scores] if isinstance(scores, Path) else scores)
        except ScoreFileError as error:
            raise WarehouseError(str(error)) from None
        built: dict[str, Rows] = {
            name: metric_rows(name, examples, seed=seed, resamples=resamples)
            for name in TABLES
            if name in wanted
        }
        built[SCORES] = examples
        origin = {**(facts or {}), "seed": seed, "resamples": resamples}
        origin["created_from"] = digest_of(examples)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._exclusive(wait_seconds):
            kept = {} if set(wanted) == set(TABLES) else self._carry_over(built)
            about = kept.pop(ABOUT, [])
            for name, rows in built.items():
                about += [
                    {"table_name": name, "fact": fact, "value": _text(value)}
                    for fact, value in sorted({**origin, "rows": len(rows)}.items())
                ]
            self._put_in_place({**kept, **built, ABOUT: about})
        return {name: len(rows) for name, rows in built.items()}

    def table_names(self) -> list[str]:
        """Return the tables that the file holds now; none if there is no file yet."""
        if not self.path.exists():
            return []
        with self._reading() as connection:
            found = connection.execute(
                "SELECT table_name FROM duckdb_tables()"
                " WHERE database_name = 'warehouse' AND schema_name = 'main'"
            ).fetchall()
        return [name for name in (*TABLES, SCORES, ABOUT) if (name,) in found]

    def read(self, table: str) -> Rows:
        """Return a table's rows in their fixed order. Raises WarehouseError, with the cure."""
        columns = ", ".join(_types_of(table))
        if not self.path.exists():
            raise WarehouseError(f"{self.path}: no metrics yet; materialize the metrics first")
        if table not in self.table_names():
            raise WarehouseError(f"{self.path}: no table {table}; materialize metrics/{table}")
        with self._reading() as connection:
            cursor = connection.execute(
                f"SELECT {columns} FROM warehouse.main.{table} ORDER BY rowid"  # noqa: S608
            )
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file read-only, for as short as possible.

        Attached to a connection of its own: a plain connect() would share, within a process,
        the database object of a connection that still holds the file's predecessor.
        """
        import duckdb

        with self._named_errors("close other programs that write to it, or build all tables anew"):
            connection = duckdb.connect(config=NO_EXTENSIONS)
            try:
                connection.execute("ATTACH ? AS warehouse (READ_ONLY)", [str(self.path)])
                yield connection
            finally:
                connection.close()

    def _carry_over(self, built: Mapping[str, Rows]) -> dict[str, Rows]:
        names = self.table_names()
        kept = {name: self.read(name) for name in names if name not in built}
        if ABOUT in kept:
            kept[ABOUT] = [row for row in kept[ABOUT] if row["table_name"] not in built]
        return kept

    def _put_in_place(self, tables: Mapping[str, Rows]) -> None:
        import duckdb

        draft = self.path.with_name(f".{self.path.name}.new")
        try:
            _remove(draft)  # what a build that was killed left behind
            with self._named_errors("check the disk and its free space"):
                connection = duckdb.connect(str(draft), config=NO_EXTENSIONS)
                try:
                    connection.execute("BEGIN")
                    for name, rows in tables.items():
                        _write(connection, name, rows)
                    connection.execute("COMMIT")
                finally:
                    connection.close()
            # A write-ahead log that a crashed visitor left belongs to the old file: beside the
            # new one it would make it unreadable.
            _wal(self.path).unlink(missing_ok=True)
            os.replace(draft, self.path)  # noqa: PTH105 (the name says what it does)
        finally:
            _remove(draft)

    @contextlib.contextmanager
    def _exclusive(self, wait_seconds: float) -> Iterator[None]:
        """Hold the build lock, which the system releases when its holder dies."""
        lock = self.path.with_name(f".{self.path.name}.lock")
        deadline = time.monotonic() + wait_seconds
        with lock.open("ab") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise WarehouseError(
                            f"{self.path}: another build has held it for {wait_seconds:g} s; "
                            "wait for it to end, then build again"
                        ) from None
                    time.sleep(0.05)
            yield

    @contextlib.contextmanager
    def _named_errors(self, cure: str) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            reason = str(error).strip().split("\n")[0]
            raise WarehouseError(f"{self.path}: {reason}; {cure}") from error


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The warehouse as a Dagster resource; `path` is the DuckDB file."""

    path: str

    def open(self) -> Warehouse:
        """Return the warehouse; nothing is opened until it is read or built."""
        return Warehouse(self.path)


def _types_of(table: str) -> dict[str, str]:
    if table == SCORES:
        return SCORE_COLUMNS
    if table == ABOUT:
        return ABOUT_COLUMNS
    if table not in TABLES:
        raise WarehouseError(
            f"no table {table!r}: choose from {', '.join((*TABLES, SCORES, ABOUT))}"
        )
    return {name: METRIC_TYPES[name] for name in columns_of(table)}


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    import pyarrow as pa

    types = _types_of(table)
    described = ", ".join(f"{name} {kind}" for name, kind in types.items())
    connection.execute(f"CREATE TABLE {table} ({described})")
    names = ", ".join(types)
    connection.register("incoming", pa.Table.from_pylist(rows, schema=arrow_schema(types)))
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming")  # noqa: S608
    connection.unregister("incoming")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    _wal(draft).unlink(missing_ok=True)
