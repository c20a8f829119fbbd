"""Files that are whole or not there."""

import os
from pathlib import Path

import pytest

from sketch2flow.files import check_writable, new_file, partial, write_text


def break_off(path: Path, keep: bool) -> None:
    with new_file(path, keep=keep) as file:
        file.write("half\n")
        raise RuntimeError("out of memory")


def test_a_new_file_takes_the_old_ones_place_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lines.jsonl"
    write_text(path, "old\n")
    with new_file(path) as file:
        file.write("näw\n")
        file.flush()
        assert path.read_text() == "old\n"
    assert path.read_bytes() == "näw\n".encode()
    assert list(path.parent.iterdir()) == [path]


def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    write_text(path, "old\n")
    with pytest.raises(RuntimeError, match="out of memory"):
        break_off(path, keep=False)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("lines.jsonl", "old\n")]


def test_what_breaks_off_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    with pytest.raises(RuntimeError, match="out of memory"):
        break_off(path, keep=True)
    assert partial(path).read_text() == "half\n"
    assert partial(path).name == "lines.jsonl.partial"
    assert not path.exists()
    with new_file(path, keep=True) as file:
        file.write("whole\n")
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_or_device_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    """As root, a rename onto /dev/null would make it an ordinary file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        check_writable(pipe)
        write_text(pipe, "through\n")
        assert os.read(reader, 100) == b"through\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_place_for_no_file_is_told_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for place, error in ((tmp_path, IsADirectoryError), (file / "below", OSError)):
        with pytest.raises(error):
            check_writable(place)
    with pytest.raises(IsADirectoryError), new_file(tmp_path):
        raise AssertionError("the work began")
    check_writable(tmp_path / "new" / "out.json")
    assert list((tmp_path / "new").iterdir()) == []
