"""Decisions from real runs of the toy experiment."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from src.lab import decide
from src.lab.decision.stages import stages
from tests.conftest import ROOT, Command, results_in
from tests.lab.sweep.misfortune import SLOW, UNLUCKY
from tests.lab.toy import MANY, TOY

TWO = [*TOY[:1], "model=toy,toy_wide", *TOY[2:]]
QUICK = [*TWO, "epochs=1", "hydra.sweep.dir=two"]


def decision(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "decision.json").read_text())
    return found


def test_seeds_are_added_until_it_is_decided_and_the_same_command_finds_the_same(here: Command, tmp_path: Path) -> None:
    """A network that hardly trains against one that does."""
    asked = [*TOY[:1], *TOY[2:], "model=toy", "optimizer.lr=0.5,1e-6", "epochs=8"]
    done = here("src.decide", *asked, "--most", "40")
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "outputs" / "decisions").glob("optimizer.lr=0.5_vs_1e-6_*")
    (row,) = decision(folder)["groups"]
    assert row["verdict"] == "worse"
    assert row["seeds"] in stages(40) and row["looks"][-1] == row["seeds"]
    results = results_in(folder)
    assert sorted(each["seed"] for each in results) == sorted([*range(row["seeds"])] * 2), "each seed once, and no more"
    lines = [line for line in done.stdout.splitlines() if " seeds · optimizer.lr=1e-06" in line]
    assert len(lines) == len(row["looks"])
    assert all("goes on, " in line for line in lines[:-1]) and lines[-1].endswith(" · worse")
    figures = {(each["group"]["optimizer.lr"], each["seed"]): each["metrics"]["test/miss"] for each in results}
    (good, bad) = dict.fromkeys(rate for rate, _ in sorted(figures, key=lambda key: -float(key[0])))
    values = np.array([figures[bad, seed] - figures[good, seed] for seed in range(row["seeds"])])
    assert row["difference"] == pytest.approx(values.mean()) and row["std"] == pytest.approx(values.std(ddof=1))
    assert f"optimizer.lr={good} beats optimizer.lr={bad}" in done.stdout
    said = here("src.report", str(folder)).stdout
    verdict = f"optimizer.lr={bad} is {row['verdict']} with {row['seeds']} seeds; the p-values of its decision.md hold"
    assert f"seeds in {folder.relative_to(tmp_path)} were added until it was decided: {verdict}" in said
    assert f"for a fixed number of seeds: optimizer.lr={good} beats" in said
    again = here("src.decide", *asked, "--most", "40")
    assert decision(folder)["groups"] == [row]
    assert results_in(folder) == results, "nothing is run again"
    assert again.stdout == done.stdout


@pytest.mark.long
def test_what_is_decided_of_one_group_leaves_the_seeds_to_the_others(here: Command, tmp_path: Path) -> None:
    asked = [*TOY[:1], *TOY[2:], "model=toy", "optimizer.lr=0.5,1e-6,0.4", "epochs=8", "hydra.sweep.dir=three"]
    done = here("src.decide", *asked, "--most", "24", "--baseline", "optimizer.lr=0.5")
    assert done.returncode == 0, done.stderr
    rows = {row["group"]: row for row in decision(tmp_path / "three")["groups"]}
    assert rows["optimizer.lr=1e-06"]["verdict"] == "worse"
    assert rows["optimizer.lr=0.4"]["verdict"] == "undecided"
    assert rows["optimizer.lr=1e-06"]["seeds"] < rows["optimizer.lr=0.4"]["seeds"] == 24
    counts = dict.fromkeys(("0.5", "1e-06", "0.4"), 0)
    for each in results_in(tmp_path / "three"):
        counts[each["group"]["optimizer.lr"]] += 1
    assert counts == {"0.5": 24, "1e-06": rows["optimizer.lr=1e-06"]["seeds"], "0.4": 24}


def test_seeds_that_fail_are_said_and_not_run_again_in_the_next_stage(here: Command, tmp_path: Path) -> None:
    """Of seeds 0 to 7, one raises, one diverges, and the process of one is killed."""
    done = here("src.decide", *TWO, UNLUCKY, "epochs=2", "hydra.sweep.dir=two", "--most", "8")
    assert done.returncode == 0, done.stderr
    (row,) = decision(tmp_path / "two")["groups"]
    assert (row["n"], row["seeds"]) == (5, 8)
    assert row["lost"] == row["lost of baseline"]
    assert [row["lost"][way] for way in ("runs", "diverged", "failed")] == [8, 1, 2]
    ways = "diverged on 1 and failed on 2 of 8 seeds"
    assert f"; toy_wide {ways} and toy {ways}, left out" in done.stdout
    assert done.stdout.count("seed=3 ") == 2, "once for each group"
    results = results_in(tmp_path / "two")
    assert sorted(each["seed"] for each in results if each["status"] == "failed") == [3, 3, 5, 5, 7, 7]


def test_a_group_of_which_nothing_comes_is_not_compared(here: Command, tmp_path: Path) -> None:
    done = here("src.decide", *TOY, "model.hidden=8,-1", "epochs=3", "hydra.sweep.dir=dead", "--most", "20")
    assert done.returncode == 0, done.stderr
    (row,) = decision(tmp_path / "dead")["groups"]
    assert (row["verdict"], row["seeds"]) == ("not compared", 6)
    assert "model.hidden=-1 is not compared with model.hidden=8: too few of the seeds gave a figure" in done.stdout


def test_networks_that_are_trained_at_once_are_the_stages(here: Command, tmp_path: Path) -> None:
    asked = [*MANY, "optimizer.lr=0.1,0.01", "runs=5", "hydra.sweep.dir=many", "--most", "20", "--margin", "0.001"]
    done = here("src.decide", *asked)
    assert done.returncode == 0, done.stderr
    found = decision(tmp_path / "many")
    assert found["designs"][0]["looks"] == [10, 15, 20]
    assert {each["seed"] for each in results_in(tmp_path / "many")} <= {0, 5, 10, 15}
    assert found["groups"][0]["looks"][0] == 10


@pytest.mark.long
def test_killed_in_the_middle_of_a_stage_it_decides_the_same_after_the_same_seeds(tmp_path: Path) -> None:
    asked = [*TWO, "epochs=4", SLOW % 0.1, "--most", "12"]

    def start(place: Path) -> subprocess.Popen[str]:
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "src.decide", *asked, "hydra.sweep.dir=two"]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=place, env=env, **streams)

    whole, part = tmp_path / "whole", tmp_path / "part"
    for place in whole, part:
        place.mkdir()
    out, _ = start(whole).communicate(timeout=200)
    for results in 3, 15, 20:  # in the first stage, in the second, in the third
        killed = start(part)
        while killed.poll() is None and len(list(part.rglob("result.json"))) < results:
            time.sleep(0.01)
        assert killed.poll() is None, "it was at work"
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=60)
    again, _ = start(part).communicate(timeout=200)
    assert decision(part / "two") == decision(whole / "two")
    said = [[line for line in text.splitlines() if " seeds" in line] for text in (again, out)]
    assert said[0] == said[1] and len(said[0]) >= 4, "all but how long it took"


def test_the_same_seeds_looked_at_in_another_way_are_said_to_be(here: Command, tmp_path: Path) -> None:
    assert "before in another way" not in here("src.decide", *QUICK, "--most", "6").stdout
    second = here("src.decide", *QUICK, "--most", "8", "--alpha", "0.1")
    assert "looked at once before in another way (at most 6 seeds, alpha 0.05)" in second.stdout
    assert "with up to 15 %" in second.stdout
    assert "with up to 15 %" in here("src.decide", *QUICK, "--most", "8", "--alpha", "0.1").stdout, "again the same"
    assert "- toy_wide" in (tmp_path / "two" / "decision.md").read_text()


def test_a_dry_run_says_the_stages_and_leaves_nothing(here: Command, tmp_path: Path) -> None:
    done = here("src.decide", *QUICK, "--most", "24", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "48 runs at most." in done.stdout
    assert not (tmp_path / "two").exists()
    here("src.decide", *QUICK, "--most", "6")
    done = here("src.decide", *QUICK, "--most", "24", "--dry-run")
    assert "48 runs at most, of which 12 are done" in done.stdout and "hours" in done.stdout


def test_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = decide(*QUICK, most=6, margin=1000.0)
    assert found.verdicts == {"toy_wide": "within 1000"} or found.verdicts["toy_wide"] in (
        "better",
        "worse",
        "undecided",
    )
    assert found.contests[0].seeds == 6
    assert found.runs["group"].unique().sort().to_list() == ["toy", "toy_wide"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["model=toy"], "two groups or more are compared: model=a,b"),
        (["model=toy,toy"], "some of these are the same"),
        (["model=toy,toy_wide", "seed=range(3)"], "leave out seed="),
        (["model=toy,toy_wide", "--baseline", "toy_wied"], "there is no group 'toy_wied'; did you mean toy_wide"),
        (["model=toy,toy_wide", "--margin", "-1"], "a margin of -1 won't do"),
        (["model=toy,toy_wide", "--alpha", "5"], "alpha=5 won't do"),
        (["model=toy,toy_wide", "--most", "2"], "fewer than 3 have no spread"),
        (["model=toy,toy_wied"], "there is no model=toy_wied"),
        (["model=toy,toy_wide", "resume=somewhere"], "resume= goes on with a single run"),
        (["model=toy,toy_wide", "hydra/launcher=basic"], "hydra/launcher=basic can't be used here"),
        (["model=toy,toy_wide", "objective=null"], "what is compared must be named: objective="),
        (["model=toy,toy_wide", "data=toy_folds", "data.folds=2", "data.fold=0,1"], "folds share their training items"),
        (["model=toy,toy_wide", "objective=test/none", "--most", "3", "epochs=1"], "no run has test/none"),
    ],
)
def test_what_will_not_do_is_said_in_a_line(here: Command, asked: list[str], said: str) -> None:
    done = here("src.decide", TOY[0], *TOY[2:], *asked)
    assert done.returncode == 1
    assert said in done.stderr and done.stderr.count("\n") == 1, done.stderr
