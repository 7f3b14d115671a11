"""What runs are called on the dashboard."""

import json
from pathlib import Path
from typing import Any

import pytest

from src.lab.board.found import below
from src.lab.board.names import LONGEST, names
from src.lab.board.told import told
from tests.lab.running import run

from .runs import RATES, SEEDS, copied

RUNS = {f"toy lr={rate} seed={seed}" for rate in RATES for seed in SEEDS}
MEANS = {f"toy lr={rate} (mean over seeds)" for rate in RATES}


def named(*folders: Path) -> dict[str, Path]:
    found = below(folders)
    return names(found.events, told(found.events))


def retold(run_folder: Path, **more: Any) -> None:
    """Changes what a result says."""
    path = run_folder / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | more))


def test_runs_are_called_by_what_was_swept_and_means_by_their_group(swept: Path) -> None:
    found = named(swept)
    assert set(found) == RUNS | MEANS
    for name, folder in found.items():
        if name in RUNS:
            result = json.loads((folder.parent / "result.json").read_text())
            assert name == f"toy lr={result['group']['optimizer.lr']} seed={result['seed']}"


def test_a_run_alone_is_called_by_its_model_and_seed(swept: Path) -> None:
    assert list(named(next(swept.rglob("result.json")).parent)) == [
        f"toy seed={json.loads(next(swept.rglob('result.json')).read_text())['seed']}"
    ]


def test_a_run_is_called_the_same_while_it_is_at_work(swept: Path, tmp_path: Path) -> None:
    at_work = copied(swept, tmp_path / "outputs")
    for path in at_work.rglob("result.json"):
        path.unlink()
    assert set(named(at_work)) == RUNS | MEANS


def test_runs_made_twice_are_told_apart_by_where_or_when(swept: Path, tmp_path: Path) -> None:
    copied(swept / "sweeps" / "mine", tmp_path / "other")
    copied(swept / "sweeps" / "mine", tmp_path / "2026-11-21_11-42-12_c875a5")
    for sweep in "mine", "other":
        copied(swept / "sweeps" / "mine", tmp_path / "far" / sweep)
    found = named(tmp_path / "other", tmp_path / "2026-11-21_11-42-12_c875a5")
    assert set(found) == {f"{name} ({where})" for name in RUNS | MEANS for where in ("other", "2026-11-21 11:42:12")}
    alike = named(tmp_path / "other", tmp_path / "far")
    assert len(alike) == 3 * len(RUNS | MEANS) == len(set(alike.values())), "no run is hidden by another"


def test_a_key_is_shortened_only_where_no_other_ends_like_it(tmp_path: Path) -> None:
    for i, more in enumerate((["data.seed=1"], ["data.seed=2", "optimizer.lr=0.3"])):
        run(tmp_path / str(i), *more)
    assert set(named(tmp_path)) == {"toy data.seed=1 seed=0", "toy data.seed=2 lr=0.3 seed=0"}


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"networks": 50}, "toy seed=0 runs=50"),
        ({"fold": 3}, "toy seed=0 fold=3"),
        ({"model": "a/b\nc", "group": {"model": "a/b\nc"}}, "a_b_c seed=0"),
        ({"model": "x" * 300, "group": {"model": "x" * 300}}, "x" * LONGEST),
    ],
)
def test_networks_folds_and_whatever_no_file_may_be_called(
    more: dict[str, Any], name: str, tmp_path: Path, swept: Path
) -> None:
    folder = next(path.parent for path in swept.rglob("result.json") if "seed0" in path.parent.name)
    copied(folder, tmp_path / "run")
    retold(tmp_path / "run", **more)
    assert list(named(tmp_path)) == [name]


def test_a_run_that_says_nothing_is_called_by_its_folder(swept: Path, tmp_path: Path) -> None:
    copied(next(swept.rglob("result.json")).parent, tmp_path / "broken")
    for file in "result.json", ".hydra/config.yaml":
        (tmp_path / "broken" / file).write_text("{")
    assert list(named(tmp_path)) == ["broken"]
