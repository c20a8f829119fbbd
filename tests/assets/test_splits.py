from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sketch2flow_assets.defs.dataset.splits import PlannedRow, leaks, settle
from sketch2flow_assets.left_out import LeftOut

SPLITS = ["train", "validation", "test"]


def row(identifier: str, split: str = "train", **facts: object) -> PlannedRow:
    plain = PlannedRow(
        identifier=identifier,
        data_source="a",
        split=split,
        declared=False,
        group=None,
        parent=None,
        document=f"document of {identifier}",
        picture=f"picture of {identifier}",
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def settled(*rows: PlannedRow) -> tuple[dict[str, str], LeftOut, LeftOut]:
    left_out, moved = LeftOut(), LeftOut()
    kept = settle(rows, left_out, moved)
    return {one.identifier: one.split for one in kept}, left_out, moved


def test_rows_without_conflict_stay_where_they_are() -> None:
    splits, left_out, moved = settled(row("a"), row("b", "test"), row("c", "validation"))
    assert splits == {"a": "train", "b": "test", "c": "validation"}
    assert not left_out.items
    assert not moved.items


def test_one_content_in_two_splits_is_a_test_row_and_leaves_training() -> None:
    splits, left_out, moved = settled(
        row("a", document="same"),
        row("a_v1", document="same", parent="a"),
        row("b", "test", document="same", data_source="official", declared=True),
    )
    assert splits == {"a": "test", "b": "test"}
    assert [item["name"] for item in moved.items] == ["a"]
    assert [item["name"] for item in left_out.items] == ["a_v1"]


def test_one_picture_in_two_splits_is_a_test_row() -> None:
    splits, _, _ = settled(row("a", picture="same"), row("b", "validation", picture="same"))
    assert splits == {"a": "test", "b": "test"}


def test_a_declared_split_wins_over_a_hash_that_says_test() -> None:
    splits, left_out, moved = settled(
        row("official", document="same", declared=True),
        row("generated", "test", document="same", data_source="b"),
    )
    assert splits == {"official": "train"}
    assert left_out.items == [
        {"name": "generated", "reason": "a source declares its content train"}
    ]
    assert not moved.items


def test_an_official_test_split_neither_leaks_nor_grows() -> None:
    splits, left_out, moved = settled(
        row("a", document="same", declared=True),
        row("b", "test", document="same", declared=True),
        row("c", document="other", picture="p", declared=True),
        row("d", "validation", picture="p", declared=True),
    )
    assert splits == {"b": "test", "d": "validation"}
    assert [one["name"] for one in left_out.items] == ["a", "c"]
    assert not moved.items


def test_two_sources_that_declare_one_content_differently_make_it_a_test_row() -> None:
    splits, _, moved = settled(
        row("a", document="same", declared=True),
        row("b", "validation", document="same", declared=True, data_source="b"),
    )
    assert splits == {"a": "test", "b": "test"}
    assert len(moved.items) == 2


def test_conflicts_are_followed_to_their_end() -> None:
    splits, _, _ = settled(
        row("a", "test", document="1"),
        row("b", document="1", picture="2"),
        row("c", document="3", picture="2"),
        row("d", document="3"),
    )
    assert set(splits.values()) == {"test"}


def test_a_group_follows_the_split_that_some_of_it_declare() -> None:
    splits, _, _ = settled(
        row("a", group="anna"), row("b", "test", group="anna", declared=True), row("c", group="bo")
    )
    assert splits["a"] == splits["b"] == "test"


def test_a_group_without_declared_split_stays_together() -> None:
    for number in range(200):
        splits, _, _ = settled(
            row("a", "train", group=f"g{number}"), row("b", "test", group=f"g{number}")
        )
        assert len(set(splits.values())) == 1


def test_equal_names_in_two_sources_are_two_people() -> None:
    splits, left_out, _ = settled(
        row("a", "train", group="1", declared=True),
        row("b", "test", group="1", declared=True, data_source="other"),
    )
    assert splits == {"a": "train", "b": "test"}
    assert not left_out.items


def test_a_group_in_two_declared_splits_leaves_training() -> None:
    splits, left_out, _ = settled(
        row("a", "train", group="anna", declared=True),
        row("b", "test", group="anna", declared=True),
    )
    assert splits == {"b": "test"}
    assert [item["reason"] for item in left_out.items] == ["its group is in the test split"]


def test_a_second_row_of_an_identifier_is_left_out() -> None:
    splits, left_out, _ = settled(row("a"), row("a", document="other"))
    assert splits == {"a": "train"}
    assert left_out.items == [{"name": "a", "reason": "another row has this identifier"}]


def test_leaks_are_found_by_kind() -> None:
    found = leaks(
        [
            row("a", document="d", group="anna"),
            row("b", "test", document="d", group="anna"),
            row("c", picture="p"),
            row("d", "validation", picture="p"),
        ]
    )
    assert found == {"documents": ["d"], "pictures": ["p"], "groups": ["('a', 'anna')"]}


@st.composite
def rows(draw: st.DrawFn, with_parents: bool = True) -> list[PlannedRow]:
    few = st.integers(0, 4).map(str)
    parents = st.none() | few if with_parents else st.none()
    made = []
    for number in range(draw(st.integers(0, 14))):
        declared = draw(st.booleans())
        made.append(
            row(
                str(number),
                draw(st.sampled_from(SPLITS)),
                declared=declared,
                group=draw(st.none() | few),
                document=draw(few),
                picture=draw(few),
                parent=draw(parents),
                data_source=draw(st.sampled_from(["a", "b"])),
            )
        )
    return made


@given(rows())
def test_nothing_leaks_whatever_the_sources_declare(given_rows: list[PlannedRow]) -> None:
    names = [one.identifier for one in given_rows]
    left_out, moved = LeftOut(), LeftOut()
    kept = settle(given_rows, left_out, moved)
    assert not any(leaks(kept).values())
    assert sorted([one.identifier for one in kept] + [one["name"] for one in left_out.items]) == (
        sorted(names)
    )
    assert all(one.split == "train" for one in kept if one.parent)


@given(rows())
def test_declared_test_rows_stay_test_rows(given_rows: list[PlannedRow]) -> None:
    official = {
        one.identifier
        for one in given_rows
        if one.declared and one.split == "test" and not one.parent
    }
    kept = settle(given_rows, LeftOut(), LeftOut())
    assert official <= {one.identifier for one in kept if one.split == "test"}


@given(rows(with_parents=False))
def test_rows_that_declare_nothing_change_nothing_of_those_that_do(
    given_rows: list[PlannedRow],
) -> None:
    alone, _, _ = settled(*(replace(one) for one in given_rows if one.declared))
    together, _, _ = settled(*(replace(one) for one in given_rows))
    declared = {one.identifier for one in given_rows if one.declared}
    assert {name: split for name, split in together.items() if name in declared} == alone


@given(rows(with_parents=False))
def test_of_one_source_every_row_stays_in_its_declared_split_or_leaves(
    given_rows: list[PlannedRow],
) -> None:
    official = [replace(one, data_source="a", declared=True) for one in given_rows]
    said = {one.identifier: one.split for one in official}
    splits, _, moved = settled(*official)
    assert splits.items() <= said.items()
    assert not moved.items
