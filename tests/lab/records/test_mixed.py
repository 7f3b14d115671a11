"""What is not the same in the runs of a group is said, and nothing else."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from src.lab.records.mixed import MOST_LINES, mixed, seeds
from src.lab.records.runs import load

from .written import write, write_first

OLD, NEW = "3f2a9c1d5e6f", "71e88e8d5e6f-dirty"


def made(folder: Path, model: str, numbers: range, **more: Any) -> None:
    for seed in numbers:
        write(folder, model, seed, 1.0, **more)


@given(st.sets(st.integers(0, 12), min_size=1))
def test_seeds_are_named_in_ranges_that_hold_them_and_no_others(numbers: set[int]) -> None:
    text = seeds(numbers)
    word, _, ranges = text.partition(" ")
    if word.isdigit():
        assert (int(word), ranges) == (len(numbers), "seeds")
        return
    pairs = [[*map(int, each.split("-"))] for each in ranges.split(", ")]
    assert {number for each in pairs for number in range(each[0], each[-1] + 1)} == numbers
    assert word == ("seed" if len(numbers) == 1 else "seeds")


def test_runs_of_one_code_package_and_device_need_no_words(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(3), git=OLD, device="cpu", versions={"torch": "2.1"})
    made(tmp_path, "wide", range(3), git=NEW, device="cuda", versions={"torch": "2.2"})
    made(tmp_path, "older", range(3))
    assert mixed(load([tmp_path])) == []


def test_a_line_says_which_seeds_are_of_which_code(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(5), git=OLD)
    made(tmp_path, "plain", range(5, 10), git=NEW)
    write(tmp_path, "plain", 10, None, git="000000000000")
    assert mixed(load([tmp_path])) == ["plain: seeds 0-4 at 3f2a9c1, seeds 5-9 at 71e88e8-dirty"]


def test_packages_and_devices_are_named_where_they_differ_and_groups_that_differ_alike_share_a_line(
    tmp_path: Path,
) -> None:
    for model in "plain", "wide":
        made(tmp_path, model, range(2), device="cpu", versions={"torch": "2.1", "numpy": "1.26"})
        made(tmp_path, model, range(2, 3), device="cuda", versions={"torch": "2.2", "numpy": "1.26"})
    assert mixed(load([tmp_path])) == [
        "plain, wide: seeds 0-1 with torch 2.1, seed 2 with torch 2.2",
        "plain, wide: seeds 0-1 on cpu, seed 2 on cuda",
    ]


def test_a_run_that_was_changed_on_the_way_is_named_even_if_all_were(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), resumed=[{"epoch": 5, "changed": {"optimizer.lr": [0.2, 0.1]}}])
    made(tmp_path, "wide", range(2), resumed=[{"epoch": 5, "changed": {}}])
    assert mixed(load([tmp_path])) == ["plain: seeds 0-1 changed on the way: optimizer.lr from 0.2 to 0.1 at epoch 5"]


def test_old_results_that_are_typed_alike_and_are_not_the_same_are_said_to_differ(tmp_path: Path) -> None:
    write_first(tmp_path, "plain", 0, 1.0, config_hash="3f2a9c1d5e6f")
    write_first(tmp_path, "plain", 1, 1.0, config_hash="71e88e8d5e6f")
    assert mixed(load([tmp_path])) == ["plain: seed 0 of configuration 3f2a9c, seed 1 of configuration 71e88e"]


def test_what_is_long_is_shortened(tmp_path: Path) -> None:
    for seed in range(6):
        write(tmp_path, "plain", seed, 1.0, git=f"{seed}f2a9c1d5e6f")
    (line,) = mixed(load([tmp_path]))
    assert line == "plain: seed 0 at 0f2a9c1, seed 1 at 1f2a9c1, seed 2 at 2f2a9c1 and 3 more"
    for i in range(20):
        made(tmp_path / str(i), f"m{i}", range(i + 1), git=OLD)
        made(tmp_path / str(i), f"m{i}", range(i + 1, i + 3), git=NEW)
    *lines, rest = mixed(load([tmp_path]))
    assert len(lines) == MOST_LINES
    assert rest == f"{21 - MOST_LINES} more groups of which the runs differ so"
