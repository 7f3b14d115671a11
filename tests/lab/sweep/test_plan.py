"""What a sweep has to do: each job's configuration is what Hydra composes of that job alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from src.lab.places import CONF
from src.lab.sweep.plan import Job, plan, taken_apart
from tests.lab.running import run
from tests.lab.toy import TOY


def planned(folder: Path, *overrides: str, one_by_one: bool = False) -> list[Job]:
    """The jobs of a sweep; `one_by_one`, each is composed in a plan of its own."""
    with initialize_config_dir(str(CONF), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        master = [*TOY, f"hydra.sweep.dir={folder}", *overrides]
        cfg = loader.load_configuration("config", master, RunMode.MULTIRUN)
        jobs = taken_apart(cfg)
        return [job for each in jobs for job in plan(cfg, loader, [each])] if one_by_one else plan(cfg, loader, jobs)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    "overrides",
    [
        ["model=toy,toy_wide", "seed=3,0,12", "optimizer.lr=0.1,1"],
        ["seed=1,2", "data.seed=7"],
        ["seed=1,2", "'hydra.sweep.subdir=${hydra.job.override_dirname}'"],
    ],
)
def test_a_job_is_what_hydra_composes_of_it_alone(overrides: list[str], tmp_path: Path) -> None:
    together = planned(tmp_path, *[each.strip("'") for each in overrides])
    alone = planned(tmp_path, *[each.strip("'") for each in overrides], one_by_one=True)
    assert len(together) == len({job.folder.path for job in together}) > 1
    for job, other in zip(together, alone, strict=True):
        assert without_dirname(job.cfg) == without_dirname(other.cfg)
        assert job.folder.path == other.folder.path
        assert OmegaConf.to_container(job.cfg.data, resolve=True) == OmegaConf.to_container(
            other.cfg.data, resolve=True
        )


def without_dirname(cfg: DictConfig) -> object:
    """Hydra's name for all overrides in one: only a folder that is named by it needs it right."""
    plain = OmegaConf.to_container(cfg)
    assert isinstance(plain, dict)
    plain["hydra"]["job"].pop("override_dirname")
    return plain


def test_a_configuration_is_composed_once_however_many_seeds_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[list[str]] = []
    with initialize_config_dir(str(CONF), version_base="1.3"):
        kind = type(GlobalHydra.instance().config_loader())
    load = kind.load_sweep_config

    def counted(self: ConfigLoader, master: DictConfig, overrides: list[str]) -> DictConfig:
        composed.append(overrides)
        return load(self, master, overrides)

    monkeypatch.setattr(kind, "load_sweep_config", counted)
    assert len(planned(tmp_path, "model=toy,toy_wide", "seed=range(20)")) == 40
    assert len(composed) == 2


@pytest.mark.parametrize("seed", ["x", "-1", "1.5", "4294967296"])
def test_each_seed_is_checked(seed: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seed"):
        planned(tmp_path, f"seed=0,{seed}")


def test_a_run_that_left_a_checkpoint_and_no_result_is_gone_on_with(tmp_path: Path) -> None:
    for expected in "new", "interrupted":
        (job,) = planned(tmp_path, "seed=1", "epochs=1")
        assert job.state == expected
        if expected == "new":
            run(job.folder.path, "seed=1", "epochs=1")
            job.folder.result.unlink()
    assert (job.cfg.resume, job.cfg.hydra.output_subdir) == (str(job.folder.path), None)


def test_what_follows_the_seed_follows_that_of_each_job(tmp_path: Path) -> None:
    jobs = planned(tmp_path, "+model.order=${seed}", "seed=4,7", one_by_one=True)
    assert [job.cfg.model.order for job in jobs] == [4, 7]
