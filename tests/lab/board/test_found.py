"""Which event files there are, whose, and which are the newest."""

import os
import shutil
from pathlib import Path

import pytest

from src.lab.board.found import below, newest
from tests.lab.running import run


def set_time(folder: Path, time: float) -> None:
    for path in folder.rglob("*tfevents*"):
        os.utime(path, (time, time))


def test_each_run_is_found_once_with_its_event_files_and_so_are_the_means(swept: Path) -> None:
    found = below([swept, swept / "sweeps"])
    runs = sorted(path.parent for path in swept.rglob("result.json"))
    assert sorted(found.runs) == runs and len(runs) == 4
    assert sorted((each.run, each.folder) for each in found.events if each.run) == [
        (run, run / "tensorboard") for run in runs
    ]
    assert {each.folder.parent.name for each in found.events if not each.run} == {"tensorboard_groups"}


def test_a_run_is_known_from_any_folder_in_it(swept: Path) -> None:
    folder = next(swept.rglob("result.json")).parent
    for place in folder, folder / "tensorboard":
        (event,) = below([place]).events
        assert (event.run, event.folder) == (folder, folder / "tensorboard")


def test_a_folder_of_event_files_is_taken_with_what_is_in_it_and_links_are_followed(
    swept: Path, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "away").symlink_to(swept / "sweeps" / "mine")
    (tmp_path / "here" / "round").symlink_to(tmp_path)
    more = tmp_path / "own" / "inner"
    more.mkdir(parents=True)
    for folder in more, more.parent:
        shutil.copy(next(swept.rglob("*tfevents*")), folder)
    found = below([tmp_path])
    assert len(found.runs) == 4
    assert [each.folder for each in found.events if "own" in each.folder.parts] == [more.parent]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere"):
        below([tmp_path / "nowhere"])


def test_the_newest_is_a_sweep_or_a_run_alone(swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = tmp_path / "outputs"
    shutil.copytree(swept, outputs)
    alone = outputs / "runs" / "alone"
    run(alone)
    monkeypatch.chdir(tmp_path)
    for time_of_sweep, expected in (2_000_000_000, outputs / "sweeps" / "mine"), (1_000_000_000, alone):
        set_time(outputs / "sweeps" / "mine" / "toy_seed1_1f37aa", time_of_sweep)
        for other in (path for path in (outputs / "sweeps" / "mine").iterdir() if path.name != "toy_seed1_1f37aa"):
            set_time(other, 1_000_000_000)
        assert newest(Path("outputs"), below([Path("outputs")])) == expected


def test_where_nothing_is_there_is_no_newest(tmp_path: Path) -> None:
    run(tmp_path / "untold", "logger=none")
    found = below([tmp_path])
    assert found.runs == [tmp_path / "untold"] and not found.events
    assert newest(tmp_path, found) is None
