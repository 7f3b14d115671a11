"""A configuration from Python: composed, checked, and with what only Hydra knows of the run."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from src.lab.config import check, compose
from src.lab.places import CONF, ROOT, choices, groups

from .toy import TOY


def test_a_configuration_from_python_holds_what_hydra_knows_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cfg = compose(*TOY, "seed=3")
    assert (cfg.job.model, cfg.job.swept) == ("toy", False)
    assert "hydra" not in cfg
    assert [each for each in cfg.job.overrides if "seed" in each] == ["seed=3"]
    folder = Path(cfg.job.folder)
    assert folder.parent == tmp_path / "outputs" / "runs"
    assert "_toy_seed3_" in folder.name
    assert folder != Path(compose(*TOY, "seed=3").job.folder), "the folder is new"
    assert not (tmp_path / "outputs").exists(), "and made by the run"


def test_what_lies_in_the_run_folder_follows_it() -> None:
    cfg = compose(*TOY, "callbacks=best", "logger=csv")
    cfg.job.folder = "/elsewhere"
    assert cfg.callbacks.best.dirpath == "/elsewhere/checkpoints"
    assert cfg.logger.csv.save_dir == "/elsewhere/loggers"
    assert cfg.trainer.default_root_dir == "/elsewhere"


def test_a_key_that_follows_another_says_whether_it_was_set() -> None:
    resolved = [compose(*TOY, "+data.own=${is_set:data.seed}", *more).data.own for more in ([], ["data.seed=0"])]
    assert resolved == [False, True]


@pytest.mark.parametrize("callbacks", ["best", "early_stopping"])
@pytest.mark.parametrize("missing", ["monitor=null", "mode=null"])
def test_what_watches_a_metric_wants_its_name_and_its_mode(callbacks: str, missing: str) -> None:
    with pytest.raises(ValueError, match=f"^callbacks={callbacks} watches a metric: name it, monitor=… mode=min or "):
        compose(*TOY, f"callbacks={callbacks}", missing)
    assert compose(*TOY, missing), "nothing else needs it"


def test_the_best_epoch_can_be_tested_where_it_is_kept() -> None:
    with pytest.raises(ValueError, match=r"^tested=best needs callbacks=best or callbacks=early_stopping"):
        compose(*TOY, "tested=best")
    assert compose(*TOY, "callbacks=best").tested == "best"
    assert compose(*TOY, "callbacks=best", "tested=last").tested == "last"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.Config", ": No module named 'nowhere'"),
        ("tests.lab.nowhere.Config", ": No module named 'tests.lab.nowhere'"),
        ("tests.lab.toy.module.Toy", " is no subclass of src.lab.schema.Config"),
        ("tests.lab.toy.Nothing", " is no subclass of src.lab.schema.Config"),
        ("Config", " is no subclass of src.lab.schema.Config"),
    ],
)
def test_a_schema_that_is_none_is_one_line(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^schema={name}{said}$"):
        compose(*TOY, f"schema={name}")


def test_what_is_changed_afterwards_is_checked_when_the_run_begins() -> None:
    cfg = compose(*TOY)
    cfg.epochs = 0
    with pytest.raises(ValueError, match=r"epochs=0 .*greater than 0"):
        check(cfg)


def test_groups_and_choices_are_those_of_all_files() -> None:
    assert {"optimizer", "schedule", "trainer", "logger", "callbacks", "debug", "sweep"} <= set(groups())
    assert not any("experiments" in group for group in groups())
    assert {"sgd", "adam", "none"} <= set(choices("optimizer"))
    for path in CONF.glob("optimizer/*.yaml"):
        assert choices("optimizer")[path.stem] == path


def test_the_projects_name_stands_in_one_place() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f'name = "{OmegaConf.create({"name": "${project:}"}).name}"' in pyproject
