"""Files that are whole or absent, and copies that stay as they were."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.lab.records.atomic import keep, written_beside


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file"
    for text in "old", "newer":
        with written_beside(target) as temporary:
            temporary.write_text(text)
            assert not target.exists() or target.read_text() == "old"
    assert target.read_text() == "newer"
    with pytest.raises(ZeroDivisionError), written_beside(target) as temporary:
        temporary.write_text(str(1 / 0))
    with pytest.raises(FileNotFoundError), written_beside(target):
        pass  # nothing was written
    assert [(path.name, path.read_text()) for path in target.parent.iterdir()] == [("file", "newer")]


@settings(max_examples=20)  # each write waits for the disk
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=5)), max_size=4))
def test_what_is_kept_stays_as_it_was_whatever_is_written_later(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[bool, bytes]]
) -> None:
    """Be the file appended to or replaced."""
    folder = tmp_path_factory.mktemp("kept")
    path, aside = folder / "file", folder / "aside" / "file"
    path.write_bytes(b"first")
    for appends, more in writes:
        before = path.read_bytes()
        keep(path, aside)
        if appends:
            with path.open("ab") as file:
                file.write(more)
        else:
            with written_beside(path) as temporary:
                temporary.write_bytes(more)
        assert aside.read_bytes() == before


@pytest.mark.parametrize("links", [True, False])
def test_what_is_only_replaced_takes_no_room_where_there_are_links(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links on this file system")

    if not links:
        monkeypatch.setattr(os, "link", no_link)
    path, aside = tmp_path / "file", tmp_path / "aside"
    path.write_text("first")
    keep(path, aside, replaced=True)
    assert (path.stat().st_nlink, aside.read_text()) == (2 if links else 1, "first")
    with written_beside(path) as temporary:
        temporary.write_text("second")
    assert aside.read_text() == "first"


def test_what_is_not_there_is_not_kept(tmp_path: Path) -> None:
    keep(tmp_path / "none", tmp_path / "aside")
    assert list(tmp_path.iterdir()) == []
