"""`--dry-run`: says what there is to do, trains nothing, and leaves nothing behind."""

from pathlib import Path

import pytest

from tests.conftest import Command, results_in
from tests.lab.running import run
from tests.lab.toy import TOY

TRAIN = "src.train"


def everything(folder: Path) -> dict[str, int]:
    """Each file and folder, with the moment that it was changed last."""
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("place", [[], ["hydra.run.dir=somewhere/run"]], ids=["new", "named"])
def test_a_dry_run_of_a_single_run_leaves_nothing(place: list[str], here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, *TOY, "seed=3", "--dry-run", *place)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith("toy seed=3 · to run · 2 epochs, in ")
    assert line.endswith("somewhere/run") if place else "outputs/runs/" in line
    assert everything(tmp_path) == {}


@pytest.mark.parametrize(
    "swept",
    [["-m", "seed=range(2)", "model=toy,toy_wide"], ["sweep=seeds10"], ["-m", "seed=0,1", "hydra.sweep.dir=sweep"]],
    ids=["flag", "choice", "named"],
)
def test_a_dry_run_of_a_sweep_leaves_nothing(swept: list[str], here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, *TOY, "--dry-run", *swept)
    assert (done.returncode, done.stderr) == (0, "")
    jobs = {"model=toy,toy_wide": 4, "sweep=seeds10": 10}.get(swept[-1], 2)
    assert done.stdout.count(" to run ") == jobs
    assert all(f"seed={seed} " in done.stdout for seed in range(jobs if jobs == 10 else 2))
    assert everything(tmp_path) == {}


def test_a_dry_run_of_a_resumed_run_changes_nothing(here: Command, tmp_path: Path) -> None:
    assert here(TRAIN, *TOY, "seed=3", "hydra.run.dir=run").returncode == 0
    before = everything(tmp_path)
    done = here(TRAIN, "resume=run", "epochs=4", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "toy seed=3 · to go on with from run · 4 epochs, in run\n"
    assert everything(tmp_path) == before


def test_a_dry_run_of_a_sweep_tells_what_is_done_from_what_is_not(here: Command, tmp_path: Path) -> None:
    sweep = [TRAIN, *TOY, "-m", "seed=0,1,2,3", "hydra.sweep.dir=sweep", "--dry-run"]
    names = [line.split()[-1] for line in here(*sweep).stdout.splitlines() if " to run " in line]
    run(tmp_path / "sweep" / names[0])
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "sweep" / names[1], "seed=1", "+callbacks.breaks={_target_: tests.lab.running.Breaks, epoch: 1}")
    before = everything(tmp_path)
    done = here(*sweep)
    assert done.returncode == 1, "what broke had another configuration"
    assert "holds the run of another configuration" in done.stderr
    (tmp_path / "sweep" / names[1] / "result.json").unlink()
    before.pop(str(tmp_path / "sweep" / names[1] / "result.json"))
    done = here(*sweep)
    assert done.returncode == 0, done.stderr
    said = [line.split() for line in done.stdout.splitlines() if "seed=" in line]
    assert [(words[0], " ".join(words[1:-1])) for words in said] == [
        ("seed=0", "done"), ("seed=1", "to run"), ("seed=2", "to run"), ("seed=3", "to run"),
    ]  # fmt: skip
    assert everything(tmp_path).keys() == before.keys()
    assert [result["status"] for result in results_in(tmp_path)] == ["completed"]


@pytest.mark.parametrize("wrong", [["epochs=0"], ["-m", "seed=0,x"], ["-m", "optimizer.lr=-1,1"], ["resume=nowhere"]])
def test_a_dry_run_finds_what_is_wrong(wrong: list[str], here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, *TOY, "--dry-run", *wrong)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert everything(tmp_path) == {}
