"""Pairs models from the command line."""

import re
from pathlib import Path

import pytest

from src.lab.config import compose
from src.lab.places import CONF, choices
from src.lab.records.signature import equal_hash
from tests.conftest import Command, results_in

from .tiny import TINY

TRAIN = "src.train"
SWEEPS = {"reports": "model", "ablation": "experiment"}


@pytest.mark.parametrize(("sweep", "group"), SWEEPS.items())
def test_a_sweep_asks_for_choices_that_exist(sweep: str, group: str) -> None:
    text = (CONF / "experiments" / "pairs" / "sweep" / f"{sweep}.yaml").read_text()
    (listed,) = re.findall(rf"{group}: >-\n(.*?)\n +seed", text, re.DOTALL)
    names = re.split(r",\s*", listed.strip())
    assert len(names) == len(set(names)) == {"reports": 15, "ablation": 7}[sweep]
    assert set(names) <= set(choices(group))


def test_a_configuration_is_one_group_whether_its_learning_rate_follows_its_model_or_is_typed() -> None:
    typed = [], ["optimizer.lr=1"], ["optimizer.lr=1.0"], ["optimizer=adadelta"], ["optimizer=adadelta", "seed=3"]
    assert len({equal_hash(compose("model=basic", *each)) for each in typed}) == 1
    assert equal_hash(compose("model=basic", "optimizer.lr=1")) != equal_hash(compose("model=ws", "optimizer.lr=1"))


def test_what_came_of_a_run_is_said_and_what_a_report_states_only_of_its_own_protocol(
    here: Command, tmp_path: Path
) -> None:
    done = here(TRAIN, *TINY, "model=ws_aux_bn", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    (result,) = results_in(tmp_path)
    last = done.stdout.splitlines()[-1]
    assert last.startswith(f"test error {result['metrics']['test/error']:.1f} % · test digit error ")
    assert "72,510 parameters" in last
    report = here("src.report", "run")
    assert report.returncode == 0, report.stderr
    assert "reported" not in report.stdout and "2.48" not in report.stdout, "that was of more pairs"
    assert "digit error (%)" in report.stdout


@pytest.mark.long
def test_under_several_processes_each_pair_counts_once(command: Command, tmp_path: Path) -> None:
    done = command(TRAIN, *TINY, "trainer=ddp", "trainer.accelerator=cpu", "model=basic", "epochs=1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("test error") == 1
    (result,) = results_in(tmp_path / "outputs")
    assert result["status"] == "completed"
    assert result["metrics"]["test/error"] == pytest.approx(5 * round(result["metrics"]["test/error"] / 5)), "of 20"


def test_what_the_data_cannot_give_is_one_line(here: Command, tmp_path: Path) -> None:
    done = here(TRAIN, "data.train_pairs=6000")
    assert done.returncode == 1
    assert done.stderr == (
        "error: 7000 training and validation pairs need 14000 images, there are 10000: ask for fewer\n"
    )
    (result,) = results_in(tmp_path)
    assert result["status"] == "failed"
