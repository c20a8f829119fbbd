"""BigDocs-Sketch2Flow's columns: good rows with their official splits, bad ones by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sketch2flow.workflow import parse_document
from synth.readers import FolderReading, ReaderError, read_folder
from synth.readers.bigdocs.parquet import PICTURES_IN_MEMORY, PictureColumn
from tests.synth.readers.bigdocs_rows import fenced, png, row, write
from tests.synth.readers.test_pictures import reasons
from tests.workflow.documents import flow, step


def read(folder: Path) -> FolderReading:
    return read_folder(folder, "plant", "bigdocs")


def picture(item: Any) -> bytes:
    data = item.picture.read_bytes()
    assert isinstance(data, bytes)
    return data


def test_official_splits_pictures_and_documents_are_kept(tmp_path: Path) -> None:
    write(tmp_path / "data" / "train-00000-of-00002.parquet", [row(0), row(1)])
    write(tmp_path / "data" / "train-00001-of-00002.parquet", [row(2, source="manual")])
    write(tmp_path / "data" / "val-00000-of-00001.parquet", [row(3, source="UI")])
    write(tmp_path / "data" / "test-00000-of-00001.parquet", [row(4, source="whiteboard")])
    reading = read(tmp_path)
    assert (reading.skipped, reading.unmapped) == ([], [])
    by_name = {item.identifier.rsplit("_", 2)[1]: item for item in reading.items}
    assert {name: (one.split, one.medium) for name, one in by_name.items()} == {
        "0": ("train", "synthetic"),
        "1": ("train", "synthetic"),
        "2": ("train", "manual"),
        "3": ("validation", "ui"),
        "4": ("test", "whiteboard"),
    }
    assert all(picture(one) == png(int(name)) for name, one in by_name.items())
    annotation = by_name["4"].workflow.components[1].annotation
    assert annotation == "row 4"
    assert by_name["0"].provenance == "simulated", "Graphviz drew it"
    assert by_name["2"].provenance is None, "the source's own word counts"
    assert by_name["0"].identifier.startswith("plant_sketch2flow_synthetic_train_0_")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.parquet", "train"),
        ("my_test_set.parquet", "test"),
        ("validation-00000-of-00001.parquet", "validation"),
        ("default/train/0000.parquet", "train"),
        ("test/part-validation.parquet", "validation"),
        ("latest.parquet", None),
        ("contest/0000.parquet", None),
    ],
)
def test_the_split_is_in_the_name_of_the_file_or_its_folder(
    name: str, split: str | None, tmp_path: Path
) -> None:
    write(tmp_path / name, [row(0)])
    (item,) = read(tmp_path).items
    assert item.split == split


def test_a_name_with_two_splits_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "train-test.parquet", [row(0)])
    assert reasons(read(tmp_path)) == {
        "train-test.parquet": "its name says several splits: test, train"
    }


BROKEN = flow(step(1), step(1))
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no identifier": ({"identifier": None}, "no identifier"),
    "an identifier of control characters": ({"identifier": "a\nb"}, "identifier 'a\\nb': a text"),
    "a huge identifier": ({"identifier": "a" * 301}, "identifier 'aaa"),
    "another task": ({"task": "Image2Flow"}, "its task is 'Image2Flow', not Sketch2Flow"),
    "no annotation": ({"annotations": []}, "no annotation, or several"),
    "no list of annotations": ({"annotations": None}, "no annotation, or several"),
    "two annotations": ({"annotations": ["{}", "{}"]}, "no annotation, or several"),
    "an empty annotation": ({"annotations": [None]}, "no annotation, or several"),
    "no JSON": ({"annotations": ["```json\n{\n```"]}, "its annotation: no readable JSON"),
    "no document": ({"annotations": [fenced({})]}, "its annotation.type: Field required"),
    "an unsound document": ({"annotations": [fenced(BROKEN)]}, "its annotation/components/1/order"),
    "a number in the place of text": (
        {"annotations": [fenced(flow(step(1, annotation=7)))]},
        "its annotation.components[0].annotation: Input should be a valid string",
    ),
    "a huge annotation": ({"annotations": [" " * 2_000_001]}, "its annotation is over 2,000,000"),
    "a deep annotation": ({"annotations": ["[" * 100_000]}, "its annotation: no readable JSON"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_left_out_and_named(case: str, tmp_path: Path) -> None:
    changes, reason = BAD[case]
    write(tmp_path / "train.parquet", [row(0), row(1, **changes), row(2)])
    reading = read(tmp_path)
    assert [item.workflow.components[1].annotation for item in reading.items] == ["row 0", "row 2"]
    ((name, said),) = reasons(reading).items()
    assert name.startswith("train.parquet row 1")
    assert said.startswith(reason)
    assert "\n" not in name + said


def test_a_second_row_of_an_identifier_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", [row(0), row(0, source="manual")])
    reading = read(tmp_path)
    assert [item.medium for item in reading.items] == ["synthetic"]
    assert reasons(reading) == {"train.parquet row 1": "an earlier row has this identifier"}


def test_what_is_not_mapped_is_named(tmp_path: Path) -> None:
    document = flow(step(1, note="why")) | {"description": "a flow"}
    write(tmp_path / "a.parquet", [row(0, source="fax", annotations=[fenced(document)])])
    reading = read(tmp_path)
    (item,) = reading.items
    assert item.medium is None
    assert item.workflow == parse_document(flow(step(1)))
    assert [one.reason for one in reading.unmapped] == [
        "keys of its document that no workflow document has",
        "source 'fax' is none of synthetic, manual, digital, whiteboard, ui",
    ]
    assert {one.file for one in reading.unmapped} == {
        "a.parquet row 0 (Sketch2Flow_synthetic_train_0)"
    }


def test_an_annotation_without_a_fence_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [row(0, annotations=[json.dumps(flow(step(1)))])])
    assert len(read(tmp_path).items) == 1


def test_files_that_are_no_such_data_set_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.parquet").touch()
    (tmp_path / "text.parquet").write_text("no Parquet")
    other = [{name: value for name, value in row(0).items() if name != "annotations"}]
    write(tmp_path / "other.parquet", other)
    write(tmp_path / "none.parquet", [])
    reading = read(tmp_path)
    assert reading.items == []
    found = reasons(reading)
    assert set(found) == {"empty.parquet", "text.parquet", "other.parquet"}
    assert found["other.parquet"] == "no column annotations"
    assert found["text.parquet"].startswith("no readable Parquet (")


def test_columns_of_other_types_are_named(tmp_path: Path) -> None:
    rows = [row(0) | {"group": 7}]
    write(tmp_path / "a.parquet", rows)
    assert "group 7: a text" in reasons(read(tmp_path)).popitem()[1]


PICTURES: dict[str, tuple[Any, str]] = {
    "no picture": ([], "no picture, or several; one is wanted"),
    "two pictures": ([{"bytes": png(1), "path": None}] * 2, "no picture, or several"),
    "nothing": (None, "no picture, or several"),
    "a path alone": ([{"bytes": None, "path": "/etc/passwd"}], "its picture is not in the file"),
    "no bytes": ([{"bytes": b"", "path": None}], "no PNG, JPEG or WebP inside"),
    "text": ([{"bytes": b"no picture", "path": None}], "no PNG, JPEG or WebP inside"),
    "a sound": (
        [{"bytes": b"RIFF\0\0\0\0WAVE", "path": None}],
        "no PNG, JPEG or WebP inside",
    ),
    "a huge picture": (
        [{"bytes": png(1) + b"\0" * 25_000_000, "path": None}],
        "25,000,112 bytes; at most 25,000,000 are read",
    ),
}


@pytest.mark.parametrize("case", PICTURES)
def test_a_row_without_its_picture_is_left_out_and_named(case: str, tmp_path: Path) -> None:
    images, reason = PICTURES[case]
    write(tmp_path / "a.parquet", [row(0), row(1, images=images), row(2)])
    reading = read(tmp_path)
    assert [picture(item) for item in reading.items] == [png(0), png(2)]
    ((name, said),) = reasons(reading).items()
    assert name == "a.parquet row 1 (Sketch2Flow_synthetic_train_1)"
    assert said.startswith(reason)


@pytest.mark.parametrize(
    ("word", "medium"),
    [
        *((word, "ui") for word in ("User Interface", "user_interface", "UI screenshots")),
        *((word, "whiteboard") for word in ("blackboard", "whiteboard / blackboard")),
    ],
)
def test_the_long_words_of_media_are_known(word: str, medium: str, tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [row(0, source=word)])
    reading = read(tmp_path)
    assert [item.medium for item in reading.items] == [medium]
    assert reading.unmapped == []


def test_pictures_are_read_in_any_order_and_few_are_held(tmp_path: Path) -> None:
    rows = [row(number) for number in range(150)]
    path = write(tmp_path / "a.parquet", rows, row_group_size=60)
    items = read(tmp_path).items
    for number in (0, 1, 59, 60, 149, 75, 3, 2, 148):
        assert picture(items[number]) == png(number)
    column = PictureColumn(path)
    for place in range(60):
        column.read(1, place)
        assert len(column._held) <= PICTURES_IN_MEMORY
    write(tmp_path / "a.parquet", rows[:10])
    with pytest.raises(ValueError, match=r"a\.parquet"):
        picture(items[20])


def test_text_that_is_no_utf8_costs_its_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [row(0), row(1), row(2)], compression="NONE")
    data = path.read_bytes()
    assert data.count(b"train_1") >= 1
    path.write_bytes(data.replace(b"train_1", b"train_\xff"))
    reading = read(tmp_path)
    assert len(reading.items) == 2
    ((name, reason),) = reasons(reading).items()
    assert (name, reason[:23]) == ("a.parquet row 1", "identifier b'no UTF-8':")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    rows = [row(number) for number in range(12)]
    path = tmp_path_factory.mktemp("good") / "a.parquet"
    return write(path, rows, row_group_size=5, compression="snappy").read_bytes()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_never_raises(good: bytes, tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(good) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    (tmp_path / "a.parquet").write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    reading = read(tmp_path)
    for item in reading.items:
        with suppress(ValueError):
            picture(item)
    assert all(one.reason for one in reading.skipped)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 100_000), byte=st.integers(0, 255))
def test_a_wrong_byte_never_raises(good: bytes, tmp_path: Path, place: int, byte: int) -> None:
    damaged = bytearray(good)
    damaged[-(place % len(good)) - 1] = byte
    (tmp_path / "a.parquet").write_bytes(damaged)
    for item in read(tmp_path).items:
        with suppress(ValueError):
            picture(item)


def hub_file(folder: Path, **value: Any) -> None:
    (folder / "hub.json").write_text(json.dumps(value))


OFFICIAL = "ServiceNow/BigDocs-Sketch2Flow"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[tuple[str, str]]]:
    """Let datasets.load_dataset give a value (or raise it); return what it was asked for."""

    def give(value: Any) -> list[tuple[str, str]]:
        asked = []

        def load_dataset(path: str, *, revision: str) -> Any:
            asked.append((path, revision))
            if isinstance(value, Exception):
                raise value
            return value

        monkeypatch.setattr("datasets.load_dataset", load_dataset)
        return asked

    return give


def as_hub(**splits: list[dict[str, Any]]) -> Any:
    """Return splits as the Hub's data set has them: with pictures as a feature."""
    from datasets import Dataset, DatasetDict, Features, Image, List, Value

    text = Value("string")
    features = Features(
        {
            "identifier": text,
            "images": List(Image()),
            "queries": List(text),
            "annotations": List(text),
            "task": text,
            "source": text,
        }
    )
    return DatasetDict(
        {name: Dataset.from_list(rows, features=features) for name, rows in splits.items()}
    )


