"""What other commands would understand is said in one line, as it is written here."""

import subprocess
import sys
from pathlib import Path

import pytest
from hydra._internal.utils import get_args_parser
from hypothesis import given
from hypothesis import strategies as st

from src.lab.cli.arguments import DRY_RUN, FLAGS, WITH_VALUE
from src.lab.cli.spelling import check, unused
from tests.conftest import ROOT, Command, results_in
from tests.lab.records.written import write
from tests.lab.toy import TOY

TRAIN = "src.train"
LEAVE_OUT = "leave it out; -m trains on all cores, and src.tune searches"
WRONG = {
    "--seed 3": "--seed 3: write seed=3, without a dash",
    "--seed=3": "--seed=3: write seed=3, without a dash",
    "--optimizer.lr 0.1 epochs=1": "--optimizer.lr 0.1: write optimizer.lr=0.1, without a dash",
    "-seed 3": "-seed 3: write seed=3, without a dash",
    "--verbose": "--verbose: write verbose=…, without a dash",
    "--dryrun": "there is no --dryrun; did you mean --dry-run?",
    "seed 3": "seed 3: write seed=3, in one word",
    "epochs=1 model toy": "model toy: write model=toy, in one word",
    "model = toy": "model = toy: write model=toy, in one word",
    "model= toy": "model= toy: write model=toy, in one word",
    "model =toy": "model =toy: write model=toy, in one word",
    "resume runs/a": "resume runs/a: write resume=runs/a, in one word",
    "seed=0..9": "seed=0..9: a range is written seed=range(10), with -m",
    "-m seed=2..4": "seed=2..4: a range is written seed=range(2,5), with -m",
    "-m epochs=1...3": "epochs=1...3: a range is written epochs=range(1,4), with -m",
    "seed=0-9": "seed=0-9: a range is written seed=range(10), with -m",
    "seed=0:9": "seed=0:9: a range is written seed=range(10), with -m",
    "-m seed=[0,1]": "seed=[0,1]: several are written seed=0,1, with -m",
    "-m seed=0,1 hydra/launcher=joblib": f"there is no hydra/launcher=joblib here: {LEAVE_OUT}",
    "-m seed=0,1 hydra/sweeper=optuna": f"there is no hydra/sweeper=optuna here: {LEAVE_OUT}",
    "--config-name other": "there is no configuration other: leave out --config-name and --config-path",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_how_it_is_written_is_said_in_one_line(arguments: str, here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, *TOY, *arguments.split())
    assert (done.returncode, done.stderr.rstrip("\n")) == (1, f"error: {WRONG[arguments]}")
    assert list(tmp_path.rglob("*")) == []


def test_every_flag_of_hydras_is_known() -> None:
    flags = {flag for action in get_args_parser()._actions for flag in action.option_strings}
    assert flags | {DRY_RUN} == FLAGS | WITH_VALUE
    takes = {flag for action in get_args_parser()._actions if action.nargs is None for flag in action.option_strings}
    assert takes == WITH_VALUE


VALUES = st.sampled_from(
    ["1", "0.1", "[1,2]", "{a: 1}", "a=b", "range(3)", "0,1", "1-5", "00:00:01:00", "'a b'", "-1", ""]
)
KEYS = st.sampled_from(["epochs", "+model.a", "++data.b", "max_time", "optimizer/x", "resume"])


@given(st.lists(st.tuples(KEYS, VALUES).map("=".join) | st.sampled_from(["~model.a", "-m", "--multi", "--cfg=job"])))
def test_what_is_written_as_it_should_be_is_let_through(arguments: list[str]) -> None:
    check(arguments)
    check([*arguments, "--cfg", "job", "-m", DRY_RUN, "seed=1"])


@pytest.mark.parametrize("key", ["tags", "name", "epoch"])
def test_a_new_key_that_nothing_refers_to_is_said_and_a_note_named(key: str) -> None:
    (said,) = unused([f"+{key}=[x]", "seed=1", "+optimizer.eps=1", "++epochs=3", "+schedule={}", f"model.{key}=1"])
    assert said == f"+{key}=… tells groups apart and changes nothing else: note=… is a word on a run that does not"


@pytest.mark.long
def test_doors_run_as_files_too(tmp_path: Path) -> None:
    """From anywhere, and as `python src/train.py`; a sweep's workers find the code likewise."""

    def door(name: str, *arguments: str) -> str:
        call = [sys.executable, str(ROOT / "src" / f"{name}.py"), *arguments]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=200)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert "model=MODEL" in door("train", "--help")
    door("train", *TOY, "-m", "seed=0,1", "hydra.launcher.workers=1", "hydra.sweep.dir=s")
    assert [result["status"] for result in results_in(tmp_path)] == ["completed", "completed"]
    write(tmp_path / "more", "plain", 0, 1.0)
    assert "plain" in door("report", "more")
