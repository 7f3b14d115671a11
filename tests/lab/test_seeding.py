"""Whatever a user's own code draws, a run that was stopped and resumed ends as one that never was."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from src.lab.seeding import seed_generators, seed_setup, stream
from tests.conftest import Command, results_in

from .drawing import MODULES, NOISY, draw
from .running import BREAKS, MENDED, checkpoint, run, same_end
from .toy import TOY


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("chosen", MODULES.values(), ids=MODULES)
def test_a_stopped_run_ends_as_one_that_was_never_stopped(chosen: list[str], tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", *chosen, "epochs=6", "checkpoint.every=2")
    run(tmp_path / "ended", *chosen, "epochs=3")
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "broken", *chosen, "epochs=6", "checkpoint.every=2", BREAKS % 5)
    steps = [checkpoint(tmp_path / name)["global_step"] for name in ("broken", "whole")]
    assert steps[0] * 6 == steps[1] * 4, "four of the six epochs were saved"
    for name in "ended", "broken":
        resumed = run(tmp_path / name, *chosen, "epochs=6", MENDED, f"resume={tmp_path / name}")
        assert resumed["metrics"] == whole["metrics"]
        assert same_end(tmp_path / name, tmp_path / "whole")


def test_a_schedule_has_made_its_steps(tmp_path: Path) -> None:
    rates: dict[str, Callable[[float], bool]] = {"Stepped": (0.1 / 2**4).__eq__, "Watched": (0.1).__gt__}
    for name, right in rates.items():
        run(tmp_path / name, *MODULES[name], "epochs=4")
        (optimizer,) = checkpoint(tmp_path / name)["optimizer_states"]
        assert right(optimizer["param_groups"][0]["lr"]), name


def test_a_metric_lasts_over_a_resume(tmp_path: Path) -> None:
    run(tmp_path, *MODULES["Lasting"], "epochs=2")
    assert run(tmp_path, *MODULES["Lasting"], "epochs=4", f"resume={tmp_path}")["metrics"]["greatest"] == 1


def test_what_is_drawn_is_another_in_each_epoch_and_of_each_seed(tmp_path: Path) -> None:
    drawn = set[str]()
    for seed in 0, 1:
        run(tmp_path / str(seed), *NOISY, "epochs=3", f"seed={seed}")
        found = (tmp_path / str(seed) / "metrics.csv").read_text().splitlines()
        column = found[0].split(",").index("train/drawn")
        drawn |= {row.split(",")[column] for row in found[1:]}
    assert len(drawn) == 6


@pytest.mark.long
def test_a_run_that_draws_gives_the_same_bits_alone_and_in_a_sweep(command: Command, tmp_path: Path) -> None:
    """However many work at it, in whichever order, and however Python hashes."""
    sweep = ["-m", "seed=1,0", "hydra.sweep.dir=sweep", "hydra.launcher.workers=2"]
    swept = command("src.train", *TOY, *NOISY, *sweep, PYTHONHASHSEED="7")
    assert swept.returncode == 0, swept.stderr
    for result in results_in(tmp_path / "sweep"):
        random.seed(), torch.seed(), np.random.seed()  # whatever was drawn before
        seed = result["seed"]
        assert run(tmp_path / str(seed), *NOISY, f"seed={seed}")["metrics"] == result["metrics"]
        (folder,) = (tmp_path / "sweep").glob(f"toy_seed{seed}_*")
        assert same_end(tmp_path / str(seed), folder)


OTHER = ["model=toy_wide", "model.dropout=0.2", "threads=2", "optimizer=adam"]


def test_runs_one_after_another_in_a_process_know_nothing_of_each_other(tmp_path: Path) -> None:
    """In both orders, and after one that failed."""
    both = {"noisy": MODULES["Noisy"], "other": OTHER}
    for way, names in ("there", ["noisy", "other"]), ("back", ["other", "noisy"]):
        for name in names:
            run(tmp_path / way / name, *both[name], "seed=3")
    with pytest.raises(RuntimeError, match="broken"):
        run(tmp_path / "broken", *MODULES["Noisy"], "seed=3", "checkpoint.every=1", BREAKS % 1)
    run(tmp_path / "after", *OTHER, "seed=3")
    run(tmp_path / "broken", f"resume={tmp_path / 'broken'}", MENDED)
    for name in both:
        assert same_end(tmp_path / "there" / name, tmp_path / "back" / name)
    assert same_end(tmp_path / "after", tmp_path / "there" / "other")
    assert same_end(tmp_path / "broken", tmp_path / "there" / "noisy")


def test_seeding_is_of_all_three_generators() -> None:
    drawn = []
    for seed in 5, 5, 6, 2**62:
        seed_generators(seed)
        drawn.append(draw())
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
    seed_generators(seed := 2**40 + 2**31 + 5)
    assert torch.rand(()) == torch.rand((), generator=torch.Generator().manual_seed(seed))
    assert np.random.rand() == np.random.RandomState(2**31 + 5).rand(), "numpy's seeds have 32 bits"
    assert random.random() == random.Random(seed).random()


def test_streams_are_those_of_the_published_splitmix64() -> None:
    # the first outputs for the seed 1234567, from its authors' C code
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [stream(1234567, key) for key in range(3)] == [output >> 1 for output in published]
    assert stream(1234567, 1, 2) == stream(published[1], 2), "a second key goes on from the first's output"
    assert stream(1234567 - 2**64, 1) == published[1] >> 1


def test_what_a_setup_draws_follows_from_the_seed_alone_and_is_no_epochs() -> None:
    drawn = []
    for seed in 5, 5, 6:
        draw()
        seed_setup(seed)
        drawn.append(draw())
    seed_generators(5)
    assert drawn[0] == drawn[1]
    assert len({*drawn, draw()}) == 3
