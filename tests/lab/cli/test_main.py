"""The command as people type it: real processes, in every order of arguments."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.cli.arguments import apart
from tests.conftest import Command, results_in
from tests.lab.toy import TOY

TRAIN = "src.train"
ONE_PROCESS = "hydra.launcher.workers=1"  # spares a process, where it is not the point
SPACE, *CHOSEN = TOY
EPOCH = [*TOY, "epochs=1"]


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    "order",
    [
        ["-m", "seed=range(2)"],
        ["seed=range(2)", ONE_PROCESS, "-m"],
        ["--multirun", "seed=0,1", ONE_PROCESS],
        ["sweep=seeds10", "epochs=1", ONE_PROCESS],
    ],
    ids=["middle", "last", "multirun", "sweep"],
)
def test_a_sweep_takes_its_arguments_in_any_order(order: list[str], here: Command, tmp_path: Path) -> None:
    is_a_sweep(here(TRAIN, *TOY, *order), tmp_path, 10 if "sweep=seeds10" in order else 2)


@pytest.mark.long
def test_a_sweep_takes_its_flag_first(command: Command, tmp_path: Path) -> None:
    is_a_sweep(command(TRAIN, "-m", *TOY, "seed=range(2)", ONE_PROCESS), tmp_path, 2)


def is_a_sweep(done: subprocess.CompletedProcess[str], folder: Path, seeds: int) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = results_in(folder / "outputs" / "sweeps")
    assert [result["seed"] for result in found] == list(range(seeds))
    assert {result["status"] for result in found} == {"completed"}
    assert f"[{seeds}/{seeds}] seed=" in done.stdout
    assert " · test miss " in done.stdout
    (sweep,) = (folder / "outputs" / "sweeps").iterdir()
    assert {"multirun.yaml", "summary.html", "summary.csv", "summary.md", "summary.json"} <= {
        path.name for path in sweep.iterdir()
    }
    (run, *_) = sweep.glob("toy_seed0_*")
    there = {path.name for path in run.iterdir()} - {"source.patch"}  # of code that is not committed
    files = {"train.log", "metrics.csv", "result.json", "environment.json"}
    assert there == {".hydra", ".lock", "checkpoints", "tensorboard", *files}


@given(st.permutations([["-m"], ["model=toy"], ["seed=0,1"], ["--config-dir", "more"], ["epochs=1"]]))
def test_flags_are_taken_apart_with_their_values_and_all_keeps_its_order(parts: list[list[str]]) -> None:
    flags = [argument for part in parts if part[0].startswith("-") for argument in part]
    overrides = [argument for part in parts if not part[0].startswith("-") for argument in part]
    assert apart([argument for part in parts for argument in part]) == (flags, overrides)


@pytest.mark.long
def test_a_seed_gives_the_same_bits_alone_and_in_a_sweep(command: Command, tmp_path: Path) -> None:
    alone = command(TRAIN, *TOY, "model.dropout=0.5", "seed=1")
    swept = command(TRAIN, *TOY, "model.dropout=0.5", "-m", "seed=0,1,2", ONE_PROCESS)
    assert (alone.returncode, swept.returncode) == (0, 0), alone.stderr + swept.stderr
    (one,) = results_in(tmp_path / "outputs" / "runs")
    three = results_in(tmp_path / "outputs" / "sweeps")
    assert one["metrics"] == three[1]["metrics"] != three[0]["metrics"]
    assert one["config_hash"] == three[1]["config_hash"]
    assert "test miss" in alone.stdout
    assert alone.stdout.startswith("toy · seed=1 · ")


def test_resume_needs_no_more_than_the_folder(command: Command, here: Command, tmp_path: Path) -> None:
    first = here(TRAIN, *TOY, "model=toy_wide", "optimizer=adam", "seed=3")
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "outputs" / "runs").iterdir()
    (before,) = results_in(tmp_path)
    again = command(TRAIN, f"resume={folder}")
    assert again.returncode == 0, again.stderr
    (after,) = results_in(tmp_path)
    assert after["metrics"] == before["metrics"]
    assert {key: after["group"][key] for key in ("model", "optimizer")} == {"model": "toy_wide", "optimizer": "adam"}


@pytest.mark.long
def test_two_runs_started_in_the_same_instant_land_in_two_folders(command: Command, tmp_path: Path) -> None:
    time.sleep(1 - time.time() % 1)  # both begin in the same second
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: command(TRAIN, *EPOCH), range(2)))
    assert [process.returncode for process in done] == [0, 0], done
    assert len(results_in(tmp_path / "outputs" / "runs")) == 2


@pytest.mark.long
def test_ddp_trains_in_two_processes_and_says_everything_once(command: Command, tmp_path: Path) -> None:
    done = command(TRAIN, *EPOCH, "trainer=ddp", "trainer.accelerator=cpu")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("test miss") == 1
    (result,) = results_in(tmp_path / "outputs")
    assert result["status"] == "completed"
    assert [path.name for path in tmp_path.rglob("*.log")] == ["train.log"]
    assert len({path.name.split(".")[-2] for path in tmp_path.rglob("events.out.*")}) == 1, "of one process"


def test_failed_jobs_are_rows_and_the_others_run_on(here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, *TOY, ONE_PROCESS, "-m", "optimizer.lr=0.1,1e38", "seed=0,1")
    assert done.returncode == 1
    assert done.stderr.startswith("Not completed:")
    assert "Traceback" not in done.stderr + done.stdout
    found = results_in(tmp_path)
    assert sorted(result["status"] for result in found) == ["completed", "completed", "failed", "failed"]
    logs = [path.read_text() for path in tmp_path.rglob("train.log") if "Traceback" in path.read_text()]
    assert len(logs) == 2
    assert all("FloatingPointError" in log for log in logs)
    (summary,) = tmp_path.rglob("summary.md")
    text = summary.read_text().split("\n\n")[0]  # the first of its tables
    headings, *rows = (
        line.strip("| ").split(" | ") for line in text.splitlines() if " | " in line and "--" not in line
    )
    table = {row[0]: dict(zip(headings, row, strict=False)) for row in rows}
    assert (table["optimizer.lr=0.1"]["n"], table["optimizer.lr=0.1"]["failed"]) == ("2", "–")
    assert (table["optimizer.lr=1e+38"]["n"], table["optimizer.lr=1e+38"]["failed"]) == ("0", "2")


@pytest.mark.long
@pytest.mark.parametrize("dry", [False, True])
def test_what_the_swept_models_bring_can_be_set_of_all_of_them(dry: bool, here: Command, tmp_path: Path) -> None:
    models = [TOY[0], *TOY[2:], "-m", "model=toy,toy_wide"]
    done = here("src.train", *models, "data.items=20", "optimizer.lr=0.2", ONE_PROCESS, *["--dry-run"] * dry)
    assert done.returncode == 0, done.stderr
    if not dry:
        found = results_in(tmp_path / "outputs")
        assert [result["model"] for result in found] == ["toy", "toy_wide"]
        assert all(
            (result["group"]["data.items"], result["group"]["optimizer.lr"]) == ("20", "0.2") for result in found
        )
    wrong = here("src.train", *models, "data.itemz=20", ONE_PROCESS)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "there is no option data.itemz" in wrong.stderr
