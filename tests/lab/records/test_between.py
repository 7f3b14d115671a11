"""Of groups that are compared it is said where their runs are of other code, packages or processors."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from src.lab.records.aspects import ASPECTS, MOST
from src.lab.records.mixed import MOST_LINES, mixed
from src.lab.records.runs import load
from src.lab.report.report import Report

from .written import write

CLEAN = {"git": "3f2a9c1d5e6f", "code": "aaaaaaaaaaaa"}
DIRTY = {"git": "3f2a9c1d5e6f-dirty", "code": "bbbbbbbbbbbb"}
LATER = {"git": "71e88e8d5e6f", "code": "aaaaaaaaaaaa"}
CPU = {"device": "cpu", "processor": "AMD EPYC, AVX512"}
GPU = {"device": "cuda", "processor": "NVIDIA H100"}
COMES = "; the difference may come from that"


def made(folder: Path, model: str, numbers: range, **more: Any) -> None:
    for seed in numbers:
        write(folder, model, seed, 1.0, **more)


def said(folder: Path) -> list[str]:
    return mixed(load([folder]), "plain")


def test_code_is_told_apart_and_not_the_commits_that_it_is_in(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), **CLEAN)
    made(tmp_path, "plain", range(2, 4), **LATER)
    made(tmp_path, "wide", range(4), **LATER)
    assert said(tmp_path) == []
    made(tmp_path, "deep", range(4), **DIRTY)
    dirty = "3f2a9c1-dirty (code bbbbbbb)"
    assert said(tmp_path) == [f"deep against plain: at {dirty} instead of 3f2a9c1, 71e88e8{COMES}"]
    made(tmp_path, "plain", range(3, 4), **DIRTY)
    assert said(tmp_path)[0] == f"plain: seeds 0-2 at 3f2a9c1, seed 3 at {dirty}"


def test_two_states_of_one_commit_are_told_apart_by_their_code(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), **DIRTY)
    made(tmp_path, "plain", range(2, 4), **DIRTY | {"code": "cccccccccccc"})
    (line,) = mixed(load([tmp_path]))
    assert line == "plain: seeds 0-1 at 3f2a9c1-dirty (code bbbbbbb), seeds 2-3 at 3f2a9c1-dirty (code ccccccc)"


def test_code_without_a_commit_is_told_apart_too(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), git=None, code="aaaaaaaaaaaa")
    made(tmp_path, "wide", range(2), git=None, code="bbbbbbbbbbbb")
    assert said(tmp_path) == [f"wide against plain: with code bbbbbbb instead of code aaaaaaa{COMES}"]


def test_processors_are_told_apart_within_a_group_and_between(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), **CPU)
    made(tmp_path, "plain", range(2, 4), **CPU | {"processor": "Intel Xeon, AVX2"})
    made(tmp_path, "wide", range(4), **GPU)
    assert said(tmp_path) == [
        "plain: seeds 0-1 on cpu (AMD EPYC, AVX512), seeds 2-3 on cpu (Intel Xeon, AVX2)",
        f"wide against plain: on cuda (NVIDIA H100) instead of cpu (AMD EPYC, AVX512), cpu (Intel Xeon, AVX2){COMES}",
    ]


def test_several_ways_are_one_line_and_groups_that_differ_alike_share_it(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), **CLEAN, **CPU, versions={"torch": "2.1", "numpy": "1.26"})
    for model in "wide", "deep":
        made(tmp_path, model, range(2), **DIRTY, **GPU, versions={"torch": "2.2", "numpy": "1.26"})
    assert said(tmp_path) == [
        "deep, wide against plain: at 3f2a9c1-dirty (code bbbbbbb) instead of 3f2a9c1, with torch 2.2 instead of "
        f"torch 2.1, on cuda (NVIDIA H100) instead of cpu (AMD EPYC, AVX512){COMES}"
    ]


def test_what_counts_are_the_runs_that_are_paired(tmp_path: Path) -> None:
    for model in "plain", "wide":
        made(tmp_path, model, range(5), **CLEAN)
        made(tmp_path, model, range(5, 8), **DIRTY)
    assert not [line for line in said(tmp_path) if "against" in line], "the same seed has the same code"
    made(tmp_path, "wide", range(3, 5), **DIRTY)
    made(tmp_path, "deep", range(20, 22), **DIRTY)
    (line,) = (line for line in said(tmp_path) if "against" in line)
    assert line == f"wide against plain: seeds 3-4 at 3f2a9c1-dirty (code bbbbbbb) instead of 3f2a9c1{COMES}"


def test_folds_of_a_seed_are_paired_with_the_same_fold(tmp_path: Path) -> None:
    for model in "plain", "wide":
        for fold, code in enumerate((CLEAN, DIRTY)):
            write(tmp_path / str(fold), model, 0, 1.0, fold=fold, **code)
    assert not [line for line in said(tmp_path) if "against" in line]


def test_results_that_say_less_are_taken_for_what_they_may_be(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), git=CLEAN["git"], device="cpu")
    made(tmp_path, "plain", range(2, 4), **CLEAN, **CPU)
    made(tmp_path, "wide", range(2), git=LATER["git"], device="cpu")
    made(tmp_path, "wide", range(2, 4), **LATER, **CPU)
    made(tmp_path, "older", range(4))
    assert said(tmp_path) == []
    made(tmp_path, "gpu", range(4), device="cuda")
    assert said(tmp_path) == [f"gpu against plain: on cuda instead of cpu, cpu (AMD EPYC, AVX512){COMES}"]


def test_a_run_that_went_on_with_something_else_says_from_when_on(tmp_path: Path) -> None:
    before = [{"until": 5, **CLEAN, **CPU, "versions": {"torch": "2.1"}}]
    before += [{"until": 9, **LATER, **CPU, "versions": {"torch": "2.2"}}]
    made(tmp_path, "plain", range(2), **DIRTY, **GPU, versions={"torch": "2.2"}, before=before)
    assert mixed(load([tmp_path])) == [
        "plain: seeds 0-1 changed on the way: with torch 2.2 instead of torch 2.1 from epoch 5; at 3f2a9c1-dirty "
        "(code bbbbbbb) instead of 71e88e8, on cuda (NVIDIA H100) instead of cpu (AMD EPYC, AVX512) from epoch 9"
    ]


def test_lines_stay_few(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), **CLEAN)
    for i in range(20):
        made(tmp_path, f"m{i}", range(2), git=f"{i:07d}00000-dirty", code=f"{i:012x}")
    *lines, rest = said(tmp_path)
    assert len(lines) == MOST_LINES and rest == f"{20 - MOST_LINES} more groups of which the runs differ so"
    made(tmp_path, "many", range(8))
    for seed in range(8):
        write(tmp_path, "many", seed, 1.0, git=f"7{seed}e88e8d5e6f", code=f"f{seed:011x}")
    (line,) = (line for line in said(tmp_path) if line.startswith("many: "))
    assert line.count(" at ") == MOST and line.endswith(" and 5 more")


def test_a_report_says_it_of_its_baseline_and_nothing_where_nothing_is_compared(tmp_path: Path) -> None:
    made(tmp_path, "plain", range(2), **CLEAN)
    made(tmp_path, "wide", range(2), **DIRTY)
    runs = load([tmp_path])
    assert Report(runs, baseline="wide").notes()[0].startswith("plain against wide: at 3f2a9c1 instead of ")
    for model, code in ("plain", CLEAN), ("wide", DIRTY):
        write(tmp_path, model, 0, {"test/miss": None}, **code)
        write(tmp_path, model, 1, {"test/miss": None}, **code)
    nothing = Report(load([tmp_path]))
    assert nothing.missing and nothing.notes() == []


VALUES = st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.sampled_from("xyz"))


@given(VALUES, VALUES, st.sampled_from(ASPECTS))
def test_what_is_the_same_or_unknown_never_differs(first: Any, second: Any, aspect: Any) -> None:
    assert aspect.differ(first, second) == aspect.differ(second, first)
    assert not aspect.differ(first, first)
    assert not aspect.differ(first, (None, None))
