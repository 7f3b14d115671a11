"""Every disk model from the command line, and every study: what it asks for composes, and trains."""

import re
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.places import CONF
from src.lab.train import run
from tests.conftest import ROOT, Command, results_in

from .tiny import TINY_DISK

README = ROOT / "src" / "experiments" / "disk" / "README.md"
MODELS = sorted(path.stem for path in (CONF / "experiments/disk/model").glob("disk_*.yaml"))
ONE_PROCESS = "hydra.launcher.workers=1"
STUDIES = sorted(path.stem for path in (CONF / "experiments/disk/sweep").glob("disk_*.yaml"))


def varied(study: str) -> list[tuple[str, list[str]]]:
    """The keys that a study sweeps over, and their values as a command line would give them."""
    params = OmegaConf.load(CONF / "experiments/disk/sweep" / f"{study}.yaml").hydra.sweeper.params
    parser = OverridesParser.create()
    swept = parser.parse_overrides([f"{key}={value}" for key, value in params.items()])
    return [
        (
            each.key_or_group,
            list(each.sweep_string_iterator()) if each.is_sweep_override() else [each.get_value_string()],
        )
        for each in swept
    ]


@pytest.mark.long
def test_every_disk_model_through_the_command_line(here: Command, tmp_path: Path) -> None:
    done = here("src.train", "-m", f"model={','.join(MODELS)}", "runs=2", ONE_PROCESS, *TINY_DISK)
    assert done.returncode == 0, done.stderr
    results = results_in(tmp_path / "outputs" / "sweeps")
    assert sorted(result["model"] for result in results) == MODELS
    assert all(len(result["runs"]) == 2 and "test/area_error" in result["runs"][1]["metrics"] for result in results)


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("study", STUDIES)
def test_a_study_composes_and_trains(study: str, tmp_path: Path) -> None:
    for key, values in varied(study):
        for value in values:
            model = [] if key == "model" else [f"model={dict(varied(study))['model'][0]}"]
            small = [each for each in TINY_DISK if each.partition("=")[0] != key]
            cfg = compose(*model, f"{key}={value}", f"sweep={study}", *small, "runs=2", "trainer=cpu")
            cfg.epochs, cfg.data.train_points = 2, min(cfg.data.train_points, 40)
            cfg.job.folder = str(tmp_path / f"{key}{value}".replace("/", "_"))
            assert run(cfg)["status"] == "completed"


@pytest.mark.long
def test_one_study_ends_in_the_table(here: Command) -> None:
    small = [each for each in TINY_DISK if not each.startswith("epochs=")]  # by which its two models differ
    done = here("src.train", "sweep=disk_epochs", "runs=2", ONE_PROCESS, *small)
    assert done.returncode == 0, done.stderr
    table = [line for line in done.stdout.splitlines() if "disk_half_sse" in line and "·" not in line]
    assert len(table) > 1 and "reported" not in done.stdout, "these are of fewer points"


def test_the_readme_names_every_study() -> None:
    assert set(re.findall(r"sweep=(disk_\w+)", README.read_text())) == set(STUDIES)