def test_a_data_set_of_the_hub_is_read_like_its_files(tmp_path: Path, loads: Any) -> None:
    asked = loads(as_hub(train=[row(0)], val=[row(1)], test=[row(2), row(3, task="other")]))
    hub_file(tmp_path, repository=OFFICIAL, revision="0123abc")
    reading = read_folder(tmp_path, "plant")
    assert asked == [(OFFICIAL, "0123abc")]
    assert [item.split for item in reading.items] == ["train", "validation", "test"]
    assert [picture(item) for item in reading.items] == [png(0), png(1), png(2)]
    name = "ServiceNow/BigDocs-Sketch2Flow test row 1 (Sketch2Flow_synthetic_train_3)"
    assert reasons(reading) == {name: "its task is 'other', not Sketch2Flow"}


def test_the_real_loader_gives_what_the_hub_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`datasets` takes a folder of this name for a data set of the Hub: all but the download."""
    repository = tmp_path / "owner" / "name" / "data"
    write(repository / "train-00000-of-00001.parquet", [row(0), row(1)])
    write(repository / "val-00000-of-00001.parquet", [row(2)])
    write(repository / "test-00000-of-00001.parquet", [row(3)])
    (tmp_path / "source").mkdir()
    hub_file(tmp_path / "source", repository="owner/name", revision="main")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    reading = read_folder(tmp_path / "source", "plant")
    assert reading.skipped == []
    found = {(item.split, picture(item)) for item in reading.items}
    assert found == {
        *(("train", png(number)) for number in (0, 1)),
        ("validation", png(2)),
        ("test", png(3)),
    }


def test_a_hub_out_of_reach_is_no_empty_source(tmp_path: Path, loads: Any) -> None:
    loads(ConnectionError("no route"))
    hub_file(tmp_path, repository=OFFICIAL, revision="main")
    with pytest.raises(ReaderError, match=r"hub.json: .*cannot be loaded \(ConnectionError: no"):
        read(tmp_path)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"repository": OFFICIAL},
        {"repository": OFFICIAL, "revision": ""},
        {"repository": "../etc", "revision": "main"},
        {"repository": "../../etc", "revision": "main"},
        {"repository": "/etc/x", "revision": "main"},
        {"repository": 7, "revision": "main"},
    ],
)
def test_a_hub_file_that_names_no_data_set_is_refused(value: Any, tmp_path: Path) -> None:
    hub_file(tmp_path, **value)
    assert "is wanted" in reasons(read(tmp_path))["hub.json"]


def test_splits_of_the_hub_with_other_columns_are_named(tmp_path: Path, loads: Any) -> None:
    from datasets import Dataset, DatasetDict

    texts = Dataset.from_list([row(0, images="a picture")])
    loads(DatasetDict({"train": texts, "test": Dataset.from_list([{"a": 1}])}))
    hub_file(tmp_path, repository=OFFICIAL, revision="main")
    reading = read(tmp_path)
    assert reading.items == []
    found = reasons(reading)
    assert found.pop(f"{OFFICIAL} test") == "no column identifier, images, annotations"
    assert list(found.values()) == ["no picture, or several; one is wanted"]


def test_a_dictionary_of_one_long_text_is_not_unpacked_at_once(tmp_path: Path) -> None:
    """A file of kilobytes that says a quarter of a gigabyte: rows come a few at a time."""
    text = fenced(flow(step(1))) + " " * 100_000
    rows = 2_500
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int8()), pa.array([text]))
    lists = pa.ListArray.from_arrays(pa.array(range(rows + 1), pa.int32()), column)
    table = pa.table(
        {
            "identifier": [str(number) for number in range(rows)],
            "images": pa.nulls(rows, pa.list_(pa.struct([("bytes", pa.binary())]))),
            "annotations": lists,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 1_000_000
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = read(tmp_path)
    assert len(reading.items) + len(reading.skipped) == rows
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 120_000, "kilobytes"
